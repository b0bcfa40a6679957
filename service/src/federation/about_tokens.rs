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

use super::published::Published;
use super::token::{counting, moment};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, action, find_family_standing};

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
        if let Some(answer) = self.introspect_under(&presumed, false, authorization, body).await? {
            return Ok(answer);
        }
        let latest = self.published(slug).await?;
        match self.introspect_under(&latest, true, authorization, body).await? {
            Some(answer) => Ok(answer),
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
    ) -> Result<Option<Result<Introspection, ProtocolError>>, Error> {
        let read =
            self.authenticated(published, authorization, body).and_then(|party| Ok((party, token_asked_about(body)?)));
        let (party, token) = match read {
            Ok(read) => read,
            Err(refusal) => return Ok(latest.then_some(Err(refusal))),
        };
        let inactive = || Ok(Some(Ok(Introspection::Inactive)));
        let Some(token) = self.open_access_token(published, token.expose_secret()).await? else { return inactive() };
        let caller = self.oidc_provider(published);
        let scope = self.gate.glance(&caller, Resource::TokenFamily).await?;
        let family = find_family_standing(&scope, token.family).await?;
        drop(scope);
        if family.generation != published.organisation.generation && !latest {
            return Ok(None);
        }
        let Some(family) = family.found else { return inactive() };
        let counting = counting(published, &family, Month::at(self.clock.now()));
        if counting.is_none_or(|(owner, _)| owner.id != party.id) {
            return inactive();
        }
        Ok(Some(Ok(Introspection::Active {
            iss: published.issuer.clone(),
            client_id: party.client_id.clone(),
            sub: party.subject(&published.keys, ResidentId::from_uuid(family.resident_id)),
            exp: moment(token.expires_at),
        })))
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
        let read =
            self.authenticated(&published, authorization, body).and_then(|party| Ok((party, token_asked_about(body)?)));
        let (party, token) = match read {
            Ok(read) => read,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(token) = self.open_access_token(&published, token.expose_secret()).await? else { return Ok(Ok(())) };
        let caller = self.oidc_provider(&published);
        let scope = self.gate.open(&caller, action::Update, Resource::TokenFamily).await?;
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
