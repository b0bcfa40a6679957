//! Every person that a rule can tell apart. A rule looks at addresses, ages and ties through its conditions only, so people for
//! whom each of these says the same are one person here. Few are left, and all of them are asked about at once, a bit each.

use std::collections::{BTreeMap, BTreeSet};

use time::{Date, Month as MonthName};

use super::super::attestation::AttestationKinds;
use super::super::condition::{Area, Clauses, Condition, MAX_AGE, Subject};
use crate::calendar;
use crate::municipality::{Gazetteer, MunicipalityCode, PrefectureCode};

/// Days on which people are looked at: around the turn of the school year, where age and school year drift apart, and far
/// from it. What is found holds on each of them.
const DAYS: [(MonthName, u8); 4] =
    [(MonthName::March, 31), (MonthName::April, 1), (MonthName::April, 2), (MonthName::September, 30)];

/// Any year does: only differences count.
const YEAR: i32 = 2026;

/// Some people, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Crowd(Vec<u64>);

impl Crowd {
    fn none(words: usize) -> Crowd {
        Crowd(vec![0; words])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn and(&self, other: &Crowd) -> Crowd {
        self.zip(other, |one, other| one & other)
    }

    pub(super) fn or(&self, other: &Crowd) -> Crowd {
        self.zip(other, |one, other| one | other)
    }

    pub(super) fn without(&self, other: &Crowd) -> Crowd {
        self.zip(other, |one, other| one & !other)
    }

    /// Nobody of these is missing in the others.
    pub(super) fn are_in(&self, others: &Crowd) -> bool {
        self.0.iter().zip(&others.0).all(|(one, other)| one & !other == 0)
    }

    fn zip(&self, other: &Crowd, join: impl Fn(u64, u64) -> u64) -> Crowd {
        Crowd(self.0.iter().zip(&other.0).map(|(one, other)| join(*one, *other)).collect())
    }

    fn add(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }
}

/// A condition over numbered leaves.
enum Expression {
    Leaf(usize),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
}

/// The people of a rule, and its clauses ready to be asked about them.
pub(super) struct Worlds {
    /// For each place that the rule can tell apart, the leaves that hold there; 0 is elsewhere, and abroad.
    places: BTreeSet<u128>,
    /// Leaves that look at the address.
    of_address: u128,
    /// For each leaf those for whom it holds; nobody where it looks at the address.
    leaves: Vec<Crowd>,
    everybody: Crowd,
    /// Those who have none of the ties.
    untied: Crowd,
    admits: Vec<Expression>,
    everyone: Vec<Expression>,
    excludes: Vec<Expression>,
}

/// What holds for the people of one place.
pub(super) struct Judged {
    pub(super) admits: Vec<Crowd>,
    /// For each clause that admits and asks for several things at once, those for whom each of these holds.
    pub(super) parts: Vec<Vec<Crowd>>,
    pub(super) everyone: Vec<Crowd>,
    pub(super) excludes: Vec<Crowd>,
}

impl Worlds {
    /// `None` for a rule with more conditions than any that was checked.
    pub(super) fn of(clauses: &Clauses<'_>, own: MunicipalityCode, gazetteer: &dyn Gazetteer) -> Option<Worlds> {
        let mut leaves: Vec<&Condition> = Vec::new();
        let admits = expressions(&clauses.admits, &mut leaves);
        let everyone = expressions(&clauses.everyone, &mut leaves);
        let excludes = expressions(&clauses.excludes, &mut leaves);
        if leaves.len() > 128 {
            return None;
        }
        let signature = |holds: &dyn Fn(&Condition) -> bool| {
            let bits = leaves.iter().enumerate().filter(|(_, leaf)| holds(leaf)).map(|(index, _)| 1u128 << index);
            bits.fold(0, |all, bit| all | bit)
        };
        let of_address = signature(&|leaf| leaf.subject() == Some(Subject::Address));
        let ages: BTreeSet<u128> = ages()
            .into_iter()
            .map(|(age, school_year)| signature(&|leaf| leaf.holds_at(age, school_year) == Some(true)))
            .collect();
        let ties: BTreeSet<u128> = (0..8)
            .map(AttestationKinds::of_bits)
            .map(|ties| signature(&|leaf| leaf.holds_with(ties) == Some(true)))
            .collect();
        let count = ages.len() * ties.len();
        let words = count.div_ceil(64);
        let (mut everybody, mut untied) = (Crowd::none(words), Crowd::none(words));
        let mut held = vec![Crowd::none(words); leaves.len()];
        let people = ages.iter().flat_map(|age| ties.iter().map(move |tie| (age, tie)));
        for (person, (age, tie)) in people.enumerate() {
            everybody.add(person);
            // No condition on ties holds: nobody is tied less.
            if *tie == 0 {
                untied.add(person);
            }
            let holds = |index: &usize| (age | tie) >> index & 1 == 1;
            held.iter_mut().enumerate().filter(|(index, _)| holds(index)).for_each(|(_, leaf)| leaf.add(person));
        }
        let places = places(&leaves, own, gazetteer);
        Some(Worlds { places, of_address, leaves: held, everybody, untied, admits, everyone, excludes })
    }

    /// Everybody at a place.
    pub(super) fn everybody(&self) -> &Crowd {
        &self.everybody
    }

    pub(super) fn nobody(&self) -> Crowd {
        Crowd::none(self.everybody.0.len())
    }

    /// Those who have none of the ties.
    pub(super) fn untied(&self) -> &Crowd {
        &self.untied
    }

    /// Each place that the rule can tell apart, with whether it lies in nothing that the rule names.
    pub(super) fn places(&self) -> impl Iterator<Item = (bool, Judged)> {
        self.places.iter().map(|place| (*place == 0, self.judge(*place)))
    }

    fn judge(&self, place: u128) -> Judged {
        let each = |expressions: &[Expression]| expressions.iter().map(|one| self.holds(one, place)).collect();
        let parts = |clause: &Expression| match clause {
            Expression::All(parts) => each(parts),
            _ => Vec::new(),
        };
        Judged {
            admits: each(&self.admits),
            parts: self.admits.iter().map(parts).collect(),
            everyone: each(&self.everyone),
            excludes: each(&self.excludes),
        }
    }

    fn holds(&self, expression: &Expression, place: u128) -> Crowd {
        match expression {
            Expression::Leaf(index) if self.of_address >> index & 1 == 1 => {
                if place >> index & 1 == 1 {
                    self.everybody.clone()
                } else {
                    self.nobody()
                }
            }
            Expression::Leaf(index) => self.leaves.get(*index).cloned().unwrap_or_else(|| self.nobody()),
            Expression::All(all) => {
                all.iter().fold(self.everybody.clone(), |people, one| people.and(&self.holds(one, place)))
            }
            Expression::Any(any) => any.iter().fold(self.nobody(), |people, one| people.or(&self.holds(one, place))),
            Expression::Not(one) => self.everybody.without(&self.holds(one, place)),
        }
    }
}

fn expressions<'c>(conditions: &[&'c Condition], leaves: &mut Vec<&'c Condition>) -> Vec<Expression> {
    conditions.iter().map(|condition| expression(condition, leaves)).collect()
}

fn expression<'c>(condition: &'c Condition, leaves: &mut Vec<&'c Condition>) -> Expression {
    let mut children = |conditions: &'c [Condition]| conditions.iter().map(|one| expression(one, leaves)).collect();
    match condition {
        Condition::All { conditions } => Expression::All(children(conditions)),
        Condition::Any { conditions } => Expression::Any(children(conditions)),
        Condition::Not { condition } => Expression::Not(Box::new(expression(condition, leaves))),
        leaf => Expression::Leaf(leaves.iter().position(|known| *known == leaf).unwrap_or_else(|| {
            leaves.push(leaf);
            leaves.len() - 1
        })),
    }
}

/// Every age with a school year that belongs to it on one of the days.
fn ages() -> BTreeSet<(i32, i32)> {
    let mut found = BTreeSet::new();
    for day in DAYS.iter().filter_map(|(month, day)| Date::from_calendar_date(YEAR, *month, *day).ok()) {
        // Whoever was born on any other day has the age and the school year of somebody who was born on one of these.
        let around = [Some(day), day.next_day(), day.next_day().and_then(Date::next_day)];
        for birthday in around.into_iter().flatten() {
            for born in (0..=i32::from(MAX_AGE) + 2).filter_map(|years| birthday.replace_year(YEAR - years).ok()) {
                let age = calendar::age_on(born, day).filter(|age| *age <= MAX_AGE);
                found.extend(age.map(|age| (i32::from(age), calendar::school_year_on(born, day))));
            }
        }
    }
    found
}

/// For each place that the leaves can tell apart, those that hold there. Of every municipality that is named some part is taken
/// not to be: addresses without a town exist, and wards that nobody lists.
fn places(leaves: &[&Condition], own: MunicipalityCode, gazetteer: &dyn Gazetteer) -> BTreeSet<u128> {
    let mut prefectures: BTreeMap<PrefectureCode, u128> = BTreeMap::new();
    let mut codes: BTreeMap<MunicipalityCode, u128> = BTreeMap::new();
    let mut towns: BTreeMap<(MunicipalityCode, &str), u128> = BTreeMap::new();
    for (index, leaf) in leaves.iter().enumerate() {
        let bit = 1u128 << index;
        match leaf {
            Condition::OwnMunicipality => *codes.entry(own).or_default() |= bit,
            Condition::LivesIn { areas } => {
                for area in areas {
                    match area {
                        Area::Prefecture { code } => *prefectures.entry(*code).or_default() |= bit,
                        Area::Municipality { code } => *codes.entry(*code).or_default() |= bit,
                        Area::Towns { code, towns: names } => {
                            codes.entry(*code).or_default();
                            for name in names {
                                *towns.entry((*code, name)).or_default() |= bit;
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let cities = Cities::of(codes.keys().copied(), gazetteer);
    let named = |code: MunicipalityCode| codes.get(&code).copied().unwrap_or_default();
    let all_of = |code: MunicipalityCode| {
        let prefecture = PrefectureCode::of(code).and_then(|code| prefectures.get(&code)).copied().unwrap_or_default();
        named(code) | cities.of_ward(code).map(named).unwrap_or_default() | prefecture
    };
    let whole: BTreeMap<MunicipalityCode, u128> = codes.keys().map(|code| (*code, all_of(*code))).collect();
    let in_towns = towns.iter().map(|((code, _), bits)| bits | whole.get(code).copied().unwrap_or_default());
    let mut found: BTreeSet<u128> = in_towns.collect();
    found.extend(whole.values().copied());
    found.extend(prefectures.values().copied());
    found.insert(0);
    found
}

/// Which of some municipalities are designated cities of which of some wards.
pub(super) struct Cities<'g> {
    gazetteer: &'g dyn Gazetteer,
    cities: BTreeMap<(&'g str, &'g str), MunicipalityCode>,
}

impl<'g> Cities<'g> {
    pub(super) fn of(codes: impl Iterator<Item = MunicipalityCode>, gazetteer: &'g dyn Gazetteer) -> Cities<'g> {
        let city = |code| gazetteer.municipality(code).filter(|row| row.ward.is_none());
        let cities =
            codes.filter_map(city).map(|row| ((row.prefecture.as_str(), row.city.as_str()), row.code)).collect();
        Cities { gazetteer, cities }
    }

    /// The city of a ward, if it is one of them.
    pub(super) fn of_ward(&self, ward: MunicipalityCode) -> Option<MunicipalityCode> {
        let row = self.gazetteer.municipality(ward).filter(|row| row.ward.is_some())?;
        self.cities.get(&(row.prefecture.as_str(), row.city.as_str())).copied()
    }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_is_there_with_each_school_year_that_belongs_to_it() {
        let mut everybody = BTreeSet::new();
        for (month, day) in DAYS {
            let day = Date::from_calendar_date(YEAR, month, day).unwrap();
            let mut born = day;
            while let Some(age) = calendar::age_on(born, day).filter(|age| *age <= MAX_AGE) {
                everybody.insert((i32::from(age), calendar::school_year_on(born, day)));
                born = born.previous_day().unwrap();
            }
        }
        assert_eq!(ages(), everybody);
    }
}
