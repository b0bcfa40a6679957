//! Closing a month: once, on or after the 5th of the next, what may be shown is computed and written, and what may not be
//! shown is not kept.

use std::collections::HashMap;

use domain::calendar::{FiscalYear, Month, tokyo_date, tokyo_midnight};
use domain::disclosure::{
    self, BandCell, Cell, DisclosurePolicy, METHOD_VERSION, Publication, Threshold, close_month_cell, close_year_band,
};
use domain::names::TenantSlug;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Condition, Set, Value};

use super::tally::{Span, Tally, year_period};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::gate::{Organisation, Resource, Scope, SystemActor, WriteScope, action};
use crate::jobs;

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

/// The day from which a month can be closed, in Japan: the 5th of the next.
pub fn closes_on(month: Month) -> time::Date {
    let day = month.next().first_day();
    day.replace_day(CLOSING_DAY).unwrap_or(day)
}

/// The same as a moment, in seconds.
pub(crate) fn due_at(month: Month) -> i64 {
    tokyo_midnight(closes_on(month)).unix_timestamp()
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

    /// Closes a month of every municipality, by slug; in one that cannot be closed the others are not held up.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the municipalities cannot be listed.
    pub async fn close_month_everywhere(&self, month: Month) -> Result<Vec<(String, Result<Closed, Error>)>, Error> {
        let mut organisations = self.gate.tenants().await?;
        organisations.sort_by(|one, other| one.slug.cmp(&other.slug));
        let mut closed = Vec::with_capacity(organisations.len());
        for organisation in organisations {
            let done = self.close_month_of(&organisation, month).await;
            closed.push((organisation.slug, done));
        }
        Ok(closed)
    }

    pub(super) async fn close_month_of(&self, organisation: &Organisation, month: Month) -> Result<Closed, Error> {
        let now = self.clock.seconds();
        if now < due_at(month) {
            return Err(Conflict::TooEarly.into());
        }
        let caller = self.gate.system(SystemActor::MonthClosing, organisation);
        let mut scope = self.gate.open(&caller, action::Create, Resource::UsageReport).await?;
        let tenant = scope.find::<entity::tenant::Entity>().locked().get().await?;
        let policy = policy_of(&tenant);

        let mut closed = Closed { month, year: None, shown: 0, hidden: 0 };
        note_closed(&scope, &month.to_string(), now).await?;
        let tallies = Tallies::read(&scope, &month.to_string()).await?;
        let mut rows = Vec::new();
        for party in parties_until(&scope, month).await? {
            let cell = close_month_cell(tallies.of(party, Tally::People), tallies.of(party, Tally::SignIns), &policy);
            if cell.people().is_some() {
                closed.shown += 1;
            } else {
                closed.hidden += 1;
            }
            rows.push(month_row(&scope, party, month, &cell));
        }
        scope.insert_all::<entity::usage_figure::Entity, _>(rows).await?;
        forget_marks(&scope, Span::Month, &month.to_string()).await?;

        let year = month.fiscal_year();
        if month == year.last_month() {
            closed.year = self.close_year(&scope, year, tenant.yearly_band, &policy).await?;
        }
        scope.enqueue(jobs::Kind::ForgetCounters, now + COUNTERS_KEPT).await?;
        scope.audit(Act {
            kind: ActKind::MonthClosed,
            object_kind: Resource::UsageReport.as_str(),
            object_id: month.to_string(),
            text: ActText::default(),
        });
        scope.commit().await?;
        Ok(closed)
    }

    /// Publishes the bands of a fiscal year. Where none comes of it, because months are published or the town switched the
    /// band off, what was noted for it goes at once.
    async fn close_year(
        &self,
        scope: &WriteScope,
        year: FiscalYear,
        switched_on: bool,
        policy: &DisclosurePolicy,
    ) -> Result<Option<FiscalYear>, Error> {
        let period = year_period(year);
        forget_marks(scope, Span::Year, &period).await?;
        if !switched_on || matches!(policy.publication(), Publication::Months(_)) {
            forget_tallies(scope, [period]).await?;
            return Ok(None);
        }
        note_closed(scope, &period, self.clock.seconds()).await?;
        let tallies = Tallies::read(scope, &period).await?;
        let mut rows = Vec::new();
        for party in parties_until(scope, year.last_month()).await? {
            if let Some(cell) = close_year_band(tallies.of(party, Tally::YearPeople), policy) {
                rows.push(band_row(scope, party, &period, &cell));
            }
        }
        scope.insert_all::<entity::usage_figure::Entity, _>(rows).await?;
        Ok(Some(year))
    }

    /// The job of a month's 5th: closes the month before, and asks for the next 5th. Doing it twice is doing it once.
    pub(crate) async fn close_month_due(&self, organisation: &Organisation, due: i64) -> Result<(), Error> {
        let moment = time::OffsetDateTime::from_unix_timestamp(due).map_err(|_| Error::internal("a job's time"))?;
        let month = Month::of(tokyo_date(moment)).previous();
        match self.close_month_of(organisation, month).await {
            Ok(_) | Err(Error::Conflict(Conflict::Closed)) => {}
            Err(error) => return Err(error),
        }
        let caller = self.gate.system(SystemActor::MonthClosing, organisation);
        let scope = self.gate.open(&caller, action::Create, Resource::UsageReport).await?;
        scope.enqueue(jobs::Kind::CloseMonth, due_at(month.next())).await?;
        scope.commit().await
    }

    /// The job of 35 days after a closing: drops raw counters.
    pub(crate) async fn forget_counters_due(&self, organisation: &Organisation) -> Result<(), Error> {
        use entity::closed_period::{Column, Entity};
        let before = self.clock.seconds() - COUNTERS_KEPT;
        let caller = self.gate.system(SystemActor::MonthClosing, organisation);
        let scope = self.gate.open(&caller, action::Remove, Resource::UsageCounter).await?;
        let closed = scope.find::<Entity>().filter(Column::ClosedAt.lte(before)).all().await?;
        forget_tallies(&scope, closed.into_iter().map(|row| row.period)).await?;
        scope.commit().await
    }
}

/// When the first month of a municipality that begins now will be closed: the job to ask for at its creation.
pub(crate) fn first_closing(now: time::OffsetDateTime) -> i64 {
    due_at(Month::at(now))
}

/// How a municipality's use is published.
pub(crate) fn policy_of(tenant: &entity::tenant::Model) -> DisclosurePolicy {
    let population = tenant.population.and_then(|population| u32::try_from(population).ok());
    let threshold = tenant.threshold.and_then(|threshold| u32::try_from(threshold).ok());
    DisclosurePolicy::of(population, threshold.and_then(|threshold| Threshold::try_from(threshold).ok()))
}

/// The sums of the shards of one period.
struct Tallies(HashMap<(Uuid, String), i64>);

impl Tallies {
    async fn read(scope: &WriteScope, period: &str) -> Result<Self, Error> {
        use entity::usage_counter::{Column, Entity};
        let mut sums = HashMap::new();
        for row in scope.find::<Entity>().filter(Column::Period.eq(period)).all().await? {
            let sum: &mut i64 = sums.entry((row.relying_party_id, row.outcome)).or_default();
            *sum = sum.saturating_add(row.tally);
        }
        Ok(Self(sums))
    }

    fn of(&self, party: Uuid, tally: Tally) -> u32 {
        let sum = self.0.get(&(party, tally.as_str().to_owned())).copied().unwrap_or(0);
        u32::try_from(sum.max(0)).unwrap_or(u32::MAX)
    }
}

/// Services that had begun by the end of the month, by the day on which their first version was published: one that began
/// later has no cell in it.
async fn parties_until(scope: &WriteScope, month: Month) -> Result<Vec<Uuid>, Error> {
    let end = tokyo_midnight(month.next().first_day()).unix_timestamp();
    Ok(begun(scope).await?.into_iter().filter(|(_, at)| *at < end).map(|(party, _)| party).collect())
}

/// When each service began: its relying party's first publication, in seconds. One that was never published has not begun.
pub(super) async fn begun<S: Scope>(scope: &S) -> Result<HashMap<Uuid, i64>, Error> {
    use entity::configuration_version::{Column, Entity};
    let published = Condition::all().add(Column::Kind.eq("relying_party")).add(Column::PublishedAt.is_not_null());
    let mut begun = HashMap::new();
    for row in scope.find::<Entity>().filter(published).all().await? {
        let Some(at) = row.published_at else { continue };
        let first = begun.entry(row.configuration_id).or_insert(at);
        *first = at.min(*first);
    }
    Ok(begun)
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

/// From now on nobody can tell who used a service in the period, or in one before it.
async fn forget_marks(scope: &WriteScope, span: Span, period: &str) -> Result<(), Error> {
    use entity::usage_mark::{Column, Entity};
    let column = span.column();
    scope.update_many::<Entity>().set(column, Value::String(None)).filter(column.lte(period)).exec().await?;
    let neither = Condition::all().add(Column::UsedIn.is_null()).add(Column::UsedInYear.is_null());
    scope.delete_many::<Entity>().filter(neither).exec().await?;
    Ok(())
}

async fn forget_tallies(scope: &WriteScope, periods: impl IntoIterator<Item = String>) -> Result<(), Error> {
    use entity::usage_counter::{Column, Entity};
    scope.delete_many::<Entity>().filter(Column::Period.is_in(periods)).exec().await?;
    Ok(())
}
