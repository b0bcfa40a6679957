//! 窓口: what a machine cannot decide, staff decide with the card or a document before them. The code by which a request is
//! found at the desk, which reasons a look can settle, and for how long what was seen there holds.

use std::fmt;
use std::str::FromStr;

use time::Date;

use crate::calendar::Month;
use crate::residency::{ReasonCode, ResidencyRule, Term, WhenUndecidable};
use crate::spoken_code;
use crate::violations::Violation;

/// Seconds for which a desk code can be used.
pub const CODE_SECONDS: i64 = 3 * 24 * 3_600;
/// Seconds for which what was decided at the desk waits for the person's next card. Longer than the code: who was at the desk
/// on the code's last day goes home first, and a second walk would be asked of those who find one hardest.
pub const CLEARED_SECONDS: i64 = 14 * 24 * 3_600;

/// 窓口コード: eight letters in two groups, 40 random bits, of which a database keeps no more than a keyed digest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeskCode([u8; 5]);

impl DeskCode {
    /// How many letters there are.
    pub const LETTERS: usize = 8;

    /// A code of random bytes.
    pub const fn of_bytes(bytes: [u8; 5]) -> Self {
        Self(bytes)
    }

    /// The bytes that it was made of.
    pub const fn bytes(self) -> [u8; 5] {
        self.0
    }
}

impl fmt::Display for DeskCode {
    /// `7K2M-9XQ4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        spoken_code::write(f, &self.0)
    }
}

impl FromStr for DeskCode {
    type Err = Violation;

    /// Reads what somebody typed, however they type it.
    ///
    /// # Errors
    /// `Required`; `Malformed`.
    fn from_str(text: &str) -> Result<Self, Violation> {
        let bits = spoken_code::read(text, Self::LETTERS)?;
        bits.to_be_bytes().last_chunk().copied().map(Self).ok_or(Violation::Malformed)
    }
}

/// The number of one act at the desk: twelve letters in three groups, made for the audit trail and kept nowhere else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ActReference([u8; 8]);

impl ActReference {
    /// A reference of random bytes, of which the last 60 bits count.
    pub const fn of_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for ActReference {
    /// `7K2M-9XQ4-03TB`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        spoken_code::write(f, &self.0)
    }
}

impl ReasonCode {
    /// A look at the card or a document settles it: where the person lives, or when they were born.
    ///
    /// Evidence that is too weak, too old or of unknown age is not for the desk. The person can read the card once more, which
    /// is the firmer evidence that the rule asks for; and where evidence was not enough nobody looked at what it says, so that
    /// a clearance would go on counting for somebody whose card names another town by now.
    pub const fn is_settled_at_desk(self) -> bool {
        matches!(self, ReasonCode::AddressAmbiguous | ReasonCode::AddressUnknown | ReasonCode::BirthdateMissing)
    }
}

impl ResidencyRule {
    /// Whoever is told this reason is offered a desk code.
    pub fn offers_desk_code(&self, reason: ReasonCode) -> bool {
        self.when_undecidable() == WhenUndecidable::DeskCode && reason.is_settled_at_desk()
    }

    /// The last month that an eligibility may have that staff decide today: what the term gives to evidence of this month. As
    /// at the card it ends with the fiscal year where the rule asks for an age.
    pub fn latest_at_desk(&self, today: Date) -> Month {
        let this_month = Month::of(today);
        let fiscal_year_end = this_month.fiscal_year().last_month();
        let end = match self.term() {
            Term::Months { months } => this_month.plus_months(u16::from(months)),
            Term::FiscalYearEnd => fiscal_year_end,
        };
        if self.depends_on_age() { end.min(fiscal_year_end) } else { end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_as_it_was_written() {
        for bytes in [[0; 5], [255; 5], [1, 2, 3, 4, 5], [0x80, 0, 0, 0, 1]] {
            let code = DeskCode::of_bytes(bytes);
            let text = code.to_string();
            assert_eq!((text.len(), text.find('-')), (9, Some(4)), "{text}");
            assert!(text.parse() == Ok(code), "{text}");
            assert_eq!(code.bytes(), bytes);
        }
        assert_eq!(DeskCode::of_bytes([255; 5]).to_string(), "ZZZZ-ZZZZ");
        assert_eq!(ActReference::of_bytes([255; 8]).to_string(), "ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(ActReference::of_bytes([0, 0, 0, 0, 0, 0, 0, 33]).to_string(), "0000-0000-0011");
    }

    #[test]
    fn a_code_forgives_how_it_is_typed() {
        let code: DeskCode = "10AB-CDEF".parse().ok().unwrap();
        for typed in ["10abcdef", " IOab cdef ", "lo-AB-CD-EF", "１０ＡＢーＣＤＥＦ", "1 0 A B 　C D E F", "10AB‐cdef"]
        {
            assert!(typed.parse() == Ok(code), "{typed}");
        }
        let refused = |text: &str| text.parse::<DeskCode>().err();
        assert_eq!(refused(""), Some(Violation::Required));
        assert_eq!(refused(" - "), Some(Violation::Required));
        for wrong in ["10ABCDE", "10ABCDEFG", "10ABCDEU", "10ABCDE!", "窓口コード", &"A".repeat(10_000)] {
            assert_eq!(refused(wrong), Some(Violation::Malformed), "{wrong}");
        }
    }

    #[test]
    fn what_the_desk_settles_was_never_decided() {
        for reason in ReasonCode::ALL.into_iter().filter(|reason| reason.is_settled_at_desk()) {
            assert_eq!(reason.outcome(), crate::residency::Outcome::Undecidable);
        }
        assert!(!ReasonCode::SourceTooWeak.is_settled_at_desk());
        assert!(!ReasonCode::VerificationTooOld.is_settled_at_desk());
        assert!(!ReasonCode::VerificationTimeUnknown.is_settled_at_desk());
    }

    #[cfg(feature = "table")]
    mod with_rules {
        use time::macros::date;

        use super::super::*;
        use crate::municipality::MunicipalityTable;
        use crate::residency::{Acceptance, AddressSource, Condition, Parts};

        fn rule(term: Term, condition: Condition, when_undecidable: WhenUndecidable) -> ResidencyRule {
            let acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 0 };
            let parts = Parts { condition, term, recheck_months: None, acceptance, when_undecidable };
            ResidencyRule::parse(parts, MunicipalityTable::japan()).unwrap()
        }

        #[test]
        fn what_the_desk_decides_ends_with_the_rules_term() {
            let today = date!(2026 - 11 - 22);
            let latest = |term, condition| {
                let rule = rule(term, condition, WhenUndecidable::DeskCode);
                rule.latest_at_desk(today).to_string()
            };
            let year = Term::Months { months: 12 };
            assert_eq!(latest(year, Condition::OwnMunicipality), "2027-11");
            assert_eq!(latest(Term::FiscalYearEnd, Condition::OwnMunicipality), "2027-03");
            assert_eq!(latest(year, Condition::AgeAtLeast { years: 18 }), "2027-03");
            assert_eq!(latest(Term::Months { months: 2 }, Condition::AgeAtLeast { years: 18 }), "2027-01");
        }

        #[test]
        fn a_rule_that_names_a_contact_gives_no_code() {
            let year = Term::Months { months: 12 };
            let desk = rule(year, Condition::OwnMunicipality, WhenUndecidable::DeskCode);
            let contact = rule(year, Condition::OwnMunicipality, WhenUndecidable::Contact);
            assert!(desk.offers_desk_code(ReasonCode::AddressAmbiguous));
            assert!(!desk.offers_desk_code(ReasonCode::LivesElsewhere));
            assert!(!contact.offers_desk_code(ReasonCode::AddressAmbiguous));
        }
    }
}
