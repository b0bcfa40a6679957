//! A provider's userinfo as a signed JWT (OpenID Connect Core, section 5.3.2): who signed it and for whom is checked here; what stands
//! in it is read as any other userinfo is ([`super::userinfo`]), its subject among it.

use serde::Deserialize;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::userinfo::UserinfoRefused;
use crate::encoding::from_json_object;
use crate::jose::{self, Algorithm, Claims, JwkSet, JwsError};

/// The media type of a signed answer (RFC 7519, section 10.3.1).
pub const MEDIA_TYPE: &str = "application/jwt";

/// What must be true of the token.
#[derive(Clone, Copy)]
pub struct ExpectedUserinfo<'a> {
    /// The provider's issuer.
    pub issuer: &'a str,
    /// Our client id at the provider.
    pub client_id: &'a str,
    /// The algorithms that the connection's configuration names.
    pub algorithms: &'a [Algorithm],
    /// The provider's keys.
    pub keys: &'a JwkSet,
    /// The time.
    pub now: OffsetDateTime,
    /// How far the provider's clock may be off.
    pub leeway: Duration,
}

/// What is looked at here. Attributes stand beside it, and are not taken out of the text that is wiped.
#[derive(Deserialize)]
struct About {
    iss: Option<Value>,
    aud: Option<Value>,
    exp: Option<Value>,
    nbf: Option<Value>,
}

impl About {
    fn claims(self) -> Claims {
        let members = [("iss", self.iss), ("aud", self.aud), ("exp", self.exp), ("nbf", self.nbf)];
        let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Claims::new(there.collect::<Map<_, _>>())
    }
}

/// Verifies a signed answer and returns the JSON that was signed. That it is about the person of the ID token, which is no less
/// necessary, says who reads it ([`super::userinfo::UpstreamAttributes::parse`]).
///
/// # Errors
/// [`UserinfoRefused::UnknownKey`], after which the keys may be fetched once more; [`UserinfoRefused::Signature`],
/// [`UserinfoRefused::Issuer`], [`UserinfoRefused::Audience`], [`UserinfoRefused::Time`] (where the provider says one), and
/// [`UserinfoRefused::Malformed`].
pub fn verify(answer: &[u8], expected: &ExpectedUserinfo<'_>) -> Result<Zeroizing<Vec<u8>>, UserinfoRefused> {
    let token = std::str::from_utf8(answer).map_err(|_| UserinfoRefused::Malformed)?.trim();
    let payload = match jose::verified_payload(token, expected.keys, expected.algorithms) {
        Ok(payload) => payload,
        Err(JwsError::UnknownKey) => return Err(UserinfoRefused::UnknownKey),
        Err(error) => return Err(UserinfoRefused::Signature(error)),
    };
    let claims = from_json_object::<About>(&payload).ok_or(UserinfoRefused::Malformed)?.claims();
    if claims.text("iss") != Some(expected.issuer) {
        return Err(UserinfoRefused::Issuer);
    }
    if claims.audiences() != [expected.client_id] {
        return Err(UserinfoRefused::Audience);
    }
    let latest = expected.now.saturating_add(expected.leeway);
    let over = claims.get("exp").is_some() && !claims.is_live(expected.now, expected.leeway);
    let early = claims.get("nbf").is_some() && claims.time("nbf").is_none_or(|not_before| not_before > latest);
    if over || early { Err(UserinfoRefused::Time) } else { Ok(payload) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::jose::SigningKey;
    use crate::upstream::claim_map::ClaimMap;
    use crate::upstream::userinfo::UpstreamAttributes;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn key() -> SigningKey {
        SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
    }

    fn claims() -> Value {
        json!({"iss": "https://id.example.jp", "aud": "machikagi", "sub": "person", "name": "昭和 花子"})
    }

    fn judged(token: &str, key: &SigningKey, algorithms: &[Algorithm]) -> Result<Zeroizing<Vec<u8>>, UserinfoRefused> {
        let keys = JwkSet::of([key.public_jwk()]);
        let leeway = Duration::seconds(30);
        let (issuer, client_id) = ("https://id.example.jp", "machikagi");
        verify(token.as_bytes(), &ExpectedUserinfo { issuer, client_id, algorithms, keys: &keys, now: NOW, leeway })
    }

    // conforms: OpenID Connect Core 1.0 §5.3.2 SHOULD
    #[test]
    fn signed_userinfo_is_read_like_any_other() {
        let key = key();
        let json = judged(&key.sign(&claims()).unwrap(), &key, &[Algorithm::ES256]).unwrap();
        let read = |subject| UpstreamAttributes::parse(&json, subject, &ClaimMap::standard(), None);
        assert_eq!(read("person").ok().unwrap().attributes.name(), Some("昭和 花子"));
        assert_eq!(read("somebody").err(), Some(UserinfoRefused::OtherSubject));
    }

    // conforms: OpenID Connect Core 1.0 §5.3.4 SHOULD
    #[test]
    fn signed_userinfo_of_others_or_for_others_is_refused() {
        let (key, other) = (key(), key());
        let altered = |name: &str, value: Value| {
            let mut claims = claims();
            claims[name] = value;
            judged(&key.sign(&claims).unwrap(), &key, &[Algorithm::ES256]).err()
        };
        let seconds = NOW.unix_timestamp();
        for (name, value, refusal) in [
            ("iss", json!("https://elsewhere.example"), UserinfoRefused::Issuer),
            ("iss", Value::Null, UserinfoRefused::Issuer),
            ("aud", json!("somebody"), UserinfoRefused::Audience),
            ("aud", json!(["machikagi", "somebody"]), UserinfoRefused::Audience),
            ("aud", Value::Null, UserinfoRefused::Audience),
            ("exp", json!(seconds - 60), UserinfoRefused::Time),
            ("exp", json!("soon"), UserinfoRefused::Time),
            ("nbf", json!(seconds + 60), UserinfoRefused::Time),
        ] {
            assert_eq!(altered(name, value.clone()), Some(refusal), "{name} {value}");
        }
        assert_eq!(altered("aud", json!(["machikagi"])), None);
        assert_eq!(altered("exp", json!(seconds + 60)), None);
        let token = key.sign(&claims()).unwrap();
        assert_eq!(judged(&token, &other, &[Algorithm::ES256]).err(), Some(UserinfoRefused::UnknownKey));
        let not_allowed = Some(UserinfoRefused::Signature(JwsError::AlgorithmNotAllowed));
        assert_eq!(judged(&token, &key, &[Algorithm::RS256]).err(), not_allowed);
        let (signed, _) = token.rsplit_once('.').unwrap();
        let (_, payload) = signed.split_once('.').unwrap();
        let unsigned = format!("{}.{payload}.", crate::encoding::base64url(br#"{"alg":"none"}"#));
        assert_eq!(judged(&unsigned, &key, &Algorithm::ALL).err(), not_allowed);
        // What is not signed at all is not taken either: whoever could answer for the provider would leave the signature away.
        let malformed = Some(UserinfoRefused::Signature(JwsError::Malformed));
        assert_eq!(judged(&claims().to_string(), &key, &Algorithm::ALL).err(), malformed);
    }
}
