//! Checking a compact JWS against a set of keys and an explicit list of algorithms. What the claims say is judged by the
//! caller; here only: who signed.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Algorithm, Claims, Jwk, JwkSet, KeyMaterial};
use crate::encoding::{from_base64url, from_json_object};

/// A token longer than this is not looked into.
const MAX_TOKEN_LEN: usize = 16 * 1024;

/// Why a token is not accepted. Holds nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64url with a JSON object in the first two, or a header that demands what we do not know.
    #[error("not a compact JWS")]
    Malformed,
    /// `alg` is `none` or not in the list.
    #[error("the algorithm is not allowed")]
    AlgorithmNotAllowed,
    /// No key of the set fits. The keys may have been rotated: fetching them once more may help.
    #[error("no key fits")]
    UnknownKey,
    /// The signature does not belong to the content.
    #[error("the signature is wrong")]
    WrongSignature,
}

/// A token whose signature was checked.
pub struct VerifiedJws {
    /// `typ` of the header, if any, as written.
    pub typ: Option<String>,
    /// The claims; nothing in them was judged.
    pub claims: Claims,
}

/// What of a header is looked at. `jwk`, `jku`, `x5u` and `x5c` are not: a token does not bring its own key.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
}

/// Checks the signature of `token` by one of `keys`, with one of the `allowed` algorithms.
///
/// # Errors
/// See [`JwsError`].
pub fn verify(token: &str, keys: &JwkSet, allowed: &[Algorithm]) -> Result<VerifiedJws, JwsError> {
    let (typ, payload) = verified(token, keys, allowed)?;
    match from_json_object(&payload) {
        Some(Value::Object(members)) => Ok(VerifiedJws { typ, claims: Claims::new(members) }),
        _ => Err(JwsError::Malformed),
    }
}

/// The same, and what was signed as it stands there: for who reads it into something that is wiped.
///
/// # Errors
/// See [`JwsError`].
pub fn verified_payload(token: &str, keys: &JwkSet, allowed: &[Algorithm]) -> Result<Zeroizing<Vec<u8>>, JwsError> {
    Ok(verified(token, keys, allowed)?.1)
}

fn verified(
    token: &str,
    keys: &JwkSet,
    allowed: &[Algorithm],
) -> Result<(Option<String>, Zeroizing<Vec<u8>>), JwsError> {
    if token.len() > MAX_TOKEN_LEN {
        return Err(JwsError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let header: Header = json(header).ok_or(JwsError::Malformed)?;
    if header.crit.is_some() {
        return Err(JwsError::Malformed);
    }
    let algorithm = Algorithm::from_name(&header.alg)
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or(JwsError::AlgorithmNotAllowed)?;
    let signature = from_base64url(signature).ok_or(JwsError::Malformed)?;
    let key = keys.find(header.kid.as_deref(), algorithm).ok_or(JwsError::UnknownKey)?;
    check(key, algorithm, signed.as_bytes(), &signature)?;
    let payload = from_base64url(payload).ok_or(JwsError::Malformed)?;
    Ok((header.typ, Zeroizing::new(payload)))
}

fn json<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    from_json_object(&from_base64url(part)?)
}

fn check(key: &Jwk, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), JwsError> {
    let outcome = match key.material() {
        KeyMaterial::P256 { x, y, .. } => {
            let point = KeyMaterial::point(x, y).ok_or(JwsError::UnknownKey)?;
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
        }
        KeyMaterial::Rsa { n, e } => {
            let (n, e) = from_base64url(n).zip(from_base64url(e)).ok_or(JwsError::UnknownKey)?;
            // Both refuse a modulus under 2048 bits.
            let parameters = match algorithm {
                Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
                _ => &RSA_PKCS1_2048_8192_SHA256,
            };
            RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
        }
    };
    outcome.map_err(|_| JwsError::WrongSignature)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::encoding::base64url;
    use crate::jose::SigningKey;

    fn key() -> SigningKey {
        SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
    }

    fn keys(key: &SigningKey) -> JwkSet {
        JwkSet::of([key.public_jwk()])
    }

    fn refusal(token: &str, keys: &JwkSet, allowed: &[Algorithm]) -> JwsError {
        verify(token, keys, allowed).err().unwrap()
    }

    fn with_header(token: &str, header: &Value) -> String {
        let (_, rest) = token.split_once('.').unwrap();
        format!("{}.{rest}", base64url(header.to_string()))
    }

    #[test]
    fn what_we_sign_verifies() {
        let key = key();
        let token = key.sign(&json!({"sub": "x"})).unwrap();
        let verified = verify(&token, &keys(&key), &[Algorithm::ES256]).unwrap();
        assert_eq!(verified.claims.text("sub"), Some("x"));
        assert_eq!(verified.typ.as_deref(), Some("JWT"));
    }

    #[test]
    fn alg_none_is_refused_in_every_spelling() {
        let key = key();
        let token = key.sign(&json!({})).unwrap();
        let all = [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256];
        for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "es256"] {
            let forged = with_header(&token, &json!({"alg": alg}));
            assert_eq!(refusal(&forged, &keys(&key), &all), JwsError::AlgorithmNotAllowed);
            let unsigned = format!("{}.", forged.rsplit_once('.').unwrap().0);
            assert_eq!(refusal(&unsigned, &keys(&key), &all), JwsError::AlgorithmNotAllowed);
        }
    }

    #[test]
    fn an_algorithm_that_the_configuration_does_not_name_is_refused() {
        let key = key();
        let token = key.sign(&json!({})).unwrap();
        assert_eq!(refusal(&token, &keys(&key), &[Algorithm::RS256]), JwsError::AlgorithmNotAllowed);
        assert_eq!(refusal(&token, &keys(&key), &[]), JwsError::AlgorithmNotAllowed);
    }

    #[test]
    fn a_kid_that_is_unknown_asks_for_the_keys_again() {
        let (key, other) = (key(), key());
        let token = key.sign(&json!({})).unwrap();
        assert_eq!(refusal(&token, &keys(&other), &[Algorithm::ES256]), JwsError::UnknownKey);
        assert_eq!(refusal(&token, &JwkSet::default(), &[Algorithm::ES256]), JwsError::UnknownKey);
    }

    #[test]
    fn a_token_does_not_bring_its_own_key() {
        let (key, forger) = (key(), key());
        let forged = with_header(
            &forger.sign(&json!({})).unwrap(),
            &json!({"alg": "ES256", "kid": key.public_jwk().key_id(), "jwk": forger.public_jwk()}),
        );
        assert_eq!(refusal(&forged, &keys(&key), &[Algorithm::ES256]), JwsError::WrongSignature);
    }

    #[test]
    fn altered_content_is_refused() {
        let key = key();
        let token = key.sign(&json!({"sub": "x"})).unwrap();
        let parts: Vec<_> = token.split('.').collect();
        let altered = format!("{}.{}.{}", parts[0], base64url(r#"{"sub":"y"}"#), parts[2]);
        assert_eq!(refusal(&altered, &keys(&key), &[Algorithm::ES256]), JwsError::WrongSignature);
        let short = format!("{}.{}.{}", parts[0], parts[1], base64url([0; 63]));
        assert_eq!(refusal(&short, &keys(&key), &[Algorithm::ES256]), JwsError::WrongSignature);
    }

    #[test]
    fn headers_that_demand_more_are_refused() {
        let key = key();
        let token = key.sign(&json!({})).unwrap();
        let forged = with_header(&token, &json!({"alg": "ES256", "crit": ["b64"], "b64": false}));
        assert_eq!(refusal(&forged, &keys(&key), &[Algorithm::ES256]), JwsError::Malformed);
    }

    #[test]
    fn without_a_kid_only_a_single_key_will_do() {
        let (key, other) = (key(), key());
        let token = with_header(&key.sign(&json!({})).unwrap(), &json!({"alg": "ES256"}));
        let both = JwkSet::of([key.public_jwk(), other.public_jwk()]);
        assert_eq!(refusal(&token, &both, &[Algorithm::ES256]), JwsError::UnknownKey);
        // The header is part of what is signed, so with one key the search succeeds and the signature does not.
        assert_eq!(refusal(&token, &keys(&key), &[Algorithm::ES256]), JwsError::WrongSignature);
    }

    #[test]
    fn rs256_and_ps256_of_another_library_verify() {
        use aws_lc_rs::encoding::AsDer;
        use aws_lc_rs::rsa::{KeyPair, KeySize};
        use aws_lc_rs::signature::KeyPair as _;

        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der.as_ref())
        );
        let encoding = jsonwebtoken::EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
        let jwks = json!({"keys": [{
            "kty": "RSA", "kid": "k",
            "n": base64url(n.big_endian_without_leading_zero()),
            "e": base64url(e.big_endian_without_leading_zero()),
        }]});
        let keys = JwkSet::parse(jwks.to_string().as_bytes()).unwrap();
        for (theirs, ours, other) in [
            (jsonwebtoken::Algorithm::RS256, Algorithm::RS256, Algorithm::PS256),
            (jsonwebtoken::Algorithm::PS256, Algorithm::PS256, Algorithm::RS256),
        ] {
            let mut header = jsonwebtoken::Header::new(theirs);
            header.kid = Some("k".to_owned());
            let token = jsonwebtoken::encode(&header, &json!({"sub": "x"}), &encoding).unwrap();
            assert_eq!(verify(&token, &keys, &[ours]).unwrap().claims.text("sub"), Some("x"));
            assert_eq!(refusal(&token, &keys, &[other]), JwsError::AlgorithmNotAllowed);
        }
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in ".*", a in "[A-Za-z0-9_-]*", b in "[A-Za-z0-9_-]*") {
            let keys = JwkSet::default();
            prop_assert!(verify(&text, &keys, &[Algorithm::ES256]).is_err());
            prop_assert!(verify(&[a.as_str(), &b, &a].join("."), &keys, &[Algorithm::ES256]).is_err());
        }
    }
}
