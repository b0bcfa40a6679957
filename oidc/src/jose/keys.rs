//! Key pairs for signing. A pair is parsed once and kept in memory; at rest it is PKCS #8, sealed.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Algorithm, Jwk, KeyMaterial};
use crate::encoding::base64url;

/// The private half of a new key pair, as unencrypted PKCS #8: to be sealed, never to be written as it is.
pub type Pkcs8 = Zeroizing<Vec<u8>>;

/// The bytes are no P-256 key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable key pair")]
pub struct InvalidKey;

/// The cryptography library refused to sign, or the claims could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signing failed")]
pub struct SigningFailed;

/// An ES256 key pair, ready to sign.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    jwk: Jwk,
    /// The encoded header of a plain JWT, which is the same for every token under this key.
    header: String,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
}

impl SigningKey {
    /// Makes a new key pair with the library's own generator.
    ///
    /// # Errors
    /// Only when the cryptography library fails.
    pub fn generate() -> Result<Pkcs8, InvalidKey> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| InvalidKey)?;
        let document = pair.to_pkcs8v1().map_err(|_| InvalidKey)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// Reads a key pair; its `kid` is its thumbprint (RFC 7638).
    ///
    /// # Errors
    /// [`InvalidKey`] when the bytes are not a P-256 key pair.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, InvalidKey> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| InvalidKey)?;
        // An uncompressed point: 0x04 ‖ x ‖ y.
        let point = pair.public_key().as_ref();
        let (x, y) = point.strip_prefix(&[4]).and_then(|point| point.split_at_checked(32)).ok_or(InvalidKey)?;
        let jwk = Jwk::for_signing(KeyMaterial::p256(base64url(x), base64url(y)), Algorithm::ES256);
        let header = encode_header("JWT", jwk.key_id()).map_err(|_| InvalidKey)?;
        Ok(Self { pair, jwk, header })
    }

    /// The public half, for the JWKS.
    pub const fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The algorithm of the signatures.
    pub const fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }

    /// Signs claims as a compact JWS of type `JWT`.
    ///
    /// # Errors
    /// When the claims do not serialize, or the cryptography library fails.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SigningFailed> {
        self.sign_with_header(&self.header, claims)
    }

    fn sign_with_header(&self, header: &str, claims: &impl Serialize) -> Result<String, SigningFailed> {
        let claims = Zeroizing::new(serde_json::to_vec(claims).map_err(|_| SigningFailed)?);
        let mut token = format!("{header}.{}", base64url(&*claims));
        let hash = digest::digest(&digest::SHA256, token.as_bytes());
        let signature = self.pair.sign_digest(&hash).map_err(|_| SigningFailed)?;
        token.push('.');
        token.push_str(&base64url(signature.as_ref()));
        Ok(token)
    }
}

fn encode_header(typ: &str, kid: &str) -> Result<String, SigningFailed> {
    let header = Header { alg: Algorithm::ES256.as_str(), typ, kid };
    serde_json::to_vec(&header).map(base64url).map_err(|_| SigningFailed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_library_reads_what_we_sign() {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let token = key.sign(&json!({"sub": "x"})).unwrap();
        let KeyMaterial::P256 { x, y, .. } = key.public_jwk().material() else { panic!() };
        let decoding = jsonwebtoken::DecodingKey::from_ec_components(x, y).unwrap();
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let read = jsonwebtoken::decode::<serde_json::Value>(&token, &decoding, &validation).unwrap();
        assert_eq!(read.claims, json!({"sub": "x"}));
        assert_eq!(read.header.kid.as_deref(), Some(key.public_jwk().key_id()));
        assert_eq!(read.header.typ.as_deref(), Some("JWT"));
    }

    #[test]
    fn the_key_id_survives_rest() {
        let pkcs8 = SigningKey::generate().unwrap();
        let (one, two) = (SigningKey::from_pkcs8(&pkcs8).unwrap(), SigningKey::from_pkcs8(&pkcs8).unwrap());
        assert_eq!(one.public_jwk(), two.public_jwk());
    }

    #[test]
    fn other_bytes_are_no_key() {
        assert!(SigningKey::from_pkcs8(b"").is_err());
        assert!(SigningKey::from_pkcs8(&[0x30; 138]).is_err());
    }
}
