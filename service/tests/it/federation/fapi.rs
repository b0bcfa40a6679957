//! A service that keeps to the FAPI 2.0 Security Profile, from its first request to its tokens: what the profile demands is
//! demanded as a whole.

use domain::configuration::ClientForm;
use oidc::ErrorCode;
use oidc::jose::Algorithm;
use oidc::parameters::Parameters;
use oidc::provider::client_authentication::JWT_BEARER;
use oidc::provider::token::TokenType;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use service::federation::{Go, Headers, Userinfo};

use crate::harness::possession::DeviceKey;
use crate::harness::software::{Software, asserting};
use crate::harness::{Client, Gateway, HANAKO, Tab, on_both, parameter, sent_code, token_body};

async fn bank(gateway: &Gateway<'_>, software: &Software) -> Client {
    let settings = ClientForm { profile: "fapi2".to_owned(), ..software.settings() };
    gateway.client_that("bank", |form| form.client = settings).await
}

/// Pushes a good request and walks through the sign-in that it begins.
async fn sign_in(gateway: &Gateway<'_>, bank: &Client, software: &Software, tab: &mut Tab) -> String {
    let body = asserting(&gateway.request(bank, &[]), &software.assertion("bank", &[]));
    let request_uri = gateway.push(&body).await.unwrap();
    let go = gateway.authorize(tab, &format!("client_id=bank&request_uri={request_uri}")).await;
    let Go::Away(url) = &go else { panic!("{go:?}") };
    if !url.starts_with(&gateway.card.issuer()) {
        return sent_code(&go);
    }
    let go = gateway.read_card(tab, &go, HANAKO).await;
    let go = gateway.agree(tab, &go).await;
    assert_eq!(parameter(&go, "iss").as_deref(), Some("http://localhost:3000/t/showa"));
    sent_code(&go)
}

fn redemption(bank: &Client, code: &str, assertion: &str) -> String {
    let proof = [("client_secret", ""), ("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
    token_body(bank, code, &proof)
}

// conforms: FAPI 2.0 Security Profile §5.3.2 MUST
#[tokio::test]
async fn the_fapi_profile_is_kept_from_the_request_to_userinfo() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let bank = Box::pin(bank(&gateway, &software)).await;
        let device = DeviceKey::new();
        let mut tab = Tab::default();
        let code = sign_in(&gateway, &bank, &software, &mut tab).await;
        // Without a proof of possession nothing is given, and nothing is lost.
        let unbound = redemption(&bank, &code, &software.assertion("bank", &[]));
        let refused = gateway.exchange(&unbound, None).await;
        assert_eq!(refused.err().map(|refusal| refusal.code), Some(ErrorCode::InvalidDpopProof));
        let body = redemption(&bank, &code, &software.assertion("bank", &[]));
        let tokens = gateway.exchange(&body, Some(&device.at_token(&gateway).await)).await.unwrap();
        assert_eq!(tokens.token_type, TokenType::DPoP);
        let claims = gateway.claims(&tokens).await;
        assert_eq!(claims.audiences(), ["bank"]);

        let access = tokens.access_token.expose_secret();
        let (scheme, proof) = (format!("DPoP {access}"), device.at_userinfo(&gateway, access).await);
        let headers = Headers { authorization: Some(&scheme), dpop: Some(&proof) };
        let userinfo =
            world.service.userinfo(&gateway.town.slug, "GET", headers, &Parameters::default()).await.unwrap();
        let Ok(Userinfo::Json(json)) = userinfo else { panic!("no userinfo") };
        let userinfo: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(userinfo["sub"].as_str(), claims.text("sub"));

        // A code lives a minute.
        let code = sign_in(&gateway, &bank, &software, &mut tab).await;
        world.clock.advance(60);
        let late = redemption(&bank, &code, &software.assertion("bank", &[]));
        let refused = gateway.exchange(&late, Some(&device.at_token(&gateway).await)).await;
        assert_eq!(refused.err().map(|refusal| refusal.code), Some(ErrorCode::InvalidGrant));
    })
    .await;
}

// conforms: FAPI 2.0 Security Profile §5.3.2 MUST
#[tokio::test]
async fn what_the_fapi_profile_does_not_allow_is_refused() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let bank = Box::pin(bank(&gateway, &software)).await;
        // Requests come pushed, or not at all.
        for query in [
            gateway.request(&bank, &[]),
            format!("client_id=bank&request={}", software.request_object(&gateway.request(&bank, &[]), &[])),
        ] {
            let go = gateway.authorize(&mut Tab::default(), &query).await;
            assert_eq!(parameter(&go, "error").as_deref(), Some("invalid_request"), "{query}");
        }
        // An assertion names the issuer, as text.
        let issuer = "http://localhost:3000/t/showa";
        for audience in [json!([issuer]), json!(format!("{issuer}/token")), json!(format!("{issuer}/par"))] {
            let assertion = software.assertion("bank", &[("aud", audience.clone())]);
            let refused = gateway.push(&asserting(&gateway.request(&bank, &[]), &assertion)).await;
            assert_eq!(refused, Err(ErrorCode::InvalidClient), "{audience}");
        }
        let pushed = async |more: &[(&str, &str)]| {
            let body = asserting(&gateway.request(&bank, more), &software.assertion("bank", &[]));
            gateway.push(&body).await.err()
        };
        assert_eq!(
            pushed(&[("code_challenge", ""), ("code_challenge_method", "")]).await,
            Some(ErrorCode::InvalidRequest)
        );
        assert_eq!(pushed(&[("code_challenge_method", "plain")]).await, Some(ErrorCode::InvalidRequest));
        assert_eq!(pushed(&[("response_type", "token")]).await, Some(ErrorCode::UnsupportedResponseType));
        assert_eq!(pushed(&[("redirect_uri", "")]).await, Some(ErrorCode::InvalidRequest));
        assert_eq!(pushed(&[]).await, None);
        // Its secret, if it had one, is no proof.
        let by_secret = gateway.request(&bank, &[("client_secret", &bank.secret)]);
        assert_eq!(gateway.push(&by_secret).await, Err(ErrorCode::InvalidClient));
        // RSASSA-PKCS1-v1_5 is not among its algorithms, RSASSA-PSS is.
        world.clock.advance(61);
        software.rotates(Algorithm::PS256);
        assert_eq!(pushed(&[]).await, None);
        world.clock.advance(61);
        software.rotates(Algorithm::RS256);
        assert_eq!(pushed(&[]).await, Some(ErrorCode::InvalidClient));
    })
    .await;
}

// conforms: FAPI 2.0 Security Profile §5.4.1 MUST
#[tokio::test]
async fn rs256_signs_nothing_under_the_fapi_profile() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let bank = Box::pin(bank(&gateway, &software)).await;
        // A request object beside an assertion that is as it must be.
        let request = gateway.request(&bank, &[]);
        let push = async |object: &str| {
            let body = asserting(&format!("client_id=bank&request={object}"), &software.assertion("bank", &[]));
            gateway.push(&body).await.err()
        };
        assert_eq!(push(&software.request_object(&request, &[])).await, None);
        for (algorithm, refused) in
            [(Algorithm::RS256, Some(ErrorCode::InvalidRequestObject)), (Algorithm::PS256, None)]
        {
            world.clock.advance(61);
            software.publishes_beside(algorithm);
            assert_eq!(push(&software.request_object_by_second(&request)).await, refused, "{algorithm:?}");
        }
        // A proof, by a key that may sign both ways.
        let mut device = DeviceKey::rsa();
        let mut tab = Tab::default();
        let code = sign_in(&gateway, &bank, &software, &mut tab).await;
        let redeem = async |device: &DeviceKey| {
            let body = redemption(&bank, &code, &software.assertion("bank", &[]));
            gateway.exchange(&body, Some(&device.at_token(&gateway).await)).await
        };
        device.algorithm = Algorithm::RS256;
        assert_eq!(redeem(&device).await.err().map(|refusal| refusal.code), Some(ErrorCode::InvalidDpopProof));
        device.algorithm = Algorithm::PS256;
        let tokens = redeem(&device).await.unwrap();
        let access = tokens.access_token.expose_secret();
        for (algorithm, refused) in [(Algorithm::RS256, Some(ErrorCode::InvalidDpopProof)), (Algorithm::PS256, None)] {
            device.algorithm = algorithm;
            let (scheme, proof) = (format!("DPoP {access}"), device.at_userinfo(&gateway, access).await);
            let headers = Headers { authorization: Some(&scheme), dpop: Some(&proof) };
            let answer = world.service.userinfo(&gateway.town.slug, "GET", headers, &Parameters::default()).await;
            assert_eq!(answer.unwrap().err().map(|refusal| refusal.code), refused, "{algorithm:?}");
        }
    })
    .await;
}
