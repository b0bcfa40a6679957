//! What needs attention: said to those who may know it, and gone when it is done.

use domain::access::Role;
use domain::configuration::EarlierEligibilities;
use domain::sign_in_health::SignInHealth;
use service::configuration::{Form, Submission};
use service::federation::ProviderContact;
use service::overview::{LastVerification, Overview};
use time::Duration;

use crate::harness::forms::{reason, rule};
use crate::harness::{HANAKO, Mood, Tab, Town, World, on_both, on_sqlite};

const DAY: i64 = 24 * 60 * 60;

async fn overview(world: &World, town: &Town, role: Role) -> Overview {
    let (caller, organisation) = world.service.staff(town.account(role), &town.slug).await.unwrap();
    world.service.overview(&caller, &organisation).await.unwrap()
}

#[tokio::test]
async fn a_secret_that_ends_soon_needs_another_one() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let party = world.publish_library(&town).await;
        let admin = town.admin().await;
        let in_days = |days| Some(world.service.today() + Duration::days(days));
        world.service.issue_client_secret(&admin, party, in_days(40)).await.unwrap();
        assert!(overview(&world, &town, Role::Admin).await.secrets.is_empty());
        world.clock.advance(15 * DAY);
        let ending = overview(&world, &town, Role::Admin).await.secrets;
        assert_eq!(ending.iter().map(|secret| secret.party).collect::<Vec<_>>(), [party]);
        assert!(overview(&world, &town, Role::Analyst).await.secrets.is_empty(), "not an analyst's to know");
        world.clock.advance(30 * DAY);
        assert_eq!(overview(&world, &town, Role::Admin).await.secrets.len(), 1, "it has ended by itself");
        world.service.issue_client_secret(&admin, party, in_days(365)).await.unwrap();
        assert!(overview(&world, &town, Role::Admin).await.secrets.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_not_published_on_its_day_is_said() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let id = world.service.draft_configuration(&drafter, &Form::ResidencyRule(rule("村民"))).await.unwrap();
        let seen = world.service.get_draft(&drafter, id).await.unwrap().seen;
        let tomorrow = world.service.today() + Duration::days(1);
        let submission = Submission {
            reason: reason(),
            effective_on: tomorrow,
            earlier_eligibilities: EarlierEligibilities::default(),
        };
        let request = world.service.submit_draft(&drafter, id, seen, &submission).await.unwrap();
        world.service.approve_request(&approver, request, 1, tomorrow, "").await.unwrap();
        assert!(overview(&world, &town, Role::Approver).await.overdue.is_empty());
        // The day comes, and no server published it.
        world.clock.advance(DAY);
        let overdue = overview(&world, &town, Role::Approver).await.overdue;
        assert_eq!(overdue.iter().map(|request| request.id).collect::<Vec<_>>(), [request]);
        assert!(overview(&world, &town, Role::Analyst).await.overdue.is_empty());
        world.service.run_due_jobs().await.unwrap();
        assert!(overview(&world, &town, Role::Approver).await.overdue.is_empty());
    })
    .await;
}

#[tokio::test]
async fn failing_sign_ins_are_a_state_of_the_service_and_of_the_provider() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let seen = async || overview(&world, &gateway.town, Role::Admin).await;
        let before = seen().await;
        assert_eq!((before.sign_ins, before.failing.len()), (Some(SignInHealth::Usual), 0));
        for _ in 0..12 {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            gateway.card.behaves(Mood::Down);
            gateway.read_card(&mut tab, &go, HANAKO).await;
            gateway.card.behaves(Mood::Fine);
        }
        let failing = seen().await;
        assert_eq!(failing.provider.unwrap().contact, Some(ProviderContact::Failed));
        let states: Vec<_> = failing.failing.iter().map(|(party, _, health)| (*party, *health)).collect();
        assert_eq!(states, [(library.id, SignInHealth::MostFail)]);
        assert_eq!(failing.sign_ins, Some(SignInHealth::MostFail));
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        assert_eq!(seen().await.provider.unwrap().contact, Some(ProviderContact::Answered));
    })
    .await;
}

#[tokio::test]
async fn the_last_verification_is_known_to_whom_the_trail_is_open() {
    on_both(async |world| {
        let town = world.town("showa").await;
        assert_eq!(overview(&world, &town, Role::Auditor).await.audit, LastVerification::Never);
        world.service.verify_audit_trail(&town.auditor().await).await.unwrap();
        let LastVerification::At { at, whole } = overview(&world, &town, Role::Auditor).await.audit else {
            panic!("it was verified")
        };
        assert_eq!((at, whole.is_some()), (world.clock.seconds(), true));
        assert_eq!(overview(&world, &town, Role::Approver).await.audit, LastVerification::Unknown);
        let mino = world.town("mino").await;
        let (caller, _) = world.service.staff(town.account(Role::Admin), &town.slug).await.unwrap();
        let (_, other) = world.service.staff(mino.account(Role::Admin), &mino.slug).await.unwrap();
        assert!(matches!(world.service.overview(&caller, &other).await, Err(service::Error::NotFound)));
    })
    .await;
}
