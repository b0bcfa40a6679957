//! The audit trail: an HMAC chain per organisation over the acts of staff, vendors, operators and configuration jobs, and
//! over their reading of statistics, exports and the trail itself. Residents' sign-ins and consents are not in it.
//!
//! Acts are noted while a use-case runs and written by its `commit`: whatever is audited and what is audited last together.

mod chain;
#[cfg(test)]
mod tests;
mod trail;
mod verification;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::hmac;
use domain::ids::OrganisationId;
use sea_orm::{ColumnTrait, Set};
use serde::{Deserialize, Serialize};

pub use chain::{Broken, Head, Link, Verdict};
pub use trail::{LastVerification, Trail, TrailEntry, TrailFilter};

use crate::clock::Clock;
use crate::error::Error;
use crate::gate::{Actor, Caller, Scope, WriteScope};
use crate::keys::{self, MasterKey};
use crate::random::Rng;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ActKind { $($(#[$doc])* $variant,)+ }

        impl ActKind {
            /// All of them, for the filter of the audit page.
            pub const ALL: &'static [ActKind] = &[$(ActKind::$variant),+];

            /// The name in the chain and in URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $(ActKind::$variant => $name,)+ }
            }

            /// Reads a name back; `None` for one that this version does not know.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
            }
        }
    };
}

kinds! {
    /// The municipality was created.
    TenantCreated = "tenant.created",
    /// Settings or the town page were changed.
    TenantChanged = "tenant.changed",
    /// Four eyes was switched on or off.
    FourEyesChanged = "tenant.four_eyes_changed",
    /// A membership was created.
    MembershipCreated = "membership.created",
    /// Somebody's roles were changed.
    RolesChanged = "membership.roles_changed",
    /// Somebody's access was ended.
    MembershipEnded = "membership.ended",
    /// The operator deleted the account of somebody whose access had ended.
    AccountDeleted = "account.deleted",
    /// A colleague's second factor was reset.
    SecondFactorReset = "second_factor.reset",
    /// The identity provider was changed.
    IdentityProviderChanged = "identity_provider.changed",
    /// The connection to the identity provider was tested.
    IdentityProviderTested = "identity_provider.tested",
    /// A connection to an identity provider was set up or set up anew; the change is not in use yet.
    IdentityProviderDrafted = "identity_provider.drafted",
    /// A connection to an identity provider was put into use as it was set up.
    IdentityProviderActivated = "identity_provider.activated",
    /// A connection to an identity provider was taken out of use.
    IdentityProviderStopped = "identity_provider.stopped",
    /// A connection to an identity provider was tried out with a sign-in.
    IdentityProviderTried = "identity_provider.tried",
    /// A next key was made that identity providers are to know.
    ProviderKeyMade = "identity_provider.key_made",
    /// The next key took the place of the one before, which is gone.
    ProviderKeyChanged = "identity_provider.key_changed",
    /// The next key was thrown away; the one before stays.
    ProviderKeyDiscarded = "identity_provider.key_discarded",
    /// A version was drafted or its draft changed.
    VersionDrafted = "version.drafted",
    /// A draft was thrown away.
    VersionDiscarded = "version.discarded",
    /// A saved case was added to a rule.
    CaseAdded = "case.added",
    /// A saved case was removed from a rule.
    CaseRemoved = "case.removed",
    /// A version was submitted for decision.
    ChangeSubmitted = "change.submitted",
    /// A submission was taken back.
    ChangeWithdrawn = "change.withdrawn",
    /// A version was approved.
    ChangeApproved = "change.approved",
    /// A version was sent back with a comment.
    ChangeSentBack = "change.sent_back",
    /// A version went live.
    VersionPublished = "version.published",
    /// A relying party was suspended.
    RelyingPartySuspended = "relying_party.suspended",
    /// A relying party was resumed.
    RelyingPartyResumed = "relying_party.resumed",
    /// A service handed in what people were called there before.
    FormerIdsHandedIn = "former_ids.handed_in",
    /// A client secret was issued.
    SecretIssued = "client_secret.issued",
    /// A client secret was ended.
    SecretEnded = "client_secret.ended",
    /// One-time codes were made; the object says for which tie, how many and until when, never for whom.
    AttestationCodesMade = "attestation_batch.codes_made",
    /// A batch of codes was revoked.
    AttestationBatchRevoked = "attestation_batch.revoked",
    /// Every tie of a kind was extended.
    AttestationsExtended = "attestation.extended",
    /// Every tie of a kind was ended.
    AttestationsEnded = "attestation.ended",
    /// A test sign-in was started.
    TestSignIn = "test_sign_in.started",
    /// Staff recorded at the desk that somebody is eligible; the object is the reference of this act.
    DeskCleared = "desk_request.cleared",
    /// A second clerk confirmed that, under the same reference.
    DeskConfirmed = "desk_request.confirmed",
    /// Staff recorded at the desk that somebody is not eligible.
    DeskRefused = "desk_request.refused",
    /// At the desk, staff put somebody's renewed card in the place of the former one; the object is the reference of this act.
    RenewedCardTakenOver = "relink_request.taken_over",
    /// A second clerk confirmed that, under the same reference.
    RenewedCardConfirmed = "relink_request.confirmed",
    /// Staff did not do so.
    RenewedCardRefused = "relink_request.refused",
    /// Somebody was found again under a new name of the identity provider, because it said who that had been (a renewed card); the
    /// object is the connection, never the person.
    ResidentRelinked = "resident.relinked",
    /// A signing key was made and published; the object is its algorithm.
    SigningKeyAnnounced = "tenant_key.announced",
    /// A signing key that had been taken over from is published no more; the object is its algorithm.
    SigningKeyRetired = "tenant_key.retired",
    /// Every signing key of an algorithm was replaced at once; the object is the algorithm.
    SigningKeysReplaced = "tenant_key.replaced",
    /// Keys were sealed under another master key.
    KeysResealed = "tenant_key.resealed",
    /// Published figures were read.
    UsageRead = "usage.read",
    /// Published figures were exported.
    UsageExported = "usage.exported",
    /// A month was closed.
    MonthClosed = "usage.month_closed",
    /// The audit trail was read.
    AuditRead = "audit.read",
    /// The audit chain was verified; the object is what was found.
    AuditVerified = "audit.verified",
    /// The text beside an entry was erased; the object is the entry's number.
    TextErased = "audit.text_erased",
}

/// What a person reads beside an entry. It is kept apart from the chain, which holds its digest, so that an audited erasure
/// leaves the chain verifiable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActText {
    /// Name of the object at that time.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// The reason that was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What it was before, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// What it is now, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// One act, noted for the chain.
#[derive(Debug, Clone)]
pub struct Act {
    /// What was done.
    pub kind: ActKind,
    /// To what kind of thing: the name of a resource.
    pub object_kind: &'static str,
    /// To which one.
    pub object_id: String,
    /// What a person reads.
    pub text: ActText,
}

/// An act with its actor, where that is not who opened the transaction: a colleague who confirms it on the same screen.
#[derive(Debug, Clone)]
pub struct Noted {
    act: Act,
    by: Option<Actor>,
}

impl From<Act> for Noted {
    fn from(act: Act) -> Self {
        Self { act, by: None }
    }
}

impl Act {
    /// Done by this colleague, whom the gate let in as well.
    pub fn by(self, colleague: &Caller) -> Noted {
        Noted { act: self, by: Some(colleague.actor().clone()) }
    }
}

/// What every pen writes with: keys, time, randomness.
#[derive(Clone)]
pub(crate) struct Ink(Arc<InkPot>);

struct InkPot {
    master: Arc<MasterKey>,
    clock: Clock,
    rng: Rng,
    keys: Mutex<HashMap<OrganisationId, hmac::Key>>,
}

/// Municipalities whose audit key is kept open.
const KEYS_KEPT: usize = 4_096;

impl Ink {
    pub(crate) fn new(master: Arc<MasterKey>, clock: Clock, rng: Rng) -> Self {
        Self(Arc::new(InkPot { master, clock, rng, keys: Mutex::default() }))
    }

    /// A pen for one transaction.
    pub(crate) fn pen(&self) -> Pen {
        Pen { ink: Some(self.clone()), acts: Vec::new() }
    }

    /// The audit key of the scope's organisation; never rotated, so it is kept without a generation.
    pub(crate) async fn key<S: Scope>(&self, scope: &S) -> Result<hmac::Key, Error> {
        let organisation = scope.organisation();
        let known = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&organisation).cloned();
        if let Some(key) = known {
            return Ok(key);
        }
        let secret = keys::audit_key(scope, &self.0.master).await?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let mut kept = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEYS_KEPT {
            kept.clear();
        }
        kept.insert(organisation, key.clone());
        Ok(key)
    }
}

/// Notes the acts of one transaction and writes them at its end.
#[derive(Default)]
pub(crate) struct Pen {
    ink: Option<Ink>,
    acts: Vec<Noted>,
}

impl Pen {
    pub(crate) fn note(&mut self, act: Noted) {
        self.acts.push(act);
    }

    /// Chains the noted acts. The head is locked here, last in the transaction, and for as short as can be.
    pub(crate) async fn write(self, scope: &WriteScope) -> Result<(), Error> {
        use entity::{audit_entry, audit_head, audit_text};
        let Some(ink) = self.ink.filter(|_| !self.acts.is_empty()) else { return Ok(()) };
        let key = ink.key(scope).await?;
        let at = ink.0.clock.seconds();
        let organisation_id = scope.organisation().uuid();
        let head = scope.find::<audit_head::Entity>().locked().one().await?;
        let mut last = head.as_ref().map_or_else(Head::empty, Head::of);
        for Noted { act, by } in self.acts {
            let (actor_kind, actor_id) = match by.as_ref().unwrap_or_else(|| scope.actor()) {
                Actor::Staff(account) => ("staff", Some(account.uuid())),
                Actor::System(actor) => (actor.as_str(), None),
                Actor::Resident(_) => return Err(Error::internal("a resident's act is not audited")),
            };
            let body = serde_json::to_string(&act.text).map_err(|_| Error::internal("an audit text"))?;
            let salt = ink.0.rng.bytes::<16>()?;
            let link = Link {
                number: last.entries + 1,
                at,
                actor_kind,
                actor_id,
                action: act.kind.as_str(),
                object_kind: act.object_kind,
                object_id: &act.object_id,
                text_digest: &chain::text_digest(&salt, &body),
            };
            last = last.followed_by(&key, &link);
            let entry = audit_entry::ActiveModel {
                organisation_id: Set(organisation_id),
                number: Set(link.number),
                at: Set(at),
                actor_kind: Set(actor_kind.to_owned()),
                actor_id: Set(actor_id),
                action: Set(link.action.to_owned()),
                object_kind: Set(link.object_kind.to_owned()),
                text_digest: Set(link.text_digest.to_vec()),
                mac: Set(last.mac.clone()),
                object_id: Set(act.object_id),
            };
            let text = audit_text::ActiveModel {
                organisation_id: Set(organisation_id),
                number: Set(last.entries),
                salt: Set(salt.to_vec()),
                body: Set(body),
            };
            scope.insert::<audit_entry::Entity, _>(entry).await?;
            scope.insert::<audit_text::Entity, _>(text).await?;
        }
        match head {
            None => {
                let row = audit_head::ActiveModel {
                    organisation_id: Set(organisation_id),
                    entries: Set(last.entries),
                    mac: Set(last.mac),
                };
                scope.insert::<audit_head::Entity, _>(row).await
            }
            Some(before) => {
                scope
                    .update_many::<audit_head::Entity>()
                    .set(audit_head::Column::Entries, last.entries)
                    .set(audit_head::Column::Mac, last.mac)
                    .filter(audit_head::Column::Entries.eq(before.entries))
                    .exec_one()
                    .await
            }
        }
    }
}
