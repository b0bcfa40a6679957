//! Words of the pages about identity providers.

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "本人確認サービス", "Identity providers";
        lead: "住民本人であることを確かめるサービスとの接続です。2つ以上あるときは、住民がこの順に並んだ中から選びます。",
            "The services that show who a resident is. Where there is more than one, residents choose from them in this order.";
        connections: "接続", "Connections";
        connections_note: "使用中のものだけが住民の画面に出ます。", "Residents see those that are in use.";
        add: "{kind}をつなぐ", "Connect: {kind}";
        add_title: "新しい接続", "A new connection";
        add_note: "はじめの値が入った設定の画面が開きます。保存しても、使用を始めるまで住民には影響しません。",
            "Opens the settings with what is known filled in. Nothing changes for residents until it is put into use.";
        register_title: "本人確認サービスの側に登録するもの", "To be registered at the provider";
        register_note: "どの接続にも共通です。戻り先(リダイレクトURI)は接続ごとに違い、その接続の画面に出ます。",
            "The same for every connection. Redirect URIs differ: each connection's page shows its own.";
        digital_agency: "マイナアプリ(デジタル庁)", "Myna App (Digital Agency)";
        xid: "xID", "xID";
        generic: "その他のOpenIDプロバイダー", "Another OpenID provider";
        sandbox_kind: "試験用カードリーダー", "Sandbox card reader";
        kind: "種類", "Kind";
        raise: "上へ", "Move up";
        raised: "順番を変えました。", "The order was changed.";
        in_use: "使用中", "In use";
        not_in_use: "停止中", "Not in use";
        proposed: "下書き", "Draft";
        changed: "変更の下書きあり", "Change drafted";
        contact_fine: "直近の接続で応答しています", "Answered the last time";
        contact_failed: "直近の接続で応答がありませんでした", "Did not answer the last time";
        outage_goes_on: "{since}ごろから。最後に分かったのは{until}ごろです。正しく応答すると、この表示は消えます。",
            "Since about {since}, last noticed about {until}. This goes away once it answers as it must.";
        outage_over: "{since}ごろから{until}ごろまで応答がありませんでした。", "It did not answer from about {since} to about {until}.";
        outage_title: "応答のない本人確認サービスがあります", "A provider does not answer";
        outage: "{names}が、直近の接続で正しく応答しませんでした。住民には「いま使えない」ことと、ほかの方法を案内しています。パスキーでのサインインは続いています。",
            "{names} did not answer as it must. Residents are told so, and offered another way; signing in with a passkey goes on.";
        set_up: "使用中の設定", "Settings in use";
        sandbox: "試験用のカードリーダーです。本物のカードは読みません。架空の住民でサインインを試せます。",
            "This is the sandbox card reader. It reads no real card; invented residents can sign in with it.";
        proposal: "下書きの設定", "Drafted settings";
        proposal_of_change: "まだ使われていません。使用を始めると、上の設定に置きかわります。",
            "Not in use yet. Once put into use, it takes the place of the settings below.";
        proposal_of_new: "まだ使われていません。使用を始めると、住民の画面に出ます。",
            "Not in use yet. Once put into use, residents see it.";
        try_first: "使用を始める前に、下の「試す」で、受け取った内容が正しく読めるか確かめてください。",
            "Before you put it into use, try it out below and see whether what comes is read as it should be.";
        activate: "使用を始める", "Put into use";
        activated: "使用を始めました。住民の画面に出ています。", "It is in use; residents see it.";
        needs_other: "下書きを書いた人は使用を始められません。ほかの決裁者か管理者に頼んでください",
            "Whoever wrote it cannot put it into use. Ask another approver or administrator";
        only_deciders: "使用を始められるのは決裁者と管理者です", "Only an approver or an administrator can put it into use";
        discard: "下書きを捨てる", "Discard the draft";
        discarded: "下書きを捨てました。", "The draft was discarded.";
        acts: "できること", "What you can do";
        acts_note: "試すときも確かめるときも、住民の情報は使いません。", "Neither trying out nor checking involves a resident's data.";
        change: "設定を変える", "Change the settings";
        stop: "使用を止める", "Take out of use";
        stop_title: "{name}の使用を止める", "Take {name} out of use";
        stop_text: "いま行っているサインインも含めて、すぐに使えなくなります。ほかに使用中の接続がなければ、住民はカードでサインインできません。また使い始めると、同じ住民は同じ共通IDに戻れます。",
            "It stops working at once, also for sign-ins under way. Without another connection in use, residents cannot sign in with the card. When it is put back into use, the same people find the same ID again.";
        stopped: "使用を止めました。", "It was taken out of use.";
        reason: "理由", "Reason";
        reason_help: "監査記録に残ります。", "Kept in the audit trail.";
        cancel: "やめる", "Cancel";
        back: "戻る", "Back";
        save: "下書きを保存する", "Save the draft";
        saved: "下書きを保存しました。住民にはまだ影響しません。", "The draft was saved. Nothing has changed for residents yet.";
        edit_title: "{name}の設定を変える", "Change the settings of {name}";
        edit_lead: "保存すると下書きになります。ほかの決裁者か管理者が使用を始めるまで、住民には影響しません。",
            "What you save is a draft. Nothing changes for residents until another approver or administrator puts it into use.";
        part_name: "住民に見える名前", "What residents see";
        name_ja: "名前(日本語)", "Name (Japanese)";
        name_en: "名前(英語)", "Name (English)";
        button: "ボタンの言葉", "Words on the button";
        button_ja: "ボタンの言葉(日本語)", "Words on the button (Japanese)";
        button_en: "ボタンの言葉(英語)", "Words on the button (English)";
        button_help: "空欄なら名前を使います。", "Left empty, the name is used.";
        part_client: "接続", "Connection";
        issuer: "発行者(issuer)", "Issuer";
        issuer_help: "公開情報(discovery)のissuerと、1文字も違わないように入れます。", "Exactly as its discovery document says.";
        fixed_help: "住民が使い始めたあとは変えられません。別の発行者には、新しい接続を作ってください。",
            "Cannot be changed once residents used it. For another issuer, add a new connection.";
        client_id: "クライアントID", "Client ID";
        authentication: "クライアント認証", "Client authentication";
        private_key_jwt_help: "この町の鍵で署名します(ES256)。公開鍵の場所を、相手に登録してください。",
            "Signed with the town's key (ES256). Register where its public half is.";
        secret_basic_help: "秘密の値を、ヘッダーで送ります。", "A shared secret, in the header.";
        secret_post_help: "秘密の値を、本文で送ります。", "A shared secret, in the body.";
        secret: "クライアントシークレット", "Client secret";
        secret_help: "秘密の値で認証するときに入れます。暗号化して保存し、二度と表示しません。",
            "For authentication with a secret. It is sealed, and never shown again.";
        secret_known: "保存してあります。変えるとき、または発行者かクライアントIDを変えるときに入れてください。",
            "One is kept. Type to replace it, or where issuer or client ID change.";
        audience: "署名のあて先(aud)", "Audience of assertions (aud)";
        audience_help: "private_key_jwtのときに使います。", "For private_key_jwt.";
        audience_token: "トークンエンドポイント", "Token endpoint";
        audience_issuer: "発行者", "Issuer";
        algorithms: "受け入れる署名の方式", "Signatures that are accepted";
        algorithms_help: "ここにない方式で署名されたものは、すべて断ります。", "Whatever is signed otherwise is refused.";
        scopes: "受け取る項目(scope)", "Scopes";
        scopes_help: "空白で区切ります。openidは必ず入れます。", "Separated by spaces; openid among them.";
        scopes_note: "名前・住所などは、資格を判定したあとすぐに消します。", "Name, address and so on are deleted as soon as eligibility is decided.";
        acr_values: "求める強さ(acr_values)", "Levels asked for (acr_values)";
        acr_values_help: "空欄なら、下の「認証の強さ」の言葉を送ります(強さをacrで受け取るときだけ)。", "Left empty, the words below are sent, where acr says the level.";
        part_levels: "認証の強さ", "Assurance";
        levels: "認証の強さ", "Assurance";
        levels_help: "相手の言葉(acr)が、それぞれどの強さに当たるかを決めます。ここにない言葉で返ってきたサインインは断ります。言葉を空欄にした行は、強さを言わない返事に当たります。",
            "What each of the provider's words (acr) is worth. A sign-in of any other word is refused. A row without a word stands for an answer that names none.";
        level_claim: "強さが入る項目", "Claim that says the level";
        level_claim_help: "空欄ならacrです。ほかの項目に入れる相手では、その名前を書きます。値がtrueの項目は、下で「true」という言葉として扱います。",
            "Left empty, acr. Where a provider says it in another claim, its name; one that is true counts as the word “true” below.";
        level_row: "強さ{n}", "Level {n}";
        level_more: "ほかの強さも受け入れる", "Accept further levels";
        level_acr: "相手の言葉(acr)", "Its word (acr)";
        level_ial: "身元確認", "Identity";
        level_aal: "当人認証", "Authentication";
        level_method: "方法", "Method";
        level_unstated: "(言葉なし)", "(none named)";
        not_chosen: "―", "–";
        method_card: "マイナンバーカード", "My Number Card";
        method_phone: "スマホの電子証明書", "Certificate on the phone";
        method_device: "本人確認サービスの生体認証・PIN", "The provider's biometrics or PIN";
        part_attributes: "受け取った情報の読み方", "How what comes is read";
        source: "住所の出どころ", "Source of the address";
        source_help: "ルールは、どこまでの出どころを認めるかを決められます。", "Rules say which sources they accept.";
        verified: "確かめた時期", "When it was verified";
        verified_help: "分からないとき、時期を問うルールは「判定できない」になります。", "Where it is not known, rules that ask for it cannot decide.";
        verified_at_sign_in: "サインインのたびに読み取る", "Read anew at every sign-in";
        verified_stated: "情報と一緒に書かれている", "Said beside the attributes";
        verified_not_stated: "分からない", "Not known";
        verified_unknown: "分かりません", "Not known";
        attributes: "情報の受け取り方", "Where attributes come from";
        from_userinfo: "userinfoエンドポイント", "The userinfo endpoint";
        from_signed: "userinfoエンドポイント(署名つき)", "The userinfo endpoint, signed";
        from_signed_help: "この接続の発行者がこの町あてに署名したJWT(application/jwt)だけを読みます。署名のない返事は断ります。",
            "A JWT (application/jwt) that the issuer signed for this client. What is not signed is refused.";
        from_userdata: "userdata API(項目ごとに暗号化)", "A userdata API, sealed field by field";
        from_userdata_help: "項目ごとに、この町の公開鍵で封をされて届きます(libsodiumのsealed box)。鍵は保存したときに作ります。",
            "Each field arrives sealed to the town's public key (libsodium's sealed boxes). The key is made when you save.";
        userdata_url: "userdata APIのアドレス", "Address of the userdata API";
        userdata_url_help: "userdata APIを使うときに入れます。アクセストークンを送るので、発行者と同じホストだけが使えます(xIDはx-id.ioの中)。",
            "Where a userdata API is used. It is shown access tokens: only the issuer's own host will do (for xID, hosts of x-id.io).";
        claims: "項目の名前", "Names of claims";
        claims_help: "返ってくるJSONの名前です。中の項目は「/address/region」のように書きます(JSON Pointer)。空欄の項目は使いません。",
            "As the JSON names them; a member inside is written like “/address/region” (JSON Pointer). What is left empty is not looked for.";
        claim_subject: "利用者の識別子", "Subject";
        subject_optional: "userdata APIの返事に識別子がなくてもよい", "The userdata API's answer may leave the subject out";
        subject_optional_help: "だれの情報かは、そのサインインのアクセストークンで決まります。識別子が入っていれば、必ず比べます。userinfoでは選べません。",
            "Whom it is about then follows from the sign-in's own access token. A subject that is there is always compared. Not for userinfo.";
        in_clear: "封をしていない項目", "Claims that are not sealed";
        in_clear_help: "userdata APIの項目のうち、封をせずに届くものの名前です。空白で区切ります。ここにない項目が封をされずに届いたら、断ります。",
            "Names of what a userdata API gives in clear, separated by spaces. Anything else that is not sealed is refused.";
        claim_name: "氏名", "Name";
        in_clear_unknown: "項目の名前のどこにも書いていない名前があります。", "One of these is not among the names of claims.";
        claim_name_help: "姓と名が分かれているときは、つなげる順に、空白で区切って書きます。", "Where it comes in pieces, their names in order, separated by spaces.";
        claim_address: "住所(1つの文字列)", "Address (one string)";
        claim_postal_code: "郵便番号", "Postcode";
        claim_prefecture: "都道府県", "Prefecture";
        claim_city: "市区町村", "Municipality";
        claim_street: "町名・番地", "The rest";
        claim_flags: "代替文字のフラグ", "Flags of substitute characters";
        claim_verified_at: "確かめた日時", "Time of verification";
        claim_former_subject: "カード更新前の利用者ID(relink_id など)", "User ID before the card was renewed (such as relink_id)";
        claim_former_subject_help: "カードを更新するとIDが変わるサービスで、前のIDが入る項目の名前です。ここに前のIDが入っていたときだけ、同じ人として引き継ぎます。氏名や住所では引き継ぎません。",
            "For services whose ID changes with a renewed card: the name of the claim with the previous ID. Only a previous ID in it lets the same person be found again, never a name or an address.";
        claim_birthdate: "生年月日", "Birthdate";
        birthdate_pieces: "名前は1つか、年・月・日の3つです。", "One name, or three: year, month and day.";
        claim_birthdate_help: "年・月・日が分かれているときは、3つの名前を「生年月日の書き方」の順に、空白で区切って書きます。",
            "Where year, month and day come apart, their three names in the order in which birthdates are written, separated by spaces.";
        birthdate_form: "生年月日の書き方", "How birthdates are written";
        birthdate_year_first: "1984-02-29 または 19840229", "1984-02-29 or 19840229";
        birthdate_separated: "1984/2/29", "1984/2/29";
        birthdate_day_first: "29/02/1984", "29/02/1984";
        birthdate_month_first: "02/29/1984", "02/29/1984";
        birthdate_certificate: "電子証明書の形(元号の数字+19840229)", "As in the certificate (a digit for the era, then 19840229)";
        claim_gender: "性別", "Gender";
        gender_help: "言葉は空白で区切ります。下の3つがどれも空欄なら、男・male・1 など、ふつうの言葉を読みます。",
            "Words are separated by spaces. Where all three below are empty, the usual ones are read, such as male, 男 or 1.";
        gender_male: "「男」に当たる言葉", "Words for male";
        gender_female: "「女」に当たる言葉", "Words for female";
        gender_other: "「その他」に当たる言葉", "Words for other";
        callback: "戻り先(リダイレクトURI)", "Redirect URI";
        callback_help: "本人確認サービスに登録します。接続ごとに違います。", "To be registered at the provider. Each connection has its own.";
        secret_replaced: "別の値に変わります", "Another one takes its place";
        key_set: "公開鍵の場所(jwks_uri)", "Public key (jwks_uri)";
        key_set_note: "private_key_jwtの署名を確かめる鍵です。", "Verifies our assertions (private_key_jwt).";
        assertion_key: "署名の鍵(kid)", "Key of assertions (kid)";
        assertion_key_note: "相手は、上の場所から自分で読み取ります。手で登録する相手には、こちらから知らせます。",
            "Providers read it at the address above. Those where it is registered by hand are told.";
        next_key: "次の鍵", "The next key";
        next_assertion_note: "公開鍵の場所に、もう載っています。入れかえるまでは、いまの鍵で署名します。",
            "Published at the address above already. Until it takes over, assertions are signed with the present key.";
        next_field_note: "本人確認サービスに登録してください。入れかえるまでは、どちらの鍵で封をした項目も開けます。",
            "To be registered at the provider. Until it takes over, fields sealed to either key can be opened.";
        make_next: "次の鍵を作る", "Make the next key";
        next_made: "次の鍵を作りました。住民には影響しません。相手に知らせたあと、ほかの人が次の鍵に入れかえます。",
            "The next key was made; nothing changes for residents. Once the providers know it, somebody else changes over to it.";
        key_told: "どの本人確認サービスも次の鍵を使っている", "Every provider uses the next key";
        key_told_help: "接続を「試す」と、いまの鍵で封をした項目が届いたかどうかが分かります。入れかえると、いまの鍵は消えて、もとに戻せません。",
            "Trying a connection out says whether a field was still sealed to the present key. Changing over deletes the present key for good.";
        key_told_first: "まだ入れかえていません。どの本人確認サービスも次の鍵を使っていることを確かめて、しるしを付けてください。",
            "Nothing has changed yet. Check that every provider uses the next key, and tick the box that says so.";
        remove_former: "次の鍵に入れかえる", "Change over to the next key";
        former_removed: "次の鍵に入れかえました。前の鍵は消しました。", "The next key is in force. The one before was deleted.";
        discard_next: "次の鍵を捨てる", "Discard the next key";
        discard_next_note: "まちがえて作った鍵は捨てられます。もう登録した相手がいれば、先にいまの鍵へ戻してもらってください。",
            "For a key made by mistake. If a provider has registered it already, have it go back to the present key first.";
        next_discarded: "次の鍵を捨てました。いまの鍵をそのまま使います。", "The next key was discarded. The present one stays in force.";
        key_needs_other: "次の鍵を作った人は、入れかえられません。ほかの決裁者か管理者に頼んでください",
            "Whoever made the next key cannot change over to it. Ask another approver or administrator";
        key_only_deciders: "入れかえられるのは決裁者と管理者です", "Only an approver or an administrator can change over";
        field_key: "項目に封をする公開鍵", "Public key to which fields are sealed";
        field_key_note: "X25519の公開鍵(base64)です。", "X25519, in base64.";
        method: "クライアント認証・署名", "Client authentication, signatures";
        test_now: "応答を確かめる", "Check whether it answers";
        only_admin: "できるのは管理者だけです", "Only an administrator can do this";
        answers: "つながっています。公開情報と署名鍵を確かめました。", "It answers. Published settings and signing keys are as they must be.";
        silent: "応答がありません。アドレスを確かめるか、時間をおいてもう一度試してください。",
            "It does not answer. Check the address, or try again later.";
        unusable: "応答はありましたが、公開情報か署名鍵が正しくありません。発行者(issuer)を確かめてください。",
            "It answers, but its published settings or keys cannot be used. Check the issuer.";
        none_title: "まだ接続がありません", "No connection yet";
        none_text: "接続を作って使用を始めると、住民がサインインできるようになります。",
            "Residents can sign in once one is set up and in use.";
        try_out: "試す", "Try it out";
        try_again: "もう一度試す", "Try again";
        try_out_title: "{name}を試す", "Try {name} out";
        try_out_lead: "住民と同じように本人確認サービスへ進み、戻ってきた情報がどう読めたかを見ます。結果はこの画面だけに出て、どこにも残りません。",
            "You go to the provider as a resident does, and see how what comes back is read. It is shown on this page only and kept nowhere.";
        try_out_draft: "下書きの設定で試します。ご自分のカードなどで本人確認をしてください。", "The drafted settings are tried, with your own card.";
        try_out_in_use: "使用中の設定で試します。ご自分のカードなどで本人確認をしてください。", "The settings in use are tried, with your own card.";
        tried_whole: "すべての項目を読み取れました。", "Everything could be read.";
        tried_missing: "届かなかった項目があります。scopeと項目の名前を確かめてください。", "Something did not come. Check scopes and names of claims.";
        tried_incomplete: "届いたのに読めなかった項目があります。書き方の設定を確かめてください(長すぎる値も読みません)。",
            "Something came that could not be read. Check how it is written; values that are too long are not read either.";
        tried_failed: "読み取れませんでした", "Nothing could be read";
        tried_gone: "この結果はもう見られません(30分たったか、ほかのサインインを始めました)。もう一度試してください。",
            "This result is gone: half an hour is over, or other sign-ins were begun. Please try again.";
        tried_former_key: "項目は、いまの鍵で封をされています。まだ次の鍵に入れかえないでください。",
            "Fields are still sealed to the present key. Do not change over to the next one yet.";
        found: "届いた項目", "What came";
        found_note: "あなた自身の情報です。この画面を閉じると消えます。", "Your own data. Gone when you leave this page.";
        not_given: "届いていません", "Did not come";
        read: "どう読んだか", "How it was read";
        place: "住所のある場所", "Where the address lies";
        place_one_of: "次のどれか: {names}", "One of: {names}";
        place_unknown: "どの市区町村か分かりません", "No municipality fits";
        place_abroad: "国外", "Out of Japan";
        failed_declined: "本人確認サービスで中断しました。", "You gave up at the provider.";
        failed_request: "本人確認サービスが要求を断りました。クライアントID、scope、戻り先の登録を確かめてください。",
            "The provider refused the request. Check client ID, scopes and the registered redirect URI.";
        failed_not_set_up: "シークレットか鍵が、まだ保存されていません。", "The secret or the key is not there yet.";
        failed_client: "クライアント認証が断られました。シークレット、または登録した公開鍵を確かめてください。",
            "Our authentication was refused. Check the secret, or the registered key.";
        failed_token: "トークンの応答が正しくありません。", "The token response is not as it must be.";
        failed_signature: "IDトークンの署名を確かめられません。受け入れる方式を確かめてください。",
            "The ID token's signature cannot be verified. Check the accepted algorithms.";
        failed_id_token: "IDトークンの内容(発行者・あて先・時刻など)が正しくありません。",
            "The ID token says something else than it must: issuer, audience, nonce or time.";
        failed_level: "返ってきた認証の強さが、設定の表にありません。", "The level that came back is not among those that are set up.";
        failed_attributes: "届いた情報の形が、設定と違います。", "What came has another form than is set up.";
        failed_subject: "届いた情報が、別の人のものです。", "What came is about somebody else.";
        failed_signed: "userinfoの署名・発行者・あて先のどれかが、正しくありません。受け入れる署名の方式を確かめてください。",
            "The userinfo is not signed by the issuer for this client. Check the accepted algorithms.";
        failed_seal: "封をした項目を開けません。公開鍵の登録を確かめてください。",
            "A sealed field does not open. Check the registered public key.";
    }
}
