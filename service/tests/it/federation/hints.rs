//! `id_token_hint`: an ID token of ours says who is meant, however old it is, and nothing else that our keys signed does.

use domain::names::Reason;
use oidc::parameters::Parameters;
use secrecy::ExposeSecret;
use service::federation::{Go, Headers, Sent, Userinfo};
use service::keys::Urgency;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{Client, Gateway, HANAKO, TARO, Tab, on_both, parameter, sent_code};

const DAY: i64 = 24 * 60 * 60;
const BYE: &str = "https://library.example.jp/bye";

/// Where a request with a hint leads that is not to show a page.
async fn hinted(gateway: &Gateway<'_>, client: &Client, tab: &mut Tab, hint: &str) -> Result<String, String> {
    let request = gateway.request(client, &[("prompt", "none"), ("id_token_hint", hint)]);
    let go = gateway.authorize(tab, &request).await;
    match parameter(&go, "error") {
        Some(error) => Err(error),
        None => Ok(sent_code(&go)),
    }
}

/// Asks to sign out with a hint.
async fn leave(gateway: &Gateway<'_>, tab: &mut Tab, hint: &str) -> Go {
    let pairs = [("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("client_id", "library")];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let parameters = Parameters::parse(&query);
    let step = gateway.world.service.leave(&gateway.town.slug, &parameters, Sent::Get, &tab.0).await.unwrap();
    tab.take(step)
}

async fn sign_in(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client) -> String {
    let go = gateway.authorize(tab, &gateway.request(client, &[])).await;
    let go = gateway.read_card(tab, &go, HANAKO).await;
    let go = match &go {
        Go::To(_) => gateway.agree(tab, &go).await,
        _ => go,
    };
    let tokens = gateway.redeem(client, &sent_code(&go)).await.unwrap();
    tokens.id_token.as_ref().unwrap().expose_secret().to_owned()
}

async fn library(gateway: &Gateway<'_>, told_at: &str) -> Client {
    gateway
        .client_that("library", |form| {
            form.client.userinfo_signed = "on".to_owned();
            form.client.post_logout_redirect_uris = BYE.to_owned();
            form.client.backchannel_logout_uri = told_at.to_owned();
        })
        .await
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 SHOULD; OpenID Connect RP-Initiated Logout 1.0 §2 SHOULD
#[tokio::test]
async fn a_hint_is_known_after_its_key_changed_in_its_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, "").await;
        let hint = sign_in(&gateway, &mut Tab::default(), &library).await;
        let slug = &gateway.town.slug;
        world.service.rotate_signing_keys(slug, Urgency::Announced, None).await.unwrap();
        for hours in [49, 1, 25] {
            world.clock.advance(hours * 60 * 60);
            world.service.run_due_jobs().await.unwrap();
        }
        assert_eq!(world.service.key_set(slug).await.unwrap().keys().len(), 1, "the first key is out of the JWKS");
        let mut tab = Tab::default();
        sign_in(&gateway, &mut tab, &library).await;
        assert!(hinted(&gateway, &library, &mut tab, &hint).await.is_ok());
        // It says who is meant, and of another session nothing: the person is asked before they are signed out.
        assert!(matches!(leave(&gateway, &mut tab, &hint).await, Go::To(_)));
        let mut taro = Tab::default();
        gateway.first_sign_in(&mut taro, &library, TARO, "openid").await;
        assert_eq!(hinted(&gateway, &library, &mut taro, &hint).await, Err("login_required".to_owned()));

        // A key that somebody else may have vouches for nobody, not after years either.
        world.clock.advance(60);
        let newer = sign_in(&gateway, &mut Tab::default(), &library).await;
        let reason = Reason::parse("鍵がもれたため").unwrap();
        world.service.rotate_signing_keys(slug, Urgency::Emergency, Some(&reason)).await.unwrap();
        assert_eq!(hinted(&gateway, &library, &mut tab, &newer).await, Err("invalid_request".to_owned()));
        assert!(hinted(&gateway, &library, &mut tab, &hint).await.is_ok(), "that one changed long before");
        world.clock.advance(120 * DAY);
        world.service.run_due_jobs().await.unwrap();
        sign_in(&gateway, &mut tab, &library).await;
        assert_eq!(hinted(&gateway, &library, &mut tab, &newer).await, Err("invalid_request".to_owned()));
        assert!(hinted(&gateway, &library, &mut tab, &hint).await.is_ok());
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MUST; OpenID Connect Back-Channel Logout 1.0 §4 MUST
#[tokio::test]
async fn what_is_no_id_token_is_no_hint() {
    on_both(async |world| {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, &format!("{}/logout", server.uri())).await;
        // A logout token of an earlier session.
        let mut tab = Tab::default();
        sign_in(&gateway, &mut tab, &library).await;
        world.service.sign_out(&gateway.town.slug, &tab.0).await.unwrap();
        world.service.send_due_notices().await.unwrap();
        let sent = server.received_requests().await.unwrap();
        let form = Parameters::parse(std::str::from_utf8(&sent.last().unwrap().body).unwrap());
        let logout_token = form.get("logout_token").unwrap().unwrap().to_owned();
        // Signed userinfo of this one.
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        let header = format!("Bearer {}", tokens.access_token.expose_secret());
        let headers = Headers { authorization: Some(&header), dpop: None };
        let answer = world.service.userinfo(&gateway.town.slug, "GET", headers, &Parameters::default()).await;
        let Userinfo::Jwt(userinfo) = answer.unwrap().unwrap() else { panic!("not signed") };

        for (what, token) in [("a logout token", &logout_token), ("signed userinfo", &userinfo)] {
            let error = hinted(&gateway, &library, &mut tab, token).await;
            assert_eq!(error, Err("invalid_request".to_owned()), "{what}");
            assert!(matches!(leave(&gateway, &mut tab, token).await, Go::To(_)), "{what}: the person is asked");
            assert!(tab.0.session.is_some(), "{what}");
        }
        let id_token = tokens.id_token.as_ref().unwrap().expose_secret();
        assert!(hinted(&gateway, &library, &mut tab, id_token).await.is_ok());
    })
    .await;
}
