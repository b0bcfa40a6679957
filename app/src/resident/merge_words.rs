//! Words of merging another town ID into one's own.

use crate::text::texts;

texts! {
    pub(super) MergeWords {
        section: "別のサインインでできた{town_id}があるとき", "If another sign-in made a second {town_id}";
        section_text: "別のカードや本人確認サービスでできた{town_id}を、この{town_id}にまとめられます。",
            "A {town_id} that another card or identity provider made can be merged into this one.";
        section_merged: "もう一つの{town_id}を、この{town_id}にまとめてあります。どちらのサインインでも、ここに来ます。",
            "Another {town_id} was merged into this one. Either sign-in leads here.";
        link: "もう一つの{town_id}をまとめる", "Merge another {town_id}";
        start_title: "もう一つの{town_id}を、この{town_id}にまとめる", "Merge another {town_id} into this one";
        start_lead: "もう一方の{town_id}で使っているカードや本人確認サービスでサインインすると、この{town_id}にまとめられます。",
            "Once you sign in with the card or the identity provider of the other {town_id}, it can be merged into this one.";
        start_note: "次のページで、どうなるかを確かめてから決められます。それまでは何も変わりません。",
            "The next page shows what will happen, and you decide there. Nothing changes before.";
        sign_in_first: "先に、残すほうの{town_id}でサインインし直してください。そのあと10分のあいだ、自分のページからもう一度ここに進むと、まとめられます。",
            "Please sign in again first with the {town_id} that is to stay. For ten minutes after that you can merge: come back here from your own page.";
        sign_in: "残すほうでサインインし直す", "Sign in again with the one that stays";
        start: "もう一方でサインインする", "Sign in with the other one";
        back: "まとめないで戻る", "Go back without merging";
        ask_title: "二つの{town_id}をまとめますか", "Merge the two {town_id}s?";
        ask_lead: "いまサインインした{town_id}はなくなり、先に開いていた{town_id}が残ります。これからは、どちらのサインインでも残った{town_id}になります。",
            "The {town_id} that you just signed in with ends, and the one that was open before stays. From then on, either sign-in leads to the one that stays.";
        kept: "いままでどおり使えるサービス", "Services that go on as before";
        kept_none: "ありません。", "None.";
        ending: "もう一方の{town_id}での同意がなくなるサービス", "Services whose consent under the other {town_id} ends";
        ending_both: "どちらの{town_id}でも使っています。残る{town_id}のほうで、いままでどおり使えます。",
            "You use it under both. It goes on under the {town_id} that stays.";
        ending_only: "次に使うときに、新しい利用者として同意を聞かれます。いままでの記録は引き継がれません。",
            "The next time you use it, it asks for your consent as for somebody new. What it has so far is not carried over.";
        ending_none: "ありません。", "None.";
        effect: "なくなる{town_id}のパスキーとサインインの状態は、すべて消えます。使えるかどうかは、次にカードを読んだときに確かめ直します。まとめたあとで、元に戻すことはできません。",
            "Passkeys and open sign-ins of the {town_id} that ends are all removed. Whether you can use a service is checked anew at the next card. Merging cannot be undone.";
        confirm: "まとめる", "Merge";
        merged: "二つの{town_id}をまとめました。どちらのサインインでも、この{town_id}になります。", "The two {town_id}s are merged. Either sign-in leads to this one.";
        none: "そのサインインでできた{town_id}はありませんでした。何も変えていません。", "That sign-in has no {town_id} of its own. Nothing was changed.";
        same: "同じ{town_id}のサインインでした。何も変えていません。", "That sign-in leads to this same {town_id}. Nothing was changed.";
        at_desk: "もう一方の{town_id}は、窓口での確認の途中です。終わってから、もう一度お試しください。何も変えていません。",
            "Something about the other {town_id} is still being checked at the desk. Please try again once that is done. Nothing was changed.";
        relinked: "{month}に、新しいカードでのサインインを、同じ人としてこの{town_id}に引き継ぎました。",
            "In {month}, your sign-in with a renewed card was taken over to this {town_id} as that of the same person.";
    }
}
