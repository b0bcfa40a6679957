//! Tallies of the open periods. A sign-in adds one to a counter of its service and month; the first of a person in the month
//! adds one person. Never a row per event, never a day.
//!
//! Called last in a sign-in's transaction, always in this order, so that two sign-ins never wait for each other crosswise.

use domain::calendar::{FiscalYear, Month};
use domain::disclosure::Publication;
use domain::ids::{RelyingPartyId, ResidentId};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, Order, Set};

use super::closing::policy_of;
use crate::error::Error;
use crate::gate::{Scope, WriteScope};
use crate::random::Rng;

/// What is tallied, in the order in which one transaction adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Tally {
    /// Distinct people in the month.
    People,
    /// Distinct people in the fiscal year, where the town switched the yearly band on.
    YearPeople,
    /// Sign-ins in the month.
    SignIns,
    /// Somebody was not eligible.
    NotEligible,
    /// It could not be decided whether somebody is eligible.
    Undecidable,
    /// Somebody did not agree.
    Refused,
    /// Technique failed: the service's or the provider's error.
    Failed,
}

impl Tally {
    /// The name in the column.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Tally::People => "people",
            Tally::YearPeople => "year_people",
            Tally::SignIns => "sign_ins",
            Tally::NotEligible => "not_eligible",
            Tally::Undecidable => "undecidable",
            Tally::Refused => "refused",
            Tally::Failed => "failed",
        }
    }
}

/// What a mark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Month,
    Year,
}

impl Span {
    /// The column that names the open period.
    pub(super) const fn column(self) -> entity::usage_mark::Column {
        match self {
            Span::Month => entity::usage_mark::Column::UsedIn,
            Span::Year => entity::usage_mark::Column::UsedInYear,
        }
    }
}

/// Rows that one counter is spread over, so that sign-ins at the same moment rarely meet.
const SHARDS: u8 = 8;

/// Adds one.
///
/// # Errors
/// What the database refused.
pub(crate) async fn add_one(
    scope: &WriteScope,
    rng: Rng,
    party: RelyingPartyId,
    period: &str,
    tally: Tally,
) -> Result<(), Error> {
    add(scope, rng, party.uuid(), period, tally, 1).await
}

/// Adds an amount, which may be negative: a period's count is the sum of its shards, and one shard alone says nothing.
async fn add(scope: &WriteScope, rng: Rng, party: Uuid, period: &str, tally: Tally, amount: i64) -> Result<(), Error> {
    use entity::usage_counter::{ActiveModel, Column, Entity};
    let [shard] = rng.bytes::<1>()?;
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        relying_party_id: Set(party),
        period: Set(period.to_owned()),
        outcome: Set(tally.as_str().to_owned()),
        shard: Set(i64::from(shard % SHARDS)),
        tally: Set(amount),
    };
    let key = [Column::OrganisationId, Column::RelyingPartyId, Column::Period, Column::Outcome, Column::Shard];
    let sum = Expr::col((Entity, Column::Tally)).add(amount);
    scope.insert_or::<Entity, _>(row, OnConflict::columns(key).value(Column::Tally, sum).to_owned()).await?;
    Ok(())
}

/// Counts a sign-in of a resident at a service, and the person if it is their first in the month (in the fiscal year).
///
/// # Errors
/// What the database refused.
pub(crate) async fn count_sign_in(
    scope: &WriteScope,
    rng: Rng,
    resident: ResidentId,
    party: RelyingPartyId,
    month: Month,
    keeps_year: bool,
) -> Result<(), Error> {
    let open_month = month.to_string();
    if mark(scope, resident, party, Span::Month, &open_month).await? {
        add_one(scope, rng, party, &open_month, Tally::People).await?;
    }
    if keeps_year {
        let open_year = year_period(month.fiscal_year());
        if mark(scope, resident, party, Span::Year, &open_year).await? {
            add_one(scope, rng, party, &open_year, Tally::YearPeople).await?;
        }
    }
    add_one(scope, rng, party, &open_month, Tally::SignIns).await
}

/// Takes a resident who is about to be deleted out of the counts of people that are still open, with their marks. Somebody
/// who deletes the town ID and makes a new one, over and over, would otherwise count as many people and lift a service with
/// few over the threshold.
///
/// # Errors
/// What the database refused.
pub(crate) async fn forget_resident(scope: &WriteScope, rng: Rng, resident: ResidentId) -> Result<(), Error> {
    use entity::usage_mark::{Column, Entity};
    let marks = scope
        .find::<Entity>()
        .filter(Column::ResidentId.eq(resident.uuid()))
        // In the order in which counters are taken everywhere: by service, then by tally.
        .order_by(Column::RelyingPartyId, Order::Asc)
        .locked()
        .all()
        .await?;
    for mark in marks {
        if let Some(month) = &mark.used_in {
            add(scope, rng, mark.relying_party_id, month, Tally::People, -1).await?;
        }
        if let Some(year) = &mark.used_in_year {
            add(scope, rng, mark.relying_party_id, year, Tally::YearPeople, -1).await?;
        }
    }
    scope.delete_many::<Entity>().filter(Column::ResidentId.eq(resident.uuid())).exec().await?;
    Ok(())
}

/// Whether who used a service in the fiscal year is noted at all: only where a band may come of it.
pub(crate) fn keeps_year(tenant: &entity::tenant::Model) -> bool {
    tenant.yearly_band && policy_of(tenant).publication() == Publication::YearlyBand
}

/// The name of a fiscal year among the periods: `FY2026`.
pub(crate) fn year_period(year: FiscalYear) -> String {
    format!("FY{}", year.year())
}

/// Notes that a resident used a service in the open period. True if that was not noted yet, exactly once, however many
/// servers ask at the same moment.
async fn mark(
    scope: &WriteScope,
    resident: ResidentId,
    party: RelyingPartyId,
    span: Span,
    period: &str,
) -> Result<bool, Error> {
    use entity::usage_mark::{ActiveModel, Column, Entity};
    let column = span.column();
    let marked = scope
        .update_many::<Entity>()
        .set(column, period)
        .filter(Column::ResidentId.eq(resident.uuid()))
        .filter(Column::RelyingPartyId.eq(party.uuid()))
        // Forward only: a server whose clock is a little behind at the turn of the month must not count somebody twice.
        .filter(column.is_null().or(column.lt(period)))
        .exec()
        .await?;
    if marked == 1 {
        return Ok(true);
    }
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        resident_id: Set(resident.uuid()),
        relying_party_id: Set(party.uuid()),
        used_in: Set((span == Span::Month).then(|| period.to_owned())),
        used_in_year: Set((span == Span::Year).then(|| period.to_owned())),
    };
    let key = [Column::OrganisationId, Column::ResidentId, Column::RelyingPartyId];
    let inserted = scope.insert_or::<Entity, _>(row, OnConflict::columns(key).do_nothing_on(key).to_owned()).await?;
    Ok(inserted == 1)
}
