//! The audit chain against somebody who has the database in hand, and as those see it who may.

use domain::access::Role;
use domain::names::Reason;
use domain::violations::Violation;
use service::audit::{ActKind, Broken, Trail, TrailFilter, Verdict};
use service::{Conflict, Error};

use crate::harness::{Town, World, on_both};

/// Each town's trail begins with its creation and its five members of staff.
const BEGINNING: i64 = 6;

async fn verdict(world: &World, town: &Town, kept: Option<&str>) -> Verdict {
    world.service.audit_verify(&town.slug, kept).await.unwrap()
}

async fn assert_whole(world: &World, town: &Town, entries: i64) {
    let verdict = verdict(world, town, None).await;
    assert!(matches!(&verdict, Verdict::Whole(head) if head.entries == entries), "{verdict:?}");
}

/// What a verification finds after each of these, on a fresh town.
async fn after(sql: &[&str], expected: Broken) {
    on_both(async |world| {
        let town = world.town("mino").await;
        let kept = world.service.audit_head(&town.slug).await.unwrap();
        assert_whole(&world, &town, BEGINNING).await;
        for statement in sql {
            world.execute(statement, Some(&town)).await;
        }
        assert_eq!(verdict(&world, &town, None).await, Verdict::Broken(expected), "{sql:?}");
        assert!(matches!(verdict(&world, &town, Some(&kept)).await, Verdict::Broken(_)));
    })
    .await;
}

#[tokio::test]
async fn an_altered_entry_is_found() {
    after(&["update audit_entry set action = 'tenant.changed' where number = 3"], Broken::Altered(3)).await;
    after(&["update audit_entry set at = at - 60 where number = 1"], Broken::Altered(1)).await;
    after(&["update audit_entry set actor_id = organisation_id where number = 2"], Broken::Altered(2)).await;
    after(&["update audit_entry set object_id = '' where number = 6"], Broken::Altered(6)).await;
}

#[tokio::test]
async fn a_removed_entry_is_found() {
    let remove = ["delete from audit_text where number = 3", "delete from audit_entry where number = 3"];
    after(&remove, Broken::Missing(3)).await;
    let first = ["delete from audit_text where number = 1", "delete from audit_entry where number = 1"];
    after(&first, Broken::Missing(1)).await;
    let closed_up = [
        "delete from audit_text where number >= 5",
        "delete from audit_entry where number = 5",
        "update audit_entry set number = 5 where number = 6",
        "update audit_head set entries = 5",
    ];
    after(&closed_up, Broken::Altered(5)).await;
}

#[tokio::test]
async fn exchanged_entries_are_found() {
    // The texts stand aside, because they hold on to the numbers.
    let exchange = [
        "delete from audit_text where number in (3, 4)",
        "update audit_entry set number = 100 where number = 3",
        "update audit_entry set number = 3 where number = 4",
        "update audit_entry set number = 4 where number = 100",
    ];
    after(&exchange, Broken::Altered(3)).await;
}

#[tokio::test]
async fn an_entry_that_nobody_wrote_is_found() {
    let forge = "insert into audit_entry (organisation_id, number, at, actor_kind, actor_id, action, object_kind, object_id, \
                 text_digest, mac) select organisation_id, 7, at, actor_kind, actor_id, action, object_kind, object_id, \
                 text_digest, mac from audit_entry where number = 6";
    after(&[forge, "update audit_head set entries = 7"], Broken::Altered(7)).await;
}

#[tokio::test]
async fn a_chain_computed_again_without_the_key_is_found() {
    let forge = [
        "update audit_entry set action = 'tenant.changed', mac = text_digest where number >= 4",
        "update audit_head set mac = (select mac from audit_entry where number = 6)",
    ];
    after(&forge, Broken::Altered(4)).await;
}

#[tokio::test]
async fn an_altered_text_is_found() {
    after(&["update audit_text set body = '{}' where number = 2"], Broken::TextAltered(2)).await;
    after(&["update audit_text set salt = substr(salt, 1, 15) where number = 2"], Broken::TextAltered(2)).await;
}

#[tokio::test]
async fn a_text_that_went_without_a_word_is_found() {
    after(&["delete from audit_text where number = 2"], Broken::TextMissing(2)).await;
}

#[tokio::test]
async fn a_cut_tail_is_found_by_the_stored_head() {
    let cut = ["delete from audit_text where number > 4", "delete from audit_entry where number > 4"];
    after(&cut, Broken::Head).await;
    after(&["delete from audit_head"], Broken::Head).await;
    after(&["delete from audit_text", "delete from audit_entry"], Broken::Head).await;
}

#[tokio::test]
async fn a_tail_cut_together_with_the_head_is_found_by_a_kept_head() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let early = world.service.audit_head(&town.slug).await.unwrap();
        world.service.verify_audit_trail(&town.auditor().await).await.unwrap();
        let late = world.service.audit_head(&town.slug).await.unwrap();
        for statement in [
            "delete from audit_text where number > 6",
            "delete from audit_entry where number > 6",
            "update audit_head set entries = 6, mac = (select mac from audit_entry where number = 6)",
        ] {
            world.execute(statement, Some(&town)).await;
        }
        assert_whole(&world, &town, 6).await;
        assert!(matches!(verdict(&world, &town, Some(&early)).await, Verdict::Whole(_)), "nothing before it is lost");
        assert_eq!(verdict(&world, &town, Some(&late)).await, Verdict::Broken(Broken::Kept));
        // Writing on does not heal it: another seventh entry is not the one that was kept.
        world.clock.advance(60);
        world.service.verify_audit_trail(&town.auditor().await).await.unwrap();
        world.service.verify_audit_trail(&town.auditor().await).await.unwrap();
        assert_whole(&world, &town, 8).await;
        assert_eq!(verdict(&world, &town, Some(&late)).await, Verdict::Broken(Broken::Kept));
    })
    .await;
}

#[tokio::test]
async fn everything_cut_is_found_by_a_kept_head() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let kept = world.service.audit_head(&town.slug).await.unwrap();
        for table in ["audit_text", "audit_entry", "audit_head"] {
            world.execute(&format!("delete from {table}"), Some(&town)).await;
        }
        assert_whole(&world, &town, 0).await;
        assert_eq!(verdict(&world, &town, Some(&kept)).await, Verdict::Broken(Broken::Kept));
    })
    .await;
}

#[tokio::test]
async fn a_kept_head_holds_after_further_entries() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let kept = world.service.audit_head(&town.slug).await.unwrap();
        for _ in 0..3 {
            world.service.verify_audit_trail(&town.auditor().await).await.unwrap();
        }
        let found = verdict(&world, &town, Some(&format!("{kept}\n"))).await;
        assert!(matches!(found, Verdict::Whole(head) if head.entries == BEGINNING + 3));
    })
    .await;
}

#[tokio::test]
async fn a_kept_head_of_others_is_refused() {
    on_both(async |world| {
        let (town, other) = (world.town("mino").await, world.town("goka").await);
        let foreign = world.service.audit_head(&other.slug).await.unwrap();
        let own = world.service.audit_head(&town.slug).await.unwrap();
        let (signed, signature) = own.rsplit_once('.').unwrap();
        let forged = format!("{}.{signature}", foreign.rsplit_once('.').unwrap().0);
        for kept in [foreign.as_str(), forged.as_str(), signed, "", "e30.e30."] {
            let refused = world.service.audit_verify(&town.slug, Some(kept)).await;
            let Err(Error::Invalid(violations)) = refused else { panic!("{refused:?}") };
            assert_eq!(violations.get("head"), Some(Violation::Mismatch));
        }
    })
    .await;
}

#[tokio::test]
async fn an_erased_text_leaves_the_chain_whole_and_says_so() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let kept = world.service.audit_head(&town.slug).await.unwrap();
        let reason = Reason::parse("住民の氏名が書かれていた").unwrap();
        world.service.erase_audit_text(&town.slug, 2, &reason).await.unwrap();
        assert_eq!(world.rows_where(&town, "audit_text", "number = 2").await, 0);
        assert!(matches!(verdict(&world, &town, Some(&kept)).await, Verdict::Whole(_)));
        let trail = read(&world, &town, &filter()).await;
        assert_eq!((trail.entries[0].kind, trail.entries[0].object_id.as_str()), (Some(ActKind::TextErased), "2"));
        assert_eq!(trail.entries[0].text.as_ref().unwrap().reason, "住民の氏名が書かれていた");
        assert_eq!(trail.entries.iter().find(|entry| entry.number == 2).unwrap().text, None);
        let again = world.service.erase_audit_text(&town.slug, 2, &reason).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        assert!(matches!(world.service.erase_audit_text(&town.slug, 99, &reason).await, Err(Error::NotFound)));
        // One that went by another hand is not explained by it.
        world.execute("delete from audit_text where number = 3", Some(&town)).await;
        assert_eq!(verdict(&world, &town, None).await, Verdict::Broken(Broken::TextMissing(3)));
    })
    .await;
}

#[tokio::test]
async fn many_writers_leave_no_gap_and_verification_beside_them_is_not_misled() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let processes = [world.another_process().await, world.another_process().await];
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..24 {
            let service = std::sync::Arc::clone(&processes[number % 2]);
            let auditor = town.auditor().await;
            let slug = town.slug.clone();
            writers.spawn(async move {
                let read = service.read_audit_trail(&auditor, &filter()).await.map(|_| ());
                assert!(matches!(service.audit_verify(&slug, None).await, Ok(Verdict::Whole(_))));
                read
            });
        }
        while let Some(done) = writers.join_next().await {
            done.unwrap().unwrap();
        }
        assert_whole(&world, &town, BEGINNING + 24).await;
        assert_eq!(world.rows_where(&town, "audit_entry", "number > 30").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_act_that_does_not_happen_leaves_no_entry() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let month = "2026-10".parse().unwrap();
        world.service.close_month(&town.slug, month).await.unwrap();
        let again = world.service.close_month(&town.slug, month).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::Closed))));
        assert_whole(&world, &town, BEGINNING + 1).await;
    })
    .await;
}

fn filter() -> TrailFilter {
    TrailFilter { limit: 50, ..TrailFilter::default() }
}

async fn read(world: &World, town: &Town, filter: &TrailFilter) -> Trail {
    world.service.read_audit_trail(&town.auditor().await, filter).await.unwrap()
}

fn numbers(trail: &Trail) -> Vec<i64> {
    trail.entries.iter().map(|entry| entry.number).collect()
}

#[tokio::test]
async fn the_trail_is_read_by_those_who_may_and_the_reading_is_in_it() {
    on_both(async |world| {
        let (town, other) = (world.town("mino").await, world.town("goka").await);
        let trail = read(&world, &town, &filter()).await;
        assert_eq!(numbers(&trail), [6, 5, 4, 3, 2, 1]);
        assert_eq!((trail.matching, trail.head.entries, &trail.verified), (6, 6, &None));
        assert_eq!(trail.entries[0].previous_mac, trail.entries[1].mac);
        assert_eq!(trail.entries[0].mac, trail.head.mac);
        let again = read(&world, &town, &filter()).await;
        assert_eq!((again.entries[0].kind, again.entries[0].number), (Some(ActKind::AuditRead), 7));
        assert_eq!(again.entries[0].actor_name.as_deref(), Some("mino auditor"));
        world.service.read_audit_trail(&town.admin().await, &filter()).await.unwrap();
        for caller in [town.drafter().await, town.approver().await, town.analyst().await] {
            assert!(matches!(world.service.read_audit_trail(&caller, &filter()).await, Err(Error::NotFound)));
            assert!(matches!(world.service.verify_audit_trail(&caller).await, Err(Error::NotFound)));
        }
        let theirs = read(&world, &other, &filter()).await;
        assert!(theirs.entries.iter().all(|entry| entry.actor_name.as_deref() != Some("mino auditor")));
        assert_eq!(theirs.matching, 6);
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_searched() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let start = world.clock.seconds();
        world.clock.advance(3_600);
        world.service.verify_audit_trail(&town.auditor().await).await.unwrap();
        let by = async |change: fn(&mut TrailFilter, &Town, i64)| {
            let mut filter = filter();
            change(&mut filter, &town, start);
            let trail = read(&world, &town, &filter).await;
            (numbers(&trail), trail.matching)
        };
        assert_eq!(by(|filter, _, _| filter.words = "mino analyst".to_owned()).await.1, 1);
        assert_eq!(by(|filter, _, _| filter.words = " 4 ".to_owned()).await.0, [4]);
        assert_eq!(by(|filter, _, _| filter.words = "%".to_owned()).await.1, 0, "a wildcard is a character");
        assert_eq!(
            by(|filter, _, _| filter.words = "\"".to_owned()).await.1,
            0,
            "quotes of the stored form do not count"
        );
        assert_eq!(by(|filter, _, _| filter.kinds = vec![ActKind::TenantCreated]).await.0, [1]);
        assert_eq!(by(|filter, _, start| filter.until = Some(start + 1)).await.0, [6, 5, 4, 3, 2, 1]);
        let (first, _) = by(|filter, town, _| {
            filter.account = Some(town.account(Role::Auditor));
            filter.kinds = vec![ActKind::AuditVerified];
        })
        .await;
        assert_eq!(first, [7]);
        assert_eq!(by(|filter, _, start| (filter.since, filter.until) = (Some(start + 1), Some(start))).await.1, 0);
        assert_eq!(by(|filter, _, _| (filter.until, filter.offset, filter.limit) = (None, 2, 1)).await.0.len(), 1);
        let verified = read(&world, &town, &filter()).await.verified.unwrap();
        assert_eq!((verified.at, verified.whole), (start + 3_600, Some(6)));
    })
    .await;
}

#[tokio::test]
async fn a_verification_that_found_something_says_so_in_the_trail() {
    on_both(async |world| {
        let town = world.town("mino").await;
        world.execute("update audit_entry set object_id = '' where number = 2", Some(&town)).await;
        let found = world.service.verify_audit_trail(&town.auditor().await).await.unwrap();
        assert_eq!(found, Verdict::Broken(Broken::Altered(2)));
        let trail = read(&world, &town, &filter()).await;
        assert_eq!(trail.entries[0].object_id, "altered/2");
        assert_eq!(trail.verified.unwrap().whole, None);
    })
    .await;
}
