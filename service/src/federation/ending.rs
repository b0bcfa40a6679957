//! How a sign-in ends without a code: what is counted, what can be tried again, and what the service is told.

use domain::calendar::Month;
use domain::ids::RelyingPartyId;
use domain::residency::{Outcome, ReasonCode};
use oidc::upstream::id_token::IdTokenRefused;
use oidc::{ErrorCode, ProtocolError};

use super::flow::{Ending, Flow, Kind, Stage};
use super::provider::ProviderFailure;
use super::published::Published;
use super::tried::Tried;
use super::{Browser, Step};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, WriteScope, action};
use crate::usage::tally::{self, Tally};

impl Service {
    pub(super) async fn fail(
        &self,
        published: &Published,
        flow: Flow,
        browser: &Browser,
        failure: ProviderFailure,
    ) -> Result<Step, Error> {
        tracing::warn!(%failure, "the identity provider cannot be used");
        if matches!(flow.kind, Kind::TryOut(_)) {
            return self.show_tried(published, flow, browser, Tried::failed(failure)).await;
        }
        let weak = matches!(failure, ProviderFailure::IdToken(IdTokenRefused::Stale | IdTokenRefused::Assurance));
        let ending = if weak { Ending::TooWeak } else { Ending::ProviderFailed };
        self.end(published, flow, browser, ending).await
    }

    /// Ends a flow without a code, counts that, and shows its outcome page.
    pub(super) async fn end(
        &self,
        published: &Published,
        mut flow: Flow,
        browser: &Browser,
        ending: Ending,
    ) -> Result<Step, Error> {
        if let (Kind::Service(asked), Some(_)) = (&flow.kind, tally_of(ending)) {
            self.count_ending(published, asked.party, ending).await?;
        }
        flow.stage = Stage::Ended(ending);
        self.show(published, &flow, browser).await
    }

    pub(super) async fn count_ending(
        &self,
        published: &Published,
        party: RelyingPartyId,
        ending: Ending,
    ) -> Result<(), Error> {
        match tally_of(ending) {
            Some(tally) => self.count(published, party, tally).await,
            None => Ok(()),
        }
    }

    /// Adds one to a counter, and writes nothing else.
    pub(super) async fn count(&self, published: &Published, party: RelyingPartyId, tally: Tally) -> Result<(), Error> {
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Update, Resource::UsageCounter).await?;
        self.add_one(&scope, party, tally).await?;
        scope.commit().await
    }

    /// Adds one to a counter of this month.
    pub(super) async fn add_one(&self, scope: &WriteScope, party: RelyingPartyId, tally: Tally) -> Result<(), Error> {
        let month = Month::at(self.clock.now()).to_string();
        tally::add_one(scope, self.rng, party, &month, tally).await
    }
}

/// Said alike of who never was eligible and of who moved away: the service learns nothing of a move.
const NOT_ELIGIBLE: &str = "not_eligible: the rule of the municipality is not met";

impl Ending {
    /// Whether going to the provider once more may help.
    pub const fn can_retry(self) -> bool {
        match self {
            Ending::ProviderDeclined
            | Ending::ProviderFailed
            | Ending::TooWeak
            | Ending::ItemMissing
            | Ending::Changed
            | Ending::CodeTaken
            | Ending::CardDue(_) => true,
            Ending::MovedAway => false,
            Ending::Determined(reason) => {
                matches!(
                    reason,
                    ReasonCode::SourceTooWeak | ReasonCode::VerificationTooOld | ReasonCode::BirthdateMissing
                )
            }
        }
    }

    /// What the service is told: that there is no code, and a word of ours that says nothing about the person.
    pub(super) fn for_client(self) -> ProtocolError {
        let (code, description) = match self {
            Ending::Determined(reason) => match reason.outcome() {
                Outcome::Undecidable => (ErrorCode::AccessDenied, "undecidable: eligibility could not be determined"),
                Outcome::NotEligible | Outcome::Eligible => (ErrorCode::AccessDenied, NOT_ELIGIBLE),
            },
            Ending::MovedAway => (ErrorCode::AccessDenied, NOT_ELIGIBLE),
            Ending::ProviderDeclined => (ErrorCode::AccessDenied, "cancelled: the resident gave up"),
            Ending::ProviderFailed => {
                (ErrorCode::TemporarilyUnavailable, "the identity provider behind us does not answer")
            }
            Ending::TooWeak => {
                (ErrorCode::UnmetAuthenticationRequirements, "level: the level of assurance was not reached")
            }
            Ending::ItemMissing => (ErrorCode::AccessDenied, "item_missing: an attribute did not come from the card"),
            Ending::CodeTaken => (ErrorCode::AccessDenied, NOT_ELIGIBLE),
            Ending::CardDue(_) => (ErrorCode::AccessDenied, "cancelled: the resident gave up"),
            Ending::Changed => (ErrorCode::TemporarilyUnavailable, "the configuration changed; please start again"),
        };
        ProtocolError::new(code, description)
    }
}

/// Under which counter an ending goes; giving up at the provider is nobody's failure.
pub(super) fn tally_of(ending: Ending) -> Option<Tally> {
    match ending {
        Ending::Determined(reason) => match reason.outcome() {
            Outcome::Eligible => None,
            Outcome::NotEligible => Some(Tally::NotEligible),
            Outcome::Undecidable => Some(Tally::Undecidable),
        },
        Ending::MovedAway => Some(Tally::NotEligible),
        Ending::ProviderFailed | Ending::TooWeak | Ending::ItemMissing => Some(Tally::Failed),
        Ending::ProviderDeclined | Ending::Changed | Ending::CodeTaken | Ending::CardDue(_) => None,
    }
}
