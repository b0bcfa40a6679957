//! The token endpoint: the request (RFC 6749 sections 4.1.3 and 6) and the response (section 5.1).

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use super::claims_request::Scopes;
use super::refresh::RefreshRequest;
use crate::error::{ErrorCode, ProtocolError};
use crate::parameters::Parameters;
use crate::pkce::CodeVerifier;

/// Codes of ours stay below 2 KB; anything much longer is none.
const MAX_CODE_BYTES: usize = 4096;

/// A token request by grant type.
#[derive(Debug)]
pub enum TokenRequest {
    /// `authorization_code`
    AuthorizationCode(CodeRequest),
    /// `refresh_token`
    RefreshToken(RefreshRequest),
}

/// A request that presents a code.
pub struct CodeRequest {
    /// The code.
    pub code: SecretString,
    /// The redirect URI, which must be the one of the authorization request, character by character.
    pub redirect_uri: String,
    /// The verifier; judged by [`crate::pkce::verify`] against what the code says.
    pub code_verifier: Option<CodeVerifier>,
}

impl std::fmt::Debug for CodeRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeRequest").finish_non_exhaustive()
    }
}

impl TokenRequest {
    /// Reads the body of a token request, apart from the client's credentials.
    ///
    /// # Errors
    /// `invalid_request` or `unsupported_grant_type`.
    pub fn read(body: &Parameters) -> Result<Self, ProtocolError> {
        body.refuse_repeated(&[
            "grant_type",
            "code",
            "redirect_uri",
            "code_verifier",
            "client_id",
            "refresh_token",
            "scope",
        ])?;
        match body.require("grant_type", "grant_type is missing")? {
            "authorization_code" => CodeRequest::read(body).map(Self::AuthorizationCode),
            "refresh_token" => RefreshRequest::read(body).map(Self::RefreshToken),
            _ => Err(ProtocolError::new(
                ErrorCode::UnsupportedGrantType,
                "grant_type must be authorization_code or refresh_token",
            )),
        }
    }
}

impl CodeRequest {
    fn read(body: &Parameters) -> Result<Self, ProtocolError> {
        let code = body.require("code", "code is missing")?;
        if code.len() > MAX_CODE_BYTES {
            return Err(ProtocolError::invalid_grant());
        }
        let code_verifier = match body.get("code_verifier")? {
            Some(text) => Some(
                CodeVerifier::parse(text)
                    .ok_or(ProtocolError::invalid_request("code_verifier must be 43 to 128 unreserved characters"))?,
            ),
            None => None,
        };
        Ok(Self {
            code: code.into(),
            redirect_uri: body.require("redirect_uri", "redirect_uri is missing")?.to_owned(),
            code_verifier,
        })
    }
}

/// A successful response. The server adds `Cache-Control: no-store`.
#[derive(Serialize)]
pub struct TokenResponse {
    /// The access token, sealed and opaque to the client.
    #[serde(serialize_with = "exposed")]
    pub access_token: SecretString,
    /// How it is used.
    pub token_type: TokenType,
    /// How long the access token lives, in seconds.
    #[serde(rename = "expires_in")]
    pub expires_in_seconds: u32,
    /// The next refresh token, where one is given.
    #[serde(serialize_with = "exposed_if_any", skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<SecretString>,
    /// The ID token; none for a refresh token (OpenID Connect Core section 12.2 leaves it open): its `auth_time` would have to
    /// be kept for as long as the refresh token lives.
    #[serde(serialize_with = "exposed_if_any", skip_serializing_if = "Option::is_none")]
    pub id_token: Option<SecretString>,
    /// What was granted, which may be less than what was asked for (RFC 6749 section 3.3).
    #[serde(serialize_with = "as_text")]
    pub scope: Scopes,
}

/// `token_type`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TokenType {
    /// RFC 6750
    Bearer,
    /// RFC 9449
    DPoP,
}

impl TokenType {
    /// The word in responses; also the scheme of the `Authorization` header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::DPoP => "DPoP",
        }
    }
}

fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn exposed_if_any<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|secret| secret.expose_secret()).serialize(serializer)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn as_text<S: Serializer>(scopes: &Scopes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::claims_request::Scope;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn refusal(body: &str) -> ErrorCode {
        TokenRequest::read(&Parameters::parse(body)).unwrap_err().code
    }

    #[test]
    fn a_code_request_is_read() {
        let body = format!(
            "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fl.example&code_verifier={VERIFIER}"
        );
        let TokenRequest::AuthorizationCode(request) = TokenRequest::read(&Parameters::parse(&body)).unwrap() else {
            panic!()
        };
        assert_eq!(request.code.expose_secret(), "c");
        assert_eq!(request.redirect_uri, "https://l.example");
        assert_eq!(request.code_verifier.unwrap().expose(), VERIFIER);
    }

    #[test]
    fn refusals() {
        for (body, code) in [
            ("", ErrorCode::InvalidRequest),
            ("grant_type=", ErrorCode::InvalidRequest),
            ("grant_type=password", ErrorCode::UnsupportedGrantType),
            ("grant_type=refresh_token&refresh_token=x", ErrorCode::InvalidGrant),
            ("grant_type=refresh_token&refresh_token=x&refresh_token=y", ErrorCode::InvalidRequest),
            ("grant_type=refresh_token", ErrorCode::InvalidRequest),
            ("grant_type=authorization_code", ErrorCode::InvalidRequest),
            ("grant_type=authorization_code&code=c", ErrorCode::InvalidRequest),
            ("grant_type=authorization_code&redirect_uri=u", ErrorCode::InvalidRequest),
            ("grant_type=authorization_code&code=c&code=d&redirect_uri=u", ErrorCode::InvalidRequest),
            ("grant_type=authorization_code&code=c&redirect_uri=u&code_verifier=short", ErrorCode::InvalidRequest),
        ] {
            assert_eq!(refusal(body), code, "{body}");
        }
        let long = format!("grant_type=authorization_code&redirect_uri=u&code={}", "c".repeat(5000));
        assert_eq!(refusal(&long), ErrorCode::InvalidGrant);
    }

    #[test]
    fn a_response_is_the_json_of_rfc_6749() {
        let response = TokenResponse {
            access_token: "at".into(),
            token_type: TokenType::Bearer,
            expires_in_seconds: 300,
            refresh_token: None,
            id_token: Some("a.b.c".into()),
            scope: Scopes::of(&[Scope::Openid, Scope::Residency]),
        };
        insta::assert_snapshot!(
            serde_json::to_string(&response).unwrap(),
            @r#"{"access_token":"at","token_type":"Bearer","expires_in":300,"id_token":"a.b.c","scope":"openid residency"}"#
        );
    }
}
