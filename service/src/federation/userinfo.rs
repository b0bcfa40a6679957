//! The userinfo endpoint (OpenID Connect Core, section 5.3).

use domain::calendar::Month;
use domain::ids::ResidentId;
use domain::names::TenantSlug;
use oidc::ProtocolError;
use oidc::parameters::Parameters;
use oidc::provider::bearer;
use oidc::provider::claims::{AttributeClaims, UserinfoClaims};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::token::{counting, residency_claim};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, find_family_standing};

impl Service {
    /// Answers with what an access token stands for, as long as consent, eligibility and relying party stand. `body` is the
    /// form of a POST, empty for a GET. The answer is JSON.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what is wrong with the token is the inner error.
    pub async fn userinfo(
        &self,
        slug: &TenantSlug,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Result<Zeroizing<Vec<u8>>, ProtocolError>, Error> {
        let token = match bearer::access_token(authorization, body) {
            Ok(token) => token,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut published = self.presumed(slug).await?;
        let refused = || Ok(Err(ProtocolError::invalid_token()));
        let Some(token) = self.open_access_token(&published, token.expose_secret()).await? else { return refused() };
        let family = loop {
            let caller = self.oidc_provider(&published);
            let scope = self.gate.glance(&caller, Resource::TokenFamily).await?;
            let family = find_family_standing(&scope, token.family).await?;
            drop(scope);
            if family.generation == published.organisation.generation {
                break family.found;
            }
            published = self.published(slug).await?;
        };
        let Some(family) = family else { return refused() };
        let counting = counting(&published, &family, Month::at(self.clock.now()));
        let Some((party, valid_until)) = counting else { return refused() };
        let subject = party.subject(&published.keys, ResidentId::from_uuid(family.resident_id));
        let residency = residency_claim(&published, valid_until);
        let claims = UserinfoClaims {
            sub: &subject,
            residency: token.residency.then_some(&residency),
            sandbox: published.sandbox(),
            attributes: AttributeClaims::of(&token.attributes),
        };
        claims.to_json().map(Ok).map_err(|_| Error::internal("claims"))
    }
}
