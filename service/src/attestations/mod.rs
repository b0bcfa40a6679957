//! 在勤・在学の承認: one-time codes that staff make in batches, and the ties that they leave.

pub(crate) mod store;
