//! Proof Key for Code Exchange (RFC 7636), S256 only: `plain` protects nothing once the request is seen, and is refused
//! everywhere.

use aws_lc_rs::{constant_time, digest};
use zeroize::Zeroizing;

use crate::encoding::{base64url, from_base64url};
use crate::error::ProtocolError;

/// A `code_challenge` made with S256: the SHA-256 of a verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    /// Parses the 43 characters of a challenge; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        from_base64url(text)?.try_into().ok().map(Self)
    }

    /// Takes the 32 bytes of a challenge, out of sealed state.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, for sealed state.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The challenge as it is sent.
    pub fn to_text(self) -> String {
        base64url(self.0)
    }
}

/// A `code_verifier`: 43 to 128 unreserved characters (RFC 7636 section 4.1).
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(Zeroizing<String>);

impl CodeVerifier {
    /// Parses a verifier; `None` when its length or a character is not allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        ((43..=128).contains(&text.len()) && text.bytes().all(unreserved))
            .then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// A verifier of 43 characters out of 32 random bytes, for our own requests upstream.
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(base64url(bytes)))
    }

    /// The challenge that belongs to this verifier (S256).
    pub fn challenge(&self) -> CodeChallenge {
        let hash = digest::digest(&digest::SHA256, self.0.as_bytes());
        let mut challenge = [0; 32];
        challenge.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
        CodeChallenge(challenge)
    }

    /// The verifier as it is sent to a token endpoint.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Whether the verifier fits the challenge of the authorization request. Neither is fine (the client's policy was judged
/// at the authorization endpoint); one without the other is refused, also a verifier that nobody announced: it is the mark
/// of a challenge that somebody removed on the way (RFC 9700 section 4.8.2).
///
/// # Errors
/// `invalid_grant`.
pub fn verify(challenge: Option<CodeChallenge>, verifier: Option<&CodeVerifier>) -> Result<(), ProtocolError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) => {
            constant_time::verify_slices_are_equal(&challenge.0, &verifier.challenge().0)
                .map_err(|_| ProtocolError::invalid_grant())
        }
        _ => Err(ProtocolError::invalid_grant()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn rfc_7636_appendix_b() {
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        assert_eq!(verifier.challenge().to_text(), CHALLENGE);
        assert_eq!(verify(CodeChallenge::parse(CHALLENGE), Some(&verifier)), Ok(()));
    }

    #[test]
    fn one_without_the_other_is_refused() {
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        assert_eq!(verify(None, None), Ok(()));
        assert_eq!(verify(None, Some(&verifier)), Err(ProtocolError::invalid_grant()));
        assert_eq!(verify(CodeChallenge::parse(CHALLENGE), None), Err(ProtocolError::invalid_grant()));
    }

    #[test]
    fn a_wrong_verifier_is_refused() {
        let other = CodeVerifier::from_random(&[7; 32]);
        assert_eq!(verify(CodeChallenge::parse(CHALLENGE), Some(&other)), Err(ProtocolError::invalid_grant()));
    }

    #[test]
    fn a_plain_challenge_never_fits() {
        // The text of the verifier itself parses as a challenge (it is 43 characters), and still does not verify.
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        assert_eq!(verify(CodeChallenge::parse(VERIFIER), Some(&verifier)), Err(ProtocolError::invalid_grant()));
    }

    #[test]
    fn lengths_and_characters() {
        assert!(CodeVerifier::parse(&"a".repeat(42)).is_none());
        assert!(CodeVerifier::parse(&"a".repeat(43)).is_some());
        assert!(CodeVerifier::parse(&"~".repeat(128)).is_some());
        assert!(CodeVerifier::parse(&"a".repeat(129)).is_none());
        assert!(CodeVerifier::parse(&"+".repeat(50)).is_none());
        assert!(CodeChallenge::parse("short").is_none());
        assert!(CodeChallenge::parse(&format!("{CHALLENGE}=")).is_none());
        // The last character carries two bits that must be zero: another spelling of the same 32 bytes is refused.
        assert!(CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN").is_none());
    }
}
