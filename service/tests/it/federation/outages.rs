//! An identity provider that does not answer, as staff see it.

use domain::access::Role;
use oidc::parameters::Parameters;
use service::Service;
use service::federation::{Go, Outage, ProviderContact, Sent};
use service::identity_providers::IdentityProviderView;

use crate::harness::{Client, Gateway, HANAKO, Mood, Tab, on_both, sent_code};

const HOUR: i64 = 3_600;

async fn fails(gateway: &Gateway<'_>, library: &Client) {
    let mut tab = Tab::default();
    gateway.card.behaves(Mood::Fine);
    let go = gateway.authorize(&mut tab, &gateway.request(library, &[])).await;
    gateway.card.behaves(Mood::Down);
    gateway.read_card(&mut tab, &go, HANAKO).await;
}

/// The town's only connection, as a server process shows it.
async fn seen(service: &Service, gateway: &Gateway<'_>) -> IdentityProviderView {
    service.identity_providers(&gateway.town.approver().await).await.unwrap().remove(0)
}

// conforms: Our own
#[tokio::test]
async fn an_outage_is_seen_by_every_server_process_and_outlives_each() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let other = world.gateway("mino").await;
        let library = gateway.client("library", "").await;
        let hour = world.clock.seconds() - world.clock.seconds() % HOUR;
        world.clock.advance(17 * 60);
        fails(&gateway, &library).await;
        assert_eq!(seen(&world.service, &gateway).await.contact, Some(ProviderContact::Failed));
        assert_eq!(world.service.note_outages().await.unwrap(), 1);
        // One that was started since, and one that was there before.
        let elsewhere = world.another_process().await;
        for service in [&world.service, &elsewhere] {
            let shown = seen(service, &gateway).await;
            assert_eq!(shown.contact, Some(ProviderContact::Failed));
            // An hour and no minute: nobody learns from it when somebody signed in.
            assert_eq!(shown.outage, Some(Outage { since: hour, last_seen: hour, ended_at: None }));
            let town = &gateway.town;
            let (admin, organisation) = service.staff(town.account(Role::Admin), &town.slug).await.unwrap();
            let overview = service.overview(&admin, &organisation).await.unwrap().provider.unwrap();
            assert!(overview.outage.is_some() && overview.contact == Some(ProviderContact::Failed));
        }
        assert_eq!(seen(&elsewhere, &other).await.outage, None, "another town's connection");

        world.clock.advance(2 * HOUR);
        fails(&gateway, &library).await;
        assert_eq!(world.service.note_outages().await.unwrap(), 1);
        let later = Outage { since: hour, last_seen: hour + 2 * HOUR, ended_at: None };
        assert_eq!(seen(&elsewhere, &gateway).await.outage, Some(later));
        // Somebody signs in by the other process: it looks now and then whether another one noted an outage.
        gateway.card.behaves(Mood::Fine);
        world.clock.advance(HOUR);
        let mut tab = Tab::default();
        let request = gateway.request(&library, &[("scope", "openid")]);
        let step = elsewhere.authorize(&gateway.town.slug, &Parameters::parse(&request), Sent::Get, &tab.0).await;
        let go = tab.take(step.unwrap());
        let Go::Away(url) = &go else { panic!("{go:?}") };
        let answer = Parameters::parse(&gateway.card.read(url, HANAKO));
        let step = elsewhere.answer_callback(&gateway.town.slug, None, &answer, &tab.0).await.unwrap();
        let go = tab.take(step);
        sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!(elsewhere.note_outages().await.unwrap(), 1);
        let over = Outage { ended_at: Some(hour + 3 * HOUR), ..later };
        let last = seen(&elsewhere, &gateway).await;
        assert_eq!((last.contact, last.outage), (Some(ProviderContact::Answered), Some(over)));
        assert_eq!(gateway.rows("provider_outage").await, 1);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_flood_of_failures_is_noted_once_and_an_end_when_somebody_gets_through() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        for _ in 0..40 {
            fails(&gateway, &library).await;
        }
        assert_eq!(gateway.rows("provider_outage").await, 0, "no sign-in writes");
        assert_eq!(world.service.note_outages().await.unwrap(), 1);
        for minute in 0..5 {
            fails(&gateway, &library).await;
            assert_eq!(world.service.note_outages().await.unwrap(), 0, "{minute}");
            world.clock.advance(60);
        }
        // The provider is asked by staff, and is there.
        gateway.card.behaves(Mood::Fine);
        let admin = gateway.town.admin().await;
        let connection = seen(&world.service, &gateway).await;
        world.service.test_identity_provider(&admin, connection.id).await.unwrap();
        assert_eq!(world.service.note_outages().await.unwrap(), 1);
        assert!(seen(&world.service, &gateway).await.outage.is_some_and(|outage| !outage.is_open()));
        // It fails again, and answers again: one that goes on is one row.
        fails(&gateway, &library).await;
        assert_eq!(world.service.note_outages().await.unwrap(), 1);
        gateway.card.behaves(Mood::Fine);
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        assert_eq!(world.service.note_outages().await.unwrap(), 1);
        for _ in 0..3 {
            world.clock.advance(60);
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            gateway.read_card(&mut tab, &go, HANAKO).await;
            assert_eq!(world.service.note_outages().await.unwrap(), 0);
        }
        assert_eq!(gateway.rows("provider_outage").await, 1);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn two_who_note_the_same_outage_at_the_same_moment_make_one_of_it() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let elsewhere = world.another_process().await;
        fails(&gateway, &library).await;
        // The other process does not even get the discovery document.
        let tab = Tab::default();
        let request = gateway.request(&library, &[]);
        elsewhere.authorize(&gateway.town.slug, &Parameters::parse(&request), Sent::Get, &tab.0).await.unwrap();
        let (one, other) = futures::join!(world.service.note_outages(), elsewhere.note_outages());
        assert!(one.unwrap() + other.unwrap() >= 1);
        assert_eq!(gateway.rows("provider_outage").await, 1);
        assert!(seen(&elsewhere, &gateway).await.outage.is_some_and(Outage::is_open));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn an_outage_of_a_connection_that_is_not_in_use_is_nobodys() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        fails(&gateway, &library).await;
        gateway.stop_the_sandbox().await;
        assert_eq!(world.service.note_outages().await.unwrap(), 0);
        assert_eq!(gateway.rows("provider_outage").await, 0);
    })
    .await;
}
