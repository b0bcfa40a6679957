//! A renewed card of which the provider says nothing: the resident's recovery number, two clerks at the desk, and the former town ID
//! by the new card.

use std::sync::Arc;

use domain::access::Role;
use domain::ids::RelinkRequestId;
use domain::violations::Violation;
use oidc::ErrorCode;
use secrecy::SecretString;
use service::audit::{ActKind, TrailFilter};
use service::desk::{AtDesk, Relinking, SecondClerk};
use service::federation::{Added, Go, Handed, RenewedCardPage, Stop};
use service::gate::Caller;
use service::{Conflict, Error, Service};

use super::passkeys;
use crate::harness::device::Device;
use crate::harness::{
    Client, Gateway, HANAKO, Holder, PASSWORD, TARO, Tab, Town, World, code_of, flow_of, mail, on_both, on_postgres,
    sent_code,
};

/// The same person with a renewed card, which to us is anybody's.
const RENEWED: Holder = Holder { sub: "hanako-2", ..HANAKO };

const DAY: i64 = 24 * 3_600;

/// Signs in at a service, the first time or again; the pseudonym.
async fn comes(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client, holder: Holder) -> String {
    let go = gateway.authorize(tab, &gateway.request(client, &[("prompt", "login")])).await;
    let go = gateway.read_card(tab, &go, holder).await;
    let go = if matches!(go, Go::To(_)) { gateway.agree(tab, &go).await } else { go };
    let tokens = gateway.redeem(client, &sent_code(&go)).await.unwrap();
    gateway.claims(&tokens).await.text("sub").unwrap().to_owned()
}

async fn page(gateway: &Gateway<'_>, tab: &Tab) -> RenewedCardPage {
    gateway.world.service.renewed_card_page(&gateway.town.slug, &tab.0).await.unwrap()
}

/// The number that the resident of a tab writes down.
async fn number(gateway: &Gateway<'_>, tab: &Tab) -> String {
    let made = gateway.world.service.make_recovery_number(&gateway.town.slug, &tab.0).await.unwrap();
    match made.handed {
        Some(Handed::Number(number)) => number.to_string(),
        _ => panic!("no number"),
    }
}

/// The desk code that the resident of a tab is given.
async fn code(gateway: &Gateway<'_>, tab: &Tab) -> String {
    let asked = gateway.world.service.ask_relink_code(&gateway.town.slug, &tab.0).await.unwrap();
    match asked.handed {
        Some(Handed::Code { code, until }) => {
            assert_eq!((until - gateway.world.clock.now()).whole_hours(), 72);
            code.to_string()
        }
        _ => panic!("no code"),
    }
}

async fn found(service: &Service, caller: &Caller, typed: &str) -> Result<RelinkRequestId, Error> {
    match service.find_at_desk(caller, typed).await? {
        AtDesk::RenewedCard(id) => Ok(id),
        AtDesk::Undecided(_) => panic!("something was decided about everybody here"),
    }
}

/// The request of the resident of a tab.
async fn requested(gateway: &Gateway<'_>, tab: &Tab) -> RelinkRequestId {
    let code = code(gateway, tab).await;
    found(&gateway.world.service, &gateway.town.drafter().await, &code).await.unwrap()
}

/// Somebody who was here with the former card and made a number, and is here with the new one and has a code.
struct Renewal {
    former: Tab,
    recent: Tab,
    number: String,
    request: RelinkRequestId,
    /// What the service calls them by the former card, and by the new one.
    subs: [String; 2],
}

async fn renewal(gateway: &Gateway<'_>, client: &Client) -> Renewal {
    let (mut former, mut recent) = (Tab::default(), Tab::default());
    let before = comes(gateway, &mut former, client, HANAKO).await;
    let number = number(gateway, &former).await;
    let after = comes(gateway, &mut recent, client, RENEWED).await;
    assert_ne!(before, after);
    let request = requested(gateway, &recent).await;
    Renewal { former, recent, number, request, subs: [before, after] }
}

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

async fn take_over(
    service: &Service,
    town: &Town,
    first: &Caller,
    (request, number): (RelinkRequestId, &str),
    second: &Typed,
) -> Result<Relinking, Error> {
    let second =
        SecondClerk { mail: &second.mail, password: &second.password, code: &second.code, caller_key: "192.0.2.0/24" };
    service.take_renewed_card_over(first, &town.slug, request, (number, "renewed"), &second).await
}

/// A drafter types the number in, an approver confirms.
async fn taken_over(gateway: &Gateway<'_>, request: RelinkRequestId, number: &str) -> Result<Relinking, Error> {
    let (world, town) = (gateway.world, &gateway.town);
    // A code of the authenticator is right once.
    world.clock.advance(60);
    let second = Typed::of(world, town, Role::Approver);
    take_over(&world.service, town, &town.drafter().await, (request, number), &second).await
}

fn wrong_number(result: &Result<Relinking, Error>) -> Option<Violation> {
    match result {
        Err(Error::Invalid(wrong)) => wrong.get("number"),
        _ => None,
    }
}

async fn acts(gateway: &Gateway<'_>, action: &str) -> i64 {
    gateway.world.rows_where(&gateway.town, "audit_entry", &format!("action = 'relink_request.{action}'")).await
}

// conforms: Our own
#[tokio::test]
async fn the_desk_puts_a_renewed_card_in_the_place_of_the_former_one() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let health = gateway.client("health", "").await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let mut device = Device::new("hanako");
        let Renewal { mut former, mut recent, number, request, subs } = renewal(&gateway, &library).await;
        assert!(matches!(passkeys::add(&gateway, &mut former, &mut device).await, Added::Done));
        let go = gateway.authorize(&mut former, &gateway.request(&library, &[])).await;
        let open = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        let at_health = comes(&gateway, &mut recent, &health, RENEWED).await;
        assert_eq!((gateway.rows("resident").await, gateway.rows("usage_mark").await), (2, 3));
        assert!(page(&gateway, &former).await.has_number && !page(&gateway, &recent).await.has_number);
        assert!(service.my_page(slug, &former.0).await.unwrap().has_recovery_number);

        let drafter = gateway.town.drafter().await;
        let view = service.relink_request(&drafter, slug, request).await.unwrap();
        assert!(view.four_eyes);
        // However it is typed.
        let typed = number.to_lowercase().replace('-', " ");
        let Relinking::Done(reference) = taken_over(&gateway, request, &typed).await.unwrap() else {
            panic!("not done")
        };

        // One town ID, which the new card leads to; at every service of the former one nothing has changed.
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (1, 0));
        for table in ["recovery_number", "relink_request", "resident_session", "resident_passkey"] {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
        assert!(gateway.userinfo(&open.access_token).await.is_err(), "a token from before");
        for tab in [&former, &recent] {
            assert!(matches!(service.my_page(slug, &tab.0).await, Err(Error::Unauthenticated)));
        }
        let mut tab = Tab::default();
        assert_eq!(comes(&gateway, &mut tab, &library, RENEWED).await, subs[0]);
        let own = service.my_page(slug, &tab.0).await.unwrap();
        assert!(own.relinked.is_some() && !own.merged && !own.has_recovery_number);
        assert_ne!(comes(&gateway, &mut Tab::default(), &health, RENEWED).await, at_health);
        assert_eq!(gateway.rows("usage_mark").await, 2, "one person at two services, counted once at each");
        // Where the former card leads, there is somebody new.
        let with_former = comes(&gateway, &mut Tab::default(), &library, HANAKO).await;
        assert!(!subs.contains(&with_former));
        assert_eq!(gateway.rows("resident").await, 2);

        // In the trail are both clerks, under one reference, with the reason and nobody's town ID.
        let all = TrailFilter { limit: 50, ..TrailFilter::default() };
        let trail = service.read_audit_trail(&gateway.town.auditor().await, &all).await.unwrap();
        let of = |kind| trail.entries.iter().find(|entry| entry.kind == Some(kind)).unwrap();
        let (first, confirmed) = (of(ActKind::RenewedCardTakenOver), of(ActKind::RenewedCardConfirmed));
        assert_eq!([&first.object_id, &confirmed.object_id], [&reference.to_string(); 2]);
        assert_eq!(first.actor_name.as_deref(), Some("showa drafter"));
        assert_eq!(confirmed.actor_name.as_deref(), Some("showa approver"));
        let text = first.text.clone().unwrap();
        assert_eq!(text.reason, "カードか電子証明書の期限が来て、新しくした");
        assert!(text.object.is_empty() && text.before.is_empty() && text.after.is_empty());
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn nothing_is_taken_over_without_the_number_of_a_former_town_id() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let elsewhere = world.gateway("mino").await;
        let there = elsewhere.client("library", "").await;
        let renewal = renewal(&gateway, &library).await;
        let (town, service, id) = (&gateway.town, &world.service, renewal.request);
        let replaced = renewal.number.clone();
        let present = number(&gateway, &renewal.former).await;
        assert_ne!(replaced, present);
        let mut neighbour = Tab::default();
        comes(&elsewhere, &mut neighbour, &there, Holder { address: "岐阜県美濃市1350番地", ..TARO }).await;
        let of_another_town = number(&elsewhere, &neighbour).await;
        let mut gone = Tab::default();
        comes(&gateway, &mut gone, &library, TARO).await;
        let of_nobody = number(&gateway, &gone).await;
        service.delete_town_id(&town.slug, &gone.0).await.unwrap();
        assert_eq!(gateway.rows("recovery_number").await, 1);
        let own = number(&gateway, &renewal.recent).await;
        let cases = [
            ("", Violation::Required),
            ("引き継ぎ番号", Violation::Malformed),
            ("7K2M-9XQ4", Violation::Malformed),
            ("' or 1=1 --", Violation::Malformed),
            ("0000-0000-0000-0000", Violation::Unknown),
            (&replaced, Violation::Unknown),
            (&of_another_town, Violation::Unknown),
            (&of_nobody, Violation::Unknown),
            (&own, Violation::Duplicate),
        ];
        for (typed, expected) in cases {
            // Said before anybody's password is looked at.
            let refused = take_over(service, town, &town.drafter().await, (id, typed), &Typed::nothing()).await;
            assert_eq!(wrong_number(&refused), Some(expected), "{typed}");
        }
        let unsaid = SecondClerk { mail: "", password: &SecretString::default(), code: "", caller_key: "192.0.2.0/24" };
        for reason in ["", "because"] {
            let typed = (present.as_str(), reason);
            let refused = service.take_renewed_card_over(&town.drafter().await, &town.slug, id, typed, &unsaid).await;
            assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("reason").is_some()), "{reason}");
        }
        assert_eq!((gateway.rows("resident").await, acts(&gateway, "taken_over").await), (2, 0));

        // The right one, once.
        taken_over(&gateway, id, &present).await.unwrap();
        let mut again = Tab::default();
        comes(&gateway, &mut again, &library, TARO).await;
        let request = requested(&gateway, &again).await;
        assert_eq!(wrong_number(&taken_over(&gateway, request, &present).await), Some(Violation::Unknown));
        assert_eq!((gateway.rows("resident").await, acts(&gateway, "taken_over").await), (2, 1));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_former_card_that_still_works_keeps_its_town_id() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let Renewal { number, request, .. } = renewal(&gateway, &library).await;
        world.clock.advance(2 * 3_600);
        let mut owner = Tab::default();
        comes(&gateway, &mut owner, &library, HANAKO).await;
        assert_eq!(wrong_number(&taken_over(&gateway, request, &number).await), Some(Violation::NotAllowed));
        assert_eq!((gateway.rows("resident").await, acts(&gateway, "taken_over").await), (2, 0));
        // Once that session is over nothing says so any more: there is no history of sign-ins.
        world.service.sign_out(&gateway.town.slug, &owner.0).await.unwrap();
        assert!(matches!(taken_over(&gateway, request, &number).await, Ok(Relinking::Done(_))));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn another_code_does_not_hide_that_the_former_card_was_used() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let Renewal { number, mut recent, .. } = renewal(&gateway, &library).await;
        world.clock.advance(2 * 3_600);
        comes(&gateway, &mut Tab::default(), &library, HANAKO).await;
        for _ in 0..2 {
            world.clock.advance(2 * 3_600);
            comes(&gateway, &mut recent, &library, RENEWED).await;
            let request = requested(&gateway, &recent).await;
            assert_eq!(wrong_number(&taken_over(&gateway, request, &number).await), Some(Violation::NotAllowed));
        }
        // Once no code stands any more, the next is the first; what is swept later changes nothing.
        world.clock.advance(3 * DAY);
        comes(&gateway, &mut Tab::default(), &library, HANAKO).await;
        world.clock.advance(3_600);
        comes(&gateway, &mut recent, &library, RENEWED).await;
        let request = requested(&gateway, &recent).await;
        assert_eq!(gateway.rows("relink_request").await, 1);
        assert!(matches!(taken_over(&gateway, request, &number).await, Ok(Relinking::Done(_))));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_waits_open_by_the_former_card_is_over_with_it() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let health = gateway.client("health", "").await;
        let slug = &gateway.town.slug;
        let Renewal { number, request, subs, .. } = renewal(&gateway, &library).await;
        // By the former card: before the consent of another service, and before the question of a merge with somebody else.
        let mut parked = Tab::default();
        let go = gateway.authorize(&mut parked, &gateway.request(&health, &[])).await;
        let consent = gateway.read_card(&mut parked, &go, HANAKO).await;
        let mut other = Tab::default();
        comes(&gateway, &mut other, &library, TARO).await;
        let step = world.service.begin_merge(slug, &other.0).await.unwrap();
        let go = other.take(step);
        let question = gateway.read_card(&mut other, &go, HANAKO).await;

        assert!(matches!(taken_over(&gateway, request, &number).await, Ok(Relinking::Done(_))));
        assert_eq!(gateway.agree(&mut parked, &consent).await, Go::Stop(Stop::FlowGone));
        let step = world.service.answer_merge(slug, flow_of(&question), &other.0, true).await.unwrap();
        assert_eq!(other.take(step), Go::To("/t/showa/me?done=merge-none".to_owned()));
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (2, 0));
        assert_eq!(comes(&gateway, &mut Tab::default(), &library, RENEWED).await, subs[0]);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_renewed_card_takes_two_clerks() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (town, other) = (&gateway.town, world.town("mino").await);
        let library = gateway.client("library", "").await;
        let Renewal { number, request, .. } = renewal(&gateway, &library).await;
        let (service, drafter) = (&world.service, town.drafter().await);
        let typed = |role| Typed::of(&world, town, role);
        for (who, second) in [
            ("nobody", Typed::nothing()),
            ("the first clerk", typed(Role::Drafter)),
            ("an analyst", typed(Role::Analyst)),
            ("the administrator", typed(Role::Admin)),
            ("the next town's approver", Typed::of(&world, &other, Role::Approver)),
            ("a wrong code", Typed { code: "000000".to_owned(), ..typed(Role::Approver) }),
        ] {
            let done = take_over(service, town, &drafter, (request, &number), &second).await.unwrap();
            assert!(matches!(done, Relinking::NotConfirmed), "{who}");
        }
        assert_eq!((gateway.rows("resident").await, acts(&gateway, "taken_over").await), (2, 0));

        let admin = town.admin().await;
        let revision = service.tenant(&admin).await.unwrap().revision;
        service.set_four_eyes(&admin, revision, false, "担当が一人のため").await.unwrap();
        world.clock.advance(DAY);
        let drafter = town.drafter().await;
        let alone = take_over(service, town, &drafter, (request, &number), &Typed::nothing()).await.unwrap();
        assert!(matches!(alone, Relinking::Done(_)));
        assert_eq!((acts(&gateway, "taken_over").await, acts(&gateway, "confirmed").await), (1, 0));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_renewed_card_is_for_its_own_towns_desk() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (town, other) = (&gateway.town, world.town("mino").await);
        let library = gateway.client("library", "").await;
        let Renewal { number, recent, .. } = renewal(&gateway, &library).await;
        let service = &world.service;
        let code = code(&gateway, &recent).await;
        let id = found(service, &town.approver().await, &code.to_lowercase()).await.unwrap();
        let refused = async |caller: &Caller, slug| {
            assert!(matches!(service.relink_request(caller, slug, id).await, Err(Error::NotFound)));
            let done = take_over(service, town, caller, (id, &number), &Typed::nothing()).await;
            assert!(matches!(done, Err(Error::NotFound)));
            assert!(matches!(
                service.refuse_renewed_card(caller, slug, id).await,
                Err(Error::NotFound | Error::Conflict(_))
            ));
        };
        for role in [Role::Admin, Role::Analyst, Role::Auditor] {
            let caller = town.caller(role).await;
            assert!(matches!(found(service, &caller, &code).await, Err(Error::NotFound)), "{role}");
            refused(&caller, &town.slug).await;
        }
        let foreign = other.drafter().await;
        let nowhere = found(service, &foreign, &code).await;
        assert!(matches!(nowhere, Err(Error::Invalid(wrong)) if wrong.get("desk_code") == Some(Violation::Unknown)));
        for slug in [&other.slug, &town.slug] {
            refused(&foreign, slug).await;
        }
        assert_eq!((gateway.rows("relink_request").await, gateway.rows("resident").await), (1, 2));
        assert_eq!(world.rows_where(&other, "audit_entry", "object_kind = 'relink_request'").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_code_for_a_renewed_card_ends_and_is_used_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let Renewal { number, recent, request, .. } = renewal(&gateway, &library).await;
        let (service, town, drafter) = (&world.service, &gateway.town, gateway.town.drafter().await);
        // A later code takes the place of an earlier one.
        let second = code(&gateway, &recent).await;
        assert!(matches!(service.relink_request(&drafter, &town.slug, request).await, Err(Error::NotFound)));
        let request = found(service, &drafter, &second).await.unwrap();
        assert_eq!(gateway.rows("relink_request").await, 1);
        // Refused, it leads nowhere, and neither town ID has changed.
        service.refuse_renewed_card(&drafter, &town.slug, request).await.unwrap();
        assert!(matches!(service.refuse_renewed_card(&drafter, &town.slug, request).await, Err(Error::Conflict(_))));
        assert!(matches!(taken_over(&gateway, request, &number).await, Err(Error::NotFound)));
        assert!(found(service, &drafter, &second).await.is_err());
        assert_eq!((gateway.rows("resident").await, acts(&gateway, "refused").await), (2, 1));
        // So does one that ran out, which is swept.
        let request = requested(&gateway, &recent).await;
        world.clock.advance(3 * DAY + 3_600);
        assert!(matches!(taken_over(&gateway, request, &number).await, Err(Error::NotFound)));
        service.sweep_expired().await.unwrap();
        assert_eq!((gateway.rows("relink_request").await, gateway.rows("recovery_number").await), (0, 1));
        // Who deletes the town ID takes number and code along.
        let mut tab = Tab::default();
        comes(&gateway, &mut tab, &library, HANAKO).await;
        requested(&gateway, &tab).await;
        service.delete_town_id(&town.slug, &tab.0).await.unwrap();
        assert_eq!((gateway.rows("relink_request").await, gateway.rows("recovery_number").await), (0, 0));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn numbers_and_codes_are_for_whoever_read_the_card() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let nobody = Tab::default();
        assert!(matches!(service.renewed_card_page(slug, &nobody.0).await, Err(Error::Unauthenticated)));
        assert!(matches!(service.make_recovery_number(slug, &nobody.0).await, Err(Error::Unauthenticated)));
        let mut tab = Tab::default();
        comes(&gateway, &mut tab, &library, HANAKO).await;
        assert!(page(&gateway, &tab).await.by_card);
        world.execute("update resident_session set amr = 'device_passkey'", Some(&gateway.town)).await;
        assert!(!page(&gateway, &tab).await.by_card);
        assert!(service.make_recovery_number(slug, &tab.0).await.unwrap().handed.is_none());
        assert!(service.ask_relink_code(slug, &tab.0).await.unwrap().handed.is_none());
        assert_eq!((gateway.rows("recovery_number").await, gateway.rows("relink_request").await), (0, 0));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn only_the_renewed_card_leads_to_a_former_town_id_that_several_did() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        // Both the former town ID and the recent one were merged with another.
        let further =
            |holder: Holder| Holder { sub: if holder.sub == HANAKO.sub { "third" } else { "fourth" }, ..holder };
        let merged = async |holder: Holder| {
            let mut tab = Tab::default();
            let sub = comes(&gateway, &mut tab, &library, holder).await;
            comes(&gateway, &mut Tab::default(), &library, further(holder)).await;
            let step = service.begin_merge(slug, &tab.0).await.unwrap();
            let go = tab.take(step);
            let go = gateway.read_card(&mut tab, &go, further(holder)).await;
            let step = service.answer_merge(slug, flow_of(&go), &tab.0, true).await.unwrap();
            tab.take(step);
            (tab, sub)
        };
        let (former, before) = merged(HANAKO).await;
        let number = number(&gateway, &former).await;
        let (recent, _) = merged(RENEWED).await;
        let request = requested(&gateway, &recent).await;
        // Something of the person waits at the desk under the new card.
        let waits = "insert into desk_request
            (organisation_id, id, subject_digest, rule_id, reason, code_hash, expires_at)
            select r.organisation_id, r.id, r.subject_digest, r.id, 'address_unknown', r.subject_digest, 9999999999
            from resident r join relink_request q on q.resident_id = r.id";
        world.execute(waits, Some(&gateway.town)).await;
        taken_over(&gateway, request, &number).await.unwrap();
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (1, 1));
        let own = "subject_digest in (select subject_digest from resident)";
        assert_eq!(world.rows_where(&gateway.town, "desk_request", own).await, 1);
        for holder in [RENEWED, further(RENEWED)] {
            assert_eq!(comes(&gateway, &mut Tab::default(), &library, holder).await, before);
        }
        for holder in [HANAKO, further(HANAKO)] {
            assert_ne!(comes(&gateway, &mut Tab::default(), &library, holder).await, before);
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn services_hear_of_the_town_id_that_ends_and_of_the_sessions() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway
            .client_that("library", |form| {
                form.client.events.delivery = "poll".to_owned();
                form.client.events.kinds = "town_id_deleted consent_withdrawn".to_owned();
                form.client.backchannel_logout_uri = "https://library.example.jp/logout".to_owned();
            })
            .await;
        let Renewal { number, request, .. } = renewal(&gateway, &library).await;
        taken_over(&gateway, request, &number).await.unwrap();
        let told =
            async |kind: &str| world.rows_where(&gateway.town, "service_notice", &format!("kind = '{kind}'")).await;
        assert_eq!((told("town_id_deleted").await, told("consent_withdrawn").await), (1, 0));
        assert_eq!(told("session_ended").await, 2, "by the former card and by the new one");
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn of_two_desks_with_renewed_cards_one_is_faster() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let library = gateway.client("library", "").await;
        let Renewal { number, request, subs, .. } = renewal(&gateway, &library).await;
        // Somebody else got hold of the number as well.
        let mut other = Tab::default();
        comes(&gateway, &mut other, &library, TARO).await;
        let of_other = requested(&gateway, &other).await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (second, first) = (Typed::of(&world, town, Role::Approver), Typed::of(&world, town, Role::Drafter));
        let elsewhere = world.another_process().await;
        let (one, two) = tokio::join!(
            take_over(&world.service, town, &drafter, (request, &number), &second),
            take_over(&elsewhere, town, &approver, (of_other, &number), &first),
        );
        let done = |result: &Result<Relinking, Error>| matches!(result, Ok(Relinking::Done(_)));
        assert!(done(&one) != done(&two), "{:?} {:?}", one.err(), two.err());
        let late = if done(&one) { &two } else { &one };
        assert!(
            wrong_number(late) == Some(Violation::Unknown) || matches!(late, Err(Error::Conflict(Conflict::State))),
            "{:?}",
            late.as_ref().err()
        );
        assert_eq!((acts(&gateway, "taken_over").await, acts(&gateway, "confirmed").await), (1, 1));
        assert_eq!((gateway.rows("resident").await, gateway.rows("recovery_number").await), (2, 0));
        let holder = if done(&one) { RENEWED } else { TARO };
        assert_eq!(comes(&gateway, &mut Tab::default(), &library, holder).await, subs[0]);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn the_same_request_at_two_desks_is_dealt_with_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let library = gateway.client("library", "").await;
        let Renewal { number, request, subs, .. } = renewal(&gateway, &library).await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (second, first) = (Typed::of(&world, town, Role::Approver), Typed::of(&world, town, Role::Drafter));
        let elsewhere = world.another_process().await;
        let (one, two) = tokio::join!(
            take_over(&world.service, town, &drafter, (request, &number), &second),
            take_over(&elsewhere, town, &approver, (request, &number), &first),
        );
        let done = |result: &Result<Relinking, Error>| matches!(result, Ok(Relinking::Done(_)));
        assert!(done(&one) != done(&two), "{:?} {:?}", one.err(), two.err());
        assert_eq!((acts(&gateway, "taken_over").await, gateway.rows("resident").await), (1, 1));
        assert_eq!(comes(&gateway, &mut Tab::default(), &library, RENEWED).await, subs[0]);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_residents_do_beside_the_desk_ends_in_one_town_id_or_begins_again() {
    on_postgres(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        for round in 0..6_i64 {
            let Renewal { number, request, former, recent, .. } = renewal(&gateway, &library).await;
            world.clock.advance(60);
            let (town, second) = (&gateway.town, Typed::of(&world, &gateway.town, Role::Approver));
            let drafter = town.drafter().await;
            let elsewhere: Arc<Service> = world.another_process().await;
            let leaving = if round % 2 == 0 { former } else { recent };
            let mut beside = Tab::default();
            let go = gateway.authorize(&mut beside, &gateway.request(&library, &[])).await;
            let (done, left, _) = tokio::join!(
                take_over(&world.service, town, &drafter, (request, &number), &second),
                elsewhere.delete_town_id(&town.slug, &leaving.0),
                gateway.read_card(&mut beside, &go, if round % 3 == 0 { HANAKO } else { RENEWED }),
            );
            assert!(
                matches!(left, Ok(()) | Err(Error::Unauthenticated | Error::NotFound)),
                "{round}: {:?}",
                left.err()
            );
            match &done {
                Ok(Relinking::Done(_)) | Err(Error::Conflict(_) | Error::NotFound) => {}
                other => assert!(wrong_number(other).is_some(), "{round}: {:?}", other.as_ref().err()),
            }
            world.execute("delete from resident", Some(&gateway.town)).await;
        }
    })
    .await;
}

async fn refused(gateway: &Gateway<'_>, client: &Client, code: &str) -> ErrorCode {
    gateway.redeem(client, code).await.err().unwrap().code
}

// conforms: Our own
#[tokio::test]
async fn a_code_ends_with_the_session_that_it_came_from() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let Renewal { mut former, number, request, .. } = renewal(&gateway, &library).await;
        let silent = gateway.request(&library, &[("prompt", "none")]);
        let code = sent_code(&gateway.authorize(&mut former, &silent).await);
        assert!(matches!(taken_over(&gateway, request, &number).await, Ok(Relinking::Done(_))));
        // As if it had been written while the desk was about to commit, and so was not seen there.
        world.execute("update token_family set revoked_at = null", Some(&gateway.town)).await;
        assert_eq!(refused(&gateway, &library, &code).await, ErrorCode::InvalidGrant);

        let mut tab = Tab::default();
        comes(&gateway, &mut tab, &library, TARO).await;
        let code = sent_code(&gateway.authorize(&mut tab, &silent).await);
        let kept = sent_code(&gateway.authorize(&mut tab, &silent).await);
        assert!(gateway.redeem(&library, &kept).await.is_ok());
        world.service.sign_out(&gateway.town.slug, &tab.0).await.unwrap();
        assert_eq!(refused(&gateway, &library, &code).await, ErrorCode::InvalidGrant);
    })
    .await;
}
