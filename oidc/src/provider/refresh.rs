//! Refresh tokens (RFC 6749, section 6; RFC 9700, section 4.14): random, opaque, and made so that one row is enough to keep
//! them.
//!
//! A token is a handle, which stays the same from one to the next, and a secret, which does not. So whoever comes with the
//! handle and an earlier secret is known as somebody who comes with an old token, however old it is, and no row has to be kept
//! for each that there ever was: such rows would tell when somebody used an app.

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::claims_request::Scopes;
use crate::encoding::{base64url, from_base64url};
use crate::error::{ErrorCode, ProtocolError};
use crate::parameters::Parameters;
use crate::subject::SubjectSalt;

const HANDLE: usize = 16;
/// The length of a token: handle and secret.
const LENGTH: usize = HANDLE + 32;

/// A refresh token. Shows nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(Zeroizing<[u8; LENGTH]>);

impl RefreshToken {
    /// The first of its line, out of random bytes.
    pub fn of(random: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// Parses the 64 characters of a token; `None` for anything else. An access token is longer.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(from_base64url(text)?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The token as it is sent.
    pub fn to_text(&self) -> SecretString {
        base64url(self.0.as_slice()).into()
    }

    /// By what a line of tokens is found: SHA-256 of the handle.
    pub fn handle_digest(&self) -> [u8; 32] {
        sha256(self.0.get(..HANDLE).unwrap_or_default())
    }

    /// What is kept of this one of them: SHA-256 of the whole.
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.0.as_slice())
    }

    /// The token that takes the place of this one. It follows from this one and a secret of the tenant, so that a client
    /// which missed the answer can be given the same again, although nothing is kept from which anybody could tell it.
    pub fn successor(&self, salt: &SubjectSalt) -> Self {
        let mut next = self.clone();
        let secret = Zeroizing::new(salt.secret_after(self.0.as_slice()));
        next.0.iter_mut().skip(HANDLE).zip(secret.iter()).for_each(|(to, from)| *to = *from);
        next
    }
}

/// A request that presents a refresh token.
pub struct RefreshRequest {
    /// The token.
    pub token: RefreshToken,
    /// The scopes to which the access token shall be narrowed, if it shall be.
    pub scopes: Option<Scopes>,
}

impl std::fmt::Debug for RefreshRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshRequest").finish_non_exhaustive()
    }
}

impl RefreshRequest {
    pub(super) fn read(body: &Parameters) -> Result<Self, ProtocolError> {
        let text: SecretString = body.require("refresh_token", "refresh_token is missing")?.into();
        let token = RefreshToken::parse(text.expose_secret()).ok_or(ProtocolError::invalid_grant())?;
        Ok(Self { token, scopes: body.get("scope")?.map(Scopes::parse) })
    }

    /// The scopes of the access token: those that were granted, or fewer.
    ///
    /// # Errors
    /// `invalid_scope` for one that was not granted.
    pub fn narrowed(&self, granted: Scopes) -> Result<Scopes, ProtocolError> {
        match self.scopes {
            None => Ok(granted),
            Some(asked) if asked.intersection(granted) == asked => Ok(asked),
            Some(_) => Err(ProtocolError::new(ErrorCode::InvalidScope, "scope goes beyond what was granted")),
        }
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::claims_request::Scope;

    #[test]
    fn a_line_of_tokens_has_one_handle_and_many_secrets() {
        let (salt, other) = (SubjectSalt::new(&[1; 32]), SubjectSalt::new(&[2; 32]));
        let first = RefreshToken::of([3; 48]);
        let second = first.successor(&salt);
        assert!(second == first.successor(&salt));
        assert!(second != first && second != first.successor(&other) && second != second.successor(&salt));
        assert_eq!(first.handle_digest(), second.successor(&salt).handle_digest());
        assert_ne!(first.digest(), second.digest());
        assert_ne!(first.handle_digest(), RefreshToken::of([4; 48]).handle_digest());
    }

    #[test]
    fn a_token_is_sixty_four_characters() {
        let token = RefreshToken::of([7; 48]);
        let text = token.to_text();
        assert_eq!(text.expose_secret().len(), 64);
        assert!(RefreshToken::parse(text.expose_secret()) == Some(token));
        for text in ["", "x", &"a".repeat(63), &"a".repeat(65), &"a".repeat(68), &"=".repeat(64)] {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn scopes_are_narrowed_and_never_widened() {
        let read = |scope: &str| {
            let body = format!("refresh_token={}{scope}", "a".repeat(64));
            RefreshRequest::read(&Parameters::parse(&body)).unwrap()
        };
        let granted = Scopes::of(&[Scope::Openid, Scope::Residency, Scope::OfflineAccess]);
        assert_eq!(read("").narrowed(granted), Ok(granted));
        assert_eq!(read("&scope=openid").narrowed(granted), Ok(Scopes::of(&[Scope::Openid])));
        let refused = read("&scope=openid+name").narrowed(granted).unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidScope);
    }

    #[test]
    fn what_is_no_token_is_no_grant() {
        let refusal = |body: &str| RefreshRequest::read(&Parameters::parse(body)).unwrap_err().code;
        assert_eq!(refusal("refresh_token=x"), ErrorCode::InvalidGrant);
        assert_eq!(refusal(""), ErrorCode::InvalidRequest);
    }
}
