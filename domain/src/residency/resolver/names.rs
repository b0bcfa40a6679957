//! Names of prefectures, counties, municipalities and wards, those that no longer hold included, and every way in which a text
//! can begin with them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use time::Date;

use super::super::former::{self, Former};
use super::super::names_trie::{Match, NamesTrie};
use super::super::numerals::{Text, fold_name};
use crate::municipality::{Municipality, MunicipalityCode, MunicipalityKind, MunicipalityTable};

pub(super) struct Names {
    prefectures: NamesTrie<u32>,
    /// By the number of the county within these names; counties of one name in two prefectures have two.
    counties: NamesTrie<usize>,
    cities: NamesTrie<usize>,
    entries: Vec<Entry>,
    wards: NamesTrie<Ward>,
    wards_of: BTreeMap<MunicipalityCode, Vec<MunicipalityCode>>,
    /// (city, number in `formers`).
    former_wards: NamesTrie<(MunicipalityCode, usize)>,
    formers: Vec<Arc<Former>>,
}

struct Entry {
    named: Named,
    prefecture: u32,
    county: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Ward {
    code: MunicipalityCode,
    city: MunicipalityCode,
}

/// With whom a municipality shares its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    WithNone,
    OutsideThePrefecture,
    Within,
}

/// What the head of an address names.
#[derive(Debug, Clone)]
pub(super) enum Named {
    City { code: MunicipalityCode, shared: Shared },
    Ward { code: MunicipalityCode, city: MunicipalityCode },
    Former(Arc<Former>),
}

/// One way to read the head of an address.
pub(super) struct Reading {
    pub(super) named: Named,
    /// The position behind it.
    pub(super) end: usize,
    /// Some of its characters may be any.
    pub(super) wild: bool,
    /// The prefecture stands in front.
    pub(super) prefecture: bool,
}

/// Wards in which an address can lie.
pub(super) struct WardsBehind {
    pub(super) codes: Vec<MunicipalityCode>,
    pub(super) end: usize,
    pub(super) former_until: Option<Date>,
}

/// How far a reading has come: the prefecture and the county that the text has named so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    end: usize,
    prefecture: Option<u32>,
    county: Option<usize>,
    agreeing: usize,
}

/// Tells counties of one name in two prefectures apart, and names that are met again.
struct Numbers<'t> {
    prefectures: BTreeMap<&'t str, u32>,
    counties: BTreeMap<(u32, &'t str), usize>,
}

impl Names {
    /// Prepares a table. The villages of the northern territories are left out: nobody is registered there, so that
    /// 北海道泊村 can only be the one in 古宇郡.
    pub(super) fn new(table: &MunicipalityTable) -> Names {
        let mut names = Names {
            prefectures: NamesTrie::new(),
            counties: NamesTrie::new(),
            cities: NamesTrie::new(),
            entries: Vec::new(),
            wards: NamesTrie::new(),
            wards_of: BTreeMap::new(),
            former_wards: NamesTrie::new(),
            formers: Vec::new(),
        };
        let lived_in = || table.rows().iter().filter(|row| row.kind != MunicipalityKind::NorthernTerritoryVillage);
        // By folded name: 鹿嶋市 (茨城) and 鹿島市 (佐賀) are one name to somebody who writes either kanji.
        let mut bearers: BTreeMap<Vec<char>, Vec<u32>> = BTreeMap::new();
        for row in lived_in() {
            let name = fold_name(row.ward.as_ref().unwrap_or(&row.city));
            bearers.entry(name).or_default().push(row.code.prefecture_number());
        }
        for former in former::names().filter(|former| former.ward.is_none()) {
            let prefecture = former.successors.first().map_or(0, |code| code.prefecture_number());
            bearers.entry(fold_name(former.city)).or_default().push(prefecture);
        }
        let mut numbers = Numbers { prefectures: BTreeMap::new(), counties: BTreeMap::new() };
        for row in lived_in() {
            let prefecture = row.code.prefecture_number();
            if numbers.prefectures.insert(&row.prefecture, prefecture).is_none() {
                names.prefectures.insert(&fold_name(&row.prefecture), prefecture);
            }
            names.insert(table, row, &bearers, &mut numbers);
        }
        for former in former::names() {
            names.insert_former(table, former, &mut numbers);
        }
        names
    }

    fn insert<'t>(
        &mut self,
        table: &MunicipalityTable,
        row: &'t Municipality,
        bearers: &BTreeMap<Vec<char>, Vec<u32>>,
        numbers: &mut Numbers<'t>,
    ) {
        if let (Some(ward), Some(city)) = (&row.ward, table.city_of(row.code)) {
            self.wards.insert(&fold_name(ward), Ward { code: row.code, city });
            self.wards_of.entry(city).or_default().push(row.code);
            return;
        }
        let prefecture = row.code.prefecture_number();
        let name = fold_name(&row.city);
        let bearers = bearers.get(&name).map_or(&[] as &[_], Vec::as_slice);
        let shared = match bearers.iter().filter(|bearer| **bearer == prefecture).count() {
            _ if bearers.len() == 1 => Shared::WithNone,
            1 => Shared::OutsideThePrefecture,
            _ => Shared::Within,
        };
        let county = row.county.as_deref().map(|name| self.county(prefecture, name, numbers));
        self.cities.insert(&name, self.entries.len());
        self.entries.push(Entry { named: Named::City { code: row.code, shared }, prefecture, county });
    }

    fn insert_former(&mut self, table: &MunicipalityTable, former: Former, numbers: &mut Numbers<'_>) {
        let Some(first) = former.successors.first().copied() else { return };
        let (former, prefecture) = (Arc::new(former), first.prefecture_number());
        if let (Some(ward), Some(city)) = (former.ward, table.city_of(first)) {
            self.former_wards.insert(&fold_name(ward), (city, self.formers.len()));
            self.formers.push(former);
            return;
        }
        let county = former.county.map(|name| self.county(prefecture, name, numbers));
        self.cities.insert(&fold_name(former.city), self.entries.len());
        self.entries.push(Entry { named: Named::Former(former), prefecture, county });
    }

    fn county<'t>(&mut self, prefecture: u32, name: &'t str, numbers: &mut Numbers<'t>) -> usize {
        let next = numbers.counties.len();
        *numbers.counties.entry((prefecture, name)).or_insert_with(|| {
            self.counties.insert(&fold_name(name), next);
            next
        })
    }

    /// Every way to read the head, and the prefecture if one is written there.
    pub(super) fn readings(&self, text: &Text) -> (Vec<Reading>, Option<u32>) {
        let (heads, prefecture) = self.heads(text);
        let mut readings = Vec::with_capacity(4);
        for head in &heads {
            self.cities_at(text, *head, &mut readings);
            if head.county.is_none() {
                self.wards_at(text, *head, &mut readings);
            }
        }
        // Where a provider has split the address, the split tells which of two ends is meant.
        if let [_, second] = text.seams.as_slice()
            && readings.iter().any(|reading| reading.end == *second && !reading.wild)
        {
            readings.retain(|reading| reading.end >= *second || reading.wild);
        }
        (readings, prefecture)
    }

    /// With or without a prefecture, with or without a county, which may be repeated.
    fn heads(&self, text: &Text) -> (Vec<Head>, Option<u32>) {
        let mut heads = vec![Head { end: 0, prefecture: None, county: None, agreeing: 0 }];
        let mut written = BTreeSet::new();
        for found in self.prefectures.matches(&text.chars, 0) {
            written.insert((found.value, found.agreeing == found.end));
            let prefecture = Some(found.value);
            heads.push(Head { end: found.end, prefecture, county: None, agreeing: found.agreeing });
        }
        let (mut from, mut until) = (0, heads.len());
        for _ in 0..2 {
            for index in from..until {
                if let Some(head) = heads.get(index).copied() {
                    self.counties_at(text, head, &mut heads);
                }
            }
            (from, until) = (until, heads.len());
        }
        let written = match (written.pop_first(), written.pop_first()) {
            (Some((prefecture, true)), None) => Some(prefecture),
            _ => None,
        };
        (heads, written)
    }

    fn counties_at(&self, text: &Text, head: Head, heads: &mut Vec<Head>) {
        for found in self.counties.matches(&text.chars, head.end) {
            if head.county.is_none_or(|named| named == found.value) {
                heads.push(Head {
                    end: found.end,
                    county: Some(found.value),
                    agreeing: head.agreeing + found.agreeing,
                    ..head
                });
            }
        }
    }

    fn cities_at(&self, text: &Text, head: Head, readings: &mut Vec<Reading>) {
        for found in self.cities.matches(&text.chars, head.end) {
            let Some(entry) = self.entries.get(found.value) else { continue };
            if head.prefecture.is_none_or(|named| named == entry.prefecture)
                && head.county.is_none_or(|named| Some(named) == entry.county)
            {
                readings.push(reading(entry.named.clone(), head, &found));
            }
        }
    }

    /// Wards named at once, without their city: 北区 is in a dozen cities. No register writes them so; where their characters
    /// may be any as well, nothing is left to read.
    fn wards_at(&self, text: &Text, head: Head, readings: &mut Vec<Reading>) {
        for found in self.wards.matches(&text.chars, head.end) {
            let Ward { code, city } = found.value;
            let legible = head.end + found.agreeing == found.end;
            if legible && head.prefecture.is_none_or(|named| named == code.prefecture_number()) {
                readings.push(reading(Named::Ward { code, city }, head, &found));
            }
        }
    }

    /// The wards in which an address lies whose text goes on at `end` behind its city's name: those that the text names,
    /// today's before former ones, or all of the city where it names none that ever existed. A municipality without wards
    /// stands for itself.
    pub(super) fn wards_behind(&self, text: &Text, city: MunicipalityCode, end: usize) -> Vec<WardsBehind> {
        let Some(all) = self.wards_of.get(&city) else {
            return vec![WardsBehind { codes: vec![city], end, former_until: None }];
        };
        let mut found: Vec<WardsBehind> = self
            .wards
            .matches(&text.chars, end)
            .into_iter()
            .filter(|ward| ward.value.city == city)
            .map(|ward| WardsBehind { codes: vec![ward.value.code], end: ward.end, former_until: None })
            .collect();
        if found.is_empty() {
            let matches = self.former_wards.matches(&text.chars, end).into_iter();
            let of_city = matches.filter(|ward| ward.value.0 == city);
            found.extend(of_city.filter_map(|ward| {
                let former = self.formers.get(ward.value.1)?;
                let former_until = Some(former.until);
                Some(WardsBehind { codes: former.successors.clone(), end: ward.end, former_until })
            }));
        }
        if found.is_empty() {
            found.push(WardsBehind { codes: all.clone(), end, former_until: None });
        }
        found
    }
}

fn reading<T>(named: Named, head: Head, found: &Match<T>) -> Reading {
    let agreeing = head.agreeing + found.agreeing;
    Reading { named, end: found.end, wild: agreeing < found.end, prefecture: head.prefecture.is_some() }
}
