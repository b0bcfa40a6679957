//! What a service asks about a token that it holds: whether it still counts, and that it shall not.
//!
//! Access tokens are sealed, so introspection is how a service's other parts check one; it says of nobody else's token that it
//! is one.

use domain::calendar::Month;
use domain::ids::ResidentId;
use domain::names::TenantSlug;
use entity::token_family::{Column, Entity};
use oidc::ProtocolError;
use oidc::parameters::Parameters;
use oidc::provider::introspection::{Introspection, token_asked_about};
use sea_orm::ColumnTrait;
use secrecy::ExposeSecret;

use super::client::{Authenticated, PublicClients};
use super::published::Published;
use super::spent::SingleUse;
use super::token::{counting, moment};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, action, find_family_standing};

/// An answer, and the client's proof that is to be spent before it is given.
type Judged = (Option<SingleUse>, Result<Introspection, ProtocolError>);

impl Service {
    /// Says whether an access token counts (RFC 7662), as userinfo would take it, to the client whose token it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what the client did wrong is the inner error.
    pub async fn introspect(
        &self,
        slug: &TenantSlug,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Result<Introspection, ProtocolError>, Error> {
        let presumed = self.presumed(slug).await?;
        if let Some((proof, answer)) = self.introspect_under(&presumed, false, authorization, body).await? {
            return self.answer_once(&presumed, proof.as_ref(), answer).await;
        }
        let latest = self.published(slug).await?;
        match self.introspect_under(&latest, true, authorization, body).await? {
            Some((proof, answer)) => self.answer_once(&latest, proof.as_ref(), answer).await,
            None => Err(Error::Unavailable),
        }
    }

    /// The answer as a configuration has it. `None` where that one is not the latest, or where it would refuse and nobody
    /// knows yet whether it is.
    async fn introspect_under(
        &self,
        published: &Published,
        latest: bool,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Option<Judged>, Error> {
        let Authenticated { party, proof } =
            match self.authenticated(published, PublicClients::Refused, authorization, body).await {
                Ok(client) => client,
                Err(refusal) => return Ok(latest.then_some((None, Err(refusal)))),
            };
        let token = match token_asked_about(body) {
            Ok(token) => token,
            Err(refusal) => return Ok(latest.then_some((proof, Err(refusal)))),
        };
        let inactive = |proof| Ok(Some((proof, Ok(Introspection::Inactive))));
        let Some(token) = self.open_access_token(published, token.expose_secret()).await? else {
            return inactive(proof);
        };
        let caller = self.oidc_provider(published);
        let scope = self.gate.glance(&caller, Resource::TokenFamily).await?;
        let family = find_family_standing(&scope, token.family).await?;
        drop(scope);
        if family.generation != published.organisation.generation && !latest {
            return Ok(None);
        }
        let Some(family) = family.found else { return inactive(proof) };
        let counting = counting(published, &family, Month::at(self.clock.now()));
        if counting.is_none_or(|(owner, _)| owner.id != party.id) {
            return inactive(proof);
        }
        let active = Introspection::Active {
            iss: published.issuer.clone(),
            client_id: party.client_id.clone(),
            sub: party.subject(&published.keys, ResidentId::from_uuid(family.resident_id)),
            exp: moment(token.expires_at),
        };
        Ok(Some((proof, Ok(active))))
    }

    /// Takes a token back (RFC 7009) with everything that came of the same sign-in. A token that is unknown, or another
    /// client's, is answered the same, and nothing is done.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what the client did wrong is the inner error.
    pub async fn revoke_token(
        &self,
        slug: &TenantSlug,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Result<(), ProtocolError>, Error> {
        let published = self.published(slug).await?;
        let Authenticated { party, proof } =
            match self.authenticated(&published, PublicClients::Admitted, authorization, body).await {
                Ok(client) => client,
                Err(refusal) => return Ok(Err(refusal)),
            };
        let token = match token_asked_about(body) {
            Ok(token) => token,
            Err(refusal) => return self.answer_once(&published, proof.as_ref(), Err(refusal)).await,
        };
        let Some(token) = self.open_access_token(&published, token.expose_secret()).await? else {
            return self.answer_once(&published, proof.as_ref(), Ok(())).await;
        };
        let caller = self.oidc_provider(&published);
        let scope = self.gate.open(&caller, action::Update, Resource::TokenFamily).await?;
        if let Some(proof) = &proof
            && !proof.spend(&scope).await?
        {
            return Ok(Err(ProtocolError::invalid_client()));
        }
        scope
            .update_many::<Entity>()
            .set(Column::RevokedAt, self.clock.seconds())
            .filter(Column::Id.eq(token.family))
            .filter(Column::RelyingPartyId.eq(party.id.uuid()))
            .filter(Column::RevokedAt.is_null())
            .exec()
            .await?;
        scope.commit().await?;
        Ok(Ok(()))
    }
}
