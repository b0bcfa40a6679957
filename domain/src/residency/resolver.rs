//! From an address to a municipality: prefecture, county, then the longest name of the table that fits. Never a suffix
//! rule (四日市市, 大町市, 玉村町 would break it) and never a guess.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::address::{Address, Place, Resolution};
use super::fold::{ANY, fold, fold_name};
use super::names_trie::{Match, NamesTrie};
use crate::municipality::{Municipality, MunicipalityCode, MunicipalityKind, MunicipalityTable};

/// Longer than any address of Japan by far; beyond it nobody wrote an address.
const MAX_CHARS: usize = 1000;

/// With more unreadable characters than this at its head an address names nothing any more.
const MAX_UNREADABLE: usize = 6;

/// Reads addresses against the table.
#[derive(Debug)]
pub struct Resolver {
    prefectures: NamesTrie<u32>,
    /// (prefecture, county by its number within this resolver).
    counties: NamesTrie<(u32, usize)>,
    cities: NamesTrie<Entry>,
    wards: NamesTrie<Ward>,
    wards_of: BTreeMap<MunicipalityCode, Vec<MunicipalityCode>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    code: MunicipalityCode,
    prefecture: u32,
    county: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Ward {
    code: MunicipalityCode,
    city: MunicipalityCode,
}

/// How far a reading has come: the prefecture and the county that the text has named so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    end: usize,
    prefecture: Option<u32>,
    county: Option<usize>,
    uncertain: bool,
}

impl Resolver {
    /// The resolver over the table of Japan.
    pub fn japan() -> &'static Resolver {
        static RESOLVER: OnceLock<Resolver> = OnceLock::new();
        RESOLVER.get_or_init(|| Resolver::new(MunicipalityTable::japan()))
    }

    /// Prepares a table. The villages of the northern territories are left out: nobody is registered there, so that
    /// 北海道泊村 can only be the one in 古宇郡.
    pub fn new(table: &MunicipalityTable) -> Resolver {
        let mut resolver = Resolver {
            prefectures: NamesTrie::new(),
            counties: NamesTrie::new(),
            cities: NamesTrie::new(),
            wards: NamesTrie::new(),
            wards_of: BTreeMap::new(),
        };
        let mut prefectures = BTreeSet::new();
        let mut counties = BTreeMap::new();
        for row in table.rows().iter().filter(|row| row.kind != MunicipalityKind::NorthernTerritoryVillage) {
            let prefecture = row.code.prefecture_number();
            if prefectures.insert(prefecture) {
                resolver.prefectures.insert(&fold_name(&row.prefecture), prefecture);
            }
            resolver.insert(table, row, prefecture, &mut counties);
        }
        resolver
    }

    fn insert<'t>(
        &mut self,
        table: &MunicipalityTable,
        row: &'t Municipality,
        prefecture: u32,
        counties: &mut BTreeMap<(u32, &'t str), usize>,
    ) {
        if let (Some(ward), Some(city)) = (&row.ward, table.city_of(row.code)) {
            self.wards.insert(&fold_name(ward), Ward { code: row.code, city });
            self.wards_of.entry(city).or_default().push(row.code);
            return;
        }
        let county = row.county.as_deref().map(|name| {
            let next = counties.len();
            *counties.entry((prefecture, name)).or_insert_with(|| {
                self.counties.insert(&fold_name(name), (prefecture, next));
                next
            })
        });
        self.cities.insert(&fold_name(&row.city), Entry { code: row.code, prefecture, county });
    }

    /// Where the address lies.
    pub fn resolve(&self, address: &Address) -> Resolution {
        if address.characters().nth(MAX_CHARS).is_some() {
            return Resolution::Unknown;
        }
        let folded = fold(address.characters());
        let text = without_postcode(&folded);
        if contains(text, &fold_name("国外転出")) {
            return Resolution::Abroad;
        }
        if text.iter().take(24).filter(|c| **c == ANY).count() > MAX_UNREADABLE {
            return Resolution::Unknown;
        }
        let heads = self.heads(text);
        let cities = longest(heads.iter().flat_map(|head| self.cities_at(text, *head)).collect());
        let stray = self.wards_without_city(text, &heads);
        let mut ends: BTreeMap<MunicipalityCode, BTreeSet<usize>> = BTreeMap::new();
        for city in &cities {
            ends.entry(city.value).or_default().insert(city.end);
        }
        let only = ends.len() == 1 && stray.is_empty();
        let places = ends.into_iter().map(|(city, ends)| Place::of(city, self.wards_behind(text, city, &ends)));
        let mut places: Vec<Place> = places.chain(stray).collect();
        places.sort();
        match places.pop() {
            None => Resolution::Unknown,
            Some(place) if only => Resolution::Resolved(place),
            Some(last) => {
                places.push(last);
                Resolution::Ambiguous(places)
            }
        }
    }

    /// Every way to read the beginning: with or without a prefecture, with or without a county, which may be repeated.
    fn heads(&self, text: &[char]) -> Vec<Head> {
        let start = Head { end: 0, prefecture: None, county: None, uncertain: false };
        let mut heads = BTreeSet::from([start]);
        for prefecture in self.prefectures.matches(text, 0) {
            heads.insert(Head {
                end: prefecture.end,
                prefecture: Some(prefecture.value),
                county: None,
                uncertain: prefecture.uncertain,
            });
        }
        for _ in 0..2 {
            let further: Vec<Head> = heads.iter().flat_map(|head| self.counties_at(text, *head)).collect();
            heads.extend(further);
        }
        heads.into_iter().collect()
    }

    fn counties_at(&self, text: &[char], head: Head) -> impl Iterator<Item = Head> {
        self.counties.matches(text, head.end).into_iter().filter_map(move |county| {
            let (prefecture, number) = county.value;
            let fits = head.prefecture.is_none_or(|named| named == prefecture)
                && head.county.is_none_or(|named| named == number);
            fits.then_some(Head {
                end: county.end,
                prefecture: Some(prefecture),
                county: Some(number),
                uncertain: head.uncertain || county.uncertain,
            })
        })
    }

    fn cities_at(&self, text: &[char], head: Head) -> impl Iterator<Item = Match<MunicipalityCode>> {
        self.cities.matches(text, head.end).into_iter().filter_map(move |city| {
            let entry = city.value;
            let fits = head.prefecture.is_none_or(|named| named == entry.prefecture)
                && head.county.is_none_or(|named| Some(named) == entry.county);
            fits.then_some(Match { value: entry.code, end: city.end, uncertain: head.uncertain || city.uncertain })
        })
    }

    /// The wards in which an address lies whose text goes on behind its city's name: those that the text names, or all of
    /// the city where it names none that exists.
    fn wards_behind(&self, text: &[char], city: MunicipalityCode, ends: &BTreeSet<usize>) -> Vec<MunicipalityCode> {
        let Some(all) = self.wards_of.get(&city) else { return Vec::new() };
        let following = ends.iter().flat_map(|end| self.wards.matches(text, *end));
        let named = longest(following.filter(|ward| ward.value.city == city).collect());
        let named: BTreeSet<MunicipalityCode> = named.iter().map(|ward| ward.value.code).collect();
        if named.is_empty() { all.clone() } else { named.into_iter().collect() }
    }

    /// Wards named at once, without their city: 北区 is in a dozen cities.
    fn wards_without_city(&self, text: &[char], heads: &[Head]) -> BTreeSet<Place> {
        let open = heads.iter().filter(|head| head.county.is_none());
        let named = open.flat_map(|head| {
            let wards = self.wards.matches(text, head.end).into_iter().map(|ward| ward.value);
            let fits = |ward: &Ward| head.prefecture.is_none_or(|named| named == ward.code.prefecture_number());
            wards.filter(fits).collect::<Vec<_>>()
        });
        named.map(|ward| Place::of(ward.city, vec![ward.code])).collect()
    }
}

/// Of the certain readings the longest; uncertain ones all stay, because their length proves nothing.
fn longest<T>(found: Vec<Match<T>>) -> Vec<Match<T>> {
    let furthest = found.iter().filter(|reading| !reading.uncertain).map(|reading| reading.end).max();
    found.into_iter().filter(|reading| reading.uncertain || Some(reading.end) == furthest).collect()
}

/// The text behind a postcode (`〒968-0214`, with or without the mark and the hyphen), if it begins with one.
fn without_postcode(text: &[char]) -> &[char] {
    let unmarked = text.strip_prefix(&['〒']).unwrap_or(text);
    let behind = [8, 7].into_iter().find_map(|length| {
        let (head, rest) = unmarked.split_at_checked(length)?;
        is_postcode(head).then_some(rest)
    });
    behind.unwrap_or(text)
}

fn is_postcode(text: &[char]) -> bool {
    let digits = text.iter().filter(|c| c.is_ascii_digit()).count();
    digits == 7 && (text.len() == 7 || text.get(3) == Some(&'-'))
}

fn contains(text: &[char], part: &[char]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests;
