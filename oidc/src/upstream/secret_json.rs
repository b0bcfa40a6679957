//! A provider's answer about a person as a tree whose texts are wiped when it is dropped. It cannot be printed or written out.

use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::claim_map::ClaimPath;

pub(super) enum SecretJson {
    Nothing,
    Text(SecretString),
    Number(SecretString),
    Switch,
    List,
    Object(Vec<(String, SecretJson)>),
}

impl SecretJson {
    /// A JSON object; the last member of a name counts, as in every reader of JSON here.
    pub(super) fn object(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok().filter(|read| matches!(read, Self::Object(_)))
    }

    /// What stands at a path.
    pub(super) fn find(&self, path: &ClaimPath) -> Option<&Self> {
        let mut found = self;
        for member in path.members() {
            found = found.member(&member)?;
        }
        Some(found)
    }

    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A text, or a number as it was written.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text.expose_secret()),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for SecretJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = SecretJson;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<SecretJson, E> {
        Ok(SecretJson::Nothing)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<SecretJson, E> {
        Ok(SecretJson::Switch)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<SecretJson, E> {
        Ok(SecretJson::Number(number.to_string().into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<SecretJson, E> {
        Ok(SecretJson::Number(number.to_string().into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<SecretJson, E> {
        Ok(SecretJson::Number(number.to_string().into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SecretJson, E> {
        Ok(SecretJson::Text(text.into()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<SecretJson, E> {
        Ok(SecretJson::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<SecretJson, A::Error> {
        // No claim that we read is a list; its items are read over and dropped.
        while items.next_element::<SecretJson>()?.is_some() {}
        Ok(SecretJson::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<SecretJson, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(SecretJson::Object(object))
    }
}
