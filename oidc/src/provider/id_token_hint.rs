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

impl Hint {
    /// Reads a token that this issuer made; `None` for any other text.
    pub fn read(token: &str, issuer: &str, keys: &JwkSet) -> Option<Self> {
        let claims = jose::verify(token, keys, &[Algorithm::ES256, Algorithm::RS256, Algorithm::PS256]).ok()?.claims;
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
    use serde_json::json;

    use super::*;
    use crate::jose::SigningKey;

    #[test]
    fn a_hint_counts_only_for_its_issuer_and_client() {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let keys = JwkSet::of([key.public_jwk()]);
        let hint = key.sign(&json!({"iss": "i", "aud": "library", "sub": "p", "sid": "s", "exp": 1})).unwrap();
        assert_eq!(subject_of_hint(&hint, "i", "library", &keys).as_deref(), Some("p"));
        assert_eq!(subject_of_hint(&hint, "j", "library", &keys), None);
        assert_eq!(subject_of_hint(&hint, "i", "health", &keys), None);
        assert_eq!(subject_of_hint(&hint, "i", "library", &JwkSet::default()), None);
        assert_eq!(subject_of_hint("nonsense", "i", "library", &keys), None);
        let read = Hint::read(&hint, "i", &keys).unwrap();
        assert_eq!((read.client_id.as_str(), read.sid.as_deref()), ("library", Some("s")));
        let two = key.sign(&json!({"iss": "i", "aud": ["library", "health"], "sub": "p"})).unwrap();
        assert_eq!(Hint::read(&two, "i", &keys), None);
    }
}
