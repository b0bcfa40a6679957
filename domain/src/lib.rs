//! The rules of Machikagi, pure and wasm-safe: identifiers, value objects, state machines, residency, consent, assurance
//! and disclosure control. No database, no clock, no network, no randomness: whatever a rule needs is a parameter.
//!
//! The feature `table` (on by default) brings the tables of municipalities and towns and the address resolver; the browser
//! build turns it off, because 3.4 MB of place names have no business on an old phone.

pub mod access;
pub mod assurance;
pub mod attributes;
pub mod calendar;
pub mod configuration;
pub mod consent;
pub mod desk;
pub mod disclosure;
pub mod ids;
pub mod locale;
pub mod municipality;
pub mod names;
pub mod paths;
mod prose;
pub mod renewed_card;
pub mod residency;
pub mod romaji;
pub mod sign_in_health;
mod spoken_code;
pub mod throttle;
pub mod violations;
pub mod web_address;
