//! Closing a month: once, on or after the 5th of the next, what may be shown is computed and written, and what may not be
//! shown is not kept.

use std::collections::HashMap;

use domain::calendar::{FiscalYear, Month, tokyo_date};
use domain::disclosure::{
    self, BandCell, Cell, DisclosurePolicy, METHOD_VERSION, Threshold, close_month_cell, close_year_band,
};
use domain::names::TenantSlug;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Condition, Set, Value};

use super::tally::{Span, Tally, year_period};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::gate::{Organisation, Resource, Scope, SystemActor, WriteScope, action};

/// The day of the month from which the month before can be closed.
const CLOSING_DAY: u8 = 5;
/// Raw counters of a closed period go after so many seconds: 35 days.
const COUNTERS_KEPT: i64 = 35 * 86_400;

/// What was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The month.
    pub month: Month,
    /// The fiscal year, if the month was its last and the town publishes a band.
    pub year: Option<FiscalYear>,
    /// Services with a visible cell.
    pub shown: usize,
    /// Services whose cell is hidden.
    pub hidden: usize,
}

impl Service {
    /// Closes a month of a municipality and publishes its figures, for good.
    ///
    /// # Errors
    /// [`Conflict::TooEarly`] before the 5th of the next month (Asia/Tokyo), [`Conflict::Closed`] the second time.
    pub async fn close_month(&self, slug: &TenantSlug, month: Month) -> Result<Closed, Error> {
        let organisation = self.gate.organisation(slug).await?;
        self.close_month_of(&organisation, month).await
    }

    pub(crate) async fn close_month_of(&self, organisation: &Organisation, month: Month) -> Result<Closed, Error> {
        let now = self.clock.seconds();
        let today = tokyo_date(self.clock.now());
        let due = Month::of(today);
        if due <= month || (due == month.next() && today.day() < CLOSING_DAY) {
            return Err(Conflict::TooEarly.into());
        }
        let caller = self.gate.system(SystemActor::MonthClosing, organisation);
        let mut scope = self.gate.open(&caller, action::Create, Resource::UsageReport).await?;
        let tenant = scope.find::<entity::tenant::Entity>().locked().get().await?;
        let policy = policy_of(&tenant);

        let mut closed = Closed { month, year: None, shown: 0, hidden: 0 };
        note_closed(&scope, &month.to_string(), now).await?;
        let tallies = Tallies::read(&scope, &month.to_string()).await?;
        for party in parties_until(&scope, month).await? {
            let cell =
                close_month_cell(tallies.of(party, Tally::People), tallies.of(party, Tally::SignIns), &policy);
            if cell.people().is_some() { closed.shown += 1 } else { closed.hidden += 1 }
            scope.insert::<entity::usage_figure::Entity, _>(month_row(&scope, party, month, &cell)).await?;
        }
        forget_marks(&scope, Span::Month, &month.to_string()).await?;

        let year = month.fiscal_year();
        if tenant.yearly_band && month == year.last_month() {
            closed.year = self.close_year(&scope, year, &policy, now).await?;
        }
        forget_counters(&scope, now - COUNTERS_KEPT).await?;
        scope.audit(Act {
            kind: ActKind::MonthClosed,
            object_kind: Resource::UsageReport.as_str(),
            object_id: month.to_string(),
            text: ActText::default(),
        });
        scope.commit().await?;
        Ok(closed)
    }

    async fn close_year(
        &self,
        scope: &WriteScope,
        year: FiscalYear,
        policy: &DisclosurePolicy,
        now: i64,
    ) -> Result<Option<FiscalYear>, Error> {
        let period = year_period(year);
        let tallies = Tallies::read(scope, &period).await?;
        let mut rows = Vec::new();
        for party in parties_until(scope, year.last_month()).await? {
            if let Some(cell) = close_year_band(tallies.of(party, Tally::YearPeople), policy) {
                rows.push(band_row(scope, party, &period, &cell));
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        note_closed(scope, &period, now).await?;
        scope.insert_all::<entity::usage_figure::Entity, _>(rows).await?;
        forget_marks(scope, Span::Year, &period).await?;
        Ok(Some(year))
    }
}

/// How a municipality's use is published.
pub(super) fn policy_of(tenant: &entity::tenant::Model) -> DisclosurePolicy {
    let population = tenant.population.and_then(|population| u32::try_from(population).ok());
    let threshold = tenant.threshold.and_then(|threshold| u32::try_from(threshold).ok());
    DisclosurePolicy::of(population, threshold.and_then(|threshold| Threshold::try_from(threshold).ok()))
}

/// The sums of the shards of one period.
struct Tallies(HashMap<(Uuid, String), u32>);

impl Tallies {
    async fn read(scope: &WriteScope, period: &str) -> Result<Self, Error> {
        use entity::usage_counter::{Column, Entity};
        let mut sums = HashMap::new();
        for row in scope.find::<Entity>().filter(Column::Period.eq(period)).all().await? {
            let sum: &mut u32 = sums.entry((row.relying_party_id, row.outcome)).or_default();
            *sum = sum.saturating_add(u32::try_from(row.tally).unwrap_or(0));
        }
        Ok(Self(sums))
    }

    fn of(&self, party: Uuid, tally: Tally) -> u32 {
        self.0.get(&(party, tally.as_str().to_owned())).copied().unwrap_or(0)
    }
}

/// Relying parties that were there in the month: a service that began later has no cell in it.
async fn parties_until(scope: &WriteScope, month: Month) -> Result<Vec<Uuid>, Error> {
    use entity::relying_party::{Column, Entity};
    let end = domain::calendar::tokyo_midnight(month.next().first_day()).unix_timestamp();
    let rows = scope.find::<Entity>().filter(Column::CreatedAt.lt(end)).all().await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

async fn note_closed(scope: &WriteScope, period: &str, now: i64) -> Result<(), Error> {
    let row = entity::closed_period::ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        period: Set(period.to_owned()),
        method: Set(i64::from(METHOD_VERSION)),
        closed_at: Set(now),
    };
    match scope.insert::<entity::closed_period::Entity, _>(row).await {
        Err(Error::Conflict(Conflict::Exists)) => Err(Conflict::Closed.into()),
        other => other,
    }
}

fn month_row(scope: &WriteScope, party: Uuid, month: Month, cell: &Cell) -> entity::usage_figure::ActiveModel {
    let number = |figure: Option<disclosure::DisclosedFigure>| figure.map(|figure| i64::from(figure.number()));
    entity::usage_figure::ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        relying_party_id: Set(party),
        period: Set(month.to_string()),
        people: Set(number(cell.people())),
        sign_ins: Set(number(cell.sign_ins())),
        band: Set(None),
        hidden: Set(cell.hidden().map(|reason| reason.as_str().to_owned())),
    }
}

fn band_row(scope: &WriteScope, party: Uuid, period: &str, cell: &BandCell) -> entity::usage_figure::ActiveModel {
    let (band, hidden) = match cell {
        BandCell::Shown(band) => (Some(band.as_str().to_owned()), None),
        BandCell::Hidden(reason) => (None, Some(reason.as_str().to_owned())),
    };
    entity::usage_figure::ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        relying_party_id: Set(party),
        period: Set(period.to_owned()),
        people: Set(None),
        sign_ins: Set(None),
        band: Set(band),
        hidden: Set(hidden),
    }
}

/// From now on nobody can tell who used a service in the period.
async fn forget_marks(scope: &WriteScope, span: Span, period: &str) -> Result<(), Error> {
    use entity::usage_mark::{Column, Entity};
    let column = span.column();
    scope.update_many::<Entity>().set(column, Value::String(None)).filter(column.eq(period)).exec().await?;
    let neither = Condition::all().add(Column::UsedIn.is_null()).add(Column::UsedInYear.is_null());
    scope.delete_many::<Entity>().filter(neither).exec().await?;
    Ok(())
}

/// Drops the raw counters of periods that were closed before `before`.
async fn forget_counters(scope: &WriteScope, before: i64) -> Result<(), Error> {
    use entity::{closed_period, usage_counter};
    let closed = scope.find::<closed_period::Entity>().filter(closed_period::Column::ClosedAt.lte(before)).all().await?;
    let periods = closed.into_iter().map(|row| row.period);
    scope
        .delete_many::<usage_counter::Entity>()
        .filter(usage_counter::Column::Period.is_in(periods))
        .exec()
        .await?;
    Ok(())
}
