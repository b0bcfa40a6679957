//! Ids that a client may use once, such as the `jti` of its assertion: spent in the transaction of what they were used for, or
//! in one of their own where nothing else is written. A refused request has used its ids, too, unless it showed nothing that
//! anybody could not make up (see [`Proofs::without_grant`]).

use entity::spent_id::{ActiveModel, Column, Entity};
use oidc::ProtocolError;
use sea_orm::Set;
use sea_orm::sea_query::OnConflict;

use super::client::Known;
use super::dpop::{Possession, used_proof};
use super::published::Published;
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, Scope, WriteScope, action};

/// An id that counts once, as it is kept: by its digest.
pub(super) struct SingleUse {
    digest: [u8; 32],
    remember_until: i64,
}

impl SingleUse {
    /// An id that `owner` made for a purpose. Neither of the two may hold a NUL.
    pub(super) fn of(purpose: &'static str, owner: &str, id: &str, remember_until: i64) -> Self {
        Self { digest: super::sha256(format!("{purpose}\0{owner}\0{id}").as_bytes()), remember_until }
    }

    /// Spends it. Says whether it was unspent: of two at the same moment one is, on every server process.
    pub(super) async fn spend(&self, scope: &WriteScope) -> Result<bool, Error> {
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            digest: Set(self.digest.to_vec()),
            expires_at: Set(self.remember_until),
        };
        let key = [Column::OrganisationId, Column::Digest];
        let conflict = OnConflict::columns(key).do_nothing_on(key).to_owned();
        Ok(scope.insert_or::<Entity, _>(row, conflict).await? == 1)
    }
}

/// What a request proves beside what it asks for, each of which counts once.
#[derive(Clone, Copy)]
pub(super) struct Proofs<'p> {
    /// Who the client is.
    pub(super) client: Option<&'p SingleUse>,
    /// That it holds a key.
    pub(super) possession: Option<&'p Possession>,
}

impl<'p> From<Option<&'p SingleUse>> for Proofs<'p> {
    fn from(client: Option<&'p SingleUse>) -> Self {
        Self { client, possession: None }
    }
}

impl Proofs<'_> {
    /// What of them a request has used that showed no grant, neither a code nor a token of ours. Those of a client that proved who it
    /// is are used; of one that is only named, none: anybody could have us write a row for each request otherwise. What RFC 9449
    /// (section 11.1) has remembered are proofs that were accepted, and this one was good for nothing: it is so for minutes more, by
    /// its nonce, and only together with a grant.
    pub(super) fn without_grant(self, known: Known) -> Self {
        if known == Known::Proven { self } else { Self { client: None, possession: None } }
    }

    const fn is_empty(self) -> bool {
        self.client.is_none() && self.possession.is_none()
    }

    /// Spends them; the refusal, where one was spent before. What was spent then stays so: it is to be committed either way.
    pub(super) async fn spend(self, scope: &WriteScope) -> Result<Result<(), ProtocolError>, Error> {
        if let Some(client) = self.client
            && !client.spend(scope).await?
        {
            return Ok(Err(ProtocolError::invalid_client()));
        }
        match self.possession {
            Some(possession) if !possession.spend(scope).await? => Ok(Err(used_proof())),
            _ => Ok(Ok(())),
        }
    }
}

impl Service {
    /// Gives an answer for which nothing else is written, once what the request proves is spent; a proof that was used before
    /// is none.
    pub(super) async fn answer_once<T>(
        &self,
        published: &Published,
        proofs: impl Into<Proofs<'_>>,
        answer: Result<T, ProtocolError>,
    ) -> Result<Result<T, ProtocolError>, Error> {
        let proofs = proofs.into();
        if proofs.is_empty() {
            return Ok(answer);
        }
        let caller = self.oidc_provider(published);
        let scope = self.gate.open(&caller, action::Update, Resource::TokenFamily).await?;
        let spent = proofs.spend(&scope).await?;
        scope.commit().await?;
        Ok(spent.and(answer))
    }
}
