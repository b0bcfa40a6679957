//! A residency rule as a value: who is eligible, for how long, and on what evidence.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::condition::{Clauses, Condition};
use crate::locale::Words;
use crate::municipality::Gazetteer;
use crate::violations::{Violation, Violations};

/// The longest term in months: five years.
pub const MAX_TERM_MONTHS: u8 = 60;
/// The greatest age of an address that a rule may accept, in months.
const MAX_ADDRESS_AGE_MONTHS: u8 = 60;

/// The form of the JSON in which rules are stored; a reader that meets a later one refuses instead of guessing.
pub(super) const FORMAT: u8 = 1;

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

/// What is offered to somebody about whom nothing can be decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenUndecidable {
    /// A desk code (窓口コード), with which staff look at the card or a document.
    #[default]
    DeskCode,
    /// Whom to ask, and nothing else.
    Contact,
}

impl WhenUndecidable {
    /// Both, the usual one first.
    pub const ALL: [WhenUndecidable; 2] = [WhenUndecidable::DeskCode, WhenUndecidable::Contact];

    /// The word in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            WhenUndecidable::DeskCode => "desk_code",
            WhenUndecidable::Contact => "contact",
        }
    }
}

impl FromStr for WhenUndecidable {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// A residency rule (利用資格ルール): checked when made, whether from a form or from the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct ResidencyRule {
    condition: Condition,
    term: Term,
    recheck_months: Option<u8>,
    acceptance: Acceptance,
    when_undecidable: WhenUndecidable,
}

/// The JSON of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u8,
    condition: Condition,
    term: Term,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recheck_months: Option<u8>,
    acceptance: Acceptance,
    #[serde(default)]
    when_undecidable: WhenUndecidable,
}

/// What a rule is made of, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Whom it admits.
    pub condition: Condition,
    /// For how long.
    pub term: Term,
    /// After how many months the card is asked for again, 1 to 60; `None` if only at the end of the term.
    pub recheck_months: Option<u8>,
    /// On what evidence.
    pub acceptance: Acceptance,
    /// What is offered when nothing can be decided.
    pub when_undecidable: WhenUndecidable,
}

impl ResidencyRule {
    /// Checks a rule.
    ///
    /// # Errors
    /// Field `condition`: `Required` (an empty list), `Unknown` (a code or town that the gazetteer does not know), `Duplicate`,
    /// `TooLong` (too deep, too many), `OutOfRange` (an age or a school year). Fields `term`, `recheck_months` and
    /// `greatest_age_months`: `OutOfRange`.
    pub fn parse(parts: Parts, gazetteer: &dyn Gazetteer) -> Result<ResidencyRule, Violations> {
        let mut violations = Violations::default();
        violations.check("condition", parts.condition.check(gazetteer));
        let in_range = |months: u8| (1..=MAX_TERM_MONTHS).contains(&months);
        if let Term::Months { months } = parts.term
            && !in_range(months)
        {
            violations.add("term", Violation::OutOfRange);
        }
        if parts.recheck_months.is_some_and(|months| !in_range(months)) {
            violations.add("recheck_months", Violation::OutOfRange);
        }
        if parts.acceptance.greatest_age_months > MAX_ADDRESS_AGE_MONTHS {
            violations.add("greatest_age_months", Violation::OutOfRange);
        }
        let Parts { condition, term, recheck_months, acceptance, when_undecidable } = parts;
        violations.finish(Some(ResidencyRule { condition, term, recheck_months, acceptance, when_undecidable }))
    }

    /// What it is made of.
    pub fn parts(&self) -> Parts {
        let ResidencyRule { condition, term, recheck_months, acceptance, when_undecidable } = self.clone();
        Parts { condition, term, recheck_months, acceptance, when_undecidable }
    }

    /// Whom it admits.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Whom it admits, as clerks read it.
    pub fn clauses(&self) -> Clauses<'_> {
        Clauses::of(&self.condition)
    }

    /// For how long.
    pub fn term(&self) -> Term {
        self.term
    }

    /// On what evidence.
    pub fn acceptance(&self) -> Acceptance {
        self.acceptance
    }

    /// After how many months the card is asked for again.
    pub fn recheck_months(&self) -> Option<u8> {
        self.recheck_months
    }

    /// What is offered when nothing can be decided.
    pub fn when_undecidable(&self) -> WhenUndecidable {
        self.when_undecidable
    }

    /// The outcome depends on the birthdate: it is kept only for services consented to, and its term ends with the fiscal
    /// year at the latest.
    pub fn depends_on_age(&self) -> bool {
        self.condition.depends_on_age()
    }
}

/// A stored rule of a later form, which this version of the product cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a residency rule of an unknown version")]
pub struct UnknownVersion;

impl TryFrom<Stored> for ResidencyRule {
    type Error = UnknownVersion;

    fn try_from(stored: Stored) -> Result<Self, UnknownVersion> {
        let Stored { version, condition, term, recheck_months, acceptance, when_undecidable } = stored;
        if version != FORMAT {
            return Err(UnknownVersion);
        }
        Ok(Self { condition, term, recheck_months, acceptance, when_undecidable })
    }
}

impl From<ResidencyRule> for Stored {
    fn from(rule: ResidencyRule) -> Stored {
        let ResidencyRule { condition, term, recheck_months, acceptance, when_undecidable } = rule;
        Stored { version: FORMAT, condition, term, recheck_months, acceptance, when_undecidable }
    }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipality::MunicipalityTable;
    use crate::residency::{Area, MAX_DEPTH};

    const YEAR: Term = Term::Months { months: 12 };
    const CARD: Acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 0 };

    fn parts(condition: Condition) -> Parts {
        let when_undecidable = WhenUndecidable::DeskCode;
        Parts { condition, term: YEAR, recheck_months: None, acceptance: CARD, when_undecidable }
    }

    fn parse(condition: Condition) -> Result<ResidencyRule, Violations> {
        ResidencyRule::parse(parts(condition), MunicipalityTable::japan())
    }

    fn refused(condition: Condition) -> Option<Violation> {
        parse(condition).unwrap_err().get("condition")
    }

    fn listed(codes: &[&str]) -> Condition {
        let area = |code: &&str| Area::Municipality { code: code.parse().unwrap() };
        Condition::LivesIn { areas: codes.iter().map(area).collect() }
    }

    fn towns(code: &str, towns: &[&str]) -> Condition {
        let towns = towns.iter().map(|town| (*town).to_owned()).collect();
        Condition::LivesIn { areas: vec![Area::Towns { code: code.parse().unwrap(), towns }] }
    }

    #[test]
    fn a_rule_is_checked() {
        assert_eq!(refused(listed(&[])), Some(Violation::Required));
        assert_eq!(refused(listed(&["000001"])), Some(Violation::Unknown));
        assert_eq!(refused(listed(&["074462", "074462"])), Some(Violation::Duplicate));
        assert_eq!(refused(towns("074462", &[])), Some(Violation::Required));
        assert_eq!(refused(towns("074462", &["大芦", "大芦"])), Some(Violation::Duplicate));
        assert_eq!(refused(towns("074462", &["関町"])), Some(Violation::Unknown));
        assert_eq!(refused(Condition::Attested { kinds: vec![] }), Some(Violation::Required));
        assert_eq!(refused(Condition::AgeAtLeast { years: 131 }), Some(Violation::OutOfRange));
        assert_eq!(refused(Condition::SchoolYearAtMost { year: 13 }), Some(Violation::OutOfRange));
        assert_eq!(refused(Condition::SchoolYearAtLeast { year: 0 }), Some(Violation::OutOfRange));
        assert_eq!(refused(Condition::All { conditions: vec![] }), Some(Violation::Required));
        let many = Condition::Any { conditions: vec![Condition::OwnMunicipality; 120] };
        assert_eq!(refused(many), Some(Violation::TooLong));
        let deep =
            (0..MAX_DEPTH).fold(Condition::OwnMunicipality, |inner, _| Condition::All { conditions: vec![inner] });
        assert_eq!(refused(deep), Some(Violation::TooLong));
        let fine = vec![listed(&["074462"]), towns("074454", &["水沼"]), Condition::AgeAtLeast { years: 0 }];
        assert!(parse(Condition::Any { conditions: fine }).is_ok());
    }

    #[test]
    fn terms_and_evidence_have_limits() {
        let own = || parts(Condition::OwnMunicipality);
        let old = Acceptance { greatest_age_months: 61, ..CARD };
        for (parts, field) in [
            (Parts { term: Term::Months { months: 0 }, ..own() }, "term"),
            (Parts { term: Term::Months { months: 61 }, ..own() }, "term"),
            (Parts { recheck_months: Some(0), ..own() }, "recheck_months"),
            (Parts { recheck_months: Some(61), ..own() }, "recheck_months"),
            (Parts { acceptance: old, ..own() }, "greatest_age_months"),
        ] {
            let refused = ResidencyRule::parse(parts, MunicipalityTable::japan()).unwrap_err();
            assert_eq!(refused.get(field), Some(Violation::OutOfRange));
        }
        let oldest = Acceptance { greatest_age_months: 60, ..CARD };
        for months in [1, 60] {
            let limits =
                Parts { term: Term::Months { months }, recheck_months: Some(months), acceptance: oldest, ..own() };
            assert!(ResidencyRule::parse(limits, MunicipalityTable::japan()).is_ok());
        }
    }

    #[test]
    fn the_stored_form_is_stable_and_names_its_version() {
        let prefecture = Area::Prefecture { code: "07".parse().unwrap() };
        let condition = Condition::All {
            conditions: vec![
                Condition::OwnMunicipality,
                Condition::LivesIn { areas: vec![prefecture] },
                listed(&["074462"]),
                towns("074454", &["水沼"]),
                Condition::Attested { kinds: vec![crate::residency::AttestationKind::Work] },
                Condition::AgeAtLeast { years: 18 },
                Condition::Not { condition: Box::new(Condition::SchoolYearAtMost { year: 12 }) },
            ],
        };
        let rule = parse(condition).unwrap();
        let json = serde_json::to_string(&rule).unwrap();
        insta::assert_snapshot!(json, @r#"{"version":1,"condition":{"kind":"all","conditions":[{"kind":"own_municipality"},{"kind":"lives_in","areas":[{"kind":"prefecture","code":"07"}]},{"kind":"lives_in","areas":[{"kind":"municipality","code":"074462"}]},{"kind":"lives_in","areas":[{"kind":"towns","code":"074454","towns":["水沼"]}]},{"kind":"attested","kinds":["work"]},{"kind":"age_at_least","years":18},{"kind":"not","condition":{"kind":"school_year_at_most","year":12}}]},"term":{"kind":"months","months":12},"acceptance":{"weakest_source":"card_surface","greatest_age_months":0},"when_undecidable":"desk_code"}"#);
        assert_eq!(serde_json::from_str::<ResidencyRule>(&json).unwrap(), rule);
        let later = json.replace("\"version\":1", "\"version\":2");
        assert!(serde_json::from_str::<ResidencyRule>(&later).is_err());
        let unknown = json.replace("own_municipality", "anybody");
        assert!(serde_json::from_str::<ResidencyRule>(&unknown).is_err());
    }

    #[test]
    fn forms_columns_and_files_say_the_same_words() {
        for source in AddressSource::ALL {
            let word = source.to_string();
            assert_eq!((word.parse(), serde_json::to_value(source).unwrap()), (Ok(source), word.as_str().into()));
        }
        for choice in WhenUndecidable::ALL {
            let word = choice.as_str();
            assert_eq!((word.parse(), serde_json::to_value(choice).unwrap()), (Ok(choice), word.into()));
        }
        assert_eq!("letter".parse::<AddressSource>(), Err(Violation::Unknown));
        assert_eq!("refuse".parse::<WhenUndecidable>(), Err(Violation::Unknown));
    }

    #[test]
    fn sources_are_ordered() {
        assert!(AddressSource::SignatureCertificate.reaches(AddressSource::CardSurface));
        assert!(!AddressSource::StoredByProvider.reaches(AddressSource::CardSurface));
    }
}
