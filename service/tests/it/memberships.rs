//! Colleagues: lists, roles, ending access, resetting a second factor.

use domain::access::Role;
use domain::violations::Violation;
use service::accounts::PasswordOutcome;
use service::memberships::{MembershipFilter, MembershipSort, Obstacle};
use service::{Conflict, Error};

use crate::harness::{PASSWORD, Town, World, mail, on_both};

const WHY: &str = "異動のため";

async fn names(world: &World, town: &Town, filter: MembershipFilter) -> Vec<String> {
    let list = world.service.list_memberships(&town.auditor().await, &filter).await.unwrap();
    list.rows.into_iter().map(|row| row.display_name).collect()
}

#[tokio::test]
async fn the_list_searches_filters_sorts_and_pages() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let filter = MembershipFilter::default;
        assert_eq!(
            names(&world, &town, filter()).await,
            ["showa admin", "showa analyst", "showa approver", "showa auditor", "showa drafter"]
        );
        assert_eq!(names(&world, &town, MembershipFilter { descending: true, ..filter() }).await[0], "showa drafter");
        let found = MembershipFilter { search: " APPROVER@showa ".to_owned(), ..filter() };
        assert_eq!(names(&world, &town, found).await, ["showa approver"]);
        let literally = MembershipFilter { search: "%".to_owned(), ..filter() };
        assert_eq!(names(&world, &town, literally).await, Vec::<String>::new());
        let admins = MembershipFilter { role: Some(Role::Admin), ..filter() };
        assert_eq!(names(&world, &town, admins).await, ["showa admin"]);

        for number in 0..18 {
            let person = world.person(&format!("clerk{number:02}@example.jp"), false).await;
            world.join(&town, &person, &format!("職員{number:02}"), &[Role::Drafter]).await;
        }
        let second = MembershipFilter { offset: 20, limit: 10, sort: MembershipSort::Name, ..filter() };
        let list = world.service.list_memberships(&town.admin().await, &second).await.unwrap();
        assert_eq!((list.total, list.rows.len()), (23, 3));
        assert_eq!(list.rows[2].roles, [Role::Drafter]);
        assert_eq!(list.rows[2].second_factor_since, None);
    })
    .await;
}

#[tokio::test]
async fn of_two_towns_each_sees_its_own_colleagues() {
    on_both(async |world| {
        let (showa, seki) = (world.town("showa").await, world.town("seki").await);
        let stranger = seki.account(Role::Drafter);
        let admin = showa.admin().await;
        let list = world.service.list_memberships(&admin, &MembershipFilter::default()).await.unwrap();
        assert!(list.rows.iter().all(|row| row.mail.ends_with("@showa.example.jp")));
        assert!(matches!(world.service.membership(&admin, stranger).await, Err(Error::NotFound)));
        let changed = world.service.change_roles(&admin, stranger, 1, &[Role::Admin], WHY).await;
        assert!(matches!(changed, Err(Error::NotFound)));
        assert!(matches!(world.service.end_access(&admin, stranger, 1, WHY).await, Err(Error::NotFound)));
        assert!(matches!(world.service.reset_second_factor(&admin, stranger, WHY).await, Err(Error::NotFound)));
        assert_eq!(world.rows_where(&seki, "membership", "revision = 1 and ended_at is null").await, 5);
        assert_eq!(world.rows_of(&showa, "audit_entry").await, 6, "what was refused is not in the trail");
    })
    .await;
}

#[tokio::test]
async fn roles_decide_who_may() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let somebody = town.account(Role::Drafter);
        for role in [Role::Drafter, Role::Approver, Role::Auditor] {
            let caller = town.caller(role).await;
            let view = world.service.membership(&caller, somebody).await.unwrap();
            assert_eq!(view.change_roles, Err(Obstacle::Role));
            let changed = world.service.change_roles(&caller, somebody, 1, &[Role::Admin], WHY).await;
            assert!(matches!(changed, Err(Error::Denied)));
            assert!(matches!(world.service.end_access(&caller, somebody, 1, WHY).await, Err(Error::Denied)));
            let reset = world.service.reset_second_factor(&caller, somebody, WHY).await;
            assert!(matches!(reset, Err(Error::NotFound)), "a second factor is nothing that this role can see");
        }
        let analyst = town.analyst().await;
        assert!(matches!(world.service.membership(&analyst, somebody).await, Err(Error::NotFound)));
        let list = world.service.list_memberships(&analyst, &MembershipFilter::default()).await;
        assert!(matches!(list, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_revoked_role_acts_on_the_next_request_of_every_process() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.account(Role::Drafter);
        let elsewhere = world.another_process().await;
        let before = elsewhere.staff(drafter, &town.slug).await.unwrap().0;
        assert_eq!(before.colleague().unwrap().roles, [Role::Drafter]);
        let admin = town.admin().await;
        let revision = world.service.membership(&admin, drafter).await.unwrap().revision;
        world.service.change_roles(&admin, drafter, revision, &[Role::Analyst], WHY).await.unwrap();
        let after = elsewhere.staff(drafter, &town.slug).await.unwrap().0;
        assert_eq!(after.colleague().unwrap().roles, [Role::Analyst]);
        let list = elsewhere.list_memberships(&after, &MembershipFilter::default()).await;
        assert!(matches!(list, Err(Error::NotFound)));

        let revision = world.service.membership(&admin, drafter).await.unwrap().revision;
        world.service.end_access(&admin, drafter, revision, WHY).await.unwrap();
        assert!(matches!(elsewhere.staff(drafter, &town.slug).await, Err(Error::NotFound)));
        assert_eq!(world.rows_where(&town, "audit_entry", "action like 'membership.%'").await, 5 + 2);
        let ended = MembershipFilter { ended: true, ..MembershipFilter::default() };
        assert_eq!(names(&world, &town, ended).await, ["showa drafter"]);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let admin = town.account(Role::Admin);
        let caller = town.admin().await;
        let demoted = world.service.change_roles(&caller, admin, 1, &[Role::Auditor], WHY).await;
        assert!(matches!(demoted, Err(Error::Conflict(Conflict::LastAdmin))));
        assert!(matches!(world.service.end_access(&caller, admin, 1, WHY).await, Err(Error::Denied)));
        assert_eq!(world.rows_where(&town, "membership_role", "role = 'admin'").await, 1);

        let second = world.person("second@example.jp", true).await;
        world.join(&town, &second, "二人目", &[Role::Admin]).await;
        let by_second = world.service.staff(second.account, &town.slug).await.unwrap().0;
        // Each removes the other at the same moment: one of them stays.
        let caller = town.admin().await;
        let (one, other) = tokio::join!(
            world.service.end_access(&caller, second.account, 1, WHY),
            world.service.end_access(&by_second, admin, 1, WHY),
        );
        assert_eq!([one.is_ok(), other.is_ok()].into_iter().filter(|ended| *ended).count(), 1);
        assert_eq!(world.rows_where(&town, "membership_role", "role = 'admin'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_read_must_be_what_is_changed() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (admin, drafter) = (town.admin().await, town.account(Role::Drafter));
        world.service.change_roles(&admin, drafter, 1, &[Role::Approver], WHY).await.unwrap();
        let stale = world.service.change_roles(&admin, drafter, 1, &[Role::Drafter], WHY).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        let Err(Error::Invalid(violations)) = world.service.change_roles(&admin, drafter, 2, &[], " ").await else {
            panic!("neither roles nor a reason");
        };
        assert_eq!(violations.get("roles"), Some(Violation::Required));
        assert_eq!(violations.get("reason"), Some(Violation::Required));
        assert_eq!(world.rows_where(&town, "membership_role", "role = 'approver'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_reset_by_somebody_else_and_where_it_is_the_only_membership() {
    on_both(async |world| {
        let (showa, seki) = (world.town("showa").await, world.town("seki").await);
        let admin = showa.admin().await;
        let own = world.service.reset_second_factor(&admin, showa.account(Role::Admin), WHY).await;
        assert!(matches!(own, Err(Error::Denied)));

        let shared = world.person("shared@example.jp", true).await;
        world.join(&showa, &shared, "兼務", &[Role::Auditor]).await;
        world.join(&seki, &shared, "兼務", &[Role::Auditor]).await;
        let view = world.service.membership(&admin, shared.account).await.unwrap();
        assert_eq!(view.reset_second_factor, Err(Obstacle::SharedAccount));
        let reset = world.service.reset_second_factor(&admin, shared.account, WHY).await;
        assert!(matches!(reset, Err(Error::Conflict(Conflict::SharedAccount))));
        assert_eq!(world.rows("account where totp_enrolled_at is null").await, 0);

        let drafter = showa.account(Role::Drafter);
        assert_eq!(world.service.membership(&admin, drafter).await.unwrap().reset_second_factor, Ok(()));
        world.service.reset_second_factor(&admin, drafter, WHY).await.unwrap();
        assert_eq!(world.rows_where(&showa, "audit_entry", "action = 'second_factor.reset'").await, 1);
        let address = mail(&showa, Role::Drafter);
        let outcome = world.service.sign_in_password(&address, &PASSWORD.into(), "here").await.unwrap();
        assert_eq!(outcome, PasswordOutcome::Enrol(drafter));
        let view = world.service.membership(&admin, drafter).await.unwrap();
        assert_eq!(view.reset_second_factor, Err(Obstacle::NothingToReset));
    })
    .await;
}

#[tokio::test]
async fn access_that_was_ended_can_be_given_again() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let person = world.person("returns@example.jp", true).await;
        world.join(&town, &person, "戻る人", &[Role::Drafter]).await;
        world.service.end_access(&town.admin().await, person.account, 1, WHY).await.unwrap();
        assert!(matches!(world.service.staff(person.account, &town.slug).await, Err(Error::NotFound)));
        world.join(&town, &person, "戻った人", &[Role::Analyst]).await;
        let (caller, _) = world.service.staff(person.account, &town.slug).await.unwrap();
        assert_eq!(caller.colleague().unwrap().display_name, "戻った人");
        assert_eq!(caller.colleague().unwrap().roles, [Role::Analyst]);
    })
    .await;
}

#[tokio::test]
async fn what_a_url_says_is_at_most_refused() {
    on_both(async |world| {
        let admin = world.town("showa").await.admin().await;
        let far = MembershipFilter { offset: u64::MAX, limit: u64::MAX, ..MembershipFilter::default() };
        assert_eq!(world.service.list_memberships(&admin, &far).await.unwrap().rows, []);
        let nothing = MembershipFilter { search: "\0".to_owned(), ..MembershipFilter::default() };
        let answer = world.service.list_memberships(&admin, &nothing).await;
        assert!(!matches!(answer, Err(Error::Internal(_))), "{answer:?}");
    })
    .await;
}
