//! The token endpoint: a code and a signed assertion for an ID token and an access token.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::assurance::Method;
use oidc::jose::{self, Algorithm};
use oidc::parameters::Parameters;
use oidc::provider::claims::{AttributeClaims, IdTokenClaims};
use oidc::provider::client_assertion::{self, Audience, Expected};
use oidc::provider::client_authentication::{ClientCredentials, ClientProof};
use oidc::provider::token::{CodeRequest, TokenRequest, TokenResponse, TokenType};
use oidc::provider::verified_claims::VerifiedAnswer;
use oidc::{ErrorCode, ProtocolError, pkce};
use secrecy::ExposeSecret;
use time::{Duration, OffsetDateTime};

use super::attempts::{Release, TOKEN_SECONDS};
use super::{ACR, SandboxCard};
use crate::oidc::{Tried, refused};

/// An ID token lives so long.
const ID_TOKEN_LIFE: Duration = Duration::minutes(5);

/// `POST /token`
pub(super) async fn exchange(State(card): State<Arc<SandboxCard>>, headers: HeaderMap, body: String) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match card.exchange(authorization, &Parameters::parse(&body)).await {
        Ok(response) => ([(header::CACHE_CONTROL, "no-store")], Json(response)).into_response(),
        Err(error) => refused(&error, Tried::of(&headers)),
    }
}

const FAULT: ProtocolError = ProtocolError::new(ErrorCode::ServerError, "a fault of the sandbox card reader");

impl SandboxCard {
    async fn exchange(&self, authorization: Option<&str>, body: &Parameters) -> Result<TokenResponse, ProtocolError> {
        let now = self.clock.now();
        let client_id = self.authenticated(authorization, body, now).await?;
        let TokenRequest::AuthorizationCode(request) = TokenRequest::read(body)? else {
            return Err(ProtocolError::new(ErrorCode::UnsupportedGrantType, "grant_type must be authorization_code"));
        };
        let access_token = self.rng.token::<32>().map_err(|_| FAULT)?;
        self.redeemed(&client_id, &request, access_token, now)
    }

    async fn authenticated(
        &self,
        authorization: Option<&str>,
        body: &Parameters,
        now: OffsetDateTime,
    ) -> Result<String, ProtocolError> {
        let credentials = ClientCredentials::read(authorization, body)?;
        let ClientProof::Assertion(assertion) = credentials.proof else { return Err(ProtocolError::invalid_client()) };
        let client = self.clients.find(&credentials.client_id).await.map_err(|_| FAULT)?;
        let client = client.ok_or(ProtocolError::invalid_client())?;
        let token_endpoint = format!("{}/token", self.issuer);
        let expected = Expected {
            client_id: client.client_id.as_str(),
            audience: Audience::Among(&[&self.issuer, &token_endpoint]),
            now,
        };
        let algorithms = [Algorithm::ES256];
        let verified = client_assertion::verify(assertion.expose_secret(), &client.keys, &algorithms, &expected)?;
        let spent = format!("{} {}", client.client_id, verified.jti);
        let seconds = now.unix_timestamp();
        let mut memory = self.memory();
        if memory.spent_assertions.get_mut(&spent, seconds).is_some() {
            return Err(ProtocolError::invalid_client());
        }
        memory.spent_assertions.insert(spent, (), seconds, verified.remember_until.unix_timestamp());
        Ok(client.client_id.into())
    }

    fn redeemed(
        &self,
        client_id: &str,
        request: &CodeRequest,
        access_token: String,
        now: OffsetDateTime,
    ) -> Result<TokenResponse, ProtocolError> {
        let seconds = now.unix_timestamp();
        let code = request.code.expose_secret();
        let mut memory = self.memory();
        let grant = memory.codes.get_mut(code, seconds).ok_or(ProtocolError::invalid_grant())?;
        if grant.client_id != client_id || grant.redirect_uri != request.redirect_uri {
            return Err(ProtocolError::invalid_grant());
        }
        if let Some(first) = grant.redeemed.take() {
            memory.codes.remove(code);
            memory.tokens.remove(&first);
            return Err(ProtocolError::invalid_grant());
        }
        pkce::verify(grant.request.code_challenge, request.code_verifier.as_ref())?;
        let claims = IdTokenClaims {
            iss: &self.issuer,
            sub: &grant.subject,
            aud: client_id,
            exp: now + ID_TOKEN_LIFE,
            iat: now,
            auth_time: OffsetDateTime::from_unix_timestamp(grant.auth_time).map_err(|_| FAULT)?,
            nonce: grant.request.nonce.as_deref(),
            acr: ACR,
            amr: Method::Card.amr(),
            sid: None,
            at_hash: Some(&jose::at_hash(&access_token)),
            residency: None,
            sandbox: true,
            attributes: AttributeClaims::NONE,
            verified_claims: VerifiedAnswer::default(),
        };
        let id_token = self.key.sign(&claims).map_err(|_| FAULT)?;
        let scope = grant.request.scopes;
        let release = Release {
            subject: grant.subject.clone(),
            items: grant.request.items_asked_for(),
            person: grant.person.clone(),
        };
        grant.redeemed = Some(access_token.clone());
        memory.tokens.insert(access_token.clone(), release, seconds, seconds + i64::from(TOKEN_SECONDS));
        Ok(TokenResponse {
            access_token: access_token.into(),
            token_type: TokenType::Bearer,
            expires_in_seconds: TOKEN_SECONDS,
            refresh_token: None,
            id_token: Some(id_token.into()),
            scope,
        })
    }
}
