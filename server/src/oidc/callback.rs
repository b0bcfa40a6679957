//! Where identity providers send people back to.

use axum::response::Response;
use oidc::parameters::Parameters;

use crate::resident::{Visit, follow};

/// `GET`
pub(super) async fn back(visit: Visit) -> Response {
    let parameters = Parameters::parse(visit.uri.query().unwrap_or_default());
    let step = visit.service().answer_callback(&visit.slug, &parameters, &visit.browser).await;
    follow(&visit, step).await
}
