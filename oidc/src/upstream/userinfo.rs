//! The userinfo response of a provider (OpenID Connect Core section 5.3), from which a card's attributes come.

use domain::attributes::{Attributes, Gender, parse_birthdate};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Why a userinfo response is refused. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoRefused {
    /// Not a JSON object with `sub`, or a claim of another type than agreed.
    #[error("the userinfo response is malformed")]
    Malformed,
    /// About somebody else than the ID token (section 5.3.2).
    #[error("the userinfo response is about another subject")]
    OtherSubject,
}

/// What the provider attests about a person, in the form in which a decision needs it.
pub struct UpstreamAttributes {
    /// The attributes that could be read. One that could not is absent: what depends on it is undecidable.
    pub attributes: Attributes,
    /// An attribute was there and could not be read: too long, or a date that does not exist.
    pub incomplete: bool,
}

#[derive(Deserialize)]
struct Response {
    sub: SecretString,
    name: Option<SecretString>,
    address: Option<Address>,
    birthdate: Option<SecretString>,
    gender: Option<GenderClaim>,
}

/// One string (the Digital Agency) or `{formatted}` (OpenID Connect).
#[derive(Deserialize)]
#[serde(untagged)]
enum Address {
    Text(SecretString),
    Object { formatted: Option<SecretString> },
}

/// A word, or the certificate's digit as text or as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum GenderClaim {
    Text(SecretString),
    Digit(u8),
}

impl UpstreamAttributes {
    /// Reads a JSON response that was fetched with the access token of `subject`.
    ///
    /// # Errors
    /// See [`UserinfoRefused`].
    pub fn parse(json: &[u8], subject: &str) -> Result<Self, UserinfoRefused> {
        let response: Response = serde_json::from_slice(json).map_err(|_| UserinfoRefused::Malformed)?;
        if response.sub.expose_secret() != subject {
            return Err(UserinfoRefused::OtherSubject);
        }
        let address = response.address.and_then(|address| match address {
            Address::Text(text) => Some(text),
            Address::Object { formatted } => formatted,
        });
        let gender = response.gender.map(|gender| match gender {
            GenderClaim::Text(text) => text,
            GenderClaim::Digit(digit) => SecretString::from(digit.to_string()),
        });
        let mut attributes = Attributes::none();
        let mut incomplete = false;
        if let Some(name) = response.name {
            incomplete |= attributes.set_name(name.expose_secret().to_owned()).is_err();
        }
        if let Some(address) = address {
            incomplete |= attributes.set_address(address.expose_secret().to_owned()).is_err();
        }
        if let Some(text) = response.birthdate {
            match parse_birthdate(text.expose_secret()) {
                Ok(date) => attributes.set_birthdate(date),
                Err(_) => incomplete = true,
            }
        }
        if let Some(text) = gender {
            match Gender::parse(text.expose_secret()) {
                Ok(gender) => attributes.set_gender(gender),
                Err(_) => incomplete = true,
            }
        }
        Ok(Self { attributes, incomplete })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<UpstreamAttributes, UserinfoRefused> {
        UpstreamAttributes::parse(json.as_bytes(), "person")
    }

    fn refused(json: &str) -> UserinfoRefused {
        parse(json).err().unwrap()
    }

    #[test]
    fn the_digital_agencys_form() {
        let read = parse(
            r#"{"sub":"person","name":"昭和 花子","address":"福島県大沼郡昭和村大字下中津川字中島652番地",
                "birthdate":"19900401","gender":"2"}"#,
        )
        .ok()
        .unwrap();
        assert!(!read.incomplete);
        assert_eq!(read.attributes.name(), Some("昭和 花子"));
        assert_eq!(read.attributes.address(), Some("福島県大沼郡昭和村大字下中津川字中島652番地"));
        assert_eq!(read.attributes.birthdate(), parse_birthdate("1990-04-01").ok());
        assert_eq!(read.attributes.gender().map(Gender::claim), Some("female"));
    }

    #[test]
    fn the_form_of_openid_connect() {
        let read = parse(
            r#"{"sub":"person","address":{"formatted":"福島県","country":"JP"},"birthdate":"1990-04-01","gender":"female"}"#,
        )
        .ok()
        .unwrap();
        assert!(!read.incomplete);
        assert_eq!(read.attributes.address(), Some("福島県"));
        assert_eq!(read.attributes.name(), None);
        assert_eq!(
            parse(r#"{"sub":"person","gender":1}"#).ok().unwrap().attributes.gender().map(Gender::claim),
            Some("male")
        );
        assert!(parse(r#"{"sub":"person","address":{}}"#).ok().unwrap().attributes.address().is_none());
    }

    #[test]
    fn what_cannot_be_read_is_absent_and_said() {
        for json in [
            r#"{"sub":"person","birthdate":"1990"}"#.to_owned(),
            r#"{"sub":"person","birthdate":"19900431"}"#.to_owned(),
            r#"{"sub":"person","gender":"?"}"#.to_owned(),
            format!(r#"{{"sub":"person","name":"{}"}}"#, "字".repeat(101)),
            format!(r#"{{"sub":"person","address":"{}"}}"#, "字".repeat(201)),
        ] {
            let read = parse(&json).ok().unwrap();
            assert!(read.incomplete && read.attributes.items().is_empty());
        }
    }

    #[test]
    fn userinfo_with_another_sub() {
        assert_eq!(refused(r#"{"sub":"other","name":"昭和 花子"}"#), UserinfoRefused::OtherSubject);
        assert_eq!(refused(r#"{"sub":""}"#), UserinfoRefused::OtherSubject);
        assert_eq!(refused(r#"{"name":"昭和 花子"}"#), UserinfoRefused::Malformed);
    }

    #[test]
    fn malformed_responses_leave_no_word_in_the_error() {
        for json in
            ["", "[]", "e30.e30.x", r#"{"sub":"person","name":["昭和 花子"]}"#, r#"{"sub":"person","address":1}"#]
        {
            let error = refused(json);
            assert_eq!(error, UserinfoRefused::Malformed);
            assert!(!format!("{error:?} {error}").contains("昭和"));
        }
    }

    proptest::proptest! {
        #[test]
        fn foreign_responses_never_panic(text in ".*") {
            let _ = parse(&text);
        }
    }
}
