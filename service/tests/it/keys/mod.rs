//! Keys: what signs which tokens when, what is left of a key that went, and the change of the master key.

mod encryption;
mod resealing;
mod rotation;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oidc::jose::Jwk;
use serde_json::Value;

use crate::harness::gateway::Gateway;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// The header of a compact JWS or JWE.
fn header(token: &str) -> Value {
    let (header, _) = token.split_once('.').unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

impl Gateway<'_> {
    /// The published `kid`s.
    async fn published(&self) -> Vec<String> {
        let keys = self.world.service.key_set(&self.town.slug).await.unwrap();
        keys.keys().iter().map(Jwk::key_id).map(str::to_owned).collect()
    }

    /// A list of the discovery document.
    async fn listed(&self, member: &str) -> Value {
        let document = self.world.service.provider_metadata_document(&self.town.slug).await.unwrap();
        serde_json::to_value(&document).unwrap()[member].clone()
    }
}
