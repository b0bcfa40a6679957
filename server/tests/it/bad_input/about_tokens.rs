//! Introspection (RFC 7662) and revocation (RFC 7009).

use axum::http::StatusCode;

use super::{Front, is_protocol_error, json};
use crate::harness::gateway::Client as Service;
use crate::harness::{HANAKO, Holder, TARO, on_both};

impl Front<'_> {
    /// Asks an endpoint about a token, as a service.
    async fn about(&self, endpoint: &str, service: &Service, token: &str) -> crate::client::Answer {
        let body = format!("client_id={}&client_secret={}&token={token}", service.client_id, service.secret);
        self.browser().post(&self.path(endpoint), &body).await.unwrap()
    }
}

// conforms: RFC 7662 §2.2 MUST; RFC 7009 §2.1 MUST
#[tokio::test]
async fn a_token_counts_for_its_own_service_until_something_ends_it() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let (other, mino) = (front.gateway.client("other", "").await, Front::of(&world, "mino").await);
        let token = front.access_token().await;
        let answer = front.about("introspect", &front.library, &token).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
        let told = json(&answer);
        let userinfo = json(&front.userinfo(&token).await);
        assert_eq!((&told["active"], &told["sub"]), (&true.into(), &userinfo["sub"]));
        assert_eq!((&told["client_id"], &told["token_type"]), (&"library".into(), &"Bearer".into()));
        assert!(told["iss"].as_str().unwrap().ends_with("/t/showa"), "{told}");
        let left = told["exp"].as_i64().unwrap() - world.clock.seconds();
        assert!((1..=15 * 60).contains(&left), "{left}");

        // Others hear nothing of it, and cannot end it.
        let inactive = r#"{"active":false}"#;
        assert_eq!(front.about("introspect", &other, &token).await.body, inactive);
        assert_eq!(front.about("introspect", &front.library, "made-up").await.body, inactive);
        assert_eq!(mino.about("introspect", &mino.library, &token).await.body, inactive);
        for (front, service) in [(&front, &other), (&mino, &mino.library)] {
            assert_eq!(front.about("revoke", service, &token).await.status, StatusCode::OK);
        }
        assert_eq!(front.userinfo(&token).await.status, StatusCode::OK);

        // Its own service ends it, once and again.
        for _ in 0..2 {
            let answer = front.about("revoke", &front.library, &token).await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
        }
        assert_eq!(front.about("revoke", &front.library, "made-up").await.status, StatusCode::OK);
        assert_eq!(front.about("introspect", &front.library, &token).await.body, inactive);
        is_protocol_error(&front.userinfo(&token).await, 401, "invalid_token", "the token");

        // Time ends one, and so does a suspension.
        let code = front.code_for(TARO).await;
        let late = json(&front.redeem(&code, &[]).await)["access_token"].as_str().unwrap().to_owned();
        world.clock.advance(15 * 60);
        assert_eq!(front.about("introspect", &front.library, &late).await.body, inactive);
        let code = front.code_for(Holder { sub: "somebody else", ..HANAKO }).await;
        let token = json(&front.redeem(&code, &[]).await)["access_token"].as_str().unwrap().to_owned();
        front.suspend_library().await;
        assert_eq!(front.about("introspect", &front.library, &token).await.body, inactive);
    })
    .await;
}

// conforms: RFC 7662 §2.1 MUST
#[tokio::test]
async fn nobody_asks_about_tokens_without_a_proof() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let token = front.access_token().await;
        let id = format!("client_id=library&token={token}");
        let right = format!("client_id=library&client_secret={}", front.library.secret);
        for endpoint in ["introspect", "revoke"] {
            let path = front.path(endpoint);
            for (what, body, status, error) in [
                ("nothing", String::new(), 401, "invalid_client"),
                ("no secret", id.clone(), 401, "invalid_client"),
                ("a wrong secret", format!("{id}&client_secret=x"), 401, "invalid_client"),
                ("no token", right.clone(), 400, "invalid_request"),
                ("two tokens", format!("{right}&token=a&token=b"), 400, "invalid_request"),
            ] {
                let answer = front.browser().post(&path, &body).await.unwrap();
                is_protocol_error(&answer, status, error, &format!("{endpoint}: {what}"));
            }
            let typed = [("content-type", "application/json")];
            let answer = front.browser().send("POST", &path, Some(b"{}"), &typed).await.unwrap();
            is_protocol_error(&answer, 400, "invalid_request", endpoint);
            assert_eq!(front.browser().get(&path).await.unwrap().status, StatusCode::METHOD_NOT_ALLOWED);
            let nowhere = front.browser().post(&format!("/t/nowhere/{endpoint}"), &right).await.unwrap();
            assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(front.userinfo(&token).await.status, StatusCode::OK);
    })
    .await;
}
