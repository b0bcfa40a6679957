//! The identity provider of a municipality, and what is asked of it: discovery, keys, tokens, userinfo.

use std::sync::Arc;

use domain::ids::{IdentityProviderId, OrganisationId};
use domain::locale::Localized;
use domain::names::TenantSlug;
use domain::paths;
use oidc::jose::JwkSet;
use oidc::pkce::CodeVerifier;
use oidc::upstream::client_assertion::ClientAssertion;
use oidc::upstream::discovery::{EndpointPolicy, UpstreamMetadata, discovery_url};
use oidc::upstream::id_token::{self, ExpectedIdToken, Freshness, IdTokenRefused, UpstreamIdentity};
use oidc::upstream::signed_userinfo::{self, ExpectedUserinfo};
use oidc::upstream::token::{ClientMethod, TokenRefused, UpstreamTokenRequest, UpstreamTokens};
use oidc::upstream::userinfo::{UpstreamAttributes, UserinfoRefused};
use secrecy::{ExposeSecret, SecretString};
use time::Duration;
use url::Url;
use zeroize::Zeroizing;

use super::key_sets::NoKeys;
use super::provider_cache::ProviderContact;
use super::provider_settings::{AssertionAudience, AttributesFrom, ClientAuthentication, ProviderSettings};
use super::remembered::Newness;
use crate::Service;
use crate::error::Error;
use crate::http_client::{FetchError, HttpClient};
use crate::keys::TenantKeys;

/// A provider as the gateway uses it.
pub(crate) struct Provider {
    pub(crate) organisation: OrganisationId,
    pub(crate) id: IdentityProviderId,
    /// It is the gateway's own card sandbox.
    pub(crate) sandbox: bool,
    pub(crate) name: Localized,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) subject_namespace: String,
    pub(crate) settings: ProviderSettings,
}

impl Provider {
    pub(crate) fn of(row: entity::identity_provider::Model) -> Result<Self, Error> {
        let settings = ProviderSettings::parse(&row.settings)?;
        Ok(Self {
            organisation: OrganisationId::from_uuid(row.organisation_id),
            sandbox: is_sandbox(&row),
            id: IdentityProviderId::from_uuid(row.id),
            name: Localized::composed(row.name_ja, row.name_en),
            issuer: row.issuer,
            client_id: row.client_id,
            subject_namespace: row.subject_namespace,
            settings,
        })
    }

    /// The connection whose own address people are sent back to; none for the card sandbox, which names itself in every answer
    /// and keeps the town's.
    pub(super) fn own_callback(&self) -> Option<IdentityProviderId> {
        (!self.sandbox).then_some(self.id)
    }

    /// Whose contact is noted.
    pub(super) fn connection(&self) -> Connection {
        Connection { organisation: self.organisation, id: self.id }
    }

    /// The origins to which a form may lead that ends there.
    pub(super) fn origins(&self) -> impl Iterator<Item = String> {
        let of_issuer = Url::parse(&self.issuer).ok().map(|url| url.origin().ascii_serialization());
        let of_endpoint = self.settings.form_origin.clone().filter(|origin| Some(origin) != of_issuer.as_ref());
        of_issuer.into_iter().chain(of_endpoint)
    }
}

/// A connection of a town, among those of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Connection {
    pub(super) organisation: OrganisationId,
    pub(super) id: IdentityProviderId,
}

impl Connection {
    pub(crate) fn of(row: &entity::identity_provider::Model) -> Self {
        Self { organisation: OrganisationId::from_uuid(row.organisation_id), id: IdentityProviderId::from_uuid(row.id) }
    }
}

/// Whether a connection leads to the gateway's own card sandbox.
pub(crate) fn is_sandbox(row: &entity::identity_provider::Model) -> bool {
    row.kind == "sandbox_card"
}

/// Where a provider sends people back to: the address of one connection, or the town's.
pub(crate) fn callback_path(slug: &TenantSlug, own: Option<IdentityProviderId>) -> String {
    own.map_or_else(|| paths::callback(slug), |id| paths::provider_callback(slug, id))
}

/// Why a provider cannot be used at the moment. A word for the log, never a foreign one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderFailure {
    #[error("the provider does not answer: {0}")]
    Fetch(#[from] FetchError),
    #[error("the provider's discovery document is not usable")]
    Discovery,
    #[error("the provider's keys are not usable")]
    Keys,
    #[error("no tokens: {0}")]
    Token(#[from] TokenRefused),
    #[error("the ID token is refused: {0}")]
    IdToken(#[from] IdTokenRefused),
    #[error("the attributes are refused: {0}")]
    Userinfo(#[from] UserinfoRefused),
    #[error("signing failed")]
    Signing,
    #[error("the connection is not set up: its secret or its key is missing")]
    NotSetUp,
}

impl From<NoKeys> for ProviderFailure {
    fn from(none: NoKeys) -> Self {
        match none {
            NoKeys::Fetch(failure) => Self::Fetch(failure),
            NoKeys::NotAKeySet => Self::Keys,
        }
    }
}

/// How far a provider's clock may be off.
const LEEWAY: Duration = Duration::seconds(30);

/// A code on its way to tokens.
pub(super) struct Redemption<'a> {
    pub(super) provider: &'a Provider,
    pub(super) keys: &'a TenantKeys,
    pub(super) callback: &'a str,
    pub(super) code: &'a SecretString,
    pub(super) verifier: &'a CodeVerifier,
    pub(super) nonce: &'a str,
    pub(super) freshness: Freshness,
}

impl Service {
    fn policy(&self) -> EndpointPolicy {
        if self.allow_loopback { EndpointPolicy::HttpsOrLoopback } else { EndpointPolicy::Https }
    }

    /// The provider's metadata, at most an hour old, or what is left of it while the provider is away.
    pub(super) async fn provider_metadata(
        &self,
        provider: &Provider,
    ) -> Result<Arc<UpstreamMetadata>, ProviderFailure> {
        let (issuer, connection) = (&provider.issuer, provider.connection());
        let fetch = || self.fetch(issuer, Newness::Believed);
        self.providers.get(connection, issuer, Newness::Believed, self.clock.seconds(), fetch).await
    }

    /// What the provider says about itself, if it answers at this moment, or did some seconds ago, as it must; what was
    /// remembered is renewed.
    pub(crate) async fn check_provider(
        &self,
        connection: Connection,
        issuer: &str,
    ) -> Result<Arc<UpstreamMetadata>, ProviderFailure> {
        let (fetch, now) = (|| self.fetch(issuer, Newness::Now), self.clock.seconds());
        let found = self.providers.get(connection, issuer, Newness::Now, now, fetch).await;
        if found.is_ok() {
            self.providers.hear(connection, ProviderContact::Answered, now);
        }
        found
    }

    /// Fetches the metadata, and sees to it that there are keys: nobody is sent to a provider whose answer could not be read.
    async fn fetch(&self, issuer: &str, keys: Newness) -> Result<UpstreamMetadata, ProviderFailure> {
        let metadata = fetch_metadata(&self.http, issuer, self.policy()).await?;
        self.provider_keys(&metadata, keys).await?;
        Ok(metadata)
    }

    async fn provider_keys(
        &self,
        metadata: &UpstreamMetadata,
        wanted: Newness,
    ) -> Result<Arc<JwkSet>, ProviderFailure> {
        Ok(self.key_sets.get(&self.http, &metadata.jwks_uri, wanted, self.clock.seconds()).await?)
    }

    /// Redeems a code and verifies who it speaks of.
    pub(super) async fn redeem_upstream(
        &self,
        redemption: &Redemption<'_>,
    ) -> Result<(UpstreamIdentity, UpstreamTokens), ProviderFailure> {
        let provider = redemption.provider;
        let metadata = self.provider_metadata(provider).await?;
        let keys = self.provider_keys(&metadata, Newness::Believed).await?;
        let now = self.clock.now();
        let jti = self.rng.token::<16>().map_err(|_| ProviderFailure::Signing)?;
        let audience = match provider.settings.assertion_audience {
            AssertionAudience::Issuer => provider.issuer.as_str(),
            AssertionAudience::TokenEndpoint => metadata.token_endpoint.as_str(),
        };
        let secret = || {
            let number = provider.settings.authentication.secret();
            number.and_then(|number| redemption.keys.provider_secret(number)).ok_or(ProviderFailure::NotSetUp)
        };
        let assertion;
        let method = match provider.settings.authentication {
            ClientAuthentication::PrivateKeyJwt => {
                let unsigned = ClientAssertion { client_id: &provider.client_id, audience, jti: &jti, now };
                assertion = unsigned.sign(&redemption.keys.upstream).map_err(|_| ProviderFailure::Signing)?;
                ClientMethod::PrivateKeyJwt(&assertion)
            }
            ClientAuthentication::ClientSecretBasic(_) => ClientMethod::ClientSecretBasic(secret()?),
            ClientAuthentication::ClientSecretPost(_) => ClientMethod::ClientSecretPost(secret()?),
        };
        let request = UpstreamTokenRequest {
            client_id: &provider.client_id,
            method,
            code: redemption.code,
            redirect_uri: redemption.callback,
            code_verifier: redemption.verifier,
        };
        let header = request.authorization();
        let header = header.as_ref().map(|header| header.as_str());
        let answer = self.http.redeem(&metadata.token_endpoint, header, &request.body()).await?;
        let tokens = UpstreamTokens::parse(&answer)?;
        let acr_values: Vec<&str> = provider.settings.levels.iter().map(|level| level.acr.as_str()).collect();
        let expected = ExpectedIdToken {
            issuer: &provider.issuer,
            client_id: &provider.client_id,
            nonce: redemption.nonce,
            algorithms: &provider.settings.algorithms,
            keys: &keys,
            access_token: tokens.access_token.expose_secret(),
            freshness: redemption.freshness,
            level_claim: provider.settings.level_claim.as_deref().unwrap_or("acr"),
            acr_values: &acr_values,
            now,
            leeway: LEEWAY,
        };
        let identity = match id_token::verify(tokens.id_token.expose_secret(), &expected) {
            Err(IdTokenRefused::UnknownKey) => {
                let keys = self.provider_keys(&metadata, Newness::Newer).await?;
                id_token::verify(tokens.id_token.expose_secret(), &ExpectedIdToken { keys: &keys, ..expected })?
            }
            verified => verified?,
        };
        Ok((identity, tokens))
    }

    /// What the provider attests about the person.
    pub(super) async fn attested(
        &self,
        provider: &Provider,
        keys: &TenantKeys,
        identity: &UpstreamIdentity,
        tokens: &UpstreamTokens,
    ) -> Result<UpstreamAttributes, ProviderFailure> {
        let token = &tokens.access_token;
        let claims = &provider.settings.claims;
        let (json, field_keys) = match &provider.settings.attributes {
            AttributesFrom::Userinfo => {
                let endpoint = self.userinfo_endpoint(provider).await?;
                (self.http.get_with_token(&endpoint, token, None).await?, None)
            }
            AttributesFrom::SignedUserinfo => {
                let endpoint = self.userinfo_endpoint(provider).await?;
                let answer = self.http.get_with_token(&endpoint, token, Some(signed_userinfo::MEDIA_TYPE)).await?;
                (self.verified_userinfo(provider, &answer).await?, None)
            }
            AttributesFrom::SealedUserdata(address) => {
                let field_keys = Some(keys.fields.as_slice()).filter(|keys| !keys.is_empty());
                let field_keys = Some(field_keys.ok_or(ProviderFailure::NotSetUp)?);
                let endpoint = Url::parse(address).map_err(|_| ProviderFailure::NotSetUp)?;
                (self.http.get_with_token(&endpoint, token, None).await?, field_keys)
            }
        };
        Ok(UpstreamAttributes::parse(&json, &identity.subject, claims, field_keys)?)
    }

    async fn userinfo_endpoint(&self, provider: &Provider) -> Result<Url, ProviderFailure> {
        let metadata = self.provider_metadata(provider).await?;
        metadata.userinfo_endpoint.clone().ok_or(ProviderFailure::Discovery)
    }

    /// The JSON of a signed answer of the userinfo endpoint.
    async fn verified_userinfo(
        &self,
        provider: &Provider,
        answer: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, ProviderFailure> {
        let metadata = self.provider_metadata(provider).await?;
        let keys = self.provider_keys(&metadata, Newness::Believed).await?;
        let expected = ExpectedUserinfo {
            issuer: &provider.issuer,
            client_id: &provider.client_id,
            algorithms: &provider.settings.algorithms,
            keys: &keys,
            now: self.clock.now(),
            leeway: LEEWAY,
        };
        Ok(match signed_userinfo::verify(answer, &expected) {
            Err(UserinfoRefused::UnknownKey) => {
                let keys = self.provider_keys(&metadata, Newness::Newer).await?;
                signed_userinfo::verify(answer, &ExpectedUserinfo { keys: &keys, ..expected })?
            }
            verified => verified?,
        })
    }
}

async fn fetch_metadata(
    http: &HttpClient,
    issuer: &str,
    policy: EndpointPolicy,
) -> Result<UpstreamMetadata, ProviderFailure> {
    let at = Url::parse(&discovery_url(issuer)).map_err(|_| ProviderFailure::Discovery)?;
    let document = http.get(&at).await?;
    UpstreamMetadata::parse(&document, issuer, policy).map_err(|_| ProviderFailure::Discovery)
}
