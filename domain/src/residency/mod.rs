//! Who is eligible: from an address to a place, from a rule and facts to a determination, and from both to words.
//!
//! An [`Address`] goes through the [`Resolver`] and comes out as an [`Answer`]; what rules need of it is the [`Resolution`] alone. The tables and
//! the resolver stand behind the feature `table`, which the browser build leaves out.

#[cfg(feature = "table")]
mod address;
mod attestation;
mod attestation_batch;
mod attestation_code;
#[cfg(feature = "table")]
mod case;
#[cfg(feature = "table")]
pub mod changes;
#[cfg(feature = "table")]
mod clean;
#[cfg(feature = "table")]
mod compare;
mod condition;
mod decide;
mod explain;
mod findings;
#[cfg(feature = "table")]
mod fold;
#[cfg(feature = "table")]
mod former;
#[cfg(feature = "table")]
#[cfg(test)]
mod made_up;
#[cfg(feature = "table")]
mod names_trie;
#[cfg(feature = "table")]
mod numerals;
mod place;
mod reason;
#[cfg(feature = "table")]
mod resolver;
mod rule;
#[cfg(feature = "table")]
mod schema;
#[cfg(feature = "table")]
mod towns;

#[cfg(feature = "table")]
pub use address::Address;
pub use attestation::{Attestation, AttestationKind, AttestationKinds};
pub use attestation_batch::{
    AttestationBatch, AttestationBatchForm, MAX_CODES, NAMED_FROM, latest_redeem_until, parse_count, parse_tie_end,
    tie_ends, usual_redeem_until, usual_tie_end,
};
pub use attestation_code::AttestationCode;
#[cfg(feature = "table")]
pub use case::{Birthday, CaseForm, CaseResult, SavedCase};
#[cfg(feature = "table")]
pub use compare::{ChangedTowns, Comparison, Difference, Profile};
pub use condition::{Area, Clause, Clauses, Condition, MAX_AGE, MAX_AREAS, MAX_DEPTH, MAX_SCHOOL_YEAR};
pub use decide::{Determination, Facts};
pub use explain::{People, describe, lines, people, school_year};
pub use findings::{Finding, FindingKind};
pub use place::{Answer, DecidedBy, Level, Place, Resolution, Town};
pub use reason::{Outcome, ReasonCode};
#[cfg(feature = "table")]
pub use resolver::Resolver;
pub use rule::{Acceptance, AddressSource, MAX_TERM_MONTHS, Parts, ResidencyRule, Term, WhenUndecidable};
#[cfg(feature = "table")]
pub use schema::{MAX_RULE_JSON, Misplaced, RULE_SCHEMA};
#[cfg(feature = "table")]
pub use towns::{Postcode, TownTable};
