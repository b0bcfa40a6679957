//! Proofs of possession (RFC 9449): what is bound to a key is of no use without it, and a proof counts once.

use oidc::parameters::Parameters;
use oidc::provider::introspection::Introspection;
use oidc::provider::refresh::RefreshToken;
use oidc::provider::token::{TokenResponse, TokenType};
use oidc::{ErrorCode, ProtocolError};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use service::federation::{Headers, Userinfo};

use crate::harness::possession::{DeviceKey, hash};
use crate::harness::{Client, Gateway, HANAKO, TARO, Tab, on_both, sent_code, token_body};

const TOKEN: &str = "http://localhost:3000/t/showa/token";
const USERINFO: &str = "http://localhost:3000/t/showa/userinfo";

async fn userinfo(
    gateway: &Gateway<'_>,
    scheme: &str,
    tokens: &TokenResponse,
    proof: Option<&str>,
) -> Result<Value, ProtocolError> {
    let header = format!("{scheme} {}", tokens.access_token.expose_secret());
    let headers = Headers { authorization: Some(&header), dpop: proof };
    let service = &gateway.world.service;
    let answer = service.userinfo(&gateway.town.slug, "GET", headers, &Parameters::default()).await.unwrap();
    answer.map(|answer| match answer {
        Userinfo::Json(json) => serde_json::from_slice(&json).unwrap(),
        Userinfo::Jwt(_) => panic!("encrypted"),
    })
}

async fn code_of(gateway: &Gateway<'_>, client: &Client) -> String {
    gateway.first_sign_in(&mut Tab::default(), client, HANAKO, "openid residency offline_access").await
}

/// A client that keeps no secret, and gets refresh tokens.
async fn app(gateway: &Gateway<'_>) -> Client {
    let app = gateway
        .client_that("app", |form| {
            form.client.offline_access = "on".to_owned();
            form.client.authentication = "none".to_owned();
        })
        .await;
    Client { secret: String::new(), ..app }
}

fn code(result: Result<TokenResponse, ProtocolError>) -> ErrorCode {
    result.err().unwrap().code
}

// conforms: RFC 9449 §7.2 MUST
#[tokio::test]
async fn a_token_is_bound_to_the_key_of_its_proof() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (device, thief) = (DeviceKey::new(), DeviceKey::new());
        let form = token_body(&library, &code_of(&gateway, &library).await, &[]);
        let tokens = gateway.exchange(&form, Some(&device.at_token(&gateway).await)).await.unwrap();
        assert_eq!(tokens.token_type, TokenType::DPoP);
        let access = tokens.access_token.expose_secret();
        let good = device.at_userinfo(&gateway, access).await;
        assert!(userinfo(&gateway, "DPoP", &tokens, Some(&good)).await.is_ok());

        let refused = async |scheme: &str, proof: Option<String>| {
            userinfo(&gateway, scheme, &tokens, proof.as_deref()).await.unwrap_err()
        };
        // As a bearer's, without a proof, by another key, used before.
        assert_eq!(refused("Bearer", None).await.code, ErrorCode::InvalidToken);
        let proof = device.at_userinfo(&gateway, access).await;
        assert_eq!(refused("Bearer", Some(proof)).await.code, ErrorCode::InvalidToken);
        assert_eq!(refused("DPoP", None).await.code, ErrorCode::InvalidDpopProof);
        let stolen = refused("DPoP", Some(thief.at_userinfo(&gateway, access).await)).await;
        assert_eq!((stolen.code, stolen.http_status()), (ErrorCode::InvalidDpopProof, 401));
        assert!(stolen.challenge(true).unwrap().starts_with("DPoP error=\"invalid_dpop_proof\""));
        assert_eq!(refused("DPoP", Some(good)).await.code, ErrorCode::InvalidDpopProof);
        // For another request or another token.
        let nonce = gateway.dpop_nonce().await;
        for claims in [
            json!({"htm": "POST", "htu": USERINFO, "nonce": nonce, "ath": hash(access)}),
            json!({"htm": "GET", "htu": TOKEN, "nonce": nonce, "ath": hash(access)}),
            json!({"htm": "GET", "htu": USERINFO, "nonce": nonce, "ath": hash("another")}),
            json!({"htm": "GET", "htu": USERINFO, "nonce": nonce}),
        ] {
            let error = refused("DPoP", Some(device.proof(&gateway, &claims))).await;
            assert_eq!(error.code, ErrorCode::InvalidDpopProof, "{claims}");
        }
        // And a token that is bound to none proves nothing by one.
        let code = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        assert_eq!(tokens.token_type, TokenType::Bearer);
        let proof = device.at_userinfo(&gateway, tokens.access_token.expose_secret()).await;
        let error = userinfo(&gateway, "DPoP", &tokens, Some(&proof)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidToken);
    })
    .await;
}

// conforms: RFC 9449 §8 MAY
#[tokio::test]
async fn a_proof_holds_a_nonce_of_ours_that_is_new() {
    on_both(async |world| {
        let (gateway, mino) = (world.gateway("showa").await, world.gateway("mino").await);
        let library = gateway.client("library", "").await;
        let device = DeviceKey::new();
        let form = token_body(&library, &code_of(&gateway, &library).await, &[]);
        let (old, foreign) = (gateway.dpop_nonce().await, mino.dpop_nonce().await);
        world.clock.advance(30);
        let with = |nonce: Option<&str>| device.proof(&gateway, &json!({"htm": "POST", "htu": TOKEN, "nonce": nonce}));
        for nonce in [None, Some("made up"), Some(foreign.as_str())] {
            let refused = code(gateway.exchange(&form, Some(&with(nonce))).await);
            assert_eq!(refused, ErrorCode::UseDpopNonce, "{nonce:?}");
        }
        // The code is not spent by that, and another process knows the nonce.
        let other = world.another_process().await;
        assert!(gateway.exchange_at(&other, &form, Some(&with(Some(&old)))).await.is_ok());

        let nonce = gateway.dpop_nonce().await;
        let code_of_taro = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        let form = token_body(&library, &code_of_taro, &[]);
        world.clock.advance(300);
        assert_eq!(code(gateway.exchange(&form, Some(&with(Some(&nonce)))).await), ErrorCode::UseDpopNonce);
    })
    .await;
}

// conforms: RFC 9449 §11.1 SHOULD
#[tokio::test]
async fn a_proof_counts_once_also_at_the_same_moment() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| form.client.offline_access = "on".to_owned()).await;
        let device = DeviceKey::new();
        let form = token_body(&library, &code_of(&gateway, &library).await, &[]);
        let proof = device.at_token(&gateway).await;
        let tokens = gateway.exchange(&form, Some(&proof)).await.unwrap();
        let refresh = refresh_body(&library, &tokens);
        assert_eq!(code(gateway.exchange(&refresh, Some(&proof)).await), ErrorCode::InvalidDpopProof);

        let proof = device.at_token(&gateway).await;
        let other = world.another_process().await;
        let here = || gateway.exchange(&refresh, Some(&proof));
        let there = || gateway.exchange_at(&other, &refresh, Some(&proof));
        let (a, b, c, d) = tokio::join!(here(), there(), here(), there());
        assert_eq!([a, b, c, d].into_iter().filter(Result::is_ok).count(), 1);
        // What is remembered of it goes with its nonce.
        world.clock.advance(301);
        world.service.sweep_expired().await.unwrap();
        assert_eq!(gateway.rows("spent_id").await, 0);
    })
    .await;
}

// conforms: RFC 9449 §11.1 SHOULD
#[tokio::test]
async fn a_refused_request_has_spent_its_proof() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| form.client.offline_access = "on".to_owned()).await;
        let other = gateway.client("other", "").await;
        let device = DeviceKey::new();
        let of_library = code_of(&gateway, &library).await;
        let of_other = gateway.first_sign_in(&mut Tab::default(), &other, TARO, "openid").await;
        let verifier = [("code_verifier", "another-verifier-that-is-long-enough-to-be-one")];
        let made_up = "grant_type=refresh_token&refresh_token=made-up";
        let unknown = format!("{made_up}&client_id=library&client_secret={}", library.secret);
        let mut spent = 0;
        for (what, form, error) in [
            ("a wrong verifier", token_body(&library, &of_library, &verifier), ErrorCode::InvalidGrant),
            ("another client's code", token_body(&library, &of_other, &[]), ErrorCode::InvalidGrant),
            ("a made-up refresh token", unknown, ErrorCode::InvalidGrant),
            ("no code", token_body(&library, "", &[]), ErrorCode::InvalidRequest),
        ] {
            let proof = device.at_token(&gateway).await;
            assert_eq!(code(gateway.exchange(&form, Some(&proof)).await), error, "{what}");
            spent += 1;
            assert_eq!(gateway.rows("spent_id").await, spent, "{what}");
            // Neither does what it would have been good for otherwise.
            let good = token_body(&library, &of_library, &[]);
            assert_eq!(code(gateway.exchange(&good, Some(&proof)).await), ErrorCode::InvalidDpopProof, "{what}");
            assert_eq!(gateway.rows("spent_id").await, spent, "{what}");
        }
        // The code is as good as before.
        let good = token_body(&library, &of_library, &[]);
        let tokens = gateway.exchange(&good, Some(&device.at_token(&gateway).await)).await.unwrap();
        assert_eq!(gateway.rows("spent_id").await, spent + 1);
        // At userinfo, too: a proof by another key has been used.
        let proof = DeviceKey::new().at_userinfo(&gateway, tokens.access_token.expose_secret()).await;
        for _ in 0..2 {
            let refused = userinfo(&gateway, "DPoP", &tokens, Some(&proof)).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::InvalidDpopProof);
            assert_eq!(gateway.rows("spent_id").await, spent + 2);
        }
    })
    .await;
}

// conforms: RFC 9449 §11.1 SHOULD
#[tokio::test]
async fn what_a_stranger_asks_in_an_apps_name_leaves_no_row() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let app = app(&gateway).await;
        let device = DeviceKey::new();
        let of_app = code_of(&gateway, &app).await;
        let good = token_body(&app, &of_app, &[]);
        let verifier = [("code_verifier", "another-verifier-that-is-long-enough-to-be-one")];
        let refresh =
            |token: &str| format!("grant_type=refresh_token&client_id={}&refresh_token={token}", app.client_id);
        let of_nobody = "BwcH".repeat(16);
        assert!(RefreshToken::parse(&of_nobody).is_some());
        let mut proof = String::new();
        for (what, form, error) in [
            ("a wrong verifier", token_body(&app, &of_app, &verifier), ErrorCode::InvalidGrant),
            ("a made-up code", token_body(&app, "made-up", &[]), ErrorCode::InvalidGrant),
            ("no code", token_body(&app, "", &[]), ErrorCode::InvalidRequest),
            ("no refresh token", refresh("made-up"), ErrorCode::InvalidGrant),
            ("nobody's refresh token", refresh(&of_nobody), ErrorCode::InvalidGrant),
        ] {
            proof = device.at_token(&gateway).await;
            assert_eq!(code(gateway.exchange(&form, Some(&proof)).await), error, "{what}");
            assert_eq!(gateway.rows("spent_id").await, 0, "{what}");
        }
        let nonce = gateway.dpop_nonce().await;
        let url = "http://localhost:3000/t/showa/par";
        let pushed = device.proof(&gateway, &json!({"htm": "POST", "htu": url, "nonce": nonce}));
        let headers = Headers { authorization: None, dpop: Some(&pushed) };
        let body = gateway.request(&app, &[]);
        for _ in 0..2 {
            let answer = world.service.push_request(&gateway.town.slug, headers, &Parameters::parse(&body)).await;
            assert!(answer.unwrap().is_ok());
        }
        assert_eq!(gateway.rows("spent_id").await, 0);

        // Whoever shows a grant has used the proof: with what it was good for, and with what another key would have been needed for.
        let tokens = gateway.exchange(&good, Some(&proof)).await.unwrap();
        let refresh = refresh_body(&app, &tokens);
        assert_eq!(gateway.rows("spent_id").await, 1);
        assert_eq!(code(gateway.exchange(&refresh, Some(&proof)).await), ErrorCode::InvalidDpopProof);
        let other = DeviceKey::new().at_token(&gateway).await;
        for error in [ErrorCode::InvalidGrant, ErrorCode::InvalidDpopProof] {
            assert_eq!(code(gateway.exchange(&refresh, Some(&other)).await), error);
            assert_eq!(gateway.rows("spent_id").await, 2);
        }
    })
    .await;
}

// conforms: RFC 9449 §10 MUST
#[tokio::test]
async fn a_code_goes_to_the_key_that_its_request_named() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (device, thief) = (DeviceKey::new(), DeviceKey::new());
        let mut tab = Tab::default();
        let request = gateway.request(&library, &[("dpop_jkt", &device.thumbprint())]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let go = gateway.agree(&mut tab, &go).await;
        let form = token_body(&library, &sent_code(&go), &[]);
        assert_eq!(code(gateway.exchange(&form, None).await), ErrorCode::InvalidGrant);
        let proof = thief.at_token(&gateway).await;
        assert_eq!(code(gateway.exchange(&form, Some(&proof)).await), ErrorCode::InvalidGrant);
        assert!(gateway.exchange(&form, Some(&device.at_token(&gateway).await)).await.is_ok());

        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[("dpop_jkt", "x")])).await;
        assert_eq!(crate::harness::parameter(&go, "error").as_deref(), Some("invalid_request"));
    })
    .await;
}

// conforms: RFC 9449 §10 MUST
#[tokio::test]
async fn a_pushed_request_with_a_proof_binds_its_code() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (device, thief) = (DeviceKey::new(), DeviceKey::new());
        let url = "http://localhost:3000/t/showa/par";
        let push = async |more: &[(&str, &str)]| {
            let mut more = more.to_vec();
            more.push(("client_secret", library.secret.as_str()));
            let body = gateway.request(&library, &more);
            let nonce = gateway.dpop_nonce().await;
            let proof = device.proof(&gateway, &json!({"htm": "POST", "htu": url, "nonce": nonce}));
            let headers = Headers { authorization: None, dpop: Some(&proof) };
            world.service.push_request(&gateway.town.slug, headers, &Parameters::parse(&body)).await.unwrap()
        };
        let refused = push(&[("dpop_jkt", &thief.thumbprint())]).await.err().unwrap();
        assert_eq!(refused.code, ErrorCode::InvalidRequest);
        let pushed = push(&[]).await.unwrap();
        let reference: [(&str, &str); 2] = [("client_id", "library"), ("request_uri", &pushed.request_uri)];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(reference).finish();
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &query).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let go = gateway.agree(&mut tab, &go).await;
        let form = token_body(&library, &sent_code(&go), &[]);
        let proof = thief.at_token(&gateway).await;
        assert_eq!(code(gateway.exchange(&form, Some(&proof)).await), ErrorCode::InvalidGrant);
        assert!(gateway.exchange(&form, Some(&device.at_token(&gateway).await)).await.is_ok());
    })
    .await;
}

// conforms: RFC 9449 §10 MUST
#[tokio::test]
async fn a_service_that_takes_bound_tokens_only_gets_no_others() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| form.client.dpop_only = "on".to_owned()).await;
        let form = token_body(&library, &code_of(&gateway, &library).await, &[]);
        assert_eq!(code(gateway.exchange(&form, None).await), ErrorCode::InvalidDpopProof);
        let device = DeviceKey::new();
        let tokens = gateway.exchange(&form, Some(&device.at_token(&gateway).await)).await.unwrap();
        let body = format!(
            "token={}&client_id={}&client_secret={}",
            tokens.access_token.expose_secret(),
            library.client_id,
            library.secret
        );
        let answer = world.service.introspect(&gateway.town.slug, None, &Parameters::parse(&body)).await;
        let Introspection::Active { token_type, key, .. } = answer.unwrap().unwrap() else { panic!() };
        assert_eq!(token_type, Some(TokenType::DPoP));
        assert_eq!(key.unwrap().to_text(), device.thumbprint());
    })
    .await;
}

// conforms: RFC 9449 §10 MUST
#[tokio::test]
async fn a_refresh_token_of_an_app_is_bound_to_its_key() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let app = app(&gateway).await;
        let (device, thief) = (DeviceKey::new(), DeviceKey::new());
        let form = token_body(&app, &code_of(&gateway, &app).await, &[]);
        let tokens = gateway.exchange(&form, Some(&device.at_token(&gateway).await)).await.unwrap();
        let refresh = refresh_body(&app, &tokens);
        assert_eq!(code(gateway.exchange(&refresh, None).await), ErrorCode::InvalidGrant);
        let proof = thief.at_token(&gateway).await;
        assert_eq!(code(gateway.exchange(&refresh, Some(&proof)).await), ErrorCode::InvalidGrant);
        // Who lacks the key ends nothing by trying.
        let again = gateway.exchange(&refresh, Some(&device.at_token(&gateway).await)).await.unwrap();
        assert_eq!(again.token_type, TokenType::DPoP);
        let proof = device.at_userinfo(&gateway, again.access_token.expose_secret()).await;
        assert!(userinfo(&gateway, "DPoP", &again, Some(&proof)).await.is_ok());
    })
    .await;
}

fn refresh_body(client: &Client, tokens: &TokenResponse) -> String {
    let token = tokens.refresh_token.as_ref().unwrap();
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.expose_secret()),
        ("client_id", &client.client_id),
        ("client_secret", &client.secret),
    ];
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
