//! Keys: the master key seals everything that rests, epoch keys seal what travels, each municipality has its own.

mod epoch;
mod master;
mod tenant;

pub use epoch::EpochKeys;
pub use master::MasterKey;
pub use tenant::{KeyPurpose, KeyRing, TenantKeys};
pub(crate) use tenant::{audit_key, create, signing_keys_ever};
