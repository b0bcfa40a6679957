//! `id_token_hint` (OpenID Connect Core section 3.1.2.1): an ID token of ours, given back to say who is meant.

use crate::jose::{self, Algorithm, JwkSet};

/// The `sub` of a hint that this issuer made for this client; `None` for any other text. An expired token is still a hint.
pub fn subject_of_hint(hint: &str, issuer: &str, client_id: &str, keys: &JwkSet) -> Option<String> {
    let claims = jose::verify(hint, keys, &[Algorithm::ES256]).ok()?.claims;
    let ours = claims.text("iss")? == issuer && claims.audiences() == [client_id];
    claims.text("sub").filter(|_| ours).map(str::to_owned)
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
        let hint = key.sign(&json!({"iss": "i", "aud": "library", "sub": "p", "exp": 1})).unwrap();
        assert_eq!(subject_of_hint(&hint, "i", "library", &keys).as_deref(), Some("p"));
        assert_eq!(subject_of_hint(&hint, "j", "library", &keys), None);
        assert_eq!(subject_of_hint(&hint, "i", "health", &keys), None);
        assert_eq!(subject_of_hint(&hint, "i", "library", &JwkSet::default()), None);
        assert_eq!(subject_of_hint("nonsense", "i", "library", &keys), None);
    }
}
