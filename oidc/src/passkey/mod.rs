//! Passkeys: what a browser answers to a registration and to a sign-in, judged as Web Authentication Level 3 has it (sections
//! 7.1 and 7.2), for one kind of use: discoverable credentials, user verification always, no attestation.
//!
//! Without attestation nothing in a registration is signed: the public key is taken as the browser hands it out, as
//! `SubjectPublicKeyInfo` (section 5.2.1.1), which the cryptography library reads. So there is no CBOR here.
//!
//! Errors of this module hold nothing of what was sent: they can be logged.

mod authenticator_data;
mod client_data;
mod options;
mod registration;
mod sign_in;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};

pub use options::{NewCredential, PASSKEY_SECONDS, creation_options, request_options};
pub use registration::{Registered, RegistrationAnswer};
pub use sign_in::{Credential, SignInAnswer, SignedIn};

/// Who asks: credentials are made for it and answer nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelyingParty<'a> {
    /// The host of our public address.
    pub id: &'a str,
    /// The origin of our pages, such as `https://id.example.jp`.
    pub origin: &'a str,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no answer of this kind.
    #[error("malformed")]
    Malformed,
    /// It answers another challenge.
    #[error("another challenge")]
    Challenge,
    /// It was given on another page than ours, or within a frame of one.
    #[error("another origin")]
    Origin,
    /// The credential is another relying party's.
    #[error("another relying party")]
    RelyingParty,
    /// The device did not verify who uses it.
    #[error("the user was not verified")]
    NotVerified,
    /// What it says about copies of the key contradicts itself, or what was said at the registration.
    #[error("contradicting backup flags")]
    Backup,
    /// A key that cannot be read, or of an algorithm that we did not ask for.
    #[error("an unusable key")]
    Key,
    /// The signature is not the credential's.
    #[error("a wrong signature")]
    Signature,
    /// The counter did not go up: somebody holds a copy of a key that cannot be copied.
    #[error("the counter went back")]
    Counter,
    /// It names another person than the credential's.
    #[error("another user handle")]
    UserHandle,
}

/// Whether copies of the key can be made, by the platform that keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backup {
    /// It can be copied to other devices of the person; fixed when the credential is made.
    pub eligible: bool,
    /// It was.
    pub made: bool,
}

/// How a credential signs. Asked for in this order: what every platform has, then what Windows Hello on older machines has
/// alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2,048 bits or more.
    Rs256,
}

impl Algorithm {
    /// Every one that we ask for.
    pub const ALL: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256];

    /// Its number in the registry of COSE algorithms (RFC 9053, RFC 8812).
    pub const fn number(self) -> i64 {
        match self {
            Algorithm::Es256 => -7,
            Algorithm::EdDsa => -8,
            Algorithm::Rs256 => -257,
        }
    }

    /// The algorithm of a number; `None` for one that we did not ask for.
    pub fn of_number(number: i64) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.number() == number)
    }

    fn key(self, public_key: &[u8]) -> Result<ParsedPublicKey, Refused> {
        let algorithm: &'static dyn VerificationAlgorithm = match self {
            Algorithm::Es256 => &ECDSA_P256_SHA256_ASN1,
            Algorithm::EdDsa => &ED25519,
            Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        };
        ParsedPublicKey::new(algorithm, public_key).map_err(|_| Refused::Key)
    }
}

#[cfg(test)]
mod tests;
