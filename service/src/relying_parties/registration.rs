//! Registration of clients at a sandbox (RFC 7591): behind an initial access token, which an operator hands out.

use domain::names::TenantSlug;
use entity::registration_token::{ActiveModel, Column, Entity};
use oidc::provider::client_metadata::{ClientMetadata, RegisteredClient};
use oidc::{ErrorCode, ProtocolError};
use sea_orm::{ColumnTrait, Set};
use secrecy::{ExposeSecret, SecretString};

use super::import::{Imported, NotImported};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::federation::sha256;
use crate::gate::{ReadScope, Resource, Scope, SystemActor, WriteScope, action};

/// The members of the metadata that a refusal may be about: what is said of one is said in our words.
const REASONS: [(&str, &str); 16] = [
    ("client_name", "client_name is missing or has more than 40 characters"),
    ("client_uri", "client_uri is missing or not https"),
    ("contacts", "contacts have more than 200 characters"),
    ("token_endpoint_auth_method", "token_endpoint_auth_method is not supported"),
    ("grant_types", "grant_types hold one that is not supported"),
    ("response_types", "response_types hold another one than code"),
    ("scope", "scope is not supported"),
    ("jwks", "jwks holds no usable public key, or a private one"),
    ("jwks_uri", "jwks_uri is missing, does not answer, or holds no usable key"),
    ("subject_type", "subject_type is unknown, or public beside another service that has the town-wide ID"),
    (
        "sector_identifier_uri",
        "sector_identifier_uri does not answer, lists not every redirect URI, is another service's sector, or subject_type is public",
    ),
    ("id_token_signed_response_alg", "id_token_signed_response_alg is not supported"),
    ("post_logout_redirect_uris", "post_logout_redirect_uris hold one that is not allowed"),
    ("backchannel_logout_uri", "backchannel_logout_uri is not allowed or does not answer"),
    ("urn:machikagi:pkce", "PKCE is required of such a client"),
    ("application_type", "application_type is neither web nor native"),
];

impl Service {
    /// Makes an initial access token for a sandbox: good for so many clients until a moment, in seconds since 1970. It is shown
    /// this once; what rests is its digest.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town; [`Conflict::State`] outside a sandbox.
    pub async fn issue_registration_token(
        &self,
        slug: &TenantSlug,
        uses: u32,
        expires_at: i64,
    ) -> Result<SecretString, Error> {
        let published = self.published(slug).await?;
        if !published.sandbox() {
            return Err(Conflict::State.into());
        }
        let caller = self.gate.system(SystemActor::Import, &published.organisation);
        let token = self.rng.token::<32>()?;
        let scope: WriteScope = self.gate.open(&caller, action::Create, Resource::ClientSecret).await?;
        let over = Column::ExpiresAt.lte(self.clock.seconds());
        scope.delete_many::<Entity>().filter(over).exec().await?;
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            hash: Set(sha256(token.as_bytes()).to_vec()),
            uses_left: Set(uses.into()),
            expires_at: Set(expires_at),
        };
        scope.insert::<Entity, _>(row).await?;
        scope.commit().await?;
        Ok(token.into())
    }

    /// Registers a client at a sandbox. Id and secret are always made here, whatever the request says.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a sandbox; what is wrong with token or metadata is the inner error.
    pub async fn register_client(
        &self,
        slug: &TenantSlug,
        token: Option<&SecretString>,
        metadata: ClientMetadata,
    ) -> Result<Result<RegisteredClient, ProtocolError>, Error> {
        let published = self.published(slug).await?;
        if !published.sandbox() {
            return Err(Error::NotFound);
        }
        let Some(token) = token else { return Ok(Err(ProtocolError::token_missing())) };
        let hash = sha256(token.expose_secret().as_bytes());
        let caller = self.gate.system(SystemActor::Import, &published.organisation);
        // Nobody without a token makes us look at keys somewhere else.
        let scope: ReadScope = self.gate.open(&caller, action::Read, Resource::ClientSecret).await?;
        let known = scope.find::<Entity>().filter(self.good(&hash)).one().await?.is_some();
        drop(scope);
        if !known {
            return Ok(Err(ProtocolError::invalid_token()));
        }
        let metadata = metadata.without_credentials();
        match self.take_in(&published, &[metadata], Some(hash)).await.map(|mut taken| taken.pop()) {
            Ok(Some(Imported::Published(client))) => Ok(Ok(*client)),
            Ok(_) => Err(Error::internal("a draft in a sandbox")),
            // Its last use went to somebody who was faster.
            Err(NotImported { error: Error::Unauthenticated, .. }) => Ok(Err(ProtocolError::invalid_token())),
            Err(NotImported { error: Error::Invalid(wrong), .. }) => {
                Ok(Err(refusal(wrong.iter().map(|(member, _)| member))))
            }
            Err(NotImported { error, .. }) => Err(error),
        }
    }

    fn good(&self, hash: &[u8; 32]) -> sea_orm::Condition {
        sea_orm::Condition::all()
            .add(Column::Hash.eq(hash.to_vec()))
            .add(Column::UsesLeft.gt(0))
            .add(Column::ExpiresAt.gt(self.clock.seconds()))
    }

    /// Takes one use of a token, in the transaction that registers the client.
    pub(super) async fn use_registration_token(&self, scope: &WriteScope, hash: &[u8; 32]) -> Result<(), Error> {
        let used = scope.update_many::<Entity>().add(Column::UsesLeft, -1).filter(self.good(hash)).exec().await?;
        if used == 1 { Ok(()) } else { Err(Error::Unauthenticated) }
    }
}

/// The error of RFC 7591, section 3.2.2, for the first member that is wrong.
fn refusal<'v>(members: impl Iterator<Item = &'v str>) -> ProtocolError {
    let mut members = members.peekable();
    if members.peek() == Some(&"redirect_uris") {
        return ProtocolError::new(
            ErrorCode::InvalidRedirectUri,
            "redirect_uris are missing or hold one that is not allowed",
        );
    }
    let said = members.find_map(|member| REASONS.iter().find(|(known, _)| *known == member));
    let reason = said.map_or("the metadata does not go together", |(_, reason)| reason);
    ProtocolError::new(ErrorCode::InvalidClientMetadata, reason)
}
