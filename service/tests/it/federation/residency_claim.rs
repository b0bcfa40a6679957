//! The residency claim: months, and of those in which the card was read only what the town approved and the person agreed to.

use domain::consent::ConsentDue;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use service::federation::FlowPage;

use super::passkeys;
use crate::harness::device::Device;
use crate::harness::{Client, Gateway, HANAKO, Tab, on_both, parameter, sent_code};

const CLAIM: &str = "urn:machikagi:claims:residency";
const SCOPE: &str = "openid residency offline_access";

/// What ID token and userinfo say, and the refresh token if one came with them.
async fn told(gateway: &Gateway<'_>, client: &Client, code: &str) -> (Value, Option<String>) {
    let tokens = gateway.redeem(client, code).await.unwrap();
    let in_token = gateway.claims(&tokens).await.get(CLAIM).cloned().unwrap();
    let userinfo = gateway.userinfo(&tokens.access_token).await.unwrap();
    assert_eq!(userinfo[CLAIM], in_token);
    (in_token, tokens.refresh_token.map(|token| token.expose_secret().to_owned()))
}

// conforms: Our own
#[tokio::test]
async fn the_month_of_verification_is_told_where_it_was_approved_and_agreed_to() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = |verified_at: &str| {
            let mut form = gateway.party_form("coins", "", gateway.rule);
            form.residency_verified_at = verified_at.to_owned();
            form.client.offline_access = "on".to_owned();
            form
        };
        let coins = gateway.client_that("coins", |given| *given = form("")).await;
        let without = json!({"eligible": true, "municipality": "074462", "valid_until": "2027-11"});
        let with = json!({
            "eligible": true, "municipality": "074462", "valid_until": "2027-11", "verified_at": "2026-11",
        });
        let (mut tab, mut device) = (Tab::default(), Device::new("device"));
        let code = gateway.first_sign_in(&mut tab, &coins, HANAKO, SCOPE).await;
        passkeys::add(&gateway, &mut tab, &mut device).await;
        assert_eq!(told(&gateway, &coins, &code).await.0, without);

        // A version that takes it: whoever agreed to less is asked, and reads what is new. The card is not needed.
        super::sectors::publish(&gateway, coins.id.into(), &form("on")).await.unwrap();
        let silent = gateway.request(&coins, &[("prompt", "none")]);
        let go = gateway.authorize(&mut tab, &silent).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("consent_required"));
        let go = gateway.authorize(&mut tab, &gateway.request(&coins, &[("scope", SCOPE)])).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert!(page.due == ConsentDue::ItemsAdded && page.residency && page.verified_at);
        let code = sent_code(&gateway.agree(&mut tab, &go).await);
        let (claim, refresh_token) = told(&gateway, &coins, &code).await;
        assert_eq!(claim, with);
        // By itself, without the person, the service is not told again.
        let body = format!(
            "grant_type=refresh_token&refresh_token={}&client_id=coins&client_secret={}",
            refresh_token.unwrap(),
            coins.secret
        );
        let tokens = gateway.exchange(&body, None).await.unwrap();
        assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap()[CLAIM], without);

        // It is the month of the card, whenever the person comes.
        world.clock.advance(20 * 24 * 60 * 60);
        let mut tab = passkeys::next_morning(&tab);
        let go = passkeys::sign_in(&gateway, &mut tab, &gateway.request(&coins, &[]), &device).await.unwrap();
        assert_eq!(told(&gateway, &coins, &sent_code(&go)).await.0, with);
        // Where the claim is not asked for nothing of it is told, and nobody is asked again.
        let plain = gateway.request(&coins, &[("scope", "openid"), ("prompt", "none")]);
        let tokens = gateway.redeem(&coins, &sent_code(&gateway.authorize(&mut tab, &plain).await)).await.unwrap();
        assert!(gateway.claims(&tokens).await.get(CLAIM).is_none());
        // A version that takes it no more gets it no more.
        super::sectors::publish(&gateway, coins.id.into(), &form("")).await.unwrap();
        let go = gateway.authorize(&mut tab, &silent).await;
        assert_eq!(told(&gateway, &coins, &sent_code(&go)).await.0, without);
    })
    .await;
}
