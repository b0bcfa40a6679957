//! Sessions of residents: a random token in a cookie, its digest in a row, an absolute end.

use domain::assurance::{Assurance, Method};
use domain::ids::{IdentityProviderId, ResidentId};
use entity::resident_session::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, Set};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::flow::Carded;
use super::levels::AttestedBy;
use super::published::Published;
use super::{Browser, SessionCookie, store};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, Scope, SessionColumns, WriteScope, action};

/// The longest life of a session, in seconds; a town may shorten it.
const LONGEST: i64 = 8 * 3_600;
/// After so many seconds somebody signs in once more before anything is made that outlives the session: whoever has a resident's
/// telephone in hand for a moment takes nothing away.
const FRESH_SECONDS: i64 = 600;

/// A session that is open.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) id: Uuid,
    pub(super) resident: ResidentId,
    pub(super) auth_time: i64,
    /// What was reached, as far as it is worth as much today.
    pub(super) assurance: Assurance,
    /// How the person proved to be there when the session was opened.
    pub(super) method: Method,
}

/// What a sign-in reached, for the session that it opens.
pub(super) struct Proof {
    pub(super) auth_time: i64,
    pub(super) assurance: Assurance,
    pub(super) method: Method,
    pub(super) by: AttestedBy,
}

impl Proof {
    /// Of a card that was read in this flow.
    pub(super) fn of(published: &Published, carded: &Carded) -> Self {
        let Carded { auth_time, assurance, method, .. } = *carded;
        Self { auth_time, assurance, method, by: published.attested_by(carded) }
    }
}

impl Session {
    pub(super) fn of(row: SessionColumns, published: &Published) -> Result<Self, Error> {
        let unreadable = || Error::internal("a session cannot be read");
        let level = |level: i64| u8::try_from(level).ok();
        let reached = Assurance {
            ial: level(row.ial).and_then(|ial| ial.try_into().ok()).ok_or_else(unreadable)?,
            aal: level(row.aal).and_then(|aal| aal.try_into().ok()).ok_or_else(unreadable)?,
        };
        let method = row.amr.parse().map_err(|_| unreadable())?;
        // None of a session from before it was noted, which is over within hours.
        let provider = row.identity_provider_id.map(IdentityProviderId::from_uuid);
        let by = provider.map(|provider| AttestedBy { provider, word: row.level_word });
        Ok(Self {
            id: row.id,
            resident: ResidentId::from_uuid(row.resident_id),
            auth_time: row.auth_time,
            assurance: published.todays(reached, method, by.as_ref()),
            method,
        })
    }

    /// Whether the person proved to be there just now.
    pub(super) const fn is_fresh(&self, now: i64) -> bool {
        is_fresh(self.auth_time, now)
    }
}

/// Whether somebody who proved to be there at `auth_time` did so just now.
pub(super) const fn is_fresh(auth_time: i64, now: i64) -> bool {
    now - auth_time <= FRESH_SECONDS
}

fn columns(row: Model) -> SessionColumns {
    SessionColumns {
        id: row.id,
        resident_id: row.resident_id,
        auth_time: row.auth_time,
        ial: row.ial,
        aal: row.aal,
        amr: row.amr,
        identity_provider_id: row.identity_provider_id,
        level_word: row.level_word,
    }
}

impl Browser {
    /// The digest under which the session of this browser is found.
    pub(super) fn session_hash(&self) -> Option<[u8; 32]> {
        self.session.as_ref().map(|token| super::sha256(token.expose_secret().as_bytes()))
    }
}

impl Service {
    /// The session of this browser, if it is open.
    pub(super) async fn session(&self, published: &Published, browser: &Browser) -> Result<Option<Session>, Error> {
        let Some(hash) = browser.session_hash() else { return Ok(None) };
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Read, Resource::ResidentSession).await?;
        let row = store::find_session(&scope, &hash, self.clock.seconds()).await?;
        row.map(|row| Session::of(columns(row), published)).transpose()
    }

    /// This browser's session, if it is that person's still: whoever signed out meanwhile has left the page to somebody else.
    pub(super) async fn session_of(
        &self,
        published: &Published,
        browser: &Browser,
        resident: ResidentId,
    ) -> Result<Option<Session>, Error> {
        Ok(self.session(published, browser).await?.filter(|session| session.resident == resident))
    }

    /// Opens a session for a resident, or refreshes the one that this browser has for the same person; one of somebody else
    /// ends. Returns the session's id and its cookie.
    pub(super) async fn open_session(
        &self,
        scope: &WriteScope,
        published: &Published,
        browser: &Browser,
        resident: ResidentId,
        proof: Proof,
    ) -> Result<(Uuid, SessionCookie), Error> {
        let now = self.clock.seconds();
        let seconds = published.tenant.session_seconds.clamp(0, LONGEST);
        if let (Some(hash), Some(token)) = (browser.session_hash(), &browser.session)
            && let Some(row) = store::find_session(scope, &hash, now).await?
        {
            if row.resident_id == resident.uuid() {
                scope
                    .update_many::<Entity>()
                    .set(Column::AuthTime, proof.auth_time)
                    .set(Column::Ial, i64::from(proof.assurance.ial.number()))
                    .set(Column::Aal, i64::from(proof.assurance.aal.number()))
                    .set(Column::Amr, proof.method.as_str())
                    .set(Column::IdentityProviderId, proof.by.provider.uuid())
                    .set(Column::LevelWord, proof.by.word)
                    .set(Column::ExpiresAt, now + seconds)
                    .filter(Column::Id.eq(row.id))
                    .exec()
                    .await?;
                return Ok((row.id, SessionCookie::Set { token: token.clone(), seconds }));
            }
            self.announce_end(scope, published, row.id, ResidentId::from_uuid(row.resident_id)).await?;
            scope.delete_many::<Entity>().filter(Column::Id.eq(row.id)).exec().await?;
        }
        let (token, hash) = self.session_token()?;
        let id = self.rng.uuid_v4()?;
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id),
            token_hash: Set(hash.to_vec()),
            resident_id: Set(resident.uuid()),
            auth_time: Set(proof.auth_time),
            ial: Set(proof.assurance.ial.number().into()),
            aal: Set(proof.assurance.aal.number().into()),
            amr: Set(proof.method.as_str().to_owned()),
            expires_at: Set(now + seconds),
            identity_provider_id: Set(Some(proof.by.provider.uuid())),
            level_word: Set(proof.by.word),
        };
        scope.insert_soon::<Entity, _>(row)?;
        Ok((id, SessionCookie::Set { token, seconds }))
    }

    /// Gives the session of a flow that was answered twice to the browser's latest answer.
    pub(super) async fn hand_over_session(
        &self,
        scope: &WriteScope,
        published: &Published,
        id: Uuid,
    ) -> Result<SessionCookie, Error> {
        let (token, hash) = self.session_token()?;
        let handed_over = scope
            .update_many::<Entity>()
            .set(Column::TokenHash, hash.to_vec())
            .filter(Column::Id.eq(id))
            .exec()
            .await?;
        let seconds = published.tenant.session_seconds.clamp(0, LONGEST);
        Ok(if handed_over == 1 { SessionCookie::Set { token, seconds } } else { SessionCookie::Keep })
    }

    /// Ends the session of this browser, if it has one, and has the services told that it reached. Says whether one is to be.
    pub(super) async fn close_session(
        &self,
        scope: &WriteScope,
        published: &Published,
        browser: &Browser,
    ) -> Result<bool, Error> {
        let Some(hash) = browser.session_hash() else { return Ok(false) };
        let told = match store::find_session(scope, &hash, self.clock.seconds()).await? {
            Some(row) => self.announce_end(scope, published, row.id, ResidentId::from_uuid(row.resident_id)).await?,
            None => false,
        };
        scope.delete_many::<Entity>().filter(Column::TokenHash.eq(hash.to_vec())).exec().await?;
        Ok(told)
    }

    fn session_token(&self) -> Result<(SecretString, [u8; 32]), Error> {
        let token = self.rng.token::<32>()?;
        let hash = super::sha256(token.as_bytes());
        Ok((token.into(), hash))
    }
}
