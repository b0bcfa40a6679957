//! Tallies of the open periods. A sign-in adds one to a counter of its service and month; the first of a person in the month
//! adds one person. Never a row per event, never a day.
//!
//! Called last in a sign-in's transaction, always in this order, so that two sign-ins never wait for each other crosswise.

use domain::calendar::{FiscalYear, Month};
use domain::disclosure::Publication;
use domain::ids::{RelyingPartyId, ResidentId};
use entity::usage_counter::{ActiveModel, Column, Entity};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, Order, Set};

use super::closing::policy_of;
use crate::error::Error;
use crate::gate::{ResidentScope, Scope, WriteScope};
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
    scope.insert_or::<Entity, _>(row(scope, rng, party.uuid(), period, tally, 1)?, summed()).await?;
    Ok(())
}

/// An amount for one shard, which may be negative: a period's count is the sum of its shards, and one shard alone says
/// nothing.
fn row(
    scope: &WriteScope,
    rng: Rng,
    party: Uuid,
    period: &str,
    tally: Tally,
    amount: i64,
) -> Result<ActiveModel, Error> {
    let [shard] = rng.bytes::<1>()?;
    Ok(ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        relying_party_id: Set(party),
        period: Set(period.to_owned()),
        outcome: Set(tally.as_str().to_owned()),
        shard: Set(i64::from(shard % SHARDS)),
        tally: Set(amount),
    })
}

/// An amount is added to what is there.
fn summed() -> OnConflict {
    let key = [Column::OrganisationId, Column::RelyingPartyId, Column::Period, Column::Outcome, Column::Shard];
    let sum = Expr::col((Entity, Column::Tally)).add(Expr::col((Alias::new("excluded"), Column::Tally)));
    OnConflict::columns(key).value(Column::Tally, sum).to_owned()
}

/// A sign-in to count.
pub(crate) struct SignIn {
    pub(crate) resident: ResidentId,
    /// Written by this very transaction: nothing is noted about the person yet.
    pub(crate) newcomer: bool,
    pub(crate) party: RelyingPartyId,
    pub(crate) month: Month,
    pub(crate) keeps_year: bool,
}

/// Counts a sign-in of a resident at a service, and the person if it is their first in the month (in the fiscal year). The
/// counters are written with the commit, in the order of [`Tally`].
///
/// # Errors
/// What the database refused.
pub(crate) async fn count_sign_in(scope: &WriteScope, rng: Rng, sign_in: &SignIn) -> Result<(), Error> {
    let SignIn { party, .. } = *sign_in;
    let month = sign_in.month.to_string();
    let year = sign_in.keeps_year.then(|| year_period(sign_in.month.fiscal_year()));
    let (first_in_month, first_in_year) = if sign_in.newcomer {
        mark_newcomer(scope, sign_in, &month, year.as_deref())?;
        (true, year.is_some())
    } else {
        let of = |span, period| mark(scope, sign_in.resident, party, span, period);
        let first_in_month = of(Span::Month, month.clone()).await?;
        let first_in_year = match &year {
            Some(year) => of(Span::Year, year.clone()).await?,
            None => false,
        };
        (first_in_month, first_in_year)
    };
    let mut rows = Vec::with_capacity(3);
    if first_in_month {
        rows.push(row(scope, rng, party.uuid(), &month, Tally::People, 1)?);
    }
    if let Some(year) = year.filter(|_| first_in_year) {
        rows.push(row(scope, rng, party.uuid(), &year, Tally::YearPeople, 1)?);
    }
    rows.push(row(scope, rng, party.uuid(), &month, Tally::SignIns, 1)?);
    scope.insert_all_or_soon::<Entity, _>(rows, summed())
}

/// Takes a resident who is about to be deleted out of the counts of people that are still open, with their marks. Somebody
/// who deletes the town ID and makes a new one, over and over, would otherwise count as many people and lift a service with
/// few over the threshold.
///
/// # Errors
/// What the database refused.
pub(crate) async fn forget_resident(scope: &ResidentScope<WriteScope>, rng: Rng) -> Result<(), Error> {
    use entity::usage_mark;
    let counters = scope.of_everybody();
    let marks = scope
        .find::<usage_mark::Entity>()
        // In the order in which counters are taken everywhere: by service, then by tally.
        .order_by(usage_mark::Column::RelyingPartyId, Order::Asc)
        .locked()
        .all()
        .await?;
    for mark in marks {
        if let Some(month) = &mark.used_in {
            let less = row(counters, rng, mark.relying_party_id, month, Tally::People, -1)?;
            counters.insert_or::<Entity, _>(less, summed()).await?;
        }
        if let Some(year) = &mark.used_in_year {
            let less = row(counters, rng, mark.relying_party_id, year, Tally::YearPeople, -1)?;
            counters.insert_or::<Entity, _>(less, summed()).await?;
        }
    }
    scope.delete_many::<usage_mark::Entity>().exec().await?;
    Ok(())
}

/// Makes marks of use of the scope's resident those of another one, who is the same person and whose row is locked: a service that
/// both used in the open period counted one person twice, which the deletion of the first one then takes back; any other
/// counted one, and still does.
pub(crate) async fn hand_over_marks(scope: &ResidentScope<WriteScope>, into: ResidentId) -> Result<(), Error> {
    use entity::usage_mark::{Column, Entity};
    let everybody = scope.of_everybody();
    let kept = everybody.find::<Entity>().filter(Column::ResidentId.eq(into.uuid())).all().await?;
    for mark in scope.find::<Entity>().order_by(Column::RelyingPartyId, Order::Asc).all().await? {
        let of_party = || Column::RelyingPartyId.eq(mark.relying_party_id);
        let Some(own) = kept.iter().find(|own| own.relying_party_id == mark.relying_party_id) else {
            scope.update_many::<Entity>().set(Column::ResidentId, into.uuid()).filter(of_party()).exec().await?;
            continue;
        };
        for (column, theirs, ours) in
            [(Column::UsedIn, &mark.used_in, &own.used_in), (Column::UsedInYear, &mark.used_in_year, &own.used_in_year)]
        {
            if let (Some(period), None) = (theirs, ours) {
                let kept = everybody.update_many::<Entity>().filter(Column::ResidentId.eq(into.uuid()));
                kept.set(column, period.clone()).filter(of_party()).exec().await?;
                scope.update_many::<Entity>().set(column, None::<String>).filter(of_party()).exec().await?;
            }
        }
    }
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
    period: String,
) -> Result<bool, Error> {
    use entity::usage_mark::{ActiveModel, Entity};
    let column = span.column();
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        resident_id: Set(resident.uuid()),
        relying_party_id: Set(party.uuid()),
        used_in: Set((span == Span::Month).then(|| period.clone())),
        used_in_year: Set((span == Span::Year).then(|| period.clone())),
    };
    // Forward only: a server whose clock is a little behind at the turn of the month must not count somebody twice.
    let noted = Expr::col((Entity, column));
    let later =
        marked().update_column(column).action_and_where(noted.clone().is_null().or(noted.lt(period))).to_owned();
    Ok(scope.insert_or::<Entity, _>(row, later).await? == 1)
}

fn mark_newcomer(scope: &WriteScope, sign_in: &SignIn, month: &str, year: Option<&str>) -> Result<(), Error> {
    scope.insert_soon::<entity::usage_mark::Entity, _>(entity::usage_mark::ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        resident_id: Set(sign_in.resident.uuid()),
        relying_party_id: Set(sign_in.party.uuid()),
        used_in: Set(Some(month.to_owned())),
        used_in_year: Set(year.map(str::to_owned)),
    })
}

fn marked() -> OnConflict {
    use entity::usage_mark::Column;
    OnConflict::columns([Column::OrganisationId, Column::ResidentId, Column::RelyingPartyId])
}
