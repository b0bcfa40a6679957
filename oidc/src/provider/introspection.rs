//! What a client asks about a token that it holds: introspection (RFC 7662) and revocation (RFC 7009). Both requests are a token
//! in a form, from a client that authenticates as at the token endpoint.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::claims_request::Scopes;
use super::token::TokenType;
use crate::error::ProtocolError;
use crate::jose::Thumbprint;
use crate::parameters::Parameters;

/// Reads the token. `token_type_hint` is for servers that have to search; whatever it says, the token is found by itself.
///
/// # Errors
/// `invalid_request` without a token, or with two.
pub fn token_asked_about(body: &Parameters) -> Result<SecretString, ProtocolError> {
    body.refuse_repeated(&["token", "token_type_hint", "client_id"])?;
    Ok(body.require("token", "token is missing")?.into())
}

/// An answer of the introspection endpoint (RFC 7662 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Introspection {
    /// The token counts for nothing, or is another client's: which of them is not said.
    Inactive,
    /// The token counts.
    Active {
        /// The issuer.
        iss: String,
        /// Whose token it is; also its audience.
        client_id: String,
        /// The resident, as this client knows them.
        sub: String,
        /// When it ends.
        exp: OffsetDateTime,
        /// What was granted with it.
        scopes: Scopes,
        /// How an access token is used; nothing of a refresh token.
        token_type: Option<TokenType>,
        /// The key that it is bound to (RFC 9449 section 6.2).
        key: Option<Thumbprint>,
    },
}

impl Serialize for Introspection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Introspection::Inactive => map.serialize_entry("active", &false)?,
            Introspection::Active { iss, client_id, sub, exp, scopes, token_type, key } => {
                map.serialize_entry("active", &true)?;
                map.serialize_entry("iss", iss)?;
                map.serialize_entry("client_id", client_id)?;
                map.serialize_entry("aud", client_id)?;
                map.serialize_entry("sub", sub)?;
                map.serialize_entry("scope", &scopes.to_string())?;
                if let Some(token_type) = token_type {
                    map.serialize_entry("token_type", token_type)?;
                }
                if let Some(key) = key {
                    map.serialize_entry("cnf", &BTreeMap::from([("jkt", key.to_text())]))?;
                }
                map.serialize_entry("exp", &exp.unix_timestamp())?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_token_is_asked_about_once() {
        let read = |body: &str| token_asked_about(&Parameters::parse(body));
        assert_eq!(read("token=t&token_type_hint=refresh_token").unwrap().expose_secret(), "t");
        for body in ["", "token=", "token=a&token=b", "token=a&token_type_hint=x&token_type_hint=y"] {
            assert!(read(body).is_err(), "{body}");
        }
    }

    #[test]
    fn answers_are_the_json_of_rfc_7662() {
        assert_eq!(serde_json::to_string(&Introspection::Inactive).unwrap(), r#"{"active":false}"#);
        let client_id = "library".to_owned();
        let exp = datetime!(2026-11-22 12:00 UTC);
        let active = |token_type, key| {
            let (iss, client_id) = ("https://id.example/t/showa".to_owned(), client_id.clone());
            let (sub, scopes) = ("s".to_owned(), Scopes::parse("openid residency"));
            let active = Introspection::Active { iss, client_id, sub, exp, scopes, token_type, key };
            serde_json::to_string(&active).unwrap()
        };
        insta::assert_snapshot!(
            active(Some(TokenType::Bearer), None),
            @r#"{"active":true,"iss":"https://id.example/t/showa","client_id":"library","aud":"library","sub":"s","scope":"openid residency","token_type":"Bearer","exp":1795348800}"#
        );
        insta::assert_snapshot!(
            active(Some(TokenType::DPoP), Some(Thumbprint::from_bytes([0; 32]))),
            @r#"{"active":true,"iss":"https://id.example/t/showa","client_id":"library","aud":"library","sub":"s","scope":"openid residency","token_type":"DPoP","cnf":{"jkt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},"exp":1795348800}"#
        );
        insta::assert_snapshot!(
            active(None, None),
            @r#"{"active":true,"iss":"https://id.example/t/showa","client_id":"library","aud":"library","sub":"s","scope":"openid residency","exp":1795348800}"#
        );
    }
}
