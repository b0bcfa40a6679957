//! The table of all municipalities, read once from the file that ships in the binary (`data/README.md` names its source).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Gazetteer, Municipality, MunicipalityCode};
use crate::residency::TownTable;

const FILE: &str = include_str!("../../data/municipalities.csv");

/// All municipalities and wards, in the order of their codes.
#[derive(Debug)]
pub struct MunicipalityTable {
    rows: Vec<Municipality>,
    /// City code of each ward.
    cities: BTreeMap<MunicipalityCode, MunicipalityCode>,
}

impl MunicipalityTable {
    /// The table of Japan.
    pub fn japan() -> &'static MunicipalityTable {
        static TABLE: OnceLock<MunicipalityTable> = OnceLock::new();
        TABLE.get_or_init(|| MunicipalityTable::of(FILE.lines().skip(1).filter_map(row).collect()))
    }

    /// Every municipality and ward, in the order of their codes.
    pub fn rows(&self) -> &[Municipality] {
        &self.rows
    }

    /// The 1,741 municipalities, without wards and without the northern territories.
    pub fn municipalities(&self) -> impl Iterator<Item = &Municipality> {
        self.rows.iter().filter(|row| row.kind.is_municipality())
    }

    /// The municipality or ward of a code.
    pub fn find(&self, code: MunicipalityCode) -> Option<&Municipality> {
        let index = self.rows.binary_search_by_key(&code, |row| row.code).ok()?;
        self.rows.get(index)
    }

    /// The designated city of a ward.
    pub fn city_of(&self, ward: MunicipalityCode) -> Option<MunicipalityCode> {
        self.cities.get(&ward).copied()
    }

    /// The wards of a designated city; none for any other municipality.
    pub fn wards_of(&self, city: MunicipalityCode) -> impl Iterator<Item = &Municipality> {
        self.rows.iter().filter(move |row| self.city_of(row.code) == Some(city))
    }

    /// Municipalities whose name, name with prefecture or county, reading (katakana or hiragana) or code begins with the
    /// typed text, for a picker. Exact names come first, then the order of the codes.
    pub fn search(&self, typed: &str, limit: usize) -> Vec<&Municipality> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Vec::new();
        }
        let kana: String = typed.chars().map(katakana).collect();
        let mut found: Vec<&Municipality> = self.municipalities().filter(|row| begins(row, typed, &kana)).collect();
        found.sort_by_key(|row| (row.city != typed, row.code));
        found.truncate(limit);
        found
    }

    /// Reads another year's file, of the same columns, with its first line.
    ///
    /// # Errors
    /// The number of a line that cannot be read, from 1.
    pub fn parse(file: &str) -> Result<MunicipalityTable, usize> {
        let rows = file.lines().enumerate().skip(1).map(|(index, line)| row(line).ok_or(index + 1));
        rows.collect::<Result<_, _>>().map(MunicipalityTable::of)
    }

    /// Of the file that ships, rows that cannot be read are left out; a test counts that there are none.
    fn of(mut rows: Vec<Municipality>) -> MunicipalityTable {
        rows.sort_by_key(|row| row.code);
        let mut city_codes: BTreeMap<(&str, &str), MunicipalityCode> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.ward.is_none()) {
            city_codes.insert((&row.prefecture, &row.city), row.code);
        }
        let cities = rows
            .iter()
            .filter(|row| row.ward.is_some())
            .filter_map(|row| Some((row.code, *city_codes.get(&(row.prefecture.as_str(), row.city.as_str()))?)))
            .collect();
        MunicipalityTable { rows, cities }
    }
}

impl Gazetteer for MunicipalityTable {
    fn municipality(&self, code: MunicipalityCode) -> Option<&Municipality> {
        self.find(code)
    }

    fn has_town(&self, code: MunicipalityCode, town: &str) -> bool {
        TownTable::japan().has_town(code, town)
    }
}

/// No field of the file holds a comma or a quotation mark.
fn row(line: &str) -> Option<Municipality> {
    let mut fields = line.split(',');
    let mut next = || fields.next();
    let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(Municipality {
        code: next()?.parse().ok()?,
        prefecture: next()?.to_owned(),
        county: optional(next()?),
        city: next()?.to_owned(),
        ward: optional(next()?),
        kind: next()?.parse().ok()?,
        kana: next()?.to_owned(),
    })
}

fn begins(row: &Municipality, typed: &str, kana: &str) -> bool {
    let county = row.county.as_deref().unwrap_or_default();
    row.city.starts_with(typed)
        || row.kana.starts_with(kana)
        || format!("{county}{}", row.city).starts_with(typed)
        || format!("{}{}", row.prefecture, row.city).starts_with(typed)
        || format!("{}{county}{}", row.prefecture, row.city).starts_with(typed)
        || row.code.to_string().starts_with(typed)
}

fn katakana(c: char) -> char {
    match c {
        '\u{3041}'..='\u{3096}' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::super::MunicipalityKind;
    use super::*;
    use crate::locale::Locale;

    fn code(text: &str) -> MunicipalityCode {
        text.parse().unwrap()
    }

    #[test]
    fn the_table_is_whole_and_every_check_digit_holds() {
        let table = MunicipalityTable::japan();
        assert_eq!(table.rows().len(), FILE.lines().count() - 1);
        let count = |kind| table.rows().iter().filter(|row| row.kind == kind).count();
        assert_eq!(table.municipalities().count(), 1741);
        assert_eq!(count(MunicipalityKind::City), 772);
        assert_eq!(count(MunicipalityKind::DesignatedCity), 20);
        assert_eq!(count(MunicipalityKind::Town), 743);
        assert_eq!(count(MunicipalityKind::Village), 183);
        assert_eq!(count(MunicipalityKind::SpecialWard), 23);
        assert_eq!(count(MunicipalityKind::DesignatedCityWard), 171);
        assert_eq!(count(MunicipalityKind::NorthernTerritoryVillage), 6);
        assert!(table.rows().windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn wards_belong_to_their_city() {
        let table = MunicipalityTable::japan();
        assert_eq!(table.cities.len(), 171);
        assert_eq!(table.city_of(code("011011")), Some(code("011002")));
        assert_eq!(table.wards_of(code("011002")).count(), 10);
        assert_eq!(table.wards_of(code("074462")).count(), 0);
        let hamamatsu = table.city_of(code("221384")).unwrap();
        assert_eq!(table.wards_of(hamamatsu).count(), 3);
    }

    #[test]
    fn names_in_both_languages() {
        let table = MunicipalityTable::japan();
        let name = |text: &str, locale| table.find(code(text)).unwrap().full_name(locale);
        assert_eq!(name("074462", Locale::Ja), "昭和村(福島県大沼郡)");
        assert_eq!(name("074462", Locale::En), "Showa Village (Fukushima)");
        assert_eq!(name("011011", Locale::Ja), "札幌市中央区(北海道)");
        assert_eq!(name("011011", Locale::En), "Sapporo City, Chuo Ward (Hokkaido)");
        assert_eq!(name("454061", Locale::En), "Tsuno Town (Miyazaki)");
        assert_eq!(name("212075", Locale::En), "Mino City (Gifu)");
        assert_eq!(name("085421", Locale::En), "Goka Town (Ibaraki)");
    }

    #[test]
    fn every_english_name_is_plain_ascii_and_does_not_lose_its_stem() {
        for row in MunicipalityTable::japan().rows() {
            let name = row.name(Locale::En);
            assert!(name.is_ascii(), "{} {name}", row.kana);
            assert!(name.split(' ').next().is_some_and(|stem| !stem.is_empty()), "{} {name}", row.kana);
        }
    }

    #[test]
    fn a_picker_finds_by_name_reading_and_code() {
        let table = MunicipalityTable::japan();
        let codes =
            |typed: &str| -> Vec<String> { table.search(typed, 10).iter().map(|row| row.code.to_string()).collect() };
        assert_eq!(codes("昭和村"), ["074462", "104485"]);
        assert_eq!(codes("福島県昭和"), ["074462"]);
        assert_eq!(codes("大沼郡昭和村"), ["074462"]);
        assert_eq!(codes("つのちょう"), ["394114", "454061"]);
        assert_eq!(codes("454061"), ["454061"]);
        assert!(codes("").is_empty());
        assert_eq!(table.search("福島県", 3).len(), 3);
    }
}
