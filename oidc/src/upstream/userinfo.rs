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
    /// The address with what came beside it, for the decision alone; [`Attributes::address`] is what is passed on.
    pub address: Option<UpstreamAddress>,
}

/// An address in the forms in which a provider gives it. Wiped when it is dropped.
pub struct UpstreamAddress {
    formatted: Option<SecretString>,
    parts: Option<[SecretString; 3]>,
    substitute_flags: Option<SecretString>,
    postal_code: Option<SecretString>,
}

impl UpstreamAddress {
    /// The address as one string, if the provider gave it so.
    pub fn formatted(&self) -> Option<&str> {
        self.formatted.as_ref().map(ExposeSecret::expose_secret)
    }

    /// Prefecture (`region`), municipality with its county and ward (`locality`), and the rest (`street_address`), if the
    /// provider split it; the rest may be empty.
    pub fn parts(&self) -> Option<[&str; 3]> {
        self.parts.as_ref().map(|parts| parts.each_ref().map(|part| part.expose_secret()))
    }

    /// For each character of [`UpstreamAddress::formatted`] `1` where it stands for one that the certificate cannot hold, else
    /// `0` (OID 1.2.392.200149.8.5.5.6), if the provider passes the flags on as `substitute_flags`.
    pub fn substitute_flags(&self) -> Option<&str> {
        self.substitute_flags.as_ref().map(ExposeSecret::expose_secret)
    }

    /// The postcode as the provider wrote it (`postal_code`).
    pub fn postal_code(&self) -> Option<&str> {
        self.postal_code.as_ref().map(ExposeSecret::expose_secret)
    }

    /// The whole address in one string, for whoever it is passed on to.
    fn whole(&self) -> String {
        match (&self.formatted, &self.parts) {
            (Some(formatted), _) => formatted.expose_secret().to_owned(),
            (None, Some(parts)) => parts.iter().map(ExposeSecret::expose_secret).collect(),
            (None, None) => String::new(),
        }
    }
}

#[derive(Deserialize)]
struct Response {
    sub: SecretString,
    name: Option<SecretString>,
    address: Option<Address>,
    birthdate: Option<SecretString>,
    gender: Option<GenderClaim>,
}

/// One string (the Digital Agency) or the members of OpenID Connect Core, section 5.1.1, with the certificate's flags.
#[derive(Deserialize)]
#[serde(untagged)]
enum Address {
    Text(SecretString),
    Object {
        formatted: Option<SecretString>,
        region: Option<SecretString>,
        locality: Option<SecretString>,
        street_address: Option<SecretString>,
        postal_code: Option<SecretString>,
        substitute_flags: Option<SecretString>,
    },
}

impl Address {
    /// None if it says nothing.
    fn read(self) -> Option<UpstreamAddress> {
        let address = match self {
            Address::Text(text) => {
                UpstreamAddress { formatted: Some(text), parts: None, substitute_flags: None, postal_code: None }
            }
            Address::Object { formatted, region, locality, street_address, postal_code, substitute_flags } => {
                let rest = street_address.unwrap_or_else(|| SecretString::from(String::new()));
                let parts = region.zip(locality).map(|(region, locality)| [region, locality, rest]);
                UpstreamAddress { formatted, parts, substitute_flags, postal_code }
            }
        };
        (address.formatted.is_some() || address.parts.is_some()).then_some(address)
    }
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
        let address = response.address.and_then(Address::read);
        let gender = response.gender.map(|gender| match gender {
            GenderClaim::Text(text) => text,
            GenderClaim::Digit(digit) => SecretString::from(digit.to_string()),
        });
        let mut attributes = Attributes::none();
        let mut incomplete = false;
        if let Some(name) = response.name {
            incomplete |= attributes.set_name(name.expose_secret().to_owned()).is_err();
        }
        if let Some(address) = &address {
            incomplete |= attributes.set_address(address.whole()).is_err();
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
        Ok(Self { attributes, incomplete, address })
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
    fn an_address_in_parts_with_flags_and_postcode() {
        let read = parse(
            r#"{"sub":"person","address":{"region":"福島県","locality":"大沼郡昭和村","street_address":"大字大芦1",
                "postal_code":"968-0101"}}"#,
        )
        .ok()
        .unwrap();
        let address = read.address.unwrap();
        assert_eq!(address.parts(), Some(["福島県", "大沼郡昭和村", "大字大芦1"]));
        assert_eq!((address.formatted(), address.postal_code()), (None, Some("968-0101")));
        assert_eq!(read.attributes.address(), Some("福島県大沼郡昭和村大字大芦1"));
        let read = parse(r#"{"sub":"person","address":{"formatted":"〓和村","substitute_flags":"100"}}"#).ok().unwrap();
        let address = read.address.unwrap();
        assert_eq!((address.formatted(), address.substitute_flags()), (Some("〓和村"), Some("100")));
        assert_eq!(address.parts(), None);
        // A locality alone names no place by itself.
        assert!(parse(r#"{"sub":"person","address":{"locality":"昭和村"}}"#).ok().unwrap().address.is_none());
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
