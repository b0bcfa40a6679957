//! Apps on people's devices (RFC 8252): where their answers go, and who looks at that.

use oidc::ErrorCode;
use service::federation::{FlowPage, Go, Stop};

use crate::harness::{Client, Gateway, HANAKO, Tab, on_both, parameter, sent_code, token_body};

/// A public client with these addresses.
async fn app(gateway: &Gateway<'_>, key: &str, addresses: &str) -> Client {
    let client = gateway
        .client_that(key, |form| {
            form.redirect_uris = addresses.to_owned();
            form.client.application_type = "native".to_owned();
            form.client.authentication = "none".to_owned();
        })
        .await;
    Client { secret: String::new(), ..client }
}

// conforms: RFC 8252 §7 MUST
#[tokio::test]
async fn an_app_listens_on_whichever_port_is_free() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let app = app(&gateway, "app", "http://127.0.0.1/callback\nhttps://tosho.example.jp/app").await;
        let at = |uri: &str| gateway.request(&app, &[("redirect_uri", uri)]);
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &at("http://127.0.0.1:51004/callback")).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(view) = gateway.page(&tab, &go).await else { panic!() };
        assert!(view.form_origins.contains(&"http://127.0.0.1:51004".to_owned()));
        let go = gateway.agree(&mut tab, &go).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with("http://127.0.0.1:51004/callback?code=")), "{go:?}");
        // The code is for that port, as the request was.
        let code = sent_code(&go);
        let redeem = async |uri: &str| gateway.exchange(&token_body(&app, &code, &[("redirect_uri", uri)]), None).await;
        for other in ["http://127.0.0.1:51005/callback", "http://127.0.0.1/callback"] {
            assert_eq!(redeem(other).await.err().unwrap().code, ErrorCode::InvalidGrant, "{other}");
        }
        assert!(redeem("http://127.0.0.1:51004/callback").await.is_ok());

        for other in [
            "http://127.0.0.1:51004/callback/",
            "http://127.0.0.1:51004/other",
            "http://localhost:51004/callback",
            "http://[::1]:51004/callback",
            "http://127.0.0.1:51004@evil.example/callback",
            "https://tosho.example.jp:8443/app",
        ] {
            let go = gateway.authorize(&mut tab, &at(other)).await;
            assert_eq!(go, Go::Stop(Stop::UnknownRedirectUri), "{other}");
        }
    })
    .await;
}

// conforms: RFC 8252 §7 MUST
#[tokio::test]
async fn a_web_service_has_no_free_port() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let web = gateway.client_that("web", |form| form.redirect_uris = "http://127.0.0.1/callback".to_owned()).await;
        let request = gateway.request(&web, &[("redirect_uri", "http://127.0.0.1:51004/callback")]);
        let go = gateway.authorize(&mut Tab::default(), &request).await;
        assert_eq!(go, Go::Stop(Stop::UnknownRedirectUri));
    })
    .await;
}

// conforms: RFC 8252 §8.6 SHOULD
#[tokio::test]
async fn who_an_app_is_that_proves_nothing_is_looked_at_each_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let app = app(&gateway, "app", "jp.example.tosho:/callback\nhttps://tosho.example.jp/app").await;
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &app, HANAKO, "openid").await;
        assert!(gateway.redeem(&app, &code).await.is_ok());
        // A session is open and a consent stands; a scheme that any app may claim is asked about all the same.
        let go = gateway.authorize(&mut tab, &gateway.request(&app, &[])).await;
        let go = gateway.agree(&mut tab, &go).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with("jp.example.tosho:/callback?code=")), "{go:?}");
        let silent = gateway.request(&app, &[("prompt", "none")]);
        let go = gateway.authorize(&mut tab, &silent).await;
        assert_eq!(error_of(&go), "consent_required");
        // A link that the system hands to the app that owns it proves enough.
        let link = gateway.request(&app, &[("redirect_uri", "https://tosho.example.jp/app")]);
        let go = gateway.authorize(&mut tab, &link).await;
        assert_eq!(parameter(&go, "error"), None);
        sent_code(&go);
        // And without PKCE there is nothing at all.
        let bare = gateway.request(&app, &[("code_challenge", ""), ("code_challenge_method", "")]);
        assert_eq!(error_of(&gateway.authorize(&mut tab, &bare).await), "invalid_request");
    })
    .await;
}

fn error_of(go: &Go) -> String {
    parameter(go, "error").unwrap_or_else(|| panic!("no error: {go:?}"))
}
