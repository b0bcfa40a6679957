//! A level is worth what its connection attests today: whatever was reached before, a town that lowers it is told no more than that.

use oidc::jose::Claims;
use service::federation::{Ending, FlowPage, Go};

use super::passkeys;
use crate::harness::device::Device;
use crate::harness::{Card, Client, Gateway, HANAKO, Shape, Tab, on_both, parameter, sent_code};

/// The settings in which the card's word stands for this level.
fn worth(ial: &'static str, aal: &'static str) -> [(&'static str, &'static str); 2] {
    [("level.0.ial", ial), ("level.0.aal", aal)]
}

/// A service that takes any level, and one that wants identity at the highest.
async fn services(gateway: &Gateway<'_>) -> (Client, Client) {
    let any = gateway
        .client_that("any", |form| (form.minimum_ial, form.minimum_aal) = ("1".to_owned(), "1".to_owned()))
        .await;
    let strict = gateway
        .client_that("strict", |form| (form.minimum_ial, form.minimum_aal) = ("3".to_owned(), "2".to_owned()))
        .await;
    (any, strict)
}

async fn first_sign_in(gateway: &Gateway<'_>, card: &Card, tab: &mut Tab, client: &Client) -> Claims {
    let go = gateway.authorize(tab, &gateway.request(client, &[])).await;
    let go = gateway.attested_by(card, tab, &go, HANAKO).await;
    let go = gateway.agree(tab, &go).await;
    told(gateway, client, &go).await
}

/// What a service is told of a sign-in.
async fn told(gateway: &Gateway<'_>, client: &Client, go: &Go) -> Claims {
    gateway.claims(&gateway.redeem(client, &sent_code(go)).await.unwrap()).await
}

/// The level that a service is told by the session of a browser.
async fn by_session(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client) -> Result<String, String> {
    let go = gateway.authorize(tab, &gateway.request(client, &[("prompt", "none")])).await;
    match parameter(&go, "error") {
        Some(error) => Err(error),
        None => Ok(told(gateway, client, &go).await.text("acr").unwrap().to_owned()),
    }
}

fn acr(level: &str) -> String {
    format!("urn:machikagi:assurance:{level}")
}

// conforms: Our own
#[tokio::test]
async fn a_session_claims_no_level_that_its_connection_attests_no_more() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let card = Card::start(&world.clock).await;
        let id = gateway.connect(&card, Shape::Agency, &[]).await;
        let (any, strict) = services(&gateway).await;
        let mut tab = Tab::default();
        first_sign_in(&gateway, &card, &mut tab, &any).await;
        let go = gateway.authorize(&mut tab, &gateway.request(&strict, &[])).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
        for client in [&any, &strict] {
            assert_eq!(by_session(&gateway, &mut tab, client).await, Ok(acr("ial3-aal3")));
        }

        gateway.set_up_anew(id, &card, Shape::Agency, &worth("2", "2")).await;
        assert_eq!(by_session(&gateway, &mut tab, &any).await, Ok(acr("ial2-aal2")));
        let due = Err("interaction_required".to_owned());
        assert_eq!(by_session(&gateway, &mut tab, &strict).await, due);
        // One that was stopped says what it said last.
        gateway.stop(id).await;
        assert_eq!(by_session(&gateway, &mut tab, &any).await, Ok(acr("ial2-aal2")));
        gateway.activate_by_another(id).await;
        // The word means nothing any more.
        gateway.set_up_anew(id, &card, Shape::Agency, &[("level.0.acr", "aal9")]).await;
        assert_eq!(by_session(&gateway, &mut tab, &any).await, Ok(acr("ial1-aal1")));
        assert_eq!(by_session(&gateway, &mut tab, &strict).await, due);
        // Nothing is worth more than what was reached.
        gateway.set_up_anew(id, &card, Shape::Agency, &[]).await;
        assert_eq!(by_session(&gateway, &mut tab, &strict).await, Ok(acr("ial3-aal3")));
        // Where nobody knows which word it was, none is believed, least of all of a connection that was stopped.
        world.execute("update resident_session set level_word = null", Some(&gateway.town)).await;
        for stopped in [false, true] {
            if stopped {
                gateway.stop(id).await;
            }
            assert_eq!(by_session(&gateway, &mut tab, &any).await, Ok(acr("ial1-aal1")), "{stopped}");
            assert_ne!(by_session(&gateway, &mut tab, &strict).await, Ok(acr("ial3-aal3")), "{stopped}");
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_passkey_claims_the_identity_of_the_last_card_as_it_is_attested_today() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let card = Card::start(&world.clock).await;
        let id = gateway.connect(&card, Shape::Agency, &[]).await;
        let (any, strict) = services(&gateway).await;
        let (mut tab, mut device) = (Tab::default(), Device::new("device"));
        first_sign_in(&gateway, &card, &mut tab, &any).await;
        passkeys::add(&gateway, &mut tab, &mut device).await;
        let by_passkey = async |tab: &Tab| {
            let mut tab = passkeys::next_morning(tab);
            let go = passkeys::sign_in(&gateway, &mut tab, &gateway.request(&any, &[]), &device).await;
            let claims = told(&gateway, &any, &go.ok().unwrap()).await;
            (claims.text("acr").unwrap().to_owned(), tab)
        };
        assert_eq!(by_passkey(&tab).await.0, acr("ial3-aal2"));

        gateway.set_up_anew(id, &card, Shape::Agency, &worth("2", "1")).await;
        let (level, mut there) = by_passkey(&tab).await;
        assert_eq!(level, acr("ial2-aal2"), "what the passkey proves by itself nobody attested");
        assert_eq!(by_session(&gateway, &mut there, &any).await, Ok(acr("ial2-aal2")));
        let go = gateway.authorize(&mut there, &gateway.request(&strict, &[])).await;
        let FlowPage::Ended(page) = gateway.page(&there, &go).await else { panic!("no outcome page: {go:?}") };
        assert_eq!(page.ending, Ending::TooWeak);

        // The next card is of that level; what the word stood for before, or stands for later, does not raise it.
        let mut tab_with_card = Tab::default();
        let go = gateway.authorize(&mut tab_with_card, &gateway.request(&any, &[])).await;
        sent_code(&gateway.attested_by(&card, &mut tab_with_card, &go, HANAKO).await);
        gateway.set_up_anew(id, &card, Shape::Agency, &[]).await;
        assert_eq!(by_passkey(&tab).await.0, acr("ial2-aal2"));
        let mut tab_with_card = Tab::default();
        let go = gateway.authorize(&mut tab_with_card, &gateway.request(&any, &[])).await;
        sent_code(&gateway.attested_by(&card, &mut tab_with_card, &go, HANAKO).await);
        assert_eq!(by_passkey(&tab).await.0, acr("ial3-aal2"));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_level_that_is_lowered_while_the_consent_page_is_open_is_asked_for_again() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let card = Card::start(&world.clock).await;
        let id = gateway.connect(&card, Shape::Agency, &[]).await;
        let (any, _) = services(&gateway).await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&any, &[])).await;
        let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
        let answer = gateway.agreeing(&tab, &go).await;
        gateway.set_up_anew(id, &card, Shape::Agency, &worth("2", "2")).await;
        let go = gateway.answer(&mut tab, &go, answer).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::Changed);
        for table in ["resident", "resident_session", "token_family", "consent_grant"] {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
    })
    .await;
}
