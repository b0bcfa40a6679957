//! Counting the use of services without watching anybody: tallies while a month is open, figures that passed disclosure
//! control once it is closed, and nothing else ever.

mod closing;
mod health;
mod reading;
pub(crate) mod tally;
#[cfg(test)]
pub(crate) mod tests;

pub use closing::{Closed, closes_on};
pub(crate) use closing::{first_closing, policy_of};
pub use reading::{ServiceUsage, UsageReport};
