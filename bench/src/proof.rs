//! How a service proves who it is at the token endpoint, and clients of every kind to compare what each costs.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::Failure;
use crate::ambient::{random_token, randomness, seconds_now};
use crate::towns;

/// What RFC 7523 calls an assertion by a client.
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// One of the methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    #[default]
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
    None,
}

/// The method with what it needs.
pub(crate) enum Proof {
    /// A value of `Authorization`.
    Basic(String),
    Post(String),
    Assertion(Box<EcdsaKeyPair>),
    None,
}

impl Proof {
    /// Of a service in the file.
    ///
    /// # Errors
    /// If its key is none.
    pub(crate) fn of(service: &towns::RelyingParty) -> Result<Self, Failure> {
        Ok(match service.authentication {
            Method::ClientSecretBasic => {
                // RFC 6749, section 2.3.1: both halves are form-encoded first.
                let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", encode(&service.client_id), encode(&service.client_secret));
                Self::Basic(format!("Basic {}", STANDARD.encode(pair)))
            }
            Method::ClientSecretPost => Self::Post(service.client_secret.clone()),
            Method::PrivateKeyJwt => Self::Assertion(Box::new(read_key(&service.private_key)?)),
            Method::None => Self::None,
        })
    }

    /// Puts it into a request.
    ///
    /// # Errors
    /// If there is no randomness to sign with.
    pub(crate) fn apply(
        &self,
        client_id: &str,
        issuer: &str,
        headers: &mut HeaderMap,
        form: &mut form_urlencoded::Serializer<'_, String>,
    ) -> Result<(), Failure> {
        match self {
            Self::Basic(header) => {
                headers
                    .insert(AUTHORIZATION, header.parse().map_err(|_| Failure::new("a secret that no header holds"))?);
            }
            Self::Post(secret) => {
                form.extend_pairs([("client_id", client_id), ("client_secret", secret)]);
            }
            Self::Assertion(key) => {
                let assertion = assertion(key, client_id, issuer)?;
                form.extend_pairs([("client_assertion_type", ASSERTION), ("client_assertion", &assertion)]);
            }
            Self::None => {
                form.append_pair("client_id", client_id);
            }
        }
        Ok(())
    }
}

fn read_key(text: &str) -> Result<EcdsaKeyPair, Failure> {
    let bytes = STANDARD.decode(text).map_err(|_| Failure::new("a private key that is not base64"))?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes)
        .map_err(|_| Failure::new("a private key that is none on P-256"))
}

fn assertion(key: &EcdsaKeyPair, client_id: &str, issuer: &str) -> Result<String, Failure> {
    let now = seconds_now();
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": issuer, "iat": now, "exp": now + 60, "jti": random_token()?,
    });
    let signed = format!("{}.{}", encoded(&json!({ "alg": "ES256" })), encoded(&claims));
    let signature = key.sign(&randomness(), signed.as_bytes()).map_err(|_| Failure::new("no signature"))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn encoded(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// Clients at one town that differ in how they prove who they are and in the algorithm of their ID tokens.
pub(crate) struct Clients {
    /// Their metadata, for `machikagi relying-party import`.
    pub(crate) metadata: Value,
    /// The same as a file of towns, with secrets and keys.
    pub(crate) towns: Value,
}

impl Clients {
    /// Makes them, in place of a service of the town's.
    ///
    /// # Errors
    /// If there is no randomness.
    pub(crate) fn make(base_url: &str, town: &towns::Town, like: &towns::RelyingParty) -> Result<Self, Failure> {
        let (mut metadata, mut services) = (Vec::new(), Vec::new());
        for (name, method, algorithm) in [
            ("basic-es256", Method::ClientSecretBasic, "ES256"),
            ("basic-rs256", Method::ClientSecretBasic, "RS256"),
            ("basic-ps256", Method::ClientSecretBasic, "PS256"),
            ("post-es256", Method::ClientSecretPost, "ES256"),
            ("jwt-es256", Method::PrivateKeyJwt, "ES256"),
            ("none-es256", Method::None, "ES256"),
        ] {
            let client_id = format!("bench-{name}");
            let secret = match method {
                Method::ClientSecretBasic | Method::ClientSecretPost => Some(random_token()?),
                Method::PrivateKeyJwt | Method::None => None,
            };
            let (key, jwk) = match method {
                Method::PrivateKeyJwt => Some(new_key()?).unzip(),
                _ => (None, None),
            };
            metadata.push(json!({
                "client_id": client_id, "client_name": client_id, "redirect_uris": [like.redirect_uri],
                "token_endpoint_auth_method": method, "id_token_signed_response_alg": algorithm,
                "client_secret": secret, "jwks": jwk.map(|jwk| json!({ "keys": [jwk] })),
            }));
            services.push(json!({
                "key": name, "client_id": client_id, "client_secret": secret.unwrap_or_default(),
                "authentication": method, "private_key": key.unwrap_or_default(), "redirect_uri": like.redirect_uri, "scopes": "openid residency",
            }));
        }
        let town = json!({ "slug": town.slug, "issuer": town.issuer, "relying_parties": services });
        Ok(Self { metadata: json!(metadata), towns: json!({ "base_url": base_url, "towns": [town] }) })
    }
}

/// A private key in base64 and its public half as a JWK.
fn new_key() -> Result<(String, Value), Failure> {
    let failed = |_| Failure::new("no key");
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
    let private = key.to_pkcs8v1().map_err(failed)?;
    // SEC 1, section 2.3.3: 04, then both coordinates.
    let point = key.public_key().as_ref();
    let half = |from: usize| point.get(from..from + 32).map(|half| URL_SAFE_NO_PAD.encode(half)).unwrap_or_default();
    let public = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": "1", "x": half(1), "y": half(33) });
    Ok((STANDARD.encode(private.as_ref()), public))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients() -> Clients {
        let like = towns::RelyingParty { redirect_uri: "http://127.0.0.1:4001/cb".to_owned(), ..Default::default() };
        let town = towns::Town {
            slug: "showa".to_owned(),
            issuer: "http://localhost:3000/t/showa".to_owned(),
            staff: Vec::new(),
            relying_parties: Vec::new(),
        };
        Clients::make("http://localhost:3000", &town, &like).unwrap()
    }

    #[test]
    fn what_is_imported_fits_what_is_used() {
        let made = clients();
        let towns: towns::Towns = serde_json::from_value(made.towns).unwrap();
        let services = &towns.towns[0].relying_parties;
        assert_eq!(services.len(), made.metadata.as_array().unwrap().len());
        for (service, metadata) in services.iter().zip(made.metadata.as_array().unwrap()) {
            assert_eq!(metadata["client_id"], service.client_id);
            let (mut headers, mut form) = (HeaderMap::new(), form_urlencoded::Serializer::new(String::new()));
            Proof::of(service).unwrap().apply(&service.client_id, "iss", &mut headers, &mut form).unwrap();
            let form = form.finish();
            match service.authentication {
                Method::ClientSecretBasic => assert!(headers.contains_key(AUTHORIZATION) && form.is_empty()),
                Method::ClientSecretPost => assert!(form.contains(&format!("client_secret={}", service.client_secret))),
                Method::PrivateKeyJwt => assert_eq!(form.matches('.').count(), 2),
                Method::None => assert_eq!(form, format!("client_id={}", service.client_id)),
            }
        }
    }

    #[test]
    fn keys_are_on_p_256() {
        let (private, public) = new_key().unwrap();
        assert!(read_key(&private).is_ok() && read_key("AAAA").is_err());
        assert_eq!((public["x"].as_str().unwrap().len(), public["y"].as_str().unwrap().len()), (43, 43));
    }
}
