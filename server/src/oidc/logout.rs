//! The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0, section 2): by GET, and by POST, which may come from
//! another site.

use app::resident::failure::Failure;
use axum::body::Bytes;
use axum::response::Response;
use http::HeaderMap;
use oidc::parameters::Parameters;
use service::federation::Sent;

use super::answer::form;
use crate::resident::{Visit, follow};

/// `GET`
pub(super) async fn by_get(visit: Visit) -> Response {
    let parameters = Parameters::parse(visit.uri.query().unwrap_or_default());
    let step = visit.service().leave(&visit.slug, &parameters, Sent::Get, &visit.browser).await;
    follow(&visit, step).await
}

/// `POST`
pub(super) async fn by_post(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let Some(parameters) = form(&headers, &body) else { return visit.fail(Failure::BadRequest).await };
    let step = visit.service().leave(&visit.slug, &parameters, Sent::Post, &visit.browser).await;
    follow(&visit, step).await
}
