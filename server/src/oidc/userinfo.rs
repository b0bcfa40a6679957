//! The userinfo endpoint (OpenID Connect Core, section 5.3.1): by GET and by POST.

use app::site::Site;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::names::TenantSlug;
use http::{HeaderMap, header};
use oidc::parameters::Parameters;

use super::answer::{NO_STORE, Tenant, authorization, failed, form, refused};

/// `GET`
pub(super) async fn by_get(State(site): State<Site>, Tenant(slug): Tenant, headers: HeaderMap) -> Response {
    answer(&site, &slug, &headers, &Parameters::default()).await
}

/// `POST`
pub(super) async fn by_post(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&site, &slug, &headers, &form(&headers, &body).unwrap_or_default()).await
}

async fn answer(site: &Site, slug: &TenantSlug, headers: &HeaderMap, body: &Parameters) -> Response {
    match site.service.userinfo(slug, authorization(headers), body).await {
        Ok(Ok(claims)) => {
            let media_type = [(header::CONTENT_TYPE, "application/json")];
            (NO_STORE, media_type, claims.to_vec()).into_response()
        }
        Ok(Err(refusal)) => refused(&refusal),
        Err(error) => failed(&error),
    }
}
