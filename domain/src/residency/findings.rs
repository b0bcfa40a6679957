//! What is odd about a rule before anybody comes to it: clauses that contradict themselves, add nobody or hold for everybody,
//! codes that are gone, terms that do not do what they seem to. Each is found by looking at everybody whom the rule can tell
//! apart (`worlds`), not by looking for patterns, and holds on every day of the year.

mod words;
mod worlds;

use serde::{Deserialize, Serialize};

use self::worlds::{Cities, Crowd, Judged, Worlds};
use super::condition::{Area, Bound, Clause, Clauses, Condition, Subject};
use super::rule::{ResidencyRule, Term};
use crate::municipality::{Gazetteer, MunicipalityCode, PrefectureCode};

/// Something about a rule that a clerk should know, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The clause that it is about; `None` for the rule as a whole.
    pub at: Option<Clause>,
    /// What it is.
    #[serde(flatten)]
    pub kind: FindingKind,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FindingKind {
    /// Nobody can be eligible.
    AdmitsNobody,
    /// The clause contradicts itself.
    NeverHolds,
    /// The clause holds for some, and what is asked of everybody or excluded turns all of them away.
    TurnedAway,
    /// The table has no such municipality or ward: it was abolished, or never was.
    UnknownCode {
        /// The code.
        code: MunicipalityCode,
    },
    /// The municipality has no such towns: they were renamed, or never were.
    UnknownTowns {
        /// Its code.
        code: MunicipalityCode,
        /// Their names.
        towns: Vec<String>,
    },
    /// Everybody is eligible.
    AdmitsEverybody,
    /// Whoever needs no tie is admitted wherever they live, in Japan or abroad.
    AdmitsFromAnywhere,
    /// The clause makes no difference: whom it admits, or excludes, others do.
    AddsNobody {
        /// The clause that does by itself; `None` where it takes several.
        by: Option<Clause>,
    },
    /// The exclusion holds for nobody whom the rule would admit.
    ExcludesNobody,
    /// What is asked for makes no difference beside the rest.
    ChangesNothing {
        /// Which of several conditions of the clause, from 0; `None` for the clause as a whole.
        part: Option<u8>,
    },
    /// A place is listed within another.
    ListedTwice {
        /// The code of the place, as [`Area`] writes it.
        place: String,
        /// That of the other one.
        within: String,
    },
    /// The card would be asked for again after the term only.
    RecheckNeverDue,
    /// An address may be older than the eligibility that would rest on it can be.
    OlderThanTerm,
    /// Eligibility ends with March, for those who come in March after days.
    EndsWithMarch,
    /// Whoever passes the greatest age stays eligible until the term or the fiscal year ends.
    AgePassedWithinTerm,
}

impl Finding {
    /// The rule cannot be submitted: it, or a part of it, admits nobody, or names what is not there.
    pub const fn refuses(&self) -> bool {
        matches!(
            self.kind,
            FindingKind::AdmitsNobody
                | FindingKind::NeverHolds
                | FindingKind::TurnedAway
                | FindingKind::UnknownCode { .. }
                | FindingKind::UnknownTowns { .. }
        )
    }
}

impl ResidencyRule {
    /// Everything that is odd about it, what refuses a submission first.
    ///
    /// Ages up to 130 count as possible. That all towns of a municipality, or all wards of a city, are listed is not taken for
    /// the whole: an address may not say which it is.
    pub fn findings(&self, own: MunicipalityCode, gazetteer: &dyn Gazetteer) -> Vec<Finding> {
        let clauses = self.clauses();
        let mut found = Vec::new();
        if let Some(worlds) = Worlds::of(&clauses, own, gazetteer) {
            let mut seen = Seen::of(&clauses);
            worlds.places().for_each(|(elsewhere, judged)| seen.look(&worlds, elsewhere, &judged));
            seen.tell(&mut found);
        }
        places(&clauses, gazetteer, &mut found);
        self.terms(&mut found);
        found.sort_by_key(|finding| !finding.refuses());
        found
    }

    fn terms(&self, found: &mut Vec<Finding>) {
        let months = match self.term() {
            Term::Months { months } => months,
            // Verified in April, it lasts for eleven months more; later, for fewer.
            Term::FiscalYearEnd => 11,
        };
        let shortest = self.recheck_months().map_or(months, |recheck| recheck.min(months));
        let by_birthday = |condition: &Condition| passes(condition, false);
        let kinds = [
            (FindingKind::RecheckNeverDue, self.recheck_months().is_some_and(|recheck| recheck >= months)),
            (FindingKind::OlderThanTerm, self.acceptance().greatest_age_months > shortest),
            (FindingKind::EndsWithMarch, self.term() == Term::FiscalYearEnd && !self.depends_on_age()),
            (FindingKind::AgePassedWithinTerm, by_birthday(self.condition())),
        ];
        found.extend(kinds.into_iter().filter(|(_, holds)| *holds).map(|(kind, _)| Finding { at: None, kind }));
    }
}

/// A birthday can end it. School years end with the fiscal year, as eligibilities on them do.
fn passes(condition: &Condition, negated: bool) -> bool {
    match condition {
        Condition::SchoolYearAtLeast { .. } | Condition::SchoolYearAtMost { .. } => false,
        Condition::Not { condition } => passes(condition, !negated),
        other => match other.subject() {
            Some(Subject::Age(bound)) => bound == if negated { Bound::AtLeast } else { Bound::AtMost },
            _ => other.children().iter().any(|child| passes(child, negated)),
        },
    }
}

/// Places that are gone, and places within others.
fn places(clauses: &Clauses<'_>, gazetteer: &dyn Gazetteer, found: &mut Vec<Finding>) {
    for (at, condition) in clauses.all() {
        let mut tell = |kind| found.push(Finding { at: Some(at), kind });
        for areas in condition.lists() {
            let code = |area: &Area| match area {
                Area::Prefecture { .. } => None,
                Area::Municipality { code } | Area::Towns { code, .. } => Some(*code),
            };
            let whole = |area: &Area| matches!(area, Area::Municipality { .. }).then(|| code(area)).flatten();
            let cities = Cities::of(areas.iter().filter_map(whole), gazetteer);
            let listed = |prefecture| areas.contains(&Area::Prefecture { code: prefecture });
            for (area, code) in areas.iter().filter_map(|area| Some((area, code(area)?))) {
                if gazetteer.municipality(code).is_none() {
                    tell(FindingKind::UnknownCode { code });
                } else if let Area::Towns { towns, .. } = area {
                    let unknown: Vec<String> =
                        towns.iter().filter(|town| !gazetteer.has_town(code, town)).cloned().collect();
                    if !unknown.is_empty() {
                        tell(FindingKind::UnknownTowns { code, towns: unknown });
                    }
                }
                let prefecture = PrefectureCode::of(code).filter(|code| listed(*code)).map(|code| code.to_string());
                let city = cities.of_ward(code).map(|city| city.to_string());
                if let Some(within) = prefecture.or(city) {
                    tell(FindingKind::ListedTwice { place: area.to_string(), within });
                }
            }
        }
    }
}

/// What was seen so far of the people of a rule; every field says that somebody was.
struct Seen {
    admitted: bool,
    refused: bool,
    from_anywhere: bool,
    admits: Vec<Admitting>,
    /// For each thing asked of everybody: somebody whom nothing else turns away fails it.
    everyone: Vec<bool>,
    excludes: Vec<Excluding>,
}

#[derive(Default, Clone)]
struct Admitting {
    holds: bool,
    fails: bool,
    /// Somebody is admitted by it.
    lands: bool,
    /// Somebody is admitted by it alone.
    needed: bool,
    /// By each other clause: somebody is admitted by this one and not by that.
    beyond: Vec<bool>,
    from_anywhere: bool,
    /// By each of its parts: somebody for whom the other parts hold fails it.
    parts: Vec<bool>,
}

#[derive(Default, Clone)]
struct Excluding {
    holds: bool,
    lands: bool,
    needed: bool,
    beyond: Vec<bool>,
}

impl Seen {
    fn of(clauses: &Clauses<'_>) -> Seen {
        let admits = clauses.admits.len();
        let excludes = clauses.excludes.len();
        let parts = |clause: &&Condition| match clause {
            Condition::All { conditions } => vec![false; conditions.len()],
            _ => Vec::new(),
        };
        let admitting =
            |clause| Admitting { beyond: vec![false; admits], parts: parts(clause), ..Admitting::default() };
        Seen {
            admitted: false,
            refused: false,
            from_anywhere: false,
            admits: clauses.admits.iter().map(admitting).collect(),
            everyone: vec![false; clauses.everyone.len()],
            excludes: vec![Excluding { beyond: vec![false; excludes], ..Excluding::default() }; excludes],
        }
    }

    fn look(&mut self, worlds: &Worlds, elsewhere: bool, judged: &Judged) {
        let everybody = worlds.everybody();
        let nobody = everybody.without(everybody);
        let any = |of: &[Crowd]| of.iter().fold(nobody.clone(), |all, one| all.or(one));
        let all = |of: &[Crowd]| of.iter().fold(everybody.clone(), |all, one| all.and(one));
        let admitted = if judged.admits.is_empty() { everybody.clone() } else { any(&judged.admits) };
        let asked = all(&judged.everyone);
        let excluded = any(&judged.excludes);
        let eligible = admitted.and(&asked).without(&excluded);
        self.admitted |= !eligible.is_empty();
        self.refused |= !everybody.are_in(&eligible);
        self.from_anywhere |= elsewhere && !eligible.and(worlds.untied()).is_empty();

        let passing = asked.without(&excluded);
        let landing: Vec<Crowd> = judged.admits.iter().map(|clause| clause.and(&passing)).collect();
        let alone = by_itself(&landing, &nobody);
        let clauses = self.admits.iter_mut().zip(&judged.admits).zip(&judged.parts).zip(&landing).zip(&alone);
        for ((((seen, holds), parts), lands), alone) in clauses {
            seen.holds |= !holds.is_empty();
            seen.fails |= !everybody.are_in(holds);
            seen.lands |= !lands.is_empty();
            seen.needed |= !alone.is_empty();
            seen.from_anywhere |= elsewhere && !lands.and(worlds.untied()).is_empty();
            look_beyond(&mut seen.beyond, lands, &landing);
            for (at, (needed, part)) in seen.parts.iter_mut().zip(parts).enumerate() {
                if !*needed {
                    let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                    let rest = others.fold(everybody.clone(), |all, (_, one)| all.and(one));
                    *needed = !rest.are_in(part);
                }
            }
        }
        let open = admitted.without(&excluded);
        for (at, (seen, asked)) in self.everyone.iter_mut().zip(&judged.everyone).enumerate() {
            if !*seen {
                let others = judged.everyone.iter().enumerate().filter(|(other, _)| *other != at);
                let rest = others.fold(open.clone(), |all, (_, one)| all.and(one));
                *seen = !rest.are_in(asked);
            }
        }
        let would = admitted.and(&asked);
        let landing: Vec<Crowd> = judged.excludes.iter().map(|clause| clause.and(&would)).collect();
        let alone = by_itself(&landing, &nobody);
        for (((seen, holds), lands), alone) in self.excludes.iter_mut().zip(&judged.excludes).zip(&landing).zip(&alone)
        {
            seen.holds |= !holds.is_empty();
            seen.lands |= !lands.is_empty();
            seen.needed |= !alone.is_empty();
            look_beyond(&mut seen.beyond, lands, &landing);
        }
    }

    fn tell(self, found: &mut Vec<Finding>) {
        let Seen { admitted, refused, from_anywhere, admits, everyone, excludes } = self;
        let mut tell = |at, kind| found.push(Finding { at, kind });
        for (at, seen) in admits.iter().enumerate() {
            let clause = number(at).map(Clause::Admits);
            if !seen.holds {
                tell(clause, FindingKind::NeverHolds);
            } else if admitted && !seen.lands {
                tell(clause, FindingKind::TurnedAway);
            } else if let Some(by) = cover(at, seen.needed, admits.iter().map(|seen| seen.beyond.as_slice())) {
                if seen.lands {
                    tell(clause, FindingKind::AddsNobody { by: by.and_then(number).map(Clause::Admits) });
                }
            }
            if seen.holds {
                let parts = seen.parts.iter().enumerate().filter(|(_, needed)| !**needed);
                parts.for_each(|(part, _)| tell(clause, FindingKind::ChangesNothing { part: number(part) }));
            }
        }
        if !admitted {
            return tell(None, FindingKind::AdmitsNobody);
        }
        if !refused {
            return tell(None, FindingKind::AdmitsEverybody);
        }
        if admits.is_empty() && from_anywhere {
            tell(None, FindingKind::AdmitsFromAnywhere);
        }
        for (at, _) in admits.iter().enumerate().filter(|(_, seen)| seen.from_anywhere) {
            tell(number(at).map(Clause::Admits), FindingKind::AdmitsFromAnywhere);
        }
        for (at, _) in everyone.iter().enumerate().filter(|(_, needed)| !**needed) {
            tell(number(at).map(Clause::Everyone), FindingKind::ChangesNothing { part: None });
        }
        for (at, seen) in excludes.iter().enumerate() {
            let clause = number(at).map(Clause::Excludes);
            if !seen.lands {
                tell(clause, FindingKind::ExcludesNobody);
            } else if let Some(by) = cover(at, seen.needed, excludes.iter().map(|seen| seen.beyond.as_slice())) {
                tell(clause, FindingKind::AddsNobody { by: by.and_then(number).map(Clause::Excludes) });
            }
        }
    }
}

/// Of each clause those who are in no other one.
fn by_itself(clauses: &[Crowd], nobody: &Crowd) -> Vec<Crowd> {
    let (mut once, mut twice) = (nobody.clone(), nobody.clone());
    for clause in clauses {
        twice = twice.or(&once.and(clause));
        once = once.or(clause);
    }
    clauses.iter().map(|clause| clause.without(&twice)).collect()
}

fn look_beyond(beyond: &mut [bool], lands: &Crowd, others: &[Crowd]) {
    for (seen, other) in beyond.iter_mut().zip(others) {
        *seen = *seen || !lands.are_in(other);
    }
}

/// What makes a clause superfluous: another one, or several (`Some(None)`). Of clauses that are the same the first is needed.
fn cover<'a>(at: usize, needed: bool, beyond: impl Iterator<Item = &'a [bool]>) -> Option<Option<usize>> {
    if needed {
        return None;
    }
    let beyond: Vec<&[bool]> = beyond.collect();
    let goes_beyond =
        |one: usize, other: usize| beyond.get(one).and_then(|row| row.get(other)).copied().unwrap_or(true);
    let covers: Vec<usize> = (0..beyond.len()).filter(|other| *other != at && !goes_beyond(at, *other)).collect();
    let real = covers.iter().find(|other| goes_beyond(**other, at) || **other < at);
    match (real, covers.is_empty()) {
        (Some(by), _) => Some(Some(*by)),
        (None, true) => Some(None),
        (None, false) => None,
    }
}

fn number(index: usize) -> Option<u8> {
    u8::try_from(index).ok()
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests;
