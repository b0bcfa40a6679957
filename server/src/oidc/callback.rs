//! Where identity providers send people back to: each connection to an address of its own, the card sandbox to the town's.

use axum::response::Response;
use domain::ids::IdentityProviderId;
use oidc::parameters::Parameters;

use crate::resident::{Visit, follow};

/// `GET`, from the card sandbox.
pub(super) async fn back(visit: Visit) -> Response {
    answer(&visit, None).await
}

/// `GET`, from the provider of a connection.
pub(super) async fn back_from(visit: Visit) -> Response {
    match visit.param("identity_provider") {
        Ok(provider) => answer(&visit, Some(provider)).await,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn answer(visit: &Visit, from: Option<IdentityProviderId>) -> Response {
    let parameters = Parameters::parse(visit.uri.query().unwrap_or_default());
    let step = visit.service().answer_callback(&visit.slug, from, &parameters, &visit.browser).await;
    follow(visit, step).await
}
