//! Who is eligible: from an address to a municipality, from a rule and facts to a determination, and from both to words.
//!
//! The answers have room for a town level below the municipality ([`Place`] and [`Condition`] are made to grow); nothing
//! here depends on it yet.

mod address;
mod decide;
mod explain;
#[cfg(feature = "table")]
mod fold;
#[cfg(feature = "table")]
mod names_trie;
#[cfg(feature = "table")]
mod resolver;
mod rule;

#[cfg(feature = "table")]
pub use address::Address;
pub use address::{Place, Resolution};
pub use decide::{Determination, Facts, Outcome, ReasonCode};
pub use explain::{describe, lines};
#[cfg(feature = "table")]
pub use resolver::Resolver;
pub use rule::{Acceptance, AddressSource, Condition, MAX_DEPTH, MAX_LISTED, MAX_TERM_MONTHS, ResidencyRule, Term};
