//! Who is eligible: from an address to a place, from a rule and facts to a determination, and from both to words.
//!
//! An [`Address`] goes through the [`Resolver`] and comes out as an [`Answer`]; what rules need of it is the [`Resolution`] alone. The tables and
//! the resolver stand behind the feature `table`, which the browser build leaves out.

#[cfg(feature = "table")]
mod address;
#[cfg(feature = "table")]
pub mod changes;
#[cfg(feature = "table")]
mod clean;
mod decide;
mod explain;
#[cfg(feature = "table")]
mod fold;
#[cfg(feature = "table")]
mod former;
#[cfg(feature = "table")]
mod names_trie;
#[cfg(feature = "table")]
mod numerals;
mod place;
#[cfg(feature = "table")]
mod resolver;
mod rule;
#[cfg(feature = "table")]
mod towns;

#[cfg(feature = "table")]
pub use address::Address;
pub use decide::{Determination, Facts, Outcome, ReasonCode};
pub use explain::{describe, lines};
pub use place::{Answer, DecidedBy, Level, Place, Resolution, Town};
#[cfg(feature = "table")]
pub use resolver::Resolver;
pub use rule::{Acceptance, AddressSource, Condition, MAX_DEPTH, MAX_LISTED, MAX_TERM_MONTHS, ResidencyRule, Term};
#[cfg(feature = "table")]
pub use towns::{Postcode, TownTable};
