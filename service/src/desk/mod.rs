//! 窓口: staff decide with the card or a document before them what no rule could decide. A resident's desk code leads to a
//! request; a clerk records what was seen, a second one confirms it beside the first, and the request waits for the card.
//!
//! To the desk comes as well who has a renewed card of which the provider does not say whose it was ([`renewed_card`]).
//!
//! Nothing of what staff saw is typed, and nobody can list who was there: the audit trail holds a reference that is in no
//! other row. How requests come to be, and what becomes of them at the card, is the gateway's (`federation::desk`).

mod renewed_card;
mod second_clerk;
pub(crate) mod store;

use std::sync::Arc;

use domain::calendar::Month;
use domain::configuration::FourEyes;
use domain::desk::{ActReference, CLEARED_SECONDS, DeskCode};
use domain::ids::{DeskRequestId, RelinkRequestId, ResidencyRuleId};
use domain::locale::{Locale, Localized};
use domain::municipality::MunicipalityTable;
use domain::names::TenantSlug;
use domain::residency::{self, ReasonCode};
use domain::violations::Violation;
use time::OffsetDateTime;

pub use self::renewed_card::{RelinkRequestView, Relinking};
pub use self::second_clerk::SecondClerk;
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration;
use crate::error::{Conflict, Error};
use crate::federation::{Published, PublishedRule};
use crate::gate::{Caller, Resource, action};

/// Whose request a desk code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDesk {
    /// Of somebody about whom nothing could be decided.
    Undecided(DeskRequestId),
    /// Of somebody with a renewed card.
    RenewedCard(RelinkRequestId),
}

/// A request as the clerk sees it: what was asked and why, and nothing about who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskRequestView {
    /// The request.
    pub id: DeskRequestId,
    /// The name of the rule that could decide nothing.
    pub rule: Localized,
    /// Who is eligible under it, as a sentence.
    pub eligible: Localized,
    /// The services that go by it.
    pub services: Vec<Localized>,
    /// Why nothing could be decided.
    pub reason: ReasonCode,
    /// When the code ends.
    pub expires_at: OffsetDateTime,
    /// This month, the first that may be the last one.
    pub earliest: Month,
    /// The last month that the rule's term permits.
    pub latest: Month,
    /// Somebody else confirms.
    pub four_eyes: bool,
}

/// What became of a clearance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clearance {
    /// Recorded, under this reference.
    Recorded(ActReference),
    /// Nobody else confirmed it: wrong mail address, password or code, the same person, somebody without the right, or too many
    /// attempts. Which of these is said to nobody.
    NotConfirmed,
}

impl Service {
    /// The request of a desk code, as somebody typed it.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field `desk_code`: `Required`, `Malformed`, or `Unknown` for a code that was used, is over,
    /// or never was one of this municipality's.
    pub async fn find_at_desk(&self, caller: &Caller, typed: &str) -> Result<AtDesk, Error> {
        let wrong = |violation| Error::invalid("desk_code", violation);
        caller.require(crate::gate::Act::Read, Resource::RelinkRequest)?;
        caller.require(crate::gate::Act::Read, Resource::DeskRequest)?;
        let code: DeskCode = typed.parse().map_err(wrong)?;
        let scope = self.gate.open(caller, action::Read, Resource::DeskRequest).await?;
        let keys = self.tenant_keys.of(&scope, caller.generation(), &self.master).await?;
        store::find_by_code(&scope, &keys, code, self.clock.seconds()).await?.ok_or_else(|| wrong(Violation::Unknown))
    }

    /// A request that waits for the desk. `tenant` is the caller's own municipality.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it was dealt with or is over, or its rule is not published any more.
    pub async fn desk_request(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        id: DeskRequestId,
    ) -> Result<DeskRequestView, Error> {
        let published = self.rules_of(caller, tenant).await?;
        let scope = self.gate.open(caller, action::Read, Resource::DeskRequest).await?;
        let row = store::find_open(&scope, id, self.clock.seconds()).await?.ok_or(Error::NotFound)?;
        let four_eyes = configuration::store::four_eyes(&scope, self.today()).await?;
        let rule = rule_of(&published, row.rule_id).ok_or(Error::NotFound)?;
        let table = MunicipalityTable::japan();
        let who = |locale| {
            residency::lines(&rule.content.rule, published.code, table, locale).into_iter().next().unwrap_or_default()
        };
        let services = published.parties.iter().filter(|party| party.content.rule == rule.id && !party.suspended);
        Ok(DeskRequestView {
            id,
            rule: rule.content.name.clone(),
            eligible: Localized::composed(who(Locale::Ja), who(Locale::En)),
            services: services.map(|party| party.content.name.clone()).collect(),
            reason: row.reason.parse().map_err(|_| Error::internal("the reason of a request at the desk"))?,
            expires_at: OffsetDateTime::from_unix_timestamp(row.expires_at)
                .map_err(|_| Error::internal("the end of a request at the desk"))?,
            earliest: Month::of(self.today()),
            latest: rule.content.rule.latest_at_desk(self.today()),
            four_eyes: four_eyes == FourEyes::Required,
        })
    }

    /// Records "eligible, checked at the desk" until a month. Unless four eyes are off, the second clerk confirms it here and
    /// now; the session stays the first one's. What is wrong with the month is said before anybody's password is looked at.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field `until` (`OutOfRange`); [`Error::NotFound`] as [`Service::desk_request`];
    /// [`Conflict::State`] where somebody was faster; [`Error::Unavailable`], also while too many wait for a hash.
    pub async fn clear_desk_request(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        id: DeskRequestId,
        until: Month,
        second: &SecondClerk<'_>,
    ) -> Result<Clearance, Error> {
        caller.require(crate::gate::Act::Update, Resource::DeskRequest)?;
        let view = self.desk_request(caller, tenant, id).await?;
        if until < view.earliest || until > view.latest {
            return Err(Error::invalid("until", Violation::OutOfRange));
        }
        let second = match view.four_eyes {
            false => None,
            true => match self.second_clerk(caller, tenant, second, Resource::DeskRequest).await? {
                Some(second) => Some(second),
                None => return Ok(Clearance::NotConfirmed),
            },
        };
        let published = self.rules_of(caller, tenant).await?;
        let now = self.clock.seconds();
        let mut scope = self.gate.open(caller, action::Update, Resource::DeskRequest).await?;
        let row = store::find_open_locked(&scope, id, now).await?.ok_or(Conflict::State)?;
        let rule = rule_of(&published, row.rule_id).ok_or(Conflict::State)?;
        store::clear(&scope, &row, rule.number, until, store::whole_hour(now + CLEARED_SECONDS)).await?;
        let reference = ActReference::of_bytes(self.rng.bytes()?);
        scope.audit(act(ActKind::DeskCleared, reference, rule));
        if let Some(second) = &second {
            scope.audit(act(ActKind::DeskConfirmed, reference, rule).by(second));
        }
        scope.commit().await?;
        Ok(Clearance::Recorded(reference))
    }

    /// Records that the person is not eligible: the request is gone, and nothing about the person is left.
    ///
    /// # Errors
    /// [`Error::NotFound`] as [`Service::desk_request`]; [`Conflict::State`] where somebody was faster.
    pub async fn refuse_desk_request(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        id: DeskRequestId,
    ) -> Result<ActReference, Error> {
        caller.require(crate::gate::Act::Update, Resource::DeskRequest)?;
        let published = self.rules_of(caller, tenant).await?;
        let mut scope = self.gate.open(caller, action::Update, Resource::DeskRequest).await?;
        let row = store::find_open_locked(&scope, id, self.clock.seconds()).await?.ok_or(Conflict::State)?;
        let rule = rule_of(&published, row.rule_id).ok_or(Error::NotFound)?;
        store::delete(&scope, &row).await?;
        let reference = ActReference::of_bytes(self.rng.bytes()?);
        scope.audit(act(ActKind::DeskRefused, reference, rule));
        scope.commit().await?;
        Ok(reference)
    }

    /// What the caller's own municipality published.
    async fn rules_of(&self, caller: &Caller, tenant: &TenantSlug) -> Result<Arc<Published>, Error> {
        caller.require(crate::gate::Act::Read, Resource::DeskRequest)?;
        let published = self.published(tenant).await?;
        if published.id() == caller.organisation() { Ok(published) } else { Err(Error::NotFound) }
    }
}

fn rule_of(published: &Published, id: uuid::Uuid) -> Option<&PublishedRule> {
    published.rule(ResidencyRuleId::from_uuid(id)).map(|(_, rule)| rule)
}

/// An act at the desk. It names the rule and never the month: in a village few were at the desk, and the month stands beside
/// a resident's number.
fn act(kind: ActKind, reference: ActReference, rule: &PublishedRule) -> Act {
    let object = rule.content.name.get(Locale::Ja).to_owned();
    Act {
        kind,
        object_kind: Resource::DeskRequest.as_str(),
        object_id: reference.to_string(),
        text: ActText { object, ..ActText::default() },
    }
}
