//! Encrypting a signed JWT to a service (RFC 7516; nested, RFC 7519 section 11.2): what it says is then read by nobody on the
//! way, not by the browser's extensions, and not by a proxy that logs bodies.
//!
//! Two ways to hand the content key over, one cipher. Nothing is ever decrypted here: nobody encrypts to us.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPublicKeyUncompressedBin};
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Jwk, KeyMaterial};
use crate::encoding::{base64url, from_base64url};

/// `enc` (RFC 7518 section 5.3): the one cipher of the content.
pub const CONTENT_ENCRYPTION: &str = "A256GCM";

/// The longest token that is encrypted: what is longer nobody made here.
const MAX_PAYLOAD_LEN: usize = 16 * 1024;
/// RSA keys of services, in bytes: shorter ones are broken, longer ones only cost.
const RSA_BYTES: std::ops::RangeInclusive<usize> = (2048 / 8)..=(4096 / 8);
const KEY_LEN: usize = 32;

/// How the content key reaches the recipient (RFC 7518 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyManagement {
    /// Encrypted to an RSA key, with SHA-256 in both places.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// Wrapped under a key that is agreed on with a P-256 key.
    #[serde(rename = "ECDH-ES+A256KW")]
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// All of them, what we recommend first.
    pub const ALL: [Self; 2] = [Self::EcdhEsA256Kw, Self::RsaOaep256];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// The algorithm of this name; `None` for any other.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// The recipient's key is none that this can be encrypted to (a point that is not on the curve, a wrong size, another kind), or
/// the token is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("encryption failed")]
pub struct EncryptionFailed;

#[derive(Serialize)]
struct Header<'a> {
    alg: KeyManagement,
    enc: &'static str,
    /// `JWT` where the content is one (RFC 7519 section 5.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    cty: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epk: Option<KeyMaterial>,
}

/// Encrypts a signed JWT to a recipient, as a compact JWE with `cty` `JWT`.
///
/// # Errors
/// [`EncryptionFailed`]: the recipient's key does not fit the algorithm, or is no key.
pub fn encrypt_jwt(jwt: &str, recipient: &Jwk, algorithm: KeyManagement) -> Result<String, EncryptionFailed> {
    encrypt(jwt.as_bytes(), Some("JWT"), recipient, algorithm)
}

/// Encrypts claims that nobody signed to a recipient, as a compact JWE.
///
/// # Errors
/// As [`encrypt_jwt`].
pub fn encrypt_claims(json: &[u8], recipient: &Jwk, algorithm: KeyManagement) -> Result<String, EncryptionFailed> {
    encrypt(json, None, recipient, algorithm)
}

fn encrypt(
    payload: &[u8],
    cty: Option<&'static str>,
    recipient: &Jwk,
    algorithm: KeyManagement,
) -> Result<String, EncryptionFailed> {
    if payload.len() > MAX_PAYLOAD_LEN || !recipient.fits_encryption(algorithm) {
        return Err(EncryptionFailed);
    }
    let content_key = Zeroizing::new(random::<KEY_LEN>()?);
    let (epk, encrypted_key) = match recipient.material() {
        KeyMaterial::Rsa { n, e } => (None, to_rsa(n, e, &*content_key)?),
        KeyMaterial::P256 { x, y, .. } => {
            let (epk, wrapped) = to_p256(x, y, &*content_key)?;
            (Some(epk), wrapped)
        }
    };
    let kid = Some(recipient.key_id()).filter(|kid| !kid.is_empty());
    let header = Header { alg: algorithm, enc: CONTENT_ENCRYPTION, cty, kid, epk };
    let header = serde_json::to_vec(&header).map(base64url).map_err(|_| EncryptionFailed)?;
    let key = UnboundKey::new(&AES_256_GCM, &*content_key).map_err(|_| EncryptionFailed)?;
    let nonce = random::<NONCE_LEN>()?;
    let mut content = payload.to_vec();
    let tag = LessSafeKey::new(key)
        // The header as it is sent is what is authenticated (RFC 7516 section 5.1, step 14).
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(header.as_bytes()), &mut content)
        .map_err(|_| EncryptionFailed)?;
    let parts = [base64url(encrypted_key), base64url(nonce), base64url(content), base64url(tag)];
    Ok(format!("{header}.{}", parts.join(".")))
}

/// Whether a key is one that [`encrypt_jwt`] can encrypt to: of the right size, and a point on its curve. Tried out, so that the
/// two can never differ.
pub fn can_be_encrypted_to(recipient: &Jwk, algorithm: KeyManagement) -> bool {
    encrypt_jwt("", recipient, algorithm).is_ok()
}

fn to_rsa(n: &str, e: &str, content_key: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
    let (n, e) = from_base64url(n).zip(from_base64url(e)).ok_or(EncryptionFailed)?;
    if !RSA_BYTES.contains(&n.len()) {
        return Err(EncryptionFailed);
    }
    let key: PublicEncryptingKey = RsaPublicKeyComponents { n, e }.try_into().map_err(|_| EncryptionFailed)?;
    let key = OaepPublicEncryptingKey::new(key).map_err(|_| EncryptionFailed)?;
    let mut encrypted = vec![0; key.ciphertext_size()];
    let length =
        key.encrypt(&OAEP_SHA256_MGF1SHA256, content_key, &mut encrypted, None).map_err(|_| EncryptionFailed)?.len();
    encrypted.truncate(length);
    Ok(encrypted)
}

/// The ephemeral public key and the wrapped content key (RFC 7518 section 4.6).
fn to_p256(x: &str, y: &str, content_key: &[u8]) -> Result<(KeyMaterial, Vec<u8>), EncryptionFailed> {
    let theirs = KeyMaterial::point(x, y).ok_or(EncryptionFailed)?;
    let ours = PrivateKey::generate(&ECDH_P256).map_err(|_| EncryptionFailed)?;
    let public = ours.compute_public_key().map_err(|_| EncryptionFailed)?;
    let point: EcPublicKeyUncompressedBin<'_> = public.as_be_bytes().map_err(|_| EncryptionFailed)?;
    // An uncompressed point: 0x04 ‖ x ‖ y.
    let (_, coordinates) = point.as_ref().split_first().ok_or(EncryptionFailed)?;
    let (x, y) = coordinates.split_at_checked(32).ok_or(EncryptionFailed)?;
    let epk = KeyMaterial::p256(base64url(x), base64url(y));
    let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
    let kek: Zeroizing<[u8; KEY_LEN]> = agreement::agree(&ours, theirs, EncryptionFailed, |secret| {
        concat_kdf(secret, KeyManagement::EcdhEsA256Kw.as_str(), b"", b"")
    })?;
    let mut wrapped = vec![0; content_key.len() + 8];
    AesKek::new(&AES_256, &*kek)
        .and_then(|kek| kek.wrap(content_key, &mut wrapped).map(|wrapped| wrapped.len()))
        .map_err(|_| EncryptionFailed)?;
    Ok((epk, wrapped))
}

/// The Concat KDF of RFC 7518 section 4.6.2 for as many bytes as `N` says: the one-step derivation of NIST SP 800-56A with
/// SHA-256.
fn concat_kdf<const N: usize>(
    secret: &[u8],
    algorithm_id: &str,
    party_u: &[u8],
    party_v: &[u8],
) -> Result<Zeroizing<[u8; N]>, EncryptionFailed> {
    let mut info = Vec::new();
    for part in [algorithm_id.as_bytes(), party_u, party_v] {
        info.extend(u32::try_from(part.len()).map_err(|_| EncryptionFailed)?.to_be_bytes());
        info.extend_from_slice(part);
    }
    info.extend(u32::try_from(N * 8).map_err(|_| EncryptionFailed)?.to_be_bytes());
    let mut derived = Zeroizing::new([0; N]);
    let sha256 = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).ok_or(EncryptionFailed)?;
    sskdf_digest(sha256, secret, &info, derived.as_mut_slice()).map_err(|_| EncryptionFailed)?;
    Ok(derived)
}

#[expect(
    clippy::disallowed_methods,
    reason = "keys of one message come from the library itself (see the crate's words)"
)]
fn random<const N: usize>() -> Result<[u8; N], EncryptionFailed> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| EncryptionFailed)?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "encrypt_tests.rs"]
mod tests;
