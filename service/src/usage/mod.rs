//! Counting the use of services without watching anybody: tallies while a month is open, figures that passed disclosure
//! control once it is closed, and nothing else ever.

mod closing;
mod reading;
pub(crate) mod tally;

pub use closing::Closed;
pub use reading::{ServiceUsage, UsageReport};
