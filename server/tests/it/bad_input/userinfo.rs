//! The userinfo endpoint (OpenID Connect Core, section 5.3; RFC 6750).

use axum::http::StatusCode;

use super::{Front, is_protocol_error, json};
use crate::harness::on_both;

/// What is wrong; method, address, Authorization header, body; the challenge.
type Row<'a> = (&'a str, &'a str, &'a str, String, Option<&'a str>, &'a str);

// conforms: RFC 6750 §3 MUST
#[tokio::test]
async fn without_a_good_token_there_is_a_challenge() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let foreign = Front::of(&world, "mino").await;
        let token = front.access_token().await;
        let bearer = format!("Bearer {token}");
        let altered = |at: usize| {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            format!("Bearer {}", String::from_utf8(bytes).unwrap())
        };
        let in_form = format!("access_token={token}");
        let path = front.path("userinfo");
        let in_query = format!("{path}?{in_form}");
        const NONE: &str = "Bearer";
        const WRONG: &str = "Bearer error=\"invalid_token\", error_description=";
        let rows: [Row<'_>; 13] = [
            ("nothing", "GET", &path, String::new(), None, NONE),
            ("nothing, posted", "POST", &path, String::new(), Some(""), NONE),
            ("a token in the address", "GET", &in_query, String::new(), None, NONE),
            ("a token in the address, posted", "POST", &in_query, String::new(), Some(""), NONE),
            ("another scheme", "GET", &path, bearer.replace("Bearer", "Basic"), None, NONE),
            ("an empty token", "GET", &path, "Bearer ".to_owned(), None, NONE),
            ("a made-up token", "GET", &path, "Bearer made-up".to_owned(), None, WRONG),
            ("a very long token", "GET", &path, format!("Bearer {}", "t".repeat(100_000)), None, WRONG),
            ("altered at the front", "GET", &path, altered(0), None, WRONG),
            ("altered in the middle", "GET", &path, altered(token.len() / 2), None, WRONG),
            ("altered near the end", "GET", &path, altered(token.len() - 2), None, WRONG),
            ("cut", "GET", &path, bearer.strip_suffix(|_: char| true).unwrap().to_owned(), None, WRONG),
            ("NUL in a form", "POST", &path, String::new(), Some("access_token=%00"), WRONG),
        ];
        for (what, method, path, authorization, body, challenge) in &rows {
            let headers = [("authorization", authorization.as_str()), ("accept", "application/json")];
            let answer = front.browser().ask(method, path, *body, &headers).await.unwrap();
            is_protocol_error(&answer, 401, "invalid_token", what);
            let said = answer.header("www-authenticate");
            assert_eq!(said.starts_with(WRONG), *challenge == WRONG, "{what}: {said}");
            assert!(said.starts_with(challenge), "{what}: {said}");
        }
        let twice = front.browser().ask("POST", &path, Some(&in_form), &[("authorization", &bearer)]).await.unwrap();
        is_protocol_error(&twice, 400, "invalid_request", "a token twice");
        let repeated = front.browser().post(&path, &format!("{in_form}&{in_form}")).await.unwrap();
        is_protocol_error(&repeated, 400, "invalid_request", "a repeated token");
        let json_body = format!("{{\"access_token\":\"{token}\"}}");
        let as_json = [("content-type", "application/json")];
        let answer = front.browser().ask("POST", &path, Some(&json_body), &as_json).await.unwrap();
        assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, NONE));
        is_protocol_error(&foreign.userinfo(&token).await, 401, "invalid_token", "in another town");
        let answer = front.browser().ask("PUT", &path, None, &[("authorization", &bearer)]).await.unwrap();
        assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD,POST"));

        // All the same, the token is good: by GET, as a form, and by a POST that holds nothing.
        let got = front.userinfo(&token).await;
        let in_body = front.browser().post(&path, &in_form).await.unwrap();
        let no_form = [("authorization", bearer.as_str()), ("content-type", "")];
        let posted = front.browser().ask("POST", &path, Some(""), &no_form).await.unwrap();
        for answer in [&got, &in_body, &posted] {
            assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
            assert_eq!(json(answer)["sub"], json(&got)["sub"]);
        }
        world.clock.advance(15 * 60);
        is_protocol_error(&front.userinfo(&token).await, 401, "invalid_token", "after its time");
    })
    .await;
}
