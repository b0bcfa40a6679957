//! The town's public keys (RFC 7517).

use app::site::Site;
use axum::extract::State;
use axum::response::Response;

use super::answer::{Tenant, public};

/// `GET`
pub(super) async fn keys(State(site): State<Site>, Tenant(slug): Tenant) -> Response {
    public(site.service.key_set(&slug).await)
}
