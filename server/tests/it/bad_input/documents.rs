//! Public documents: the same whoever asks and whatever the request says about itself.

use axum::http::StatusCode;

use super::{Front, json};
use crate::harness::on_both;

const LIES: [(&str, &str); 5] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "https"),
    ("forwarded", "for=192.0.2.1;host=evil.example;proto=https"),
    ("x-original-url", "/t/mino/.well-known/openid-configuration"),
];

// conforms: OpenID Connect Discovery 1.0 §4.3 MUST; RFC 8414 §3.3 MUST
#[tokio::test]
async fn the_issuer_is_the_public_address_whatever_a_request_says() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let paths = [
            "/t/showa/.well-known/openid-configuration",
            "/.well-known/openid-configuration/t/showa",
            "/.well-known/oauth-authorization-server/t/showa",
        ];
        let plain = json(&front.browser().get(paths[0]).await.unwrap());
        assert_eq!(plain["issuer"], "http://localhost:3000/t/showa");
        assert_eq!(plain["token_endpoint"], "http://localhost:3000/t/showa/token");
        for path in paths {
            for lie in LIES {
                let answer = front.browser().ask("GET", path, None, &[lie]).await.unwrap();
                assert_eq!(json(&answer), plain, "{path} {lie:?}");
                assert_eq!(answer.header("cache-control"), "public, max-age=300");
                assert_eq!(answer.header("access-control-allow-origin"), "*");
            }
            let posted = front.browser().ask("POST", path, Some(""), &[("accept", "*/*")]).await.unwrap();
            assert_eq!((posted.status, posted.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
        }
        // Nor do the way to the provider and the way back name another host.
        for lie in LIES {
            let mut browser = front.browser();
            let answer = browser.ask("GET", &front.request(&[]), None, &[lie]).await.unwrap();
            let card = answer.header("location").to_owned();
            assert_eq!(
                super::parameter(&card, "redirect_uri").as_deref(),
                Some("http://localhost:3000/t/showa/callback")
            );
            let wrong = front.request(&[("scope", "none")]);
            let refused = front.browser().ask("GET", &wrong, None, &[lie]).await.unwrap();
            let issuer = super::parameter(refused.header("location"), "iss");
            assert_eq!(issuer.as_deref(), Some("http://localhost:3000/t/showa"));
        }
    })
    .await;
}

#[tokio::test]
async fn keys_are_public_and_another_town_has_others() {
    on_both(async |world| {
        let (front, mino) = (Front::of(&world, "showa").await, Front::of(&world, "mino").await);
        let answer = front.browser().get("/t/showa/jwks.json").await.unwrap();
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let keys = json(&answer);
        let key = &keys["keys"][0];
        assert_eq!((key["kty"].as_str(), key["alg"].as_str(), &key["d"]), (Some("EC"), Some("ES256"), &().into()));
        assert_ne!(json(&mino.browser().get("/t/mino/jwks.json").await.unwrap())["keys"][0]["kid"], key["kid"]);
    })
    .await;
}

#[tokio::test]
async fn a_town_that_is_not_there_has_nothing() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        for slug in ["nowhere", "Showa", "showa%00", "%FF", "show%2Fa", "..%2Fshowa", &"s".repeat(5_000)] {
            for (method, path) in [
                ("GET", format!("/t/{slug}/.well-known/openid-configuration")),
                ("GET", format!("/.well-known/openid-configuration/t/{slug}")),
                ("GET", format!("/.well-known/oauth-authorization-server/t/{slug}")),
                ("GET", format!("/t/{slug}/jwks.json")),
                ("GET", format!("/t/{slug}/authorize?client_id=library")),
                ("GET", format!("/t/{slug}/callback?state=x")),
                ("POST", format!("/t/{slug}/token")),
                ("GET", format!("/t/{slug}/theme.css")),
                ("GET", format!("/t/{slug}")),
            ] {
                for accept in ["application/json", "text/html"] {
                    let form = (method == "POST").then_some("");
                    let answer = front.browser().ask(method, &path, form, &[("accept", accept)]).await.unwrap();
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path} {accept}");
                }
            }
        }
        // Without a token there is nothing to look for, in whichever town.
        let answer = front.browser().get("/t/nowhere/userinfo").await.unwrap();
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let bearer = [("authorization", "Bearer x")];
        let answer = front.browser().ask("GET", "/t/nowhere/userinfo", None, &bearer).await.unwrap();
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    })
    .await;
}
