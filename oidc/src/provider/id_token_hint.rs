//! `id_token_hint` (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2): an ID token of ours, given back to say
//! who is meant.

use crate::jose::{self, Algorithm, JwkSet};

/// What an ID token of ours said when it was issued. An expired token is still a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// For whom it was made.
    pub client_id: String,
    /// The person, as that client knows them.
    pub sub: String,
    /// The session, as that client knows it.
    pub sid: Option<String>,
}

/// What every ID token of ours says and nothing else that we sign does: userinfo has neither of the first two, a logout token
/// and a security event have no `auth_time`.
const OF_AN_ID_TOKEN: [&str; 3] = ["exp", "iat", "auth_time"];

impl Hint {
    /// Reads an ID token that this issuer made; `None` for any other text, and for what the same keys signed for another use
    /// (RFC 8725 section 3.12). `keys` are also those that sign no more: a hint may be as old as its service.
    pub fn read(token: &str, issuer: &str, keys: &JwkSet) -> Option<Self> {
        let signed = jose::verify(token, keys, &Algorithm::ALL).ok()?;
        let claims = signed.claims;
        let is_id_token = signed.typ.as_deref() == Some("JWT")
            && OF_AN_ID_TOKEN.iter().all(|name| claims.time(name).is_some())
            && claims.get("events").is_none();
        is_id_token.then_some(())?;
        let audiences = claims.audiences();
        let [client_id] = audiences.as_slice() else { return None };
        (claims.text("iss")? == issuer).then_some(())?;
        Some(Self {
            client_id: (*client_id).to_owned(),
            sub: claims.text("sub")?.to_owned(),
            sid: claims.text("sid").map(str::to_owned),
        })
    }
}

/// The `sub` of a hint that this issuer made for this client; `None` for any other text.
pub fn subject_of_hint(token: &str, issuer: &str, client_id: &str, keys: &JwkSet) -> Option<String> {
    Hint::read(token, issuer, keys).filter(|hint| hint.client_id == client_id).map(|hint| hint.sub)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::jose::SigningKey;

    fn id_token() -> Value {
        json!({"iss": "i", "aud": "library", "sub": "p", "sid": "s", "exp": 1, "iat": 0, "auth_time": 0})
    }

    #[test]
    fn a_hint_counts_only_for_its_issuer_and_client() {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let keys = JwkSet::of([key.public_jwk()]);
        let hint = key.sign(&id_token()).unwrap();
        assert_eq!(subject_of_hint(&hint, "i", "library", &keys).as_deref(), Some("p"));
        assert_eq!(subject_of_hint(&hint, "j", "library", &keys), None);
        assert_eq!(subject_of_hint(&hint, "i", "health", &keys), None);
        assert_eq!(subject_of_hint(&hint, "i", "library", &JwkSet::default()), None);
        assert_eq!(subject_of_hint("nonsense", "i", "library", &keys), None);
        let read = Hint::read(&hint, "i", &keys).unwrap();
        assert_eq!((read.client_id.as_str(), read.sid.as_deref()), ("library", Some("s")));
        let mut two = id_token();
        two["aud"] = json!(["library", "health"]);
        assert_eq!(Hint::read(&key.sign(&two).unwrap(), "i", &keys), None);
    }

    #[test]
    fn what_was_signed_for_another_use_is_no_hint() {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let keys = JwkSet::of([key.public_jwk()]);
        for typ in ["logout+jwt", "secevent+jwt", "at+jwt", ""] {
            assert_eq!(Hint::read(&key.sign_as(typ, &id_token()).unwrap(), "i", &keys), None, "{typ}");
        }
        // Signed userinfo has an issuer, an audience and a subject, too.
        for missing in ["exp", "iat", "auth_time"] {
            let mut claims = id_token();
            claims.as_object_mut().unwrap().remove(missing);
            assert_eq!(Hint::read(&key.sign(&claims).unwrap(), "i", &keys), None, "{missing}");
        }
        let mut event = id_token();
        event["events"] = json!({});
        assert_eq!(Hint::read(&key.sign(&event).unwrap(), "i", &keys), None);
    }
}
