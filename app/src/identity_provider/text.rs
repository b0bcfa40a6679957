//! Words of the page about the identity provider.

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "本人確認サービス", "Identity provider";
        lead: "マイナンバーカード(スマホを含む)を読み取り、住民本人であることを確かめるサービスです。",
            "The service that reads the My Number Card (or the phone) and shows who the resident is.";
        connection_note: "接続先は運営者が登録します。変えるときは、運営者に連絡してください。",
            "Registered by the operator. To change it, tell the operator.";
        in_use: "使用中", "In use";
        not_in_use: "停止中", "Not in use";
        sandbox: "試験用のカードリーダーです。本物のカードは読みません。架空の住民でサインインを試せます。",
            "This is the sandbox card reader. It reads no real card; invented residents can sign in with it.";
        issuer: "発行者(issuer)", "Issuer";
        client_id: "クライアントID", "Client ID";
        callback: "戻り先(リダイレクトURI)", "Redirect URI";
        callback_note: "本人確認サービスの側に、このとおり登録します。", "To be registered at the provider exactly like this.";
        scopes: "受け取る項目(scope)", "Scopes";
        scopes_note: "名前・住所などは、資格を判定したあとすぐに消します。", "Name, address and so on are deleted as soon as eligibility is decided.";
        levels: "認証の強さ", "Assurance";
        source: "住所の出どころ", "Source of the address";
        method: "クライアント認証・署名", "Client authentication, signature";
        method_value: "private_key_jwt・ES256", "private_key_jwt, ES256";
        test: "接続の確認", "Connection test";
        test_note: "設定の公開情報と署名鍵を、いま取りに行きます。住民の情報は使いません。",
            "Fetches its published settings and signing keys now. No resident's data is involved.";
        test_now: "いま確かめる", "Test now";
        only_admin: "確かめられるのは管理者だけです", "Only an administrator can test it";
        answers: "つながっています。公開情報と署名鍵を確かめました。", "It answers. Published settings and signing keys are as they must be.";
        silent: "応答がありません。時間をおいて確かめ、続くときは運営者に連絡してください。",
            "It does not answer. Try again later; if it goes on, tell the operator.";
        unusable: "応答はありましたが、公開情報か署名鍵が正しくありません。運営者に連絡してください。",
            "It answers, but its published settings or keys cannot be used. Tell the operator.";
        none_title: "まだ接続がありません", "No connection yet";
        none_text: "運営者が接続を登録すると、住民がサインインできるようになります。",
            "Residents can sign in once the operator has registered one.";
    }
}
