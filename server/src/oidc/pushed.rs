//! The endpoint for pushed authorization requests (RFC 9126, section 2).

use app::site::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::answer::{NO_STORE, Tenant, answered, credentials, form, no_form, with_nonce};

/// `POST`
pub(super) async fn push(State(site): State<Site>, Tenant(slug): Tenant, headers: HeaderMap, body: Bytes) -> Response {
    let Some(parameters) = form(&headers, &body) else { return no_form() };
    let outcome = site.service.push_request(&slug, credentials(&headers), &parameters).await;
    let answer = answered(&headers, outcome, |pushed| (StatusCode::CREATED, NO_STORE, Json(pushed)).into_response());
    with_nonce(&site, &slug, &headers, answer).await
}
