//! Under which names, and in which forms, a provider gives what it attests: a part of a connection's configuration.

use std::borrow::Cow;

use domain::attributes::{Gender, parse_birthdate};
use domain::calendar::parse_compact_date;
use domain::violations::Violation;
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

/// Where a claim stands: the name of a member of the answer, or, with a slash in front, a JSON Pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClaimPath(String);

/// The longest path, in characters.
const MAX_PATH_CHARS: usize = 120;

impl ClaimPath {
    /// Reads the field of a form.
    ///
    /// # Errors
    /// `Required`, `TooLong`, or `Malformed` for control characters, blanks at the ends and pointers with an empty member.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let pointer_is_whole =
            || text.strip_prefix('/').is_none_or(|rest| rest.split('/').all(|name| !name.is_empty()));
        match text.chars().count() {
            0 => Err(Violation::Required),
            count if count > MAX_PATH_CHARS => Err(Violation::TooLong),
            _ if text.chars().any(char::is_control) || text.trim() != text || !pointer_is_whole() => {
                Err(Violation::Malformed)
            }
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names on the way.
    pub(super) fn members(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let (pointer, whole) = match self.0.strip_prefix('/') {
            Some(rest) => (Some(rest.split('/')), None),
            None => (None, Some(Cow::Borrowed(self.0.as_str()))),
        };
        let unescaped = |name: &str| name.replace("~1", "/").replace("~0", "~");
        whole.into_iter().chain(pointer.into_iter().flatten().map(move |name| Cow::Owned(unescaped(name))))
    }
}

impl TryFrom<String> for ClaimPath {
    type Error = Violation;

    fn try_from(text: String) -> Result<Self, Violation> {
        Self::parse(&text)
    }
}

impl From<ClaimPath> for String {
    fn from(path: ClaimPath) -> String {
        path.0
    }
}

/// Where a value stands that some providers give whole and others in pieces: the pieces in the order in which they are joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenPaths", into = "WrittenPaths")]
pub struct ClaimPaths(Vec<ClaimPath>);

/// In JSON one path is a text, as it was when there was never more than one.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenPaths {
    One(ClaimPath),
    Pieces(Vec<ClaimPath>),
}

/// The most pieces.
const MAX_PIECES: usize = 4;

impl ClaimPaths {
    /// Reads the field of a form: paths with blanks between two. A path that has a blank in it cannot be written there.
    ///
    /// # Errors
    /// `Required`, `TooLong` for more than four, and what [`ClaimPath::parse`] says of each.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        Self::of(text.split_whitespace().map(ClaimPath::parse).collect::<Result<_, _>>()?)
    }

    fn of(paths: Vec<ClaimPath>) -> Result<Self, Violation> {
        match paths.len() {
            0 => Err(Violation::Required),
            1..=MAX_PIECES => Ok(Self(paths)),
            _ => Err(Violation::TooLong),
        }
    }

    /// The path of each piece.
    pub fn pieces(&self) -> &[ClaimPath] {
        &self.0
    }

    /// As a form shows them, with a space between two.
    pub fn to_text(&self) -> String {
        self.0.iter().map(ClaimPath::as_str).collect::<Vec<_>>().join(" ")
    }
}

impl TryFrom<WrittenPaths> for ClaimPaths {
    type Error = Violation;

    fn try_from(written: WrittenPaths) -> Result<Self, Violation> {
        match written {
            WrittenPaths::One(path) => Ok(Self(vec![path])),
            WrittenPaths::Pieces(paths) => Self::of(paths),
        }
    }
}

impl From<ClaimPaths> for WrittenPaths {
    fn from(paths: ClaimPaths) -> WrittenPaths {
        match <[ClaimPath; 1]>::try_from(paths.0) {
            Ok([path]) => Self::One(path),
            Err(paths) => Self::Pieces(paths),
        }
    }
}

/// How a provider writes a birthdate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BirthdateForm {
    /// `1984-02-29` (OpenID Connect Core, section 5.1) or `19840229`.
    #[default]
    YearFirst,
    /// `1984/2/29`, or with dots.
    Separated,
    /// `29/02/1984`.
    DayFirst,
    /// `02/29/1984`.
    MonthFirst,
    /// `EYYYYMMDD`, as the certificate for signatures has it: a digit for the era before the Gregorian year
    /// (OID 1.2.392.200149.8.5.5.4).
    Certificate,
}

impl BirthdateForm {
    /// Every form, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::YearFirst, Self::Separated, Self::DayFirst, Self::MonthFirst, Self::Certificate];

    /// The word in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::YearFirst => "year_first",
            Self::Separated => "separated",
            Self::DayFirst => "day_first",
            Self::MonthFirst => "month_first",
            Self::Certificate => "certificate",
        }
    }

    /// The form of a word.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|form| form.as_str() == text).ok_or(Violation::Unknown)
    }

    /// Whether a date in so many pieces can be read: whole, or year, month and day in the order of a form that separates them.
    pub const fn fits(self, pieces: usize) -> bool {
        matches!((self, pieces), (_, 1) | (Self::Separated | Self::DayFirst | Self::MonthFirst, 3))
    }

    /// Reads a date; pieces come with a slash between two.
    ///
    /// # Errors
    /// `Malformed`, also for days that do not exist.
    pub fn read(self, text: &str) -> Result<Date, Violation> {
        let text = text.trim();
        match self {
            Self::YearFirst => parse_birthdate(text),
            Self::Separated => three_numbers(text, [0, 1, 2]),
            Self::DayFirst => three_numbers(text, [2, 1, 0]),
            Self::MonthFirst => three_numbers(text, [2, 0, 1]),
            Self::Certificate => match text.split_at_checked(1) {
                Some(("0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9", date)) => {
                    parse_compact_date(date).map_err(|_| Violation::Malformed)
                }
                _ => Err(Violation::Malformed),
            },
        }
    }
}

/// Year, month and day at these places of a text with two separators; the year has four digits.
fn three_numbers(text: &str, [year, month, day]: [usize; 3]) -> Result<Date, Violation> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let digits = |at: usize, lengths: std::ops::RangeInclusive<usize>| {
        let part =
            parts.get(at).filter(|part| lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
        part.and_then(|part| part.parse::<u16>().ok()).ok_or(Violation::Malformed)
    };
    if parts.len() != 3 {
        return Err(Violation::Malformed);
    }
    let month = u8::try_from(digits(month, 1..=2)?).ok().and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(digits(day, 1..=2)?).map_err(|_| Violation::Malformed)?;
    let date = Date::from_calendar_date(digits(year, 4..=4)?.into(), month.ok_or(Violation::Malformed)?, day);
    date.map_err(|_| Violation::Malformed)
}

/// A provider's own words for genders. Without any, the digits of the certificate and the usual words are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenderWords {
    /// 男.
    pub male: Vec<String>,
    /// 女.
    pub female: Vec<String>,
    /// その他.
    pub other: Vec<String>,
}

impl GenderWords {
    fn read(&self, text: &str) -> Result<Gender, Violation> {
        let text = text.trim();
        let among = |words: &[String]| words.iter().any(|word| word == text);
        if among(&self.male) {
            Ok(Gender::Male)
        } else if among(&self.female) {
            Ok(Gender::Female)
        } else if among(&self.other) {
            Ok(Gender::Other)
        } else if self.male.is_empty() && self.female.is_empty() && self.other.is_empty() {
            Gender::parse(text)
        } else {
            Err(Violation::Malformed)
        }
    }
}

/// Where a provider's answer has what a decision and a service need. A path that is not set is not looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimMap {
    /// Whom the answer is about; must be the ID token's subject.
    pub subject: ClaimPath,
    /// Whether an answer may leave the subject out. It counts for userdata alone, never for userinfo.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub subject_optional: bool,
    /// What is not sealed in userdata whose fields are. Whatever else is not sealed there is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_clear: Vec<ClaimPath>,
    /// The name; pieces are joined by a space.
    pub name: Option<ClaimPaths>,
    /// The address: one string, or an object with `formatted`.
    pub address: Option<ClaimPath>,
    /// The prefecture of an address in parts.
    pub prefecture: Option<ClaimPath>,
    /// County, municipality and ward of an address in parts.
    pub city: Option<ClaimPath>,
    /// The rest of an address in parts.
    pub street: Option<ClaimPath>,
    /// The postcode.
    pub postal_code: Option<ClaimPath>,
    /// `0` or `1` for each character of the address: `1` where the certificate could not hold it.
    pub substitute_flags: Option<ClaimPath>,
    /// The birthdate, whole or in three pieces in the order of its form ([`BirthdateForm::fits`]).
    pub birthdate: Option<ClaimPaths>,
    /// How the birthdate is written.
    #[serde(default)]
    pub birthdate_form: BirthdateForm,
    /// The gender.
    pub gender: Option<ClaimPath>,
    /// The words for genders.
    #[serde(default)]
    pub gender_words: GenderWords,
    /// When the provider verified the attributes.
    pub verified_at: Option<ClaimPath>,
    /// What the provider called the same person before, where its subject changes with a renewed card (`relink_id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_subject: Option<ClaimPath>,
}

impl ClaimMap {
    /// Userinfo as OpenID Connect Core, section 5.1, has it, an address as one string as the Digital Agency gives it, and the
    /// certificate's flags beside it.
    pub fn standard() -> Self {
        let path = |text: &str| Some(ClaimPath(text.to_owned()));
        Self {
            subject: ClaimPath("sub".to_owned()),
            subject_optional: false,
            in_clear: Vec::new(),
            name: path("name").map(|path| ClaimPaths(vec![path])),
            address: path("address"),
            prefecture: path("/address/region"),
            city: path("/address/locality"),
            street: path("/address/street_address"),
            postal_code: path("/address/postal_code"),
            substitute_flags: path("/address/substitute_flags"),
            birthdate: path("birthdate").map(|path| ClaimPaths(vec![path])),
            birthdate_form: BirthdateForm::YearFirst,
            gender: path("gender"),
            gender_words: GenderWords::default(),
            verified_at: None,
            former_subject: None,
        }
    }

    /// The userdata of xID as its public clients read it: names in clear, the rest sealed, names and birthdate in pieces, an address in
    /// parts with the flags of substitute characters, the time of the verification, and no subject.
    pub fn userdata() -> Self {
        let path = |text: &str| Some(ClaimPath(text.to_owned()));
        let pieces = |names: &[&str]| names.iter().map(|name| ClaimPath((*name).to_owned())).collect::<Vec<_>>();
        Self {
            subject_optional: true,
            in_clear: pieces(&["last_name", "first_name"]),
            name: Some(ClaimPaths(pieces(&["last_name", "first_name"]))),
            address: None,
            prefecture: path("prefecture"),
            city: path("city"),
            street: path("address"),
            postal_code: None,
            substitute_flags: path("sub_char_address"),
            birthdate: Some(ClaimPaths(pieces(&["year", "month", "date"]))),
            birthdate_form: BirthdateForm::Separated,
            gender: path("gender"),
            verified_at: path("verified_at"),
            ..Self::standard()
        }
    }

    pub(super) fn gender(&self, text: &str) -> Result<Gender, Violation> {
        self.gender_words.read(text)
    }
}

/// Reads when attributes were verified: RFC 3339, a date, or seconds since 1970.
pub(super) fn moment(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(at);
    }
    if let Ok(date) = parse_birthdate(text) {
        return Some(date.midnight().assume_utc());
    }
    text.parse().ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn paths_are_names_or_pointers() {
        let members =
            |text: &str| -> Vec<String> { ClaimPath::parse(text).unwrap().members().map(Cow::into_owned).collect() };
        assert_eq!(members("name"), ["name"]);
        assert_eq!(members("https://claims.example/name"), ["https://claims.example/name"]);
        assert_eq!(members("/address/region"), ["address", "region"]);
        assert_eq!(members("/a~1b/c~0d"), ["a/b", "c~d"]);
        for (text, violation) in [
            ("", Violation::Required),
            ("/", Violation::Malformed),
            ("/a//b", Violation::Malformed),
            (" name", Violation::Malformed),
            ("na\nme", Violation::Malformed),
        ] {
            assert_eq!(ClaimPath::parse(text), Err(violation), "{text:?}");
        }
        assert_eq!(ClaimPath::parse(&"x".repeat(121)), Err(Violation::TooLong));
    }

    #[test]
    fn pieces_are_joined_in_their_order() {
        let paths = ClaimPaths::parse(" last_name  /person/first ").unwrap();
        assert_eq!(paths.to_text(), "last_name /person/first");
        let json = |paths: &ClaimPaths| serde_json::to_string(paths).unwrap();
        assert_eq!(json(&paths), r#"["last_name","/person/first"]"#);
        assert_eq!(serde_json::from_str::<ClaimPaths>(&json(&paths)).unwrap(), paths);
        // As it is stored of connections from before.
        let one: ClaimPaths = serde_json::from_str(r#""full name""#).unwrap();
        assert_eq!((one.pieces().len(), json(&one).as_str()), (1, r#""full name""#));
        assert!(serde_json::from_str::<ClaimPaths>("[]").is_err());
        for (text, violation) in
            [(" ", Violation::Required), ("a b c d e", Violation::TooLong), ("a /", Violation::Malformed)]
        {
            assert_eq!(ClaimPaths::parse(text), Err(violation), "{text:?}");
        }
    }

    #[test]
    fn a_map_from_before_there_were_pieces() {
        let stored = r#"{"subject":"sub","name":"name","address":null,"prefecture":"prefecture","city":"city","street":"address",
            "postal_code":null,"substitute_flags":"sub_char_address","birthdate":"birth_date","birthdate_form":"year_first",
            "gender":"gender","gender_words":{"male":[],"female":[],"other":[]},"verified_at":"verified_at"}"#;
        let map: ClaimMap = serde_json::from_str(stored).unwrap();
        assert!(!map.subject_optional && map.in_clear.is_empty());
        assert_eq!(map.birthdate, ClaimPaths::parse("birth_date").ok());
        for map in [map, ClaimMap::standard(), ClaimMap::userdata()] {
            assert_eq!(serde_json::from_str::<ClaimMap>(&serde_json::to_string(&map).unwrap()).unwrap(), map);
        }
    }

    #[test]
    fn three_pieces_of_a_date_need_a_form_that_says_their_order() {
        assert!(BirthdateForm::ALL.into_iter().all(|form| form.fits(1) && !form.fits(2) && !form.fits(4)));
        let three = BirthdateForm::ALL.into_iter().filter(|form| form.fits(3));
        assert_eq!(
            three.collect::<Vec<_>>(),
            [BirthdateForm::Separated, BirthdateForm::DayFirst, BirthdateForm::MonthFirst]
        );
    }

    #[test]
    fn birthdates_in_every_form() {
        let leap = date!(1984 - 02 - 29);
        for (form, text) in [
            (BirthdateForm::YearFirst, "19840229"),
            (BirthdateForm::YearFirst, "1984-02-29"),
            (BirthdateForm::Separated, "1984/2/29"),
            (BirthdateForm::Separated, "1984.02.29"),
            (BirthdateForm::DayFirst, "29/02/1984"),
            (BirthdateForm::MonthFirst, "02/29/1984"),
            (BirthdateForm::Certificate, "319840229"),
        ] {
            assert_eq!(form.read(text), Ok(leap), "{form:?} {text}");
        }
        for (form, text) in [
            (BirthdateForm::Separated, "1984/2/30"),
            (BirthdateForm::Separated, "84/2/29"),
            (BirthdateForm::DayFirst, "02/29/1984"),
            (BirthdateForm::Certificate, "19840229"),
            (BirthdateForm::Certificate, "x19840229"),
            (BirthdateForm::MonthFirst, "2/29"),
        ] {
            assert_eq!(form.read(text), Err(Violation::Malformed), "{form:?} {text}");
        }
    }

    #[test]
    fn times_of_verification() {
        assert_eq!(moment("2026-11-21T10:00:00+09:00"), Some(datetime!(2026-11-21 01:00 UTC)));
        assert_eq!(moment("2026-11-21"), Some(datetime!(2026-11-21 00:00 UTC)));
        assert_eq!(moment("1795000000").map(OffsetDateTime::unix_timestamp), Some(1_795_000_000));
        assert_eq!(moment("yesterday"), None);
    }

    #[test]
    fn own_words_for_genders_take_the_place_of_the_usual_ones() {
        let words = GenderWords { male: vec!["M1".to_owned()], ..GenderWords::default() };
        assert!(words.read("M1") == Ok(Gender::Male) && words.read("male").is_err());
        assert!(GenderWords::default().read("男") == Ok(Gender::Male));
    }

    proptest::proptest! {
        #[test]
        fn foreign_dates_never_panic(text in ".*") {
            for form in BirthdateForm::ALL {
                let _ = form.read(&text);
            }
            let _ = moment(&text);
        }
    }
}
