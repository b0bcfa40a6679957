//! Whom a rule admits: conditions on where somebody lives, on ties and on age, and what joins them.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::attestation::{AttestationKind, AttestationKinds};
use crate::municipality::{Gazetteer, MunicipalityCode, PrefectureCode};
use crate::violations::Violation;

/// The most conditions within conditions.
pub const MAX_DEPTH: usize = 6;
/// The most areas that one condition lists.
pub const MAX_AREAS: usize = 200;
/// The most towns of one area; more than any municipality or ward has.
const MAX_TOWNS: usize = 4000;
/// The most areas and towns that all conditions of one rule list.
const MAX_LISTED: usize = 20_000;
/// The most conditions of one rule.
const MAX_CONDITIONS: usize = 120;
/// The greatest age that a condition may ask for.
pub const MAX_AGE: u8 = 130;
/// 高校3年: the last school year that a condition may name.
pub const MAX_SCHOOL_YEAR: u8 = 12;

/// A part of Japan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Area {
    /// A whole prefecture.
    Prefecture {
        /// Its code, two digits.
        code: PrefectureCode,
    },
    /// A municipality, or a ward of a designated city; the city stands for all its wards.
    Municipality {
        /// Its code, six digits.
        code: MunicipalityCode,
    },
    /// Some towns (町域) of a municipality without wards, or of a ward.
    Towns {
        /// The code of the municipality or ward.
        code: MunicipalityCode,
        /// Their names as the table writes them; at least one.
        towns: Vec<String>,
    },
}

/// Whom a rule admits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// The address lies in the municipality whose rule it is, in any of its wards.
    OwnMunicipality,
    /// The address lies in one of these.
    LivesIn {
        /// At least one.
        areas: Vec<Area>,
    },
    /// One of these ties is attested and has not expired.
    Attested {
        /// At least one.
        kinds: Vec<AttestationKind>,
    },
    /// The person has reached this age, as Japanese law counts it ([`crate::calendar::age_on`]).
    AgeAtLeast {
        /// Completed years, 0 to 130.
        years: u8,
    },
    /// The person has not reached the age after this one.
    AgeAtMost {
        /// Completed years, 0 to 130.
        years: u8,
    },
    /// The person has entered this school year (学年), or is older ([`crate::calendar::school_year_on`]).
    SchoolYearAtLeast {
        /// 1 (小学1年) to 12 (高校3年).
        year: u8,
    },
    /// The person has not got beyond this school year.
    SchoolYearAtMost {
        /// 1 (小学1年) to 12 (高校3年).
        year: u8,
    },
    /// All of these hold.
    All {
        /// At least one.
        conditions: Vec<Condition>,
    },
    /// At least one of these holds.
    Any {
        /// At least one.
        conditions: Vec<Condition>,
    },
    /// This does not hold.
    Not {
        /// What must not hold.
        condition: Box<Condition>,
    },
}

/// What a condition that holds no others looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Address,
    Attestation,
    /// An age, with the way in which more years matter.
    Age(Bound),
}

/// Which way an age is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    AtLeast,
    AtMost,
}

impl Condition {
    /// The conditions in this one; none for one that looks at a fact itself.
    pub fn children(&self) -> &[Condition] {
        match self {
            Condition::All { conditions } | Condition::Any { conditions } => conditions,
            Condition::Not { condition } => std::slice::from_ref(condition),
            _ => &[],
        }
    }

    pub(super) fn subject(&self) -> Option<Subject> {
        match self {
            Condition::OwnMunicipality | Condition::LivesIn { .. } => Some(Subject::Address),
            Condition::Attested { .. } => Some(Subject::Attestation),
            Condition::AgeAtLeast { .. } | Condition::SchoolYearAtLeast { .. } => Some(Subject::Age(Bound::AtLeast)),
            Condition::AgeAtMost { .. } | Condition::SchoolYearAtMost { .. } => Some(Subject::Age(Bound::AtMost)),
            Condition::All { .. } | Condition::Any { .. } | Condition::Not { .. } => None,
        }
    }

    /// Whether it holds for an age and a school year ([`crate::calendar`]); `None` for a condition on anything else.
    pub(super) fn holds_at(&self, age: i32, school_year: i32) -> Option<bool> {
        match self {
            Condition::AgeAtLeast { years } => Some(age >= i32::from(*years)),
            Condition::AgeAtMost { years } => Some(age <= i32::from(*years)),
            Condition::SchoolYearAtLeast { year } => Some(school_year >= i32::from(*year)),
            Condition::SchoolYearAtMost { year } => Some(school_year <= i32::from(*year)),
            _ => None,
        }
    }

    /// Whether it holds for somebody with these ties; `None` for a condition on anything else.
    pub(super) fn holds_with(&self, ties: AttestationKinds) -> Option<bool> {
        match self {
            Condition::Attested { kinds } => Some(kinds.iter().any(|kind| ties.contains(*kind))),
            _ => None,
        }
    }

    /// The outcome depends on the birthdate.
    pub fn depends_on_age(&self) -> bool {
        matches!(self.subject(), Some(Subject::Age(_))) || self.children().iter().any(Condition::depends_on_age)
    }

    /// The kinds of ties on which the outcome depends.
    pub fn kinds_named(&self) -> AttestationKinds {
        fn collect(condition: &Condition, kinds: &mut Vec<AttestationKind>) {
            if let Condition::Attested { kinds: named } = condition {
                kinds.extend(named);
            }
            condition.children().iter().for_each(|child| collect(child, kinds));
        }
        let mut kinds = Vec::new();
        collect(self, &mut kinds);
        kinds.into_iter().collect()
    }

    /// The areas of every condition that lists some, in their order.
    pub fn areas(&self) -> Vec<&Area> {
        self.lists().into_iter().flatten().collect()
    }

    /// The lists of areas, in their order.
    pub(super) fn lists(&self) -> Vec<&[Area]> {
        let mut lists: Vec<&[Area]> = match self {
            Condition::LivesIn { areas } => vec![areas],
            _ => Vec::new(),
        };
        lists.extend(self.children().iter().flat_map(Condition::lists));
        lists
    }

    pub(super) fn check(&self, gazetteer: &dyn Gazetteer) -> Result<(), Violation> {
        let listed = |area: &&Area| match area {
            Area::Towns { towns, .. } => towns.len(),
            _ => 1,
        };
        if self.areas().iter().map(listed).sum::<usize>() > MAX_LISTED {
            return Err(Violation::TooLong);
        }
        let mut budget = MAX_CONDITIONS;
        self.check_within(gazetteer, 1, &mut budget)
    }

    fn check_within(&self, gazetteer: &dyn Gazetteer, depth: usize, budget: &mut usize) -> Result<(), Violation> {
        if depth > MAX_DEPTH {
            return Err(Violation::TooLong);
        }
        *budget = budget.checked_sub(1).ok_or(Violation::TooLong)?;
        match self {
            Condition::LivesIn { areas } => check_areas(areas, gazetteer)?,
            Condition::Attested { kinds } => distinct(kinds)?,
            Condition::AgeAtLeast { years } | Condition::AgeAtMost { years } if *years > MAX_AGE => {
                return Err(Violation::OutOfRange);
            }
            Condition::SchoolYearAtLeast { year } | Condition::SchoolYearAtMost { year }
                if !(1..=MAX_SCHOOL_YEAR).contains(year) =>
            {
                return Err(Violation::OutOfRange);
            }
            Condition::All { conditions } | Condition::Any { conditions } if conditions.is_empty() => {
                return Err(Violation::Required);
            }
            _ => {}
        }
        self.children().iter().try_for_each(|child| child.check_within(gazetteer, depth + 1, budget))
    }
}

fn check_areas(areas: &[Area], gazetteer: &dyn Gazetteer) -> Result<(), Violation> {
    if areas.len() > MAX_AREAS {
        return Err(Violation::TooLong);
    }
    let mut keys = Vec::with_capacity(areas.len());
    for area in areas {
        match area {
            Area::Prefecture { code } => keys.push(code.to_string()),
            Area::Municipality { code } => {
                gazetteer.municipality(*code).ok_or(Violation::Unknown)?;
                keys.push(code.to_string());
            }
            Area::Towns { code, towns } => {
                gazetteer.municipality(*code).ok_or(Violation::Unknown)?;
                if towns.len() > MAX_TOWNS {
                    return Err(Violation::TooLong);
                }
                distinct(towns)?;
                if !towns.iter().all(|town| gazetteer.has_town(*code, town)) {
                    return Err(Violation::Unknown);
                }
                keys.push(code.to_string());
            }
        }
    }
    distinct(&keys)
}

/// At least one, and none twice.
fn distinct<T: Ord>(items: &[T]) -> Result<(), Violation> {
    let set: BTreeSet<&T> = items.iter().collect();
    match (items.len(), set.len()) {
        (0, _) => Err(Violation::Required),
        (all, distinct) if all == distinct => Ok(()),
        _ => Err(Violation::Duplicate),
    }
}

/// A rule's condition as clerks read it: somebody is admitted by any of the clauses, if what is asked of everybody holds and
/// no exclusion does. Every condition has one such reading; it means the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clauses<'c> {
    /// Joined by または; at least one, unless every condition is an exclusion or is asked of everybody.
    pub admits: Vec<&'c Condition>,
    /// Asked of everybody.
    pub everyone: Vec<&'c Condition>,
    /// ただし…を除く.
    pub excludes: Vec<&'c Condition>,
}

/// Which part of [`Clauses`] decided; counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clause {
    /// One that admits.
    Admits(u8),
    /// One that is asked of everybody.
    Everyone(u8),
    /// One that excludes.
    Excludes(u8),
}

impl<'c> Clauses<'c> {
    /// Each with where it stands: those that admit, what is asked of everybody, exclusions.
    pub fn all(&self) -> Vec<(Clause, &'c Condition)> {
        let admits = (0..).map(Clause::Admits).zip(&self.admits);
        let everyone = (0..).map(Clause::Everyone).zip(&self.everyone);
        let excludes = (0..).map(Clause::Excludes).zip(&self.excludes);
        admits.chain(everyone).chain(excludes).map(|(clause, condition)| (clause, *condition)).collect()
    }

    /// The clause of a place.
    pub fn get(&self, clause: Clause) -> Option<&'c Condition> {
        let (conditions, index) = match clause {
            Clause::Admits(index) => (&self.admits, index),
            Clause::Everyone(index) => (&self.everyone, index),
            Clause::Excludes(index) => (&self.excludes, index),
        };
        conditions.get(usize::from(index)).copied()
    }

    /// The field of the builder's form that shows a clause: `clauses.0`, `everyone`, `excludes.0`
    /// ([`crate::configuration::ResidencyRuleForm`]).
    pub fn form_field(&self, clause: Clause) -> String {
        match clause {
            Clause::Admits(index) => format!("clauses.{index}"),
            Clause::Excludes(index) => format!("excludes.{index}"),
            // With nothing that admits beside them, all conditions are those of one clause.
            Clause::Everyone(_) if self.admits.is_empty() => "clauses.0".to_owned(),
            Clause::Everyone(_) => "everyone".to_owned(),
        }
    }
}

impl Clauses<'_> {
    /// Reads a condition.
    pub fn of(condition: &Condition) -> Clauses<'_> {
        let parts: Vec<&Condition> = match condition {
            Condition::All { conditions } => conditions.iter().collect(),
            other => vec![other],
        };
        let mut clauses = Clauses { admits: Vec::new(), everyone: Vec::new(), excludes: Vec::new() };
        let mut rest = Vec::new();
        for part in parts {
            match part {
                Condition::Not { condition } => clauses.excludes.extend(alternatives(condition)),
                other => rest.push(other),
            }
        }
        let ages = rest.iter().filter(|part| matches!(part.subject(), Some(Subject::Age(_)))).count();
        match (rest.as_slice(), rest.len() - ages) {
            // One thing beside ages: it admits, they are asked of everybody.
            ([_, _, ..], 1) => {
                for part in rest {
                    match part.subject() {
                        Some(Subject::Age(_)) => clauses.everyone.push(part),
                        _ => clauses.admits = alternatives(part),
                    }
                }
            }
            ([single], _) => clauses.admits = alternatives(single),
            _ => clauses.everyone = rest,
        }
        clauses
    }
}

fn alternatives(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::Any { conditions } => conditions.iter().collect(),
        other => vec![other],
    }
}

impl fmt::Display for Area {
    /// The token in forms: `07`, `074462`; towns are beside it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Area::Prefecture { code } => code.fmt(f),
            Area::Municipality { code } | Area::Towns { code, .. } => code.fmt(f),
        }
    }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests;
