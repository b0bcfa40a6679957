//! The userinfo endpoint (OpenID Connect Core, section 5.3.1): by GET and by POST.

use app::site::Site;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::names::TenantSlug;
use http::{HeaderMap, header};
use oidc::parameters::Parameters;
use service::federation::Userinfo;

use super::answer::{NO_STORE, Tenant, answered, credentials, form, with_nonce};

/// `GET`
pub(super) async fn by_get(State(site): State<Site>, Tenant(slug): Tenant, headers: HeaderMap) -> Response {
    answer(&site, &slug, "GET", &headers, &Parameters::default()).await
}

/// `POST`
pub(super) async fn by_post(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&site, &slug, "POST", &headers, &form(&headers, &body).unwrap_or_default()).await
}

async fn answer(
    site: &Site,
    slug: &TenantSlug,
    method: &'static str,
    headers: &HeaderMap,
    body: &Parameters,
) -> Response {
    let outcome = site.service.userinfo(slug, method, credentials(headers), body).await;
    let answer = answered(headers, outcome, |claims| {
        let (media_type, body) = match claims {
            Userinfo::Json(json) => ("application/json", json.to_vec()),
            Userinfo::Jwt(jwt) => ("application/jwt", jwt.into_bytes()),
        };
        (NO_STORE, [(header::CONTENT_TYPE, media_type)], body).into_response()
    });
    with_nonce(site, slug, headers, answer).await
}
