//! Words of a renewed card at the desk.

use crate::text::texts;

texts! {
    pub(crate) RenewedCardWords {
        title: "カードの引き継ぎ", "Renewed card";
        lead: "カードを新しくして別の共通IDができた人が、前の共通IDに戻ります。",
            "Somebody's new card made another town ID. They get their former one back.";
        asked_title: "この依頼", "This request";
        look_title: "見るもの", "What to look at";
        look_person: "新しいカードが本人のものであること(顔写真、有効期限)。", "That the new card is the person's own: photograph, expiry.";
        look_number: "本人が紙などに控えた引き継ぎ番号。番号がない人は、引き継げません。",
            "The recovery number that the person wrote down. Without it nothing can be taken over.";
        look_ask: "だれかに頼まれたのでなく、自分の番号だということを、本人に確かめてください。",
            "Ask whether the number is their own, and that they do not come on somebody else's behalf.";
        nothing_typed: "名前・住所・生年月日は、どこにも入力せず、書き写しません。だれの共通IDかは、この画面にも出ません。",
            "Names, addresses and dates of birth are typed nowhere and copied nowhere. This page does not show whose town ID it is either.";
        ends: "窓口コードの期限", "The code ends";
        form_title: "引き継ぐ", "Take it over";
        number: "引き継ぎ番号", "Recovery number";
        number_help: "16文字です(例: 7KQF-2M9X-T4HB-0C3D)。大文字・小文字、全角・半角、ハイフンの有無は問いません。",
            "Sixteen characters, such as 7KQF-2M9X-T4HB-0C3D. Capitals, width and hyphens do not matter.";
        number_malformed: "引き継ぎ番号は16文字です。使わない文字(Uなど)が入っていないか確かめてください。",
            "A recovery number has sixteen characters. Check for characters that are never in one, such as U.";
        number_unknown: "この引き継ぎ番号は見つかりません。打ち間違いか、本人が作り直す前の番号か、もう使われた番号です。前の共通IDを消したあとも、見つかりません。",
            "This recovery number was not found: it was mistyped, was replaced by a later one, or has been used; or the former town ID was deleted.";
        number_own: "これは、新しいカードでできた共通IDの番号です。前のカードのときに作った番号が要ります。",
            "This is a number of the town ID that the new card made. The one from the time of the former card is needed.";
        number_in_use: "前のカードでのサインインが、窓口コードを受け取ったあとにありました。前のカードが使える間は、引き継げません。本人なら、自分のページで二つの共通IDをまとめられます。覚えがないと言うときは、引き継がずに、責任者に知らせてください。",
            "The former card was used to sign in after the desk code was given. While it works, nothing can be taken over; the person can merge the two town IDs on their own page. If they know nothing of that sign-in, do not take over, and tell your supervisor.";
        reason: "新しくした理由", "Why the card is new";
        effect: "いまの共通ID(新しいカードでできたもの)はなくなり、前の共通IDが残ります。前のカードでのサインイン、パスキー、開いているサインインは、すべて終わります。元に戻すことはできません。",
            "The present town ID, which the new card made, ends, and the former one stays. The former card, all passkeys and every open sign-in stop working. It cannot be undone.";
        record_two: "二人で確認して、引き継ぐ", "Both checked: take it over";
        record_one: "引き継ぐ", "Take it over";
        refuse_title: "引き継がないとき", "If nothing is taken over";
        refuse_text: "窓口コードは使えなくなります。二つの共通IDは、どちらもそのまま残ります。理由は口頭で伝えてください。",
            "The desk code ends. Both town IDs stay as they are. Tell the person the reason.";
        refuse: "引き継がない", "Do not take it over";
        done_title: "引き継ぎました", "Taken over";
        done_text: "本人に伝えてください: 新しいカードでサインインすると、前の共通IDになります。パスキーと引き継ぎ番号は、自分のページで作り直します。",
            "Tell the person: signing in with the new card now leads to the former town ID. Passkeys and a new recovery number are made on their own page.";
        refused_title: "引き継ぎませんでした", "Not taken over";
        refused_text: "窓口コードはもう使えません。共通IDは、どちらも変わっていません。", "The desk code no longer works. Neither town ID has changed.";
        kept: "この番号は、いまだけ表示します。監査記録にはこの番号と理由が残り、だれの引き継ぎだったかは残りません。",
            "This number is shown only now. The audit trail keeps it with the reason, and not whom it was about.";
    }
}
