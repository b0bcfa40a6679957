//! Discovery document and key set.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use oidc::jose::JwkSet;
use oidc::provider::metadata::{Endpoints, ProviderMetadata};

use super::{ACR, SandboxCard};

/// The document of OpenID Connect Discovery section 3.
pub(super) async fn configuration(State(card): State<Arc<SandboxCard>>) -> Json<ProviderMetadata> {
    let endpoint = |name: &str| format!("{}/{name}", card.issuer);
    let endpoints = Endpoints {
        direct: None,
        authorization: endpoint("authorize"),
        token: endpoint("token"),
        userinfo: endpoint("userinfo"),
        jwks: endpoint("jwks.json"),
    };
    Json(ProviderMetadata::of_card(card.issuer.clone(), endpoints, ACR))
}

/// The key that signs ID tokens.
pub(super) async fn jwks(State(card): State<Arc<SandboxCard>>) -> Json<JwkSet> {
    Json(JwkSet::of([card.key.public_jwk()]))
}
