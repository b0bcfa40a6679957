//! Secrets of a service at the token endpoint: two at a time, each until somebody ends it or its last day is over.

use oidc::ErrorCode;
use service::{Conflict, Error};
use time::macros::date;

use crate::harness::{Client, Gateway, HANAKO, TARO, Tab, on_both};

const HOUR: i64 = 3_600;

/// Whether a secret lets its client in. Whoever is let in with a code that nobody made hears that it is none.
async fn lets_in(gateway: &Gateway<'_>, client: &Client, secret: &str) -> bool {
    let answer = gateway.redeem_with(client, "no code", &[("client_secret", secret)]).await;
    match answer.err().unwrap().code {
        ErrorCode::InvalidGrant => true,
        ErrorCode::InvalidClient => false,
        other => panic!("{other:?}"),
    }
}

// conforms: RFC 6749 §2.3 MUST
#[tokio::test]
async fn two_secrets_count_until_one_is_ended_and_one_has_expired() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (gateway.client("library", "").await, gateway.client("other", "").await);
        let service = &world.service;
        let issue = async |until| service.issue_client_secret(&gateway.town.admin().await, library.id, until).await;
        let second = issue(Some(date!(2026 - 11 - 20))).await.unwrap();
        let (old, new) = (library.secret.as_str(), second.reveal());
        for (secret, holder) in [(old, HANAKO), (new, TARO)] {
            let code = gateway.first_sign_in(&mut Tab::default(), &library, holder, "openid").await;
            assert!(gateway.redeem_with(&library, &code, &[("client_secret", secret)]).await.is_ok());
            assert!(!lets_in(&gateway, &other, secret).await, "another service's");
        }
        assert!(matches!(issue(None).await, Err(Error::Conflict(Conflict::Limit))), "a third");

        // Ended by hand: at once, and the other one stays.
        let admin = gateway.town.admin().await;
        let listed = service.list_client_secrets(&admin, library.id).await.unwrap();
        let first = listed.iter().find(|secret| secret.id != second.id).unwrap();
        service.end_client_secret(&admin, library.id, first.id).await.unwrap();
        let code = gateway.first_sign_in(&mut Tab::default(), &other, HANAKO, "openid").await;
        assert!(gateway.redeem(&other, &code).await.is_ok(), "of another service nothing ended");
        assert_eq!((lets_in(&gateway, &library, old).await, lets_in(&gateway, &library, new).await), (false, true));

        // Its last day is over at midnight in Japan: it was ten in the morning four days before it.
        world.clock.advance((4 * 24 + 14) * HOUR - 1);
        assert!(lets_in(&gateway, &library, new).await, "a second before midnight");
        world.clock.advance(1);
        assert!(!lets_in(&gateway, &library, new).await, "at midnight");
        let third = issue(None).await.unwrap();
        assert!(lets_in(&gateway, &library, third.reveal()).await);
        assert!(!lets_in(&gateway, &library, old).await && !lets_in(&gateway, &library, new).await);
    })
    .await;
}
