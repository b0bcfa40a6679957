//! Parts of Japan to pick: found by what somebody types, or near by.

use std::collections::BTreeSet;

use domain::locale::Locale;
use domain::municipality::{Municipality, MunicipalityCode, MunicipalityKind, MunicipalityTable, PrefectureCode};

/// Something that can be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Two digits of a prefecture, or six of a municipality or ward.
    pub(crate) code: String,
    /// `金山町`, `札幌市中央区`, `福島県`.
    pub(crate) name: String,
    /// Where it is, which tells namesakes apart: `福島県大沼郡`; empty for a prefecture.
    pub(crate) within: String,
}

impl Found {
    /// A place by its code.
    pub(crate) fn of(code: &str, locale: Locale) -> Option<Found> {
        match PrefectureCode::parse(code) {
            Ok(prefecture) => Some(Found::prefecture(prefecture, locale)),
            Err(_) => {
                let code = MunicipalityCode::parse(code).ok()?;
                MunicipalityTable::japan().find(code).map(|row| Found::municipality(row, locale))
            }
        }
    }

    fn prefecture(code: PrefectureCode, locale: Locale) -> Found {
        Found { code: code.to_string(), name: code.name(locale).to_owned(), within: String::new() }
    }

    fn municipality(row: &Municipality, locale: Locale) -> Found {
        let county = row.county.as_deref().filter(|_| locale == Locale::Ja).unwrap_or_default();
        let within = format!("{}{county}", row.prefecture_name(locale));
        Found { code: row.code.to_string(), name: row.name(locale), within }
    }
}

/// What fits a typed text: prefectures, municipalities, and wards of designated cities, by name, reading or code; those of the
/// own prefecture before their namesakes.
pub(crate) fn search(typed: &str, limit: usize, own: MunicipalityCode, locale: Locale) -> Vec<Found> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Vec::new();
    }
    let lower = typed.to_lowercase();
    let english = |name: &str| typed.is_ascii() && name.to_lowercase().starts_with(&lower);
    let mut found: Vec<Found> = PrefectureCode::all()
        .filter(|code| {
            code.name(Locale::Ja).starts_with(typed) || english(code.name(Locale::En)) || code.to_string() == typed
        })
        .map(|code| Found::prefecture(code, locale))
        .collect();
    let table = MunicipalityTable::japan();
    let mut rows = table.search(typed, usize::MAX);
    let listed: BTreeSet<MunicipalityCode> = rows.iter().map(|row| row.code).collect();
    let by_english = table.municipalities().filter(|row| typed.len() > 1 && english(&row.name(Locale::En)));
    rows.extend(by_english.filter(|row| !listed.contains(&row.code)));
    let ward = |row: &&Municipality| {
        let Some(ward) = &row.ward else { return false };
        let whole = format!("{}{ward}", row.city);
        let after_city = whole.strip_prefix(&row.city).is_some_and(|ward| ward.starts_with(typed));
        // A city's own name finds the city; its wards follow once more of their name is typed, or all of the city's.
        after_city
            || (typed.chars().count() >= row.city.chars().count() && whole.starts_with(typed))
            || row.code.to_string().starts_with(typed) && typed.len() > 3
    };
    rows.extend(table.rows().iter().filter(ward));
    rows.sort_by_key(|row| row.code.prefecture_number() != own.prefecture_number());
    found.extend(rows.into_iter().take(limit).map(|row| Found::municipality(row, locale)));
    found.truncate(limit);
    found
}

/// Municipalities near by: a heading and what stands under it. Those of the same county first, then the other cities and
/// counties of the prefecture. The table does not say which of them border on one another.
pub(crate) fn near(own: MunicipalityCode, locale: Locale) -> Vec<(String, Vec<Found>)> {
    let table = MunicipalityTable::japan();
    let Some(here) = table.find(own) else { return Vec::new() };
    let mut groups: Vec<(String, Vec<Found>)> = Vec::new();
    let same = table.municipalities().filter(|row| row.prefecture == here.prefecture && row.code != own);
    for row in same {
        let heading = match (&row.county, row.kind) {
            (Some(county), _) => county.clone(),
            (None, MunicipalityKind::SpecialWard) => "特別区".to_owned(),
            (None, _) => "市".to_owned(),
        };
        match groups.iter_mut().find(|(group, _)| *group == heading) {
            Some((_, found)) => found.push(Found::municipality(row, locale)),
            None => groups.push((heading, vec![Found::municipality(row, locale)])),
        }
    }
    groups.sort_by_key(|(group, _)| here.county.as_ref() != Some(group));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str) -> Vec<String> {
        let own = "074462".parse().unwrap();
        search(typed, 12, own, Locale::Ja).into_iter().map(|found| format!("{}{}", found.code, found.name)).collect()
    }

    #[test]
    fn places_are_found_by_name_reading_and_code() {
        assert_eq!(found("かねやままち"), ["074454金山町", "063614金山町"], "the own prefecture first");
        assert_eq!(found("074454"), ["074454金山町"]);
        assert_eq!(found("福島県大沼郡金"), ["074454金山町"]);
        assert_eq!(found("福島県").first().map(String::as_str), Some("07福島県"));
        assert_eq!(found("fukushima").first().map(String::as_str), Some("07福島県"));
        assert!(found("Kaneyama").contains(&"074454金山町".to_owned()));
        assert!(found("札幌市").contains(&"011011札幌市中央区".to_owned()));
        assert_eq!(found("札幌市中").first().map(String::as_str), Some("011011札幌市中央区"));
        assert!(found("中央区").contains(&"131024中央区".to_owned()));
        assert!(found(" ").is_empty() && found("何処").is_empty());
    }

    #[test]
    fn the_county_comes_first_among_what_is_near() {
        let groups = near("074462".parse().unwrap(), Locale::Ja);
        let (county, towns) = &groups[0];
        assert_eq!(county, "大沼郡");
        assert_eq!(towns.iter().map(|town| town.name.as_str()).collect::<Vec<_>>(), ["三島町", "金山町", "会津美里町"]);
        assert_eq!(groups.iter().map(|(_, found)| found.len()).sum::<usize>(), 58);
    }
}
