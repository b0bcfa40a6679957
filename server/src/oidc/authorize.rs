//! The authorization endpoint (OpenID Connect Core, section 3.1.2.1): by GET, and by POST, which may come from another site.

use axum::response::Response;
use oidc::parameters::Parameters;
use service::federation::Sent;

use crate::resident::{Visit, follow};

/// `GET`
pub(super) async fn by_get(visit: Visit) -> Response {
    let parameters = Parameters::parse(visit.uri.query().unwrap_or_default());
    let step = visit.service().authorize(&visit.slug, &parameters, Sent::Get, &visit.browser).await;
    follow(&visit, step).await
}

/// `POST`
pub(super) async fn by_post(visit: Visit, body: String) -> Response {
    let parameters = Parameters::parse(&body);
    let step = visit.service().authorize(&visit.slug, &parameters, Sent::Post, &visit.browser).await;
    follow(&visit, step).await
}
