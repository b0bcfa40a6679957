//! Whether a person is eligible under a rule, from what the provider and the municipality's staff attest.
//!
//! Logic of three values: an address that nobody can place matters only where the rule depends on it, and *undecidable*
//! is an outcome of its own, never a refusal in disguise.

use serde::{Deserialize, Serialize};
use time::Date;

use super::attestation::{Attestation, AttestationKind, AttestationKinds};
use super::condition::{Area, Bound, Clause, Condition, Subject};
use super::place::{Place, Resolution, Town};
use super::reason::{Outcome, ReasonCode};
use super::rule::{AddressSource, ResidencyRule, Term};
use crate::calendar::{self, Month};
use crate::municipality::{MunicipalityCode, PrefectureCode};

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
    /// Ties that the municipality's staff attested; one that has expired counts for nothing.
    pub attested: Vec<Attestation>,
}

/// What was determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determination {
    /// Eligible or not.
    pub outcome: Outcome,
    /// Why.
    pub reason: ReasonCode,
    /// The part of the rule that decided, where it was a single one.
    pub clause: Option<Clause>,
    /// The last month of the eligibility; there is one exactly if the outcome is eligible.
    pub expires: Option<Month>,
    /// The last month in which it holds without the card being asked for again; never later than `expires`, and only where the
    /// rule asks for it.
    pub recheck: Option<Month>,
    /// Of somebody who is not eligible: each of these ties alone, once attested, would make it so.
    pub would_do: AttestationKinds,
}

/// A condition holds, does not hold, or cannot be told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Truth {
    No,
    Unknown,
    Yes,
}

impl Truth {
    fn of(holds: bool) -> Truth {
        if holds { Truth::Yes } else { Truth::No }
    }

    fn negated(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }
}

impl ResidencyRule {
    /// Determines the eligibility of one person on a day, for the municipality whose rule it is.
    ///
    /// The expiry follows from the rule, the provider's month of verification, the attestations and the day alone, never from
    /// the birthdate: a term that ended with a birthday would say when that is. A rule that asks for an age ends with the
    /// fiscal year at the latest, so that an age limit that falls inside the term is looked at again then, for everybody on
    /// the same day.
    pub fn decide(&self, own: MunicipalityCode, facts: &Facts, today: Date) -> Determination {
        let this_month = Month::of(today);
        let nothing = |reason: ReasonCode| Determination {
            outcome: reason.outcome(),
            reason,
            clause: None,
            expires: None,
            recheck: None,
            would_do: AttestationKinds::NONE,
        };
        let (expires, recheck) = match self.evidence(facts, this_month) {
            Ok(months) => months,
            Err(reason) => return nothing(reason),
        };
        let ties = facts.attested.iter().filter(|tie| tie.until >= this_month).map(|tie| tie.kind).collect();
        let spots = spots(&facts.resolution);
        let case = Case { own, facts, spots: &spots, today, ties, suppose: None };
        match case.judge(self.condition()) {
            Truth::Yes => {
                let expires = self.tied(&case, this_month).map_or(expires, |until| until.min(expires));
                Determination {
                    clause: case.admitting(self),
                    expires: Some(expires),
                    recheck: recheck.map(|month| month.min(expires)),
                    ..nothing(ReasonCode::Meets)
                }
            }
            Truth::No => {
                let (clause, excluded) = case.refusing(self);
                let reason = if excluded { ReasonCode::Excluded } else { case.why_not(self.condition()) };
                let would = |kind: &AttestationKind| {
                    let ties = case.ties.iter().chain([*kind]).collect();
                    Case { ties, ..case }.judge(self.condition()) == Truth::Yes
                };
                let would_do = AttestationKind::ALL.into_iter().filter(would).collect();
                Determination { clause, would_do, ..nothing(reason) }
            }
            Truth::Unknown => nothing(case.why_unknown(self.condition())),
        }
    }

    /// The last month of an eligibility on this evidence and the month of the next card, or why the evidence is not enough.
    fn evidence(&self, facts: &Facts, this_month: Month) -> Result<(Month, Option<Month>), ReasonCode> {
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
        let recheck = self.recheck_months().map(|months| verified.plus_months(u16::from(months)));
        if expires < this_month || recheck.is_some_and(|month| month < this_month) {
            return Err(ReasonCode::VerificationTooOld);
        }
        Ok((expires, recheck))
    }

    /// The month with which an eligibility ends that may rest on a tie. Where an age decides whether it does, it ends with the
    /// tie all the same: else the expiry would tell the age.
    fn tied(&self, case: &Case<'_>, this_month: Month) -> Option<Month> {
        let young = case.supposing(&[Kind::AgeAtLeast, Kind::AgeAtMost], Truth::No);
        let without = Case { ties: AttestationKinds::NONE, ..young };
        if without.judge(self.condition()) == Truth::Yes {
            return None;
        }
        let named = self.condition().kinds_named();
        let ties = case.facts.attested.iter().filter(|tie| tie.until >= this_month && named.contains(tie.kind));
        // Of one kind the longest counts, of several kinds the shortest: nobody has to know which of them was needed.
        AttestationKind::ALL
            .into_iter()
            .filter_map(|kind| ties.clone().filter(|tie| tie.kind == kind).map(|tie| tie.until).max())
            .min()
    }
}

/// What kind of condition is taken as settled, to find out which kind it is that decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    AgeAtLeast,
    AgeAtMost,
    Attestation,
}

impl Kind {
    fn covers(self, subject: Subject) -> bool {
        match self {
            Kind::Address => subject == Subject::Address,
            Kind::Attestation => subject == Subject::Attestation,
            Kind::AgeAtLeast => subject == Subject::Age(Bound::AtLeast),
            Kind::AgeAtMost => subject == Subject::Age(Bound::AtMost),
        }
    }
}

/// One of the places where somebody can live, as far as the address says.
enum Spot {
    Place(Place),
    Abroad,
    Unknown,
}

/// Every place that an address leaves open, each with one ward and one town at most.
fn spots(resolution: &Resolution) -> Vec<Spot> {
    let places = match resolution {
        Resolution::Resolved(place) => std::slice::from_ref(place),
        Resolution::Ambiguous(places) => places,
        Resolution::Abroad => return vec![Spot::Abroad],
        Resolution::Unknown => return vec![Spot::Unknown],
    };
    let spots: Vec<Spot> = places.iter().flat_map(apart).map(Spot::Place).collect();
    if spots.is_empty() { vec![Spot::Unknown] } else { spots }
}

fn apart(place: &Place) -> Vec<Place> {
    let in_ward = |ward: &MunicipalityCode| Place::of(place.municipality, vec![*ward]);
    let in_town = |town: &Town| {
        let ward = place.wards.iter().find(|ward| **ward == town.code);
        ward.map_or_else(|| Place::of(place.municipality, Vec::new()), in_ward).in_towns(vec![town.clone()])
    };
    match (place.towns.as_slice(), place.wards.as_slice()) {
        ([], []) => vec![place.clone()],
        ([], wards) => wards.iter().map(in_ward).collect(),
        (towns, _) => towns.iter().map(in_town).collect(),
    }
}

#[derive(Clone, Copy)]
struct Case<'a> {
    own: MunicipalityCode,
    facts: &'a Facts,
    spots: &'a [Spot],
    today: Date,
    ties: AttestationKinds,
    /// These kinds of conditions do their part towards `Yes` or `No`, whatever the facts are.
    suppose: Option<(&'static [Kind], Truth)>,
}

impl Case<'_> {
    /// What every place that the address leaves open agrees on.
    fn judge(&self, condition: &Condition) -> Truth {
        agreed(self.spots.iter().map(|spot| self.judge_at(condition, spot, false)))
    }

    fn supposing(&self, kinds: &'static [Kind], truth: Truth) -> Self {
        Case { suppose: Some((kinds, truth)), ..*self }
    }

    /// `negated` where an odd number of negations stands around the condition: what is supposed turns with them.
    fn judge_at(&self, condition: &Condition, spot: &Spot, negated: bool) -> Truth {
        if let (Some((kinds, truth)), Some(subject)) = (self.suppose, condition.subject())
            && kinds.iter().any(|kind| kind.covers(subject))
        {
            return if negated { truth.negated() } else { truth };
        }
        match condition {
            Condition::OwnMunicipality => lives_in(spot, &|place| lies_in_municipality(place, self.own)),
            Condition::LivesIn { areas } => lives_in(spot, &|place| lies_in(place, areas)),
            Condition::Attested { .. } => condition.holds_with(self.ties).map_or(Truth::Unknown, Truth::of),
            Condition::AgeAtLeast { .. }
            | Condition::AgeAtMost { .. }
            | Condition::SchoolYearAtLeast { .. }
            | Condition::SchoolYearAtMost { .. } => self.at_age(condition),
            // The weakest answer of all, the strongest of any: No < Unknown < Yes.
            Condition::All { conditions } => {
                conditions.iter().map(|one| self.judge_at(one, spot, negated)).min().unwrap_or(Truth::Unknown)
            }
            Condition::Any { conditions } => {
                conditions.iter().map(|one| self.judge_at(one, spot, negated)).max().unwrap_or(Truth::Unknown)
            }
            Condition::Not { condition } => self.judge_at(condition, spot, !negated).negated(),
        }
    }

    fn at_age(&self, condition: &Condition) -> Truth {
        let holds = |(birthdate, age): (Date, u8)| {
            condition.holds_at(i32::from(age), calendar::school_year_on(birthdate, self.today))
        };
        self.born().and_then(holds).map_or(Truth::Unknown, Truth::of)
    }

    /// The birthdate and the age. A provider that names a day in the future does not know the birthdate.
    fn born(&self) -> Option<(Date, u8)> {
        let birthdate = self.facts.birthdate?;
        Some((birthdate, calendar::age_on(birthdate, self.today)?))
    }

    /// The first clause that admits, where one does by itself.
    fn admitting(&self, rule: &ResidencyRule) -> Option<Clause> {
        let clauses = rule.clauses();
        clauses.admits.iter().position(|clause| self.judge(clause) == Truth::Yes).and_then(number).map(Clause::Admits)
    }

    /// What is asked of everybody and does not hold, or the exclusion that holds, of somebody who is admitted otherwise; and
    /// whether it is an exclusion, which may be one or another where the address leaves places open.
    fn refusing(&self, rule: &ResidencyRule) -> (Option<Clause>, bool) {
        let clauses = rule.clauses();
        let any = |of: &[&Condition]| {
            let at = |spot| of.iter().map(|one| self.judge_at(one, spot, false)).max().unwrap_or(Truth::No);
            agreed(self.spots.iter().map(at))
        };
        if !clauses.admits.is_empty() && any(&clauses.admits) != Truth::Yes {
            return (None, false);
        }
        if let Some(failed) = clauses.everyone.iter().position(|one| self.judge(one) == Truth::No) {
            return (number(failed).map(Clause::Everyone), false);
        }
        let single = clauses.excludes.iter().position(|one| self.judge(one) == Truth::Yes);
        (single.and_then(number).map(Clause::Excludes), any(&clauses.excludes) == Truth::Yes)
    }

    /// Of several kinds of condition that stand against somebody the address is named first: whoever does not live there
    /// learns nothing about ages, and is offered the ties that would do beside it.
    fn why_not(&self, condition: &Condition) -> ReasonCode {
        let helps = |kinds| self.supposing(kinds, Truth::Yes).judge(condition) != Truth::No;
        let elsewhere = match self.facts.resolution {
            Resolution::Abroad => ReasonCode::LivesAbroad,
            _ => ReasonCode::LivesElsewhere,
        };
        if helps(&[Kind::AgeAtLeast, Kind::AgeAtMost]) {
            return match (helps(&[Kind::Address]), helps(&[Kind::AgeAtLeast]), helps(&[Kind::AgeAtMost])) {
                (false, true, false) => ReasonCode::TooYoung,
                (false, false, true) => ReasonCode::TooOld,
                _ => ReasonCode::ConditionsNotMet,
            };
        }
        if helps(&[Kind::Address, Kind::AgeAtLeast, Kind::AgeAtMost]) {
            elsewhere
        } else if helps(&[Kind::Attestation, Kind::AgeAtLeast, Kind::AgeAtMost]) {
            ReasonCode::NotAttested
        } else {
            ReasonCode::ConditionsNotMet
        }
    }

    fn why_unknown(&self, condition: &Condition) -> ReasonCode {
        let age = self.supposing(&[Kind::AgeAtLeast, Kind::AgeAtMost], Truth::Yes);
        let address_is_enough = age.judge(condition) != Truth::Unknown;
        match self.facts.resolution {
            _ if self.born().is_none() && address_is_enough => ReasonCode::BirthdateMissing,
            Resolution::Ambiguous(_) => ReasonCode::AddressAmbiguous,
            _ => ReasonCode::AddressUnknown,
        }
    }
}

fn number(index: usize) -> Option<u8> {
    u8::try_from(index).ok()
}

fn lives_in(spot: &Spot, holds: &dyn Fn(&Place) -> Truth) -> Truth {
    match spot {
        Spot::Place(place) => holds(place),
        Spot::Abroad => Truth::No,
        Spot::Unknown => Truth::Unknown,
    }
}

/// A place lies in one of these.
fn lies_in(place: &Place, areas: &[Area]) -> Truth {
    let one = |area: &Area| match area {
        Area::Prefecture { code } => Truth::of(PrefectureCode::of(place.municipality) == Some(*code)),
        Area::Municipality { code } => lies_in_municipality(place, *code),
        Area::Towns { code, towns } => lies_in_towns(place, *code, towns),
    };
    areas.iter().map(one).max().unwrap_or(Truth::No)
}

fn lies_in_municipality(place: &Place, code: MunicipalityCode) -> Truth {
    Truth::of(place.municipality == code || place.ward() == Some(code))
}

fn lies_in_towns(place: &Place, code: MunicipalityCode, names: &[String]) -> Truth {
    if lies_in_municipality(place, code) == Truth::No {
        return Truth::No;
    }
    place.town().map_or(Truth::Unknown, |town| Truth::of(town.code == code && names.contains(&town.name)))
}

/// What all candidates agree on; unknown where they differ, or where there is none.
fn agreed(mut answers: impl Iterator<Item = Truth>) -> Truth {
    let Some(first) = answers.next() else { return Truth::Unknown };
    if answers.all(|answer| answer == first) { first } else { Truth::Unknown }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
