//! Words of resident pages: plain Japanese that a child can read, and English.

use crate::text::texts;

texts! {
    pub(super) Frame {
        product: "街鍵", "Machikagi";
        skip: "本文へ移動する", "Skip to the content";
        trial: "試験", "Test";
        trial_hidden: "の自治体です", " municipality";
        trial_note: "試験のページです。架空の住民だけで試せます。", "This is a test page, for made-up residents only.";
        sign_out: "サインアウトする", "Sign out";
        privacy: "個人情報の取り扱い", "Personal data";
        help: "使い方", "How to use";
        accessibility: "アクセシビリティ", "Accessibility";
        phone: "電話", "Tel.";
    }
}

texts! {
    pub(super) TownWords {
        sign_in: "サインインする", "Sign in";
        my_page: "自分のページ", "My page";
        see_own: "自分の同意と記録を見る", "See my consents and records";
        services: "使えるサービス", "Services";
        no_services: "いま使えるサービスは、まだありません。", "There are no services yet.";
        safe: "安心して使うために", "What we promise";
        promise_nothing_kept: "名前と住所は、{town_id}には残りません。", "Your name and address are not kept in {town_id}.";
        promise_asked: "サービスに渡す前に、必ず画面でたずねます。", "Before anything is passed to a service, a page asks you.";
        promise_withdraw: "渡すのをやめることが、いつでもできます。", "You can stop passing it on at any time.";
    }
}

texts! {
    pub(super) ConsentWords {
        lead: "「同意して進む」を押すと、下の情報を渡します。", "“Agree and continue” passes on the information below.";
        lead_town: "「同意して進む」を押すと、{town_id}を作ります。", "“Agree and continue” makes a {town_id} for you.";
        kept_by_town: "{town}が残すもの", "What {town} keeps";
        words_changed: "前に同意したときから、大切な内容が変わりました。もう一度確かめてください。",
            "Something important has changed since you agreed. Please read it again.";
        new_words: "読んでいるあいだに、この文が新しくなりました。まだ同意は記録していません。もう一度読んで、確かめてください。",
            "This text was renewed while you were reading it. Your consent has not been recorded. Please read it again.";
        items_added: "前に同意したときより、渡すものが増えました。もう一度確かめてください。",
            "More is passed on than when you agreed. Please read it again.";
        asked_again: "このサービスが、もう一度確かめるように求めています。", "The service asks you to confirm once more.";
        once: "一度だけ渡すもの", "Given once";
        every_time: "使うたびに渡すもの", "Given every time";
        not_given: "渡さないもの", "Not given";
        individual_number: "マイナンバー", "Individual Number (My Number)";
        residency: "{town}の決まりで、使える人であること", "That you may use it under the rules of {town}";
        residency_note: "使える期限の年と月もふくみます", "With the year and month until which it holds";
        residency_verified_note: "使える期限の年と月と、カードで確かめた年と月もふくみます",
            "With the month until which it holds, and the month in which your card was read for it";
        municipality_note: "町名や番地は渡りません", "Not the rest of your address";
        age_note: "生年月日は渡りません", "Not your date of birth";
        offline: "あなたが操作していないときも、使える人かどうかを確かめ続けること", "That it goes on checking whether you may use it, also while you are away";
        offline_note: "長くて半年。同意を取り消すと、すぐに止まります。名前や住所は渡りません", "For half a year at most. It stops at once when you withdraw your consent. No name and no address";
        own_number: "あなたの番号(このサービスだけのもの)", "A number for you (this service only)";
        own_number_note: "ほかのサービスとはつながりません", "It cannot be linked with other services";
        sector_number: "あなたの番号(いくつかのサービスに共通のもの)", "A number for you (shared by a few services)";
        town_number: "{town_id}の番号", "Your {town_id} number";
        town_number_note: "この番号は次のサービスで共通です", "These services know the same number:";
        receiver: "受け取る人", "Who receives it";
        holder: "いま持っている人", "Who holds it now";
        holder_note: "カードを読んだあと、すぐに消します", "Erased right after the card was read";
        purpose: "何のため", "What for";
        record: "記録", "Record";
        retention: "保存の期間", "How long it is kept";
        withdrawal: "やめたいとき", "If you change your mind";
        shared_computer: "ほかの人も使う機械です(サインインしたままにしません)", "Other people use this device too (do not stay signed in)";
        accept: "同意して進む", "Agree and continue";
        refuse: "同意しないで戻る", "Go back without agreeing";
        version: "同意文 第{number}版・{date}", "Text version {number}, {date}";
        ask: "わからないときは: ", "Questions: ";
    }
}

texts! {
    pub(super) OutcomeWords {
        not_eligible_title: "いまは、{service}を使えません", "You cannot use {service} at present";
        undecidable_title: "{service}を使えるか、確かめられませんでした", "It could not be determined whether you may use {service}";
        moved_title: "{town}のサービスは、使えなくなりました", "You can no longer use the services of {town}";
        moved_lead: "カードの住所が、{town}の外に変わっていたためです。", "The address on your card is now outside {town}.";
        declined_title: "カードを読みませんでした", "Your card was not read";
        declined_lead: "とちゅうでやめたか、カードを読めませんでした。何も渡していません。",
            "You cancelled, or the card could not be read. Nothing was passed on.";
        provider_failed_title: "いまは、カードを確かめられません", "Your card cannot be checked at the moment";
        provider_failed_others: "選んだ本人確認のサービスから、正しい答えが届きませんでした。ほかのサービスを使うか、少し待ってからもう一度お試しください。",
            "The service that you chose gave no proper answer. Please use another one, or wait a little and try again.";
        provider_failed_lead: "本人確認のサービスから、正しい答えが届きませんでした。少し待ってから、もう一度お試しください。",
            "The identity service did not answer as it should. Please wait a little and try again.";
        too_weak_title: "カードでのサインインが必要です", "Please sign in with your card";
        too_weak_lead: "このサービスには、より確かなサインインが必要です。マイナンバーカード(スマホを含む)でお試しください。",
            "This service needs a stronger sign-in. Please use your My Number Card, or the one on your phone.";
        item_missing_title: "必要な情報が、カードから届きませんでした", "Something needed did not come from your card";
        item_missing_lead: "このサービスに渡す情報を、カードから読めませんでした。何も渡していません。",
            "What this service takes could not be read from your card. Nothing was passed on.";
        changed_title: "もう一度、はじめからお願いします", "Please begin again";
        changed_lead: "サインインのとちゅうで、決まりが新しくなりました。何も渡していません。",
            "The rules changed while you were signing in. Nothing was passed on.";
        code_taken_title: "このコードは、もう使われています", "This code has been used already";
        code_taken_lead: "同意するまでのあいだに、同じコードがほかのサインインで使われました。何も渡していません。コードを受け取ったところにたずねてください。",
            "While you were reading, the same code was used in another sign-in. Nothing was passed on. Please ask whoever gave you the code.";
        card_due_title: "もう一度、カードで確かめてください", "Please show your card once more";
        term_over_lead: "使える期限が過ぎました。カードを読むと、使えるかどうかをもう一度確かめます。",
            "The term for which you may use it is over. Your card shows whether you still may.";
        recheck_lead: "このサービスは、ときどきカードで確かめる決まりです。その時期になりました。",
            "This service asks for the card from time to time, and it is time again.";
        new_rule_lead: "使える人の決まりが新しくなりました。カードを読むと、新しい決まりで確かめます。",
            "The rules of who may use it have changed. Your card shows whether you may under the new ones.";
        ties_both: "在勤・在学の方", "If you work or study in {town}";
        ties_work: "在勤の方", "If you work in {town}";
        ties_school: "在学の方", "If you study in {town}";
        ties_other: "{town}とつながりのある方", "If you have a tie to {town}";
        ties_lead: "勤め先・学校・役場から確認コードを受け取った方は、ここに入れると使えます。コードがない方は、下の窓口にたずねてください。",
            "Enter the code that your employer, school or the town hall gave you. If you have none, ask the contact below.";
        code_label: "確認コード(英字と数字の16文字)", "Code (16 letters and digits)";
        code_help: "大文字でも小文字でも、「-」がなくてもかまいません。", "Upper or lower case, with or without hyphens.";
        code_send: "コードを確かめて進む", "Check the code and continue";
        code_unusable: "＊このコードは使えません。まちがいがないか確かめてください。使い終わったコードと、期限を過ぎたコードも使えません。",
            "＊This code cannot be used. Please check for typing errors. Codes that were used or are over do not work either.";
        code_wait: "＊まちがいが続いたため、いまはコードを受け付けていません。15分ほど待ってから、もう一度お試しください。",
            "＊Too many codes were wrong, so none is taken at the moment. Please wait about 15 minutes and try again.";
        ties_kept: "{town}に残るのは、在勤・在学などの区別と、使える最後の月だけです。勤め先や学校の名前は残しません。",
            "{town} keeps only which tie it is and its last month, not where you work or study.";
        checked: "確かめたこと", "What was checked";
        any_rule: "{service}を使える人の決まり", "Who may use {service}";
        found_elsewhere: "カードの住所は、ちがう市区町村でした", "The address on your card is in another municipality";
        found_abroad: "カードの住所は、国外転出でした", "Your card says that you have moved out of Japan";
        found_too_young: "年齢が足りませんでした", "The age was not reached";
        found_too_old: "年齢が、決まりをこえていました", "The age is past the limit";
        found_not_attested: "承認がありませんでした", "This is not confirmed for you";
        found_ambiguous: "住所から、市区町村を一つに決められませんでした", "The address fits more than one municipality";
        found_unknown: "住所を読み取れませんでした", "The address could not be read";
        found_no_birthdate: "生年月日が届きませんでした", "The date of birth did not arrive";
        found_weak: "住所の確かめ方が、決まりに足りませんでした", "The address was not verified firmly or lately enough";
        found_conditions: "決まりに合いませんでした", "The conditions were not met";
        nothing_kept: "カードの住所は、確かめたあとすぐに消しました。{service}には、使えなかったことだけを伝えます。",
            "The address on your card was erased right after the check. {service} is told only that it did not work.";
        nothing_kept_town: "カードの住所は、確かめたあとすぐに消しました。", "The address on your card was erased right after the check.";
        moved_kept: "カードの住所は、確かめたあとすぐに消しました。{town}の住民としての資格は、いま終わりました。",
            "The address on your card was erased right after the check. Your eligibility as a resident of {town} has ended now.";
        next: "次のどれかにあてはまる人へ", "If one of these is you";
        if_moved_here: "最近、{town}へ引っこした", "I moved to {town} recently";
        then_moved_here: "役場でカードの住所を新しくしてから、もう一度お試しください。",
            "Have the address on your card updated at the town hall, then try again.";
        if_living_here: "{town}に住んでいるのに使えない", "I live in {town} and it does not work";
        then_living_here: "住所を読みちがえたかもしれません。下の窓口に電話してください。",
            "We may have misread your address. Please call the number below.";
        if_returned: "日本にもどった", "I have come back to Japan";
        then_returned: "役場で転入の手続きをしてカードを新しくしてから、もう一度お試しください。",
            "Register at the town hall and have your card updated, then try again.";
        if_moved_away: "ほかの市区町村へ引っこした", "I moved to another municipality";
        then_moved_away: "新しい市区町村のサービスを使ってください。渡した情報を早く消したいときは、それぞれのサービスに頼めます。",
            "Use the services of your new municipality. Each service can be asked to delete what it received.";
        ask: "たずねるところ", "Whom to ask";
        ends_soon_title: "{month}で終わります", "It ends with {month}";
        ends_soon_lead: "在勤・在学などの承認が、{month}で終わります。そのあとは、{service}を使えなくなります。",
            "The tie on which this rests ends with {month}. After that you cannot use {service} any more.";
        ends_soon_next: "続けて使うときは、勤め先・学校か役場で新しいコードを受け取ってください。終わったあとでサインインするときに、入れられます。",
            "To go on using it, get a new code from your employer, your school or the town hall. You can enter it when you sign in after the end.";
        go_on: "進む", "Continue";
        retry: "もう一度、カードを読む", "Read the card again";
        retry_other: "本人確認のしかたを選びなおす", "Choose again how to show who you are";
        back_to_service: "{service}へ戻る", "Back to {service}";
        back_to_town: "{town}のページへ戻る", "Back to the page of {town}";
    }
}

texts! {
    pub(super) DeskWords {
        title: "窓口で確かめる", "Have it checked at the desk";
        offered: "カードだけでは分からないことを、役場の職員がカードや書類を見て確かめます。窓口コードを持って行くと、{service}を使えるようになることがあります。",
            "Staff of the town hall can look at your card or a document in place of the machine. Take a desk code there: you may then be able to use {service}.";
        ask: "窓口コードを受け取る", "Get a desk code";
        kept: "コードを受け取ると、「何の判定か」と、あなたをもう一度見つけるための意味のない符号だけを残します。名前、住所、生年月日は残しません。3日たつと消えます。窓口で確かめたときは、次にカードを読むまで(長くて14日)残ります。",
            "With a code, only which check it was and a meaningless mark by which you are found again are kept: no name, no address, no date of birth. They are erased after three days; once you were at the desk, when your card is next read, after 14 days at the latest.";
        given: "このコードを窓口で見せるか、読み上げてください。確かめられると、{service}を使えるようになります。",
            "Show this code at the desk, or read it out. Once it was checked you can use {service}.";
        code: "窓口コード", "Desk code";
        until: "いつまで", "Until when";
        until_value: "{time}まで", "{time}";
        place: "行くところ", "Where to go";
        bring: "持って行くもの", "What to bring";
        bring_card: "マイナンバーカード", "Your My Number Card";
        bring_paper: "カードの住所が読みにくいときは、住民票の写しなど、住所と名前の分かる書類も",
            "If its address is hard to read, also a document with your name and address, such as a certificate of residence";
        keep: "この画面は30分で見られなくなります。コードを書き写すか、この画面を印刷してください。",
            "This page can be seen for half an hour. Write the code down, or print the page.";
        done: "窓口で確認が済んだので進む", "I have been to the desk: continue";
        later: "この画面を閉じたあとは、{service}からもう一度サインインして、カードを読んでください。",
            "If you have closed this page, sign in at {service} again and read your card.";
        not_yet: "窓口での確認は、まだ記録されていません。窓口で記録してもらってから、もう一度押してください。",
            "Nothing has been recorded at the desk yet. Press it again once it has.";
        full: "いまは窓口コードを出せません。下の「たずねるところ」に電話してください。",
            "No desk code can be given at the moment. Please call the contact below.";
    }
}

texts! {
    pub(super) AppLinkWords {
        title: "アプリに戻ります", "Back to the app";
        lead: "下のボタンを押すと、サインインを始めたアプリが開きます。", "The button opens the app in which you began to sign in.";
        open: "アプリを開く", "Open the app";
        note: "この画面は1分ほどで使えなくなります。アプリが開かないときは、アプリからもう一度サインインしてください。",
            "This page works for about a minute. If the app does not open, sign in again from the app.";
    }
}

texts! {
    pub(super) FailureWords {
        gone_title: "このサインインは続けられません", "This sign-in cannot go on";
        gone: "画面を開いてから30分が過ぎたか、このあとに始めたサインインが多いため、このサインインは終わりにしました。何も渡していません。サービスに戻って、もう一度サインインしてください。",
            "Half an hour has passed since you opened it, or several other sign-ins were begun after this one. Nothing was passed on. Go back to the service and sign in again.";
        done_title: "もう済んでいます", "This is done already";
        done: "このサインインは、前に終わっています。サービスの画面に戻ってください。",
            "This sign-in was completed before. Go back to the service.";
        unknown_client_title: "サービスを確かめられません", "The service could not be recognised";
        unknown_client: "サインインを求めたサービスが、この自治体に登録されていません。サービスの窓口に、下の番号を伝えてください。",
            "The service that asked you to sign in is not registered here. Tell its help desk the number below.";
        redirect_uri_title: "サービスへ戻れません", "There is no safe way back to the service";
        redirect_uri: "サービスが示した戻り先が、登録されているものと違います。安全のため、ここで止めました。サービスの窓口に、下の番号を伝えてください。",
            "The address to return to is not the registered one, so we stopped here to keep you safe. Tell the service's help desk the number below.";
        suspended_title: "このサービスは、いま止まっています", "This service is suspended";
        suspended: "自治体が、このサービスを一時的に止めています。再開を待つか、下の窓口にたずねてください。",
            "The municipality has suspended this service for the time being. Wait until it is back, or ask the contact below.";
        not_set_up_title: "まだ使えません", "Not ready yet";
        not_set_up: "この自治体のサインインは、まだ用意ができていません。下の窓口にたずねてください。",
            "Signing in is not set up for this municipality yet. Please ask the contact below.";
        foreign_title: "このサインインは続けられません", "This sign-in cannot go on";
        foreign: "この画面で始めたサインインの答えではありませんでした。安全のため、ここで止めました。サービスに戻って、もう一度サインインしてください。",
            "The answer does not belong to a sign-in that was begun in this browser, so we stopped here. Go back to the service and sign in again.";
        signed_out_title: "サインインしてください", "Please sign in";
        signed_out: "このページを見るには、サインインが必要です。", "You need to sign in to see this page.";
        not_found_title: "ページが見つかりません", "Page not found";
        not_found: "アドレスが違うか、もうなくなったページです。", "The address is wrong, or the page is gone.";
        bad_request_title: "送られた内容を受け取れません", "This request was not taken";
        bad_request: "前の画面に戻って、もう一度お試しください。", "Go back to the previous page and try again.";
        too_many_title: "少しお待ちください", "Please wait a moment";
        too_many: "短いあいだに、何度も開かれました。少し待ってから、もう一度お試しください。何も失われていません。",
            "This was opened very often in a short time. Wait a little, then try again. Nothing is lost.";
        unavailable_title: "いまは使えません", "Not available at the moment";
        unavailable: "少し待ってから、もう一度お試しください。何も失われていません。", "Wait a little, then try again. Nothing is lost.";
        internal_title: "こちらの不具合です", "A fault of ours";
        internal: "いまの操作は取り消されました。くりかえし起きるときは、下の番号を窓口に伝えてください。",
            "What you did was not carried out. If it happens again, tell the contact below the number.";
        number: "番号: ", "Number: ";
        sign_in: "サインインする", "Sign in";
        to_town: "{town}のページへ", "To the page of {town}";
    }
}

texts! {
    pub(super) MeWords {
        valid_until: "{town}の住民として、{month}まで使えます。", "You can use the services of {town} as a resident until {month}.";
        usable_until: "{town}のサービスを、{month}まで使えます。", "You can use the services of {town} until {month}.";
        card_from: "{month}からは、次に使うときにカードで確かめます。", "From {month} on, your card is asked for the next time you use a service.";
        ties: "在勤・在学などの承認", "Ties that staff confirmed";
        tie_until: "{month}まで", "Until {month}";
        tie_soon: "もうすぐ終わります", "Ends soon";
        tie_soon_note: "続けて使うときは、勤め先・学校か役場で新しいコードを受け取ってください。終わったあとでサインインするときに、入れられます。",
            "To go on using the services, get a new code from your employer, your school or the town hall. You can enter it when you sign in after the end.";
        ties_kept: "残しているのは、この区別と月だけです。", "Nothing but the tie and its month is kept.";
        no_eligibility: "次に使うときに、{town}の住民かどうかをカードで確かめます。",
            "The next time you use a service, your card shows whether you live in {town}.";
        consents: "情報を渡しているサービス", "Services that receive information";
        no_consents: "いま情報を渡しているサービスはありません。", "No service receives information at present.";
        consented: "同意中", "Consented";
        since: "{items}。{date}から", "{items}, since {date}";
        number_only: "番号と、使える人であること", "A number, and that you may use it";
        agreed: "第{number}版の文に、{date}に同意しました。", "You agreed to version {number} of the text on {date}.";
        agreed_undated: "第{number}版の文に同意しました。", "You agreed to version {number} of the text.";
        record: "同意の記録とやめる方法", "The record, and how to stop";
        record_only: "同意の記録", "The record";
        withdraw_link: "{service}への同意をやめる", "Stop consenting to {service}";
        sessions: "いまサインインしている端末", "Where you are signed in";
        this_device: "この端末", "This device";
        other_device: "ほかの端末", "Another device";
        looking: "いま見ています", "In use now";
        ends: "{time}に終わります", "Ends {time}";
        by_passkey: "パスキーでサインイン。", "With a passkey. ";
        end_session: "終わらせる", "End";
        end_session_label: "ほかの端末のサインインを終わらせる", "End the sign-in on the other device";
        no_history: "終わったサインインの記録は残しません。", "No record of past sign-ins is kept.";
        sign_out: "サインアウトする", "Sign out";
        sign_out_title: "サインアウトしますか", "Sign out?";
        sign_out_text: "この端末のサインインを終わらせます。", "This ends the sign-in on this device.";
        sign_out_asked: "{service}からサインアウトしました。{town}のサインインも終わらせますか。ほかの人も使う機械なら、終わらせてください。",
            "You have left {service}. Sign out of {town} as well? Do so if others use this device.";
        stay_signed_in: "サインインしたままにする", "Stay signed in";
        signed_out_title: "サインアウトしました", "You are signed out";
        signed_out: "この端末には、サインインが残っていません。ほかの人も使う機械なら、画面を閉じてください。",
            "No sign-in is left on this device. If others use it too, close the window.";
        delete_title: "{town_id}を消す", "Delete {town_id}";
        delete_effect: "すべてのサービスへの同意がなくなり、すぐに何も渡さなくなります。消したIDは元に戻せません。サービスに渡した情報は、それぞれの会社に残ります。",
            "All consents end, and nothing is passed on any more, at once. A deleted ID cannot be restored. What services received stays with them.";
        delete_again: "もう一度使うときは、新しい{town_id}になります。サービスからは、ちがう人に見えます。",
            "If you come back, you get a new {town_id}: services will see a different person.";
        delete_link: "{town_id}を消す手続きへ進む", "Go on to delete {town_id}";
        delete_question: "{town_id}を消しますか", "Delete {town_id}?";
        delete_confirm: "{town_id}を消す", "Delete {town_id}";
        keep: "やめないで戻る", "Go back and keep it";
        keep_id: "戻る", "Go back";
        withdraw_title: "{service}への同意をやめますか", "Stop consenting to {service}?";
        withdraw_stops: "やめると、{service}はすぐに使えなくなり、これからは何も渡しません。",
            "{service} stops working for you at once, and receives nothing more.";
        withdraw_stays: "前に渡した情報は、受け取った人のところに残ります。", "What was passed on before stays with the receiver.";
        withdraw_ask: "早く消したいときは、{receiver}に頼めます。", "To have it deleted sooner, ask {receiver}.";
        withdraw_confirm: "{service}への同意をやめる", "Stop consenting to {service}";
        withdrawn: "同意をやめました。これからは何も渡しません。", "Your consent has ended. Nothing more is passed on.";
        session_ended: "ほかの端末のサインインを終わらせました。", "The other sign-in was ended.";
        deleted_title: "{town_id}を消しました", "{town_id} is deleted";
        deleted: "すべての同意が終わり、{town}はあなたの番号をもう持っていません。",
            "All consents have ended, and {town} no longer holds a number for you.";
        to_town: "{town}のページへ", "To the page of {town}";
    }
}

texts! {
    pub(super) InformationWords {
        ask: "たずねるところ", "Whom to ask";
        privacy_title: "個人情報の取り扱い", "Personal data";
        privacy_lead: "{town}がこのしくみで何を残し、何を残さないかを書いています。", "What {town} keeps here, and what it does not.";
        not_kept_title: "残さないもの", "What is not kept";
        not_kept: "名前、住所、生年月日、性別、メールアドレス、マイナンバー、カードの番号は、どこにも書きこみません。カードを読んだあと、決まりに合うかを確かめるあいだだけ、暗号にして持ち、すぐに消します。",
            "Name, address, date of birth, gender, mail address, Individual Number and card number are written nowhere. After the card was read they exist, encrypted, only while the rules are checked, and are then erased.";
        kept_title: "残すもの", "What is kept";
        kept: "{town_id}という意味のない番号と、次のサインインであなたを見つけるための意味のない符号。同意した日と文の版。使える期限と次にカードで確かめる年と月。承認された在勤・在学などの区別とその期限の年と月。いまのサインイン。使っている人だけ、パスキーを確かめる鍵、引き継ぎ番号や前のアカウントを確かめる符号、カードを引き継いだ年と月、窓口コードの符号も残します。残すのはこれだけで、使った日時の記録は残しません。",
            "A random number called {town_id}, and a meaningless mark by which your next sign-in finds it; the day of a consent and the version of its text; the year and month until which you may use services and in which your card is due again; a confirmed tie such as work or school with its last month; and the present sign-in. Only for those who use them: the key that checks a passkey, marks that check a recovery number, a former account or a desk code, and the month in which a renewed card was taken over. Nothing else, and there is no history of use.";
        passed_title: "サービスに渡すもの", "What services receive";
        passed: "サービスごとに、渡す前に画面でたずねます。サービスが受け取る番号は、画面に書いてあるときを除き、サービスごとにちがいます。",
            "A page asks you before anything is passed to a service. Each service gets a different number for you, unless the page says otherwise.";
        statistics_title: "統計", "Statistics";
        statistics: "月が終わってから、サービスごとの人数だけを数えます。人数が少ないときは、公表しないで消します。",
            "After a month has ended, only the number of people per service is counted. Small numbers are not published, and are erased.";
        cookies_title: "クッキー", "Cookies";
        cookies: "サインインのとちゅうの状態(30分まで)、サインイン中であること、えらんだ言葉、この町のパスキーを使ったかどうかだけに使います。広告や追跡には使いません。",
            "Cookies hold the state of a sign-in (at most 30 minutes), that you are signed in, your language, and whether a passkey of this town was used here. None is for advertising or tracking.";
        rights_title: "自分でできること", "What you can do";
        rights: "「自分のページ」で、同意を見ること、やめること、{town_id}を消すことが、いつでもできます。サービスに渡した情報は、それぞれのサービスに、見せることや消すことを頼めます。",
            "On “My page” you can see and end your consents and delete your {town_id} at any time. Ask each service to show or delete what it received.";
        help_title: "使い方", "How to use";
        help_lead: "マイナンバーカードで、{town}のサービスを使うまでの流れです。", "From your My Number Card to the services of {town}.";
        prepare_title: "用意するもの", "What you need";
        prepare: "マイナンバーカード(スマホに入れたものを含む)と、4けたの暗証番号です。",
            "Your My Number Card, or the one on your phone, and its four-digit PIN.";
        first_title: "はじめて使うとき", "The first time";
        first: "サービスの画面で「サインイン」をえらび、カードを読みます。住所が決まりに合うかを確かめたあと、何を渡すかの画面が出ます。読んで「同意して進む」を押してください。",
            "Choose “Sign in” at the service and read your card. After the address was checked, a page shows what would be passed on. Read it, then choose “Agree and continue”.";
        later_title: "2回目から", "After that";
        later: "パスキー(顔・指紋・PIN)を登録すると、カードなしでサインインできます。自分のページで足したり消したりできます。住民かどうかを確かめる時期になると、もう一度カードを読みます。",
            "With a passkey (face, fingerprint or PIN) you sign in without the card; add and remove them on your own page. When it is time to check again that you are a resident, the card is read once more.";
        renewed_title: "カードを新しくするとき", "When your card is renewed";
        renewed: "新しいカードが、別の人とみなされることがあります。新しくする前に、自分のページで引き継ぎ番号を作り、紙に書いてしまってください。新しいカードで別の{town_id}ができたら、自分のページで窓口コードを受け取り、新しいカードと引き継ぎ番号を持って窓口へ行くと、前の{town_id}に戻れます。",
            "A new card may be taken for somebody else's. Before you renew it, make a recovery number on your own page, write it down and keep it. If the new card makes another {town_id}, get a desk code on your own page and go to the desk with the new card and the recovery number to get your former {town_id} back.";
        shared_title: "ほかの人も使う機械で", "On a shared device";
        shared: "同意の画面で「ほかの人も使う機械です」に印をつけると、サインインしたままになりません。",
            "Tick “Other people use this device too” on the consent page: you will not stay signed in.";
        stop_title: "やめたいとき", "To stop";
        stop: "「自分のページ」で、サービスごとに同意をやめられます。", "On “My page” you can end the consent to each service.";
        trouble_title: "うまくいかないとき", "If it does not work";
        trouble: "暗証番号を忘れたときや、カードが使えなくなったときは、役場の窓口へ行ってください。住所を変えたばかりのときは、カードの住所を新しくしてください。",
            "If you forgot the PIN or the card is locked, go to the town hall. If you moved, have the address on your card updated first.";
        accessibility_title: "アクセシビリティ", "Accessibility";
        accessibility_lead: "だれもが使えるように、このページを作っています。", "These pages are made so that everybody can use them.";
        target_title: "めざす水準", "What we aim at";
        target: "JIS X 8341-3:2016 のレベルAA(WCAG 2.0)に沿うことを目標にし、WCAG 2.2 のレベルAAにも合うように作っています。",
            "The target is JIS X 8341-3:2016 level AA (WCAG 2.0); the pages are also made to meet WCAG 2.2 level AA.";
        made_title: "していること", "What we do";
        made: "キーボードだけで使えます。読み上げソフトのための見出しと名前があります。文字を2倍にしても使えます。暗い配色と、色を強める設定に合わせます。JavaScript がなくても動きます。",
            "Everything works by keyboard, with headings and names for screen readers, at twice the text size, in dark and high-contrast settings, and without JavaScript.";
        limits_title: "できていないこと", "Known limits";
        limits: "カードを読む画面は、本人確認のサービスのものです。そこでの使いやすさは、そのサービスが決めています。",
            "The page that reads your card belongs to the identity service, which decides how accessible it is.";
        report_title: "知らせてください", "Tell us";
        report: "使いにくいところがあれば、下の窓口に知らせてください。", "If something is hard to use, please tell the contact below.";
    }
}
