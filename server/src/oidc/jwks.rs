//! The town's public keys (RFC 7517).

use app::site::Site;
use axum::extract::State;
use axum::response::Response;

use super::answer::{Tenant, public};

/// `GET`: the key with which the town proves who it is at identity providers, which fetch it here (OpenID Connect Registration,
/// section 2, `jwks_uri`).
pub(super) async fn client_keys(State(site): State<Site>, Tenant(slug): Tenant) -> Response {
    public(site.service.upstream_key_set(&slug).await)
}

/// `GET`
pub(super) async fn keys(State(site): State<Site>, Tenant(slug): Tenant) -> Response {
    public(site.service.key_set(&slug).await)
}
