//! Identifiers: one type per thing, so that a resident can never be looked up by a relying party's id.
//!
//! Identifiers of configuration are UUIDv7 (they sort by age); those of anything about a resident are UUIDv4, which say
//! nothing about when a person first came. Both are made where a `Rng` is at hand, in `service`, never here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not an identifier (a UUID, hyphenated).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID for what it identifies.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for a column.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Parses the hyphenated form that [`fmt::Display`] writes, and no other spelling of the same UUID.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                let id = Self(uuid);
                if id.to_string() == text { Ok(id) } else { Err(InvalidId) }
            }
        }
    )+};
}

ids! {
    /// Anything that staff can belong to: a municipality, a vendor or the platform.
    OrganisationId,
    /// A person who works in a console.
    AccountId,
    /// A person of a municipality, as a random pseudonym: the town ID.
    ResidentId,
    /// A service connected to one municipality.
    RelyingPartyId,
    /// A rule of who is eligible, through all its versions.
    ResidencyRuleId,
    /// A made-up person with the outcome that a rule must reach.
    RuleCaseId,
    /// The words of a consent, through all their versions.
    ConsentTextId,
    /// A request to publish one version of a configuration.
    ChangeRequestId,
    /// An upstream provider of identities.
    IdentityProviderId,
    /// One consent of one resident.
    ConsentGrantId,
    /// One passkey of one resident.
    PasskeyId,
    /// One secret of a relying party.
    ClientSecretId,
    /// One-time codes that staff made together.
    AttestationBatchId,
    /// Somebody's request to be looked at by staff at the desk.
    DeskRequestId,
    /// A request of somebody with a renewed card to have their former town ID back.
    RelinkRequestId,
}

/// One sign-in in one browser tab: 128 random bits as 32 lower-case hexadecimal digits, in our URLs, in the name of the
/// flow's cookie and in the `state` that goes upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlowId([u8; 16]);

impl FlowId {
    /// Takes 16 random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bare bytes, for associated data and for the unique key of what the flow writes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for FlowId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let digits = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let number =
            if digits { u128::from_str_radix(text, 16).map_err(|_| InvalidId)? } else { return Err(InvalidId) };
        Ok(Self(number.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes() {
        let text = "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f";
        let id: RelyingPartyId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
    }

    #[test]
    fn a_flow_id_is_32_digits() {
        let text = "00ff0102030405060708090a0b0c0d0e";
        assert_eq!(text.parse::<FlowId>().unwrap().to_string(), text);
        for text in ["", "00FF0102030405060708090a0b0c0d0e", "+0ff0102030405060708090a0b0c0d0e", "0"] {
            assert_eq!(text.parse::<FlowId>(), Err(InvalidId));
        }
    }

    #[test]
    fn other_spellings_of_a_uuid_are_refused() {
        for text in ["", "0191f1d28d5e7c3a9b1e2f4a6c8d0e1f", "0191F1D2-8D5E-7C3A-9B1E-2F4A6C8D0E1F", "x"] {
            assert_eq!(text.parse::<RelyingPartyId>(), Err(InvalidId));
        }
    }
}
