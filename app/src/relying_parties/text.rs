//! Words of relying parties.

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "連携サービス", "Relying parties";
        lead: "{town}の住民が共通IDで使えるサービスです。だれが使えるか、何を渡すかを、サービスごとに決めます。",
            "Services that residents of {town} use with their town ID: who may use each of them, and what is handed over.";
        add: "連携サービスを追加する", "Add a relying party";
        search: "名前・クライアントID", "Name or client ID";
        caption: "連携サービスの一覧", "List of relying parties";
        service: "サービス", "Service";
        vendor: "ベンダー", "Vendor";
        rule: "利用資格ルール", "Residency rule";
        not_chosen: "未設定", "Not chosen";
        secret_until: "資格情報の期限", "Secret valid until";
        no_secret: "有効なものがありません", "None is valid";
        soon: "あと{n}日", "{n} days left";
        empty_title: "まだ連携サービスがありません", "There is no relying party yet";
        empty_text: "サービスの名前と戻り先を入れて下書きを始めます。だれが使えるかと同意文を決めて、決裁者が公開します。",
            "Begin with the name and the redirect URI. Then choose who may use it and the words of consent; an approver publishes it.";
        step_rule_title: "ルールと同意文を決める", "Rule and consent text";
        step_rule: "先に公開しておくと、サービスから選べます。", "Publish them first, so that the service can name them.";
        step_add_title: "サービスを追加する", "Add the service";
        step_add: "クライアントIDと秘密の文字列を、ベンダーに渡します。", "Give the vendor the client ID and a secret.";
        step_try_title: "試して、決裁する", "Try it and publish";
        step_try: "試験サインインで確かめてから、決裁者が公開します。", "Test the sign-in, then an approver publishes it.";

        new_title: "連携サービスを追加する", "Add a relying party";
        new_lead: "途中で保存できます。決裁に出すまで、住民には何も見えません。", "You can save at any time. Nothing is visible to residents before it is published.";
        edit_title: "「{name}」の変更を起案する", "Draft a change of “{name}”";

        part_service: "サービス", "Service";
        part_connection: "接続", "Connection";
        part_software: "ソフトウェアの接続", "The service's software";
        authentication: "サービスの認証", "Client authentication";
        client_secret_help: "公開したあと、この画面で秘密の文字列を発行します。", "A secret is issued on the service's page.";
        private_key_jwt_help: "サービスが自分の鍵で署名します。公開鍵を登録してください。", "The service signs with its own key; register the public key.";
        public_client_help: "利用者の端末で動くアプリだけに使います。PKCE が必須です。", "For apps on a person's device only. PKCE is required.";
        jwks_uri: "公開鍵の場所(JWKS URI)", "JWKS URI";
        jwks_uri_help: "署名する要求や暗号化に使う鍵を、ここから取り込みます。", "Where the keys for signatures and encryption are fetched.";
        jwks: "公開鍵(JWKS)", "JWKS";
        jwks_help: "場所がないときは、公開鍵の JSON を貼り付けます。秘密鍵は入れないでください。", "Without an address, paste the public keys as JSON. Never a private key.";
        keys_missing: "署名や暗号化には公開鍵が要ります。JWKS URI か JWKS を入れてください。", "Signing and encryption need public keys. Give a JWKS URI or a JWKS.";
        jwks_silent: "5秒以内に 200 で応答しませんでした。公開された https のアドレスか確かめてください。",
            "It did not answer 200 within five seconds. Check that it is a public https address.";
        jwks_twice: "同じ名前(kid)の鍵が二つあります。鍵ごとに別の名前を付けてください。", "Two keys have the same name (kid). Give each one its own.";
        jwks_malformed: "JWKS の形(\"keys\" の配列を持つ JSON)にしてください。", "This must be a JWKS: JSON with an array “keys”.";
        jwks_unusable: "この設定に使える公開鍵がありません(P-256 または RSA 2048〜8192 ビット、FAPI 2.0 の署名は ES256 か PS256)。",
            "There is no public key that serves for these settings (P-256 or RSA of 2048 to 8192 bits; for FAPI 2.0 signatures ES256 or PS256).";
        jwks_not_allowed: "秘密鍵か共通鍵が含まれているか、JWKS URI もあります。公開鍵だけを、どちらか一方に入れてください。",
            "It holds a private or symmetric key, or there is a JWKS URI as well. Give public keys only, in one of the two.";
        post_logout: "サインアウト後の戻り先", "Post-logout redirect URIs";
        post_logout_help: "1行に1つ、10まで。", "One per line, up to 10.";
        backchannel: "サインアウトの通知先", "Back-channel logout URI";
        backchannel_help: "本人がサインアウトしたことを、サーバーどうしで伝えます。", "Told from server to server when a person signs out.";
        jwks_pasted: "貼り付けた鍵を見る", "The keys that were pasted";
        demanded: "必須にしていること", "Demanded";
        short_pushed: "PAR", "PAR";
        short_signed: "署名付き要求", "Signed requests";
        short_dpop: "DPoP", "DPoP";
        refresh: "リフレッシュトークン", "Refresh tokens";
        refresh_given: "本人が同意したときに渡します", "Given when the person agrees";
        no_secrets_needed: "このサービスは秘密の文字列を使いません。", "This service uses no secret.";
        more_software: "くわしい設定(署名・暗号化・前のID・できごとの通知)", "More settings (signing, encryption, former ids, security events)";
        authentication_fapi: "FAPI 2.0 では「署名(private_key_jwt)」を選んでください。", "With FAPI 2.0, choose the signed assertion (private_key_jwt).";
        signing_fapi: "FAPI 2.0 では ES256 か PS256 を選んでください。", "With FAPI 2.0, choose ES256 or PS256.";
        application_type: "種類", "Kind of software";
        profile: "プロファイル", "Security profile";
        profile_help: "FAPI 2.0 では、PAR・DPoP・private_key_jwt・ES256 か PS256 が必須になります。", "FAPI 2.0 demands PAR, DPoP, private_key_jwt and ES256 or PS256.";
        id_token_signing: "ID トークンの署名方式", "ID token signing";
        id_token_signing_help: "ES256 を勧めます。", "ES256 is recommended.";
        encryption: "ID トークンと属性の暗号化", "Encryption of ID token and userinfo";
        encryption_help: "サービスの公開鍵で暗号化します。", "To a public key of the service.";
        userinfo_signed: "属性の応答に署名する", "Signed userinfo";
        userinfo_signed_help: "ID トークンと同じ方式で署名した JWT で返します。暗号化する場合は署名してから暗号化します。", "A JWT, signed as ID tokens are; where it is encrypted, signed first.";
        sector: "仮名を共有するサービスの一覧(sector identifier)", "Sector identifier URI";
        sector_help: "同じ仮名を使うサービスのリダイレクト先を並べた JSON のアドレス。共有する全部を同意文に並べます。公開後は変えられません。",
            "A JSON document of the redirect URIs of all services with the same pseudonym. The consent text lists all of them. Fixed once published.";
        sector_fixed: "公開後は変えられません。共通IDとは一緒に使えません。", "Fixed once published, and not possible with the town-wide ID.";
        sector_malformed: "リダイレクト先を並べた JSON ではありません。", "It is not a JSON array of addresses.";
        sector_mismatch: "一覧に、このサービスのリダイレクト先がすべてはありません。", "It does not list every redirect URI of this service.";
        sector_silent: "応答がありません。公開された https のアドレスで、5秒以内に返してください。", "It does not answer. It must, within 5 seconds, at a public https address.";
        former_ids_of: "前のIDを引き継ぐサービス", "Former ids of";
        former_ids_help: "窓口で作ったアカウントから切り替えるとき、対応を登録するサービスのクライアントID。自分のIDか、入れ替わる前のサービス。ほかのサービスのときは、同意文に両方を並べます。",
            "When accounts made at the counter are carried over: the client id of the service that hands them in, itself or the one that it replaces. If another, the consent text lists both.";
        former_ids_unknown: "このクライアントIDのサービスは、この自治体にありません。", "No service of this municipality has this client ID.";
        former_ids_public: "公開クライアントは、前のIDを受け取れません。", "A public client cannot be given former ids.";
        former_ids_kept: "前のIDが登録された人", "People with a former id";
        former_ids_least: "{people}人以上", "At least {people}";
        former_ids_few: "非表示(少ないため)", "Hidden (too few)";
        events_delivery: "できごとの通知", "Security events";
        events_delivery_help: "同意をやめた、共通IDを消した、などを署名付きで知らせます。名前や住所は含みません。",
            "Signed messages such as that a consent was withdrawn. They hold no name and no address.";
        events_uri: "できごとの送り先", "Events are pushed to";
        events_uri_help: "「送る」のときだけ。受け取ったら 202 を返してください。", "For push only. Answer 202 when it was taken.";
        events_authorization: "送るときの Authorization ヘッダー", "Authorization header of pushes";
        events_authorization_help: "「送る」のときだけ。受け取る側が求める場合に、方式から入力します(例: Bearer xxxx)。封をして保存し、あとから表示はできません。",
            "For push only, if the receiver asks for one. Begin with the scheme (such as Bearer xxxx). It is stored sealed and never shown again.";
        events_authorization_known: "保存されています。空欄のままならいまの値を使い、入力すると置き換わります。送り先を変えるときは、もう一度入力してください。",
            "One is stored. Leave this empty to keep it, type another to replace it. With another address it has to be typed again.";
        events_authorization_none: "これからは Authorization ヘッダーを付けない", "Send no Authorization header any more";
        events_authorization_again: "送り先が変わりました。新しい送り先に送る値を入力するか、「付けない」を選んでください。",
            "The address has changed. Type what goes to the new one, or choose to send none.";
        events_authorization_malformed: "「Bearer xxxx」のように、方式、空白1つ、値の順に、英数字と記号で入力してください。",
            "Type the scheme, a space and the value, as in “Bearer xxxx”, in letters, digits and signs.";
        events_authorization_push: "「送る」を選んだときだけ使えます。", "Only where events are pushed.";
        events_authorization_set: "保存されています", "One is stored";
        event_kinds: "知らせるできごと", "Events";
        event_kinds_missing: "知らせるできごとを選んでください。", "Choose at least one event.";
        event_kinds_unused: "「知らせない」ときは、できごとを選ばないでください。", "Choose none where nothing is told.";
        events_public: "公開クライアントは、できごとを取りに来られません。「送る」を選んでください。", "A public client cannot fetch events. Choose to push them.";
        events_uri_missing: "送り先のアドレスを入れてください。", "Give the address that events are pushed to.";
        events_uri_unused: "「送る」ときだけ入れてください。", "Give it only where events are pushed.";
        offline_access: "リフレッシュトークンを渡す", "Give refresh tokens";
        offline_access_help: "サービスが offline_access を求め、本人が同意したときに渡します。属性は含みません。",
            "When the service asks for offline_access and the person agrees. They give no attributes.";
        pushed_only: "PAR を必須にする", "Pushed requests only (PAR)";
        pushed_only_help: "認証の要求を、先にサーバーから受け取ります。", "Requests are sent ahead from the server.";
        signed_only: "署名付き要求を必須にする", "Signed requests only (JAR)";
        signed_only_help: "登録した鍵で署名した要求だけを受け付けます。", "Only requests signed with a registered key are taken.";
        dpop_only: "DPoP を必須にする", "DPoP-bound tokens only";
        dpop_only_help: "鍵を持つ相手だけが使えるトークンを渡します。", "Tokens work only for whoever holds the key.";
        part_decision: "だれに、何を渡すか", "Who, and what";
        part_identity: "公開後に変えられないこと", "Fixed for good";
        name_ja: "名前", "Name in Japanese";
        name_en: "名前(英語)", "Name in English";
        name_help: "40文字まで。住民に見えます。", "Up to 40 characters. Residents see it.";
        description_ja: "説明", "Description in Japanese";
        description_en: "説明(英語)", "Description in English";
        description_help: "80文字まで。町のページに出ます。", "Up to 80 characters. Shown on the town page.";
        provider: "ベンダー", "Vendor";
        contact: "ベンダーの連絡先", "Vendor's contact";
        contact_help: "電話番号やメールアドレス。住民に見えます。", "Phone or mail. Residents see it.";
        home_url: "サービスのページ", "Home page";
        home_help: "https:// で始まるアドレス。町のページからここへ進みます。", "Begins with https://. The town page leads there.";
        icon: "絵柄", "Symbol";
        redirect_uris: "リダイレクト先", "Redirect URIs";
        redirect_help: "1行に1つ、10まで。完全に一致したときだけ戻します。", "One per line, up to 10. Only an exact match is accepted.";
        pkce: "PKCE", "PKCE";
        pkce_demanded: "公開クライアントと FAPI 2.0 では、PKCE を必須にしてください。", "Public clients and FAPI 2.0 require PKCE.";
        pkce_required: "すべての要求に S256 を求めます。", "Every request must carry an S256 challenge.";
        pkce_when_offered: "対応していないサービスだけに使います。", "Only for services that cannot do it.";
        minimum_ial: "身元確認の強さ(IAL)", "Identity assurance (IAL)";
        minimum_ial_help: "3は、マイナンバーカードで身元を確かめた人だけ。", "3: only people who were identified by their My Number Card.";
        minimum_aal: "当人認証の強さ(AAL)", "Authentication assurance (AAL)";
        minimum_aal_help: "2は、パスキーやPINで足ります。3は、毎回カードです。", "2: a passkey or a PIN will do. 3: the card each time.";
        rule_help: "公開中のルールを選びます。", "A published rule.";
        consent_text: "同意文", "Consent text";
        consent_help: "公開中の同意文を選びます。", "A published consent text.";
        unpublished: "(未公開)", " (not published)";
        choose: "選んでください", "Choose one";
        items: "渡す属性", "Attributes";
        items_help: "目的に必要なものだけを渡します。何も渡さなくても、対象かどうかと仮名は渡ります。",
            "Only what the purpose needs. Without any, the service still gets a pseudonym and whether the rule is met.";
        item_none: "渡さない", "Not given";
        item_address_help: "市区町村だけで足りませんか。", "Would the municipality alone do?";
        item_birthdate_help: "年代や○歳以上かどうかで足りませんか。", "Would an age group or an age limit do?";
        coarse: "おおまかな情報", "Coarse information";
        coarse_help: "名前や生年月日の代わりに渡せます。カードから求めて、町には残りません。",
            "In place of the attributes below. It follows from the card and is not kept by the town.";
        item_age_over: "○歳以上かどうか", "Whether an age is reached";
        age_limits: "区切りの年齢", "Age limits";
        item_age_over_help: "区切りが少ないほど、生年月日から遠くなります。", "The fewer limits, the further from a date of birth.";
        age_limits_help: "1から90までを4つまで。例: 20 65", "Up to four from 1 to 90, such as 20 65.";
        age_limits_missing: "区切りの年齢を入れてください。", "Give at least one age.";
        age_limits_many: "4つまでです。", "Four at most.";
        age_limits_malformed: "1から90までの数字を、空けて並べてください。", "Numbers from 1 to 90, with a space between two.";
        acr_words: "認証の強さの呼び名(acr)", "Words for assurance (acr)";
        acr_words_help: "サービスが別の呼び名を求めるとき、1行に1つ。例: ial3-aal2 https://example.jp/loa/substantial",
            "Where the service expects words of its own, one per line. For example: ial3-aal2 https://example.jp/loa/substantial";
        acr_words_malformed: "「ial3-aal2 呼び名」の形で、呼び名は空白のない英数字と記号にしてください。",
            "Each line is a level such as ial3-aal2 and one word of printable ASCII without spaces.";
        acr_words_ours: "urn:machikagi:assurance: で始まる呼び名は使えません。", "Words that begin with urn:machikagi:assurance: are ours.";
        residency_claim: "資格の有無を、求められなくても渡す", "Hand over eligibility without being asked";
        residency_help: "対象かどうかと期限の月だけで、住所は含みません。", "Whether the rule is met and until which month; no address.";
        residency_verified_at: "資格を確かめた年月も渡す", "Hand over the month of verification as well";
        residency_verified_help: "カードで確かめた年と月です。ふつうは期限で足ります。求めるときは、起案の理由に書いてください。",
            "The year and month in which the card was read. The month until which eligibility holds is usually enough: say why not in the reason of the request.";
        client_id: "クライアントID", "Client ID";
        client_id_help: "半角の英数字と - _、3〜64文字。空のままなら自動で作ります。", "3 to 64 of A–Z a–z 0–9 - _. Left empty, one is made.";
        subject_type: "ID の渡し方", "Kind of ID";
        pairwise_help: "ほかのサービスの ID とは結び付けられません。", "Cannot be linked with the ID at another service.";
        town_wide_help: "同意文に並べたサービスどうしで、同じ番号になります。", "The same number at each service that the consent text lists.";

        sections: "このページの内容", "Parts of this page";
        tab_versions: "版と差分", "Versions";
        tab_settings: "設定", "Settings";
        tab_software: "ソフトウェア", "Software";
        tab_credentials: "資格情報", "Credentials";
        tab_attributes: "渡す情報", "Attributes";
        tab_rule: "利用資格ルール", "Residency rule";
        tab_consent: "同意文", "Consent text";
        test: "試験サインインをする", "Test sign-in";
        test_unpublished: "公開すると試せます", "Possible once it is published";
        issuer: "発行者(issuer)", "Issuer";
        exact: "完全に一致したときだけ戻します", "Only an exact match is accepted";
        assurance: "身元確認・当人認証の強さ", "Assurance";
        fixed: "公開後は変えられません", "Fixed once it is published";
        signing: "署名方式", "Signing";
        eligibility_given: "資格の有無", "Eligibility";
        eligibility_text: "対象かどうかと期限の月。住所は渡しません。", "Whether the rule is met and until which month; never the address.";
        eligibility_verified: "資格を確かめた年月", "Month of verification";
        eligibility_verified_text: "資格の有無といっしょに渡します。", "Together with eligibility.";
        eligibility_asked: "サービスが求めたときに渡します。住所は渡しません。", "When the service asks for it; never the address.";
        own_number: "このサービスだけの仮名", "A pseudonym of this service alone";
        own_number_text: "ほかのサービスの ID とは結び付けられません。", "Cannot be linked with the ID at another service.";
        sector_number: "いくつかのサービスに共通の仮名", "A pseudonym of a few services";
        sector_number_text: "同意文に並べたサービスと同じ番号です。ほかのサービスとはつながりません。", "The same number as at the services that the consent text lists, and at no other.";
        town_number: "共通ID", "Town-wide ID";
        town_number_text: "同意文に並べたサービスと同じ番号です。", "The same number as at the services that the consent text lists.";
        open_rule: "ルールを開く", "Open the rule";
        open_consent: "同意文を開く", "Open the consent text";
        incomplete: "下書きがまだ足りないため、内容を表示できません。", "The draft still lacks something, so its content cannot be shown.";

        credentials_note: "2つまで同時に有効にできます。切り替えが終わってから古いものを止めてください。",
            "Two can be valid at a time. End the old one after the service has changed over.";
        issue: "新しく発行する", "Issue a new one";
        secrets_caption: "秘密の文字列の一覧", "List of secrets";
        hint: "はじめの文字", "Begins with";
        made: "発行", "Issued";
        expiry: "期限", "Valid until";
        state: "状態", "State";
        actions: "操作", "Actions";
        valid: "有効", "Valid";
        ending_soon: "もうすぐ期限", "Ends soon";
        expired: "期限切れ", "Expired";
        ended: "停止済み", "Ended";
        end: "止める", "End";
        no_secrets: "まだ発行していません。", "None has been issued yet.";
        issue_title: "「{name}」の秘密の文字列を発行する", "Issue a secret for “{name}”";
        issue_text: "発行した文字列は、次の画面で一度だけ表示します。保存するのはハッシュだけなので、あとから見ることはできません。",
            "It is shown once, on the next page. Only a hash is kept, so it cannot be read again.";
        valid_through: "有効な最後の日", "Last valid day";
        valid_through_help: "2年先までです。", "Up to two years from now.";
        secret_title: "秘密の文字列を発行しました", "The secret was issued";
        secret_note: "この文字列を控えてください", "Note this secret";
        secret_once: "この文字列は、いま一度だけ表示しています。安全な方法でベンダーに渡してください。この画面を閉じると、もう見られません。",
            "This is shown only now. Hand it to the vendor by a safe way. Once this page is closed it cannot be seen again.";
        secret_done: "控えたので戻る", "I have noted it";
        end_title: "「{name}」の秘密の文字列を止める", "End a secret of “{name}”";
        end_text: "「{hint}…」を使うサービスは、すぐに接続できなくなります。元に戻せません。",
            "A service that uses “{hint}…” can no longer connect, at once and for good.";
        end_done: "秘密の文字列を止めました。", "The secret was ended.";

        suspend: "停止の確認へ進む", "Go on to suspend";
        suspend_title: "「{name}」を停止する", "Suspend “{name}”";
        suspend_text: "新しいサインインを止め、いま有効なトークンをすぐに無効にします。いま使っている人も使えなくなります。設定と監査記録は残り、あとで再開できます。",
            "New sign-ins stop and every valid token ends at once, also for people who are using it now. Settings and the audit trail stay; it can be resumed.";
        suspend_confirm: "停止する", "Suspend";
        suspended_done: "「{name}」を停止しました。", "“{name}” was suspended.";
        suspended_title: "停止しています", "Suspended";
        suspended_text: "{day}から停止しています。理由: {reason}", "Suspended since {day}. Reason: {reason}";
        resume: "再開の確認へ進む", "Go on to resume";
        resume_title: "「{name}」を再開する", "Resume “{name}”";
        resume_text: "新しいサインインができるようになります。無効にしたトークンは戻りません。",
            "New sign-ins work again. Tokens that were ended stay ended.";
        resume_confirm: "再開する", "Resume";
        resumed_done: "「{name}」を再開しました。", "“{name}” was resumed.";
        reason: "理由", "Reason";
        reason_help: "監査記録に残ります。住民の名前などは書かないでください。", "It stays in the audit trail: never name a resident.";
    }
}

texts! {
    pub(crate) TestWords {
        title: "「{name}」を試す", "Test “{name}”";
        lead: "カードを読んで、ルールの判定と、サービスに渡る内容を確かめます。",
            "Read a card and see what the rule says and what the service would be told.";
        how: "試験サインインの流れ", "What happens";
        how_card: "住民と同じ画面でカードを読みます", "You read a card on the pages that residents see";
        how_card_text: "カードは、本人の了解を得たものだけを使ってください。", "Use a card only with its holder's consent.";
        how_seen: "判定と、渡る内容がこの画面に出ます", "The decision and the claims appear on this page";
        how_seen_text: "同意の画面は出ません。サービスには何も渡りません。", "No consent is asked for, and the service is told nothing.";
        how_kept: "カードの人については何も残りません", "Nothing is kept about the person";
        how_kept_text: "利用統計にも数えません。試したことと試した職員だけが監査記録に残ります。",
            "It is not counted in the statistics. Only that you tested it goes into the audit trail.";
        towards: "「{provider}」へ進みます。", "You go on to {provider}.";
        begin: "試験サインインを始める", "Start the test sign-in";
        again: "もう一度試す", "Test again";
        back: "連携サービスに戻る", "Back to the relying party";
        no_provider: "本人確認サービスがまだないため、試せません。", "There is no identity provider yet, so nothing can be tested.";
        no_answer: "カードの情報が届きませんでした", "Nothing came from the card";
        gone: "この試験はもう表示できません", "This test can no longer be shown";
        gone_text: "30分たったか、このブラウザーで始めた試験ではありません。もう一度試してください。",
            "Half an hour is over, or the test was begun in another browser. Test again.";
        decision: "ルールの判定", "What the rule says";
        eligible: "対象です", "Eligible";
        not_eligible: "対象外です", "Not eligible";
        undecidable: "判定できません", "Cannot be determined";
        until: "資格は{month}末までです。", "Eligible until the end of {month}.";
        rule: "ルール", "Rule";
        source: "住所の出どころ", "Source of the address";
        verified: "確認した月", "Verified in";
        not_stated: "示されていません", "Not stated";
        level: "認証の強さ", "Assurance";
        told: "サービスに渡る内容", "What the service would be told";
        told_note: "この画面だけに出ています。", "Shown on this page only.";
        claims: "userinfo の応答", "The userinfo response";
        example_sub: "sub は見本です。実際の仮名はここに出ません。", "The sub is an example; nobody's pseudonym is shown.";
        no_code: "コードは渡しません。", "There is no code.";
        by_rule: "ルールの判定によるものです。", "The rule decided so.";
        declined: "カードの読み取りがとちゅうで終わりました。", "The reading of the card was given up.";
        failed: "本人確認サービスが応答しないか、応答が正しくありません。", "The identity provider does not answer, or its answer is not valid.";
        too_weak: "サービスが求める認証の強さに届きません。", "The assurance that the service asks for was not reached.";
        item_missing: "サービスに渡す属性が、カードから届いていません。", "An attribute that the service takes did not come from the card.";
        changed: "試している間に設定が変わりました。", "The configuration changed during the test.";
    }
}
