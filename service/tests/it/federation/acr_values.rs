//! `acr_values`: a level that a service would like is gone for, is told as it was reached, and stands in nobody's way.

use service::federation::{Ending, FlowPage, Go, PasskeyAnswer};

use super::passkeys;
use crate::harness::device::Device;
use crate::harness::{Card, Client, Gateway, HANAKO, Shape, Tab, flow_of, on_both, sent_code};

const CARD: &str = "urn:machikagi:assurance:ial3-aal3";
const PASSKEY: &str = "urn:machikagi:assurance:ial3-aal2";

/// The level that a service is told.
async fn told(gateway: &Gateway<'_>, client: &Client, go: &Go) -> String {
    let tokens = gateway.redeem(client, &sent_code(go)).await.unwrap();
    gateway.claims(&tokens).await.text("acr").unwrap().to_owned()
}

/// Asks with words for levels.
async fn ask(gateway: &Gateway<'_>, client: &Client, tab: &mut Tab, words: &str, more: &[(&str, &str)]) -> Go {
    let more = [more, &[("acr_values", words)]].concat();
    gateway.authorize(tab, &gateway.request(client, &more)).await
}

/// A browser in which somebody signed in with a passkey, on that device.
async fn with_passkey(gateway: &Gateway<'_>, client: &Client) -> (Tab, Device) {
    let (mut tab, mut device) = (Tab::default(), Device::new("device"));
    gateway.first_sign_in(&mut tab, client, HANAKO, "openid residency").await;
    passkeys::add(gateway, &mut tab, &mut device).await;
    let mut tab = passkeys::next_morning(&tab);
    let go = passkeys::sign_in(gateway, &mut tab, &gateway.request(client, &[]), &device).await.unwrap();
    assert_eq!(told(gateway, client, &go).await, PASSKEY);
    (tab, device)
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MAY; OpenID Connect Core 1.0 §5.5.1.1 SHOULD
#[tokio::test]
async fn a_level_that_is_asked_for_leads_from_the_passkey_to_the_card() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (tab, device) = with_passkey(&gateway, &library).await;
        // Where no page may be shown the answer is what is there, and says so.
        let go = ask(&gateway, &library, &mut tab.clone(), CARD, &[("prompt", "none")]).await;
        assert_eq!(told(&gateway, &library, &go).await, PASSKEY);
        // Any of several will do, and words that nobody knows ask for nothing.
        for words in [PASSKEY, "urn:machikagi:assurance:ial3-aal3 urn:machikagi:assurance:ial3-aal2", "gold loa4"] {
            let go = ask(&gateway, &library, &mut tab.clone(), words, &[]).await;
            assert_eq!(told(&gateway, &library, &go).await, PASSKEY, "{words}");
        }
        // `claims` asks for it as well, without insisting.
        let claims = format!(r#"{{"id_token":{{"acr":{{"value":"{CARD}"}}}}}}"#);
        for (name, value) in [("acr_values", CARD), ("claims", &claims)] {
            let mut tab = passkeys::next_morning(&tab);
            passkeys::sign_in(&gateway, &mut tab, &gateway.request(&library, &[]), &device).await.unwrap();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[(name, value)])).await;
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            assert_eq!(told(&gateway, &library, &go).await, CARD, "{name}");
            // The session is that of the card now.
            let go = ask(&gateway, &library, &mut tab, CARD, &[]).await;
            assert_eq!(told(&gateway, &library, &go).await, CARD, "{name}");
        }
        // Without a session, too: nobody is asked for a passkey that is not enough.
        let mut tab = passkeys::next_morning(&tab);
        let go = ask(&gateway, &library, &mut tab, CARD, &[]).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        assert_eq!(told(&gateway, &library, &go).await, CARD);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §5.5.1.1 SHOULD
#[tokio::test]
async fn a_level_that_is_only_wanted_keeps_nobody_out() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (tab, device) = with_passkey(&gateway, &library).await;
        // Who gives up at the reader goes on with the passkey, and is not sent back to the reader.
        let mut tab = passkeys::next_morning(&tab);
        let go = ask(&gateway, &library, &mut tab, CARD, &[]).await;
        let Go::Away(url) = &go else { panic!("not on the way to the card: {go:?}") };
        let declined = gateway.card.decline(url, "access_denied");
        let go = gateway.callback(&mut tab, &declined).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert!(page.ending == Ending::ProviderDeclined && page.may_use_passkey);
        let (service, slug, flow) = (&world.service, &gateway.town.slug, flow_of(&go));
        let go = tab.take(service.choose_passkey(slug, flow, &tab.0).await.unwrap());
        let FlowPage::SignIn(page) = gateway.page(&tab, &go).await else { panic!("no page that asks for a passkey") };
        let sent = device.sign(&page.options.unwrap());
        let PasskeyAnswer::Step(step) = service.answer_with_passkey(slug, flow, &tab.0, &sent).await.unwrap() else {
            panic!("refused")
        };
        assert_eq!(told(&gateway, &library, &tab.take(*step)).await, PASSKEY);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §5.5.1.1 SHOULD
#[tokio::test]
async fn nobody_is_sent_away_for_a_level_that_no_provider_attests() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let card = Card::start(&world.clock).await;
        gateway.connect(&card, Shape::Agency, &[("level.0.ial", "3"), ("level.0.aal", "2")]).await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = ask(&gateway, &library, &mut tab, CARD, &[]).await;
        let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
        let go = gateway.agree(&mut tab, &go).await;
        assert_eq!(told(&gateway, &library, &go).await, PASSKEY);
        let go = ask(&gateway, &library, &mut tab, CARD, &[]).await;
        assert_eq!(told(&gateway, &library, &go).await, PASSKEY);
    })
    .await;
}
