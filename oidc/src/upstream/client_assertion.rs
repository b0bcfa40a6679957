//! Our own client authentication at a provider: `private_key_jwt` (OpenID Connect Core section 9).

use serde::Serialize;
use time::{Duration, OffsetDateTime};

use crate::jose::{SigningFailed, SigningKey};

/// How long an assertion lives. It is used at once.
const LIFE: Duration = Duration::seconds(60);

/// An assertion to make.
#[derive(Debug, Clone, Copy)]
pub struct ClientAssertion<'a> {
    /// Our client id at the provider.
    pub client_id: &'a str,
    /// How the provider wants to be called: its issuer, or its token endpoint, as configured.
    pub audience: &'a str,
    /// Fresh random text.
    pub jti: &'a str,
    /// The time.
    pub now: OffsetDateTime,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: &'a str,
    #[serde(with = "time::serde::timestamp")]
    iat: OffsetDateTime,
    #[serde(with = "time::serde::timestamp")]
    exp: OffsetDateTime,
}

impl ClientAssertion<'_> {
    /// Signs the assertion with the connection's key.
    ///
    /// # Errors
    /// Only when the cryptography library fails.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningFailed> {
        key.sign(&Claims {
            iss: self.client_id,
            sub: self.client_id,
            aud: self.audience,
            jti: self.jti,
            iat: self.now,
            exp: self.now + LIFE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{Algorithm, JwkSet};
    use crate::provider::client_assertion::{Audience, Expected, verify};

    #[test]
    fn our_own_provider_accepts_it() {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
        let assertion = ClientAssertion { client_id: "showa", audience: "https://card.example", jti: "j", now };
        let expected = Expected { client_id: "showa", audience: Audience::Issuer("https://card.example"), now };
        let keys = JwkSet::of([key.public_jwk()]);
        let verified = verify(&assertion.sign(&key).unwrap(), &keys, &[Algorithm::ES256], &expected);
        assert_eq!(verified.unwrap().jti, "j");
    }
}
