//! The authorization endpoint.

use axum::http::StatusCode;

use super::{Front, NOTHING, is_page, parameter};
use crate::harness::on_both;

const UNKNOWN: (&str, &str) = ("サービスを確かめられません", "The service could not be recognised");
const NO_WAY_BACK: (&str, &str) = ("サービスへ戻れません", "There is no safe way back to the service");
const SUSPENDED: (&str, &str) = ("このサービスは、いま止まっています", "This service is suspended");

// conforms: RFC 9700 §2.1 MUST
#[tokio::test]
async fn without_a_known_client_and_address_there_is_a_page_and_no_way_on() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let foreign = Front::of(&world, "mino").await;
        foreign.gateway.client("foreign", "").await;
        let uri = front.library.redirect_uri.as_str();
        let with = |more: &[(&str, &str)]| front.gateway.request(&front.library, more);
        let rows = [
            ("nothing at all", String::new(), UNKNOWN),
            ("an unknown client", with(&[("client_id", "nobody")]), UNKNOWN),
            ("no client", with(&[("client_id", "")]), UNKNOWN),
            ("two clients", format!("{}&client_id=library", with(&[])), UNKNOWN),
            ("a client of another town", with(&[("client_id", "foreign")]), UNKNOWN),
            ("NUL in the client", with(&[("client_id", "library\0")]), UNKNOWN),
            ("bytes that are no text", format!("{}&client_id=%FF%FE", with(&[("client_id", "")])), UNKNOWN),
            ("no address", with(&[("redirect_uri", "")]), NO_WAY_BACK),
            ("two addresses", format!("{}&redirect_uri={uri}", with(&[])), NO_WAY_BACK),
            ("another address", with(&[("redirect_uri", "https://evil.example/callback")]), NO_WAY_BACK),
            ("an address with more behind it", with(&[("redirect_uri", &format!("{uri}?x=1"))]), NO_WAY_BACK),
            ("a slash too many", with(&[("redirect_uri", &format!("{uri}/"))]), NO_WAY_BACK),
            ("a fragment", with(&[("redirect_uri", &format!("{uri}#x"))]), NO_WAY_BACK),
            ("an empty fragment", with(&[("redirect_uri", &format!("{uri}#"))]), NO_WAY_BACK),
            ("another case", with(&[("redirect_uri", &uri.replace("callback", "Callback"))]), NO_WAY_BACK),
            ("another case of the host", with(&[("redirect_uri", &uri.replace("example", "Example"))]), NO_WAY_BACK),
            ("a way round", with(&[("redirect_uri", &uri.replace("callback", "x/../callback"))]), NO_WAY_BACK),
            (
                "a way round in code",
                with(&[("redirect_uri", &uri.replace("callback", "x/%2e%2e/callback"))]),
                NO_WAY_BACK,
            ),
            ("the usual port", with(&[("redirect_uri", &uri.replace("/callback", ":443/callback"))]), NO_WAY_BACK),
            ("a name before it", with(&[("redirect_uri", &uri.replace("//", "//evil@"))]), NO_WAY_BACK),
            ("a script", with(&[("redirect_uri", "javascript:alert(1)")]), NO_WAY_BACK),
        ];
        for (what, query, (ja, en)) in &rows {
            for (language, words) in [("ja", ja), ("en", en)] {
                let language = [("accept-language", language)];
                let path = format!("{}?{query}", front.path("authorize"));
                let got = front.browser().ask("GET", &path, None, &language).await.unwrap();
                is_page(&got, StatusCode::BAD_REQUEST, words, what);
                let posted = front.browser().ask("POST", &front.path("authorize"), Some(query), &language).await;
                is_page(&posted.unwrap(), StatusCode::BAD_REQUEST, words, what);
                assert!(!got.body.contains("https://evil.example") && !got.body.contains("alert(1)"), "{what}");
            }
        }
        front.suspend_library().await;
        for (language, words) in [("ja", SUSPENDED.0), ("en", SUSPENDED.1)] {
            let path = front.request(&[]);
            let answer = front.browser().ask("GET", &path, None, &[("accept-language", language)]).await.unwrap();
            is_page(&answer, StatusCode::FORBIDDEN, words, "a suspended service");
        }
        assert_eq!(front.written().await, NOTHING);
    })
    .await;
}

// conforms: RFC 9207 §2 MUST
#[tokio::test]
async fn other_mistakes_go_back_to_the_client_with_issuer_and_state() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let with = |more: &[(&str, &str)]| front.gateway.request(&front.library, more);
        let repeated = |parameter: &str| format!("{}&{parameter}", with(&[]));
        let rows = [
            (with(&[("response_type", "")]), "invalid_request"),
            (with(&[("response_type", "token")]), "unsupported_response_type"),
            (with(&[("response_type", "code id_token")]), "unsupported_response_type"),
            (with(&[("code_challenge", "")]), "invalid_request"),
            (with(&[("code_challenge_method", "plain")]), "invalid_request"),
            (with(&[("code_challenge", "short")]), "invalid_request"),
            (with(&[("scope", "residency")]), "invalid_scope"),
            (with(&[("prompt", "none")]), "login_required"),
            (with(&[("prompt", "none login")]), "invalid_request"),
            (with(&[("prompt", "none consent")]), "invalid_request"),
            (with(&[("max_age", "-1")]), "invalid_request"),
            (with(&[("claims", "{")]), "invalid_request"),
            (with(&[("nonce", &"n".repeat(20_000))]), "invalid_request"),
            (repeated("nonce=x"), "invalid_request"),
            (repeated("scope=openid"), "invalid_request"),
            (repeated("response_type=code"), "invalid_request"),
            (repeated("code_challenge=x"), "invalid_request"),
            (repeated("prompt=login&prompt=login"), "invalid_request"),
        ];
        for (query, error) in &rows {
            let path = front.path("authorize");
            let got = front.browser().get(&format!("{path}?{query}")).await.unwrap();
            // `prompt=none` by POST needs cookies that came along with the GET only: it goes on before it is judged.
            let posted = front.browser().ask("POST", &path, Some(query), &[]).await.unwrap();
            for answer in [Some(&got), (*error != "login_required").then_some(&posted)].into_iter().flatten() {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{query}");
                assert_eq!(answer.header("cache-control"), "no-store", "{query}");
                let to = answer.header("location");
                assert!(to.starts_with(&format!("{}?", front.library.redirect_uri)), "{to}");
                assert_eq!(parameter(to, "error").as_deref(), Some(*error), "{query}");
                assert_eq!(parameter(to, "iss").as_deref(), Some("http://localhost:3000/t/showa"), "{query}");
                assert_eq!(parameter(to, "state").as_deref(), Some("the state"), "{query}");
                assert_eq!(parameter(to, "code"), None, "{query}");
                assert_eq!(answer.header("set-cookie"), "", "{query}");
            }
        }
        // A state that cannot be told, or would not fit into an address, is not sent back.
        for query in [repeated("state=x"), with(&[("state", &"s".repeat(100_000))])] {
            let answer = front.browser().ask("POST", &front.path("authorize"), Some(&query), &[]).await.unwrap();
            let to = answer.header("location");
            assert_eq!(parameter(to, "error").as_deref(), Some("invalid_request"));
            assert_eq!(parameter(to, "state"), None);
        }
        front.suspend_library().await;
        let silent = front.request(&[("prompt", "none")]);
        let answer = front.browser().get(&silent).await.unwrap();
        assert_eq!(parameter(answer.header("location"), "error").as_deref(), Some("unauthorized_client"));
        assert_eq!(front.written().await, NOTHING);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MUST
#[tokio::test]
async fn a_request_comes_by_get_or_as_a_form() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let (path, query) = (front.path("authorize"), front.gateway.request(&front.library, &[]));
        // From another site, as the protocol has it.
        let mut browser = front.browser();
        let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://library.example.jp")];
        let answer = browser.ask("POST", &path, Some(&query), &foreign).await.unwrap();
        let on = browser.way(&answer);
        assert!(on.starts_with("/t/showa/authorize?flow="), "{on}");
        let answer = browser.get(&on).await.unwrap();
        assert!(browser.way(&answer).starts_with(&front.gateway.card.issuer()));
        // Not in this browser.
        let gone = front.browser().get(&on).await.unwrap();
        is_page(&gone, StatusCode::GONE, "このサインインは続けられません", "somebody else's");
        for (what, media_type) in [("JSON", "application/json"), ("text", "text/plain"), ("nothing", "")] {
            let answer = front.browser().ask("POST", &path, Some(&query), &[("content-type", media_type)]).await;
            is_page(&answer.unwrap(), StatusCode::BAD_REQUEST, "送られた内容を受け取れません", what);
        }
        let long = format!("{query}&x={}", "x".repeat(300_000));
        let answer = front.browser().ask("POST", &path, Some(&long), &[]).await.unwrap();
        is_page(&answer, StatusCode::PAYLOAD_TOO_LARGE, "送られた内容を受け取れません", "a body that is too large");
        let answer = front.browser().ask("PUT", &path, Some(&query), &[]).await.unwrap();
        is_page(&answer, StatusCode::METHOD_NOT_ALLOWED, "送られた内容を受け取れません", "PUT");
        assert_eq!(answer.header("allow"), "GET,HEAD,POST");
        assert_eq!(front.written().await, NOTHING);
    })
    .await;
}
