//! `private_key_jwt` (OpenID Connect Core section 9, RFC 7523 section 3): services prove by it who they are, and the sandbox
//! card reader asks for it, as the Digital Agency's provider does.

use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::encoding::{from_base64url, from_json_object};
use crate::error::ProtocolError;
use crate::jose::{self, Algorithm, JwkSet, VerifiedJws};

/// How far a client's clock may be off.
const LEEWAY: Duration = Duration::seconds(30);
/// The longest life that an assertion may claim: for so long its `jti` must be remembered. Libraries in use take an hour where
/// nobody says otherwise.
const MAX_LIFE: Duration = Duration::hours(1);
/// The types of an assertion, where it names one: a JWT that was signed for another purpose is none (RFC 8725 section 3.11).
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// By which names a provider may be meant.
#[derive(Debug, Clone, Copy)]
pub enum Audience<'a> {
    /// One of these is among the audiences: the issuer, or an endpoint of it.
    Among(&'a [&'a str]),
    /// The only audience, as text, is the issuer (FAPI 2.0 Security Profile section 5.3.2.1).
    Issuer(&'a str),
}

/// What an assertion must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The client as which it authenticates.
    pub client_id: &'a str,
    /// How it may call this provider.
    pub audience: Audience<'a>,
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

/// Checks the signature by one of `keys`, and the rest as [`judge`].
///
/// # Errors
/// `invalid_client`, whatever is wrong.
pub fn verify(
    assertion: &str,
    keys: &JwkSet,
    algorithms: &[Algorithm],
    expected: &Expected<'_>,
) -> Result<VerifiedAssertion, ProtocolError> {
    let signed = jose::verify(assertion, keys, algorithms).map_err(|_| ProtocolError::invalid_client())?;
    judge(&signed, expected)
}

/// Judges a JWT that the client signed: `typ`, `iss`, `sub`, `aud`, `exp`, `iat`, `nbf` and `jti`.
///
/// # Errors
/// `invalid_client`, whatever is wrong.
pub fn judge(signed: &VerifiedJws, expected: &Expected<'_>) -> Result<VerifiedAssertion, ProtocolError> {
    judged(signed, expected).ok_or(ProtocolError::invalid_client())
}

fn judged(signed: &VerifiedJws, expected: &Expected<'_>) -> Option<VerifiedAssertion> {
    let claims = &signed.claims;
    let latest = expected.now + LEEWAY;
    let expires_at = claims.time("exp")?;
    let named = match expected.audience {
        Audience::Among(names) => claims.audiences().iter().any(|audience| names.contains(audience)),
        Audience::Issuer(issuer) => claims.text("aud") == Some(issuer),
    };
    // `iat` may be left out (RFC 7523 section 3); one from long ago or from the future is nobody's clock.
    let issued = match claims.get("iat") {
        None => true,
        Some(_) => (expected.now - LEEWAY - MAX_LIFE..=latest).contains(&claims.time("iat")?),
    };
    let good = signed.typ.as_deref().is_none_or(|typ| TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known)))
        && claims.text("iss")? == expected.client_id
        && claims.text("sub")? == expected.client_id
        && named
        && claims.is_live(expected.now, LEEWAY)
        && expires_at <= latest + MAX_LIFE
        && issued
        && (claims.get("nbf").is_none() || claims.time("nbf")? <= latest);
    let jti = claims.text("jti").filter(|jti| jti.len() <= 255)?.to_owned();
    good.then(|| VerifiedAssertion { jti, remember_until: expires_at + LEEWAY })
}

/// The `sub` that an assertion claims, unverified: it says only whose keys to check it with.
pub fn claimed_client(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claimed {
        sub: String,
    }
    let payload = assertion.split('.').nth(1)?;
    let claimed: Claimed = from_json_object(&from_base64url(payload)?)?;
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

    fn key() -> SigningKey {
        SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
    }

    fn among() -> Audience<'static> {
        Audience::Among(&[CARD, "https://id.example/sandbox-card/token"])
    }

    fn check(claims: &Value) -> Result<VerifiedAssertion, ProtocolError> {
        check_for(claims, among())
    }

    fn check_for(claims: &Value, audience: Audience<'_>) -> Result<VerifiedAssertion, ProtocolError> {
        let key = key();
        let expected = Expected { client_id: "showa", audience, now: now() };
        verify(&key.sign(claims).unwrap(), &JwkSet::of([key.public_jwk()]), &[Algorithm::ES256], &expected)
    }

    #[test]
    fn a_good_assertion_yields_its_jti() {
        let verified = check(&good()).unwrap();
        assert_eq!(verified.jti, "j");
        assert_eq!(verified.remember_until, now() + Duration::seconds(90));
        for (name, value) in [
            ("aud", json!(["https://elsewhere.example", CARD])),
            ("aud", json!("https://id.example/sandbox-card/token")),
            ("iat", json!(1_795_000_030)),
            ("nbf", json!(1_795_000_030)),
            ("exp", json!(1_795_003_600)),
        ] {
            let mut claims = good();
            claims[name] = value.clone();
            assert!(check(&claims).is_ok(), "{name} {value}");
        }
        let mut claims = good();
        claims.as_object_mut().unwrap().remove("iat");
        assert!(check(&claims).is_ok());
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
            ("exp", json!(1_795_003_631)),
            ("iat", json!(1_795_000_031)),
            ("iat", json!(1_794_996_369)),
            ("iat", json!("now")),
            ("nbf", json!(1_795_000_031)),
        ] {
            let mut claims = good();
            claims[name] = value.clone();
            assert_eq!(check(&claims), Err(ProtocolError::invalid_client()), "{name} {value}");
        }
    }

    #[test]
    fn the_strict_profile_wants_the_issuer_alone_and_as_text() {
        for (audience, good_enough) in [
            (json!(CARD), true),
            (json!([CARD]), false),
            (json!([CARD, "https://elsewhere.example"]), false),
            (json!("https://id.example/sandbox-card/token"), false),
        ] {
            let mut claims = good();
            claims["aud"] = audience.clone();
            assert_eq!(check_for(&claims, Audience::Issuer(CARD)).is_ok(), good_enough, "{audience}");
        }
    }

    #[test]
    fn what_was_signed_for_another_purpose_is_refused() {
        let key = key();
        let expected = Expected { client_id: "showa", audience: among(), now: now() };
        let check = |typ: &str| {
            let assertion = key.sign_as(typ, &good()).unwrap();
            verify(&assertion, &JwkSet::of([key.public_jwk()]), &[Algorithm::ES256], &expected).is_ok()
        };
        assert!(check("jwt") && check("client-authentication+jwt"));
        assert!(!check("oauth-authz-req+jwt") && !check("dpop+jwt"));
    }

    #[test]
    fn another_key_is_refused() {
        let key = key();
        let assertion = key.sign(&good()).unwrap();
        let expected = Expected { client_id: "showa", audience: among(), now: now() };
        let refused = verify(&assertion, &JwkSet::default(), &[Algorithm::ES256], &expected);
        assert_eq!(refused, Err(ProtocolError::invalid_client()));
        assert_eq!(claimed_client(&assertion).as_deref(), Some("showa"));
        assert_eq!(claimed_client("x.y.z"), None);
    }
}
