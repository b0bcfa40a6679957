//! What a client may know about a refusal: the registered error codes, and a sentence of ours.
//!
//! A description is `&'static str`, so that nothing which came from outside (a name, a token, another server's words) can
//! travel back out in it.

use serde::{Serialize, Serializer};

use crate::jose::Algorithm;

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
    /// The client asks too often. Clients know it as `temporarily_unavailable`, which stands for overload too (RFC 6749 section
    /// 4.1.2.1); where it is an answer of its own its status is 429 (RFC 6585 section 4).
    TooManyRequests,
    /// The sign-in is weaker than the client wants it (OpenID Connect Core Error Code unmet_authentication_requirements).
    UnmetAuthenticationRequirements,
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
    /// The request object is not signed by the client, expired, for somebody else, or cannot be read (RFC 9101 section 7).
    InvalidRequestObject,
    /// The `registration` parameter is not understood.
    RegistrationNotSupported,
    /// A redirect URI of a client that registers is not allowed (RFC 7591 section 3.2.2).
    InvalidRedirectUri,
    /// Something else of its metadata is not allowed (RFC 7591 section 3.2.2).
    InvalidClientMetadata,
    /// The DPoP proof is missing where one is needed, does not fit its request, or was used before (RFC 9449 section 5).
    InvalidDpopProof,
    /// The DPoP proof holds no nonce of ours, or one that is too old (RFC 9449 section 8).
    UseDpopNonce,
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
            Self::TemporarilyUnavailable | Self::TooManyRequests => "temporarily_unavailable",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
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
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }

    const fn http_status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            Self::TooManyRequests => 429,
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
    #[serde(skip)]
    challenge: Challenge,
}

/// How a refusal asks for better credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Challenge {
    /// As its code has it.
    Usual,
    /// The caller presented no credentials at all: RFC 6750 section 3.1 then wants a challenge without an error code.
    Bare,
    /// At a protected resource, of a token that is bound to a key (RFC 9449 section 7.1).
    Dpop,
}

impl ProtocolError {
    /// An error with a code and a sentence.
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description, challenge: Challenge::Usual }
    }

    /// `invalid_request`.
    pub const fn invalid_request(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// The client asks too often.
    pub const fn too_many_requests() -> Self {
        Self::new(ErrorCode::TooManyRequests, "too many requests, please try again in a moment")
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
        Self { challenge: Challenge::Bare, ..Self::new(ErrorCode::InvalidToken, "an access token is needed") }
    }

    /// The same refusal where a token bound to a key was presented at a protected resource.
    #[must_use]
    pub const fn of_bound_token(self) -> Self {
        Self { challenge: Challenge::Dpop, ..self }
    }

    /// The HTTP status when the error is the body of a response; a redirect is always 303.
    pub const fn http_status(&self) -> u16 {
        match self.challenge {
            Challenge::Dpop => 401,
            Challenge::Usual | Challenge::Bare => self.code.http_status(),
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750, section 3; RFC 9449, section 7.1). That a client did not authenticate is answered
    /// with one where it tried by the `Authorization` header (RFC 6749, section 5.2): one that signs assertions, or has its secret
    /// in the body, would be told to do something else than it is registered for.
    pub fn challenge(&self, tried_by_header: bool) -> Option<String> {
        let said = || format!("error=\"{}\", error_description=\"{}\"", self.code.as_str(), self.description);
        match self.code {
            _ if self.challenge == Challenge::Dpop => {
                let algorithms = Algorithm::ALL.map(Algorithm::as_str).join(" ");
                Some(format!("DPoP {}, algs=\"{algorithms}\"", said()))
            }
            ErrorCode::InvalidClient => {
                tried_by_header.then(|| "Basic realm=\"token endpoint\", charset=\"UTF-8\"".to_owned())
            }
            ErrorCode::InvalidToken | ErrorCode::InsufficientScope => Some(match self.challenge {
                Challenge::Bare => "Bearer".to_owned(),
                Challenge::Usual | Challenge::Dpop => format!("Bearer {}", said()),
            }),
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
    fn a_challenge_is_one_that_the_client_can_meet() {
        assert_eq!(ProtocolError::invalid_client().http_status(), 401);
        assert!(ProtocolError::invalid_client().challenge(true).unwrap().starts_with("Basic "));
        assert_eq!(ProtocolError::invalid_client().challenge(false), None);
        assert!(ProtocolError::invalid_token().challenge(true).unwrap().starts_with("Bearer error=\"invalid_token\""));
        assert_eq!(ProtocolError::token_missing().challenge(false).unwrap(), "Bearer");
        assert_eq!(ProtocolError::invalid_grant().challenge(true), None);
    }

    #[test]
    fn a_proof_is_asked_for_at_a_resource_by_a_challenge_and_elsewhere_by_an_error() {
        let error = ProtocolError::new(ErrorCode::UseDpopNonce, "again");
        assert_eq!((error.http_status(), error.challenge(true)), (400, None));
        let error = error.of_bound_token();
        assert_eq!(error.http_status(), 401);
        assert_eq!(
            error.challenge(false).unwrap(),
            "DPoP error=\"use_dpop_nonce\", error_description=\"again\", algs=\"ES256 RS256 PS256\""
        );
    }
}
