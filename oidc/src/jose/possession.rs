//! A JWS that brings its own key (RFC 9449, section 4.2). Its signature says that whoever made it holds the private half, and
//! nothing about who that is: the caller compares the key's thumbprint with the one that a token is bound to.

use serde_json::{Map, Value, json};

use super::{Algorithm, Claims, JwkSet, JwsError, verify};
use crate::encoding::{base64url, from_base64url};

/// The SHA-256 thumbprint of a public key (RFC 7638): `jkt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Parses the 43 characters of a thumbprint; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        from_base64url(text)?.try_into().ok().map(Self)
    }

    /// Takes the 32 bytes of a thumbprint, as they were kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The thumbprint as it is sent.
    pub fn to_text(self) -> String {
        base64url(self.0)
    }
}

/// What a signature by an embedded key proves.
pub struct Possession {
    /// The key.
    pub key: Thumbprint,
    /// The algorithm of the signature; an RSA key can make two kinds.
    pub algorithm: Algorithm,
    /// `typ` of the header, if any, as written.
    pub typ: Option<String>,
    /// The claims; nothing in them was judged.
    pub claims: Claims,
}

/// Checks the signature of `token` by the public key in its own header, with one of the `allowed` algorithms.
///
/// # Errors
/// See [`JwsError`]; [`JwsError::UnknownKey`] also for a key that is private, symmetric or of an unknown kind.
pub fn verify_possession(token: &str, allowed: &[Algorithm]) -> Result<Possession, JwsError> {
    let header = token.split('.').next().and_then(from_base64url).ok_or(JwsError::Malformed)?;
    let mut header: Map<String, Value> = serde_json::from_slice(&header).map_err(|_| JwsError::Malformed)?;
    let mut jwk = header.remove("jwk").ok_or(JwsError::UnknownKey)?;
    // The only key there is; whatever name the header gives it.
    if let (Some(members), Some(kid)) = (jwk.as_object_mut(), header.remove("kid")) {
        members.insert("kid".to_owned(), kid);
    }
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::from_name);
    let algorithm = algorithm.ok_or(JwsError::AlgorithmNotAllowed)?;
    let keys = JwkSet::parse(json!({ "keys": [jwk] }).to_string().as_bytes()).map_err(|_| JwsError::UnknownKey)?;
    let verified = verify(token, &keys, allowed)?;
    let key = keys.keys().first().and_then(|key| Thumbprint::parse(&key.material().thumbprint()));
    let key = key.ok_or(JwsError::UnknownKey)?;
    Ok(Possession { key, algorithm, typ: verified.typ, claims: verified.claims })
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::jose::SigningKey;

    /// Signs claims under a header that holds the key. The signer's own header is another one, so it is put together here.
    #[expect(clippy::disallowed_types, reason = "a client's own randomness")]
    pub(crate) fn signed(pair: &Pair, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature = pair.0.sign(&aws_lc_rs::rand::SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", base64url(signature.as_ref()))
    }

    /// A key pair of a client.
    pub(crate) struct Pair(aws_lc_rs::signature::EcdsaKeyPair);

    impl Pair {
        pub(crate) fn new() -> Self {
            use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
            Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
        }

        pub(crate) fn jwk(&self) -> Value {
            use aws_lc_rs::signature::KeyPair;
            let point = self.0.public_key().as_ref();
            json!({"kty": "EC", "crv": "P-256", "x": base64url(&point[1..33]), "y": base64url(&point[33..])})
        }
    }

    #[test]
    fn a_token_may_bring_its_own_key_here() {
        let pair = Pair::new();
        for more in [json!({}), json!({"kid": "any"})] {
            let mut header = json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": pair.jwk()});
            header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let possession = verify_possession(&signed(&pair, &header, &json!({"jti": "x"})), &Algorithm::ALL).unwrap();
            assert_eq!(possession.claims.text("jti"), Some("x"));
            assert_eq!(possession.typ.as_deref(), Some("dpop+jwt"));
            assert_eq!(Thumbprint::parse(&possession.key.to_text()), Some(possession.key));
        }
    }

    #[test]
    fn another_key_a_private_one_or_none_is_refused() {
        let (pair, other) = (Pair::new(), Pair::new());
        let refusal =
            |header: Value| verify_possession(&signed(&pair, &header, &json!({})), &Algorithm::ALL).err().unwrap();
        assert_eq!(refusal(json!({"alg": "ES256", "jwk": other.jwk()})), JwsError::WrongSignature);
        let mut private = pair.jwk();
        private["d"] = json!("AA");
        assert_eq!(refusal(json!({"alg": "ES256", "jwk": private})), JwsError::UnknownKey);
        assert_eq!(refusal(json!({"alg": "ES256", "jwk": {"kty": "oct", "k": "AA"}})), JwsError::UnknownKey);
        assert_eq!(refusal(json!({"alg": "ES256", "jwk": "x"})), JwsError::UnknownKey);
        assert_eq!(refusal(json!({"alg": "ES256"})), JwsError::UnknownKey);
        assert_eq!(refusal(json!({"alg": "HS256", "jwk": pair.jwk()})), JwsError::AlgorithmNotAllowed);
        assert_eq!(refusal(json!({"alg": "none", "jwk": pair.jwk()})), JwsError::AlgorithmNotAllowed);
        let ours = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap().sign(&json!({})).unwrap();
        assert_eq!(verify_possession(&ours, &Algorithm::ALL).err(), Some(JwsError::UnknownKey));
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in ".*", json in "\\PC*") {
            prop_assert!(verify_possession(&text, &Algorithm::ALL).is_err());
            let token = [&base64url(json), "e30", "AA"].join(".");
            prop_assert!(verify_possession(&token, &Algorithm::ALL).is_err());
        }
    }
}
