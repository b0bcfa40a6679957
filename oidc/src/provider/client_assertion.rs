//! `private_key_jwt` (OpenID Connect Core section 9, RFC 7523 section 3): the sandbox card reader asks for it, as the
//! Digital Agency's provider does.

use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::encoding::from_base64url;
use crate::error::ProtocolError;
use crate::jose::{self, Algorithm, JwkSet};

/// How far a client's clock may be off.
const LEEWAY: Duration = Duration::seconds(30);
/// The longest life that an assertion may claim: for so long its `jti` must be remembered.
const MAX_LIFE: Duration = Duration::minutes(5);

/// What an assertion must say.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The client as which it authenticates.
    pub client_id: &'a str,
    /// The names by which this provider may be meant; the issuer, and the token endpoint where that is allowed.
    pub audiences: &'a [&'a str],
    /// The client's registered keys.
    pub keys: &'a JwkSet,
    /// The algorithms that the client registered.
    pub algorithms: &'a [Algorithm],
    /// The time.
    pub now: OffsetDateTime,
}

/// An assertion that is good if its `jti` was never seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedAssertion {
    /// To be spent: a second assertion with the same value is refused.
    pub jti: String,
    /// Until when the `jti` must be remembered.
    pub remember_until: OffsetDateTime,
}

/// Checks signature, `iss`, `sub`, `aud`, `exp`, `nbf` and `jti`.
///
/// # Errors
/// `invalid_client`, whatever is wrong.
pub fn verify(assertion: &str, expected: &Expected<'_>) -> Result<VerifiedAssertion, ProtocolError> {
    let verified = jose::verify(assertion, expected.keys, expected.algorithms).ok();
    verified
        .and_then(|jws| {
            let claims = jws.claims;
            let latest = expected.now + LEEWAY;
            let not_before = claims.get("nbf").is_none() || claims.time("nbf")? <= latest;
            let expires_at = claims.time("exp")?;
            let good = claims.text("iss")? == expected.client_id
                && claims.text("sub")? == expected.client_id
                && claims.audiences().iter().any(|audience| expected.audiences.contains(audience))
                && claims.is_live(expected.now, LEEWAY)
                && expires_at <= latest + MAX_LIFE
                && not_before;
            let jti = claims.text("jti").filter(|jti| jti.len() <= 255)?.to_owned();
            good.then_some(VerifiedAssertion { jti, remember_until: expires_at + LEEWAY })
        })
        .ok_or(ProtocolError::invalid_client())
}

/// The `sub` that an assertion claims, unverified: it says only whose keys to check it with.
pub fn claimed_client(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claimed {
        sub: String,
    }
    let payload = assertion.split('.').nth(1)?;
    let claimed: Claimed = serde_json::from_slice(&from_base64url(payload)?).ok()?;
    Some(claimed.sub)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::jose::SigningKey;

    const CARD: &str = "https://id.example/sandbox-card";

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap()
    }

    fn good() -> Value {
        json!({"iss": "showa", "sub": "showa", "aud": CARD, "jti": "j", "iat": 1_795_000_000, "exp": 1_795_000_060})
    }

    fn check(claims: &Value) -> Result<VerifiedAssertion, ProtocolError> {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let keys = JwkSet::of([key.public_jwk()]);
        let assertion = key.sign(claims).unwrap();
        let expected = Expected {
            client_id: "showa",
            audiences: &[CARD],
            keys: &keys,
            algorithms: &[Algorithm::ES256],
            now: now(),
        };
        verify(&assertion, &expected)
    }

    #[test]
    fn a_good_assertion_yields_its_jti() {
        let verified = check(&good()).unwrap();
        assert_eq!(verified.jti, "j");
        assert_eq!(verified.remember_until, now() + Duration::seconds(90));
    }

    #[test]
    fn every_wrong_claim_is_refused() {
        for (name, value) in [
            ("iss", json!("mino")),
            ("sub", json!("mino")),
            ("aud", json!("https://elsewhere.example")),
            ("aud", json!([])),
            ("jti", Value::Null),
            ("jti", json!("j".repeat(256))),
            ("exp", Value::Null),
            ("exp", json!(1_794_999_970)),
            ("exp", json!(1_795_000_331)),
            ("nbf", json!(1_795_000_031)),
        ] {
            let mut claims = good();
            claims[name] = value.clone();
            assert_eq!(check(&claims), Err(ProtocolError::invalid_client()), "{name} {value}");
        }
    }

    #[test]
    fn another_key_is_refused() {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let keys = JwkSet::default();
        let assertion = key.sign(&good()).unwrap();
        let expected = Expected {
            client_id: "showa",
            audiences: &[CARD],
            keys: &keys,
            algorithms: &[Algorithm::ES256],
            now: now(),
        };
        assert_eq!(verify(&assertion, &expected), Err(ProtocolError::invalid_client()));
        assert_eq!(claimed_client(&assertion).as_deref(), Some("showa"));
        assert_eq!(claimed_client("x.y.z"), None);
    }
}
