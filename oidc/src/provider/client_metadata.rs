//! Client metadata (RFC 7591, section 2; OpenID Connect Dynamic Client Registration, section 2; RFC 9126, section 6; RFC 9101,
//! section 10.5; RFC 9449, section 5.2): what an import file or a registration request says about a client.
//!
//! It is only read here; what of it a municipality takes, and what it refuses, is the use-case's to say.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What somebody says about a client. Members that are not here are ignored (RFC 7591, section 2).
#[derive(Debug, Deserialize)]
pub struct ClientMetadata {
    /// Wanted id; made if there is none. Registration requests never name one.
    pub client_id: Option<String>,
    /// Wanted secret; made if there is none.
    pub client_secret: Option<SecretString>,
    /// Its name in no particular language.
    pub client_name: Option<String>,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Where responses go.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// How it authenticates; `client_secret_basic` if it does not say.
    pub token_endpoint_auth_method: Option<String>,
    /// `authorization_code` if it does not say.
    pub grant_types: Option<Vec<String>>,
    /// `code` if it does not say.
    pub response_types: Option<Vec<String>>,
    /// With a space between two.
    pub scope: Option<String>,
    /// Ways to reach people.
    #[serde(default)]
    pub contacts: Vec<String>,
    /// Where its keys are.
    pub jwks_uri: Option<String>,
    /// Its keys.
    pub jwks: Option<Value>,
    /// `web` if it does not say.
    pub application_type: Option<String>,
    /// `pairwise` or `public`.
    pub subject_type: Option<String>,
    /// A document with the addresses of a sector.
    pub sector_identifier_uri: Option<String>,
    /// RS256 if it does not say.
    pub id_token_signed_response_alg: Option<String>,
    /// Not encrypted if it does not say.
    pub id_token_encrypted_response_alg: Option<String>,
    /// `A128CBC-HS256` if it does not say and an algorithm is named.
    pub id_token_encrypted_response_enc: Option<String>,
    /// JSON if it does not say.
    pub userinfo_signed_response_alg: Option<String>,
    /// Not encrypted if it does not say.
    pub userinfo_encrypted_response_alg: Option<String>,
    /// As for ID tokens.
    pub userinfo_encrypted_response_enc: Option<String>,
    /// Only signed requests are taken.
    #[serde(default)]
    pub require_signed_request_object: bool,
    /// Only pushed requests are taken.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Only tokens that are bound to a key are given.
    #[serde(default)]
    pub dpop_bound_access_tokens: bool,
    /// Where the browser may go after signing out.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session ended.
    pub backchannel_logout_uri: Option<String>,
    /// `urn:machikagi:profile`: `fapi2` for the FAPI 2.0 Security Profile.
    #[serde(rename = "urn:machikagi:profile")]
    pub profile: Option<String>,
    /// `urn:machikagi:pkce`: `required`, or `when_offered`.
    #[serde(rename = "urn:machikagi:pkce")]
    pub pkce: Option<String>,
    /// `urn:machikagi:events_delivery`: `push` or `poll` for security event tokens.
    #[serde(rename = "urn:machikagi:events_delivery")]
    pub events_delivery: Option<String>,
    /// `urn:machikagi:events_uri`: where they are pushed to.
    #[serde(rename = "urn:machikagi:events_uri")]
    pub events_uri: Option<String>,
    /// `urn:machikagi:events_authorization`: the `Authorization` header that goes with each push. It is told to nobody again.
    #[serde(rename = "urn:machikagi:events_authorization")]
    pub events_authorization: Option<SecretString>,
    /// `urn:machikagi:events`: which.
    #[serde(rename = "urn:machikagi:events", default)]
    pub events: Vec<String>,
    /// `urn:machikagi:claims`: coarse claims that it may ask for, such as `age_band` and `age_over_20`.
    #[serde(rename = "urn:machikagi:claims", default)]
    pub claims: Vec<String>,
    /// `urn:machikagi:acr_words`: a level of ours, such as `ial3-aal2`, and the client's own word for it.
    #[serde(rename = "urn:machikagi:acr_words", default)]
    pub acr_words: BTreeMap<String, String>,
    /// Everything else; of it names in languages (`client_name#ja`) are looked at.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

impl ClientMetadata {
    /// Reads the JSON of an import: one client, or an array of them.
    ///
    /// # Errors
    /// What the JSON reader says, with line and column.
    pub fn read_file(json: &str) -> Result<Vec<Self>, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum File {
            Many(Vec<Value>),
            One(Value),
        }
        let clients = match serde_json::from_str(json)? {
            File::Many(clients) => clients,
            File::One(client) => vec![client],
        };
        clients.into_iter().map(serde_json::from_value).collect()
    }

    /// Its name in a language (`client_name#ja`), or in none.
    pub fn name_in(&self, language: &str) -> Option<&str> {
        let tagged = self.others.get(&format!("client_name#{language}")).and_then(Value::as_str);
        tagged.or(self.client_name.as_deref())
    }

    /// The same without an id or a secret: who registers gets both from us (RFC 7591, section 3.2.1).
    #[must_use]
    pub fn without_credentials(self) -> Self {
        Self { client_id: None, client_secret: None, ..self }
    }

    /// A member or its default.
    pub fn auth_method(&self) -> &str {
        self.token_endpoint_auth_method.as_deref().unwrap_or("client_secret_basic")
    }
}

/// What a client is told after it was registered (RFC 7591, section 3.2.1).
#[derive(Debug, Serialize)]
pub struct RegisteredClient {
    /// Its id.
    pub client_id: String,
    /// Its secret, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// When it was registered, in seconds since 1970.
    pub client_id_issued_at: i64,
    /// When the secret ends; there only where there is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
    /// Everything that was registered about it, in the words of the standards.
    #[serde(flatten)]
    pub metadata: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_client_or_many() {
        let one = r#"{"client_name": "Library", "client_name#ja": "図書館", "redirect_uris": ["https://a.example/cb"], "x": 1}"#;
        let read = ClientMetadata::read_file(one).unwrap();
        assert_eq!((read[0].name_in("ja"), read[0].name_in("en")), (Some("図書館"), Some("Library")));
        assert_eq!(read[0].auth_method(), "client_secret_basic");
        assert_eq!(ClientMetadata::read_file(&format!("[{one}, {one}]")).unwrap().len(), 2);
        for broken in ["", "1", "[1]", r#"{"redirect_uris": "x"}"#] {
            assert!(ClientMetadata::read_file(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_secret_is_shown_by_no_debug_output() {
        let read = ClientMetadata::read_file(r#"{"client_secret": "geheim"}"#).unwrap();
        assert!(!format!("{read:?}").contains("geheim"));
    }

    proptest! {
        #[test]
        fn foreign_files_never_panic(text in ".*") {
            let _ = ClientMetadata::read_file(&text);
        }
    }
}
