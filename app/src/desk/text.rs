//! Words of the desk.

use crate::text::texts;

texts! {
    pub(crate) Words {
        title: "窓口", "Desk";
        lead: "カードだけでは資格を判定できなかった人と、カードを新しくした人が、窓口コードを持って来ます。カードか書類を見て、結果を記録します。",
            "People whose eligibility could not be determined from the card, and people with a new card, come with a desk code. Look at the card or a document and record what you find.";
        code_title: "窓口コードを入力する", "Enter the desk code";
        code: "窓口コード", "Desk code";
        code_help: "8文字です(例: 7K2M-9XQ4)。大文字・小文字、全角・半角、ハイフンの有無は問いません。",
            "Eight characters, such as 7K2M-9XQ4. Capitals, width and hyphens do not matter.";
        code_unknown: "この窓口コードは見つかりません。打ち間違いか、期限切れか、もう使われたコードです。",
            "This desk code was not found: it was mistyped, is over, or has been used.";
        code_malformed: "窓口コードは8文字です。使わない文字(Uなど)が入っていないか確かめてください。",
            "A desk code has eight characters. Check for characters that are never in one, such as U.";
        find: "確認を始める", "Begin the check";
        steps_title: "窓口での進め方", "How it goes";
        step_code: "持って来た人の画面か紙にある窓口コードを入力します。", "Enter the desk code from the person's screen or paper.";
        step_look: "本人のカードか書類を見ます。何を見ればよいかは、次の画面に出ます。",
            "Look at the person's own card or document. The next page says what to look for.";
        step_record: "結果を記録します。対象とするとき、引き継ぐときは、もう一人の職員が同じ画面で確認します。",
            "Record the result. To find somebody eligible, or to take a card over, a colleague confirms on the same screen.";
        nothing_typed: "名前・住所・生年月日は、どこにも入力せず、書き写しません。",
            "Names, addresses and dates of birth are typed nowhere and copied nowhere.";
        request_title: "窓口での確認", "Check at the desk";
        asked_title: "判定できなかったこと", "What could not be determined";
        rule: "利用資格ルール", "Residency rule";
        eligible: "使える人", "Who is eligible";
        services: "使えるようになるサービス", "Services that it opens";
        why: "判定できなかった理由", "Why it could not be determined";
        ends: "窓口コードの期限", "The code ends";
        look_title: "見るもの", "What to look at";
        look_person: "本人のカードであること(顔写真、有効期限)。", "That the card is the person's own: photograph, expiry.";
        look_address: "カードの住所(追記欄を含む)。読めないときは、住民票の写しなど住所の分かる書類。",
            "The address on the card, with any later entries; if it cannot be read, a certificate of residence or the like.";
        look_birthdate: "カードの生年月日。年齢か学年が、上の「使える人」に合うこと。",
            "The date of birth on the card: that age or school year fit “Who is eligible” above.";
        eligible_title: "対象だったとき", "If the person is eligible";
        until: "いつまで使えるか", "Until when";
        until_help: "その月の末まで使えます。ルールの期間をこえて選ぶことはできません。",
            "Until the end of that month. The rule's term cannot be exceeded.";
        second_title: "もう一人の職員による確認", "Confirmed by a colleague";
        second_help: "同じ画面を見て、同じ書類を確かめた人が入力します。起案者か決裁者の役割があり、あなた以外の人です。サインインしている人は変わりません。",
            "To be filled in by somebody who looked at the same screen and document: a drafter or approver other than you. Nobody is signed in or out.";
        second_mail: "メールアドレス", "Mail address";
        second_password: "パスワード", "Password";
        second_code: "確認コード", "Code";
        second_code_help: "認証アプリの6けた、または回復コードです。", "Six digits from the authenticator app, or a recovery code.";
        not_confirmed: "確認できませんでした。もう一人の職員の入力を確かめてください。続けて間違えると、しばらく受け付けません。",
            "This could not be confirmed. Check what the colleague typed. After several failures nothing is accepted for a while.";
        four_eyes_off: "この自治体では、一人で行う設定になっています。あなただけの確認として記録します。",
            "In this municipality one person may do this. It is recorded as checked by you alone.";
        record_two: "二人で確認して、対象と記録する", "Both checked: record as eligible";
        record_one: "対象と記録する", "Record as eligible";
        not_eligible_title: "対象ではなかったとき", "If the person is not eligible";
        not_eligible_text: "窓口コードは使えなくなり、この依頼は消えます。本人については何も残りません。理由は口頭で伝えてください。",
            "The desk code ends and this request is deleted. Nothing about the person is kept. Tell them the reason.";
        not_eligible: "対象外と記録する", "Record as not eligible";
        recorded_title: "対象と記録しました", "Recorded as eligible";
        recorded_text: "本人に伝えてください: 14日以内に、サービスからもう一度サインインすると使えます。コードの画面がまだ開いていれば、「窓口で確認が済んだので進む」を押します。",
            "Tell the person: sign in at the service again within 14 days. If the page with the code is still open, press “I have been to the desk: continue” there.";
        refused_title: "対象外と記録しました", "Recorded as not eligible";
        refused_text: "依頼を消しました。窓口コードはもう使えません。", "The request was deleted. The desk code no longer works.";
        reference: "この確認の番号", "Reference of this check";
        reference_once: "この番号は、いまだけ表示します。監査記録にはこの番号とルールの名前が残り、だれの確認だったかは残りません。",
            "This number is shown only now. The audit trail keeps it with the name of the rule, and not whom it was about.";
        next_code: "次の窓口コードへ", "Next desk code";
        gone: "この依頼は、ほかの職員が先に記録したか、期限が過ぎました。", "A colleague has dealt with this request, or its code is over.";
    }
}
