//! What a client may know about a refusal: the registered error codes, and a sentence of ours.
//!
//! A description is `&'static str`, so that nothing which came from outside (a name, a token, another server's words) can
//! travel back out in it.

use serde::{Serialize, Serializer};

/// The registered error codes that we send (RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, OpenID Connect Core
/// section 3.1.2.6, RFC 8707 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The request is malformed, repeats a parameter or lacks one.
    InvalidRequest,
    /// The client may not do this.
    UnauthorizedClient,
    /// The resident or the town's rule said no.
    AccessDenied,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// A scope that makes no sense, or no `openid`.
    InvalidScope,
    /// A fault of ours.
    ServerError,
    /// Overloaded, or a provider behind us does not answer.
    TemporarilyUnavailable,
    /// `prompt=none` and nobody is signed in, or somebody else than the one asked for.
    LoginRequired,
    /// `prompt=none` and a page would have to be shown.
    InteractionRequired,
    /// `prompt=none` and a consent is due.
    ConsentRequired,
    /// The client did not prove who it is.
    InvalidClient,
    /// The code is unknown, spent, expired, somebody else's, or does not fit its verifier.
    InvalidGrant,
    /// Another grant type than those in the metadata.
    UnsupportedGrantType,
    /// The access token is unknown, expired or revoked.
    InvalidToken,
    /// The access token does not cover this.
    InsufficientScope,
    /// The `request` parameter is not understood.
    RequestNotSupported,
    /// The `request_uri` parameter is not understood.
    RequestUriNotSupported,
    /// The reference to a pushed request is unknown, expired, used, or another client's (RFC 9101 section 7).
    InvalidRequestUri,
    /// The `registration` parameter is not understood.
    RegistrationNotSupported,
}

impl ErrorCode {
    /// The code as it is written in a response.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }

    /// The HTTP status when the error is the body of a response; a redirect is always 303.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A refusal as the client sees it. Serializes to the JSON of RFC 6749 section 5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct ProtocolError {
    /// The registered code.
    #[serde(rename = "error")]
    pub code: ErrorCode,
    /// One sentence for the developer of the client: ASCII without `"` and `\` (RFC 6749 section 5.2).
    #[serde(rename = "error_description")]
    pub description: &'static str,
    /// The caller presented no credentials at all: RFC 6750 section 3.1 then wants a challenge without an error code.
    #[serde(skip)]
    bare_challenge: bool,
}

impl ProtocolError {
    /// An error with a code and a sentence.
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description, bare_challenge: false }
    }

    /// `invalid_request`.
    pub const fn invalid_request(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// `invalid_client`. The sentence is the same for an unknown client and a wrong secret: neither tells which clients exist.
    pub const fn invalid_client() -> Self {
        Self::new(ErrorCode::InvalidClient, "client authentication failed")
    }

    /// `invalid_grant`, with one sentence for every reason: whoever holds a stolen code learns nothing from it.
    pub const fn invalid_grant() -> Self {
        Self::new(ErrorCode::InvalidGrant, "the grant is not valid for this request")
    }

    /// `invalid_token`: unknown, expired, revoked or of another tenant, told alike.
    pub const fn invalid_token() -> Self {
        Self::new(ErrorCode::InvalidToken, "the access token is not valid")
    }

    /// A protected resource was called without an access token.
    pub const fn token_missing() -> Self {
        Self { bare_challenge: true, ..Self::new(ErrorCode::InvalidToken, "an access token is needed") }
    }

    /// The value of `WWW-Authenticate`, which a 401 or 403 must carry (RFC 9110 section 11.6.1, RFC 6749 section 5.2,
    /// RFC 6750 section 3).
    pub fn challenge(&self) -> Option<String> {
        match self.code {
            ErrorCode::InvalidClient => Some("Basic realm=\"token endpoint\", charset=\"UTF-8\"".to_owned()),
            ErrorCode::InvalidToken | ErrorCode::InsufficientScope if self.bare_challenge => Some("Bearer".to_owned()),
            ErrorCode::InvalidToken | ErrorCode::InsufficientScope => {
                Some(format!("Bearer error=\"{}\", error_description=\"{}\"", self.code.as_str(), self.description))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_the_json_of_rfc_6749() {
        let json = serde_json::to_string(&ProtocolError::invalid_grant()).unwrap();
        assert_eq!(json, r#"{"error":"invalid_grant","error_description":"the grant is not valid for this request"}"#);
    }

    #[test]
    fn every_401_carries_a_challenge() {
        assert_eq!(ProtocolError::invalid_client().code.http_status(), 401);
        assert!(ProtocolError::invalid_client().challenge().unwrap().starts_with("Basic "));
        assert!(ProtocolError::invalid_token().challenge().unwrap().starts_with("Bearer error=\"invalid_token\""));
        assert_eq!(ProtocolError::token_missing().challenge().unwrap(), "Bearer");
        assert_eq!(ProtocolError::invalid_grant().challenge(), None);
    }
}
