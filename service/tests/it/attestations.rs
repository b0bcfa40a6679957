//! 在勤・在学: codes that staff make, show once and revoke, and all ties of a kind at the turn of the fiscal year.

use domain::calendar::Month;
use domain::configuration::{ClauseForm, ResidencyRuleForm, SubjectType};
use domain::ids::AttestationBatchId;
use domain::residency::{AttestationBatch, AttestationBatchForm, AttestationKind};
use domain::violations::Violation;
use service::attestations::{BatchFilter, BatchSort, BatchStanding, TieEnd};
use service::gate::Caller;
use service::{Conflict, Error};

use crate::harness::{Gateway, HANAKO, Tab, Town, World, forms, on_both, sent_code};

const DAY: i64 = 24 * 60 * 60;

fn batch(world: &World, name: &str, count: u16) -> AttestationBatch {
    let form = AttestationBatchForm {
        kind: "work".to_owned(),
        name: name.to_owned(),
        count: count.to_string(),
        until: "2027-03".to_owned(),
        redeem_until: "2026-12-31".to_owned(),
    };
    AttestationBatch::parse(&form, world.service.today()).unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Does as if so many codes of a town had been redeemed.
async fn redeem(world: &World, town: &Town, count: u16) {
    let sql = format!("delete from attestation_code where hash in (select hash from attestation_code limit {count})");
    world.execute(&sql, Some(town)).await;
}

/// Everybody in a town's register works there, until March.
async fn everybody_works_there(world: &World, town: &Town) {
    let key = world.literal(town.organisation.uuid());
    let sql = format!(
        "insert into attestation (organisation_id, resident_id, kind, until_month)
         select organisation_id, id, 'work', '2027-03' from resident where organisation_id = {key}"
    );
    world.execute(&sql, Some(town)).await;
}

#[tokio::test]
async fn codes_are_shown_once_and_rest_as_digests() {
    on_both(async |world| {
        let town = world.town("seki").await;
        let drafter = town.drafter().await;
        let issued = world.service.create_attestation_batch(&drafter, &batch(&world, "関市立高校", 100)).await.unwrap();
        assert_eq!((issued.codes.len(), issued.batch.total), (100, 100));
        assert_eq!(issued.batch.standing, BatchStanding::Open);
        assert_eq!(world.rows_where(&town, "attestation_code", "length(hash) = 32").await, 100);
        for (place, bytes) in world.places(town.organisation).await {
            for code in issued.codes.iter().take(3) {
                let written = code.to_string();
                for form in [written.as_bytes(), written.replace('-', "").as_bytes(), code.bytes()] {
                    assert!(!bytes.windows(form.len()).any(|window| window == form), "a code in {place}");
                }
            }
        }
        let more = world.service.add_attestation_codes(&drafter, issued.batch.id, 20).await.unwrap();
        assert_eq!((more.codes.len(), more.batch.total), (20, 120));
        assert_eq!(world.rows_of(&town, "attestation_code").await, 120);
        let noted = world.rows_where(&town, "audit_entry", "action = 'attestation_batch.codes_made'").await;
        assert_eq!(noted, 2);
        assert_eq!(world.rows_where(&town, "audit_text", "body like '%在勤 100件 2027年3月まで%'").await, 1);
        assert_eq!(world.rows_where(&town, "audit_text", "body like '%関市立高校%'").await, 0, "kept for good");
    })
    .await;
}

#[tokio::test]
async fn how_many_were_redeemed_is_said_where_neither_they_nor_the_rest_are_few() {
    on_both(async |world| {
        let town = world.town("seki").await;
        let admin = town.admin().await;
        let id =
            world.service.create_attestation_batch(&admin, &batch(&world, "関市立高校", 100)).await.unwrap().batch.id;
        let shown = async || {
            let view = world.service.attestation_batch(&admin, id).await.unwrap();
            let listed = world.service.list_attestation_batches(&admin, &BatchFilter::default()).await.unwrap();
            assert_eq!(listed.rows, std::slice::from_ref(&view));
            view.redeemed.map(|figure| figure.number())
        };
        assert_eq!(shown().await, None);
        redeem(&world, &town, 9).await;
        assert_eq!(shown().await, None, "nobody and few look alike");
        redeem(&world, &town, 36).await;
        assert_eq!(shown().await, Some(40));
        redeem(&world, &town, 50).await;
        assert_eq!(shown().await, None, "five are left");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_batch_keeps_a_coarse_count_and_no_code() {
    on_both(async |world| {
        let town = world.town("seki").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let id = world.service.create_attestation_batch(&drafter, &batch(&world, "", 60)).await.unwrap().batch.id;
        redeem(&world, &town, 33).await;
        world.service.revoke_attestation_batch(&approver, id).await.unwrap();
        assert_eq!(world.rows_of(&town, "attestation_code").await, 0);
        assert_eq!(world.rows_where(&town, "attestation_batch", "redeemed = 30").await, 1);
        let view = world.service.attestation_batch(&drafter, id).await.unwrap();
        assert_eq!((view.standing, view.ended_on), (BatchStanding::Revoked, Some(world.service.today())));
        let again = world.service.revoke_attestation_batch(&approver, id).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::State))));
        let more = world.service.add_attestation_codes(&drafter, id, 1).await;
        assert!(matches!(more, Err(Error::Conflict(Conflict::State))));
        assert_eq!(world.rows_where(&town, "audit_entry", "action = 'attestation_batch.revoked'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_desk_hands_out_one_code_at_a_time_of_one_batch_a_month() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let desk = async |kind, until: &str| world.service.issue_desk_code(&drafter, kind, month(until)).await;
        let first = desk(AttestationKind::Work, "2027-03").await.unwrap();
        let second = desk(AttestationKind::Work, "2027-03").await.unwrap();
        let school = desk(AttestationKind::School, "2027-03").await.unwrap();
        assert_eq!((first.codes.len(), first.batch.id), (1, second.batch.id));
        assert!(second.batch.total == 2 && second.batch.desk && second.batch.name.is_empty());
        assert_ne!(school.batch.id, first.batch.id);
        assert_eq!(first.batch.redeem_until.to_string(), "2026-12-31");
        world.clock.advance(20 * DAY);
        assert_ne!(desk(AttestationKind::Work, "2027-03").await.unwrap().batch.id, first.batch.id, "next month's");
        let other = desk(AttestationKind::Work, "2027-05").await;
        assert!(matches!(other, Err(Error::Invalid(wrong)) if wrong.get("until") == Some(Violation::OutOfRange)));
    })
    .await;
}

#[tokio::test]
async fn the_list_is_searched_filtered_sorted_and_paged() {
    on_both(async |world| {
        let town = world.town("seki").await;
        let admin = town.admin().await;
        for name in ["刃物工業", "関_高校", "関市立病院"] {
            world.service.create_attestation_batch(&admin, &batch(&world, name, 5)).await.unwrap();
            world.clock.advance(1);
        }
        world.service.issue_desk_code(&admin, AttestationKind::School, month("2027-03")).await.unwrap();
        let names = async |filter: BatchFilter| {
            let found = world.service.list_attestation_batches(&admin, &filter).await.unwrap();
            (found.rows.into_iter().map(|row| row.name).collect::<Vec<_>>(), found.matching, found.total)
        };
        let all = BatchFilter::default;
        assert_eq!(names(all()).await.0, ["", "関市立病院", "関_高校", "刃物工業"]);
        assert_eq!(names(BatchFilter { search: "関".into(), ..all() }).await.1, 2);
        assert_eq!(names(BatchFilter { search: "関_".into(), ..all() }).await.0, ["関_高校"]);
        assert_eq!(names(BatchFilter { search: "市\0立".into(), ..all() }).await.0, ["関市立病院"], "NUL");
        assert_eq!(names(BatchFilter { kind: Some(AttestationKind::School), ..all() }).await.0, [""]);
        let by_name = BatchFilter { sort: BatchSort::Name, descending: false, page: 1, size: 3, ..all() };
        assert_eq!(names(by_name).await, (vec!["関市立病院".to_owned()], 4, 4));
        world.clock.advance(60 * DAY);
        let open = BatchFilter { standing: Some(BatchStanding::Open), ..all() };
        let over = BatchFilter { standing: Some(BatchStanding::Over), ..all() };
        let revoked = BatchFilter { standing: Some(BatchStanding::Revoked), ..all() };
        assert_eq!((names(open).await.1, names(over).await.1, names(revoked).await.1), (0, 4, 0));
    })
    .await;
}

#[tokio::test]
async fn each_role_does_what_the_policy_says_and_no_other_town_is_touched() {
    on_both(async |world| {
        let (town, other) = (world.town("seki").await, world.town("mino").await);
        let admin = town.admin().await;
        let id = world.service.create_attestation_batch(&admin, &batch(&world, "", 5)).await.unwrap().batch.id;
        let list = async |caller: &Caller| {
            let found = world.service.list_attestation_batches(caller, &BatchFilter::default()).await.unwrap();
            (found.total, found.may_create, found.may_change_ties)
        };
        assert_eq!(list(&admin).await, (1, true, true));
        assert_eq!(list(&town.drafter().await).await, (1, true, false));
        assert_eq!(list(&town.approver().await).await, (1, false, true));
        assert_eq!(list(&town.auditor().await).await, (1, false, false));
        assert_eq!(list(&other.admin().await).await, (0, true, true));
        let unseen = world.service.list_attestation_batches(&town.analyst().await, &BatchFilter::default()).await;
        assert!(matches!(unseen, Err(Error::NotFound)));

        let refused = world.service.create_attestation_batch(&town.auditor().await, &batch(&world, "", 5)).await;
        assert!(matches!(refused, Err(Error::Denied)));
        let work = AttestationKind::Work;
        for caller in [town.drafter().await, town.auditor().await] {
            let ended = world.service.end_attestations(&caller, work, TieEnd::Now).await;
            let extended = world.service.extend_attestations(&caller, work, month("2027-09")).await;
            assert!(matches!((ended, extended), (Err(Error::NotFound), Err(Error::NotFound))));
        }
        let stranger = other.admin().await;
        let foreign = |result: Result<(), Error>| assert!(matches!(result, Err(Error::NotFound)));
        foreign(world.service.attestation_batch(&stranger, id).await.map(drop));
        foreign(world.service.add_attestation_codes(&stranger, id, 1).await.map(drop));
        foreign(world.service.revoke_attestation_batch(&stranger, id).await);
        let nowhere: AttestationBatchId = "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f".parse().unwrap();
        foreign(world.service.revoke_attestation_batch(&admin, nowhere).await);
        assert_eq!(world.rows_of(&town, "attestation_code").await, 5);
    })
    .await;
}

/// Residents, and people who work in the town.
fn rule_with_work() -> ResidencyRuleForm {
    let work = ClauseForm { ties: vec!["work".to_owned()], ..ClauseForm::default() };
    let mut form = forms::rule("住民と働く人");
    form.clauses.push(work);
    form
}

#[tokio::test]
async fn what_rests_on_a_tie_ends_with_it() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let rule = world.publish_rule(town, rule_with_work()).await;
        let (by_work, by_place) =
            (gateway.client_with("work", "", SubjectType::Pairwise, rule).await, gateway.client("library", "").await);
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &by_work, HANAKO, "openid").await;
        let tokens = gateway.redeem(&by_work, &code).await.unwrap();
        let go = gateway.authorize(&mut tab, &gateway.request(&by_place, &[])).await;
        let other = sent_code(&gateway.agree(&mut tab, &go).await);
        let others = gateway.redeem(&by_place, &other).await.unwrap();
        everybody_works_there(&world, town).await;
        let admin = town.admin().await;
        let (work, school) = (AttestationKind::Work, AttestationKind::School);

        world.service.end_attestations(&admin, school, TieEnd::Now).await.unwrap();
        assert_eq!(gateway.rows("attestation").await, 1);
        let with_december = TieEnd::parse("2026-12", world.service.today()).unwrap();
        assert_eq!(world.service.count_ended(&admin, work, with_december).await.unwrap(), None, "one person is few");
        world.service.end_attestations(&admin, work, with_december).await.unwrap();
        assert_eq!(world.rows_where(town, "attestation", "until_month = '2026-12'").await, 1);
        assert_eq!(world.rows_where(town, "eligibility", "expires_month = '2026-12'").await, 1);
        assert!(gateway.userinfo(&tokens.access_token).await.is_ok());

        world.service.end_attestations(&admin, work, TieEnd::Now).await.unwrap();
        assert_eq!(gateway.rows("attestation").await, 0);
        assert_eq!(gateway.rows("eligibility").await, 1, "the one by place alone stays");
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        assert!(gateway.userinfo(&others.access_token).await.is_ok());
        assert_eq!(world.rows_where(town, "audit_entry", "action = 'attestation.ended'").await, 3);
    })
    .await;
}

/// People who work there, each with an eligibility under a rule and consents to services, as if they had signed in.
async fn workers(world: &World, gateway: &Gateway<'_>, rule: uuid::Uuid, parties: &[uuid::Uuid], count: u128) {
    let (town, text) = (&gateway.town, world.literal(gateway.text.uuid()));
    let organisation = world.literal(town.organisation.uuid());
    let on_sqlite = organisation.starts_with('x');
    let (mut people, mut eligible, mut ties, mut grants) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in 1..=count {
        let id = world.literal(uuid::Uuid::from_u128(number));
        let digest = if on_sqlite { format!("x'{number:064x}'") } else { format!("'\\x{number:064x}'") };
        people.push(format!("({organisation}, {id}, {id}, {digest}, 1, 3, '2026-11')"));
        ties.push(format!("({organisation}, {id}, 'work', '2027-03')"));
        eligible.push(format!(
            "({organisation}, {id}, {}, 1, 'eligible', 'meets', 'card_surface', '2026-11', '2027-03')",
            world.literal(rule)
        ));
        for (at, party) in (1_u128..).zip(parties) {
            let grant = world.literal(uuid::Uuid::from_u128(at << 64 | number));
            let party = world.literal(*party);
            grants.push(format!("({organisation}, {grant}, {id}, {party}, {text}, 1, 'ja', 0, 'given', '2026-11-22')"));
        }
    }
    for (table, columns, rows) in [
        (
            "resident",
            "organisation_id, id, identity_provider_id, subject_digest, pepper_number, ial, since_month",
            people,
        ),
        ("attestation", "organisation_id, resident_id, kind, until_month", ties),
        (
            "eligibility",
            "organisation_id, resident_id, rule_id, rule_number, outcome, reason, address_source, verified_month, expires_month",
            eligible,
        ),
        (
            "consent_grant",
            "organisation_id, id, resident_id, relying_party_id, consent_text_id, consent_text_number, language, items, state, given_on",
            grants,
        ),
    ] {
        for rows in rows.chunks(300) {
            world.execute(&format!("insert into {table} ({columns}) values {}", rows.join(", ")), Some(town)).await;
        }
    }
}

/// More people than are looked at, and more notices than are written, in one statement.
#[tokio::test]
async fn when_ties_end_in_bulk_each_service_is_told_once_of_each_person() {
    const PEOPLE: i64 = 603;
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let rule = world.publish_rule(town, rule_with_work()).await;
        let mut told = Vec::new();
        for key in ["library", "gym"] {
            let client = gateway
                .client_that(key, |form| {
                    form.rule = rule.to_string();
                    form.client.events.delivery = "poll".to_owned();
                    form.client.events.kinds = "eligibility_ended".to_owned();
                })
                .await;
            told.push(client.id.uuid());
        }
        let silent = gateway.client_with("silent", "", SubjectType::Pairwise, rule).await.id.uuid();
        let by_place = gateway
            .client_that("place", |form| {
                form.client.events.delivery = "poll".to_owned();
                form.client.events.kinds = "eligibility_ended".to_owned();
            })
            .await;
        let parties = [told.as_slice(), &[silent, by_place.id.uuid()]].concat();
        workers(&world, &gateway, rule.uuid(), &parties, PEOPLE.unsigned_abs().into()).await;
        let admin = town.admin().await;
        for _ in 0..2 {
            world.service.end_attestations(&admin, AttestationKind::Work, TieEnd::Now).await.unwrap();
            for party in &told {
                let of_party = format!("relying_party_id = {}", world.literal(*party));
                assert_eq!(world.rows_where(town, "service_notice", &of_party).await, PEOPLE);
            }
            assert_eq!(world.rows_of(town, "service_notice").await, 2 * PEOPLE, "nobody else is told");
        }
        let twice = "subject in (select subject from service_notice group by subject having count(*) > 1)";
        assert_eq!(world.rows_where(town, "service_notice", twice).await, 0, "each pseudonym is told of once");
        assert_eq!(world.rows_of(town, "eligibility").await, 0);
        assert_eq!(world.rows_of(town, "attestation").await, 0);
    })
    .await;
}

#[tokio::test]
async fn all_ties_of_a_kind_are_extended_and_the_longer_ones_stay() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let library = gateway.client("library", "").await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        everybody_works_there(&world, town).await;
        let approver = town.approver().await;
        let work = AttestationKind::Work;
        assert_eq!(world.service.count_extended(&approver, work, month("2027-09")).await.unwrap(), None);
        world.service.extend_attestations(&approver, work, month("2027-09")).await.unwrap();
        world.service.extend_attestations(&approver, work, month("2027-03")).await.unwrap();
        world.service.extend_attestations(&approver, AttestationKind::School, month("2028-03")).await.unwrap();
        assert_eq!(world.rows_where(town, "attestation", "until_month = '2027-09'").await, 1);
        let refused = world.service.extend_attestations(&approver, work, month("2027-08")).await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("until") == Some(Violation::OutOfRange)));
        assert_eq!(world.rows_where(town, "audit_entry", "action = 'attestation.extended'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_deleted_by_the_job_of_its_day() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let town = &gateway.town;
        let library = gateway.client("library", "").await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        everybody_works_there(&world, town).await;
        world.service.create_attestation_batch(&town.admin().await, &batch(&world, "村役場", 20)).await.unwrap();
        redeem(&world, town, 11).await;
        let rows = async || {
            world.service.run_due_jobs().await.unwrap();
            (
                gateway.rows("attestation_batch").await,
                gateway.rows("attestation_code").await,
                gateway.rows("attestation").await,
            )
        };
        assert_eq!(rows().await, (1, 9, 1));
        // The last day is 31 December, in Japan.
        world.clock.advance(45 * DAY);
        assert_eq!(rows().await, (1, 9, 1));
        world.clock.advance(DAY);
        assert_eq!(rows().await, (1, 0, 1));
        assert_eq!(world.rows_where(town, "attestation_batch", "redeemed = 10").await, 1);
        world.clock.advance(91 * DAY);
        assert_eq!(rows().await, (1, 0, 0), "April has come");
        world.clock.advance(280 * DAY);
        assert_eq!(rows().await, (0, 0, 0));
    })
    .await;
}
