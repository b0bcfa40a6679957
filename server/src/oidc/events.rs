//! Where a service fetches the security events that wait for it (RFC 8936, section 2).

use app::site::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::answer::{NO_STORE, Tenant, answered, authorization};

/// `POST` of what the service took and how much it wants.
pub(super) async fn poll(State(site): State<Site>, Tenant(slug): Tenant, headers: HeaderMap, body: Bytes) -> Response {
    let outcome = site.service.poll_events(&slug, authorization(&headers), &body).await;
    answered(&headers, outcome, |events| (NO_STORE, Json(events)).into_response())
}
