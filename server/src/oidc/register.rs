//! The registration endpoint of a sandbox (RFC 7591, section 3).

use app::site::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use oidc::provider::client_metadata::ClientMetadata;
use oidc::{ErrorCode, ProtocolError};
use secrecy::SecretString;

use super::answer::{NO_STORE, Tenant, Tried, answered, authorization, refused};

/// `POST`
pub(super) async fn register(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(metadata) = serde_json::from_slice::<ClientMetadata>(&body) else {
        let why = "the body is not a JSON object of client metadata";
        return refused(&ProtocolError::new(ErrorCode::InvalidClientMetadata, why), Tried::of(&headers));
    };
    let token = authorization(&headers).and_then(bearer);
    let outcome = site.service.register_client(&slug, token.as_ref(), metadata).await;
    answered(&headers, outcome, |client| (StatusCode::CREATED, NO_STORE, Json(client)).into_response())
}

fn bearer(header: &str) -> Option<SecretString> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().into())
}
