//! The token endpoint (RFC 6749, section 3.2).

use app::site::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::answer::{NO_STORE, Tenant, answered, credentials, form, no_form, with_nonce};

/// `POST`
pub(super) async fn exchange(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(parameters) = form(&headers, &body) else { return no_form() };
    let outcome = site.service.exchange(&slug, credentials(&headers), &parameters).await;
    let answer = answered(&headers, outcome, |tokens| (NO_STORE, Json(tokens)).into_response());
    with_nonce(&site, &slug, &headers, answer).await
}
