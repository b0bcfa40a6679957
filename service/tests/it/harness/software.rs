//! The software of a service that has a key of its own: it signs what proves who it is and what it asks for, and publishes its
//! public key at an address.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::configuration::ClientForm;
use oidc::jose::{Algorithm, JwkSet, SigningKey};
use oidc::provider::client_authentication::JWT_BEARER;
use serde_json::{Map, Value, json};
use service::Clock;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Where every town's issuer is in tests.
const ISSUER: &str = "http://localhost:3000/t/showa";

/// How long its server thinks at `/slow`, where it publishes its keys, too.
const SLOW: Duration = Duration::from_secs(6);

/// What its server publishes.
struct Served {
    key: SigningKey,
    /// One that is published beside it and signs request objects only.
    second: Option<SigningKey>,
    /// Another document than its keys, and the status with which it is answered.
    instead: Option<(u16, String)>,
    fetched: u32,
}

/// The software of one service.
pub(crate) struct Software {
    server: MockServer,
    served: Arc<Mutex<Served>>,
    clock: Clock,
    made: AtomicU32,
}

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_pkcs8_for(algorithm, &SigningKey::generate_for(algorithm).unwrap()).unwrap()
}

impl Served {
    fn document(&self) -> String {
        let keys = [Some(&self.key), self.second.as_ref()];
        serde_json::to_string(&JwkSet::of(keys.into_iter().flatten().map(SigningKey::public_jwk))).unwrap()
    }
}

impl Software {
    pub(crate) async fn start(clock: &Clock, algorithm: Algorithm) -> Self {
        let served = Arc::new(Mutex::new(Served { key: key(algorithm), second: None, instead: None, fetched: 0 }));
        let server = MockServer::start().await;
        let answering = {
            let served = Arc::clone(&served);
            move |_: &Request| {
                let mut served = served.lock().unwrap();
                served.fetched += 1;
                match &served.instead {
                    Some((status, body)) => ResponseTemplate::new(*status).set_body_string(body.clone()),
                    None => ResponseTemplate::new(200).set_body_string(served.document()),
                }
            }
        };
        Mock::given(path("/jwks")).respond_with(answering.clone()).mount(&server).await;
        let slow = move |request: &Request| answering(request).set_delay(SLOW);
        Mock::given(path("/slow")).respond_with(slow).mount(&server).await;
        Self { server, served, clock: clock.clone(), made: AtomicU32::new(0) }
    }

    /// The address of something on its server.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.server.uri())
    }

    /// Its public key, as a document to be pasted.
    pub(crate) fn jwks(&self) -> String {
        self.served.lock().unwrap().document()
    }

    /// Signs with a new key from now on, and publishes that alone.
    pub(crate) fn rotates(&self, algorithm: Algorithm) {
        self.served.lock().unwrap().key = key(algorithm);
    }

    /// Publishes another key beside its own.
    pub(crate) fn publishes_beside(&self, algorithm: Algorithm) {
        self.served.lock().unwrap().second = Some(key(algorithm));
    }

    /// Publishes something else.
    pub(crate) fn publishes(&self, status: u16, body: &str) {
        self.served.lock().unwrap().instead = Some((status, body.to_owned()));
    }

    /// Publishes its keys again.
    pub(crate) fn publishes_keys(&self) {
        self.served.lock().unwrap().instead = None;
    }

    /// How often it was asked for its keys.
    pub(crate) fn fetched(&self) -> u32 {
        self.served.lock().unwrap().fetched
    }

    /// The settings of a client that signs, with its keys at their address.
    pub(crate) fn settings(&self) -> ClientForm {
        ClientForm { authentication: "private_key_jwt".to_owned(), jwks_uri: self.at("/jwks"), ..ClientForm::default() }
    }

    /// Signs claims.
    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> String {
        self.served.lock().unwrap().key.sign_as(typ, claims).unwrap()
    }

    /// A new assertion of a client; `more` replaces claims, null removes one.
    pub(crate) fn assertion(&self, client_id: &str, more: &[(&str, Value)]) -> String {
        let now = self.clock.seconds();
        let jti = format!("assertion {}", self.made.fetch_add(1, Ordering::Relaxed));
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 60,
        });
        self.sign("JWT", &changed(claims, more))
    }

    /// A signed request with these parameters; `more` replaces claims, null removes one.
    pub(crate) fn request_object(&self, query: &str, more: &[(&str, Value)]) -> String {
        self.sign("oauth-authz-req+jwt", &self.request_claims(query, more))
    }

    /// The same by the key that is published beside its own.
    pub(crate) fn request_object_by_second(&self, query: &str) -> String {
        let claims = self.request_claims(query, &[]);
        self.served.lock().unwrap().second.as_ref().unwrap().sign_as("oauth-authz-req+jwt", &claims).unwrap()
    }

    fn request_claims(&self, query: &str, more: &[(&str, Value)]) -> Value {
        let now = self.clock.seconds();
        let mut claims: Map<String, Value> =
            url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into(), value.into())).collect();
        let client_id = claims.get("client_id").cloned().unwrap_or_default();
        claims.insert("iss".to_owned(), client_id);
        claims.insert("aud".to_owned(), ISSUER.into());
        claims.insert("exp".to_owned(), (now + 300).into());
        changed(Value::Object(claims), more)
    }
}

fn changed(mut claims: Value, more: &[(&str, Value)]) -> Value {
    for (name, value) in more {
        claims[*name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

/// The parameters of a form with an assertion in it.
pub(crate) fn asserting(body: &str, assertion: &str) -> String {
    url::form_urlencoded::Serializer::new(body.to_owned())
        .append_pair("client_assertion_type", JWT_BEARER)
        .append_pair("client_assertion", assertion)
        .finish()
}
