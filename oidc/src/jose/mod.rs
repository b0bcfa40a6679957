//! JSON Web Signatures (RFC 7515), keys (RFC 7517) and, outward only, encryption (RFC 7516), as narrow as OpenID Connect
//! needs them: compact serialization, asymmetric algorithms by name, no header that brings its own key.
//!
//! Signing and verifying both stand on the one cryptography library directly. jsonwebtoken reads the machine's clock, parses
//! a key anew for each signature and depends on a process-wide provider; here it is the independent reader in the tests.

mod claims;
mod encrypt;
mod jwks;
mod keys;
mod possession;
mod verify;

pub use claims::Claims;
pub use encrypt::{
    CONTENT_ENCRYPTION, EncryptionFailed, KeyManagement, can_be_encrypted_to, encrypt_claims, encrypt_jwt,
};
pub use jwks::{Jwk, JwkSet, KeyMaterial, NotAJwkSet, P256};
pub use keys::{InvalidKey, Pkcs8, SigningFailed, SigningKey};
#[cfg(test)]
pub(crate) use possession::tests as possession_tests;
pub use possession::{Possession, Thumbprint, verify_possession};
pub use verify::{JwsError, VerifiedJws, verified_payload, verify};

use serde::{Deserialize, Serialize};

/// The signature algorithms that we sign with and verify (RFC 7518 section 3.1). `none` and the symmetric ones have no name here,
/// so that no list can allow them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256. What we recommend.
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
}

impl Algorithm {
    /// All of them, what we recommend first.
    pub const ALL: [Self; 3] = [Self::ES256, Self::RS256, Self::PS256];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
        }
    }

    /// The algorithm of this name; `None` for any that we do not verify.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// `at_hash` (OpenID Connect Core section 3.1.3.6) for the algorithms of this module, all of which hash with SHA-256.
pub fn at_hash(access_token: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access_token.as_bytes());
    crate::encoding::base64url(hash.as_ref().get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #[test]
    fn at_hash_is_the_left_half() {
        // OpenID Connect Core appendix A.3.
        assert_eq!(super::at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
