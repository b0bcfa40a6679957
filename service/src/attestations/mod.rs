//! 在勤・在学の承認: one-time codes that staff make in batches, and the ties that they leave.
//!
//! A batch knows for whom it was made, an attestation whose it is; nothing leads from one to the other ([`store`]). Numbers of
//! people are said as [`domain::disclosure::DisclosedFigure`]s alone, and there is no list of people anywhere.

mod batches;
mod expiry;
mod list;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod ties;

pub use batches::{BatchStanding, BatchView, IssuedCodes};
pub use list::{BatchFilter, BatchListing, BatchSort};
pub use ties::TieEnd;
