//! Words of renewing the card, for residents.

use crate::text::texts;

texts! {
    pub(super) RenewedCardWords {
        section: "カードを新しくするとき", "When your card is renewed";
        section_text: "カードを新しくする前に、引き継ぎ番号を作っておくと、新しいカードでもこの{town_id}を使えます。",
            "Make a recovery number before you renew your card: with it, the new card can lead to this {town_id} again.";
        section_has_number: "この{town_id}の引き継ぎ番号を作ってあります。カードを新しくしたら、窓口で使います。",
            "This {town_id} has a recovery number. Once you have a new card, it is used at the desk.";
        link: "カードを新しくするときの手続き", "What to do when the card is renewed";
        title: "カードを新しくするとき", "When your card is renewed";
        lead: "カードや電子証明書を新しくすると、別の人とみなされて、新しい{town_id}ができることがあります。引き継ぎ番号があれば、窓口で、前の{town_id}に戻せます。",
            "A new card, or a new certificate on it, may look like somebody else's and make a new {town_id}. With a recovery number, the desk can give you your former {town_id} back.";
        card_first: "引き継ぎ番号と窓口コードは、カードでサインインしてから10分のあいだだけ受け取れます。",
            "A recovery number or a desk code is given only within ten minutes of signing in with your card.";
        with_card: "カードでサインインする", "Sign in with the card";
        before: "新しくする前に: 引き継ぎ番号", "Before: a recovery number";
        before_text: "この{town_id}の引き継ぎ番号を作り、紙に書いて、なくさないところにしまってください。番号は一度しか表示しません。",
            "Make the recovery number of this {town_id}, write it down and keep it safe. It is shown only once.";
        has_number: "引き継ぎ番号は、もう作ってあります。作り直すと、前の番号は使えなくなります。",
            "There is a recovery number already. Making another one ends it.";
        make: "引き継ぎ番号を作る", "Make a recovery number";
        make_anew: "引き継ぎ番号を作り直す", "Make another recovery number";
        after: "新しいカードで、別の{town_id}ができたとき", "After: the new card made another {town_id}";
        after_text: "新しいカードでサインインしたら、ここで窓口コードを受け取り、新しいカードと引き継ぎ番号を持って、窓口へ行ってください。",
            "Sign in with the new card, get a desk code here, and go to the desk with the new card and your recovery number.";
        after_effect: "窓口で引き継ぐと、いま開いているこの{town_id}と、ここでした同意はなくなり、前の{town_id}とその同意が残ります。",
            "Once the desk has done so, this {town_id} and what you agreed to under it are gone; your former {town_id} and what you agreed to under that one stay.";
        ask: "窓口コードを受け取る", "Get a desk code";
        back: "自分のページへ戻る", "Back to my page";
        number_title: "引き継ぎ番号ができました", "Your recovery number";
        number_lead: "この番号を、紙に書くか印刷して、しまってください。もう一度見ることはできません。",
            "Write this number down or print it, and keep it. It cannot be seen again.";
        number: "引き継ぎ番号", "Recovery number";
        number_use: "カードを新しくしたあと、この番号と新しいカードを窓口で見せると、この{town_id}に戻れます。",
            "After your card is renewed, show this number and the new card at the desk to get this {town_id} back.";
        number_keep: "窓口のほかでは、だれにも見せないでください。電話やメールでたずねることはありません。",
            "Show it to nobody but the desk. Nobody will ask for it by telephone or mail.";
        code_title: "窓口コード", "Your desk code";
        code_lead: "このコードを書き留めるか印刷して、窓口で見せてください。なくしたときは、受け取り直せます。",
            "Write this code down or print it, and show it at the desk. If you lose it, get another one.";
        code: "窓口コード", "Desk code";
        until: "いつまで", "Until";
        until_value: "{time}まで", "{time}";
        place: "どこで", "Where";
        bring: "持ち物", "Bring";
        bring_card: "新しいカード(必ず本人が持って来てください)", "Your new card; you have to come yourself";
        bring_number: "前のカードのときに作った引き継ぎ番号", "The recovery number from the time of the former card";
        code_keep: "窓口のほかでは、だれにも見せないでください。", "Show it to nobody but the desk.";
        code_then: "窓口で引き継いだあとは、新しいカードでサインインすると、前の{town_id}になります。",
            "Once the desk has done it, signing in with the new card leads to your former {town_id}.";
    }
}
