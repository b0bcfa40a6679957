//! What needs attention in a municipality, and whether everything runs: a few readings, each for those who may read it.

use std::collections::HashMap;

use domain::calendar::{iso_date, tokyo_date};
use domain::configuration::{ChangeRequestState, ConfigurationKind};
use domain::ids::{ChangeRequestId, IdentityProviderId, RelyingPartyId};
use domain::locale::Localized;
use domain::sign_in_health::SignInHealth;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Order};

use crate::Service;
use crate::audit::ActKind;
use crate::configuration::store;
use crate::error::Error;
use crate::federation::{Outage, ProviderContact, outages};
use crate::gate::{Act, Caller, Organisation, Resource, Scope, action};
use crate::relying_parties::ending::{ends_soon, last_secrets};

/// What needs attention. A part that the caller may not read is empty or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// Services whose sign-ins fail more than usual, the worst first.
    pub failing: Vec<(RelyingPartyId, Localized, SignInHealth)>,
    /// How sign-ins go in the whole town; none to those who may not know.
    pub sign_ins: Option<SignInHealth>,
    /// Approved requests whose day has come, and that could not be published.
    pub overdue: Vec<OverdueRequest>,
    /// Services without a secret that lasts, the next to end first.
    pub secrets: Vec<EndingSecret>,
    /// The connection that needs attention, or else the first that is used.
    pub provider: Option<ProviderState>,
    /// The last verification of the audit chain.
    pub audit: LastVerification,
}

/// An approved request that is not in force, although its day has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueRequest {
    /// Which.
    pub id: ChangeRequestId,
    /// What it is about.
    pub title: Localized,
    /// The version.
    pub number: i64,
    /// Its day, ISO 8601.
    pub effective_on: String,
}

/// A published service whose last valid secret ends soon, or has ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingSecret {
    /// The service.
    pub party: RelyingPartyId,
    /// Its name.
    pub name: Localized,
    /// The end, seconds since 1970.
    pub expires_at: i64,
}

/// How the identity provider does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderState {
    /// Its name.
    pub name: Localized,
    /// How the last contact ended, as any server process noted it; none that this one knows of.
    pub contact: Option<ProviderContact>,
    /// Since when it does not answer; none while it does.
    pub outage: Option<Outage>,
}

/// The last verification of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LastVerification {
    /// The caller may not read the trail.
    #[default]
    Unknown,
    /// It was never verified.
    Never,
    /// It was verified.
    At {
        /// When, seconds since 1970.
        at: i64,
        /// How many entries were found whole; none if something was found.
        whole: Option<u64>,
    },
}

impl Service {
    /// What needs attention, as far as the caller may read it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for another organisation than the caller's.
    pub async fn overview(&self, caller: &Caller, organisation: &Organisation) -> Result<Overview, Error> {
        if caller.organisation() != organisation.id {
            return Err(Error::NotFound);
        }
        let mut overview = Overview::default();
        if caller.may(Act::Read, Resource::RelyingParty) {
            let states = self.sign_in_states(organisation).await?;
            let scope = self.gate.open(caller, action::Read, Resource::RelyingParty).await?;
            let names = if states.parties.is_empty() { HashMap::new() } else { in_use(&scope).await? };
            overview.sign_ins = Some(states.town);
            let named = |(party, health): (RelyingPartyId, SignInHealth)| {
                names.get(&party.uuid()).map(|name| (party, name.clone(), health))
            };
            overview.failing = states.parties.into_iter().filter_map(named).collect();
        }
        if caller.may(Act::Read, Resource::ChangeRequest) {
            overview.overdue = self.overdue(caller).await?;
        }
        if caller.may(Act::Read, Resource::ClientSecret) {
            overview.secrets = self.ending_secrets(caller).await?;
        }
        if caller.may(Act::Read, Resource::IdentityProvider) {
            overview.provider = self.provider_state(caller).await?;
        }
        if caller.may(Act::Read, Resource::AuditTrail) {
            overview.audit = self.last_verification(caller).await?;
        }
        Ok(overview)
    }

    async fn overdue(&self, caller: &Caller) -> Result<Vec<OverdueRequest>, Error> {
        use entity::change_request::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::ChangeRequest).await?;
        let rows = scope
            .find::<Entity>()
            .filter(Column::State.eq(ChangeRequestState::Approved.as_str()))
            .filter(Column::EffectiveOn.lte(iso_date(tokyo_date(self.clock.now()))))
            .order_by(Column::EffectiveOn, Order::Asc)
            .all()
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| OverdueRequest {
                id: ChangeRequestId::from_uuid(row.id),
                title: Localized::composed(row.title_ja, row.title_en),
                number: row.number,
                effective_on: row.effective_on,
            })
            .collect())
    }

    async fn ending_secrets(&self, caller: &Caller) -> Result<Vec<EndingSecret>, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::ClientSecret).await?;
        let now = self.clock.seconds();
        let last = last_secrets(&scope).await?.into_iter().map(|(party, row)| (party, row.expires_at));
        let last: Vec<(Uuid, i64)> = last.filter(|(_, expires_at)| ends_soon(*expires_at, now)).collect();
        if last.is_empty() {
            return Ok(Vec::new());
        }
        let names = in_use(&scope).await?;
        let mut ending: Vec<EndingSecret> = last
            .into_iter()
            .filter_map(|(party, expires_at)| {
                let name = names.get(&party)?.clone();
                Some(EndingSecret { party: RelyingPartyId::from_uuid(party), name, expires_at })
            })
            .collect();
        ending.sort_by_key(|secret| (secret.expires_at, secret.party));
        Ok(ending)
    }

    async fn provider_state(&self, caller: &Caller) -> Result<Option<ProviderState>, Error> {
        use entity::identity_provider::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::IdentityProvider).await?;
        let rows = scope.find::<Entity>().filter(Column::Active.eq(true)).order_by(Column::Position, Order::Asc);
        let outages = outages(&scope).await?;
        let states = rows.all().await?.into_iter().map(|row| {
            let outage = outages.get(&IdentityProviderId::from_uuid(row.id)).copied();
            ProviderState {
                contact: self.contact_with(&row, outage),
                outage: outage.filter(|outage| outage.is_open()),
                name: Localized::composed(row.name_ja, row.name_en),
            }
        });
        // The first that does not answer, and while all do the first.
        Ok(states.min_by_key(|state| state.contact != Some(ProviderContact::Failed)))
    }

    /// That there was a verification is no content of the trail: looking at it is not an act of its own.
    async fn last_verification(&self, caller: &Caller) -> Result<LastVerification, Error> {
        use entity::audit_entry::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::AuditTrail).await?;
        let last = scope
            .find::<Entity>()
            .filter(Column::Action.eq(ActKind::AuditVerified.as_str()))
            .order_by(Column::Number, Order::Desc)
            .one()
            .await?;
        Ok(last.map_or(LastVerification::Never, |row| LastVerification::At {
            at: row.at,
            whole: row.object_id.strip_prefix("whole/").and_then(|entries| entries.parse().ok()),
        }))
    }
}

/// Names of the services that are published.
pub(crate) async fn in_use<S: Scope>(scope: &S) -> Result<HashMap<Uuid, Localized>, Error> {
    use entity::configuration::{Column, Entity};
    let rows = scope
        .find::<Entity>()
        .filter(Column::Kind.eq(ConfigurationKind::RelyingParty.as_str()))
        .filter(Column::PublishedNumber.is_not_null())
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, store::title(&row))).collect())
}
