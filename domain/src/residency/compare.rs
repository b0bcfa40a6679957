//! Two rules over the same world: every town of Japan, for everybody whom either rule can tell apart by age and ties. It decides
//! structured places, not addresses; that addresses lead to their places is the resolver's to prove.

use std::collections::{BTreeMap, BTreeSet};

use time::{Date, Month as MonthName};

use super::attestation::{Attestation, AttestationKinds};
use super::condition::{Area, Condition, MAX_AGE, Subject};
use super::decide::Facts;
use super::place::{Place, Resolution, Town};
use super::reason::Outcome;
use super::rule::{AddressSource, ResidencyRule};
use super::towns::TownTable;
use crate::calendar::{self, Month, long_date};
use crate::locale::Locale;
use crate::municipality::{MunicipalityCode, MunicipalityKind, MunicipalityTable};

/// People whom neither rule tells apart but by where they live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// The earliest birthdate; `None` where there is no limit.
    pub born_from: Option<Date>,
    /// The latest birthdate; `None` where there is no limit.
    pub born_to: Option<Date>,
    /// One of these birthdates, which stands for all.
    pub birthdate: Date,
    /// Their age, in completed years.
    pub age: u8,
    /// The ties that they have.
    pub ties: AttestationKinds,
}

/// Towns of one municipality or ward, of which the outcome is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedTowns {
    /// The municipality without wards, or the ward.
    pub code: MunicipalityCode,
    /// Their names; `None` for all of it.
    pub towns: Option<Vec<String>>,
    /// How many towns.
    pub count: usize,
}

/// What changes for one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// For whom.
    pub profile: Profile,
    /// Where people become eligible, in the order of the codes.
    pub gained: Vec<ChangedTowns>,
    /// Where people are not eligible any more.
    pub lost: Vec<ChangedTowns>,
}

/// What changes from one rule to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// One for each profile, also where nothing changes: without ties first, the youngest first.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Compares two rules of a municipality, as they decide on a day about people who were verified on it.
    pub fn of(before: &ResidencyRule, after: &ResidencyRule, own: MunicipalityCode, today: Date) -> Comparison {
        let world = World::of(before, after, own);
        let difference = |profile| {
            let outcome = |rule: &ResidencyRule, place: Place| {
                rule.decide(own, &facts(profile, place, today), today).outcome == Outcome::Eligible
            };
            world.difference(profile, &|place| (outcome(before, place.clone()), outcome(after, place)))
        };
        Comparison { differences: profiles(before, after, today).into_iter().map(difference).collect() }
    }

    /// How many towns become eligible for somebody.
    pub fn gained(&self) -> usize {
        count(self.differences.iter().flat_map(|difference| &difference.gained))
    }

    /// In how many towns somebody is not eligible any more.
    pub fn lost(&self) -> usize {
        count(self.differences.iter().flat_map(|difference| &difference.lost))
    }
}

impl Profile {
    /// Who they are: `2008年4月2日以降に生まれた人(たとえば12歳)、在勤`.
    pub fn label(&self, locale: Locale) -> String {
        let day = |day: Date| match locale {
            Locale::Ja => format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day()),
            Locale::En => long_date(day, locale),
        };
        let age = self.age;
        let born = match (self.born_from.map(day), self.born_to.map(day), locale) {
            (None, None, Locale::Ja) => "すべての年齢".to_owned(),
            (None, None, Locale::En) => "any age".to_owned(),
            (Some(from), None, Locale::Ja) => format!("{from}以降に生まれた人(たとえば{age}歳)"),
            (Some(from), None, Locale::En) => format!("born on {from} or later (such as aged {age})"),
            (None, Some(to), Locale::Ja) => format!("{to}までに生まれた人(たとえば{age}歳)"),
            (None, Some(to), Locale::En) => format!("born on {to} or earlier (such as aged {age})"),
            (Some(from), Some(to), Locale::Ja) => format!("{from}から{to}までに生まれた人(たとえば{age}歳)"),
            (Some(from), Some(to), Locale::En) => format!("born from {from} to {to} (such as aged {age})"),
        };
        let ties: Vec<&str> = self.ties.iter().map(|kind| kind.words().get(locale)).collect();
        match locale {
            _ if ties.is_empty() => born,
            Locale::Ja => format!("{born}、{}", ties.join("・")),
            Locale::En => format!("{born}, {}", ties.join(", ").to_lowercase()),
        }
    }
}

fn count<'a>(changed: impl Iterator<Item = &'a ChangedTowns>) -> usize {
    let mut towns: BTreeMap<MunicipalityCode, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for one in changed {
        let (whole, some) = towns.entry(one.code).or_default();
        match &one.towns {
            None => *whole = one.count,
            Some(names) => some.extend(names.iter().map(String::as_str)),
        }
    }
    towns.values().map(|(whole, some)| if *whole > 0 { *whole } else { some.len() }).sum()
}

/// Verified this month by the strongest source: what a rule says of the evidence is not compared.
fn facts(profile: Profile, place: Place, today: Date) -> Facts {
    let month = Month::of(today);
    Facts {
        resolution: Resolution::Resolved(place),
        birthdate: Some(profile.birthdate),
        source: AddressSource::SignatureCertificate,
        verified: Some(month),
        attested: profile.ties.iter().map(|kind| Attestation { kind, until: month }).collect(),
    }
}

/// Everybody whom either rule tells apart by age, with no tie, with each that either names, and with all of these.
fn profiles(before: &ResidencyRule, after: &ResidencyRule, today: Date) -> Vec<Profile> {
    let named: AttestationKinds =
        before.condition().kinds_named().iter().chain(after.condition().kinds_named().iter()).collect();
    let mut ties = vec![AttestationKinds::NONE];
    ties.extend(named.iter().map(|kind| [kind].into_iter().collect::<AttestationKinds>()));
    if !ties.contains(&named) {
        ties.push(named);
    }
    let ages = bands(&[before.condition(), after.condition()], today);
    ties.into_iter().flat_map(|ties| ages.iter().map(move |profile| Profile { ties, ..*profile })).collect()
}

/// Birthdates in bands for which every condition on age says the same, the youngest first.
fn bands(conditions: &[&Condition], today: Date) -> Vec<Profile> {
    let mut leaves = Vec::new();
    conditions.iter().for_each(|condition| collect(condition, &mut leaves));
    let signature = |born: Date| -> Vec<Option<bool>> {
        let age = calendar::age_on(born, today).map_or(0, i32::from);
        let school_year = calendar::school_year_on(born, today);
        leaves.iter().map(|leaf| leaf.holds_at(age, school_year)).collect()
    };
    // Age changes from birthdays two days ahead to those of tomorrow, school year from 2 April to the day before.
    let tomorrow = today.next_day().unwrap_or(today);
    let april = Date::from_calendar_date(tomorrow.year(), MonthName::April, 1).unwrap_or(tomorrow);
    let mut latest: Vec<Date> = (0..=i32::from(MAX_AGE))
        .flat_map(|years| [tomorrow, april].map(|day| on_or_before(day, day.year() - years)))
        .filter(|born| calendar::age_on(*born, today).is_some_and(|age| age <= MAX_AGE))
        .chain([today])
        .collect();
    latest.sort_unstable_by(|one, other| other.cmp(one));
    latest.dedup();
    let mut bands: Vec<Vec<Date>> = Vec::new();
    for born in latest {
        match bands.last_mut() {
            Some(band) if band.first().is_some_and(|first| signature(*first) == signature(born)) => band.push(born),
            _ => bands.push(vec![born]),
        }
    }
    let starts: Vec<Option<Date>> = bands.iter().map(|band| band.first().copied()).collect();
    bands
        .iter()
        .enumerate()
        .filter_map(|(at, band)| {
            let birthdate = band.get(band.len() / 2).copied()?;
            let next = starts.get(at + 1).copied().flatten();
            Some(Profile {
                born_from: next.and_then(Date::next_day),
                born_to: if at == 0 { None } else { band.first().copied() },
                birthdate,
                age: calendar::age_on(birthdate, today)?,
                ties: AttestationKinds::NONE,
            })
        })
        .collect()
}

/// The day in another year; of 29 February the day before, where there is none.
fn on_or_before(day: Date, year: i32) -> Date {
    day.replace_year(year).or_else(|_| day.previous_day().unwrap_or(day).replace_year(year)).unwrap_or(day)
}

fn collect<'c>(condition: &'c Condition, leaves: &mut Vec<&'c Condition>) {
    if matches!(condition.subject(), Some(Subject::Age(_))) {
        leaves.push(condition);
    }
    condition.children().iter().for_each(|child| collect(child, leaves));
}

/// What either rule can tell apart by where somebody lives.
struct World {
    /// Municipalities and wards, some towns of which a rule names.
    by_town: BTreeSet<MunicipalityCode>,
    /// Those that a rule names, or whose city it names, without towns.
    by_code: BTreeSet<MunicipalityCode>,
}

impl World {
    fn of(before: &ResidencyRule, after: &ResidencyRule, own: MunicipalityCode) -> World {
        let table = MunicipalityTable::japan();
        let mut world = World { by_town: BTreeSet::new(), by_code: BTreeSet::new() };
        let mut named = vec![own];
        for area in before.condition().areas().into_iter().chain(after.condition().areas()) {
            match area {
                Area::Prefecture { .. } => {}
                Area::Municipality { code } => named.push(*code),
                Area::Towns { code, .. } => {
                    world.by_town.insert(*code);
                }
            }
        }
        for code in named {
            world.by_code.insert(code);
            world.by_code.extend(table.wards_of(code).map(|ward| ward.code));
        }
        world
    }

    /// `eligible` says of a place what it was and what it is.
    fn difference(&self, profile: Profile, eligible: &dyn Fn(Place) -> (bool, bool)) -> Difference {
        let table = MunicipalityTable::japan();
        // Of a prefecture's municipalities that no rule names each is like the others.
        let mut alike: BTreeMap<u32, (bool, bool)> = BTreeMap::new();
        let mut found = Difference { profile, gained: Vec::new(), lost: Vec::new() };
        let inhabited =
            |kind| kind != MunicipalityKind::DesignatedCity && kind != MunicipalityKind::NorthernTerritoryVillage;
        for row in table.rows().iter().filter(|row| inhabited(row.kind)) {
            let city = table.city_of(row.code);
            let place = || Place::of(city.unwrap_or(row.code), city.map(|_| row.code).into_iter().collect());
            if self.by_town.contains(&row.code) {
                found.towns_of(row.code, &|town| eligible(place().in_towns(vec![town])));
                continue;
            }
            let outcome = if self.by_code.contains(&row.code) {
                eligible(place())
            } else {
                *alike.entry(row.code.prefecture_number()).or_insert_with(|| eligible(place()))
            };
            if let Some(changed) = found.changed(outcome) {
                let count = TownTable::japan().towns_of(row.code).len();
                changed.push(ChangedTowns { code: row.code, towns: None, count });
            }
        }
        found
    }
}

impl Difference {
    fn changed(&mut self, (before, after): (bool, bool)) -> Option<&mut Vec<ChangedTowns>> {
        match (before, after) {
            (false, true) => Some(&mut self.gained),
            (true, false) => Some(&mut self.lost),
            _ => None,
        }
    }

    fn towns_of(&mut self, code: MunicipalityCode, eligible: &dyn Fn(Town) -> (bool, bool)) {
        let all = TownTable::japan().towns_of(code);
        let of = all.len();
        let (mut gained, mut lost) = (Vec::new(), Vec::new());
        for town in all {
            let name = town.name.clone();
            match eligible(town) {
                (false, true) => gained.push(name),
                (true, false) => lost.push(name),
                _ => {}
            }
        }
        for (names, changed) in [(gained, &mut self.gained), (lost, &mut self.lost)] {
            let count = names.len();
            if count > 0 {
                changed.push(ChangedTowns { code, towns: (count < of).then_some(names), count });
            }
        }
    }
}

#[cfg(test)]
mod tests;
