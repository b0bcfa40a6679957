//! A key that an app holds, and the proofs that it makes with it (RFC 9449).

use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oidc::jose::{Algorithm, KeyMaterial, SigningKey};
use serde_json::{Value, json};

use super::Gateway;

/// A key pair on a person's device.
pub(crate) struct DeviceKey {
    pair: Pair,
    /// With what it signs; a key of RSA can do so in two ways.
    pub(crate) algorithm: Algorithm,
    made: AtomicU32,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>, Value),
}

impl DeviceKey {
    pub(crate) fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { pair: Pair::Ec(pair), algorithm: Algorithm::ES256, made: AtomicU32::new(0) }
    }

    /// One of RSA, which signs with PS256 until told otherwise.
    pub(crate) fn rsa() -> Self {
        let pkcs8 = SigningKey::generate_for(Algorithm::PS256).unwrap();
        let public = SigningKey::from_pkcs8_for(Algorithm::PS256, &pkcs8).unwrap();
        let jwk = serde_json::to_value(public.public_jwk().material()).unwrap();
        let pair = Box::new(RsaKeyPair::from_pkcs8(&pkcs8).unwrap());
        Self { pair: Pair::Rsa(pair, jwk), algorithm: Algorithm::PS256, made: AtomicU32::new(0) }
    }

    fn jwk(&self) -> Value {
        match &self.pair {
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..])})
            }
            Pair::Rsa(_, jwk) => jwk.clone(),
        }
    }

    #[expect(clippy::disallowed_types, reason = "a client's own randomness")]
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = aws_lc_rs::rand::SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair, _) => {
                let padding: &dyn RsaEncoding =
                    if self.algorithm == Algorithm::RS256 { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// `jkt`.
    pub(crate) fn thumbprint(&self) -> String {
        let jwks = json!({ "keys": [self.jwk()] }).to_string();
        let keys = oidc::jose::JwkSet::parse(jwks.as_bytes()).unwrap();
        KeyMaterial::thumbprint(keys.keys()[0].material())
    }

    /// Signs a proof with these claims; what is usual comes by itself.
    pub(crate) fn proof(&self, gateway: &Gateway<'_>, claims: &Value) -> String {
        let jti = format!("proof {}", self.made.fetch_add(1, Ordering::Relaxed));
        let mut all = json!({"jti": jti, "iat": gateway.world.clock.seconds()});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let header = json!({"alg": self.algorithm.as_str(), "typ": "dpop+jwt", "jwk": self.jwk()});
        let signed = format!("{}.{}", base64(header.to_string()), base64(all.to_string()));
        format!("{signed}.{}", base64(self.sign(signed.as_bytes())))
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
