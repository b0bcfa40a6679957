//! What is odd about a rule before anybody comes to it: clauses that contradict themselves, add nobody or hold for everybody,
//! codes that are gone, terms that do not do what they seem to. Each is found by looking at everybody whom the rule can tell
//! apart (`worlds`), not by looking for patterns, and holds on every day of the year.

mod seen;
mod words;
mod worlds;

use serde::{Deserialize, Serialize};

use self::seen::Seen;
use self::worlds::{Cities, Worlds};
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
            seen.tell(&worlds, &mut found);
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

#[cfg(feature = "table")]
#[cfg(test)]
mod tests;
