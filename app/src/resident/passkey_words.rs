//! Words about passkeys, in which nobody has to know the word.

use crate::text::texts;

texts! {
    pub(super) PasskeyWords {
        sign_in_title: "サインインのしかた", "How to sign in";
        sign_in_lead: "前に登録したパスキー(顔・指紋・PIN)か、マイナンバーカード(スマホを含む)で入れます。",
            "Use the passkey that you added before (face, fingerprint or PIN), or your My Number Card (or the one in your phone).";
        sign_in: "パスキーでサインインする", "Sign in with a passkey";
        instead: "パスキーを使う", "Use a passkey";
        leave: "やめて戻る", "Go back";
        choose_title: "本人確認のしかた", "How to show who you are";
        choose_lead: "使うものを選んでください。どれでも、同じ手続きに進めます。",
            "Please choose one. Each of them leads to the same place.";
        choose_lead_passkey: "前に登録したパスキー(顔・指紋・PIN)か、下のどれかで入れます。",
            "Use the passkey that you added before (face, fingerprint or PIN), or one of the ways below.";
        with_provider: "{name}で進む", "Continue with {name}";
        silent: "{name}は、さきほど応答がありませんでした。ほかのものを使うか、時間をおいてください。",
            "{name} did not answer a moment ago. Please use another one, or try again later.";
        with_card: "マイナンバーカードで進む", "Continue with My Number Card";
        without_get: "この画面ではパスキーを使えません(JavaScriptが止まっているか、ブラウザーが対応していません)。カードで進めます。",
            "Passkeys do not work on this page: JavaScript is off, or the browser does not know them. You can continue with the card.";
        without_create: "この画面ではパスキーを登録できません(JavaScriptが止まっているか、ブラウザーが対応していません)。これからもカードで入れます。",
            "A passkey cannot be added on this page: JavaScript is off, or the browser does not know them. Your card goes on working.";
        failed_get: "パスキーでサインインできませんでした。もう一度押すか、カードで進んでください。",
            "Signing in with a passkey did not work. Press once more, or continue with the card.";
        failed_create: "パスキーを登録できませんでした。もう一度押してみてください。登録しなくても、カードで入れます。",
            "The passkey was not added. You can press once more; without one, your card goes on working.";
        known: "この端末のパスキーは、もう登録されています。", "This device's passkey has been added already.";
        again: "時間が過ぎました。もう一度押してください。", "That took too long. Please press once more.";
        unknown: "このパスキーは、{town}では使えません。消したものか、ほかの自治体のものです。カードで進んでください。",
            "This passkey does not work in {town}: it was removed, or it belongs to another municipality. Please continue with the card.";
        unusable: "この端末の答えでは、本人と確かめられませんでした。カードで進んでください。",
            "The device's answer could not be accepted. Please continue with the card.";
        full: "これ以上は登録できません。使わないものを消してください。",
            "No more can be added. Please remove one that you do not use.";
        card_first: "パスキーを足すときは、先にカードでサインインしてください。",
            "To add a passkey, please sign in with your card first.";
        offer_title: "次からは、カードなしで入れます", "Next time, without the card";
        offer_lead: "この端末の顔・指紋・PINを登録しておくと、次からはそれだけで入れます。しなくてもかまいません。",
            "Add the face, fingerprint or PIN of this device, and that alone is enough next time. You do not have to.";
        offer_kept: "顔や指紋は、端末の外に出ません。{town_id}に残るのは、確かめるための鍵だけです。あとで自分のページから消せます。",
            "Your face and fingerprints never leave the device. {town_id} keeps a key to check with and nothing else; you can remove it on your own page.";
        add_here: "この端末を登録する", "Add this device";
        later: "登録しないで進む", "Continue without";
        section: "パスキー(顔・指紋・PIN)", "Passkeys (face, fingerprint, PIN)";
        none: "登録すると、次からカードなしで入れます。", "With a passkey you need no card next time.";
        name: "パスキー{number}", "Passkey {number}";
        added: "{month}に登録", "Added in {month}";
        added_reach: "{added}。{reach}", "{added}. {reach}";
        synced: "同じアカウントのほかの端末でも使えます", "Also works on other devices of the same account";
        device_only: "登録した端末だけで使えます", "Works on the device on which it was added";
        remove: "消す", "Remove";
        remove_label: "{name}を消す", "Remove {name}";
        add_first: "パスキーを登録する", "Add a passkey";
        add_another: "別の端末を足す", "Add another device";
        add_with_card: "足すときは、カードでサインインし直してください。", "To add one, sign in again with your card.";
        add_title: "パスキーを登録する", "Add a passkey";
        add_lead: "この端末の顔・指紋・PINで入れるようにします。別のスマートフォンを足すときは、そのスマートフォンでこのページを開いてください。",
            "Use the face, fingerprint or PIN of this device to sign in. To add another phone, open this page on that phone.";
        lost: "端末をなくしたときは、カードでサインインして、そのパスキーを消してください。",
            "If you lose the device, sign in with your card and remove its passkey.";
        back: "自分のページへ戻る", "Back to my page";
        remove_title: "{name}を消しますか", "Remove {name}?";
        remove_effect: "このパスキーでは入れなくなります。カードでは、いつでも入れます。",
            "It will not sign you in any more. Your card always does.";
        remove_device: "端末の設定に残ったパスキーは、端末で消してください。",
            "What remains in the settings of the device can be deleted there.";
        keep: "消さない", "Keep it";
        done_added: "パスキーを登録しました。次からカードなしで入れます。", "The passkey was added. Next time you need no card.";
        done_removed: "パスキーを消しました。", "The passkey was removed.";
    }
}
