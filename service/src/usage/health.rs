//! How sign-ins go at the moment, as states: the tallies themselves are nobody's to read but the closing's.

use std::collections::HashMap;

use domain::calendar::Month;
use domain::ids::RelyingPartyId;
use domain::sign_in_health::{Attempts, SignInHealth};
use sea_orm::ColumnTrait;
use sea_orm::prelude::Uuid;

use super::tally::Tally;
use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, Resource, Scope, SystemActor, action};

/// How sign-ins of a municipality go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SignInStates {
    /// In the whole town, whatever kept people from their end: a rule, a refusal, a technical failure.
    pub(crate) town: SignInHealth,
    /// Services with more technical failures than usual.
    pub(crate) parties: Vec<(RelyingPartyId, SignInHealth)>,
}

impl Service {
    /// Reads the tallies of the open month and the one before it, which is kept until after the next closing.
    pub(crate) async fn sign_in_states(&self, organisation: &Organisation) -> Result<SignInStates, Error> {
        use entity::usage_counter::{Column, Entity};
        let caller = self.gate.system(SystemActor::MonthClosing, organisation);
        let scope = self.gate.open(&caller, action::Read, Resource::UsageCounter).await?;
        let open = Month::at(self.clock.now());
        let (open, before) = (open.to_string(), open.previous().to_string());
        let rows = scope.find::<Entity>().filter(Column::Period.is_in([open.as_str(), before.as_str()])).all().await?;
        let mut towns = [Attempts::default(); 2];
        let mut parties: HashMap<Uuid, [Attempts; 2]> = HashMap::new();
        for row in rows {
            let tally = u64::try_from(row.tally).unwrap_or(0);
            let at = usize::from(row.period != open);
            let party = parties.entry(row.relying_party_id).or_default();
            let (Some(town), Some(party)) = (towns.get_mut(at), party.get_mut(at)) else { continue };
            if row.outcome == Tally::SignIns.as_str() {
                town.done = town.done.saturating_add(tally);
                party.done = party.done.saturating_add(tally);
            } else if row.outcome == Tally::Failed.as_str() {
                town.failed = town.failed.saturating_add(tally);
                party.failed = party.failed.saturating_add(tally);
            } else if [Tally::NotEligible, Tally::Undecidable, Tally::Refused]
                .iter()
                .any(|of| of.as_str() == row.outcome)
            {
                town.failed = town.failed.saturating_add(tally);
            }
        }
        let health = |[now, before]: [Attempts; 2]| SignInHealth::of(now, before);
        let mut parties: Vec<(RelyingPartyId, SignInHealth)> = parties
            .into_iter()
            .map(|(party, attempts)| (RelyingPartyId::from_uuid(party), health(attempts)))
            .filter(|(_, health)| *health != SignInHealth::Usual)
            .collect();
        parties.sort_by_key(|(party, health)| (std::cmp::Reverse(*health), *party));
        Ok(SignInStates { town: health(towns), parties })
    }
}
