//! Logout: what a service asks for when somebody leaves it (OpenID Connect RP-Initiated Logout 1.0), and what services are told
//! when a session ends (OpenID Connect Back-Channel Logout 1.0).

use domain::locale::Locale;
use domain::names::ClientId;
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use super::authorize::{MAX_STATE_BYTES, opaque};
use super::id_token_hint::Hint;
use crate::error::ProtocolError;
use crate::jose::{JwkSet, SigningFailed, SigningKey};
use crate::parameters::Parameters;

/// What a service asks for. Where the browser goes afterwards is still to be found among the client's own addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutRequest {
    /// The client, if the request says in one way or another who asks.
    pub client_id: Option<ClientId>,
    /// Whom it means.
    pub hint: Option<Hint>,
    /// Where the browser shall go.
    pub post_logout_redirect_uri: Option<String>,
    /// Given back with it.
    pub state: Option<String>,
    /// The language that the service asks for.
    pub locale: Option<Locale>,
}

impl LogoutRequest {
    /// Reads the request. A hint that this issuer did not make, or whose key is gone, is as good as none: then the person is
    /// asked.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is repeated or too long, or when the hint was made for another client than the one
    /// that asks.
    pub fn read(parameters: &Parameters, issuer: &str, keys: &JwkSet) -> Result<Self, ProtocolError> {
        let named = parameters.get("client_id")?;
        let hint = parameters.get("id_token_hint")?.and_then(|token| Hint::read(token, issuer, keys));
        if let (Some(named), Some(hint)) = (named, &hint)
            && hint.client_id != named
        {
            return Err(ProtocolError::invalid_request("id_token_hint was made for another client"));
        }
        let client_id = named.or(hint.as_ref().map(|hint| hint.client_id.as_str())).map(ClientId::parse).transpose();
        Ok(Self {
            client_id: client_id.map_err(|_| ProtocolError::invalid_request("client_id is not one"))?,
            hint,
            post_logout_redirect_uri: parameters.get("post_logout_redirect_uri")?.map(str::to_owned),
            state: opaque(parameters, "state", MAX_STATE_BYTES, "state is too long or not printable ASCII")?,
            locale: parameters.get("ui_locales")?.and_then(Locale::of_ui_locales),
        })
    }
}

/// How long a logout token may be looked at: services read it at once (section 2.4 recommends two minutes at most).
const LOGOUT_TOKEN_LIFE: Duration = Duration::minutes(2);

/// What a service is told when a session ended. Never a `nonce` (section 2.4).
#[derive(Debug, Clone, Copy)]
pub struct LogoutToken<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The service.
    pub client_id: &'a str,
    /// The person, as this service knows them.
    pub sub: &'a str,
    /// The session, as this service knows it.
    pub sid: Option<&'a str>,
    /// Unique.
    pub jti: &'a str,
    /// The time.
    pub now: OffsetDateTime,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
    events: Events,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

#[derive(Serialize)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    backchannel_logout: Empty,
}

#[derive(Serialize)]
struct Empty {}

impl LogoutToken<'_> {
    /// The signed token, of type `logout+jwt`, which keeps it from being taken for an ID token.
    ///
    /// # Errors
    /// When the cryptography library fails.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningFailed> {
        let claims = Claims {
            iss: self.issuer,
            sub: self.sub,
            aud: self.client_id,
            iat: self.now.unix_timestamp(),
            exp: (self.now + LOGOUT_TOKEN_LIFE).unix_timestamp(),
            jti: self.jti,
            events: Events { backchannel_logout: Empty {} },
            sid: self.sid,
        };
        key.sign_as("logout+jwt", &claims)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::jose::{self, Algorithm};

    fn key() -> SigningKey {
        SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
    }

    fn hint_by(key: &SigningKey) -> String {
        let claims = json!({"iss": "i", "aud": "library", "sub": "p", "sid": "s", "exp": 1, "iat": 0, "auth_time": 0});
        key.sign(&claims).unwrap()
    }

    fn read(query: &str, key: &SigningKey) -> Result<LogoutRequest, ProtocolError> {
        LogoutRequest::read(&Parameters::parse(query), "i", &JwkSet::of([key.public_jwk()]))
    }

    #[test]
    fn a_hint_says_who_asks_and_whom_they_mean() {
        let key = key();
        let hint = hint_by(&key);
        let request = read(&format!("id_token_hint={hint}&state=x&ui_locales=fr+ja"), &key).unwrap();
        assert_eq!(request.client_id.as_ref().map(ClientId::as_str), Some("library"));
        assert_eq!(request.hint.unwrap().sid.as_deref(), Some("s"));
        assert_eq!((request.state.as_deref(), request.locale), (Some("x"), Some(Locale::Ja)));
        let refused = read(&format!("id_token_hint={hint}&client_id=health"), &key).unwrap_err();
        assert_eq!(refused, ProtocolError::invalid_request("id_token_hint was made for another client"));
    }

    #[test]
    fn a_foreign_hint_is_none() {
        let (key, other) = (key(), key());
        let hint = hint_by(&other);
        let request = read(&format!("id_token_hint={hint}"), &key).unwrap();
        assert_eq!((request.client_id, request.hint), (None, None));
        let request = read(&format!("id_token_hint={hint}&client_id=library"), &key).unwrap();
        assert!(request.client_id.is_some() && request.hint.is_none());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let key = key();
        for query in ["state=a&state=b", "client_id=%20", "post_logout_redirect_uri=a&post_logout_redirect_uri=a"] {
            assert!(read(query, &key).is_err(), "{query}");
        }
        assert!(read(&format!("state={}", "s".repeat(MAX_STATE_BYTES + 1)), &key).is_err());
    }

    // conforms: OpenID Connect Back-Channel Logout 1.0 §2.4 MUST
    #[test]
    fn a_logout_token_is_no_id_token() {
        let key = key();
        let now = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
        let token = LogoutToken { issuer: "i", client_id: "library", sub: "p", sid: Some("s"), jti: "j", now };
        let signed = token.sign(&key).unwrap();
        let read = jose::verify(&signed, &JwkSet::of([key.public_jwk()]), &[Algorithm::ES256]).unwrap();
        assert_eq!(read.typ.as_deref(), Some("logout+jwt"));
        let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
        assert_eq!(read.claims.get("events"), Some(&event));
        assert_eq!(read.claims.get("nonce"), None);
        assert_eq!(read.claims.get("exp"), Some(&json!(1_795_000_120)));
    }

    proptest! {
        #[test]
        fn foreign_requests_never_panic(query in ".*") {
            let _ = LogoutRequest::read(&Parameters::parse(&query), "i", &JwkSet::default());
        }
    }
}
