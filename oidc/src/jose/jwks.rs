//! JSON Web Keys (RFC 7517), public halves only.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Algorithm, KeyManagement};
use crate::encoding::{base64url, from_base64url, from_json_object};

/// A JWKS larger than this is not looked into: no provider has so many keys.
const MAX_KEYS: usize = 100;

/// The public numbers of a key, base64url as in the JWK. Serializes the members of RFC 7518 section 6 with `kty`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kty")]
pub enum KeyMaterial {
    /// A point on P-256: two coordinates of 32 bytes.
    #[serde(rename = "EC")]
    P256 {
        /// The curve's name, which the JWK spells out.
        crv: P256,
        /// The first coordinate.
        x: String,
        /// The second coordinate.
        y: String,
    },
    /// An RSA key.
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus.
        n: String,
        /// The public exponent.
        e: String,
    },
}

/// The only curve here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum P256 {
    /// `P-256`.
    #[serde(rename = "P-256")]
    Named,
}

/// What a key is for (RFC 7517 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Usage {
    /// Checking signatures.
    #[serde(rename = "sig")]
    Signature,
    /// Encrypting.
    #[serde(rename = "enc")]
    Encryption,
}

/// The one algorithm of a key that names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Named {
    Signature(Algorithm),
    Encryption(KeyManagement),
}

/// A public key: for signatures, or for encrypting to whoever has its private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    #[serde(flatten)]
    material: KeyMaterial,
    /// A key that does not say what it is for may be used for both.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
}

/// The members of a foreign JWK that matter. Everything else in it is ignored.
#[derive(Deserialize)]
struct ForeignJwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    /// Present only in private keys.
    d: Option<serde::de::IgnoredAny>,
}

impl Jwk {
    /// A key of ours, named by its thumbprint.
    pub(super) fn for_signing(material: KeyMaterial, algorithm: Algorithm) -> Self {
        let kid = material.thumbprint();
        Self { material, usage: Some(Usage::Signature), alg: Some(Named::Signature(algorithm)), kid: Some(kid) }
    }

    /// The `kid`; empty when the key has none.
    pub fn key_id(&self) -> &str {
        self.kid.as_deref().unwrap_or_default()
    }

    /// The public numbers.
    pub const fn material(&self) -> &KeyMaterial {
        &self.material
    }

    /// Whether a signature of this algorithm may be checked with this key: the type fits, and the key does not name another.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        let kind = match self.material {
            KeyMaterial::P256 { .. } => algorithm == Algorithm::ES256,
            KeyMaterial::Rsa { .. } => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
        };
        kind && self.usage != Some(Usage::Encryption)
            && self.alg.is_none_or(|named| named == Named::Signature(algorithm))
    }

    /// Whether a content key may be handed to the owner of this key in this way.
    pub fn fits_encryption(&self, algorithm: KeyManagement) -> bool {
        let kind = match self.material {
            KeyMaterial::P256 { .. } => algorithm == KeyManagement::EcdhEsA256Kw,
            KeyMaterial::Rsa { .. } => algorithm == KeyManagement::RsaOaep256,
        };
        kind && self.usage != Some(Usage::Signature)
            && self.alg.is_none_or(|named| named == Named::Encryption(algorithm))
    }

    /// Takes a foreign key, if it is one that we can check signatures with or encrypt to.
    fn from_foreign(jwk: ForeignJwk) -> Option<Self> {
        // Whoever publishes the private half has no secret left to trust.
        if jwk.d.is_some() {
            return None;
        }
        let alg = match jwk.alg.as_deref() {
            Some(name) => Some(Named::of(name)?),
            None => None,
        };
        let usage = match jwk.usage.as_deref() {
            Some("sig") => Some(Usage::Signature),
            Some("enc") => Some(Usage::Encryption),
            Some(_) => return None,
            None => None,
        };
        let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("EC", Some("P-256")) => KeyMaterial::p256(jwk.x?, jwk.y?),
            ("RSA", _) => KeyMaterial::Rsa { n: jwk.n?, e: jwk.e? },
            _ => return None,
        };
        Some(Self { material, usage, alg, kid: jwk.kid })
    }
}

impl Named {
    fn of(name: &str) -> Option<Self> {
        let signature = Algorithm::from_name(name).map(Self::Signature);
        signature.or_else(|| KeyManagement::from_name(name).map(Self::Encryption))
    }
}

impl KeyMaterial {
    /// A P-256 key by its coordinates.
    pub(super) const fn p256(x: String, y: String) -> Self {
        Self::P256 { crv: P256::Named, x, y }
    }

    /// RFC 7638: SHA-256 over the required members in the order of their names.
    pub fn thumbprint(&self) -> String {
        // The values are base64url, so nothing in them needs escaping.
        let canonical = match self {
            Self::P256 { x, y, .. } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        };
        base64url(digest::digest(&digest::SHA256, canonical.as_bytes()))
    }

    /// The uncompressed point of a P-256 key.
    pub(super) fn point(x: &str, y: &str) -> Option<Vec<u8>> {
        let (x, y) = (from_base64url(x)?, from_base64url(y)?);
        (x.len() == 32 && y.len() == 32).then(|| [&[4], x.as_slice(), y.as_slice()].concat())
    }
}

/// The document is not a JWKS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JWK set")]
pub struct NotAJwkSet;

/// A set of public keys. Serializes to the document of RFC 7517 section 5.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

impl JwkSet {
    /// Our own published set: the keys that sign, signed lately or will sign soon.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a Jwk>) -> Self {
        Self { keys: keys.into_iter().cloned().collect() }
    }

    /// Reads a foreign set. Keys that we cannot use (other types and algorithms, private keys) are left out, as RFC 7517
    /// section 5 asks.
    ///
    /// # Errors
    /// When the document is not JSON with an array `keys`, or has more than a hundred of them.
    pub fn parse(json: &[u8]) -> Result<Self, NotAJwkSet> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = from_json_object(json).ok_or(NotAJwkSet)?;
        if document.keys.len() > MAX_KEYS {
            return Err(NotAJwkSet);
        }
        let usable = |key| serde_json::from_value(key).ok().and_then(Jwk::from_foreign);
        Ok(Self { keys: document.keys.into_iter().filter(Value::is_object).filter_map(usable).collect() })
    }

    /// The keys, in their order.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The key for a signature: by `kid` where the signature names one, otherwise the only key that fits.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Jwk> {
        let mut fitting = self.keys.iter().filter(|key| key.fits(algorithm));
        match kid {
            Some(kid) => fitting.find(|key| key.kid.as_deref() == Some(kid)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }

    /// The key to encrypt to: the first that says it is for that, else the first that does not say what it is for. A client
    /// that changes its key puts the new one in front (OpenID Connect Core section 10.2.1).
    pub fn find_for_encryption(&self, algorithm: KeyManagement) -> Option<&Jwk> {
        let mut fitting = self.keys.iter().filter(|key| key.fits_encryption(algorithm));
        let unsaid = fitting.clone().next();
        fitting.find(|key| key.usage == Some(Usage::Encryption)).or(unsaid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7638_section_3_1() {
        let key = KeyMaterial::Rsa {
            n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw".to_owned(),
            e: "AQAB".to_owned(),
        };
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn keys_that_we_cannot_use_are_left_out() {
        let set = JwkSet::parse(
            br#"{"keys":[
                {"kty":"oct","k":"AAAA","kid":"symmetric"},
                {"kty":"EC","crv":"P-384","x":"AA","y":"AA","kid":"other curve"},
                {"kty":"EC","crv":"P-256","x":"AA","y":"AA","use":"wrap","kid":"other use"},
                {"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA","kid":"private"},
                {"kty":"EC","crv":"P-256","x":"AA","y":"AA","alg":"ES512","kid":"other algorithm"},
                "nonsense",
                {"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"good","ext":true}
            ],"more":1}"#,
        )
        .unwrap();
        assert_eq!(set.keys().iter().map(Jwk::key_id).collect::<Vec<_>>(), ["good"]);
    }

    #[test]
    fn a_key_is_used_for_what_it_says() {
        let set = JwkSet::parse(
            br#"{"keys":[
                {"kty":"RSA","n":"AA","e":"AQAB","kid":"signs","use":"sig"},
                {"kty":"RSA","n":"AA","e":"AQAB","kid":"both"},
                {"kty":"RSA","n":"AA","e":"AQAB","kid":"ps256","alg":"PS256"},
                {"kty":"RSA","n":"AA","e":"AQAB","kid":"encrypts","use":"enc"},
                {"kty":"RSA","n":"AA","e":"AQAB","kid":"later","use":"enc"},
                {"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"agrees","alg":"ECDH-ES+A256KW"}
            ]}"#,
        )
        .unwrap();
        let to = |set: &JwkSet, algorithm| set.find_for_encryption(algorithm).map(|key| key.key_id().to_owned());
        assert_eq!(to(&set, KeyManagement::RsaOaep256).as_deref(), Some("encrypts"));
        assert_eq!(to(&set, KeyManagement::EcdhEsA256Kw).as_deref(), Some("agrees"));
        for (kid, signs) in [("signs", true), ("both", true), ("ps256", false), ("encrypts", false), ("agrees", false)]
        {
            assert_eq!(set.find(Some(kid), Algorithm::RS256).is_some(), signs, "{kid}");
        }
        let undecided = JwkSet { keys: set.keys().iter().take(3).cloned().collect() };
        assert_eq!(to(&undecided, KeyManagement::RsaOaep256).as_deref(), Some("both"));
        assert_eq!(to(&undecided, KeyManagement::EcdhEsA256Kw), None);
    }

    #[test]
    fn other_documents_are_no_jwks() {
        for document in ["", "[]", "{}", r#"{"keys":{}}"#] {
            assert_eq!(JwkSet::parse(document.as_bytes()), Err(NotAJwkSet));
        }
    }

    #[test]
    fn our_set_is_read_back() {
        let key = super::super::SigningKey::from_pkcs8(&super::super::SigningKey::generate().unwrap()).unwrap();
        let set = JwkSet::of([key.public_jwk()]);
        let json = serde_json::to_value(&set).unwrap();
        assert_eq!(json["keys"][0]["kty"], "EC");
        assert_eq!(json["keys"][0]["crv"], "P-256");
        assert_eq!(json["keys"][0]["use"], "sig");
        assert_eq!(JwkSet::parse(json.to_string().as_bytes()).unwrap(), set);
    }
}
