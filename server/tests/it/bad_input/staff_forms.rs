//! Forms of staff, sent with what no form of ours sends.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::access::Role;
use oidc::jose::Algorithm;

use super::{Front, is_page};
use crate::browser::Browser;
use crate::client::Client;
use crate::harness::forms::relying_party;
use crate::harness::software::Software;
use crate::harness::{PASSWORD, World, code_of, mail, on_both, on_sqlite};

const FORM: &str = "application/x-www-form-urlencoded";

/// Sends bytes as a form of our own page would be sent.
async fn send(browser: &mut Browser, path: &str, media_type: &str, body: &[u8]) -> crate::client::Answer {
    let headers =
        [("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin"), ("content-type", media_type)];
    browser.send("POST", path, Some(body), &headers).await.unwrap()
}

#[tokio::test]
async fn a_sign_in_form_of_nonsense_is_refused_like_a_wrong_password() {
    on_both(async |world: World| {
        let town = world.town("showa").await;
        let mail = mail(&town, Role::Analyst);
        let router = Client::nobody(&world).router;
        let long = "x".repeat(100_000);
        let pairs = |pairs: &[(&str, &str)]| {
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
        };
        let right = [("mail", mail.as_str()), ("password", PASSWORD)];
        let rows: Vec<(&str, &str, Vec<u8>)> = vec![
            ("nothing", FORM, Vec::new()),
            ("JSON", "application/json", b"{\"mail\":\"a@example.jp\",\"password\":\"x\"}".to_vec()),
            ("parts", "multipart/form-data; boundary=x", b"--x\r\n\r\n--x--".to_vec()),
            ("no media type", "", b"x".to_vec()),
            ("bytes that are no text", FORM, b"mail=\xff\xfe&password=\x80".to_vec()),
            ("the same, encoded", FORM, b"mail=%FF%FE&password=%80".to_vec()),
            ("half an escape", FORM, b"mail=%&password=%2".to_vec()),
            ("NUL in the address", FORM, pairs(&[("mail", "a\0@example.jp"), ("password", "x")])),
            ("NUL in the password", FORM, pairs(&[("mail", "b@example.jp"), ("password", "\0")])),
            ("NUL behind the right address", FORM, pairs(&[("mail", &format!("{mail}\0")), ("password", PASSWORD)])),
            ("a long address", FORM, pairs(&[("mail", &long), ("password", "x")])),
            ("a long password", FORM, pairs(&[("mail", "c@example.jp"), ("password", &long)])),
            ("a line break", FORM, pairs(&[("mail", "d@example.jp\r\nset-cookie: x=y"), ("password", "x")])),
            ("a script", FORM, pairs(&[("mail", "\"><script>alert(1)</script>"), ("password", "<script>")])),
            ("two addresses, the first wrong", FORM, pairs(&[("mail", "e@example.jp"), right[0], right[1]])),
            ("fields that nobody asked for", FORM, pairs(&[("account", "1"), ("next[0][a]", "/"), ("mail", "f@x.jp")])),
        ];
        for (what, media_type, body) in &rows {
            for (language, words) in
                [("ja", "メールアドレスかパスワードが違います"), ("en", "The mail address or the password is wrong")]
            {
                // So that every row is judged for itself and not for the failures before it.
                world.clock.advance(24 * 3600);
                let mut browser = Browser::at_router(router.clone());
                browser.cookies.insert("locale".to_owned(), language.to_owned());
                let answer = send(&mut browser, "/account/sign-in", media_type, body).await;
                is_page(&answer, StatusCode::UNPROCESSABLE_ENTITY, words, what);
                assert!(!answer.body.contains("<script") && !answer.body.contains("value=\"x\""), "{what}");
                assert_eq!(browser.get("/console/showa").await.unwrap().status, StatusCode::SEE_OTHER, "{what}");
            }
        }
        let too_large = pairs(&[("mail", &"x".repeat(300_000))]);
        let answer = send(&mut Browser::at_router(router.clone()), "/account/sign-in", FORM, &too_large).await;
        is_page(&answer, StatusCode::PAYLOAD_TOO_LARGE, "送られた内容を受け取れません", "a body that is too large");

        // The person of the right address has lost nothing by it; what nobody asked for is ignored.
        let mut browser = Browser::at_router(router);
        let answer = send(&mut browser, "/account/sign-in", FORM, &pairs(&[right[0], right[1], ("x", "y")])).await;
        let factor = browser.way(&answer);
        for code in [b"code=".as_slice(), b"code=%00", b"code=\xff", b"x=y"] {
            let answer = send(&mut browser, &factor, FORM, code).await;
            is_page(&answer, StatusCode::UNPROCESSABLE_ENTITY, "コード", "a code of nonsense");
        }
        let answer = send(&mut browser, &factor, FORM, format!("code={}", code_of(&world.clock)).as_bytes()).await;
        browser.way(&answer);
        assert_eq!(browser.get("/console/showa").await.unwrap().status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_console_form_of_nonsense_changes_nothing() {
    on_both(async |world: World| {
        let front = Front::of(&world, "showa").await;
        let town = &front.gateway.town;
        let mut admin = Client::of(&world, town, Role::Admin).await.browser();
        let mut drafter = Client::of(&world, town, Role::Drafter).await.browser();
        let suspend = format!("/console/showa/relying-parties/{}/suspend", front.library.id);
        let (settings, new_rule) = ("/console/showa/settings?edit=contact", "/console/showa/residency-rules/new");
        let new_party = "/console/showa/relying-parties/new";
        let long = format!("reason={}", "理".repeat(20_000));
        let revision = world.service.tenant(&town.admin().await).await.unwrap().revision;
        let contact = format!("revision={revision}&contact.ja=%00&contact.en=x&phone=0240-00-0000");
        let long_contact = format!("revision={revision}&contact.ja={}&contact.en=x&phone=1", "x".repeat(50_000));
        let stale = "revision=99999999999999999999&contact.ja=x&contact.en=x&phone=0240-00-0000";
        let before = standing(&front).await;
        let rows: Vec<(&str, bool, &str, &str, &[u8])> = vec![
            ("no reason", true, &suspend, FORM, b""),
            ("blanks", true, &suspend, FORM, "reason=%20%E3%80%80".as_bytes()),
            ("NUL", true, &suspend, FORM, b"reason=%00"),
            ("NUL among words", true, &suspend, FORM, b"reason=a%00b"),
            ("JSON", true, &suspend, "application/json", b"{\"reason\":\"x\"}"),
            ("parts", true, &suspend, "multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
            ("20,000 characters", true, &suspend, FORM, long.as_bytes()),
            ("another field", true, &suspend, FORM, b"Reason=x&reason[]=x"),
            ("NUL in a contact", true, settings, FORM, contact.as_bytes()),
            ("a contact of 50,000 characters", true, settings, FORM, long_contact.as_bytes()),
            ("no fields", true, settings, FORM, b""),
            ("a revision that no number holds", true, settings, FORM, stale.as_bytes()),
            ("no section", true, "/console/showa/settings", FORM, b"phone=1"),
            ("nothing of a rule", false, new_rule, FORM, b""),
            ("nothing of a service", false, new_party, FORM, b""),
            (
                "NUL in a service",
                false,
                new_party,
                FORM,
                b"subject_type=pairwise&client_id=%00&name_ja=%00&then=submit",
            ),
            (
                "a service twice",
                false,
                new_party,
                FORM,
                b"client_id=library&client_id=x&subject_type=x&subject_type=pairwise",
            ),
        ];
        for (what, by_admin, path, media_type, body) in rows {
            let browser = if by_admin { &mut admin } else { &mut drafter };
            let answer = send(browser, path, media_type, body).await;
            assert!(answer.status.is_client_error(), "{what}: {} {}", answer.status, answer.header("location"));
            assert!(answer.header("content-type").starts_with("text/html"), "{what}");
            assert_eq!(standing(&front).await, before, "{what}");
        }
        // A draft may be anything, as long as it can be looked at, corrected or thrown away afterwards.
        for body in
            [b"name_ja=\xff\xfe&then=save".as_slice(), b"name_ja=%FF&note=%F0%9F&then=save", b"name_ja=%00&then=save"]
        {
            let answer = send(&mut drafter, new_rule, FORM, body).await;
            match answer.status {
                StatusCode::SEE_OTHER => {
                    let draft = drafter.way(&answer);
                    assert_eq!(drafter.get(&draft).await.unwrap().status, StatusCode::OK, "{draft}");
                }
                status => assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body),
            }
        }
        // What a list is asked for in its address is not better.
        for query in ["q=%00", "q=%FF", "q=%27%22%3B--", "page=99999999999999999999", "page=-1", "sort=x", "state=x"] {
            for list in ["relying-parties", "residency-rules", "consent-texts", "decisions", "staff", "audit", "usage"]
            {
                let answer = admin.get(&format!("/console/showa/{list}?{query}")).await.unwrap();
                assert!(answer.status.as_u16() < 500, "{list}?{query}: {}", answer.status);
            }
        }
        let answer = send(&mut admin, &suspend, FORM, "reason=%E7%82%B9%E6%A4%9C&x=y".as_bytes()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "the form itself works: {}", answer.body);
    })
    .await;
}

/// What the forms of this test could change.
async fn standing(front: &Front<'_>) -> [i64; 5] {
    let gateway = &front.gateway;
    [
        gateway.world.rows_where(&gateway.town, "relying_party", "suspended_at is null").await,
        gateway.rows("configuration_version").await,
        gateway.rows("change_request").await,
        gateway.rows("audit_entry").await,
        gateway.world.sum_where(&gateway.town, "tenant", "revision", "1 = 1").await,
    ]
}

// conforms: Our own
#[tokio::test]
async fn what_is_wrong_with_a_services_software_is_said_beside_its_field() {
    on_sqlite(async |world: World| {
        let front = Front::of(&world, "showa").await;
        let town = &front.gateway.town;
        let mut drafter = Client::of(&world, town, Role::Drafter).await.browser();
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        software.publishes(404, "");
        let silent = software.at("/jwks");
        let good = serde_json::to_value(relying_party(front.gateway.rule, front.gateway.text)).unwrap();
        let keys = software.jwks();
        let secret_key = keys.replacen('{', r#"{"x":0,"#, 1).replace(r#""kty""#, r#""d":"AA","kty""#);
        type Row<'r> = (&'r [(&'r str, &'r str)], &'r str, &'r str);
        let rows: [Row<'_>; 11] = [
            (&[("authentication", "password")], "authentication", "見つかりません"),
            (&[("authentication", "private_key_jwt")], "jwks_uri", "公開鍵が要ります"),
            (&[("jwks_uri", "http://library.example.jp/jwks")], "jwks_uri", "https://"),
            (&[("authentication", "private_key_jwt"), ("jwks_uri", &silent)], "jwks_uri", "5秒以内に 200"),
            (&[("jwks", "{}")], "jwks", "JWKS の形"),
            (&[("jwks", &secret_key)], "jwks", "秘密鍵か共通鍵"),
            (&[("jwks", &keys), ("encryption", "RSA-OAEP-256")], "jwks", "使える公開鍵がありません"),
            (&[("profile", "fapi2")], "authentication", "「署名(private_key_jwt)」を選んで"),
            (&[("authentication", "none"), ("pkce", "when_offered")], "pkce", "PKCE を必須にして"),
            (
                &[("post_logout_redirect_uris", "https://library.example.jp/#x")],
                "post_logout_redirect_uris",
                "# から後ろ",
            ),
            (&[("backchannel_logout_uri", "http://127.0.0.1:9/")], "backchannel_logout_uri", "5秒以内に正しい応答"),
        ];
        for (changed, field, words) in rows {
            let mut form: BTreeMap<&str, &str> = BTreeMap::new();
            for (name, value) in good.as_object().unwrap() {
                if let Some(value) = value.as_str() {
                    form.insert(name, value);
                }
            }
            form.extend([("subject_type", "pairwise"), ("then", "submit")]);
            form.extend(changed.iter().copied());
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
            let answer = send(&mut drafter, "/console/showa/relying-parties/new", FORM, body.as_bytes()).await;
            is_page(&answer, StatusCode::UNPROCESSABLE_ENTITY, words, field);
            // One mistake, told just above what it is about; what was typed is still there.
            let told: Vec<&str> = answer.body.split("field__error\"").skip(1).collect();
            assert_eq!(told.len(), 1, "{field}");
            let (sentence, after) = told[0].split_once("</p>").unwrap();
            assert!(sentence.contains(words), "{field}: {sentence}");
            let named = after.split("name=\"").nth(1).and_then(|rest| rest.split('"').next());
            assert_eq!(named, Some(field));
            assert!(answer.body.contains("電子図書館"), "{field}");
        }
        assert_eq!(front.gateway.rows("relying_party").await, 1, "nothing was drafted");
    })
    .await;
}
