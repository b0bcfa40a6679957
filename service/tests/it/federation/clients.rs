//! How services prove who they are: by the method that their version names, by keys that they may change, and each assertion
//! once.

use domain::configuration::ClientForm;
use oidc::jose::Algorithm;
use oidc::parameters::Parameters;
use oidc::provider::client_authentication::JWT_BEARER;
use oidc::provider::introspection::Introspection;
use oidc::{ErrorCode, ProtocolError};
use secrecy::ExposeSecret;
use serde_json::json;
use service::Service;
use service::federation::{Browser, Headers, Sent};

use crate::harness::software::{Software, asserting};
use crate::harness::{Client, Gateway, HANAKO, TARO, Tab, on_both, on_sqlite, token_body};

const TOKEN: &str = "http://localhost:3000/t/showa/token";
const PUSHED: &str = "http://localhost:3000/t/showa/par";
const ISSUER: &str = "http://localhost:3000/t/showa";

/// Pushes a request with an assertion, at one of several servers.
async fn push_at(service: &Service, gateway: &Gateway<'_>, client: &Client, assertion: &str) -> Result<(), ErrorCode> {
    let body = asserting(&gateway.request(client, &[]), assertion);
    let answer = service.push_request(&gateway.town.slug, Headers::default(), &Parameters::parse(&body)).await.unwrap();
    answer.map(|_| ()).map_err(|refusal| refusal.code)
}

async fn push(gateway: &Gateway<'_>, client: &Client, assertion: &str) -> Result<(), ErrorCode> {
    push_at(&gateway.world.service, gateway, client, assertion).await
}

fn by(assertion: &str) -> [(&str, &str); 3] {
    [("client_secret", ""), ("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]
}

async fn introspect(gateway: &Gateway<'_>, body: &str) -> Result<Introspection, ProtocolError> {
    gateway.world.service.introspect(&gateway.town.slug, None, &Parameters::parse(body)).await.unwrap()
}

async fn revoke(gateway: &Gateway<'_>, body: &str) -> Result<(), ProtocolError> {
    gateway.world.service.revoke_token(&gateway.town.slug, None, &Parameters::parse(body)).await.unwrap()
}

// conforms: RFC 7523 §3 MUST
#[tokio::test]
async fn a_signed_assertion_is_a_proof_wherever_one_is_needed() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let pasted = ClientForm { jwks_uri: String::new(), jwks: software.jwks(), ..software.settings() };
        let library = gateway.client_that("library", |form| form.client = pasted).await;
        for audience in [json!(ISSUER), json!(TOKEN), json!(PUSHED), json!(["https://elsewhere.example", ISSUER])] {
            let assertion = software.assertion("library", &[("aud", audience)]);
            assert_eq!(push(&gateway, &library, &assertion).await, Ok(()));
        }
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let assertion = software.assertion("library", &[]);
        let tokens = gateway.redeem_with(&library, &code, &by(&assertion)).await.unwrap();
        let token = format!("client_id=library&token={}", tokens.access_token.expose_secret());
        let asked = introspect(&gateway, &asserting(&token, &software.assertion("library", &[]))).await;
        assert!(matches!(asked, Ok(Introspection::Active { .. })));
        revoke(&gateway, &asserting(&token, &software.assertion("library", &[]))).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        assert_eq!(software.fetched(), 0, "its keys were pasted");

        let now = world.clock.seconds();
        for more in [
            ("aud", json!("https://elsewhere.example")),
            ("aud", json!("http://localhost:3000/t/mino")),
            ("iss", json!("other")),
            ("sub", json!("other")),
            ("exp", json!(now - 31)),
            ("exp", json!(now + 2 * 3600)),
            ("nbf", json!(now + 60)),
            ("iat", json!(now + 60)),
            ("jti", json!(null)),
        ] {
            let assertion = software.assertion("library", std::slice::from_ref(&more));
            assert_eq!(push(&gateway, &library, &assertion).await, Err(ErrorCode::InvalidClient), "{more:?}");
        }
        let stranger = Software::start(&world.clock, Algorithm::ES256).await;
        let assertion = stranger.assertion("library", &[]);
        assert_eq!(push(&gateway, &library, &assertion).await, Err(ErrorCode::InvalidClient));
    })
    .await;
}

// conforms: RFC 6749 §2.3 MUST
#[tokio::test]
async fn a_client_proves_itself_in_its_own_way_and_in_no_other() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let signing = gateway.client_that("signing", |form| form.client = software.settings()).await;
        let secret = gateway.client_that("secret", |form| form.client.jwks_uri = software.at("/jwks")).await;
        let public = gateway.client_that("public", |form| form.client.authentication = "none".to_owned()).await;
        let request = |client: &Client, more: &[(&str, &str)]| gateway.request(client, more);
        let refused = async |body: &str| {
            let answer = world
                .service
                .push_request(&gateway.town.slug, Headers::default(), &Parameters::parse(body))
                .await
                .unwrap();
            answer.err().map(|refusal| refusal.code)
        };
        let with_secret = |client: &Client| request(client, &[("client_secret", &client.secret)]);
        assert_eq!(refused(&with_secret(&secret)).await, None);
        assert_eq!(refused(&asserting(&request(&signing, &[]), &software.assertion("signing", &[]))).await, None);
        let wrong = Some(ErrorCode::InvalidClient);
        // Its secret was issued, but its version says that it signs.
        assert_eq!(refused(&with_secret(&signing)).await, wrong);
        assert_eq!(refused(&asserting(&request(&secret, &[]), &software.assertion("secret", &[]))).await, wrong);
        assert_eq!(refused(&with_secret(&public)).await, wrong);
        for client in [&secret, &signing] {
            assert_eq!(refused(&request(client, &[])).await, wrong, "nothing but the id of {}", client.client_id);
        }
        // Of a public client it is worth as much as a request in an address, and that is all it asks for.
        assert_eq!(refused(&request(&public, &[])).await, None);
        let both = asserting(&with_secret(&signing), &software.assertion("signing", &[]));
        assert_eq!(refused(&both).await, Some(ErrorCode::InvalidRequest));
    })
    .await;
}

// conforms: RFC 6749 §2.3 MUST
#[tokio::test]
async fn a_public_client_is_let_in_where_it_presents_a_code_or_a_token() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let public = gateway.client_that("public", |form| form.client.authentication = "none".to_owned()).await;
        let library = gateway.client("library", "").await;
        let code = gateway.first_sign_in(&mut Tab::default(), &public, HANAKO, "openid").await;
        let refused = gateway.redeem_with(&public, &code, &[("client_secret", &public.secret)]).await;
        assert_eq!(refused.err().unwrap().code, ErrorCode::InvalidClient);
        let tokens = gateway.redeem_with(&public, &code, &[("client_secret", "")]).await.unwrap();
        let token = format!("client_id=public&token={}", tokens.access_token.expose_secret());
        assert_eq!(introspect(&gateway, &token).await.err().unwrap().code, ErrorCode::InvalidClient);
        let foreign = token.replace("client_id=public", "client_id=library");
        assert_eq!(revoke(&gateway, &foreign).await.err().unwrap().code, ErrorCode::InvalidClient);
        revoke(&gateway, &token).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        let code = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        let refused = gateway.redeem_with(&library, &code, &[("client_secret", "")]).await;
        assert_eq!(refused.err().unwrap().code, ErrorCode::InvalidClient, "a confidential client by its id alone");
    })
    .await;
}

// conforms: RFC 7523 §3 MAY
#[tokio::test]
async fn an_assertion_counts_once_even_if_what_it_asked_for_was_refused() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway.client_that("library", |form| form.client = software.settings()).await;
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let assertion = software.assertion("library", &[]);
        let refused = gateway.redeem_with(&library, "no code", &by(&assertion)).await;
        assert_eq!(refused.err().unwrap().code, ErrorCode::InvalidGrant);
        assert_eq!(gateway.rows("spent_id").await, 1);
        let refused = gateway.redeem_with(&library, &code, &by(&assertion)).await;
        assert_eq!(refused.err().unwrap().code, ErrorCode::InvalidClient);
        let assertion = software.assertion("library", &[]);
        let tokens = gateway.redeem_with(&library, &code, &by(&assertion)).await.unwrap();
        assert_eq!(push(&gateway, &library, &assertion).await, Err(ErrorCode::InvalidClient));
        let token = format!("client_id=library&token={}", tokens.access_token.expose_secret());
        let assertion = software.assertion("library", &[]);
        introspect(&gateway, &asserting(&token, &assertion)).await.unwrap();
        let again = introspect(&gateway, &asserting(&token, &assertion)).await;
        assert_eq!(again.err().unwrap().code, ErrorCode::InvalidClient);
        assert_eq!(
            revoke(&gateway, &asserting(&token, &assertion)).await.err().unwrap().code,
            ErrorCode::InvalidClient
        );
        gateway.userinfo(&tokens.access_token).await.unwrap();
        assert_eq!(gateway.rows("spent_id").await, 3);
        // They are remembered for as long as somebody could present them.
        world.clock.advance(60 + 31);
        world.service.sweep_expired().await.unwrap();
        assert_eq!(gateway.rows("spent_id").await, 0);
        assert_eq!(push(&gateway, &library, &assertion).await, Err(ErrorCode::InvalidClient));
    })
    .await;
}

// conforms: RFC 7523 §3 MAY
#[tokio::test]
async fn an_assertion_sent_at_the_same_moment_to_two_servers_counts_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway.client_that("library", |form| form.client = software.settings()).await;
        let elsewhere = world.another_process().await;
        for _ in 0..3 {
            let assertion = software.assertion("library", &[]);
            let at = |service| push_at(service, &gateway, &library, &assertion);
            let (here, there) = (world.service.as_ref(), elsewhere.as_ref());
            let (a, b, c, d) = tokio::join!(at(here), at(there), at(here), at(there));
            assert_eq!([a, b, c, d].iter().filter(|answer| answer.is_ok()).count(), 1);
        }
        // A code that is presented twice with one assertion is redeemed: only one of the two was a request at all.
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let assertion = software.assertion("library", &[]);
        let proof = by(&assertion);
        let redeem = || gateway.redeem_with(&library, &code, &proof);
        let (a, b, c) = tokio::join!(redeem(), redeem(), redeem());
        let granted: Vec<_> = [a, b, c].into_iter().filter_map(Result::ok).collect();
        assert_eq!(granted.len(), 1);
        gateway.userinfo(&granted[0].access_token).await.unwrap();
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 SHOULD
#[tokio::test]
async fn keys_of_a_service_are_fetched_once_more_for_a_new_one_and_not_for_made_up_ones() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway.client_that("library", |form| form.client = software.settings()).await;
        let push = async || push(&gateway, &library, &software.assertion("library", &[])).await;
        assert_eq!((push().await, push().await, software.fetched()), (Ok(()), Ok(()), 1));
        world.clock.advance(61);
        software.rotates(Algorithm::PS256);
        assert_eq!((push().await, push().await, software.fetched()), (Ok(()), Ok(()), 2));
        let stranger = Software::start(&world.clock, Algorithm::ES256).await;
        for _ in 0..3 {
            let assertion = stranger.assertion("library", &[]);
            assert_eq!(super::clients::push(&gateway, &library, &assertion).await, Err(ErrorCode::InvalidClient));
        }
        assert_eq!(software.fetched(), 2, "a key was fetched a moment ago");
        // An hour later they are fetched again; where that fails they serve on for a day.
        world.clock.advance(3_600);
        software.publishes(503, "");
        assert_eq!((push().await, push().await, software.fetched()), (Ok(()), Ok(()), 3));
        software.publishes_keys();
        world.clock.advance(24 * 3_600);
        assert_eq!((push().await, software.fetched()), (Ok(()), 4));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 SHOULD
#[tokio::test]
async fn without_its_keys_nobody_is_believed() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::RS256).await;
        let library = gateway.client_that("library", |form| form.client = software.settings()).await;
        let push = async || push(&gateway, &library, &software.assertion("library", &[])).await;
        for (status, body) in [(404, ""), (200, "<html>"), (200, r#"{"keys":[]}"#)] {
            software.publishes(status, body);
            assert_eq!(push().await, Err(ErrorCode::InvalidClient), "{status} {body}");
            world.clock.advance(61);
        }
        software.publishes_keys();
        assert_eq!(push().await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn a_service_that_asks_too_often_waits_and_costs_no_other_its_share() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, points) = (gateway.client("library", "").await, gateway.client("points", "").await);
        let limited = world.process_limited_to(1).await;
        let ask = async |client: &Client| {
            let body = format!("client_id={}&client_secret={}&token=none", client.client_id, client.secret);
            let answer = limited.introspect(&gateway.town.slug, None, &Parameters::parse(&body)).await.unwrap();
            answer.map(|_| ()).map_err(|refusal| (refusal.code, refusal.http_status()))
        };
        // Ten at once are one a second's share; without a proof nobody uses up another's.
        let wrong = format!("client_id={}&client_secret=wrong&token=none", library.client_id);
        for _ in 0..30 {
            let answer = limited.introspect(&gateway.town.slug, None, &Parameters::parse(&wrong)).await.unwrap();
            assert_eq!(answer.unwrap_err().code, ErrorCode::InvalidClient);
        }
        for _ in 0..10 {
            assert_eq!(ask(&library).await, Ok(()));
        }
        assert_eq!(ask(&library).await, Err((ErrorCode::TooManyRequests, 429)));
        assert_eq!(ask(&points).await, Ok(()));
        // Anybody can name a client in a browser's address: that has a share of its own, and its refusal is the client's to read.
        let request = Parameters::parse(&gateway.request(&library, &[]));
        let mut last = String::new();
        for _ in 0..11 {
            let step = limited.authorize(&gateway.town.slug, &request, Sent::Get, &Browser::default()).await.unwrap();
            last = format!("{:?}", step.go);
        }
        assert!(last.contains("error=temporarily_unavailable"), "{last}");
    })
    .await;
}

/// What anybody can ask in the name of a client that keeps no secret costs it nothing but that.
#[tokio::test]
async fn an_app_is_counted_apart_wherever_its_name_is_said() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let app = gateway.client_that("app", |form| form.client.authentication = "none".to_owned()).await;
        let app = Client { secret: String::new(), ..app };
        let good = token_body(&app, &gateway.first_sign_in(&mut Tab::default(), &app, HANAKO, "openid").await, &[]);
        let limited = world.process_limited_to(1).await;
        let slug = &gateway.town.slug;
        let push = async || {
            let request = Parameters::parse(&gateway.request(&app, &[]));
            limited.push_request(slug, Headers::default(), &request).await.unwrap().err().map(|refusal| refusal.code)
        };
        let name = async || {
            let request = Parameters::parse(&gateway.request(&app, &[]));
            let step = limited.authorize(slug, &request, Sent::Get, &Browser::default()).await.unwrap();
            format!("{:?}", step.go).contains("error=temporarily_unavailable")
        };
        let mut pushed = 0;
        while push().await.is_none() {
            pushed += 1;
            assert!(pushed < 100, "nobody counts");
        }
        assert_eq!(push().await, Some(ErrorCode::TooManyRequests));
        assert!(!name().await);
        for _ in 0..100 {
            name().await;
        }
        assert!(name().await);
        assert!(gateway.exchange_at(&limited, &good, None).await.is_ok());
        let made_up = token_body(&app, "made-up", &[]);
        for _ in 0..100 {
            let _ = gateway.exchange_at(&limited, &made_up, None).await;
        }
        let refused = gateway.exchange_at(&limited, &made_up, None).await.err().unwrap();
        assert_eq!(refused.code, ErrorCode::TooManyRequests);
    })
    .await;
}

/// A token proves whose it is: userinfo counts for the service, and costs no other its share.
#[tokio::test]
async fn userinfo_that_is_asked_for_too_often_waits() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, points) = (gateway.client("library", "").await, gateway.client("points", "").await);
        let limited = world.process_limited_to(1).await;
        let mut tokens = Vec::new();
        for client in [&library, &points] {
            let code = gateway.first_sign_in(&mut Tab::default(), client, HANAKO, "openid").await;
            tokens.push(gateway.redeem(client, &code).await.unwrap().access_token);
        }
        let mut answered = 0;
        let refusal = loop {
            match gateway.userinfo_at(&limited, &tokens[0]).await {
                Ok(_) => answered += 1,
                Err(refusal) => break refusal,
            }
            assert!(answered < 100, "nobody counts");
        };
        // Ten at once are one a second's share.
        assert!(answered >= 10, "{answered}");
        assert_eq!((refusal.code, refusal.http_status()), (ErrorCode::TooManyRequests, 429));
        assert!(gateway.userinfo_at(&limited, &tokens[1]).await.is_ok(), "another service's");
        // Whoever holds no token uses up nobody's.
        for _ in 0..30 {
            let refused = gateway.userinfo_at(&limited, &"made up".into()).await;
            assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidToken);
        }
        assert!(gateway.userinfo_at(&limited, &tokens[1]).await.is_ok());
        assert!(gateway.userinfo(&tokens[0]).await.is_ok(), "each server process counts for itself");
    })
    .await;
}
