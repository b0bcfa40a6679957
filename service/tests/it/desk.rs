//! 窓口: what the card cannot decide is decided at the desk, by two clerks, and counts for that person under that rule alone.

use domain::access::Role;
use domain::calendar::Month;
use domain::ids::DeskRequestId;
use domain::locale::Locale;
use domain::residency::ReasonCode;
use domain::violations::Violation;
use secrecy::SecretString;
use service::audit::{ActKind, TrailFilter};
use service::desk::{AtDesk, Clearance, SecondClerk};
use service::federation::{DeskView, Ending, FlowPage, Go, Stop};
use service::gate::Caller;
use service::{Conflict, Error, Service};

use crate::harness::forms::reason;
use crate::harness::gateway::{Client, Gateway};
use crate::harness::{
    HANAKO, Holder, NAMESAKE, PASSWORD, Tab, Town, UNREADABLE, World, code_of, flow_of, mail, on_both, sent_code,
};

/// Two prefectures have a village of this name, and the card names neither.
const AMBIGUOUS: Holder = Holder { sub: "ambiguous", address: "昭和村大字架空6番地", ..HANAKO };

const DAY: i64 = 24 * 3_600;

fn until(text: &str) -> Month {
    text.parse().unwrap()
}

/// The outcome page of somebody whom the card does not place.
async fn undecided(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client, holder: Holder) -> Go {
    let go = gateway.authorize(tab, &gateway.request(client, &[])).await;
    let go = gateway.read_card(tab, &go, holder).await;
    assert!(matches!(&go, Go::To(path) if path.ends_with("/outcome")), "{go:?}");
    go
}

async fn ask(gateway: &Gateway<'_>, tab: &mut Tab, go: &Go) -> Go {
    let step = gateway.world.service.ask_desk_code(&gateway.town.slug, flow_of(go), &tab.0).await.unwrap();
    tab.take(step)
}

async fn go_on(gateway: &Gateway<'_>, tab: &mut Tab, go: &Go) -> Go {
    let step = gateway.world.service.go_on_after_desk(&gateway.town.slug, flow_of(go), &tab.0).await.unwrap();
    tab.take(step)
}

async fn desk(gateway: &Gateway<'_>, tab: &Tab, go: &Go) -> DeskView {
    match gateway.page(tab, go).await {
        FlowPage::Ended(view) => view.desk,
        _ => panic!("not on the outcome page"),
    }
}

/// The code on the page.
async fn given(gateway: &Gateway<'_>, tab: &mut Tab, go: &Go) -> String {
    let go = ask(gateway, tab, go).await;
    match desk(gateway, tab, &go).await {
        DeskView::Given { code, .. } => code,
        DeskView::Offered | DeskView::None => panic!("no code"),
    }
}

/// The request behind a code as it was typed.
async fn found(service: &Service, caller: &Caller, typed: &str) -> Result<DeskRequestId, Error> {
    match service.find_at_desk(caller, typed).await? {
        AtDesk::Undecided(id) => Ok(id),
        AtDesk::RenewedCard(_) => panic!("nobody has a renewed card here"),
    }
}

/// The request behind the code of somebody new.
async fn requested(gateway: &Gateway<'_>, client: &Client, holder: Holder) -> DeskRequestId {
    let mut tab = Tab::default();
    let go = undecided(gateway, &mut tab, client, holder).await;
    let code = given(gateway, &mut tab, &go).await;
    found(&gateway.world.service, &gateway.town.drafter().await, &code).await.unwrap()
}

/// What somebody types who confirms.
struct Typed {
    mail: String,
    password: SecretString,
    code: String,
}

impl Typed {
    fn of(world: &World, town: &Town, role: Role) -> Self {
        Self { mail: mail(town, role), password: PASSWORD.into(), code: code_of(&world.clock) }
    }

    fn nothing() -> Self {
        Self { mail: String::new(), password: SecretString::default(), code: String::new() }
    }
}

async fn clear(
    service: &Service,
    town: &Town,
    first: &Caller,
    id: DeskRequestId,
    month: &str,
    second: &Typed,
) -> Result<Clearance, Error> {
    let second =
        SecondClerk { mail: &second.mail, password: &second.password, code: &second.code, caller_key: "192.0.2.0/24" };
    service.clear_desk_request(first, &town.slug, id, until(month), &second).await
}

/// A drafter looks, an approver confirms.
async fn cleared_by_two(gateway: &Gateway<'_>, id: DeskRequestId) {
    let (world, town) = (gateway.world, &gateway.town);
    // A code of the authenticator is right once.
    world.clock.advance(60);
    let second = Typed::of(world, town, Role::Approver);
    let done = clear(&world.service, town, &town.drafter().await, id, "2027-03", &second).await.unwrap();
    assert!(matches!(done, Clearance::Recorded(_)));
}

#[tokio::test]
async fn what_the_card_cannot_decide_two_clerks_do() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (drafter, auditor) = (gateway.town.drafter().await, gateway.town.auditor().await);
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, AMBIGUOUS).await;
        assert!(matches!(desk(&gateway, &tab, &go).await, DeskView::Offered));
        assert_eq!(gateway.rows("desk_request").await, 0, "nothing is written for nothing");
        let code = given(&gateway, &mut tab, &go).await;
        assert_eq!(given(&gateway, &mut tab, &go).await, code, "asked again in the same flow");
        assert_eq!((gateway.rows("desk_request").await, gateway.rows("resident").await), (1, 0));
        let DeskView::Given { until: ends, .. } = desk(&gateway, &tab, &go).await else { panic!("no code") };
        assert_eq!((ends - world.clock.now()).whole_hours(), 72);
        // Nobody recorded anything yet.
        let still = go_on(&gateway, &mut tab, &go).await;
        assert!(matches!(&still, Go::To(path) if path.ends_with("/outcome?desk=not-yet")), "{still:?}");

        // However it is typed.
        let typed = code.to_lowercase().replace('-', " ").replace('0', "o");
        let id = found(&world.service, &drafter, &typed).await.unwrap();
        let view = world.service.desk_request(&drafter, &gateway.town.slug, id).await.unwrap();
        assert_eq!((view.reason, view.four_eyes), (ReasonCode::AddressAmbiguous, true));
        assert_eq!((view.earliest, view.latest), (until("2026-11"), until("2027-11")));
        assert_eq!((view.rule.get(Locale::Ja), view.services.len()), ("住民", 1));

        let second = Typed::of(&world, &gateway.town, Role::Approver);
        let done = clear(&world.service, &gateway.town, &drafter, id, "2027-03", &second).await.unwrap();
        let Clearance::Recorded(reference) = done else { panic!("not recorded") };
        // In the trail are both, under one reference, with the rule's name and nothing of the person.
        let trail = world
            .service
            .read_audit_trail(&auditor, &TrailFilter { limit: 50, ..TrailFilter::default() })
            .await
            .unwrap();
        let of = |kind| trail.entries.iter().find(|entry| entry.kind == Some(kind)).unwrap();
        let (first, confirmed) = (of(ActKind::DeskCleared), of(ActKind::DeskConfirmed));
        assert_eq!([&first.object_id, &confirmed.object_id], [&reference.to_string(); 2]);
        assert_eq!(first.actor_name.as_deref(), Some("showa drafter"));
        assert_eq!(confirmed.actor_name.as_deref(), Some("showa approver"));
        let text = first.text.clone().unwrap();
        assert_eq!((text.object.as_str(), text.before.len() + text.after.len()), ("住民", 0));

        // The page with the code is still open: on without the card.
        let go = go_on(&gateway, &mut tab, &go).await;
        let go = gateway.agree(&mut tab, &go).await;
        let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        let claims = gateway.claims(&tokens).await;
        assert_eq!(claims.get("urn:machikagi:claims:residency").unwrap()["valid_until"], "2027-03");
        assert_eq!(gateway.rows("desk_request").await, 0, "it is an eligibility now");
        let kept = "reason = 'checked_at_desk' and expires_month = '2027-03'";
        assert_eq!(world.rows_where(&gateway.town, "eligibility", kept).await, 1);

        // The card still says nothing: what was checked stands, until it ends.
        let mut other = Tab::default();
        let again = gateway.authorize(&mut other, &gateway.request(&library, &[])).await;
        sent_code(&gateway.read_card(&mut other, &again, AMBIGUOUS).await);
        assert_eq!(world.rows_where(&gateway.town, "eligibility", kept).await, 1);
        // What the card says against somebody is not overridden.
        let moved = Holder { sub: AMBIGUOUS.sub, ..NAMESAKE };
        let mut third = Tab::default();
        let again = gateway.authorize(&mut third, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut third, &again, moved).await;
        let FlowPage::Ended(page) = gateway.page(&third, &go).await else { panic!("not ended") };
        assert_eq!(page.ending, Ending::MovedAway);
        assert_eq!(gateway.rows("eligibility").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_found_at_the_desk_waits_for_the_card() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let id = requested(&gateway, &library, UNREADABLE).await;
        cleared_by_two(&gateway, id).await;
        world.clock.advance(10 * DAY);
        // Somebody else whom the card does not place has nothing of it.
        undecided(&gateway, &mut Tab::default(), &library, AMBIGUOUS).await;
        // A card that speaks against the person is heard.
        let moved = Holder { sub: UNREADABLE.sub, ..NAMESAKE };
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, moved).await;
        assert!(matches!(desk(&gateway, &tab, &go).await, DeskView::None));
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, UNREADABLE).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!(gateway.rows("desk_request").await, 0);
    })
    .await;
}

#[tokio::test]
async fn somebody_of_the_register_goes_to_the_desk_too() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let unread = Holder { address: UNREADABLE.address, ..HANAKO };
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, unread).await;
        let code = given(&gateway, &mut tab, &go).await;
        let id = found(&world.service, &gateway.town.drafter().await, &code).await.unwrap();
        cleared_by_two(&gateway, id).await;
        sent_code(&go_on(&gateway, &mut tab, &go).await);
        assert_eq!((gateway.rows("desk_request").await, gateway.rows("resident").await), (0, 1));
        assert_eq!(world.rows_where(&gateway.town, "eligibility", "reason = 'checked_at_desk'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_deletes_the_town_id_leaves_nothing_at_the_desk() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut home = Tab::default();
        gateway.first_sign_in(&mut home, &library, HANAKO, "openid").await;
        let unread = Holder { address: UNREADABLE.address, ..HANAKO };
        let _ = requested(&gateway, &library, unread).await;
        assert_eq!(gateway.rows("desk_request").await, 1);
        world.service.delete_town_id(&gateway.town.slug, &home.0).await.unwrap();
        assert_eq!((gateway.rows("desk_request").await, gateway.rows("resident").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn who_hands_over_something_reads_the_card_again() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once").await;
        let mut tab = Tab::default();
        let request = gateway.request(&form, &[("scope", "openid residency name")]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, UNREADABLE).await;
        let code = given(&gateway, &mut tab, &go).await;
        let id = found(&world.service, &gateway.town.approver().await, &code).await.unwrap();
        cleared_by_two(&gateway, id).await;
        // Nothing of the card was kept in the flow.
        let go = go_on(&gateway, &mut tab, &go).await;
        let go = gateway.read_card(&mut tab, &go, UNREADABLE).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!(gateway.rows("desk_request").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_clearance_falls_with_the_version_that_asks_for_the_card_and_with_its_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let id = requested(&gateway, &library, UNREADABLE).await;
        cleared_by_two(&gateway, id).await;
        world.execute("update desk_request set cleared_number = 0", Some(&gateway.town)).await;
        undecided(&gateway, &mut Tab::default(), &library, UNREADABLE).await;
        world.execute("update desk_request set cleared_number = 1", Some(&gateway.town)).await;
        world.clock.advance(15 * DAY);
        undecided(&gateway, &mut Tab::default(), &library, UNREADABLE).await;
        world.service.sweep_expired().await.unwrap();
        assert_eq!(gateway.rows("desk_request").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_code_ends_and_is_used_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let drafter = gateway.town.drafter().await;
        let unknown = |result: Result<_, Error>| {
            matches!(&result, Err(Error::Invalid(wrong)) if wrong.get("desk_code") == Some(Violation::Unknown))
        };
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, UNREADABLE).await;
        let code = given(&gateway, &mut tab, &go).await;
        // In another flow the person gets another one, and the first is over.
        let mut later = Tab::default();
        let go = undecided(&gateway, &mut later, &library, UNREADABLE).await;
        let second = given(&gateway, &mut later, &go).await;
        assert!(second != code && unknown(found(&world.service, &drafter, &code).await));
        assert_eq!(gateway.rows("desk_request").await, 1);
        // Used, it leads nowhere.
        let id = found(&world.service, &drafter, &second).await.unwrap();
        cleared_by_two(&gateway, id).await;
        assert!(unknown(found(&world.service, &drafter, &second).await));
        let slug = &gateway.town.slug;
        assert!(matches!(world.service.desk_request(&drafter, slug, id).await, Err(Error::NotFound)));
        assert!(world.service.refuse_desk_request(&drafter, slug, id).await.is_err());

        // Another person's runs out.
        let id = requested(&gateway, &library, AMBIGUOUS).await;
        world.clock.advance(3 * DAY + 3_600);
        assert!(matches!(world.service.desk_request(&drafter, slug, id).await, Err(Error::NotFound)));
        let late = clear(&world.service, &gateway.town, &drafter, id, "2026-12", &Typed::nothing()).await;
        assert!(matches!(late, Err(Error::NotFound)));
        assert_eq!(world.service.sweep_expired().await.unwrap(), 1);
        for wrong in ["", "-", "12345", "U2345678", "窓口コード", "' or 1=1 --"] {
            assert!(matches!(found(&world.service, &drafter, wrong).await, Err(Error::Invalid(_))), "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_confirms_alone() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (town, other) = (&gateway.town, world.town("mino").await);
        let library = gateway.client("library", "").await;
        let id = requested(&gateway, &library, UNREADABLE).await;
        let drafter = town.drafter().await;
        let nobody = world.nobody().await;
        let typed = |role| Typed::of(&world, town, role);
        let wrong: Vec<(&str, Typed)> = vec![
            ("nothing", Typed::nothing()),
            ("the first clerk", typed(Role::Drafter)),
            ("an analyst", typed(Role::Analyst)),
            ("the administrator", typed(Role::Admin)),
            ("the next town's approver", Typed::of(&world, &other, Role::Approver)),
            ("somebody of no town", Typed { mail: nobody.mail, ..typed(Role::Approver) }),
            ("a wrong password", Typed { password: "another long password".into(), ..typed(Role::Approver) }),
            ("a wrong code", Typed { code: "000000".to_owned(), ..typed(Role::Approver) }),
            ("a wrong recovery code", Typed { code: "0000-0000-0000-0000".to_owned(), ..typed(Role::Approver) }),
            ("no code", Typed { code: String::new(), ..typed(Role::Approver) }),
        ];
        for (who, typed) in wrong {
            let done = clear(&world.service, town, &drafter, id, "2027-03", &typed).await.unwrap();
            assert!(matches!(done, Clearance::NotConfirmed), "{who}");
        }
        // What is wrong with the month is said without looking at anybody's password.
        for month in ["2026-10", "2027-12", "2099-12"] {
            let refused = clear(&world.service, town, &drafter, id, month, &Typed::nothing()).await;
            assert!(
                matches!(&refused, Err(Error::Invalid(wrong)) if wrong.get("until") == Some(Violation::OutOfRange))
            );
        }
        assert_eq!(world.rows_where(town, "desk_request", "cleared_until is null").await, 1);
        assert_eq!(world.rows_where(town, "audit_entry", "object_kind = 'desk_request'").await, 0);

        // Wrong passwords are counted as at sign-in: in the end even the right one has to wait.
        for _ in 0..5 {
            let guess = Typed { password: "another long password".into(), ..typed(Role::Approver) };
            clear(&world.service, town, &drafter, id, "2027-03", &guess).await.unwrap();
        }
        let blocked = clear(&world.service, town, &drafter, id, "2027-03", &typed(Role::Approver)).await.unwrap();
        assert!(matches!(blocked, Clearance::NotConfirmed));
        world.clock.advance(3_600);
        let done = clear(&world.service, town, &drafter, id, "2027-03", &typed(Role::Approver)).await.unwrap();
        assert!(matches!(done, Clearance::Recorded(_)));
    })
    .await;
}

#[tokio::test]
async fn of_two_desks_one_is_faster() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let library = gateway.client("library", "").await;
        let id = requested(&gateway, &library, UNREADABLE).await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let elsewhere = world.another_process().await;
        let (second, first) = (Typed::of(&world, town, Role::Approver), Typed::of(&world, town, Role::Drafter));
        let (one, other) = tokio::join!(
            clear(&world.service, town, &drafter, id, "2027-03", &second),
            clear(&elsewhere, town, &approver, id, "2027-01", &first),
        );
        let recorded = |done: &Result<Clearance, Error>| matches!(done, Ok(Clearance::Recorded(_)));
        assert!(recorded(&one) != recorded(&other), "{:?} {:?}", one.err(), other.err());
        assert_eq!(world.rows_where(town, "audit_entry", "action = 'desk_request.cleared'").await, 1);
        assert_eq!(world.rows_where(town, "audit_entry", "action = 'desk_request.confirmed'").await, 1);
        for late in [one, other].into_iter().filter(|done| !recorded(done)) {
            assert!(matches!(late, Err(Error::NotFound | Error::Conflict(Conflict::State | Conflict::Stale))));
        }
    })
    .await;
}

#[tokio::test]
async fn without_four_eyes_one_clerk_is_enough() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let library = gateway.client("library", "").await;
        let admin = town.admin().await;
        let revision = world.service.tenant(&admin).await.unwrap().revision;
        world.service.set_four_eyes(&admin, revision, false, "担当が一人のため").await.unwrap();
        let id = requested(&gateway, &library, UNREADABLE).await;
        let alone = clear(&world.service, town, &town.drafter().await, id, "2027-03", &Typed::nothing()).await.unwrap();
        assert!(matches!(alone, Clearance::NotConfirmed), "from tomorrow on");
        world.clock.advance(DAY);
        let alone = clear(&world.service, town, &town.drafter().await, id, "2027-03", &Typed::nothing()).await.unwrap();
        assert!(matches!(alone, Clearance::Recorded(_)));
        assert_eq!(world.rows_where(town, "audit_entry", "object_kind = 'desk_request'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_desk_is_its_own_towns_and_for_drafters_and_approvers() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (town, other) = (&gateway.town, world.town("mino").await);
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, UNREADABLE).await;
        let code = given(&gateway, &mut tab, &go).await;
        let service = &world.service;
        let id = found(service, &town.approver().await, &code).await.unwrap();
        for role in [Role::Admin, Role::Analyst, Role::Auditor] {
            let caller = town.caller(role).await;
            assert!(matches!(found(service, &caller, &code).await, Err(Error::NotFound)), "{role}");
            assert!(matches!(service.desk_request(&caller, &town.slug, id).await, Err(Error::NotFound)), "{role}");
            let done = clear(service, town, &caller, id, "2027-03", &Typed::of(&world, town, Role::Approver)).await;
            assert!(matches!(done, Err(Error::NotFound)), "{role}");
            let done = service.refuse_desk_request(&caller, &town.slug, id).await;
            assert!(matches!(done, Err(Error::NotFound)), "{role}");
        }
        let foreign = other.drafter().await;
        let found = found(service, &foreign, &code).await;
        assert!(matches!(&found, Err(Error::Invalid(wrong)) if wrong.get("desk_code") == Some(Violation::Unknown)));
        for slug in [&other.slug, &town.slug] {
            assert!(matches!(service.desk_request(&foreign, slug, id).await, Err(Error::NotFound)));
            assert!(service.refuse_desk_request(&foreign, slug, id).await.is_err());
        }
        assert_eq!(gateway.rows("desk_request").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_eligible_leaves_nothing() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, UNREADABLE).await;
        let code = given(&gateway, &mut tab, &go).await;
        let drafter = gateway.town.drafter().await;
        let id = found(&world.service, &drafter, &code).await.unwrap();
        world.service.refuse_desk_request(&drafter, &gateway.town.slug, id).await.unwrap();
        assert_eq!(gateway.rows("desk_request").await, 0);
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", "action = 'desk_request.refused'").await, 1);
        let still = go_on(&gateway, &mut tab, &go).await;
        assert!(matches!(&still, Go::To(path) if path.ends_with("?desk=not-yet")), "{still:?}");
    })
    .await;
}

#[tokio::test]
async fn a_suspended_service_sends_nobody_to_the_desk() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, UNREADABLE).await;
        world.service.suspend_relying_party(&gateway.town.approver().await, library.id, &reason()).await.unwrap();
        assert_eq!(ask(&gateway, &mut tab, &go).await, Go::Stop(Stop::Suspended));
        assert_eq!(go_on(&gateway, &mut tab, &go).await, Go::Stop(Stop::Suspended));
        assert_eq!(gateway.rows("desk_request").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_full_desk_gives_no_code() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let town = &gateway.town;
        let bytes = |number: u32| match world.database_url().starts_with("sqlite") {
            true => format!("x'{number:08x}'"),
            false => format!("'\\x{number:08x}'::bytea"),
        };
        let row = |number: u32| {
            let id = world.literal(uuid::Uuid::from_u128(number.into()));
            let (organisation, rule) = (world.literal(town.organisation.uuid()), world.literal(gateway.rule.uuid()));
            let bytes = bytes(number);
            format!("({organisation}, {id}, {bytes}, {rule}, 'address_unknown', {bytes}, 4000000000)")
        };
        let rows: Vec<String> = (0..500).map(row).collect();
        let columns = "organisation_id, id, subject_digest, rule_id, reason, code_hash, expires_at";
        world.execute(&format!("insert into desk_request ({columns}) values {}", rows.join(", ")), Some(town)).await;
        let mut tab = Tab::default();
        let go = undecided(&gateway, &mut tab, &library, UNREADABLE).await;
        let full = ask(&gateway, &mut tab, &go).await;
        assert!(matches!(&full, Go::To(path) if path.ends_with("?desk=full")), "{full:?}");
        assert_eq!(gateway.rows("desk_request").await, 500);
        assert!(matches!(desk(&gateway, &tab, &go).await, DeskView::Offered));
    })
    .await;
}

#[tokio::test]
async fn the_towns_own_page_has_a_desk_as_well() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        let mut tab = Tab::default();
        let step = world.service.begin_town_sign_in(&gateway.town.slug, &tab.0).await.unwrap();
        let go = tab.take(step);
        let go = gateway.read_card(&mut tab, &go, UNREADABLE).await;
        let code = given(&gateway, &mut tab, &go).await;
        let id = found(&world.service, &gateway.town.drafter().await, &code).await.unwrap();
        cleared_by_two(&gateway, id).await;
        let go = go_on(&gateway, &mut tab, &go).await;
        let go = gateway.agree(&mut tab, &go).await;
        assert!(matches!(&go, Go::To(path) if path.ends_with("/me")), "{go:?}");
        assert_eq!((gateway.rows("desk_request").await, gateway.rows("eligibility").await), (0, 1));
    })
    .await;
}
