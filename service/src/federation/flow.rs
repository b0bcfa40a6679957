//! The state of one sign-in in one browser tab. It travels in a cookie, sealed under an epoch key and bound to the tenant and
//! the flow's id: a million started flows cost the server nothing, and nothing about a person rests here. Its bytes are
//! `flow_format`'s.

use domain::assurance::{Assurance, Method};
use domain::attributes::{Attributes, Items};
use domain::calendar::Month;
use domain::ids::{FlowId, IdentityProviderId, RelyingPartyId, ResidentId};
use domain::locale::Locale;
use domain::residency::{AddressSource, Attestation, AttestationKinds, Clause, Outcome, ReasonCode};
use domain::web_address::RedirectUri;
use oidc::jose::Thumbprint;
use oidc::pkce::CodeChallenge;
use oidc::provider::authorize::{AuthorizationRequest, Prompt, Prompts};
use oidc::provider::claims_request::{ClaimsRequest, Scope, Scopes};
use zeroize::Zeroizing;

use super::desk::Given;
use super::published::Party;
use super::tried::Tried;

/// How long a flow lives, in seconds.
pub(super) const FLOW_SECONDS: i64 = 30 * 60;
/// The longest sealed flow, in characters of its cookie's value.
pub(super) const MAX_FLOW_CHARS: usize = 3_500;

/// One sign-in.
pub(super) struct Flow {
    pub(super) id: FlowId,
    pub(super) started_at: i64,
    pub(super) locale: Locale,
    /// Its code was handed over: the form may come a second time, its page is not shown again.
    pub(super) answered: bool,
    /// A tie that a one-time code proved in this flow, of somebody who is not in the register yet: the code is spent when the
    /// person is written.
    pub(super) tie: Option<Offered>,
    /// The desk code that was given in this flow.
    pub(super) desk: Option<Given>,
    /// All is written, and before the code is handed over the person is offered a passkey for the next time.
    pub(super) offers_passkey: bool,
    pub(super) kind: Kind,
    pub(super) stage: Stage,
}

/// What the sign-in is for.
pub(super) enum Kind {
    /// A service asked.
    Service(Box<Asked>),
    /// The button on the town's own page.
    TownPage,
    /// A resident signs in a second time, with what leads to another town ID, to merge that one into this.
    Merge(ResidentId),
    /// A clerk looks at what a service would be told; nothing is written.
    Test(RelyingPartyId),
    /// A clerk looks at how a connection to a provider reads what it is told, before or while it is in use; nothing is written.
    TryOut(IdentityProviderId),
}

/// The authorization request in canonical form, as far as it still matters.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) party: RelyingPartyId,
    /// The version whose list of redirect URIs the index is of.
    pub(super) party_number: u32,
    pub(super) redirect_uri: u8,
    /// The port of an app on its own device.
    pub(super) port: Option<u16>,
    pub(super) scopes: Scopes,
    pub(super) claims: ClaimsRequest,
    pub(super) prompt: Prompts,
    pub(super) max_age_seconds: Option<u32>,
    pub(super) level: LevelAsked,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: Option<CodeChallenge>,
    /// The client's key, to which the code is to be bound.
    pub(super) key: Option<Thumbprint>,
    /// The digest of the only `sub` for whom an answer may be given.
    pub(super) subject: Option<[u8; 16]>,
    /// The id of a pushed request, which is spent with the code.
    pub(super) pushed: Option<[u8; 16]>,
}

/// A level that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LevelAsked {
    /// It names none that is known here.
    None,
    /// It would like this one: where somebody can be brought to it they are, and where not it is no obstacle.
    Wanted(Assurance),
    /// It must be reached.
    Essential(Assurance),
}

/// How far the sign-in has come.
pub(super) enum Stage {
    /// A cross-site POST brought the request; the GET that follows sees the session.
    Arrived,
    /// The person chooses between the providers, and a passkey where one may do.
    Choosing { passkey: bool },
    /// The browser is at the provider. State, nonce and verifier of the request there follow from the seed.
    Away { provider: IdentityProviderId, seed: Zeroizing<[u8; 32]>, sent_at: i64, fresh: bool },
    /// The card was read.
    Carded(Box<Carded>),
    /// An open session says who it is, and a consent is due; or a passkey said so a moment ago. Confirming needs the same
    /// session.
    Known(ResidentId),
    /// In a merge: whose town ID the other sign-in leads to, and by what.
    Other(ResidentId, Home),
    /// It ended without a code and may go on without the card being read again, where the person proves what the card does
    /// not show. Of what the card said nothing but the outcomes is left.
    Held(Ending, Box<Carded>),
    /// It is over, or waits for another attempt; nothing about a person is left in it.
    Ended(Ending),
    /// A connection was tried out.
    Tried(Box<Tried>),
}

/// What the provider attested, and what follows from it.
pub(super) struct Carded {
    pub(super) provider: IdentityProviderId,
    pub(super) person: Person,
    pub(super) assurance: Assurance,
    pub(super) method: Method,
    /// Which of the connection's levels it is, by its place.
    pub(super) level: u8,
    pub(super) auth_time: i64,
    pub(super) source: AddressSource,
    pub(super) verified: Option<Month>,
    /// What the outcomes rest on ([`super::published::Published::basis`]).
    pub(super) basis: [u8; 8],
    /// One per published rule, in their order.
    pub(super) determined: Vec<Determined>,
    /// What the relying party may take; empty where it takes nothing.
    pub(super) attributes: Attributes,
}

/// The outcome of one rule: the reason names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Determined {
    pub(super) reason: ReasonCode,
    /// The part of the rule that decided, where it was a single one.
    pub(super) clause: Option<Clause>,
    /// Of somebody who is eligible; of somebody whom a tie would make so, those of the eligibility that it would give at most.
    pub(super) term: Option<Term>,
    /// Each of these ties alone would make the person eligible.
    pub(super) would_do: AttestationKinds,
}

/// The months of an eligibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term {
    /// The last one.
    pub(super) expires: Month,
    /// The last one before the card is asked for again.
    pub(super) recheck: Option<Month>,
}

impl Determined {
    pub(super) const fn outcome(self) -> Outcome {
        self.reason.outcome()
    }

    /// The months of the eligibility, of somebody who is eligible.
    pub(super) fn eligible(self) -> Option<Term> {
        self.term.filter(|_| self.outcome() == Outcome::Eligible)
    }

    /// What is determined once this tie is attested beside what was known; the same where it does not decide.
    #[must_use]
    pub(super) fn with(self, tie: Attestation) -> Self {
        match self.term {
            Some(term) if self.would_do.contains(tie.kind) => Self {
                reason: ReasonCode::Meets,
                clause: None,
                term: Some(Term {
                    expires: term.expires.min(tie.until),
                    recheck: term.recheck.map(|month| month.min(tie.until)),
                }),
                would_do: AttestationKinds::NONE,
            },
            _ => self,
        }
    }
}

/// What a one-time code stands for, and by what it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offered {
    pub(super) tie: Attestation,
    pub(super) code_hash: [u8; 32],
}

/// The digest under which a resident's own row stood when the card was read.
pub(super) type Home = Zeroizing<[u8; 32]>;

/// Who it is, without the provider's own name for the person.
#[derive(Clone)]
pub(super) enum Person {
    /// Found again, and by what: where another card stands in that place when the person goes on, this sign-in leads nowhere.
    Found(ResidentId, Home),
    /// Not in the register: the digest under which the person will be found, and the number of its pepper.
    New { digest: Zeroizing<[u8; 32]>, pepper: i64 },
}

impl Person {
    /// Whose town ID it is, if the person is in the register.
    pub(super) fn found(&self) -> Option<ResidentId> {
        match self {
            Self::Found(resident, _) => Some(*resident),
            Self::New { .. } => None,
        }
    }

    /// Under what the person stands, or will.
    pub(super) fn home(&self) -> &Home {
        match self {
            Self::Found(_, home) => home,
            Self::New { digest, .. } => digest,
        }
    }
}

/// Why a flow ended without a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The rule decided against, or could not decide.
    Determined(ReasonCode),
    /// The person gave up at the provider, or the card was not read.
    ProviderDeclined,
    /// The provider does not answer, or answers nonsense.
    ProviderFailed,
    /// The sign-in is weaker or older than the service accepts.
    TooWeak,
    /// An item that the service takes did not come from the card, or is too long to be passed on.
    ItemMissing,
    /// The configuration changed while the sign-in ran: it begins again.
    Changed,
    /// Who was eligible until this sign-in lives elsewhere now: the eligibility has ended with it.
    MovedAway,
    /// The one-time code of a tie was used by somebody else while this sign-in ran.
    CodeTaken,
    /// A session is open, and what was determined with the card does not hold any more: the card is asked for again.
    CardDue(CardDue),
}

/// Why an eligibility that was there does not hold without the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardDue {
    /// Its term is over.
    Expired,
    /// The rule asks for the card from time to time, and it is time.
    Recheck,
    /// The rule has a new version under which everybody is looked at again.
    NewRule,
}

/// Endings without a reason, in the order of their numbers in the sealed form: new ones go to the end.
pub(super) const ENDINGS: [Ending; 10] = [
    Ending::ProviderDeclined,
    Ending::ProviderFailed,
    Ending::TooWeak,
    Ending::ItemMissing,
    Ending::Changed,
    Ending::MovedAway,
    Ending::CodeTaken,
    Ending::CardDue(CardDue::Expired),
    Ending::CardDue(CardDue::Recheck),
    Ending::CardDue(CardDue::NewRule),
];

impl Asked {
    /// Keeps of a request what the rest of the flow needs.
    pub(super) fn of(
        request: AuthorizationRequest,
        party: &Party,
        level: LevelAsked,
        subject: Option<&str>,
        key: Option<Thumbprint>,
        port: Option<u16>,
    ) -> Self {
        let redirect_uri = party.content.redirect_uris.get(usize::from(request.redirect_uri));
        // Any app may open a port or claim a scheme, and a public client says who it is without proof: somebody has to look at
        // whom the answer goes to, each time (RFC 8252, section 8.6).
        let unproven = party.content.client.is_public() && !redirect_uri.is_some_and(RedirectUri::is_claimed);
        Self {
            party: party.id,
            party_number: party.number,
            redirect_uri: request.redirect_uri,
            port,
            scopes: request.scopes,
            claims: request.claims.among(party.content.item_set()),
            prompt: if unproven { request.prompt.with(Prompt::Consent) } else { request.prompt },
            max_age_seconds: request.max_age_seconds,
            level,
            state: request.state,
            nonce: request.nonce,
            code_challenge: request.code_challenge,
            key,
            subject: subject.map(subject_digest),
            pushed: None,
        }
    }

    /// Everything about the person that is asked for, wherever it is to appear.
    pub(super) fn items_asked_for(&self) -> Items {
        self.scopes.items().union(self.claims.items())
    }

    /// Whether the residency claim is asked for somewhere.
    pub(super) const fn residency_asked_for(&self) -> bool {
        self.scopes.contains(Scope::Residency) || self.claims.residency()
    }

    /// Whether a `sub` is the one that was asked for, if one was.
    pub(super) fn accepts_subject(&self, subject: &str) -> bool {
        self.subject.is_none_or(|digest| digest == subject_digest(subject))
    }

    /// Whether no page may be shown.
    pub(super) const fn is_silent(&self) -> bool {
        self.prompt.contains(Prompt::None)
    }

    /// Whether an authentication from before this flow is not good enough; one within the flow always is.
    pub(super) fn asks_to_authenticate_again(&self, auth_time: i64, now: i64) -> bool {
        self.prompt.contains(Prompt::Login)
            || self.max_age_seconds.is_some_and(|seconds| seconds == 0 || now - auth_time > i64::from(seconds))
    }
}

/// A short digest; the subject of a hint is not secret, only long.
fn subject_digest(subject: &str) -> [u8; 16] {
    super::sha256(subject.as_bytes()).first_chunk().copied().unwrap_or_default()
}

impl Carded {
    /// The same without the attributes.
    #[must_use]
    pub(super) fn outcomes_alone(self) -> Self {
        Self { attributes: Attributes::none(), ..self }
    }

    /// Decides anew with one tie more.
    pub(super) fn attest(&mut self, tie: Attestation) {
        for determined in &mut self.determined {
            *determined = determined.with(tie);
        }
    }
}

impl Flow {
    /// The moment after which nothing of it counts.
    pub(super) const fn expires_at(&self) -> i64 {
        self.started_at + FLOW_SECONDS
    }

    /// The tie that was proved in this flow, if one was.
    pub(super) fn offered(&self) -> Vec<Attestation> {
        self.tie.map(|offered| offered.tie).into_iter().collect()
    }

    /// The relying party, if it is for one.
    pub(super) fn party(&self) -> Option<RelyingPartyId> {
        match &self.kind {
            Kind::Service(asked) => Some(asked.party),
            Kind::Test(party) => Some(*party),
            Kind::TownPage | Kind::Merge(_) | Kind::TryOut(_) => None,
        }
    }
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
