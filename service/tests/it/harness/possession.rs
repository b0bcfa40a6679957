//! A key that an app holds, and the proofs that it makes with it (RFC 9449).

use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oidc::jose::KeyMaterial;
use serde_json::{Value, json};

use super::Gateway;

/// A key pair on a person's device.
pub(crate) struct DeviceKey {
    pair: EcdsaKeyPair,
    made: AtomicU32,
}

impl DeviceKey {
    pub(crate) fn new() -> Self {
        Self { pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(), made: AtomicU32::new(0) }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..])})
    }

    /// `jkt`.
    pub(crate) fn thumbprint(&self) -> String {
        let jwks = json!({ "keys": [self.jwk()] }).to_string();
        let keys = oidc::jose::JwkSet::parse(jwks.as_bytes()).unwrap();
        KeyMaterial::thumbprint(keys.keys()[0].material())
    }

    /// Signs a proof with these claims; what is usual comes by itself.
    #[expect(clippy::disallowed_types, reason = "a client's own randomness")]
    pub(crate) fn proof(&self, gateway: &Gateway<'_>, claims: &Value) -> String {
        let jti = format!("proof {}", self.made.fetch_add(1, Ordering::Relaxed));
        let mut all = json!({"jti": jti, "iat": gateway.world.clock.seconds()});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let header = json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": self.jwk()});
        let signed = format!("{}.{}", base64(header.to_string()), base64(all.to_string()));
        let signature = self.pair.sign(&aws_lc_rs::rand::SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", base64(signature))
    }

    /// A good proof for the token endpoint.
    pub(crate) async fn at_token(&self, gateway: &Gateway<'_>) -> String {
        let url = format!("http://localhost:3000/t/{}/token", gateway.town.slug);
        self.proof(gateway, &json!({"htm": "POST", "htu": url, "nonce": gateway.dpop_nonce().await}))
    }

    /// A good proof for userinfo by GET.
    pub(crate) async fn at_userinfo(&self, gateway: &Gateway<'_>, access_token: &str) -> String {
        let url = format!("http://localhost:3000/t/{}/userinfo", gateway.town.slug);
        let nonce = gateway.dpop_nonce().await;
        self.proof(gateway, &json!({"htm": "GET", "htu": url, "nonce": nonce, "ath": hash(access_token)}))
    }
}

/// `ath`.
pub(crate) fn hash(access_token: &str) -> String {
    base64(digest(&SHA256, access_token.as_bytes()))
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Gateway<'_> {
    pub(crate) async fn dpop_nonce(&self) -> String {
        self.world.service.dpop_nonce(&self.town.slug).await.unwrap()
    }
}
