//! What a town's gateway says about itself: the discovery document and its keys.

use domain::assurance::Assurance;
use domain::attributes::Items;
use domain::names::TenantSlug;
use domain::paths;
use oidc::jose::JwkSet;
use oidc::provider::metadata::{Direct, Endpoints, ProviderMetadata, Told};

use crate::Service;
use crate::error::Error;

impl Service {
    /// The discovery document of a town (OpenID Connect Discovery, section 3; RFC 8414).
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn provider_metadata_document(&self, slug: &TenantSlug) -> Result<ProviderMetadata, Error> {
        let published = self.published(slug).await?;
        let endpoints = Endpoints {
            authorization: self.base_url.join(&paths::authorize(slug)),
            token: self.base_url.join(&paths::token(slug)),
            userinfo: self.base_url.join(&paths::userinfo(slug)),
            jwks: self.base_url.join(&paths::jwks(slug)),
            direct: Some(Direct {
                pushed_request: self.base_url.join(&paths::par(slug)),
                introspection: self.base_url.join(&paths::introspect(slug)),
                revocation: self.base_url.join(&paths::revoke(slug)),
                end_session: self.base_url.join(&paths::end_session(slug)),
                registration: published.sandbox().then(|| self.base_url.join(&paths::register(slug))),
            }),
        };
        let mut levels: Vec<Assurance> = Vec::new();
        let attested = published.providers.iter().flat_map(|provider| &provider.settings.levels);
        // Whom a provider identified once comes back with a passkey.
        for level in attested.flat_map(|level| [level.assurance, Assurance::passkey(level.assurance.ial)]) {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
        let signing: Vec<_> = published.keys.signing.algorithms().collect();
        let items = published.parties.iter().fold(Items::NONE, |items, party| items.union(party.content.item_set()));
        let told = Told {
            items,
            levels: &levels,
            verified: published.verifications(),
            sandbox: published.sandbox(),
            pushed_only: published.tenant.pushed_only,
        };
        Ok(ProviderMetadata::of_gateway(published.issuer.clone(), endpoints, &signing, &told))
    }

    /// The public keys of a town (RFC 7517): those that sign or soon will, and those under which tokens
    /// are still about.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn key_set(&self, slug: &TenantSlug) -> Result<JwkSet, Error> {
        let published = self.published(slug).await?;
        Ok(published.keys.signing.key_set())
    }

    /// The public keys with which a town's gateway proves who it is at its identity providers, the one that it will change to among
    /// them: to be registered there.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn upstream_key_set(&self, slug: &TenantSlug) -> Result<JwkSet, Error> {
        let published = self.published(slug).await?;
        Ok(published.keys.upstream_key_set.clone())
    }
}
