//! The userinfo endpoint (OpenID Connect Core, section 5.3).

use domain::calendar::Month;
use domain::ids::ResidentId;
use domain::names::TenantSlug;
use domain::paths;
use oidc::jose::Thumbprint;
use oidc::parameters::Parameters;
use oidc::provider::bearer;
use oidc::provider::claims::{AttributeClaims, UserinfoClaims};
use oidc::provider::dpop::Proven;
use oidc::provider::token::TokenType;
use oidc::provider::verified_claims::VerifiedAnswer;
use oidc::{ErrorCode, ProtocolError};
use secrecy::ExposeSecret;

use super::client::Known;
use super::dpop::{Headers, Possession};
use super::protect::Userinfo;
use super::published::Published;
use super::spent::Proofs;
use super::token::{counting, residency_claim, token_type};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, find_family_standing};

impl Service {
    /// Answers with what an access token stands for, as long as consent, eligibility and relying party stand. `method` is GET or
    /// POST, `body` the form of a POST, empty for a GET. The answer is JSON, or a JWT for a service that has it encrypted.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what is wrong with the token is the inner error.
    pub async fn userinfo(
        &self,
        slug: &TenantSlug,
        method: &'static str,
        headers: Headers<'_>,
        body: &Parameters,
    ) -> Result<Result<Userinfo, ProtocolError>, Error> {
        let (sent, used_as) = match bearer::access_token(headers.authorization, body) {
            Ok(read) => read,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut published = self.presumed(slug).await?;
        let refused = || {
            let refusal = ProtocolError::invalid_token();
            Ok(Err(if used_as == TokenType::DPoP { refusal.of_bound_token() } else { refusal }))
        };
        let Some(token) = self.open_access_token(&published, sent.expose_secret()).await? else { return refused() };
        if token_type(&token) != used_as {
            // A token that is bound to a key is no bearer's (RFC 9449, section 7.2), and one that is not proves nothing by one.
            return refused();
        }
        let possession = match token.key {
            None => None,
            Some(key) => {
                let url = self.base_url.join(&paths::userinfo(slug));
                let request = Proven { method, url: &url, access_token: Some(sent.expose_secret()) };
                match self.prove(&published, headers, request, key).await? {
                    Ok(possession) => Some(possession),
                    Err(refusal) => return Ok(Err(refusal.of_bound_token())),
                }
            }
        };
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
        if possession.is_some_and(|possession| !possession.suits(party)) {
            let why = "this client must not sign DPoP proofs with that algorithm";
            return Ok(Err(ProtocolError::new(ErrorCode::InvalidDpopProof, why).of_bound_token()));
        }
        if let Err(refusal) = self.admit(party, Known::Proven) {
            return Ok(Err(refusal));
        }
        let subject = party.subject(&published.keys, ResidentId::from_uuid(family.resident_id));
        let residency = residency_claim(&published, valid_until, token.verified_at);
        let claims = UserinfoClaims {
            sub: &subject,
            residency: token.residency.then_some(&residency),
            sandbox: published.sandbox(),
            attributes: AttributeClaims::some(&token.attributes, token.plain),
            verified_claims: VerifiedAnswer::to(
                &token.verified,
                token.verification.as_ref(),
                &token.attributes,
                self.clock.now(),
            ),
        };
        self.protected_userinfo(&published, party, &claims).await
    }

    /// Takes the proof that the sender of a bound token holds its key, once.
    async fn prove(
        &self,
        published: &Published,
        headers: Headers<'_>,
        request: Proven<'_>,
        key: Thumbprint,
    ) -> Result<Result<Possession, ProtocolError>, Error> {
        let possession = match self.possession(published, None, headers, request).await? {
            Ok(possession) => possession,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let why = "a DPoP proof by the key of the access token is needed";
        let missing = ProtocolError::new(ErrorCode::InvalidDpopProof, why);
        let Some(possession) = possession else { return Ok(Err(missing)) };
        let proofs = Proofs { client: None, possession: Some(&possession) };
        let answer = if possession.key == key { Ok(()) } else { Err(missing) };
        Ok(self.answer_once(published, proofs, answer).await?.map(|()| possession))
    }
}
