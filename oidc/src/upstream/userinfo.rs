//! What a provider says about a person: its userinfo response (OpenID Connect Core section 5.3), or userdata whose fields are
//! sealed to us. From either a card's attributes come, under the names and in the forms of the connection's [`ClaimMap`].

use std::cell::Cell;

use domain::attributes::Attributes;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::claim_map::{ClaimMap, ClaimPath, ClaimPaths, moment};
use super::sealed_fields::FieldKey;
use super::secret_json::SecretJson;
use crate::jose::JwsError;

/// Why an answer is refused. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoRefused {
    /// Not a JSON object with the subject, or a claim of another type than agreed.
    #[error("the userinfo response is malformed")]
    Malformed,
    /// About somebody else than the ID token (section 5.3.2).
    #[error("the userinfo response is about another subject")]
    OtherSubject,
    /// A field is not sealed to our key, and is not one of those that may stand in clear.
    #[error("a field of the userdata is not sealed to us")]
    Seal,
    /// It must be signed, and no key fits: the keys may have been rotated. After one refetch it is final.
    #[error("no key of the provider fits the userinfo")]
    UnknownKey,
    /// It must be signed, and is not, or not as agreed.
    #[error("the userinfo is not signed as agreed")]
    Signature(#[source] JwsError),
    /// Signed, by another issuer.
    #[error("wrong iss of the userinfo")]
    Issuer,
    /// Signed, and not for us, or for others too.
    #[error("wrong aud of the userinfo")]
    Audience,
    /// Signed, and over, or not begun.
    #[error("the userinfo is not of this time")]
    Time,
}

/// What the provider attests about a person, in the form in which a decision needs it.
pub struct UpstreamAttributes {
    /// The attributes that could be read. One that could not is absent: what depends on it is undecidable.
    pub attributes: Attributes,
    /// An attribute was there and could not be read: too long, or a date that does not exist.
    pub incomplete: bool,
    /// The address with what came beside it, for the decision alone; [`Attributes::address`] is what is passed on.
    pub address: Option<UpstreamAddress>,
    /// When the provider verified them, if it says so.
    pub verified_at: Option<OffsetDateTime>,
    /// The subject that the same person had before, if the provider says that it has changed.
    pub former_subject: Option<SecretString>,
    /// A field was sealed to a key from before the newest.
    pub former_key: bool,
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

/// An answer with what it is read by.
struct Reader<'a> {
    answer: SecretJson,
    map: &'a ClaimMap,
    keys: Option<&'a [FieldKey]>,
    /// A field opened with another key than the first.
    former_key: Cell<bool>,
}

impl Reader<'_> {
    /// What stands in clear at a path; null is nothing.
    fn clear(&self, path: Option<&ClaimPath>) -> Result<Option<&str>, UserinfoRefused> {
        match path.and_then(|path| self.answer.find(path)) {
            None | Some(SecretJson::Nothing) => Ok(None),
            Some(found) => found.text().map(Some).ok_or(UserinfoRefused::Malformed),
        }
    }

    /// A claim, opened where fields are sealed.
    fn claim(&self, path: Option<&ClaimPath>) -> Result<Option<SecretString>, UserinfoRefused> {
        let text = path.zip(self.clear(path)?);
        text.map(|(path, text)| self.opened(path, text)).transpose()
    }

    /// A claim in pieces; those that are missing or empty are left out. None where all are.
    fn joined(&self, paths: Option<&ClaimPaths>, between: char) -> Result<Option<SecretString>, UserinfoRefused> {
        let mut pieces = Vec::new();
        for path in paths.map(ClaimPaths::pieces).unwrap_or_default() {
            pieces.extend(self.claim(Some(path))?.filter(|piece| !piece.expose_secret().is_empty()));
        }
        // As long as it gets, so that nothing of it is left behind where it grew.
        let length = pieces.iter().map(|piece| piece.expose_secret().len() + between.len_utf8()).sum();
        let mut whole = Zeroizing::new(String::with_capacity(length));
        for piece in &pieces {
            if !whole.is_empty() {
                whole.push(between);
            }
            whole.push_str(piece.expose_secret());
        }
        Ok((!whole.is_empty()).then(|| whole.as_str().into()))
    }

    /// A text that was found at a path. Whoever lists a path as in clear says what comes there, not that it is never sealed: what
    /// opens is taken as opened.
    fn opened(&self, path: &ClaimPath, text: &str) -> Result<SecretString, UserinfoRefused> {
        let Some(keys) = self.keys else { return Ok(text.into()) };
        let mut opened = keys.iter().enumerate().filter_map(|(at, key)| Some((at, key.open(text).ok()?)));
        match opened.next() {
            Some((at, opened)) => {
                self.former_key.set(self.former_key.get() || at > 0);
                Ok(opened)
            }
            None if self.map.in_clear.contains(path) => Ok(text.into()),
            None => Err(UserinfoRefused::Seal),
        }
    }

    /// Whether the answer is about the person of the ID token.
    ///
    /// Userinfo must say so (OpenID Connect Core, section 5.3.2). Userdata is no userinfo, and some say no subject there; whom it is
    /// about then follows from the access token alone, which came with that ID token in one answer of the token endpoint, and which
    /// nobody else sees. A connection has to say that it may be missing. A subject that is there is always compared.
    fn is_about(&self, subject: &str) -> Result<(), UserinfoRefused> {
        match self.answer.find(&self.map.subject) {
            Some(SecretJson::Text(named)) if named.expose_secret() == subject => Ok(()),
            Some(SecretJson::Text(_)) => Err(UserinfoRefused::OtherSubject),
            None | Some(SecretJson::Nothing) if self.map.subject_optional && self.keys.is_some() => Ok(()),
            _ => Err(UserinfoRefused::Malformed),
        }
    }

    /// The address, as one string where the provider gives one. None if it says nothing.
    fn address(&self) -> Result<Option<UpstreamAddress>, UserinfoRefused> {
        let map = self.map;
        let whole = map.address.as_ref().and_then(|path| Some((path, self.answer.find(path)?)));
        let formatted = match whole {
            Some((path, object @ SecretJson::Object(_))) => match object.member("formatted") {
                None | Some(SecretJson::Nothing) => None,
                Some(found) => Some(self.opened(path, found.text().ok_or(UserinfoRefused::Malformed)?)?),
            },
            Some((path, _)) => self.claim(Some(path))?,
            None => None,
        };
        let (prefecture, city) = (self.claim(map.prefecture.as_ref())?, self.claim(map.city.as_ref())?);
        let rest = self.claim(map.street.as_ref())?.unwrap_or_else(|| SecretString::from(String::new()));
        let parts = prefecture.zip(city).map(|(prefecture, city)| [prefecture, city, rest]);
        let address = UpstreamAddress {
            formatted,
            parts,
            substitute_flags: self.claim(map.substitute_flags.as_ref())?,
            postal_code: self.claim(map.postal_code.as_ref())?,
        };
        Ok((address.formatted.is_some() || address.parts.is_some()).then_some(address))
    }
}

impl UpstreamAttributes {
    /// Reads a JSON answer that was fetched with the access token that came with the ID token of `subject`. With `keys`, the newest
    /// first, it is userdata: every claim is sealed to one of them but for the subject, the time of the verification and what the map
    /// lists as in clear.
    ///
    /// # Errors
    /// See [`UserinfoRefused`].
    pub fn parse(
        json: &[u8],
        subject: &str,
        map: &ClaimMap,
        keys: Option<&[FieldKey]>,
    ) -> Result<Self, UserinfoRefused> {
        let answer = SecretJson::object(json).ok_or(UserinfoRefused::Malformed)?;
        let reader = Reader { answer, map, keys, former_key: Cell::new(false) };
        reader.is_about(subject)?;
        let address = reader.address()?;
        let mut attributes = Attributes::none();
        let mut incomplete = false;
        if let Some(name) = reader.joined(map.name.as_ref(), ' ')? {
            incomplete |= attributes.set_name(name.expose_secret().to_owned()).is_err();
        }
        if let Some(address) = &address {
            incomplete |= attributes.set_address(address.whole()).is_err();
        }
        if let Some(text) = reader.joined(map.birthdate.as_ref(), '/')? {
            match map.birthdate_form.read(text.expose_secret()) {
                Ok(date) => attributes.set_birthdate(date),
                Err(_) => incomplete = true,
            }
        }
        if let Some(text) = reader.claim(map.gender.as_ref())? {
            match map.gender(text.expose_secret()) {
                Ok(gender) => attributes.set_gender(gender),
                Err(_) => incomplete = true,
            }
        }
        let verified_at = reader.clear(map.verified_at.as_ref())?.and_then(moment);
        let former_subject = reader.claim(map.former_subject.as_ref())?.filter(|former| {
            let former = former.expose_secret();
            !former.is_empty() && former != subject
        });
        let former_key = reader.former_key.get();
        Ok(Self { attributes, incomplete, address, verified_at, former_subject, former_key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use domain::attributes::{Gender, parse_birthdate};
    use time::macros::datetime;

    fn parse(json: &str) -> Result<UpstreamAttributes, UserinfoRefused> {
        UpstreamAttributes::parse(json.as_bytes(), "person", &ClaimMap::standard(), None)
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
            ["", "[]", "e30.e30.x", r#"{"sub":"person","name":["昭和 花子"]}"#, r#"{"sub":"person","address":[1]}"#]
        {
            let error = refused(json);
            assert_eq!(error, UserinfoRefused::Malformed);
            assert!(!format!("{error:?} {error}").contains("昭和"));
        }
    }

    /// A box for the key of `[7; 32]`.
    fn sealed(text: &str) -> String {
        let public = STANDARD.decode(FieldKey::new(&[7; 32]).public_key()).unwrap();
        let public = crypto_box::PublicKey::from_slice(&public).unwrap();
        STANDARD.encode(public.seal(&mut crypto_box::aead::OsRng, text.as_bytes()).unwrap())
    }

    /// The same with bytes before it, as xID has it.
    fn prefixed(text: &str) -> String {
        let sealed = STANDARD.decode(sealed(text)).unwrap();
        STANDARD.encode([[5; 24].as_slice(), &sealed].concat())
    }

    fn userdata(json: &serde_json::Value) -> Result<UpstreamAttributes, UserinfoRefused> {
        let (map, key) = (ClaimMap::userdata(), FieldKey::new(&[7; 32]));
        UpstreamAttributes::parse(json.to_string().as_bytes(), "person", &map, Some(&[key]))
    }

    // conforms: OpenID Connect Core 1.0 §5.3.4 MUST
    #[test]
    fn userdata_sealed_field_by_field() {
        let mut json = serde_json::json!({
            "last_name": "昭和", "first_name": "花子", "verified_at": 1_788_224_400,
            "year": prefixed("1984"), "month": prefixed("2"), "date": prefixed("29"), "gender": prefixed("2"),
            "prefecture": prefixed("福島県"), "city": sealed("大沼郡昭和村"), "address": prefixed("大字大芦1"),
            "sub_char_address": prefixed("00000000000000"), "previous_name": prefixed(""),
        });
        let read = userdata(&json).ok().unwrap();
        assert!(!read.incomplete);
        assert_eq!(read.attributes.name(), Some("昭和 花子"));
        assert_eq!(read.attributes.birthdate(), parse_birthdate("19840229").ok());
        assert_eq!(read.attributes.address(), Some("福島県大沼郡昭和村大字大芦1"));
        let address = read.address.unwrap();
        assert_eq!(address.parts(), Some(["福島県", "大沼郡昭和村", "大字大芦1"]));
        assert_eq!(address.substitute_flags(), Some("00000000000000"));
        assert_eq!(read.verified_at, Some(datetime!(2026-09-01 01:00 UTC)));
        // A provider that begins to seal what it gave in clear is read all the same.
        json["last_name"] = sealed("昭和").into();
        assert_eq!(userdata(&json).ok().unwrap().attributes.name(), Some("昭和 花子"));
        // A field in clear where one must be sealed, or one that is sealed to somebody else.
        json["city"] = "大沼郡昭和村".into();
        assert_eq!(userdata(&json).err(), Some(UserinfoRefused::Seal));
        json["city"] = serde_json::Value::Null;
        assert!(userdata(&json).ok().unwrap().address.is_none());
        json["sub"] = "somebody".into();
        assert_eq!(userdata(&json).err(), Some(UserinfoRefused::OtherSubject));
        json["sub"] = sealed("person").into();
        assert_eq!(userdata(&json).err(), Some(UserinfoRefused::OtherSubject));
    }

    // conforms: OpenID Connect Core 1.0 §5.3.2 MUST
    #[test]
    fn only_userdata_may_leave_the_subject_out_and_only_where_that_is_set_up() {
        let key = FieldKey::new(&[7; 32]);
        let read = |json: &str, map: &ClaimMap, keys: Option<&[FieldKey]>| {
            UpstreamAttributes::parse(json.as_bytes(), "person", map, keys).err()
        };
        let (nobody, keys) = (r#"{"last_name":"昭和"}"#, Some(std::slice::from_ref(&key)));
        let optional = ClaimMap::userdata();
        let required = ClaimMap { subject_optional: false, ..ClaimMap::userdata() };
        assert_eq!(read(nobody, &optional, keys), None);
        assert_eq!(read(r#"{"sub":null}"#, &optional, keys), None);
        assert_eq!(read(r#"{"sub":"person"}"#, &optional, keys), None);
        assert_eq!(read(nobody, &required, keys), Some(UserinfoRefused::Malformed));
        assert_eq!(read(nobody, &optional, None), Some(UserinfoRefused::Malformed));
        assert_eq!(read(r#"{"sub":"other"}"#, &optional, keys), Some(UserinfoRefused::OtherSubject));
        assert_eq!(read(r#"{"sub":""}"#, &optional, keys), Some(UserinfoRefused::OtherSubject));
        assert_eq!(read(r#"{"sub":true}"#, &optional, keys), Some(UserinfoRefused::Malformed));
    }

    // conforms: OpenID Connect Core 1.0 §5.3.4 MUST
    #[test]
    fn only_what_is_listed_may_stand_in_clear() {
        let whole = serde_json::json!({
            "last_name": "昭和", "first_name": "花子", "prefecture": sealed("福島県"), "city": sealed("大沼郡昭和村"),
            "address": sealed("大字大芦1"), "sub_char_address": sealed(""), "gender": sealed("2"),
            "year": sealed("1984"), "month": sealed("2"), "date": sealed("29"),
        });
        assert!(!userdata(&whole).ok().unwrap().incomplete);
        for name in ["prefecture", "city", "address", "sub_char_address", "gender", "year", "month", "date"] {
            let mut json = whole.clone();
            json[name] = "2".into();
            assert_eq!(userdata(&json).err(), Some(UserinfoRefused::Seal), "{name}");
        }
        let map = ClaimMap { in_clear: Vec::new(), ..ClaimMap::userdata() };
        let keys = [FieldKey::new(&[7; 32])];
        let read = UpstreamAttributes::parse(whole.to_string().as_bytes(), "person", &map, Some(&keys));
        assert_eq!(read.err(), Some(UserinfoRefused::Seal));
    }

    // conforms: Our own
    #[test]
    fn names_and_birthdates_in_pieces() {
        let path = |text| ClaimPaths::parse(text).ok();
        let map = ClaimMap {
            name: path("/name/family /name/given"),
            birthdate: path("day month year"),
            birthdate_form: crate::upstream::claim_map::BirthdateForm::DayFirst,
            ..ClaimMap::standard()
        };
        let read = |json: &str| {
            let read = UpstreamAttributes::parse(json.as_bytes(), "person", &map, None).ok().unwrap();
            (read.attributes.name().map(str::to_owned), read.attributes.birthdate(), read.incomplete)
        };
        let born = parse_birthdate("19840229").ok();
        let whole = r#"{"sub":"person","name":{"family":"昭和","given":"花子"},"day":29,"month":"02","year":1984}"#;
        assert_eq!(read(whole), (Some("昭和 花子".to_owned()), born, false));
        // Who has one name has one, without a blank; a date of which a piece is missing is none.
        let alone = r#"{"sub":"person","name":{"family":"","given":"マリア"},"day":29,"year":1984}"#;
        assert_eq!(read(alone), (Some("マリア".to_owned()), None, true));
        assert_eq!(read(r#"{"sub":"person","name":{"family":null}}"#), (None, None, false));
    }

    // conforms: Our own
    #[test]
    fn while_the_key_changes_both_open() {
        let json = serde_json::json!({"sub": "person", "gender": sealed("2")}).to_string();
        let read = |keys: &[FieldKey]| {
            let read = UpstreamAttributes::parse(json.as_bytes(), "person", &ClaimMap::userdata(), Some(keys));
            read.map(|read| (read.attributes.gender().is_some(), read.former_key))
        };
        let (former, next) = ([7; 32], [8; 32]);
        let keys = |bytes: &[[u8; 32]]| -> Vec<FieldKey> { bytes.iter().map(FieldKey::new).collect() };
        assert_eq!(read(&keys(&[former])).ok(), Some((true, false)));
        assert_eq!(read(&keys(&[next, former])).ok(), Some((true, true)));
        assert_eq!(read(&keys(&[next])).err(), Some(UserinfoRefused::Seal));
        assert_eq!(read(&[]).err(), Some(UserinfoRefused::Seal));
    }

    #[test]
    fn an_address_as_an_object_is_sealed_like_any_other() {
        let map = ClaimMap { address: Some(ClaimPath::parse("address").unwrap()), ..ClaimMap::standard() };
        let key = FieldKey::new(&[7; 32]);
        let read = |formatted: &str| {
            let json = serde_json::json!({"sub": "person", "address": {"formatted": formatted}}).to_string();
            UpstreamAttributes::parse(json.as_bytes(), "person", &map, Some(std::slice::from_ref(&key)))
        };
        assert_eq!(read("福島県大沼郡昭和村").err(), Some(UserinfoRefused::Seal));
        assert_eq!(read(&sealed("福島県大沼郡昭和村")).ok().unwrap().attributes.address(), Some("福島県大沼郡昭和村"));
    }

    #[test]
    fn claims_under_other_names() {
        let map = ClaimMap {
            name: ClaimPaths::parse("https://claims.example/full_name").ok(),
            address: ClaimPath::parse("/person/home/text").ok(),
            birthdate: ClaimPaths::parse("/person/born").ok(),
            birthdate_form: crate::upstream::claim_map::BirthdateForm::DayFirst,
            ..ClaimMap::standard()
        };
        let json = r#"{"sub":"person","https://claims.example/full_name":"昭和 花子",
            "person":{"born":"29/02/1984","home":{"text":"福島県大沼郡昭和村"}},"name":"nobody"}"#;
        let read = UpstreamAttributes::parse(json.as_bytes(), "person", &map, None).ok().unwrap();
        assert_eq!(read.attributes.name(), Some("昭和 花子"));
        assert_eq!(read.attributes.address(), Some("福島県大沼郡昭和村"));
        assert_eq!(read.attributes.birthdate(), parse_birthdate("19840229").ok());
        assert!(!read.incomplete);
    }

    proptest::proptest! {
        #[test]
        fn foreign_responses_never_panic(text in ".*") {
            let _ = parse(&text);
            let _ = UpstreamAttributes::parse(
                text.as_bytes(), "person", &ClaimMap::userdata(), Some(&[FieldKey::new(&[7; 32])]),
            );
        }
    }
}
