//! The token endpoint (RFC 6749, section 3.2).

use app::site::Site;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use oidc::parameters::Parameters;

use super::answer::{NO_STORE, Tenant, authorization, failed, refused};

/// `POST`
pub(super) async fn exchange(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: String,
) -> Response {
    let parameters = Parameters::parse(&body);
    match site.service.redeem_code(&slug, authorization(&headers), &parameters).await {
        Ok(Ok(tokens)) => (NO_STORE, Json(tokens)).into_response(),
        Ok(Err(refusal)) => refused(&refusal),
        Err(error) => failed(&error),
    }
}
