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
    /// 国外転出, folded.
    abroad: Vec<char>,
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

/// What a reading ends with.
#[derive(Debug, Clone, Copy)]
enum Named {
    City(MunicipalityCode),
    Ward(Ward),
}

/// How far a reading has come: the prefecture and the county that the text has named so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    end: usize,
    prefecture: Option<u32>,
    county: Option<usize>,
    agreeing: usize,
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
            abroad: fold_name("国外転出"),
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
        if contains(text, &self.abroad) {
            return Resolution::Abroad;
        }
        if text.iter().take(24).filter(|c| **c == ANY).count() > MAX_UNREADABLE {
            return Resolution::Unknown;
        }
        let heads = self.heads(text);
        let cities = heads.iter().flat_map(|head| self.cities_at(text, *head));
        let found = closest(cities.chain(heads.iter().flat_map(|head| self.wards_at(text, *head))).collect());
        let mut ends: BTreeMap<MunicipalityCode, BTreeSet<usize>> = BTreeMap::new();
        let mut places = BTreeSet::new();
        for reading in &found {
            match reading.value {
                Named::City(code) => {
                    ends.entry(code).or_default().insert(reading.end);
                }
                Named::Ward(ward) => {
                    places.insert(Place::of(ward.city, vec![ward.code]));
                }
            }
        }
        let only_a_city = ends.len() == 1 && places.is_empty();
        places.extend(ends.into_iter().map(|(city, ends)| Place::of(city, self.wards_behind(text, city, &ends))));
        match places.pop_first() {
            None => Resolution::Unknown,
            Some(place) if only_a_city => Resolution::Resolved(place),
            Some(first) => Resolution::Ambiguous(std::iter::once(first).chain(places).collect()),
        }
    }

    /// Every way to read the beginning: with or without a prefecture, with or without a county, which may be repeated.
    fn heads(&self, text: &[char]) -> Vec<Head> {
        let start = Head { end: 0, prefecture: None, county: None, agreeing: 0 };
        let mut heads = BTreeSet::from([start]);
        for prefecture in self.prefectures.matches(text, 0) {
            heads.insert(Head {
                end: prefecture.end,
                prefecture: Some(prefecture.value),
                county: None,
                agreeing: prefecture.agreeing,
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
                agreeing: head.agreeing + county.agreeing,
            })
        })
    }

    fn cities_at(&self, text: &[char], head: Head) -> impl Iterator<Item = Match<Named>> {
        self.cities.matches(text, head.end).into_iter().filter_map(move |city| {
            let entry = city.value;
            let fits = head.prefecture.is_none_or(|named| named == entry.prefecture)
                && head.county.is_none_or(|named| Some(named) == entry.county);
            fits.then_some(Match {
                value: Named::City(entry.code),
                end: city.end,
                agreeing: head.agreeing + city.agreeing,
            })
        })
    }

    /// The wards in which an address lies whose text goes on behind its city's name: those that the text names, or all of
    /// the city where it names none that exists.
    fn wards_behind(&self, text: &[char], city: MunicipalityCode, ends: &BTreeSet<usize>) -> Vec<MunicipalityCode> {
        let Some(all) = self.wards_of.get(&city) else { return Vec::new() };
        let following = ends.iter().flat_map(|end| self.wards.matches(text, *end));
        let named = closest(following.filter(|ward| ward.value.city == city).collect());
        let named: BTreeSet<MunicipalityCode> = named.iter().map(|ward| ward.value.code).collect();
        if named.is_empty() { all.clone() } else { named.into_iter().collect() }
    }

    /// Wards named at once, without their city: 北区 is in a dozen cities.
    fn wards_at(&self, text: &[char], head: Head) -> impl Iterator<Item = Match<Named>> {
        let wards = self.wards.matches(text, head.end).into_iter().filter(move |_| head.county.is_none());
        wards.filter_map(move |ward| {
            let prefecture = ward.value.code.prefecture_number();
            let fits = head.prefecture.is_none_or(|named| named == prefecture);
            fits.then_some(Match {
                value: Named::Ward(ward.value),
                end: ward.end,
                agreeing: head.agreeing + ward.agreeing,
            })
        })
    }
}

/// The readings with which most of the text agrees: where every character is readable, the longest name. Where some may be
/// any, a name that is longer only by those is no better than a shorter one, and both stay.
fn closest<T>(found: Vec<Match<T>>) -> Vec<Match<T>> {
    let most = found.iter().map(|reading| reading.agreeing).max();
    found.into_iter().filter(|reading| Some(reading.agreeing) == most).collect()
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
