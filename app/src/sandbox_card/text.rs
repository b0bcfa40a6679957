//! Words of the sandbox card reader.

use crate::text::texts;

texts! {
    pub(crate) Words {
        mark: "試験用", "For testing";
        not_real: "本物のカードは読みません。ここにいる人は、みな架空です。", "No real card is read. Everybody here is made up.";
        title: "試験用カードリーダー", "Sandbox card reader";
        lead: "「{client}」へのサインインを、架空のカードで試します。", "Try signing in to {client} with a made-up card.";
        who: "だれのカードを読みますか", "Whose card is it?";
        born: "生まれ", "born";
        typed: "自分で入力する", "Type a person in";
        typed_help: "同じ名前・生年月日・性別なら、住所が変わっても同じ人です。本当の個人の情報は入れないでください。",
            "The same name, date of birth and gender are the same person, also at a new address. Do not type in a real person.";
        renewed: "新しくしたカード", "A renewed card";
        renewed_help: "同じ人が、別の人として現れます。前のカードのことは伝えません。",
            "The same person comes as somebody else, and nothing says whose the former card was.";
        name: "名前", "Name";
        address: "住所(1行)", "Address (one line)";
        address_help: "例: 福島県大沼郡昭和村大字架空1番地", "For example 福島県大沼郡昭和村大字架空1番地";
        birthdate: "生年月日", "Date of birth";
        birthdate_help: "例: 1990-04-01", "For example 1990-04-01";
        gender: "性別", "Gender";
        male: "男", "Male";
        female: "女", "Female";
        other: "その他", "Other";
        not_stated: "不明", "Not stated";
        pin: "暗証番号(4けた)", "PIN (4 digits)";
        pin_help: "試験用の暗証番号は、どの人も {pin} です。", "The PIN of everybody here is {pin}.";
        receiver: "受け取るところ", "Receiver";
        items: "渡す情報", "What is handed over";
        only_pseudonym: "なし(本人であることだけ)", "Nothing but that it is the same person";
        read: "カードを読む", "Read the card";
        cancel: "やめて戻る", "Cancel and go back";
        wrong_pin: "暗証番号が違います。あと{left}回まちがえると、使えなくなります。",
            "Wrong PIN. The card locks after {left} more.";
        wrong_pin_last: "暗証番号が違います。あと1回まちがえると、使えなくなります。",
            "Wrong PIN. The card locks after one more.";
        locked: "暗証番号を3回まちがえたので、このカードは使えなくなりました。「やめて戻る」を押してください。",
            "The PIN was wrong three times: this card is locked. Choose “Cancel and go back”.";
        nobody_chosen: "カードを一つ選んでください。", "Choose a card.";
        name_wrong: "名前を100字までで入力してください。", "Type a name of at most 100 characters.";
        address_wrong: "住所を200字までで入力してください。", "Type an address of at most 200 characters.";
        birthdate_wrong: "生年月日を 1990-04-01 の形で入力してください。", "Type a date of birth such as 1990-04-01.";
        gender_wrong: "性別を選んでください。", "Choose a gender.";
        unknown_client_title: "サインインを始められません", "Signing in cannot begin";
        unknown_client: "この自治体は、試験用カードリーダーに登録されていません。サービスに戻って、やり直してください。",
            "This municipality is not registered with the sandbox card reader. Go back to the service and try again.";
        unknown_redirect_uri: "戻り先のアドレスが、登録されているものと違います。サービスに戻って、やり直してください。",
            "The address to return to is not the registered one. Go back to the service and try again.";
        over_title: "この画面は終わっています", "This page is over";
        over: "時間が過ぎたか、もう済んでいます。サービスに戻って、もう一度サインインしてください。",
            "Its time is up, or it was done already. Go back to the service and sign in again.";
        unavailable_title: "いまは使えません", "Not available at the moment";
        unavailable: "少し待ってから、もう一度お試しください。", "Wait a little, then try again.";
    }
}
