//! Which relying party speaks: the proof of a client at the endpoints that ask for one.

use oidc::ProtocolError;
use oidc::parameters::Parameters;
use oidc::provider::client_authentication::{ClientCredentials, ClientProof, secret_matches};

use super::published::{Party, Published};
use crate::Service;

impl Service {
    /// The relying party whose proof the request carries (RFC 6749, section 2.3). It may be suspended.
    ///
    /// # Errors
    /// `invalid_client`, or `invalid_request` where two ways to authenticate are mixed.
    pub(super) fn authenticated<'p>(
        &self,
        published: &'p Published,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<&'p Party, ProtocolError> {
        let credentials = ClientCredentials::read(authorization, body)?;
        let party = published.client(credentials.client_id.as_str()).ok_or(ProtocolError::invalid_client())?;
        let ClientProof::Secret(secret) = &credentials.proof else { return Err(ProtocolError::invalid_client()) };
        let now = self.clock.seconds();
        // Every live secret is compared, whichever fits: the time says nothing.
        let live = party.secrets.iter().filter(|secret| secret.expires_at > now);
        let known = live.fold(false, |known, kept| secret_matches(secret, &kept.hash) | known);
        if known { Ok(party) } else { Err(ProtocolError::invalid_client()) }
    }
}
