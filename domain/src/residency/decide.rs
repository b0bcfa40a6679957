//! Whether a person is eligible under a rule, from what the provider attests.
//!
//! Logic of three values: an address that nobody can place matters only where the rule depends on it, and *undecidable*
//! is an outcome of its own, never a refusal in disguise.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Date;

use super::place::{Place, Resolution};
use super::rule::{AddressSource, Condition, ResidencyRule, Term};
use crate::calendar::{self, Month};
use crate::municipality::MunicipalityCode;
use crate::violations::Violation;

/// What is known about a person at one sign-in. It lives in memory for as long as the rules are decided.
pub struct Facts {
    /// Where the address lies.
    pub resolution: Resolution,
    /// The birthdate, if the provider gave one.
    pub birthdate: Option<Date>,
    /// Where the provider had the attributes from.
    pub source: AddressSource,
    /// The month in which the provider verified them; `None` if it does not say, which is undecidable.
    pub verified: Option<Month>,
}

/// The outcome of a determination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 対象.
    Eligible,
    /// 対象外.
    NotEligible,
    /// 判定できない: nobody did anything wrong, and nothing was decided.
    Undecidable,
}

impl Outcome {
    /// The word in columns and counters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Eligible => "eligible",
            Outcome::NotEligible => "not_eligible",
            Outcome::Undecidable => "undecidable",
        }
    }
}

impl FromStr for Outcome {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        [Outcome::Eligible, Outcome::NotEligible, Outcome::Undecidable]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
            .ok_or(Violation::Unknown)
    }
}

/// Why, in coarse words: nothing from which an address, a birthdate or even a neighbouring town could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Eligible: every condition that decides holds.
    Meets,
    /// Not eligible: the address lies outside the area.
    LivesElsewhere,
    /// Not eligible: 国外転出.
    LivesAbroad,
    /// Not eligible: the age is not reached.
    TooYoung,
    /// Not eligible: neither the address nor the age alone decided it.
    ConditionsNotMet,
    /// Undecidable: more than one municipality fits the address.
    AddressAmbiguous,
    /// Undecidable: no municipality fits the address, or its ward is not known.
    AddressUnknown,
    /// Undecidable: the birthdate is missing.
    BirthdateMissing,
    /// Undecidable: the evidence is weaker than the rule accepts.
    SourceTooWeak,
    /// Undecidable: the provider does not say when it verified the attributes.
    VerificationTimeUnknown,
    /// Undecidable: the verification is older than the rule accepts.
    VerificationTooOld,
}

impl ReasonCode {
    /// Every reason. Sealed state holds a reason by its index here: new ones go to the end.
    pub const ALL: [ReasonCode; 11] = [
        ReasonCode::Meets,
        ReasonCode::LivesElsewhere,
        ReasonCode::LivesAbroad,
        ReasonCode::TooYoung,
        ReasonCode::ConditionsNotMet,
        ReasonCode::AddressAmbiguous,
        ReasonCode::AddressUnknown,
        ReasonCode::BirthdateMissing,
        ReasonCode::SourceTooWeak,
        ReasonCode::VerificationTimeUnknown,
        ReasonCode::VerificationTooOld,
    ];

    /// The word in columns and URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            ReasonCode::Meets => "meets",
            ReasonCode::LivesElsewhere => "lives_elsewhere",
            ReasonCode::LivesAbroad => "lives_abroad",
            ReasonCode::TooYoung => "too_young",
            ReasonCode::ConditionsNotMet => "conditions_not_met",
            ReasonCode::AddressAmbiguous => "address_ambiguous",
            ReasonCode::AddressUnknown => "address_unknown",
            ReasonCode::BirthdateMissing => "birthdate_missing",
            ReasonCode::SourceTooWeak => "source_too_weak",
            ReasonCode::VerificationTimeUnknown => "verification_time_unknown",
            ReasonCode::VerificationTooOld => "verification_too_old",
        }
    }

    /// The outcome to which the reason belongs.
    pub const fn outcome(self) -> Outcome {
        match self {
            ReasonCode::Meets => Outcome::Eligible,
            ReasonCode::LivesElsewhere
            | ReasonCode::LivesAbroad
            | ReasonCode::TooYoung
            | ReasonCode::ConditionsNotMet => Outcome::NotEligible,
            ReasonCode::AddressAmbiguous
            | ReasonCode::AddressUnknown
            | ReasonCode::BirthdateMissing
            | ReasonCode::SourceTooWeak
            | ReasonCode::VerificationTimeUnknown
            | ReasonCode::VerificationTooOld => Outcome::Undecidable,
        }
    }

    /// One byte for sealed state.
    pub fn index(self) -> u8 {
        let position = Self::ALL.iter().position(|reason| *reason == self);
        position.and_then(|index| u8::try_from(index).ok()).unwrap_or(u8::MAX)
    }

    /// Reads the byte of [`ReasonCode::index`].
    pub fn of_index(index: u8) -> Option<ReasonCode> {
        Self::ALL.get(usize::from(index)).copied()
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ReasonCode {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// What was determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determination {
    /// Eligible or not.
    pub outcome: Outcome,
    /// Why.
    pub reason: ReasonCode,
    /// The last month of the eligibility; there is one exactly if the outcome is eligible.
    pub expires: Option<Month>,
}

/// A condition holds, does not hold, or cannot be told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Truth {
    No,
    Unknown,
    Yes,
}

impl ResidencyRule {
    /// Determines the eligibility of one person on a day, for the municipality whose rule it is.
    ///
    /// The expiry follows from the rule, the provider's month of verification and the day alone, never from the birthdate:
    /// a term that ended with a birthday would say when that is. A rule that asks for an age ends with the fiscal year at
    /// the latest, so that an age limit that falls inside the term is looked at again then, for everybody on the same day.
    pub fn decide(&self, own: MunicipalityCode, facts: &Facts, today: Date) -> Determination {
        let undecidable = |reason| Determination { outcome: Outcome::Undecidable, reason, expires: None };
        let expires = match self.evidence(facts, Month::of(today)) {
            Ok(expires) => expires,
            Err(reason) => return undecidable(reason),
        };
        let case = Case { own, facts, today };
        match case.judge(self.condition(), Suppose::Nothing) {
            Truth::Yes => {
                Determination { outcome: Outcome::Eligible, reason: ReasonCode::Meets, expires: Some(expires) }
            }
            Truth::No => {
                let reason = case.why_not(self.condition());
                Determination { outcome: Outcome::NotEligible, reason, expires: None }
            }
            Truth::Unknown => undecidable(case.why_unknown(self.condition())),
        }
    }

    /// The last month of an eligibility on this evidence, or why the evidence is not enough.
    fn evidence(&self, facts: &Facts, this_month: Month) -> Result<Month, ReasonCode> {
        let acceptance = self.acceptance();
        let verified = facts.verified.ok_or(ReasonCode::VerificationTimeUnknown)?;
        // A provider whose clock runs ahead does not say when it verified.
        if verified > this_month {
            return Err(ReasonCode::VerificationTimeUnknown);
        }
        if !facts.source.reaches(acceptance.weakest_source) {
            return Err(ReasonCode::SourceTooWeak);
        }
        if this_month.months_since(verified) > i32::from(acceptance.greatest_age_months) {
            return Err(ReasonCode::VerificationTooOld);
        }
        let mut expires = match self.term() {
            Term::Months { months } => verified.plus_months(u16::from(months)),
            Term::FiscalYearEnd => verified.fiscal_year().last_month(),
        };
        if self.depends_on_age() {
            expires = expires.min(this_month.fiscal_year().last_month());
        }
        if expires < this_month { Err(ReasonCode::VerificationTooOld) } else { Ok(expires) }
    }
}

/// The question put to a condition: as things are, or with one kind of condition taken as settled, to find out which
/// kind it is that decides.
#[derive(Clone, Copy)]
enum Suppose {
    Nothing,
    AgeIs(Truth),
    AddressIs(Truth),
}

struct Case<'a> {
    own: MunicipalityCode,
    facts: &'a Facts,
    today: Date,
}

impl Case<'_> {
    fn judge(&self, condition: &Condition, suppose: Suppose) -> Truth {
        match (condition, suppose) {
            (Condition::OwnMunicipality | Condition::ListedMunicipalities { .. }, Suppose::AddressIs(truth))
            | (Condition::AgeAtLeast { .. }, Suppose::AgeIs(truth)) => truth,
            (Condition::OwnMunicipality, _) => self.lives_in(&[self.own]),
            (Condition::ListedMunicipalities { codes }, _) => self.lives_in(codes),
            (Condition::AgeAtLeast { years }, _) => match self.facts.birthdate {
                None => Truth::Unknown,
                Some(birthdate) => {
                    let reached = calendar::age_on(birthdate, self.today).is_some_and(|age| age >= *years);
                    if reached { Truth::Yes } else { Truth::No }
                }
            },
            // The weakest answer of all, the strongest of any: No < Unknown < Yes.
            (Condition::All { conditions }, _) => {
                conditions.iter().map(|condition| self.judge(condition, suppose)).min().unwrap_or(Truth::Unknown)
            }
            (Condition::Any { conditions }, _) => {
                conditions.iter().map(|condition| self.judge(condition, suppose)).max().unwrap_or(Truth::Unknown)
            }
        }
    }

    fn lives_in(&self, codes: &[MunicipalityCode]) -> Truth {
        match &self.facts.resolution {
            Resolution::Abroad => Truth::No,
            Resolution::Unknown => Truth::Unknown,
            Resolution::Resolved(place) => lies_in(place, codes),
            Resolution::Ambiguous(places) => agreed(places.iter().map(|place| lies_in(place, codes))),
        }
    }

    fn why_not(&self, condition: &Condition) -> ReasonCode {
        if self.judge(condition, Suppose::AgeIs(Truth::Yes)) == Truth::No {
            return match self.facts.resolution {
                Resolution::Abroad => ReasonCode::LivesAbroad,
                _ => ReasonCode::LivesElsewhere,
            };
        }
        match self.judge(condition, Suppose::AddressIs(Truth::Yes)) {
            Truth::No => ReasonCode::TooYoung,
            _ => ReasonCode::ConditionsNotMet,
        }
    }

    fn why_unknown(&self, condition: &Condition) -> ReasonCode {
        let address_is_enough = self.judge(condition, Suppose::AgeIs(Truth::Yes)) != Truth::Unknown;
        match self.facts.resolution {
            _ if self.facts.birthdate.is_none() && address_is_enough => ReasonCode::BirthdateMissing,
            Resolution::Ambiguous(_) => ReasonCode::AddressAmbiguous,
            _ => ReasonCode::AddressUnknown,
        }
    }
}

/// A place lies in one of these municipalities or wards.
fn lies_in(place: &Place, codes: &[MunicipalityCode]) -> Truth {
    if codes.contains(&place.municipality) {
        return Truth::Yes;
    }
    if place.wards.is_empty() {
        return Truth::No;
    }
    agreed(place.wards.iter().map(|ward| if codes.contains(ward) { Truth::Yes } else { Truth::No }))
}

/// What all candidates agree on; unknown where they differ, or where there is none.
fn agreed(mut answers: impl Iterator<Item = Truth>) -> Truth {
    let Some(first) = answers.next() else { return Truth::Unknown };
    if answers.all(|answer| answer == first) { first } else { Truth::Unknown }
}

#[cfg(test)]
mod tests;
