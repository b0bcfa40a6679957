//! Key pairs for signing. A pair is parsed once and kept in memory; at rest it is PKCS #8, sealed.
//!
//! A pair signs with one algorithm for its whole life, and its JWK says which: a key that served two could be tricked into a
//! signature of the weaker one (RFC 8725 section 3.1).

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Algorithm, Jwk, KeyMaterial};
use crate::encoding::base64url;

/// The private half of a new key pair, as unencrypted PKCS #8: to be sealed, never to be written as it is.
pub type Pkcs8 = Zeroizing<Vec<u8>>;

/// The size of our own RSA keys. RFC 7518 section 3.3 asks for 2048 at least; 3072 would double the cost of each signature
/// for a key that signs for months.
const RSA_SIZE: KeySize = KeySize::Rsa2048;
/// The shortest modulus that we sign with, in bytes.
const RSA_LEAST_BYTES: usize = 2048 / 8;

/// The bytes are no key pair of this algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable key pair")]
pub struct InvalidKey;

/// The cryptography library refused to sign, or the claims could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signing failed")]
pub struct SigningFailed;

/// A key pair of one algorithm, ready to sign.
pub struct SigningKey {
    pair: Pair,
    algorithm: Algorithm,
    jwk: Jwk,
    /// The encoded header of a plain JWT, which is the same for every token under this key.
    header: String,
}

enum Pair {
    P256(EcdsaKeyPair),
    Rsa(rsa::KeyPair, &'static dyn RsaEncoding),
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
}

impl SigningKey {
    /// Makes a new ES256 key pair with the library's own generator.
    ///
    /// # Errors
    /// Only when the cryptography library fails.
    pub fn generate() -> Result<Pkcs8, InvalidKey> {
        Self::generate_for(Algorithm::ES256)
    }

    /// Makes a new key pair for an algorithm. For the two of RSA that is the search for two primes, a tenth of a second and
    /// more: not on a thread that others wait for.
    ///
    /// # Errors
    /// Only when the cryptography library fails.
    pub fn generate_for(algorithm: Algorithm) -> Result<Pkcs8, InvalidKey> {
        let document = match algorithm {
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| InvalidKey)?;
                pair.to_pkcs8v1().map_err(|_| InvalidKey)?.as_ref().to_vec()
            }
            Algorithm::RS256 | Algorithm::PS256 => {
                let pair = rsa::KeyPair::generate(RSA_SIZE).map_err(|_| InvalidKey)?;
                let document: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| InvalidKey)?;
                document.as_ref().to_vec()
            }
        };
        Ok(Zeroizing::new(document))
    }

    /// Reads an ES256 key pair; its `kid` is its thumbprint (RFC 7638).
    ///
    /// # Errors
    /// [`InvalidKey`] when the bytes are not a P-256 key pair.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_pkcs8_for(Algorithm::ES256, pkcs8)
    }

    /// Reads a key pair that signs with this algorithm; its `kid` is its thumbprint (RFC 7638).
    ///
    /// # Errors
    /// [`InvalidKey`] when the bytes are not a key pair of the algorithm, or an RSA key of less than 2048 bits.
    pub fn from_pkcs8_for(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, InvalidKey> {
        let (pair, material) = match algorithm {
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| InvalidKey)?;
                // An uncompressed point: 0x04 ‖ x ‖ y.
                let point = pair.public_key().as_ref();
                let (x, y) = (point.get(1..33).ok_or(InvalidKey)?, point.get(33..65).ok_or(InvalidKey)?);
                let material = KeyMaterial::p256(base64url(x), base64url(y));
                (Pair::P256(pair), material)
            }
            Algorithm::RS256 => rsa_pair(pkcs8, &RSA_PKCS1_SHA256)?,
            Algorithm::PS256 => rsa_pair(pkcs8, &RSA_PSS_SHA256)?,
        };
        let jwk = Jwk::for_signing(material, algorithm);
        let header = encode_header(algorithm, "JWT", jwk.key_id()).map_err(|_| InvalidKey)?;
        Ok(Self { pair, algorithm, jwk, header })
    }

    /// The public half, for the JWKS.
    pub const fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The algorithm of the signatures.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Signs claims as a compact JWS of type `JWT`.
    ///
    /// # Errors
    /// When the claims do not serialize, or the cryptography library fails.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SigningFailed> {
        self.sign_with_header(&self.header, claims)
    }

    /// Signs claims as a compact JWS of another type, such as `logout+jwt`: a token for one use is then none for another
    /// (RFC 8725 section 3.11).
    ///
    /// # Errors
    /// As [`SigningKey::sign`].
    pub fn sign_as(&self, typ: &str, claims: &impl Serialize) -> Result<String, SigningFailed> {
        self.sign_with_header(&encode_header(self.algorithm, typ, self.jwk.key_id())?, claims)
    }

    fn sign_with_header(&self, header: &str, claims: &impl Serialize) -> Result<String, SigningFailed> {
        let claims = Zeroizing::new(serde_json::to_vec(claims).map_err(|_| SigningFailed)?);
        let mut token = format!("{header}.{}", base64url(&*claims));
        let hash = digest::digest(&digest::SHA256, token.as_bytes());
        let signature = match &self.pair {
            Pair::P256(pair) => pair.sign_digest(&hash).map_err(|_| SigningFailed)?.as_ref().to_vec(),
            Pair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(*encoding, &hash, &mut signature).map_err(|_| SigningFailed)?;
                signature
            }
        };
        token.push('.');
        token.push_str(&base64url(signature));
        Ok(token)
    }
}

fn rsa_pair(pkcs8: &[u8], encoding: &'static dyn RsaEncoding) -> Result<(Pair, KeyMaterial), InvalidKey> {
    let pair = rsa::KeyPair::from_pkcs8(pkcs8).map_err(|_| InvalidKey)?;
    if pair.public_modulus_len() < RSA_LEAST_BYTES {
        return Err(InvalidKey);
    }
    let (n, e) = rsa_public_numbers(pair.public_key().as_ref()).ok_or(InvalidKey)?;
    let material = KeyMaterial::Rsa { n: base64url(n), e: base64url(e) };
    Ok((Pair::Rsa(pair, encoding), material))
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 appendix A.1.1): a DER sequence of two positive integers, which JWKs
/// write without the leading zero of their sign.
fn rsa_public_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, rest) = der_value(der, 0x30)?;
    let (n, after) = der_value(body, 0x02)?;
    let (e, end) = der_value(after, 0x02)?;
    (rest.is_empty() && end.is_empty()).then_some(())?;
    Some((unsigned(n), unsigned(e)))
}

fn unsigned(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}

/// The value of the element at the start, and what comes after it.
fn der_value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        (bytes.len() <= 4).then_some(())?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    (*found == tag).then_some(())?;
    rest.split_at_checked(length)
}

fn encode_header(algorithm: Algorithm, typ: &str, kid: &str) -> Result<String, SigningFailed> {
    let header = Header { alg: algorithm.as_str(), typ, kid };
    serde_json::to_vec(&header).map(base64url).map_err(|_| SigningFailed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALL: [Algorithm; 3] = [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256];

    fn key(algorithm: Algorithm) -> SigningKey {
        SigningKey::from_pkcs8_for(algorithm, &SigningKey::generate_for(algorithm).unwrap()).unwrap()
    }

    #[test]
    fn another_library_reads_what_we_sign() {
        for algorithm in ALL {
            let key = key(algorithm);
            let token = key.sign(&json!({"sub": "x"})).unwrap();
            let (decoding, theirs) = match (key.public_jwk().material(), algorithm) {
                (KeyMaterial::P256 { x, y, .. }, _) => {
                    (jsonwebtoken::DecodingKey::from_ec_components(x, y), jsonwebtoken::Algorithm::ES256)
                }
                (KeyMaterial::Rsa { n, e }, Algorithm::PS256) => {
                    (jsonwebtoken::DecodingKey::from_rsa_components(n, e), jsonwebtoken::Algorithm::PS256)
                }
                (KeyMaterial::Rsa { n, e }, _) => {
                    (jsonwebtoken::DecodingKey::from_rsa_components(n, e), jsonwebtoken::Algorithm::RS256)
                }
            };
            let mut validation = jsonwebtoken::Validation::new(theirs);
            validation.validate_exp = false;
            validation.required_spec_claims.clear();
            let read = jsonwebtoken::decode::<serde_json::Value>(&token, &decoding.unwrap(), &validation).unwrap();
            assert_eq!(read.claims, json!({"sub": "x"}));
            assert_eq!(read.header.kid.as_deref(), Some(key.public_jwk().key_id()));
            assert_eq!(read.header.typ.as_deref(), Some("JWT"));
        }
    }

    #[test]
    fn a_key_verifies_under_its_own_algorithm_alone() {
        for algorithm in ALL {
            let key = key(algorithm);
            let token = key.sign_as("logout+jwt", &json!({"sub": "x"})).unwrap();
            // As a client reads it: the document, not the value.
            let document = serde_json::to_vec(&super::super::JwkSet::of([key.public_jwk()])).unwrap();
            let keys = super::super::JwkSet::parse(&document).unwrap();
            let read = super::super::verify(&token, &keys, &ALL).unwrap();
            assert_eq!(read.typ.as_deref(), Some("logout+jwt"));
            for other in ALL.into_iter().filter(|other| *other != algorithm) {
                assert!(super::super::verify(&token, &keys, &[other]).is_err(), "{other:?}");
            }
        }
    }

    #[test]
    fn the_key_id_survives_rest() {
        for algorithm in ALL {
            let pkcs8 = SigningKey::generate_for(algorithm).unwrap();
            let read = || SigningKey::from_pkcs8_for(algorithm, &pkcs8).unwrap();
            assert_eq!(read().public_jwk(), read().public_jwk());
        }
    }

    #[test]
    fn public_numbers_as_another_reader_finds_them() {
        let pkcs8 = SigningKey::generate_for(Algorithm::RS256).unwrap();
        let pair = rsa::KeyPair::from_pkcs8(&pkcs8).unwrap();
        let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
        let key = SigningKey::from_pkcs8_for(Algorithm::RS256, &pkcs8).unwrap();
        let theirs = KeyMaterial::Rsa {
            n: base64url(n.big_endian_without_leading_zero()),
            e: base64url(e.big_endian_without_leading_zero()),
        };
        assert_eq!(*key.public_jwk().material(), theirs);
    }

    #[test]
    fn other_bytes_are_no_key() {
        for algorithm in ALL {
            assert!(SigningKey::from_pkcs8_for(algorithm, b"").is_err());
            assert!(SigningKey::from_pkcs8_for(algorithm, &[0x30; 138]).is_err());
        }
        let (p256, rsa) = (SigningKey::generate().unwrap(), SigningKey::generate_for(Algorithm::PS256).unwrap());
        assert!(SigningKey::from_pkcs8_for(Algorithm::RS256, &p256).is_err());
        assert!(SigningKey::from_pkcs8(&rsa).is_err());
    }
}
