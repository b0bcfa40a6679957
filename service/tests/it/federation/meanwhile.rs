//! A connection is stopped, replaced or set up anew while somebody is at the provider.

use domain::ids::IdentityProviderId;
use service::federation::{Ending, FlowPage, Go};

use crate::harness::{Card, Client, Gateway, HANAKO, Shape, Tab, flow_of, on_both, parameter};

const REGISTER: [&str; 6] =
    ["resident", "eligibility", "consent_grant", "resident_session", "token_family", "usage_mark"];

/// On the way to a provider of the town: the only one, beside none.
async fn away(gateway: &Gateway<'_>, client: &Client, tab: &mut Tab) -> Go {
    let go = gateway.authorize(tab, &gateway.request(client, &[])).await;
    assert!(matches!(go, Go::Away(_)), "{go:?}");
    go
}

/// A page says so, the service hears a word for it, and nothing is written.
async fn ends(gateway: &Gateway<'_>, tab: &mut Tab, go: &Go, expected: Ending) {
    let FlowPage::Ended(page) = gateway.page(tab, go).await else { panic!("no outcome page: {go:?}") };
    assert_eq!(page.ending, expected);
    let step = gateway.world.service.leave_flow(&gateway.town.slug, flow_of(go), &tab.0).await.unwrap();
    assert!(parameter(&tab.take(step), "error").is_some());
    for table in REGISTER {
        assert_eq!(gateway.rows(table).await, 0, "{table}");
    }
}

async fn connected(gateway: &Gateway<'_>) -> (Card, IdentityProviderId, Client) {
    gateway.stop_the_sandbox().await;
    let card = Card::start(&gateway.world.clock).await;
    let id = gateway.connect(&card, Shape::Agency, &[]).await;
    (card, id, gateway.client("library", "").await)
}

// conforms: Our own
#[tokio::test]
async fn a_connection_that_is_stopped_or_replaced_meanwhile_ends_the_sign_in() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (card, id, library) = connected(&gateway).await;
        let (mut one, mut other) = (Tab::default(), Tab::default());
        let (at_one, at_other) = (away(&gateway, &library, &mut one).await, away(&gateway, &library, &mut other).await);

        gateway.stop(id).await;
        let go = gateway.attested_by(&card, &mut one, &at_one, HANAKO).await;
        ends(&gateway, &mut one, &go, Ending::Changed).await;
        // Another connection, to the very same provider, is not the one that was gone to.
        let next = gateway.connect(&card, Shape::Agency, &[]).await;
        assert_ne!(next, id);
        let go = gateway.attested_by(&card, &mut other, &at_other, HANAKO).await;
        ends(&gateway, &mut other, &go, Ending::Changed).await;
        assert_eq!(card.codes_presented(), 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_connection_that_is_stopped_while_the_consent_page_is_open_lets_nobody_in() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (card, id, library) = connected(&gateway).await;
        let mut tab = Tab::default();
        let go = away(&gateway, &library, &mut tab).await;
        let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
        let answer = gateway.agreeing(&tab, &go).await;
        gateway.stop(id).await;
        let go = gateway.answer(&mut tab, &go, answer).await;
        ends(&gateway, &mut tab, &go, Ending::Changed).await;
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_connection_that_is_set_up_anew_meanwhile_is_judged_by_what_it_says_now() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (card, id, library) = connected(&gateway).await;
        let mut tab = Tab::default();
        let go = away(&gateway, &library, &mut tab).await;
        gateway.set_up_anew(id, &card, Shape::Agency, &[("level.0.ial", "1"), ("level.0.aal", "1")]).await;
        let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
        ends(&gateway, &mut tab, &go, Ending::TooWeak).await;
    })
    .await;
}
