//! Municipalities: their codes and, with the feature `table`, all 1,741 of them with the wards of designated cities.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::locale::Locale;
use crate::romaji;
use crate::violations::Violation;

#[cfg(feature = "table")]
mod table;
#[cfg(feature = "table")]
pub use table::MunicipalityTable;

/// A local government code (全国地方公共団体コード), 6 digits: 2 of the prefecture (JIS X 0401), 3 of the municipality (JIS X 0402)
/// and a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MunicipalityCode(u32);

impl MunicipalityCode {
    /// Checks 6 ASCII digits with their check digit. Whether such a municipality exists is the table's to say.
    ///
    /// # Errors
    /// `Required` or `Malformed` (length, digits, check digit).
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if text.is_empty() {
            return Err(Violation::Required);
        }
        if text.len() != 6 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Violation::Malformed);
        }
        let number: u32 = text.parse().map_err(|_| Violation::Malformed)?;
        if check_digit(number / 10) == number % 10 { Ok(Self(number)) } else { Err(Violation::Malformed) }
    }

    /// The prefecture's number, 1 (北海道) to 47 (沖縄県) for codes that exist.
    pub const fn prefecture_number(self) -> u32 {
        self.0 / 10_000
    }

    /// The six digits as a number, for compact forms.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The weights 6, 5, 4, 3, 2 over the five digits; the last digit of 11 − (sum mod 11).
fn check_digit(five: u32) -> u32 {
    let sum =
        (five / 10_000) * 6 + (five / 1000 % 10) * 5 + (five / 100 % 10) * 4 + (five / 10 % 10) * 3 + (five % 10) * 2;
    (11 - sum % 11) % 10
}

impl fmt::Display for MunicipalityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for MunicipalityCode {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::parse(text)
    }
}

impl TryFrom<String> for MunicipalityCode {
    type Error = Violation;

    fn try_from(text: String) -> Result<Self, Violation> {
        Self::parse(&text)
    }
}

impl From<MunicipalityCode> for String {
    fn from(code: MunicipalityCode) -> String {
        code.to_string()
    }
}

/// What kind of local government it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MunicipalityKind {
    /// 市.
    City,
    /// 政令指定都市: a city with wards.
    DesignatedCity,
    /// 行政区: a ward of a designated city, a part of it and no municipality of its own.
    DesignatedCityWard,
    /// 特別区: one of the 23 wards of Tokyo, a municipality of its own.
    SpecialWard,
    /// 町.
    Town,
    /// 村.
    Village,
    /// One of the six villages of the northern territories; nobody is registered there.
    NorthernTerritoryVillage,
}

impl MunicipalityKind {
    /// The word in columns and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            MunicipalityKind::City => "city",
            MunicipalityKind::DesignatedCity => "designated_city",
            MunicipalityKind::DesignatedCityWard => "designated_city_ward",
            MunicipalityKind::SpecialWard => "special_ward",
            MunicipalityKind::Town => "town",
            MunicipalityKind::Village => "village",
            MunicipalityKind::NorthernTerritoryVillage => "northern_territory_village",
        }
    }

    /// People can live there and it governs itself: one of the 1,741.
    pub const fn is_municipality(self) -> bool {
        !matches!(self, MunicipalityKind::DesignatedCityWard | MunicipalityKind::NorthernTerritoryVillage)
    }

    const fn english_suffix(self) -> &'static str {
        match self {
            MunicipalityKind::City | MunicipalityKind::DesignatedCity | MunicipalityKind::SpecialWard => " City",
            MunicipalityKind::DesignatedCityWard => " Ward",
            MunicipalityKind::Town => " Town",
            MunicipalityKind::Village | MunicipalityKind::NorthernTerritoryVillage => " Village",
        }
    }
}

impl FromStr for MunicipalityKind {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        [
            Self::City,
            Self::DesignatedCity,
            Self::DesignatedCityWard,
            Self::SpecialWard,
            Self::Town,
            Self::Village,
            Self::NorthernTerritoryVillage,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or(Violation::Unknown)
    }
}

/// One municipality, or one ward of a designated city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Municipality {
    /// Its code; a ward has one of its own.
    pub code: MunicipalityCode,
    /// 都道府県.
    pub prefecture: String,
    /// 郡 of towns and villages (the island for two villages of Tokyo).
    pub county: Option<String>,
    /// 市町村 or 特別区.
    pub city: String,
    /// 行政区, if this is one.
    pub ward: Option<String>,
    /// What kind it is.
    pub kind: MunicipalityKind,
    /// The reading in full-width katakana; of a ward, with its city's.
    pub kana: String,
}

impl Municipality {
    /// The name without its prefecture: `昭和村`, `札幌市中央区`; `Showa Village`, `Sapporo City, Chuo Ward`.
    pub fn name(&self, locale: Locale) -> String {
        match locale {
            Locale::Ja => format!("{}{}", self.city, self.ward.as_deref().unwrap_or_default()),
            Locale::En => romaji::municipality(&self.kana, self.kind, self.kind.english_suffix()),
        }
    }

    /// The name that tells namesakes apart: `昭和村(福島県大沼郡)`; `Showa Village (Fukushima)`.
    pub fn full_name(&self, locale: Locale) -> String {
        match locale {
            Locale::Ja => {
                format!("{}({}{})", self.name(locale), self.prefecture, self.county.as_deref().unwrap_or_default())
            }
            Locale::En => format!("{} ({})", self.name(locale), self.prefecture_name(locale)),
        }
    }

    /// `福島県`; `Fukushima`.
    pub fn prefecture_name(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => &self.prefecture,
            Locale::En => romaji::prefecture(self.code.prefecture_number()).unwrap_or(&self.prefecture),
        }
    }
}

/// Whoever knows municipalities by code: the whole table on the server, the few that a page brought along in the browser.
pub trait Gazetteer {
    /// The municipality or ward of a code.
    fn municipality(&self, code: MunicipalityCode) -> Option<&Municipality>;
}

impl Gazetteer for BTreeMap<MunicipalityCode, Municipality> {
    fn municipality(&self, code: MunicipalityCode) -> Option<&Municipality> {
        self.get(&code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_carry_a_check_digit() {
        for text in ["074462", "212075", "085421", "212059", "454061", "011002"] {
            assert_eq!(MunicipalityCode::parse(text).unwrap().to_string(), text);
        }
        for text in ["074463", "07446", "0744620", "07446x", "+74462", "０７４４６２"] {
            assert_eq!(MunicipalityCode::parse(text), Err(Violation::Malformed), "{text}");
        }
        assert_eq!(MunicipalityCode::parse("074462").unwrap().prefecture_number(), 7);
        assert_eq!(MunicipalityCode::parse(""), Err(Violation::Required));
    }
}
