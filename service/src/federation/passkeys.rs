//! Passkeys of residents: the second time without the card. A passkey is added by somebody who signed in with the card, says
//! from then on that it is this person, and never what the card said: an eligibility that is over, or an attribute that is
//! taken, leads to the card as with any session.
//!
//! Nothing is stored before a passkey is: a challenge is a sealed moment, bound to the town and to the flow or session for
//! which it was made, and its digest is kept only once it was answered.

use domain::assurance::{Aal, Assurance, Method};
use domain::calendar::Month;
use domain::ids::{PasskeyId, ResidentId};
use domain::names::TenantSlug;
use entity::{resident_passkey, spent_id};
use oidc::passkey::{
    Algorithm, NewCredential, PASSKEY_SECONDS, Refused, Registered, RegistrationAnswer, RelyingParty, creation_options,
};
use oidc::sealed::{Context, Purpose};
use sea_orm::{ColumnTrait, Set};

use super::published::Published;
use super::renewed_card::by_card;
use super::sessions::Session;
use super::views::{PasskeyView, PasskeysPage};
use super::{Browser, Step, store};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{ResidentCaller, Resource, Scope, WriteScope, action};

/// The most passkeys that one person has.
const MOST: usize = 10;
const HANDLE_BYTES: usize = 32;

/// What became of a passkey that was used.
pub enum PasskeyAnswer {
    /// It goes on.
    Step(Box<Step>),
    /// It does not.
    Refused(PasskeyRefusal),
}

/// Why a passkey is not taken; the page says what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRefusal {
    /// It took too long, or the answer came twice: once more from the start.
    Again,
    /// No passkey of this town: removed here, of another town, or of somebody who is not in the register any more.
    Unknown,
    /// The device's answer does not do.
    Unusable,
    /// The person has as many as can be had.
    Full,
    /// Only the card lets one be added.
    CardFirst,
}

/// What became of a passkey that was to be added.
pub enum Added {
    /// It is there.
    Done,
    /// It is not.
    Refused(PasskeyRefusal),
}

/// What a challenge is bound to, beside the town.
#[derive(Clone, Copy)]
pub(super) enum Ceremony {
    /// A sign-in in this flow.
    SignIn([u8; 16]),
    /// An addition at the end of this flow.
    Offer([u8; 16]),
    /// An addition on the page of this session.
    OwnPage([u8; 16]),
}

/// A challenge that was opened, and has not expired.
pub(super) struct Challenge {
    bytes: Vec<u8>,
    expires_at: i64,
    user_handle: Vec<u8>,
}

/// What is handed to a page that makes a passkey.
pub(super) struct Making<'a> {
    pub(super) ceremony: Ceremony,
    pub(super) existing: &'a [resident_passkey::Model],
}

impl Ceremony {
    fn bound_to(self) -> Vec<u8> {
        let (label, id): (&[u8], _) = match self {
            Ceremony::SignIn(id) => (b"sign-in", id),
            Ceremony::Offer(id) => (b"offer", id),
            Ceremony::OwnPage(id) => (b"own page", id),
        };
        [label, &id].concat()
    }
}

impl Challenge {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Service {
    /// We, as browsers know us. All towns of a host are one relying party to them: what keeps towns apart is the register.
    pub(super) fn passkey_party<'a>(&'a self, origin: &'a str) -> RelyingParty<'a> {
        RelyingParty { id: self.base_url.host(), origin }
    }

    pub(super) fn origin(&self) -> String {
        self.base_url.join("")
    }

    /// A new challenge: this moment and a user handle (none for a sign-in), sealed.
    pub(super) async fn passkey_challenge(
        &self,
        published: &Published,
        ceremony: Ceremony,
        user_handle: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let bound_to = ceremony.bound_to();
        let context = Context::of_tenant(published.id(), Purpose::PasskeyChallenge, &bound_to);
        let plain = [&self.clock.seconds().to_be_bytes()[..], user_handle].concat();
        Ok(self.epochs.seal(context, &plain).await?.into_bytes())
    }

    /// Opens a challenge; `None` if it is not of this ceremony in this town, or too old.
    pub(super) async fn open_challenge(
        &self,
        published: &Published,
        ceremony: Ceremony,
        bytes: Vec<u8>,
    ) -> Result<Option<Challenge>, Error> {
        let bound_to = ceremony.bound_to();
        let context = Context::of_tenant(published.id(), Purpose::PasskeyChallenge, &bound_to);
        let Ok(sealed) = str::from_utf8(&bytes) else { return Ok(None) };
        let Some(plain) = self.epochs.open(context, sealed).await? else { return Ok(None) };
        let Some((made_at, user_handle)) = plain.split_first_chunk::<8>() else { return Ok(None) };
        let expires_at = i64::from_be_bytes(*made_at).saturating_add(PASSKEY_SECONDS);
        let user_handle = user_handle.to_vec();
        Ok((expires_at >= self.clock.seconds()).then_some(Challenge { bytes, expires_at, user_handle }))
    }

    /// The options for a page on which a passkey is made. All of a person's passkeys have one handle, so that a device that
    /// holds one replaces it and does not show two of the same name.
    pub(super) async fn making_options(&self, published: &Published, making: &Making<'_>) -> Result<String, Error> {
        let user_handle = match making.existing.first() {
            Some(row) => row.user_handle.clone(),
            None => self.rng.bytes::<HANDLE_BYTES>()?.to_vec(),
        };
        let challenge = self.passkey_challenge(published, making.ceremony, &user_handle).await?;
        let existing: Vec<_> = making.existing.iter().map(|row| row.credential_id.clone()).collect();
        let new = NewCredential {
            relying_party_name: &published.organisation.name_ja,
            user_handle: &user_handle,
            user_name: &format!("{} ({})", published.tenant.town_id_ja, published.organisation.name_ja),
            existing: &existing,
        };
        Ok(creation_options(self.passkey_party(&self.origin()), &challenge, &new))
    }

    /// Judges a passkey that was made, and writes it down for a resident.
    pub(super) async fn keep_passkey(
        &self,
        published: &Published,
        ceremony: Ceremony,
        session: &Session,
        sent: &str,
    ) -> Result<Added, Error> {
        let resident = session.resident;
        let refused = |refusal| Ok(Added::Refused(refusal));
        let Ok(answer) = RegistrationAnswer::parse(sent) else { return refused(PasskeyRefusal::Unusable) };
        let Ok(bytes) = answer.challenge() else { return refused(PasskeyRefusal::Unusable) };
        let Some(challenge) = self.open_challenge(published, ceremony, bytes).await? else {
            return refused(PasskeyRefusal::Again);
        };
        let registered = match answer.judge(self.passkey_party(&self.origin()), challenge.bytes()) {
            Ok(registered) => registered,
            Err(why) => return refused(judged(why)),
        };
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Create, Resource::ResidentPasskey).await?;
        if !store::lock_resident(&scope, resident).await? || !store::is_open(&scope, session.id).await? {
            return refused(PasskeyRefusal::Unknown);
        }
        let existing = passkeys_of(&scope, resident).await?;
        if existing.len() >= MOST {
            return refused(PasskeyRefusal::Full);
        }
        // Of two pages that were opened before the first passkey was there, each has a handle of its own: one of them goes on.
        if existing.first().is_some_and(|row| row.user_handle != challenge.user_handle) {
            return refused(PasskeyRefusal::Again);
        }
        spend(&scope, &challenge)?;
        self.insert_passkey(&scope, resident, &existing, registered, challenge.user_handle)?;
        match scope.commit().await {
            Ok(()) => Ok(Added::Done),
            // The same answer twice, or the same device.
            Err(Error::Conflict(Conflict::Exists)) => refused(PasskeyRefusal::Again),
            Err(error) => Err(error),
        }
    }

    fn insert_passkey(
        &self,
        scope: &WriteScope,
        resident: ResidentId,
        existing: &[resident_passkey::Model],
        registered: Registered,
        user_handle: Vec<u8>,
    ) -> Result<(), Error> {
        use resident_passkey::{ActiveModel, Entity};
        scope.insert_soon::<Entity, _>(ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(self.rng.uuid_v4()?),
            resident_id: Set(resident.uuid()),
            credential_id: Set(registered.credential_id),
            user_handle: Set(user_handle),
            public_key: Set(registered.public_key),
            algorithm: Set(registered.algorithm.number()),
            counter: Set(registered.counter.into()),
            backup_eligible: Set(registered.backup.eligible),
            backed_up: Set(registered.backup.made),
            number: Set(existing.iter().map(|row| row.number).max().unwrap_or(0) + 1),
            added_month: Set(Month::at(self.clock.now()).to_string()),
        })
    }

    /// The page on which a resident adds a passkey.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without an open session, [`Error::NotFound`] without such a town.
    pub async fn passkeys_page(&self, slug: &TenantSlug, browser: &Browser) -> Result<PasskeysPage, Error> {
        let (published, session, caller) = self.signed_in(slug, browser).await?;
        let scope = self.gate.open_own(&caller, action::Read, Resource::ResidentPasskey).await?;
        let rows = scope.find::<resident_passkey::Entity>().all().await?;
        drop(scope);
        let options = if may_add(&session, rows.len(), self.clock.seconds()) {
            let making = Making { ceremony: Ceremony::OwnPage(session.id.into_bytes()), existing: &rows };
            Some(self.making_options(&published, &making).await?)
        } else {
            None
        };
        Ok(PasskeysPage {
            town: published.town_view(),
            full: rows.len() >= MOST,
            passkeys: passkey_views(rows),
            options,
            form_origins: published.provider_origins(),
        })
    }

    /// Adds a passkey of which the page's script tells. Whoever came by passkey, or a while ago, is sent to the card first: a
    /// device that is lent or lost must not beget others.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without an open session, [`Error::NotFound`] without such a town.
    pub async fn add_passkey(&self, slug: &TenantSlug, browser: &Browser, sent: &str) -> Result<Added, Error> {
        let (published, session, _) = self.signed_in(slug, browser).await?;
        if !by_card(&session, self.clock.seconds()) {
            return Ok(Added::Refused(PasskeyRefusal::CardFirst));
        }
        self.keep_passkey(&published, Ceremony::OwnPage(session.id.into_bytes()), &session, sent).await
    }

    /// Removes a passkey: it signs nobody in any more. Returns how many are left.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::NotFound`] if it is not this person's.
    pub async fn remove_passkey(&self, slug: &TenantSlug, browser: &Browser, passkey: PasskeyId) -> Result<u64, Error> {
        use resident_passkey::{Column, Entity};
        let (.., caller) = self.signed_in(slug, browser).await?;
        let scope = self.gate.open_own(&caller, action::Remove, Resource::ResidentPasskey).await?;
        if scope.delete_many::<Entity>().filter(Column::Id.eq(passkey.uuid())).exec().await? == 0 {
            return Err(Error::NotFound);
        }
        let left = scope.find::<Entity>().count().await?;
        scope.commit().await?;
        Ok(left)
    }

    /// The passkeys of the person of a session, for the own page, and whether one more can be added.
    pub(super) async fn own_passkeys(
        &self,
        caller: &ResidentCaller,
        session: &Session,
    ) -> Result<(Vec<PasskeyView>, bool), Error> {
        let scope = self.gate.open_own(caller, action::Read, Resource::ResidentPasskey).await?;
        let rows = scope.find::<resident_passkey::Entity>().all().await?;
        let may_add = may_add(session, rows.len(), self.clock.seconds());
        Ok((passkey_views(rows), may_add))
    }
}

fn may_add(session: &Session, there: usize, now: i64) -> bool {
    by_card(session, now) && there < MOST
}

/// Whether a sign-in lets passkeys be added: the card was read, at whose level of identity they count, and no weaker than what
/// they reach.
pub(super) fn begets_passkeys(method: Method, assurance: Assurance) -> bool {
    method.is_card() && assurance.aal >= Aal::TWO
}

fn passkey_views(mut rows: Vec<resident_passkey::Model>) -> Vec<PasskeyView> {
    rows.sort_by_key(|row| row.number);
    rows.into_iter()
        .map(|row| PasskeyView {
            id: PasskeyId::from_uuid(row.id),
            number: u32::try_from(row.number).unwrap_or(u32::MAX),
            added: row.added_month.parse().ok(),
            synced: row.backup_eligible,
        })
        .collect()
}

/// Every passkey of a person.
pub(super) async fn passkeys_of<S: Scope>(
    scope: &S,
    resident: ResidentId,
) -> Result<Vec<resident_passkey::Model>, Error> {
    use resident_passkey::{Column, Entity};
    scope.find::<Entity>().filter(Column::ResidentId.eq(resident.uuid())).all().await
}

/// Notes that a challenge was answered; the database refuses a second time.
pub(super) fn spend(scope: &WriteScope, challenge: &Challenge) -> Result<(), Error> {
    scope.insert_soon::<spent_id::Entity, _>(spent_id::ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        digest: Set(super::sha256(&challenge.bytes).to_vec()),
        expires_at: Set(challenge.expires_at + 1),
    })
}

/// What the person is told; the log says which check it was, and nothing of what was sent.
pub(super) fn judged(why: Refused) -> PasskeyRefusal {
    tracing::warn!(%why, "a passkey was refused");
    match why {
        Refused::Challenge => PasskeyRefusal::Again,
        Refused::UserHandle => PasskeyRefusal::Unknown,
        _ => PasskeyRefusal::Unusable,
    }
}

/// How the key of a row signs.
pub(super) fn algorithm(row: &resident_passkey::Model) -> Result<Algorithm, Error> {
    Algorithm::of_number(row.algorithm).ok_or_else(|| Error::internal("a passkey cannot be read"))
}
