//! base64url without padding (RFC 7515 section 2), strict: one spelling per value, so that no two texts mean the same token.
//! And JSON objects, strict as well.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn from_base64url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Reads a JSON object. The readers that serde makes would take an array as well, its items for the members by their place: no
/// protocol means that.
pub(crate) fn from_json_object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    if !json.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use crate::jose::{self, Algorithm, JwkSet, JwsError};
    use crate::passkey::{RegistrationAnswer, SignInAnswer};
    use crate::provider::client_assertion::claimed_client;
    use crate::provider::security_event::PollRequest;
    use crate::upstream::discovery::{EndpointPolicy, UpstreamMetadata};
    use crate::upstream::token::UpstreamTokens;

    use super::*;

    // conforms: Our own
    #[test]
    fn an_array_is_not_taken_for_an_object() {
        assert_eq!(from_json_object::<serde_json::Value>(b" \n{}"), Some(serde_json::json!({})));
        assert!(UpstreamTokens::parse(br#"["access", "Bearer", "id", null]"#).is_err());
        let discovery = br#"["https://card.example", "https://card.example/a", "https://card.example/t", null,
            "https://card.example/j", ["code"], ["ES256"], null, false]"#;
        assert!(UpstreamMetadata::parse(discovery, "https://card.example", EndpointPolicy::Https).is_err());
        assert!(JwkSet::parse(b"[[]]").is_err());
        let rsa_in_places = br#"{"keys": [["RSA", "kid", null, null, null, null, null, "AQAB", "AQAB", null]]}"#;
        assert!(JwkSet::parse(rsa_in_places).unwrap().keys().is_empty());
        assert!(PollRequest::read(b"[1]").is_err());
        let token = format!("{}.{}.AA", base64url(r#"["ES256", null, null, null]"#), base64url(r#"["library"]"#));
        assert_eq!(claimed_client(&token), None);
        assert_eq!(jose::verify(&token, &JwkSet::default(), &Algorithm::ALL).err(), Some(JwsError::Malformed));
        let page = base64url(r#"["webauthn.create", "AA", "https://id.example.jp", false, null]"#);
        let made =
            format!(r#"{{"clientDataJSON":"{page}","authenticatorData":"","publicKey":"","publicKeyAlgorithm":-7}}"#);
        assert!(RegistrationAnswer::parse(&made).is_err());
        assert!(RegistrationAnswer::parse(r#"["", "", "", -7]"#).is_err());
        assert!(SignInAnswer::parse(r#"["", "", "", "", ""]"#).is_err());
    }
}
