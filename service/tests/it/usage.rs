//! Figures of use, read as somebody would who wants to know more than they say.

use domain::calendar::Month;
use domain::disclosure::{BandCell, Cell, HiddenReason, Publication};
use domain::ids::RelyingPartyId;
use service::usage::UsageReport;
use service::{Conflict, Error};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::harness::{Town, World, on_both};

const LONG_AGO: OffsetDateTime = datetime!(2020-04-01 0:00 +9);
const DAY: i64 = 86_400;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn to(world: &World, moment: OffsetDateTime) {
    world.clock.advance(moment.unix_timestamp() - world.clock.seconds());
}

/// A service that was published at a moment, or only drafted.
async fn party(world: &World, town: &Town, began: Option<OffsetDateTime>) -> RelyingPartyId {
    let id = service::Rng::system().uuid_v7(&world.clock).unwrap();
    let (organisation, key) = (world.literal(town.organisation.uuid()), world.literal(id));
    let published = began.map_or("null".to_owned(), |at| at.unix_timestamp().to_string());
    for sql in [
        format!(
            "insert into configuration (organisation_id, id, kind, title_ja, title_en, latest_number, latest_state, \
             created_at, updated_at) values ({organisation}, {key}, 'relying_party', '図書館', 'Library', 1, 'draft', 0, 0)"
        ),
        format!(
            "insert into configuration_version (organisation_id, configuration_id, number, kind, state, content, reason, \
             drafted_at, published_at) values ({organisation}, {key}, 1, 'relying_party', 'archived', '{{}}', '', 0, {published})"
        ),
        format!(
            "insert into relying_party (organisation_id, id, client_id, subject_type, sector, created_at) \
             values ({organisation}, {key}, '{id}', 'pairwise', {key}, 0)"
        ),
    ] {
        world.execute(&sql, Some(town)).await;
    }
    RelyingPartyId::from_uuid(id)
}

/// What sign-ins of a month leave in the raw counters.
async fn use_it(world: &World, town: &Town, party: RelyingPartyId, in_month: &str, people: u32, sign_ins: u32) {
    let (organisation, key) = (world.literal(town.organisation.uuid()), world.literal(party.uuid()));
    let year = format!("FY{}", month(in_month).fiscal_year().year());
    for (period, outcome, tally) in
        [(in_month, "people", people), (in_month, "sign_ins", sign_ins), (year.as_str(), "year_people", people)]
    {
        let sql = format!(
            "insert into usage_counter (organisation_id, relying_party_id, period, outcome, shard, tally) \
             values ({organisation}, {key}, '{period}', '{outcome}', {}, {tally})",
            month(in_month).number()
        );
        world.execute(&sql, Some(town)).await;
    }
}

async fn report(world: &World, town: &Town) -> UsageReport {
    world.service.read_usage(&town.analyst().await, month("2020-01"), month("2040-12"), false).await.unwrap()
}

fn cell(report: &UsageReport, party: RelyingPartyId, in_month: &str) -> Option<Cell> {
    let service = report.services.iter().find(|service| service.id == party)?;
    service.cells.get(&month(in_month)).copied()
}

fn shown(cell: Option<Cell>) -> Option<(u32, u32)> {
    let cell = cell.unwrap();
    Some((cell.people()?.number(), cell.sign_ins()?.number()))
}

#[tokio::test]
async fn a_month_closes_from_the_fifth_in_japan_once() {
    on_both(async |world| {
        let town = world.town("mino").await;
        party(&world, &town, Some(LONG_AGO)).await;
        let close = async |which: &str| world.service.close_month(&town.slug, month(which)).await;
        let early = |result| matches!(result, Err(Error::Conflict(Conflict::TooEarly)));
        assert!(early(close("2026-11").await), "the month itself");
        assert!(early(close("2027-03").await), "a month to come");
        to(&world, datetime!(2026-12-04 14:59:59 UTC));
        assert!(early(close("2026-11").await), "one second before the 5th in Japan");
        assert_eq!(world.rows_of(&town, "closed_period").await, 0);
        to(&world, datetime!(2026-12-04 15:00:00 UTC));
        let closed = close("2026-11").await.unwrap();
        assert_eq!((closed.shown, closed.hidden, closed.year), (0, 1, None));
        for _ in 0..2 {
            assert!(matches!(close("2026-11").await, Err(Error::Conflict(Conflict::Closed))));
        }
        assert!(early(close("2026-12").await));
        assert_eq!(world.rows_where(&town, "closed_period", "method = 1").await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_servers_close_a_month_once() {
    on_both(async |world| {
        let town = world.town("mino").await;
        party(&world, &town, Some(LONG_AGO)).await;
        let (one, two) = (world.another_process().await, world.another_process().await);
        let october = month("2026-10");
        let (one, two) = tokio::join!(one.close_month(&town.slug, october), two.close_month(&town.slug, october));
        assert_eq!([&one, &two].iter().filter(|result| result.is_ok()).count(), 1, "{one:?} {two:?}");
        assert_eq!(world.rows_of(&town, "usage_figure").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_closed_never_changes() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let library = party(&world, &town, Some(LONG_AGO)).await;
        use_it(&world, &town, library, "2026-10", 44, 101).await;
        assert_eq!(world.rows_of(&town, "usage_figure").await, 0, "nothing before the month is closed");
        assert!(report(&world, &town).await.months.is_empty());
        world.service.close_month(&town.slug, month("2026-10")).await.unwrap();
        assert_eq!(shown(cell(&report(&world, &town).await, library, "2026-10")), Some((40, 100)));
        world.execute("update usage_counter set tally = tally + 100", Some(&town)).await;
        assert!(world.service.close_month(&town.slug, month("2026-10")).await.is_err());
        assert_eq!(shown(cell(&report(&world, &town).await, library, "2026-10")), Some((40, 100)));
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_is_not_kept_and_all_hidden_cells_are_alike() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let mut parties = Vec::new();
        for (people, sign_ins) in [(0, 0), (1, 900), (19, 19), (18_590, 40_000), (20, 30)] {
            let party = party(&world, &town, Some(LONG_AGO)).await;
            if people > 0 {
                use_it(&world, &town, party, "2026-10", people, sign_ins).await;
            }
            parties.push(party);
        }
        world.service.close_month(&town.slug, month("2026-10")).await.unwrap();
        let alike = "hidden = 'few_people' and people is null and sign_ins is null and band is null";
        assert_eq!(world.rows_where(&town, "usage_figure", alike).await, 4);
        assert_eq!(
            world.rows_where(&town, "usage_figure", "people = 20 and sign_ins = 30 and hidden is null").await,
            1
        );
        let report = report(&world, &town).await;
        for party in &parties[..4] {
            assert_eq!(cell(&report, *party, "2026-10"), Some(Cell::Hidden(HiddenReason::FewPeople)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_service_has_no_cell_before_it_began() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let old = party(&world, &town, Some(LONG_AGO)).await;
        let in_time = party(&world, &town, Some(datetime!(2026-09-30 23:59:59 +9))).await;
        let next = party(&world, &town, Some(datetime!(2026-10-01 0:00 +9))).await;
        let draft = party(&world, &town, None).await;
        for closing in ["2026-09", "2026-10"] {
            world.service.close_month(&town.slug, month(closing)).await.unwrap();
        }
        let report = report(&world, &town).await;
        let has = |party, in_month| cell(&report, party, in_month).is_some();
        assert!(has(old, "2026-09") && has(in_time, "2026-09") && !has(next, "2026-09"));
        assert!(has(old, "2026-10") && has(in_time, "2026-10") && has(next, "2026-10"));
        assert!(report.services.iter().all(|service| service.id != draft), "a draft is nobody's business here");
        assert_eq!(report.services[0].id, old);
    })
    .await;
}

#[tokio::test]
async fn thresholds_follow_population_and_the_towns_own_wish() {
    on_both(async |world| {
        let town = world.town("seki").await;
        let library = party(&world, &town, Some(LONG_AGO)).await;
        let set = async |what: &str| world.execute(&format!("update tenant set {what}"), Some(&town)).await;
        let month_of = async |which: &str| {
            use_it(&world, &town, library, which, 14, 20).await;
            world.service.close_month(&town.slug, month(which)).await.unwrap();
            cell(&report(&world, &town).await, library, which).unwrap()
        };
        assert_eq!(month_of("2026-01").await.people().unwrap().number(), 10);
        set("threshold = 10, population = 24999").await;
        assert!(month_of("2026-02").await.people().is_none(), "laxer than the population allows is ignored");
        set("threshold = 20, population = 84000").await;
        assert!(month_of("2026-03").await.people().is_none());
        // Stricter than it was: what was published is hidden too, and comes back only as it was.
        assert!(cell(&report(&world, &town).await, library, "2026-01").unwrap().people().is_none());
        set("threshold = null").await;
        let after = report(&world, &town).await;
        assert_eq!(shown(cell(&after, library, "2026-01")), Some((10, 20)));
        assert!(cell(&after, library, "2026-03").unwrap().people().is_none(), "what was hidden stays hidden");
        set("population = null").await;
        assert_eq!(month_of("2026-04").await, Cell::Hidden(HiddenReason::PopulationUnknown));
        set("population = -1").await;
        assert_eq!(month_of("2026-05").await, Cell::Hidden(HiddenReason::PopulationUnknown));
        assert_eq!(report(&world, &town).await.publication, Publication::Nothing);
    })
    .await;
}

#[tokio::test]
async fn a_village_publishes_a_band_when_its_year_ends() {
    on_both(async |world| {
        let town = world.town("showa").await;
        world.execute("update tenant set yearly_band = true", Some(&town)).await;
        let library = party(&world, &town, Some(LONG_AGO)).await;
        let quiet = party(&world, &town, Some(LONG_AGO)).await;
        use_it(&world, &town, library, "2026-02", 40, 90).await;
        use_it(&world, &town, library, "2026-03", 24, 60).await;
        use_it(&world, &town, library, "2026-04", 10, 60).await;
        use_it(&world, &town, quiet, "2026-03", 19, 60).await;
        world.service.close_month(&town.slug, month("2026-02")).await.unwrap();
        assert_eq!(world.rows_where(&town, "closed_period", "period like 'FY%'").await, 0);
        let march = world.service.close_month(&town.slug, month("2026-03")).await.unwrap();
        assert_eq!(march.year.map(|year| year.year()), Some(2025));
        world.service.close_month(&town.slug, month("2026-04")).await.unwrap();
        let report = report(&world, &town).await;
        assert_eq!(cell(&report, library, "2026-03"), Some(Cell::Hidden(HiddenReason::SmallMunicipality)));
        let bands = |id| &report.services.iter().find(|service| service.id == id).unwrap().bands;
        assert_eq!(report.years.len(), 1);
        assert!(matches!(bands(library).values().next(), Some(BandCell::Shown(band)) if band.from_people() == 50));
        assert_eq!(bands(quiet).values().next(), Some(&BandCell::Hidden(HiddenReason::FewPeople)));
        assert_eq!(world.rows_where(&town, "usage_figure", "people is not null or sign_ins is not null").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_year_of_which_no_band_comes_is_forgotten_at_its_end() {
    on_both(async |world| {
        for (slug, switched_on) in [("showa", false), ("mino", true)] {
            let town = world.town(slug).await;
            world.execute(&format!("update tenant set yearly_band = {switched_on}"), Some(&town)).await;
            let library = party(&world, &town, Some(LONG_AGO)).await;
            use_it(&world, &town, library, "2026-03", 60, 90).await;
            let closed = world.service.close_month(&town.slug, month("2026-03")).await.unwrap();
            assert_eq!(closed.year, None);
            assert_eq!(world.rows_where(&town, "usage_counter", "period like 'FY%'").await, 0);
            assert_eq!(world.rows_where(&town, "usage_figure", "period like 'FY%'").await, 0);
            assert!(report(&world, &town).await.years.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn months_close_by_the_clock_and_raw_counters_go_after_35_days() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let library = party(&world, &town, Some(LONG_AGO)).await;
        use_it(&world, &town, library, "2026-11", 33, 50).await;
        assert_eq!(world.service.run_due_jobs().await.unwrap(), 0);
        to(&world, datetime!(2026-12-05 0:00 +9));
        // The month is closed, and looked through for eligibilities that ended with it.
        assert_eq!(world.service.run_due_jobs().await.unwrap(), 2);
        assert_eq!(shown(cell(&report(&world, &town).await, library, "2026-11")), Some((30, 50)));
        assert_eq!(world.service.run_due_jobs().await.unwrap(), 0);

        world.clock.advance(35 * DAY - 1);
        world.service.run_due_jobs().await.unwrap();
        let raw = async || world.rows_where(&town, "usage_counter", "period = '2026-11'").await;
        assert!(raw().await > 0);
        world.clock.advance(1);
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(raw().await, 0);

        // A server that stood still for months closes each of them when it is back.
        to(&world, datetime!(2027-04-20 9:00 +9));
        world.service.run_due_jobs().await.unwrap();
        let months = report(&world, &town).await.months;
        assert_eq!(months, ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03"].map(month));
        // One closed by hand does not stop the clock.
        to(&world, datetime!(2027-05-05 0:00 +9));
        world.service.close_month(&town.slug, month("2027-04")).await.unwrap();
        world.service.run_due_jobs().await.unwrap();
        to(&world, datetime!(2027-06-05 0:00 +9));
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(report(&world, &town).await.months.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn a_town_sees_its_own_figures_only() {
    on_both(async |world| {
        let (town, other) = (world.town("mino").await, world.town("goka").await);
        let library = party(&world, &town, Some(LONG_AGO)).await;
        use_it(&world, &town, library, "2026-10", 44, 101).await;
        world.service.close_month(&town.slug, month("2026-10")).await.unwrap();
        let theirs = report(&world, &other).await;
        assert!(theirs.services.is_empty() && theirs.months.is_empty());
        assert_eq!(report(&world, &town).await.services.len(), 1);
        assert_eq!(world.rows_of(&other, "usage_figure").await, 0);
    })
    .await;
}

#[tokio::test]
async fn reading_figures_is_audited_and_not_for_everybody() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let (from, to) = (month("2025-11"), month("2026-10"));
        for caller in [town.admin().await, town.approver().await, town.analyst().await, town.auditor().await] {
            world.service.read_usage(&caller, from, to, false).await.unwrap();
            world.service.read_usage(&caller, from, to, true).await.unwrap();
            world.service.glance_at_usage(&caller).await.unwrap();
        }
        let drafter = town.drafter().await;
        assert!(matches!(world.service.read_usage(&drafter, from, to, false).await, Err(Error::NotFound)));
        assert!(matches!(world.service.glance_at_usage(&drafter).await, Err(Error::NotFound)));
        let noted = |action: &str| format!("action = '{action}' and object_id = '2025-11/2026-10'");
        assert_eq!(world.rows_where(&town, "audit_entry", &noted("usage.read")).await, 4);
        assert_eq!(world.rows_where(&town, "audit_entry", &noted("usage.exported")).await, 4);
    })
    .await;
}

#[tokio::test]
async fn a_glance_sees_the_last_year_and_no_more() {
    on_both(async |world| {
        let town = world.town("mino").await;
        let library = party(&world, &town, Some(LONG_AGO)).await;
        world.clock.advance(400 * 24 * 60 * 60);
        let months = (0..13).fold(vec![month("2027-10")], |mut months, _| {
            months.extend(months.last().map(|month| month.previous()));
            months
        });
        for month in months.iter().rev() {
            use_it(&world, &town, library, &month.to_string(), 44, 101).await;
            world.service.close_month(&town.slug, *month).await.unwrap();
        }
        let glance = world.service.glance_at_usage(&town.analyst().await).await.unwrap();
        assert_eq!((glance.closed.len(), glance.months.len()), (14, 12));
        assert_eq!((glance.months[0], glance.months[11]), (month("2026-11"), month("2027-10")));
        assert_eq!(glance.services[0].cells.len(), 12);
        assert!(glance.years.is_empty() && glance.services[0].bands.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_month_is_closed_for_every_town_in_which_it_can_be() {
    on_both(async |world| {
        let (one, two) = (world.town("mino").await, world.town("goka").await);
        world.service.close_month(&two.slug, month("2026-10")).await.unwrap();
        let closed = world.service.close_month_everywhere(month("2026-10")).await.unwrap();
        let done: Vec<(&str, bool)> = closed.iter().map(|(slug, done)| (slug.as_str(), done.is_ok())).collect();
        assert_eq!(done, [("goka", false), ("mino", true)]);
        assert_eq!(report(&world, &one).await.months, [month("2026-10")]);
    })
    .await;
}
