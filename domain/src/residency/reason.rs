//! Outcomes, and the reasons for them as codes: for columns, counters and pages.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::violations::Violation;

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
    /// Not eligible: no single kind of condition decided it.
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
    /// Not eligible: the age, or the school year, is past.
    TooOld,
    /// Not eligible: an exclusion holds.
    Excluded,
    /// Not eligible: a tie is asked for, and none is attested.
    NotAttested,
    /// Eligible: staff looked at the card or a document where nothing could be decided.
    CheckedAtDesk,
}

impl ReasonCode {
    /// Every reason. Sealed state holds a reason by its index here: new ones go to the end.
    pub const ALL: [ReasonCode; 15] = [
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
        ReasonCode::TooOld,
        ReasonCode::Excluded,
        ReasonCode::NotAttested,
        ReasonCode::CheckedAtDesk,
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
            ReasonCode::TooOld => "too_old",
            ReasonCode::Excluded => "excluded",
            ReasonCode::NotAttested => "not_attested",
            ReasonCode::CheckedAtDesk => "checked_at_desk",
        }
    }

    /// The outcome to which the reason belongs.
    pub const fn outcome(self) -> Outcome {
        match self {
            ReasonCode::Meets | ReasonCode::CheckedAtDesk => Outcome::Eligible,
            ReasonCode::LivesElsewhere
            | ReasonCode::LivesAbroad
            | ReasonCode::TooYoung
            | ReasonCode::TooOld
            | ReasonCode::Excluded
            | ReasonCode::NotAttested
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
