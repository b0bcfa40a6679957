//! Which relying party speaks: the proof of a client at the endpoints that ask for one, by the method that its published
//! version names and by no other.

use std::sync::Arc;

use domain::configuration::{ClientAuthentication, ClientKeys, SecurityProfile};
use domain::paths;
use oidc::ProtocolError;
use oidc::jose::{self, Algorithm, JwkSet, JwsError, VerifiedJws};
use oidc::parameters::Parameters;
use oidc::provider::client_assertion::{self, Audience, Expected};
use oidc::provider::client_authentication::{ClientCredentials, ClientProof, secret_matches};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::published::{Party, Published};
use super::remembered::Newness;
use super::spent::SingleUse;
use crate::Service;

/// Whether a client that keeps no secret is let in by its id alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PublicClients {
    /// Where a code or a token is presented, which is proof enough, or nothing is given away. So it is counted.
    Admitted(Known),
    /// Where anybody could say the id.
    Refused,
}

/// How well it is known that a request is of the client that it names. They are counted apart: requests that anybody could make
/// in a client's name do not cost it those that only it can make, and a flood at one door leaves it the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Known {
    /// It says so in a browser's address.
    Named,
    /// It says so where requests are pushed.
    Pushing,
    /// It says so where codes and tokens are presented.
    Presenting,
    /// It proved so, or holds a token.
    Proven,
}

/// A client that proved who it is.
pub(super) struct Authenticated<'p> {
    /// It may be suspended.
    pub(super) party: &'p Party,
    /// How that is known.
    pub(super) known: Known,
    /// What its proof must not be used for again. To be spent before the answer: in the transaction of what the request
    /// does, or with [`Service::answer_once`].
    pub(super) proof: Option<SingleUse>,
}

impl Service {
    /// The relying party whose proof the request carries (RFC 6749, section 2.3).
    ///
    /// # Errors
    /// `invalid_client`, or `invalid_request` where two ways to authenticate are mixed.
    pub(super) async fn authenticated<'p>(
        &self,
        published: &'p Published,
        public: PublicClients,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Authenticated<'p>, ProtocolError> {
        let credentials = ClientCredentials::read(authorization, body)?;
        let party = published.client(credentials.client_id.as_str()).ok_or(ProtocolError::invalid_client())?;
        let (known, proof) = match (party.content.client.authentication, &credentials.proof, public) {
            (ClientAuthentication::Secret, ClientProof::Secret(secret), _) if self.is_secret_of(party, secret) => {
                (Known::Proven, None)
            }
            (ClientAuthentication::PrivateKeyJwt, ClientProof::Assertion(assertion), _) => {
                (Known::Proven, Some(self.asserted(published, party, assertion).await?))
            }
            // Anybody can say the id of a client that proves nothing.
            (ClientAuthentication::None, ClientProof::Nothing, PublicClients::Admitted(known)) => (known, None),
            _ => return Err(ProtocolError::invalid_client()),
        };
        self.admit(party, known)?;
        Ok(Authenticated { party, known, proof })
    }

    /// Counts a request of a relying party.
    ///
    /// # Errors
    /// A refusal with status 429 where it asks too often.
    pub(super) fn admit(&self, party: &Party, known: Known) -> Result<(), ProtocolError> {
        if self.clients.admits((party.id, known)) { Ok(()) } else { Err(ProtocolError::too_many_requests()) }
    }

    fn is_secret_of(&self, party: &Party, presented: &SecretString) -> bool {
        let now = self.clock.seconds();
        // Every live secret is compared, whichever fits: the time says nothing.
        let live = party.secrets.iter().filter(|secret| secret.expires_at > now);
        live.fold(false, |known, kept| secret_matches(presented, &kept.hash) | known)
    }

    async fn asserted(
        &self,
        published: &Published,
        party: &Party,
        assertion: &SecretString,
    ) -> Result<SingleUse, ProtocolError> {
        let signed = self.signed_by(party, assertion.expose_secret()).await.ok_or(ProtocolError::invalid_client())?;
        let endpoints =
            [paths::token(&published.slug), paths::par(&published.slug)].map(|path| self.base_url.join(&path));
        let [token, pushed] = &endpoints;
        let names = [published.issuer.as_str(), token, pushed];
        let audience = match party.content.client.profile {
            SecurityProfile::Standard => Audience::Among(&names),
            SecurityProfile::Fapi2 => Audience::Issuer(&published.issuer),
        };
        let expected = Expected { client_id: &party.client_id, audience, now: self.clock.now() };
        let good = client_assertion::judge(&signed, &expected)?;
        let until = good.remember_until.unix_timestamp();
        Ok(SingleUse::of("client assertion", &party.client_id, &good.jti, until))
    }

    /// A JWT whose signature is of one of the relying party's keys, with an algorithm that its profile allows. Where the keys
    /// are fetched they are fetched once more for one that is missing: it may be new.
    pub(super) async fn signed_by(&self, party: &Party, token: &str) -> Option<VerifiedJws> {
        let algorithms = algorithms(party.content.client.profile);
        let keys = self.client_keys(party, Newness::Believed).await?;
        match jose::verify(token, &keys, algorithms) {
            Err(JwsError::UnknownKey) => {
                let newer = self.client_keys(party, Newness::Newer).await.filter(|newer| !Arc::ptr_eq(newer, &keys))?;
                jose::verify(token, &newer, algorithms).ok()
            }
            verified => verified.ok(),
        }
    }

    /// The relying party's public keys; `None` where it has none, or where they cannot be had.
    pub(super) async fn client_keys(&self, party: &Party, wanted: Newness) -> Option<Arc<JwkSet>> {
        match party.content.client.keys.as_ref()? {
            ClientKeys::Jwks(text) => JwkSet::parse(text.as_bytes()).ok().map(Arc::new),
            ClientKeys::JwksUri(uri) => {
                let at = Url::parse(uri.as_str()).ok()?;
                let found = self.key_sets.get(&self.http_to_services, &at, wanted, self.clock.seconds()).await;
                found.inspect_err(|failure| tracing::warn!(%failure, "keys of a service")).ok()
            }
        }
    }
}

/// With what a service of a profile signs.
pub(crate) const fn algorithms(profile: SecurityProfile) -> &'static [Algorithm] {
    match profile {
        SecurityProfile::Standard => &Algorithm::ALL,
        SecurityProfile::Fapi2 => &[Algorithm::ES256, Algorithm::PS256],
    }
}
