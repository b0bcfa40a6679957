//! The demo is what people see first: it is whole, it can be made twice, and it goes through the doors that everybody uses.

use std::sync::Arc;

use domain::calendar::Month;
use domain::configuration::ConfigurationKind;
use domain::names::{MailAddress, TenantSlug};
use secrecy::SecretString;
use service::Service;
use service::accounts::PasswordOutcome;
use service::configuration::{ListFilter, Standing};
use service::demo::Demo;
use service::gate::Caller;

use crate::harness::{START, World, on_both};

async fn made(world: &World) -> (Arc<Service>, Demo) {
    let begins = Service::demo_begins(START);
    world.clock.advance(begins.unix_timestamp() - world.clock.seconds());
    let mut demo = world.service.plan_demo().unwrap();
    world.service.seed_demo(START, &mut demo).await.unwrap();
    (Arc::clone(&world.service), demo)
}

async fn colleague(service: &Service, demo: &Demo, slug: &str, role: &str) -> Caller {
    let town = demo.towns.iter().find(|town| town.slug == slug).unwrap();
    let sign_in = town.staff.iter().find(|person| person.role == role).unwrap();
    let mail = MailAddress::parse(&sign_in.mail).unwrap();
    let password = SecretString::from(sign_in.password.clone());
    let PasswordOutcome::SecondFactor(account) =
        service.sign_in_password(mail.as_str(), &password, "demo").await.unwrap()
    else {
        panic!("{role} of {slug} signs in")
    };
    service.staff(account, &TenantSlug::parse(slug).unwrap()).await.unwrap().0
}

#[tokio::test]
async fn it_is_whole() {
    on_both(async |world| {
        let (service, demo) = made(&world).await;
        assert_eq!(demo.towns.len(), 5);
        assert!(demo.towns.iter().flat_map(|town| &town.relying_parties).all(|party| !party.client_secret.is_empty()));
        assert_eq!(world.clock.now(), START);

        let analyst = colleague(&service, &demo, "seki", "analyst").await;
        let (from, to): (Month, Month) = ("2025-11".parse().unwrap(), "2026-10".parse().unwrap());
        let report = service.read_usage(&analyst, from, to, false).await.unwrap();
        assert_eq!(report.months.len(), 12);
        let people = report.services[0].cells[&to].people().unwrap();
        assert_eq!(people.number(), 750);

        let analyst = colleague(&service, &demo, "showa", "analyst").await;
        let report = service.read_usage(&analyst, from, to, false).await.unwrap();
        assert!(report.services.iter().flat_map(|service| service.cells.values()).all(|cell| cell.people().is_none()));
        assert_eq!(report.years.len(), 1);
        assert!(report.services.iter().all(|service| service.bands.len() == 1));
    })
    .await;
}

#[tokio::test]
async fn made_twice_it_stays_as_it_is() {
    on_both(async |world| {
        let (service, demo) = made(&world).await;
        let mut again = demo.clone();
        service.seed_demo(START, &mut again).await.unwrap();
        assert_eq!(again, demo);
        assert_eq!(world.rows("organisation").await, 5);
        assert_eq!(world.rows("account").await, 25);
    })
    .await;
}

#[tokio::test]
async fn cut_off_it_is_finished_later() {
    on_both(async |world| {
        let (service, demo) = made(&world).await;
        let mut forgotten = demo.clone();
        for party in forgotten.towns.iter_mut().flat_map(|town| &mut town.relying_parties) {
            party.client_secret.clear();
        }
        service.seed_demo(START, &mut forgotten).await.unwrap();
        assert!(
            forgotten.towns.iter().flat_map(|town| &town.relying_parties).all(|party| !party.client_secret.is_empty())
        );
    })
    .await;
}

#[tokio::test]
async fn further_towns_are_whole_and_can_be_added_to() {
    on_both(async |world| {
        let service = &world.service;
        let mut towns = Demo::default();
        service.plan_towns(2, &mut towns).unwrap();
        service.seed_towns(&mut towns).await.unwrap();
        let before = towns.clone();
        service.plan_towns(3, &mut towns).unwrap();
        service.seed_towns(&mut towns).await.unwrap();
        assert_eq!(towns.towns[..2], before.towns[..]);
        assert_eq!((world.rows("organisation").await, world.rows("account").await), (3, 3));
        assert!(towns.towns.iter().flat_map(|town| &town.relying_parties).all(|party| !party.client_secret.is_empty()));
        let drafter = colleague(service, &towns, "m011002", "drafter").await;
        let filter = ListFilter::default();
        let parties = service.list_configurations(&drafter, ConfigurationKind::RelyingParty, &filter).await.unwrap();
        assert_eq!((parties.total, parties.rows[0].standing), (1, Standing::Published));
    })
    .await;
}
