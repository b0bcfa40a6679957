//! What a service asks about a token that it holds: whether it still counts, and that it shall not.
//!
//! Access tokens are sealed, so introspection is how a service's other parts check one; it says of nobody else's token that it
//! is one.

use domain::calendar::Month;
use domain::ids::ResidentId;
use domain::names::TenantSlug;
use entity::token_family::{Column, Entity};
use oidc::ProtocolError;
use oidc::jose::Thumbprint;
use oidc::parameters::Parameters;
use oidc::provider::claims_request::Scopes;
use oidc::provider::introspection::{Introspection, token_asked_about};
use oidc::provider::refresh::RefreshToken;
use oidc::provider::token::TokenType;
use sea_orm::ColumnTrait;
use secrecy::ExposeSecret;

use super::client::{Authenticated, Known, PublicClients};
use super::code::AccessToken;
use super::published::Published;
use super::refresh;
use super::spent::SingleUse;
use super::token::{counting, moment, token_type};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, action, find_family_standing};

/// A token that may be one of ours.
enum Asked {
    Access(AccessToken),
    Refresh(RefreshToken, Box<entity::refresh_token::Model>),
}

/// What is known of a token that counts.
pub(super) struct Standing {
    pub(super) resident: ResidentId,
    pub(super) expires_at: i64,
    pub(super) scopes: Scopes,
    /// Of an access token.
    pub(super) token_type: Option<TokenType>,
    pub(super) key: Option<Thumbprint>,
}

/// An answer, and the client's proof that is to be spent before it is given.
type Judged = (Option<SingleUse>, Result<Introspection, ProtocolError>);

impl Service {
    /// Says whether a token counts (RFC 7662), as userinfo or the token endpoint would take it, to the client whose token it
    /// is.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what the client did wrong is the inner error.
    pub async fn introspect(
        &self,
        slug: &TenantSlug,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Result<Introspection, ProtocolError>, Error> {
        let mut published = self.presumed(slug).await?;
        let mut latest = false;
        loop {
            if let Some((proof, answer)) = self.introspect_under(&published, latest, authorization, body).await? {
                return self.answer_once(&published, proof.as_ref(), answer).await;
            }
            published = self.published(slug).await?;
            latest = true;
        }
    }

    /// The answer as a configuration has it. `None` where that one is not the latest, or where it would refuse and nobody
    /// knows yet whether it is. With it comes the client's proof, which is still to be spent.
    async fn introspect_under(
        &self,
        published: &Published,
        latest: bool,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Option<Judged>, Error> {
        let Authenticated { party, proof, .. } =
            match self.authenticated(published, PublicClients::Refused, authorization, body).await {
                Ok(client) => client,
                Err(refusal) => return Ok(latest.then_some((None, Err(refusal)))),
            };
        let token = match token_asked_about(body) {
            Ok(token) => token,
            Err(refusal) => return Ok(latest.then_some((proof, Err(refusal)))),
        };
        let inactive = |proof| Ok(Some((proof, Ok(Introspection::Inactive))));
        let caller = self.oidc_provider(published);
        let (family, token) = match RefreshToken::parse(token.expose_secret()) {
            Some(token) => {
                let glance = self.gate.glance(&caller, Resource::TokenFamily).await?;
                let Some(row) = refresh::find(&glance, &token).await? else { return inactive(proof) };
                (row.family_id, Asked::Refresh(token, Box::new(row)))
            }
            None => match self.open_access_token(published, token.expose_secret()).await? {
                Some(token) => (token.family, Asked::Access(token)),
                None => return inactive(proof),
            },
        };
        let glance = self.gate.glance(&caller, Resource::TokenFamily).await?;
        let family = find_family_standing(&glance, family).await?;
        drop(glance);
        if family.generation != published.organisation.generation {
            return Ok(None);
        }
        let known = match &token {
            Asked::Refresh(token, row) => self.live_refresh_token(published, party, token, row, family.found),
            Asked::Access(token) => family.found.and_then(|family| {
                let (owner, _) = counting(published, &family, Month::at(self.clock.now()))?;
                (owner.id == party.id).then(|| Standing {
                    resident: ResidentId::from_uuid(family.resident_id),
                    expires_at: token.expires_at,
                    scopes: token.scopes,
                    token_type: Some(token_type(token)),
                    key: token.key,
                })
            }),
        };
        let Some(Standing { resident, expires_at, scopes, token_type, key }) = known else { return inactive(proof) };
        let active = Introspection::Active {
            iss: published.issuer.clone(),
            client_id: party.client_id.clone(),
            sub: party.subject(&published.keys, resident),
            exp: moment(expires_at),
            scopes,
            token_type,
            key,
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
        let public = PublicClients::Admitted(Known::Presenting);
        let Authenticated { party, proof, .. } = match self.authenticated(&published, public, authorization, body).await
        {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let token = match token_asked_about(body) {
            Ok(token) => token,
            Err(refusal) => return self.answer_once(&published, proof.as_ref(), Err(refusal)).await,
        };
        let refresh_token = RefreshToken::parse(token.expose_secret());
        let access_token = match &refresh_token {
            Some(_) => None,
            None => self.open_access_token(&published, token.expose_secret()).await?,
        };
        let caller = self.oidc_provider(&published);
        let known = match (&refresh_token, &access_token) {
            (Some(token), _) => self.is_known(&caller, token).await?,
            (None, token) => token.is_some(),
        };
        if !known {
            return self.answer_once(&published, proof.as_ref(), Ok(())).await;
        }
        let scope = self.gate.open(&caller, action::Update, Resource::TokenFamily).await?;
        if let Some(proof) = &proof
            && !proof.spend(&scope).await?
        {
            return Ok(Err(ProtocolError::invalid_client()));
        }
        let family = match &refresh_token {
            // Whichever of its line it is: who has an old one and wants to end it shall.
            Some(token) => refresh::find(&scope, token).await?.map(|row| row.family_id),
            None => access_token.map(|token| token.family),
        };
        if let Some(family) = family {
            scope
                .update_many::<Entity>()
                .set(Column::RevokedAt, self.clock.seconds())
                .filter(Column::Id.eq(family))
                .filter(Column::RelyingPartyId.eq(party.id.uuid()))
                .filter(Column::RevokedAt.is_null())
                .exec()
                .await?;
        }
        scope.commit().await?;
        Ok(Ok(()))
    }
}
