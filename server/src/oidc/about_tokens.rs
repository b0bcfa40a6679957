//! The introspection and revocation endpoints (RFC 7662, section 2; RFC 7009, section 2).

use app::site::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::answer::{NO_STORE, Tenant, answered, authorization, form, no_form};

/// `POST` of a token: whether it counts.
pub(super) async fn introspect(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(parameters) = form(&headers, &body) else { return no_form() };
    let outcome = site.service.introspect(&slug, authorization(&headers), &parameters).await;
    answered(&headers, outcome, |told| (NO_STORE, Json(told)).into_response())
}

/// `POST` of a token: it shall count no more. The answer is the same for every token.
pub(super) async fn revoke(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(parameters) = form(&headers, &body) else { return no_form() };
    let outcome = site.service.revoke_token(&slug, authorization(&headers), &parameters).await;
    answered(&headers, outcome, |()| NO_STORE.into_response())
}
