//! Reading the published figures: closed months of each service, or bands of closed years. There is no other number.

use std::collections::BTreeMap;

use domain::calendar::{FiscalYear, Month};
use domain::disclosure::{BandCell, Cell, Publication};
use domain::ids::RelyingPartyId;
use domain::locale::Localized;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Order};

use super::closing::{begun, policy_of};
use super::tally::year_period;
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, action};

/// Everything published about the use of a municipality's services in some months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageReport {
    /// How this municipality's use is published.
    pub publication: Publication,
    /// Whether the band per fiscal year is switched on.
    pub yearly_band: bool,
    /// Every closed month, oldest first.
    pub closed: Vec<Month>,
    /// Those of them that were asked for.
    pub months: Vec<Month>,
    /// Fiscal years with a band, newest first.
    pub years: Vec<FiscalYear>,
    /// Services that have begun, the oldest first.
    pub services: Vec<ServiceUsage>,
}

/// The published figures of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUsage {
    /// The service.
    pub id: RelyingPartyId,
    /// Its name.
    pub name: Localized,
    /// Cells by month; a month before the service began has none.
    pub cells: BTreeMap<Month, Cell>,
    /// Bands by fiscal year.
    pub bands: BTreeMap<FiscalYear, BandCell>,
}

impl Service {
    /// The published figures from one month to another. Reading them is audited; `export` says that they left as a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read them.
    pub async fn read_usage(
        &self,
        caller: &Caller,
        from: Month,
        to: Month,
        export: bool,
    ) -> Result<UsageReport, Error> {
        let mut scope = self.gate.open(caller, action::Inspect, Resource::UsageReport).await?;
        let report = report(&scope, Asked::Between(from, to)).await?;
        scope.audit(Act {
            kind: if export { ActKind::UsageExported } else { ActKind::UsageRead },
            object_kind: Resource::UsageReport.as_str(),
            object_id: format!("{from}/{to}"),
            text: ActText::default(),
        });
        scope.commit().await?;
        Ok(report)
    }

    /// What the overview shows to everybody who may read figures: the months of the last year that was closed, no bands. Only
    /// this is not an act of its own, and so nobody chooses here what is read.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read them.
    pub async fn glance_at_usage(&self, caller: &Caller) -> Result<UsageReport, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::UsageReport).await?;
        report(&scope, Asked::Latest).await
    }
}

/// Which figures a report holds.
enum Asked {
    /// The months between two, both included, and the bands of every closed year.
    Between(Month, Month),
    /// The twelve months that end with the last closed one.
    Latest,
}

impl Asked {
    fn months(&self, closed: &[Month]) -> Vec<Month> {
        let (from, to) = match (self, closed.last()) {
            (Asked::Between(from, to), _) => (*from, *to),
            (Asked::Latest, Some(last)) => ((0..11).fold(*last, |month, _| month.previous()), *last),
            (Asked::Latest, None) => return Vec::new(),
        };
        closed.iter().copied().filter(|month| (from..=to).contains(month)).collect()
    }
}

async fn report<S: Scope>(scope: &S, asked: Asked) -> Result<UsageReport, Error> {
    use entity::{closed_period, configuration, tenant, usage_figure};
    let tenant = scope.find::<tenant::Entity>().get().await?;
    let publication = policy_of(&tenant).publication();
    let closed =
        scope.find::<closed_period::Entity>().order_by(closed_period::Column::Period, Order::Asc).all().await?;
    let closed_months: Vec<Month> = closed.iter().filter_map(|row| row.period.parse().ok()).collect();
    let months = asked.months(&closed_months);
    let mut years: Vec<FiscalYear> =
        closed.iter().filter_map(|row| FiscalYear::new(row.period.strip_prefix("FY")?.parse().ok()?)).collect();
    years.sort_unstable_by(|one, other| other.cmp(one));
    if matches!(asked, Asked::Latest) {
        years.clear();
    }

    let periods = months.iter().map(Month::to_string).chain(years.iter().map(|year| year_period(*year)));
    let figures =
        scope.find::<usage_figure::Entity>().filter(usage_figure::Column::Period.is_in(periods)).all().await?;
    let mut parties: Vec<(i64, Uuid)> = begun(scope).await?.into_iter().map(|(party, at)| (at, party)).collect();
    parties.sort_unstable();
    let titles =
        scope.find::<configuration::Entity>().filter(configuration::Column::Kind.eq("relying_party")).all().await?;

    let mut services: Vec<ServiceUsage> = Vec::with_capacity(parties.len());
    for (_, party) in parties {
        let Some(title) = titles.iter().find(|row| row.id == party) else { continue };
        services.push(ServiceUsage {
            id: RelyingPartyId::from_uuid(party),
            name: Localized::composed(&title.title_ja, &title.title_en),
            cells: BTreeMap::new(),
            bands: BTreeMap::new(),
        });
    }
    for figure in figures {
        let Some(service) = services.iter_mut().find(|service| service.id.uuid() == figure.relying_party_id) else {
            continue;
        };
        let broken = |_| Error::internal("a stored figure is not a published one");
        let hidden = figure.hidden.as_deref();
        if let Ok(month) = figure.period.parse::<Month>() {
            let number = |stored: Option<i64>| stored.and_then(|number| u32::try_from(number).ok());
            let cell = Cell::from_store(number(figure.people), number(figure.sign_ins), hidden).map_err(broken)?;
            service.cells.insert(month, cell.held_to(publication));
        } else if let Some(year) = years.iter().find(|year| year_period(**year) == figure.period) {
            service.bands.insert(*year, BandCell::from_store(figure.band.as_deref(), hidden).map_err(broken)?);
        }
    }
    Ok(UsageReport { publication, yearly_band: tenant.yearly_band, closed: closed_months, months, years, services })
}
