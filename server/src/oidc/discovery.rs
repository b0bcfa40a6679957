//! The discovery document, by all three of its addresses (OpenID Connect Discovery, section 4; RFC 8414, section 3).

use app::site::Site;
use axum::extract::State;
use axum::response::Response;

use super::answer::{Tenant, public};

/// `GET`
pub(super) async fn document(State(site): State<Site>, Tenant(slug): Tenant) -> Response {
    public(site.service.provider_metadata_document(&slug).await)
}
