//! The protocol, pure: OAuth 2.0 and OpenID Connect requests, responses, metadata, claims and JOSE, for both of our sides:
//! [`provider`] (what services speak to) and [`upstream`] (what we speak to identity providers); and [`passkey`], what
//! browsers answer when a resident's device signs.
//!
//! No HTTP server, no database, no clock, no network. The time is a parameter, and so are random bytes, with one exception:
//! the key of a new key pair, the per-signature number of ECDSA and the keys of one encrypted message come from the
//! cryptography library itself, because a caller who could choose them could only do harm.

mod encoding;
pub mod error;
pub mod jose;
mod named_set;
pub mod parameters;
pub mod passkey;
pub mod pkce;
pub mod provider;
pub mod sealed;
pub mod subject;
pub mod upstream;

pub use error::{ErrorCode, ProtocolError};
