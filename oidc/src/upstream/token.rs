//! Redeeming a code at a provider's token endpoint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use crate::encoding::from_json_object;
use crate::pkce::CodeVerifier;
use crate::provider::client_authentication::JWT_BEARER;

/// How we authenticate at the provider.
#[derive(Clone, Copy)]
pub enum ClientMethod<'a> {
    /// A signed assertion.
    PrivateKeyJwt(&'a str),
    /// A shared secret in the body.
    ClientSecretPost(&'a SecretString),
    /// A shared secret in the header ([`UpstreamTokenRequest::authorization`]).
    ClientSecretBasic(&'a SecretString),
}

/// A request for tokens.
#[derive(Clone, Copy)]
pub struct UpstreamTokenRequest<'a> {
    /// Our client id at the provider.
    pub client_id: &'a str,
    /// How we prove it.
    pub method: ClientMethod<'a>,
    /// The code of the callback.
    pub code: &'a SecretString,
    /// The same callback as in the authorization request.
    pub redirect_uri: &'a str,
    /// The verifier that the flow kept.
    pub code_verifier: &'a CodeVerifier,
}

impl UpstreamTokenRequest<'_> {
    /// The `Authorization` header, where the client authenticates by it (RFC 6749, section 2.3.1: both halves are form-encoded
    /// before they are joined).
    pub fn authorization(&self) -> Option<Zeroizing<String>> {
        let ClientMethod::ClientSecretBasic(secret) = self.method else { return None };
        let encoded = |text: &str| Zeroizing::new(byte_serialize(text.as_bytes()).collect::<String>());
        let joined = Zeroizing::new(format!("{}:{}", *encoded(self.client_id), *encoded(secret.expose_secret())));
        Some(Zeroizing::new(format!("Basic {}", STANDARD.encode(joined.as_bytes()))))
    }

    /// The form body.
    pub fn body(&self) -> Zeroizing<String> {
        let mut form = Serializer::new(String::with_capacity(4096));
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", self.code.expose_secret())
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("code_verifier", self.code_verifier.expose());
        // A request authenticates in one way alone: what stands in the header is not said again.
        if !matches!(self.method, ClientMethod::ClientSecretBasic(_)) {
            form.append_pair("client_id", self.client_id);
        }
        match self.method {
            ClientMethod::ClientSecretBasic(_) => {}
            ClientMethod::PrivateKeyJwt(assertion) => {
                form.append_pair("client_assertion_type", JWT_BEARER).append_pair("client_assertion", assertion);
            }
            ClientMethod::ClientSecretPost(secret) => {
                form.append_pair("client_secret", secret.expose_secret());
            }
        }
        Zeroizing::new(form.finish())
    }
}

/// Why there are no tokens. Holds nothing of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// `invalid_grant`: the code is spent or expired; the person has to start again.
    #[error("the provider refused the code")]
    CodeRefused,
    /// Another error of the protocol: our configuration at the provider needs a look.
    #[error("the provider refused the client")]
    ClientRefused,
    /// Not a token response.
    #[error("the token response is malformed")]
    Malformed,
}

/// The tokens of a successful response; nothing in them is judged yet.
#[derive(Debug)]
pub struct UpstreamTokens {
    /// For userinfo.
    pub access_token: SecretString,
    /// To be verified by [`super::id_token::verify`].
    pub id_token: SecretString,
}

impl UpstreamTokens {
    /// Reads the body of a response.
    ///
    /// # Errors
    /// See [`TokenRefused`].
    pub fn parse(json: &[u8]) -> Result<Self, TokenRefused> {
        #[derive(Deserialize)]
        struct Response {
            access_token: Option<SecretString>,
            token_type: Option<String>,
            id_token: Option<SecretString>,
            error: Option<String>,
        }
        let response: Response = from_json_object(json).ok_or(TokenRefused::Malformed)?;
        match response.error.as_deref() {
            Some("invalid_grant") => return Err(TokenRefused::CodeRefused),
            Some(_) => return Err(TokenRefused::ClientRefused),
            None => {}
        }
        let bearer = response.token_type.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        match (response.access_token, response.id_token) {
            (Some(access_token), Some(id_token)) if bearer => Ok(Self { access_token, id_token }),
            _ => Err(TokenRefused::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;
    use crate::provider::client_authentication::{ClientCredentials, ClientProof};
    use crate::provider::token::TokenRequest;

    fn request<'a>(method: ClientMethod<'a>, code: &'a SecretString, verifier: &'a CodeVerifier) -> Zeroizing<String> {
        UpstreamTokenRequest {
            client_id: "showa",
            method,
            code,
            redirect_uri: "https://id.example/t/showa/callback",
            code_verifier: verifier,
        }
        .body()
    }

    #[test]
    fn our_own_provider_reads_the_request() {
        let (code, verifier, secret) = ("c&d".into(), CodeVerifier::from_random(&[7; 32]), "s=1".into());
        let body = Parameters::parse(&request(ClientMethod::ClientSecretPost(&secret), &code, &verifier));
        let TokenRequest::AuthorizationCode(read) = TokenRequest::read(&body).unwrap() else { panic!() };
        assert_eq!(read.code.expose_secret(), "c&d");
        assert!(read.code_verifier.unwrap() == verifier);
        let ClientProof::Secret(read) = ClientCredentials::read(None, &body).unwrap().proof else { panic!() };
        assert_eq!(read.expose_secret(), "s=1");

        let basic = UpstreamTokenRequest {
            client_id: "sho:wa",
            method: ClientMethod::ClientSecretBasic(&secret),
            code: &code,
            redirect_uri: "https://id.example/t/showa/callback",
            code_verifier: &verifier,
        };
        let body = Parameters::parse(&basic.body());
        assert!(body.get("client_id").unwrap().is_none() && body.get("client_secret").unwrap().is_none());
        let header = basic.authorization().unwrap();
        assert_eq!(header.as_str(), format!("Basic {}", STANDARD.encode("sho%3Awa:s%3D1")));

        let body =
            Parameters::parse(&request(ClientMethod::PrivateKeyJwt("e30.eyJzdWIiOiJzaG93YSJ9.x"), &code, &verifier));
        let credentials = ClientCredentials::read(None, &body).unwrap();
        assert_eq!(credentials.client_id.as_str(), "showa");
        assert!(matches!(credentials.proof, ClientProof::Assertion(_)));
    }

    #[test]
    fn responses() {
        let good = br#"{"access_token":"a","token_type":"bearer","id_token":"i","expires_in":60}"#;
        let tokens = UpstreamTokens::parse(good).unwrap();
        assert_eq!((tokens.access_token.expose_secret(), tokens.id_token.expose_secret()), ("a", "i"));
        for (json, refusal) in [
            (r#"{"error":"invalid_grant","error_description":"Yamada"}"#, TokenRefused::CodeRefused),
            (r#"{"error":"invalid_client"}"#, TokenRefused::ClientRefused),
            (r#"{"access_token":"a","token_type":"Bearer"}"#, TokenRefused::Malformed),
            (r#"{"access_token":"a","token_type":"DPoP","id_token":"i"}"#, TokenRefused::Malformed),
            ("<html>", TokenRefused::Malformed),
            ("", TokenRefused::Malformed),
        ] {
            assert_eq!(UpstreamTokens::parse(json.as_bytes()).unwrap_err(), refusal, "{json}");
        }
    }
}
