//! Eligibilities that end with their month. Nothing happens then but that a month is over, so that a job looks for them, and notes
//! them for the services that want to be told ([`super::events`]).
//!
//! Nobody's row is marked: a town remembers up to which month and which resident it has looked, and writes that together with the
//! notices. Whoever looks holds that row, so that two processes note nobody twice and one that dies leaves nobody out.
//!
//! The same job deletes what ended long ago.

use domain::calendar::{Month, tokyo_midnight};
use domain::configuration::EventKind;
use domain::ids::ResidentId;
use domain::names::TenantSlug;
use domain::residency::Outcome;
use entity::{eligibility, resident, told_ends};
use sea_orm::{ColumnTrait, Condition, Order, Set};
use uuid::Uuid;

use super::published::Published;
use crate::Service;
use crate::configuration::MAX_PUBLISHED_RULES;
use crate::error::Error;
use crate::gate::{Caller, Organisation, Resource, Scope, SystemActor, WriteScope, action};
use crate::jobs;

/// Eligibilities that are looked at in one transaction: sign-ins of these people wait for it.
const AT_A_TIME: u64 = 400;
/// Transactions of one job. The towns behind this one have their turn before it goes on.
const STEPS: usize = 5;
/// Seconds until it goes on.
const PAUSE: i64 = 60;
/// For so many whole months an eligibility that ended rests: whoever comes again reads that it did, and why the card is asked for.
/// Nothing else needs it. Services were told, and whatever was issued under it has long expired (after thirty days without use).
const MONTHS_KEPT: u8 = 3;
/// When towns begin on the first of a month, in seconds after midnight in Japan: sign-ins that began before midnight are over,
/// and few people are awake.
const BEGIN: i64 = 3 * 3_600;
/// Over how many seconds towns are spread.
const SPREAD: u128 = 3 * 3_600;

// A page always holds somebody whole.
const _: () = assert!((MAX_PUBLISHED_RULES as u64) < AT_A_TIME);

/// How far a job got.
#[derive(PartialEq, Eq)]
enum Step {
    /// There may be more.
    More,
    /// Everything that ended is noted, what ended long ago is gone, and the next job is asked for.
    Whole,
}

impl Service {
    /// The job of a municipality that notes eligibilities whose month is over.
    pub(crate) async fn tell_ends_due(&self, organisation: &Organisation) -> Result<(), Error> {
        let slug = TenantSlug::parse(&organisation.slug).map_err(|_| Error::internal("the name of a municipality"))?;
        let published = self.published(&slug).await?;
        let caller = self.gate.system(SystemActor::EndNoter, organisation);
        for _ in 0..STEPS {
            if self.tell_some_ends(&caller, &published).await? == Step::Whole {
                return Ok(());
            }
        }
        let scope: WriteScope = self.gate.open(&caller, action::Update, Resource::Eligibility).await?;
        scope.enqueue(jobs::Kind::TellEnds, self.clock.seconds() + PAUSE).await?;
        scope.commit().await
    }

    async fn tell_some_ends(&self, caller: &Caller, published: &Published) -> Result<Step, Error> {
        use told_ends::{Column, Entity};
        let scope: WriteScope = self.gate.open(caller, action::Update, Resource::Eligibility).await?;
        let month = Month::at(self.clock.now());
        let Some(row) = scope.find::<Entity>().locked().one().await? else {
            watch_ends(&scope, month).await?;
            scope.commit().await?;
            return Ok(Step::Whole);
        };
        let through: Month = row.through_month.parse().map_err(|_| Error::internal("a month that was looked at"))?;
        let ended = through.next();
        if ended >= month {
            if forget_some(&scope, month).await? {
                scope.commit().await?;
                return Ok(Step::More);
            }
            scope.enqueue(jobs::Kind::TellEnds, due_after(&scope, month)).await?;
            scope.commit().await?;
            return Ok(Step::Whole);
        }
        let people = people_whose(&scope, published, ended, row.resident_id).await?;
        let (told, done) = match people.last() {
            Some(last) => {
                let lost = lost_by(&scope, published, ended, &people).await?;
                let told = self.announce_lost(&scope, published, &lost).await?;
                (told, (row.through_month, Some(*last)))
            }
            None => (false, (ended.to_string(), None)),
        };
        let update = scope.update_many::<Entity>().set(Column::ThroughMonth, done.0).set(Column::ResidentId, done.1);
        update.exec_one().await?;
        scope.commit().await?;
        if told {
            self.ring();
        }
        Ok(Step::More)
    }
}

/// Deletes some of what ended long ago; whether there was any. Whoever is eligible anew at the same moment is not touched: the month
/// is looked at once more when the row is deleted.
async fn forget_some(scope: &WriteScope, month: Month) -> Result<bool, Error> {
    use eligibility::{Column, Entity};
    let kept_from = (0..MONTHS_KEPT).fold(month, |month, _| month.previous());
    let over = Column::ExpiresMonth.lt(kept_from.to_string());
    let rows = scope.find::<Entity>().filter(over.clone()).page(0, AT_A_TIME).all().await?;
    let people: Vec<Uuid> = rows.iter().map(|row| row.resident_id).collect();
    lock_people(scope, &people).await?;
    let deleted = scope.delete_many::<Entity>().filter(over).filter(Column::ResidentId.is_in(people)).exec().await?;
    Ok(deleted > 0)
}

/// What a new municipality begins with: nobody's eligibility ended yet.
pub(crate) async fn watch_ends(scope: &WriteScope, month: Month) -> Result<(), Error> {
    let row = told_ends::ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        through_month: Set(month.previous().to_string()),
        resident_id: Set(None),
    };
    scope.insert::<told_ends::Entity, _>(row).await?;
    scope.enqueue(jobs::Kind::TellEnds, due_after(scope, month)).await
}

/// When what ends with a month is looked for: not at all towns at the same moment.
fn due_after(scope: &WriteScope, month: Month) -> i64 {
    let spread = i64::try_from(scope.organisation().uuid().as_u128() % SPREAD).unwrap_or(0);
    tokyo_midnight(month.next().first_day()).unix_timestamp() + BEGIN + spread
}

/// Eligibilities that ended with a month, of rules by which services go that want to be told.
fn ended_with(published: &Published, month: Month) -> Condition {
    use eligibility::Column;
    let wanting =
        published.parties.iter().filter(|party| party.content.client.events.wants(EventKind::EligibilityEnded));
    let rules: Vec<Uuid> = wanting.map(|party| party.content.rule.uuid()).collect();
    Condition::all()
        .add(Column::ExpiresMonth.eq(month.to_string()))
        .add(Column::RuleId.is_in(rules))
        .add(Column::Outcome.eq(Outcome::Eligible.as_str()))
}

/// The next people of whom an eligibility ended, in order.
async fn people_whose(
    scope: &WriteScope,
    published: &Published,
    ended: Month,
    after: Option<Uuid>,
) -> Result<Vec<Uuid>, Error> {
    use eligibility::{Column, Entity};
    let mut condition = ended_with(published, ended);
    if let Some(after) = after {
        condition = condition.add(Column::ResidentId.gt(after));
    }
    let rows = scope.find::<Entity>().filter(condition).order_by(Column::ResidentId, Order::Asc);
    let rows = rows.page(0, AT_A_TIME).all().await?;
    let full = rows.len() as u64 == AT_A_TIME;
    let mut people: Vec<Uuid> = rows.into_iter().map(|row| row.resident_id).collect();
    people.dedup();
    if full {
        // Of the last one there may be more on the next page.
        people.pop();
    }
    Ok(people)
}

/// Locks people in order, as their own sign-ins do before they write what these rows say.
async fn lock_people(scope: &WriteScope, people: &[Uuid]) -> Result<(), Error> {
    let them = resident::Column::Id.is_in(people.iter().copied());
    let rows = scope.find::<resident::Entity>().filter(them).order_by(resident::Column::Id, Order::Asc);
    rows.locked().all().await?;
    Ok(())
}

/// What of these people ended and was not determined anew. They are locked before that is read, as by their own sign-ins: whoever
/// is eligible again by then is not noted, and whoever becomes so is noted before the service hears of it.
async fn lost_by(
    scope: &WriteScope,
    published: &Published,
    ended: Month,
    people: &[Uuid],
) -> Result<Vec<(ResidentId, Uuid)>, Error> {
    lock_people(scope, people).await?;
    let theirs = ended_with(published, ended).add(eligibility::Column::ResidentId.is_in(people.iter().copied()));
    let rows = scope.find::<eligibility::Entity>().filter(theirs).all().await?;
    Ok(rows.into_iter().map(|row| (ResidentId::from_uuid(row.resident_id), row.rule_id)).collect())
}
