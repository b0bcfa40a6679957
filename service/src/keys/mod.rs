//! Keys: the master key seals everything that rests, epoch keys seal what travels, each municipality has its own.
//!
//! How long each lives and how it is changed: `docs/keys.md`.

mod epoch;
mod master;
mod provider;
mod reseal;
mod rotation;
mod schedule;
mod signing;
mod tenant;

pub use epoch::EpochKeys;
pub use master::{MasterKey, SoftwareKey, Wrapping};
pub use provider::ProviderKey;
pub(crate) use provider::{
    KnownKey, ensure_field_key, forget_provider_secrets, forget_push_secrets, hold_provider_keys,
    hold_provider_secrets, hold_push_secrets, keep_provider_secret, keep_push_secret, make_next_provider_key,
    provider_keys, remove_provider_key,
};
pub use reseal::Resealing;
pub(crate) use rotation::Spare;
pub use rotation::{Rotated, Urgency};
pub use schedule::Rotation;
pub use signing::SigningKeys;
pub use tenant::{KeyPurpose, KeyRing, TenantKeys};
pub(crate) use tenant::{audit_key, create, signing_keys_ever};
