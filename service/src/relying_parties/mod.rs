//! What a relying party has beside its versions: its client id and sector, its suspension, its secrets.

mod secrets;
mod suspension;

pub use secrets::{IssuedSecret, SecretView};
