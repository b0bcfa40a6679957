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

/// The code of a prefecture (JIS X 0401): `01` (北海道) to `47` (沖縄県).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrefectureCode(u8);

impl PrefectureCode {
    /// Checks two ASCII digits, 01 to 47.
    ///
    /// # Errors
    /// `Required` or `Malformed`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if text.is_empty() {
            return Err(Violation::Required);
        }
        if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Violation::Malformed);
        }
        let number: u8 = text.parse().map_err(|_| Violation::Malformed)?;
        Self::all().find(|code| code.0 == number).ok_or(Violation::Malformed)
    }

    /// All 47, in their order.
    pub fn all() -> impl Iterator<Item = PrefectureCode> {
        (1..=47).map(PrefectureCode)
    }

    /// The prefecture of a municipality or ward.
    pub fn of(code: MunicipalityCode) -> Option<PrefectureCode> {
        Self::all().find(|prefecture| u32::from(prefecture.0) == code.prefecture_number())
    }

    /// `福島県`; `Fukushima`.
    pub fn name(self, locale: Locale) -> &'static str {
        let names = match locale {
            Locale::Ja => PREFECTURES.get(usize::from(self.0) - 1).copied(),
            Locale::En => romaji::prefecture(u32::from(self.0)),
        };
        names.unwrap_or_default()
    }
}

const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

impl fmt::Display for PrefectureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl FromStr for PrefectureCode {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PrefectureCode {
    type Error = Violation;

    fn try_from(text: String) -> Result<Self, Violation> {
        Self::parse(&text)
    }
}

impl From<PrefectureCode> for String {
    fn from(code: PrefectureCode) -> String {
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

    /// The municipality without wards, or the ward, has a town of this name.
    fn has_town(&self, code: MunicipalityCode, town: &str) -> bool;
}

/// The municipalities that a page brought along. Their towns were picked from the server's lists, and the server checks them
/// when they come back: every name passes here.
impl Gazetteer for BTreeMap<MunicipalityCode, Municipality> {
    fn municipality(&self, code: MunicipalityCode) -> Option<&Municipality> {
        self.get(&code)
    }

    fn has_town(&self, _: MunicipalityCode, _: &str) -> bool {
        true
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
