//! The token endpoint (RFC 6749, sections 3.2 and 5.2).

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Front, ONE_OF_EACH, is_protocol_error, json};
use crate::harness::{TARO, on_both, token_body};

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

// conforms: RFC 7636 §4.6 MUST; RFC 9700 §2.1.1 MUST; RFC 6749 §4.1.3 MUST
#[tokio::test]
async fn every_mistake_has_its_error_and_spends_nothing() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let foreign = Front::of(&world, "mino").await;
        let other = front.gateway.client("other", "").await;
        let code = front.code().await;
        let (library, path) = (&front.library, front.path("token"));
        let with = |more: &[(&str, &str)]| token_body(library, &code, more);
        let anonymous = with(&[("client_secret", ""), ("client_id", "")]);
        let right = basic("library", &library.secret);
        let repeated = |parameter: &str| format!("{}&{parameter}", with(&[]));
        let uri = library.redirect_uri.as_str();
        // What is wrong, the Authorization header, the body, the status, the error.
        let rows: Vec<(&str, String, String, u16, &str)> = vec![
            ("no proof", String::new(), anonymous.clone(), 401, "invalid_client"),
            ("no secret", String::new(), with(&[("client_secret", "")]), 401, "invalid_client"),
            ("a wrong secret", String::new(), with(&[("client_secret", "x")]), 401, "invalid_client"),
            ("another's secret", String::new(), with(&[("client_secret", &other.secret)]), 401, "invalid_client"),
            ("an unknown client", String::new(), with(&[("client_id", "nobody")]), 401, "invalid_client"),
            ("a wrong secret, basic", basic("library", "x"), anonymous.clone(), 401, "invalid_client"),
            ("an unknown client, basic", basic("nobody", "x"), anonymous.clone(), 401, "invalid_client"),
            ("no base64", "Basic !".to_owned(), anonymous.clone(), 401, "invalid_client"),
            ("a bearer token", "Bearer x".to_owned(), anonymous.clone(), 401, "invalid_client"),
            (
                "a client of another town",
                String::new(),
                with(&[("client_secret", &foreign.library.secret)]),
                401,
                "invalid_client",
            ),
            ("two proofs", right.clone(), with(&[]), 400, "invalid_request"),
            (
                "two clients",
                right.clone(),
                with(&[("client_secret", ""), ("client_id", "other")]),
                400,
                "invalid_request",
            ),
            ("no grant type", String::new(), with(&[("grant_type", "")]), 400, "invalid_request"),
            ("a password", String::new(), with(&[("grant_type", "password")]), 400, "unsupported_grant_type"),
            ("no refresh token", String::new(), with(&[("grant_type", "refresh_token")]), 400, "invalid_request"),
            (
                "a made-up refresh token",
                String::new(),
                with(&[("grant_type", "refresh_token"), ("refresh_token", &"r".repeat(64))]),
                400,
                "invalid_grant",
            ),
            ("no code", String::new(), with(&[("code", "")]), 400, "invalid_request"),
            ("a made-up code", String::new(), with(&[("code", "made-up")]), 400, "invalid_grant"),
            ("a very long code", String::new(), with(&[("code", &"c".repeat(100_000))]), 400, "invalid_grant"),
            ("another address", String::new(), with(&[("redirect_uri", &format!("{uri}/"))]), 400, "invalid_grant"),
            ("no address", String::new(), with(&[("redirect_uri", "")]), 400, "invalid_request"),
            ("another verifier", String::new(), with(&[("code_verifier", &"v".repeat(43))]), 400, "invalid_grant"),
            ("a short verifier", String::new(), with(&[("code_verifier", "v")]), 400, "invalid_request"),
            ("no verifier", String::new(), with(&[("code_verifier", "")]), 400, "invalid_grant"),
            (
                "somebody else's code",
                String::new(),
                token_body(&other, &code, &[("redirect_uri", uri)]),
                400,
                "invalid_grant",
            ),
            ("the code twice", String::new(), repeated(&format!("code={code}")), 400, "invalid_request"),
            ("the grant type twice", String::new(), repeated("grant_type=authorization_code"), 400, "invalid_request"),
            ("the secret twice", String::new(), repeated("client_secret=x"), 400, "invalid_request"),
            ("the verifier twice", String::new(), repeated("code_verifier=x"), 400, "invalid_request"),
            ("NUL", String::new(), with(&[("code", "\0")]), 400, "invalid_grant"),
        ];
        for (what, authorization, body, status, error) in &rows {
            let headers = [("authorization", authorization.as_str()), ("accept", "application/json")];
            let answer = front.browser().ask("POST", &path, Some(body), &headers).await.unwrap();
            is_protocol_error(&answer, *status, error, what);
            let (challenge, tried_by_header) = (answer.header("www-authenticate"), !authorization.is_empty());
            assert_eq!(challenge.starts_with("Basic realm="), *status == 401 && tried_by_header, "{what}: {challenge}");
            assert_eq!(challenge.is_empty(), !(*status == 401 && tried_by_header), "{what}: {challenge}");
            assert!(!answer.body.contains(&library.secret) && !answer.body.contains(&code), "{what}");
        }
        // The town's client and code at another town's issuer.
        let answer = foreign.browser().post(&foreign.path("token"), &with(&[])).await.unwrap();
        is_protocol_error(&answer, 401, "invalid_client", "at another issuer");

        let answer = front.browser().ask("POST", &path, Some(&anonymous), &[("authorization", &right)]).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(json(&answer)["token_type"], "Bearer");
        assert_eq!(front.written().await, ONE_OF_EACH);
    })
    .await;
}

// conforms: RFC 6749 §5.2 MUST
#[tokio::test]
async fn who_fails_by_the_authorization_header_is_told_its_scheme_and_nobody_else_is() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let made_up = "eyJhbGciOiJFUzI1NiJ9.e30.AA";
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let assertion = format!("client_id=library&client_assertion_type={kind}&client_assertion={made_up}");
        for endpoint in ["token", "par", "introspect", "revoke", "former-ids"] {
            let rest = "grant_type=authorization_code&code=x&redirect_uri=x&token=x&lines=x";
            for (what, authorization, credentials) in [
                ("a wrong secret in the header", basic("library", "x"), ""),
                ("an unknown client in the header", basic("nobody", "x"), ""),
                ("another scheme", "Bearer x".to_owned(), ""),
                ("a wrong secret in the body", String::new(), "client_id=library&client_secret=x"),
                ("an assertion that nobody signed", String::new(), assertion.as_str()),
                ("nothing at all", String::new(), ""),
            ] {
                let headers = [("authorization", authorization.as_str()), ("accept", "application/json")];
                let body = format!("{rest}&{credentials}");
                let answer = front.browser().ask("POST", &front.path(endpoint), Some(&body), &headers).await.unwrap();
                is_protocol_error(&answer, 401, "invalid_client", what);
                let challenge = answer.header("www-authenticate");
                assert_eq!(challenge.starts_with("Basic realm="), !authorization.is_empty(), "{endpoint}, {what}");
                assert_eq!(challenge.is_empty(), authorization.is_empty(), "{endpoint}, {what}: {challenge}");
            }
        }
        let answer = front.browser().ask("POST", &front.path("events"), Some("{}"), &[]).await.unwrap();
        is_protocol_error(&answer, 401, "invalid_client", "a poll by nobody");
        assert_eq!(answer.header("www-authenticate"), "");
    })
    .await;
}

#[tokio::test]
async fn a_code_shown_twice_ends_what_the_first_showing_gave() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let code = front.code().await;
        let first = json(&front.redeem(&code, &[]).await);
        let token = first["access_token"].as_str().unwrap();
        assert_eq!(front.userinfo(token).await.status, StatusCode::OK);
        is_protocol_error(&front.redeem(&code, &[]).await, 400, "invalid_grant", "the second time");
        let answer = front.userinfo(token).await;
        is_protocol_error(&answer, 401, "invalid_token", "the first token");
        is_protocol_error(&front.redeem(&code, &[]).await, 400, "invalid_grant", "the third time");

        let late = front.code_for(TARO).await;
        world.clock.advance(60);
        is_protocol_error(&front.redeem(&late, &[]).await, 400, "invalid_grant", "after a minute");
    })
    .await;
}

#[tokio::test]
async fn a_suspended_service_redeems_nothing() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let (code, token) = (front.code_for(TARO).await, front.access_token().await);
        front.suspend_library().await;
        is_protocol_error(&front.redeem(&code, &[]).await, 400, "invalid_grant", "the code");
        is_protocol_error(&front.userinfo(&token).await, 401, "invalid_token", "the token");
    })
    .await;
}

#[tokio::test]
async fn only_a_form_that_is_posted_is_read() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let code = front.code().await;
        let (path, body) = (front.path("token"), token_body(&front.library, &code, &[]));
        let json_body = r#"{"grant_type":"authorization_code"}"#;
        let not_text = [body.as_bytes(), b"&x=\xff\xfe"].concat();
        for (what, media_type, bytes) in [
            ("JSON", "application/json", json_body.as_bytes()),
            ("a form that says it is JSON", "application/json", body.as_bytes()),
            ("parts", "multipart/form-data; boundary=x", b"--x--".as_slice()),
            ("no media type", "", body.as_bytes()),
            ("a media type that is no text", "x/\u{e9}", body.as_bytes()),
        ] {
            let answer = front.browser().send("POST", &path, Some(bytes), &[("content-type", media_type)]).await;
            is_protocol_error(&answer.unwrap(), 400, "invalid_request", what);
        }
        let empty = front.browser().post(&path, "").await.unwrap();
        is_protocol_error(&empty, 401, "invalid_client", "nothing");
        for method in ["GET", "PUT", "DELETE"] {
            for accept in ["application/json", "text/html"] {
                let query = format!("{path}?{body}");
                let answer = front.browser().ask(method, &query, None, &[("accept", accept)]).await.unwrap();
                assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
                assert_eq!(answer.header("allow"), "POST", "{method} {accept}");
            }
        }
        let long = format!("{body}&x={}", "x".repeat(300_000));
        let answer = front.browser().ask("POST", &path, Some(&long), &[("accept", "*/*")]).await.unwrap();
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let nowhere = front.browser().post("/t/nowhere/token", &body).await.unwrap();
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        // Bytes that are no text, in a parameter that nobody knows, with a media type that says more.
        let media_type = [("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")];
        let answer = front.browser().send("POST", &path, Some(&not_text), &media_type).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    })
    .await;
}
