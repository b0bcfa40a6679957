//! A residency rule as a value: who is eligible, for how long, and on what evidence.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::locale::Words;
use crate::municipality::{Gazetteer, MunicipalityCode};
use crate::violations::{Violation, Violations};

/// The most conditions within conditions.
pub const MAX_DEPTH: usize = 4;
/// The most municipalities that one condition lists.
pub const MAX_LISTED: usize = 200;
/// The most conditions of one rule.
const MAX_CONDITIONS: usize = 50;
/// The longest term in months: five years.
pub const MAX_TERM_MONTHS: u8 = 60;
/// The greatest age that a condition may ask for.
const MAX_AGE: u8 = 130;
/// The greatest age of an address that a rule may accept, in months.
const MAX_ADDRESS_AGE_MONTHS: u8 = 60;

/// The form of the JSON in which rules are stored; a reader that meets a later one refuses instead of guessing.
const FORMAT: u8 = 1;

/// Whom a rule admits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// The address lies in the municipality whose rule it is, in any of its wards.
    OwnMunicipality,
    /// The address lies in one of these municipalities or wards; a designated city stands for all its wards.
    ListedMunicipalities {
        /// At least one.
        codes: Vec<MunicipalityCode>,
    },
    /// The person has reached this age, as Japanese law counts it ([`crate::calendar::age_on`]).
    AgeAtLeast {
        /// Completed years, 0 to 130.
        years: u8,
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
}

impl Condition {
    /// The outcome depends on the address.
    pub fn depends_on_address(&self) -> bool {
        match self {
            Condition::OwnMunicipality | Condition::ListedMunicipalities { .. } => true,
            Condition::AgeAtLeast { .. } => false,
            Condition::All { conditions } | Condition::Any { conditions } => {
                conditions.iter().any(Condition::depends_on_address)
            }
        }
    }

    /// The outcome depends on the birthdate.
    pub fn depends_on_age(&self) -> bool {
        match self {
            Condition::AgeAtLeast { .. } => true,
            Condition::OwnMunicipality | Condition::ListedMunicipalities { .. } => false,
            Condition::All { conditions } | Condition::Any { conditions } => {
                conditions.iter().any(Condition::depends_on_age)
            }
        }
    }

    fn check(&self, gazetteer: &dyn Gazetteer, depth: usize, budget: &mut usize) -> Result<(), Violation> {
        if depth > MAX_DEPTH {
            return Err(Violation::TooLong);
        }
        *budget = budget.checked_sub(1).ok_or(Violation::TooLong)?;
        match self {
            Condition::OwnMunicipality => Ok(()),
            Condition::ListedMunicipalities { codes } => check_codes(codes, gazetteer),
            Condition::AgeAtLeast { years } if *years > MAX_AGE => Err(Violation::OutOfRange),
            Condition::AgeAtLeast { .. } => Ok(()),
            Condition::All { conditions } | Condition::Any { conditions } if conditions.is_empty() => {
                Err(Violation::Required)
            }
            Condition::All { conditions } | Condition::Any { conditions } => {
                conditions.iter().try_for_each(|condition| condition.check(gazetteer, depth + 1, budget))
            }
        }
    }
}

fn check_codes(codes: &[MunicipalityCode], gazetteer: &dyn Gazetteer) -> Result<(), Violation> {
    if codes.is_empty() {
        return Err(Violation::Required);
    }
    if codes.len() > MAX_LISTED {
        return Err(Violation::TooLong);
    }
    if codes.iter().any(|code| gazetteer.municipality(*code).is_none()) {
        return Err(Violation::Unknown);
    }
    let mut sorted = codes.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() == codes.len() { Ok(()) } else { Err(Violation::Duplicate) }
}

/// How long an eligibility holds; it always ends with a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Term {
    /// So many months after the one in which the provider verified the address, 1 to 60.
    Months {
        /// How many.
        months: u8,
    },
    /// Until the end of the fiscal year in which the provider verified the address.
    FiscalYearEnd,
}

/// Where the provider had the address from, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressSource {
    /// The certificate for signatures (署名用電子証明書), which dies when the address changes.
    SignatureCertificate,
    /// The card's surface data (券面事項), as fresh as the last visit at the town hall.
    CardSurface,
    /// A copy that the provider keeps from an earlier verification.
    StoredByProvider,
}

impl AddressSource {
    /// Every source, the strongest first.
    pub const ALL: [AddressSource; 3] =
        [AddressSource::SignatureCertificate, AddressSource::CardSurface, AddressSource::StoredByProvider];

    /// The word in forms and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            AddressSource::SignatureCertificate => "signature_certificate",
            AddressSource::CardSurface => "card_surface",
            AddressSource::StoredByProvider => "stored_by_provider",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            AddressSource::SignatureCertificate => {
                Words { ja: "署名用電子証明書", en: "Signature certificate" }
            }
            AddressSource::CardSurface => Words { ja: "カードの券面の情報", en: "Data on the card's surface" },
            AddressSource::StoredByProvider => Words {
                ja: "本人確認サービスが保存している情報",
                en: "Data kept by the identity provider",
            },
        }
    }

    /// At least as strong as the weakest that is accepted.
    pub const fn reaches(self, weakest: AddressSource) -> bool {
        self.strength() >= weakest.strength()
    }

    const fn strength(self) -> u8 {
        match self {
            AddressSource::SignatureCertificate => 3,
            AddressSource::CardSurface => 2,
            AddressSource::StoredByProvider => 1,
        }
    }
}

impl FromStr for AddressSource {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|source| source.as_str() == text).ok_or(Violation::Unknown)
    }
}

impl fmt::Display for AddressSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which evidence a rule accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The weakest source.
    pub weakest_source: AddressSource,
    /// The greatest age of the verification in months, 0 (this month only) to 60.
    pub greatest_age_months: u8,
}

/// A residency rule (利用資格ルール): checked when made, whether from a form or from the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct ResidencyRule {
    condition: Condition,
    term: Term,
    acceptance: Acceptance,
}

/// The JSON of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u8,
    condition: Condition,
    term: Term,
    acceptance: Acceptance,
}

impl ResidencyRule {
    /// Checks a rule.
    ///
    /// # Errors
    /// Field `condition`: `Required` (an empty list), `Unknown` (a code that the gazetteer does not know), `Duplicate`,
    /// `TooLong` (too deep, too many), `OutOfRange` (an age over 130). Field `term` and field `greatest_age_months`:
    /// `OutOfRange`.
    pub fn parse(
        condition: Condition,
        term: Term,
        acceptance: Acceptance,
        gazetteer: &dyn Gazetteer,
    ) -> Result<ResidencyRule, Violations> {
        let mut violations = Violations::default();
        let mut budget = MAX_CONDITIONS;
        violations.check("condition", condition.check(gazetteer, 1, &mut budget));
        if let Term::Months { months } = term
            && !(1..=MAX_TERM_MONTHS).contains(&months)
        {
            violations.add("term", Violation::OutOfRange);
        }
        if acceptance.greatest_age_months > MAX_ADDRESS_AGE_MONTHS {
            violations.add("greatest_age_months", Violation::OutOfRange);
        }
        violations.finish(Some(ResidencyRule { condition, term, acceptance }))
    }

    /// Whom it admits.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// For how long.
    pub fn term(&self) -> Term {
        self.term
    }

    /// On what evidence.
    pub fn acceptance(&self) -> Acceptance {
        self.acceptance
    }

    /// The outcome depends on the birthdate: it is kept only for services consented to, and its term ends with the fiscal
    /// year at the latest.
    pub fn depends_on_age(&self) -> bool {
        self.condition.depends_on_age()
    }

    /// The outcome depends on the address.
    pub fn depends_on_address(&self) -> bool {
        self.condition.depends_on_address()
    }
}

/// A stored rule of a later form, which this version of the product cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a residency rule of an unknown version")]
pub struct UnknownVersion;

impl TryFrom<Stored> for ResidencyRule {
    type Error = UnknownVersion;

    fn try_from(stored: Stored) -> Result<Self, UnknownVersion> {
        let Stored { version, condition, term, acceptance } = stored;
        if version == FORMAT { Ok(Self { condition, term, acceptance }) } else { Err(UnknownVersion) }
    }
}

impl From<ResidencyRule> for Stored {
    fn from(rule: ResidencyRule) -> Stored {
        Stored { version: FORMAT, condition: rule.condition, term: rule.term, acceptance: rule.acceptance }
    }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipality::MunicipalityTable;

    const YEAR: Term = Term::Months { months: 12 };
    const CARD: Acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 0 };

    fn parse(condition: Condition) -> Result<ResidencyRule, Violations> {
        ResidencyRule::parse(condition, YEAR, CARD, MunicipalityTable::japan())
    }

    fn refused(condition: Condition) -> Option<Violation> {
        parse(condition).unwrap_err().get("condition")
    }

    fn listed(codes: &[&str]) -> Condition {
        Condition::ListedMunicipalities { codes: codes.iter().map(|code| code.parse().unwrap()).collect() }
    }

    #[test]
    fn a_rule_is_checked() {
        assert_eq!(refused(listed(&[])), Some(Violation::Required));
        assert_eq!(refused(listed(&["000001"])), Some(Violation::Unknown));
        assert_eq!(refused(listed(&["074462", "074462"])), Some(Violation::Duplicate));
        assert_eq!(refused(Condition::AgeAtLeast { years: 131 }), Some(Violation::OutOfRange));
        assert_eq!(refused(Condition::All { conditions: vec![] }), Some(Violation::Required));
        let many = Condition::Any { conditions: vec![Condition::OwnMunicipality; 50] };
        assert_eq!(refused(many), Some(Violation::TooLong));
        let deep =
            (0..MAX_DEPTH).fold(Condition::OwnMunicipality, |inner, _| Condition::All { conditions: vec![inner] });
        assert_eq!(refused(deep), Some(Violation::TooLong));
        assert!(
            parse(Condition::Any { conditions: vec![listed(&["074462"]), Condition::AgeAtLeast { years: 0 }] }).is_ok()
        );
    }

    #[test]
    fn terms_and_evidence_have_limits() {
        for (months, age, field) in [(0, 0, "term"), (61, 0, "term"), (12, 61, "greatest_age_months")] {
            let acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: age };
            let table = MunicipalityTable::japan();
            let refused = ResidencyRule::parse(Condition::OwnMunicipality, Term::Months { months }, acceptance, table);
            assert_eq!(refused.unwrap_err().get(field), Some(Violation::OutOfRange));
        }
    }

    #[test]
    fn the_stored_form_is_stable_and_names_its_version() {
        let rule = parse(Condition::All {
            conditions: vec![Condition::OwnMunicipality, listed(&["074462"]), Condition::AgeAtLeast { years: 18 }],
        })
        .unwrap();
        let json = serde_json::to_string(&rule).unwrap();
        insta::assert_snapshot!(json, @r#"{"version":1,"condition":{"kind":"all","conditions":[{"kind":"own_municipality"},{"kind":"listed_municipalities","codes":["074462"]},{"kind":"age_at_least","years":18}]},"term":{"kind":"months","months":12},"acceptance":{"weakest_source":"card_surface","greatest_age_months":0}}"#);
        assert_eq!(serde_json::from_str::<ResidencyRule>(&json).unwrap(), rule);
        let later = json.replace("\"version\":1", "\"version\":2");
        assert!(serde_json::from_str::<ResidencyRule>(&later).is_err());
        let unknown = json.replace("own_municipality", "anybody");
        assert!(serde_json::from_str::<ResidencyRule>(&unknown).is_err());
    }

    #[test]
    fn sources_are_ordered() {
        assert!(AddressSource::SignatureCertificate.reaches(AddressSource::CardSurface));
        assert!(!AddressSource::StoredByProvider.reaches(AddressSource::CardSurface));
    }
}
