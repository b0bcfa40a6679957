//! Raw counters of a test municipality, as its seed writes them: the same rows that sign-ins leave, to be closed by the same
//! function.

use domain::calendar::Month;
use domain::ids::RelyingPartyId;
use domain::names::TenantSlug;
use sea_orm::ColumnTrait;

use super::tally::{Tally, add, year_period};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{Resource, Scope, SystemActor, action};

/// What residents of a test municipality are said to have done at one service in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawMonth {
    /// The month.
    pub month: Month,
    /// Distinct people in it.
    pub people: u32,
    /// Sign-ins in it.
    pub sign_ins: u32,
    /// Of the people, those who were there for the first time in the fiscal year.
    pub new_in_year: u32,
}

impl Service {
    /// Adds to the raw counters of a test municipality; nothing of it can be read before the month is closed.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a service; [`Error::Denied`] for a municipality that serves residents;
    /// [`Conflict::Closed`] for a closed month.
    pub async fn provision_usage(&self, slug: &TenantSlug, party: RelyingPartyId, months: &[RawMonth]) -> Result<(), Error> {
        use entity::{closed_period, relying_party, tenant};
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Provisioner, &organisation);
        let scope = self.gate.open(&caller, action::Create, Resource::UsageCounter).await?;
        let tenant = scope.find::<tenant::Entity>().get().await?;
        if tenant.mode != "sandbox" {
            return Err(Error::Denied);
        }
        scope.find::<relying_party::Entity>().filter(relying_party::Column::Id.eq(party.uuid())).get().await?;
        for raw in months {
            let month = raw.month.to_string();
            let closed = scope.find::<closed_period::Entity>().filter(closed_period::Column::Period.eq(month.as_str()));
            if closed.one().await?.is_some() {
                return Err(Conflict::Closed.into());
            }
            let year = year_period(raw.month.fiscal_year());
            for (period, tally, amount) in [
                (&month, Tally::People, raw.people),
                (&year, Tally::YearPeople, raw.new_in_year),
                (&month, Tally::SignIns, raw.sign_ins),
            ] {
                if amount > 0 {
                    add(&scope, self.rng, party.uuid(), period, tally, amount.into()).await?;
                }
            }
        }
        scope.commit().await
    }
}
