//! How sure a sign-in is: who the person is (ial), that it is that person now (aal), that the statement reached us
//! unaltered (fal). Independent small integers, after DS-511 and NIST SP 800-63-4; 3 is the strongest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::violations::Violation;

macro_rules! level {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u8", into = "u8")]
        pub struct $name(u8);

        impl $name {
            /// The weakest level, 1.
            pub const ONE: $name = $name(1);
            /// Level 2.
            pub const TWO: $name = $name(2);
            /// The strongest level, 3.
            pub const THREE: $name = $name(3);

            /// 1, 2 or 3.
            pub const fn number(self) -> u8 {
                self.0
            }

            /// Reads the digit of a form.
            ///
            /// # Errors
            /// `Required`, `Malformed` or `OutOfRange`.
            pub fn parse(text: &str) -> Result<$name, Violation> {
                match text {
                    "" => Err(Violation::Required),
                    _ => text.parse::<u8>().map_err(|_| Violation::Malformed).and_then($name::try_from),
                }
            }
        }

        impl TryFrom<u8> for $name {
            type Error = Violation;

            fn try_from(number: u8) -> Result<$name, Violation> {
                if (1..=3).contains(&number) { Ok($name(number)) } else { Err(Violation::OutOfRange) }
            }
        }

        impl From<$name> for u8 {
            fn from(level: $name) -> u8 {
                level.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

level! {
    /// Identity assurance: how well it is known who the person is.
    Ial
}
level! {
    /// Authentication assurance: how well it is known that it is that person now.
    Aal
}
level! {
    /// Federation assurance: how well the statement of the identity provider was protected.
    Fal
}

/// How the person proved to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// My Number card with its PIN.
    Card,
    /// The certificate of the card on a smartphone; on screen together with the card.
    PhoneCertificate,
    /// The identity provider's own biometrics or PIN, without the card.
    ProviderDevice,
    /// A session of this town that was still open: nothing was proved anew.
    Session,
    /// A passkey that cannot leave the device on which it was made.
    DevicePasskey,
    /// A passkey of which the platform keeps copies for the person's other devices.
    SyncedPasskey,
}

impl Method {
    /// The word in columns and in sealed state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Card => "card",
            Method::PhoneCertificate => "phone_certificate",
            Method::ProviderDevice => "provider_device",
            Method::Session => "session",
            Method::DevicePasskey => "device_passkey",
            Method::SyncedPasskey => "synced_passkey",
        }
    }

    /// Certificates were read: attributes may exist and eligibility is determined anew.
    pub const fn is_card(self) -> bool {
        matches!(self, Method::Card | Method::PhoneCertificate)
    }

    /// A passkey was used: who it is was known before, from the card.
    pub const fn is_passkey(self) -> bool {
        matches!(self, Method::DevicePasskey | Method::SyncedPasskey)
    }

    /// Values of the `amr` claim (RFC 8176); a session repeats those of the sign-in that opened it. How a device verifies who
    /// uses a passkey (face, finger, PIN) it does not say.
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Method::Card => &["sc", "pin", "mfa"],
            Method::PhoneCertificate => &["hwk", "user", "mfa"],
            Method::ProviderDevice => &["user", "mfa"],
            Method::Session => &[],
            Method::DevicePasskey => &["hwk", "user", "mfa"],
            Method::SyncedPasskey => &["swk", "user", "mfa"],
        }
    }
}

impl FromStr for Method {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Method, Violation> {
        [
            Method::Card,
            Method::PhoneCertificate,
            Method::ProviderDevice,
            Method::Session,
            Method::DevicePasskey,
            Method::SyncedPasskey,
        ]
        .into_iter()
        .find(|method| method.as_str() == text)
        .ok_or(Violation::Unknown)
    }
}

/// What a sign-in reached, or the least that a service accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Assurance {
    /// Who it is.
    pub ial: Ial,
    /// That it is that person now.
    pub aal: Aal,
}

impl Assurance {
    /// The card (DS-511): identity and authentication at the highest level.
    pub const CARD: Assurance = Assurance { ial: Ial::THREE, aal: Aal::THREE };
    /// What every `acr` of ours begins with.
    pub const ACR_PREFIX: &str = "urn:machikagi:assurance:";

    /// A passkey of somebody of whom the card attested `ial`: a key and the face, finger or PIN that opens it, on a device
    /// that nobody vouches for.
    pub const fn passkey(ial: Ial) -> Assurance {
        Assurance { ial, aal: Aal::TWO }
    }

    /// Both levels are at least the minimum's.
    pub fn meets(self, minimum: Assurance) -> bool {
        self.ial >= minimum.ial && self.aal >= minimum.aal
    }

    /// The value of the `acr` claim, such as `urn:machikagi:assurance:ial3-aal3`.
    pub fn acr(self) -> String {
        format!("{}{}", Self::ACR_PREFIX, self.short())
    }

    /// The same without its prefix, as forms have it: `ial3-aal3`.
    pub fn short(self) -> String {
        format!("ial{}-aal{}", self.ial, self.aal)
    }

    /// Reads a value of `acr_values`; `None` for words that are not ours.
    pub fn of_acr(text: &str) -> Option<Assurance> {
        Self::of_short(text.strip_prefix(Self::ACR_PREFIX)?)
    }

    /// Reads [`Assurance::short`].
    pub fn of_short(text: &str) -> Option<Assurance> {
        let (ial, aal) = text.split_once('-')?;
        let ial = Ial::parse(ial.strip_prefix("ial")?).ok()?;
        let aal = Aal::parse(aal.strip_prefix("aal")?).ok()?;
        let read = Assurance { ial, aal };
        (read.short() == text).then_some(read)
    }

    /// Every value that the metadata lists in `acr_values_supported`, the strongest first.
    pub fn all() -> Vec<Assurance> {
        let mut all = Vec::new();
        for ial in [Ial::THREE, Ial::TWO, Ial::ONE] {
            for aal in [Aal::THREE, Aal::TWO, Aal::ONE] {
                all.push(Assurance { ial, aal });
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acr_reads_back() {
        for assurance in Assurance::all() {
            assert_eq!(Assurance::of_acr(&assurance.acr()), Some(assurance));
        }
        assert_eq!(Assurance::CARD.acr(), "urn:machikagi:assurance:ial3-aal3");
        for text in ["", "urn:machikagi:assurance:ial4-aal3", "urn:machikagi:assurance:ial+3-aal3", "ial3-aal3", "aal3"]
        {
            assert_eq!(Assurance::of_acr(text), None, "{text}");
        }
    }

    #[test]
    fn both_axes_must_reach_the_minimum() {
        let passkey = Assurance { ial: Ial::THREE, aal: Aal::TWO };
        assert!(Assurance::CARD.meets(passkey) && passkey.meets(passkey));
        assert!(!passkey.meets(Assurance::CARD));
        assert!(!Assurance { ial: Ial::ONE, aal: Aal::THREE }.meets(passkey));
    }

    #[test]
    fn levels_are_one_to_three() {
        assert_eq!(Ial::parse("0"), Err(Violation::OutOfRange));
        assert_eq!(Ial::parse(""), Err(Violation::Required));
        assert_eq!(Aal::parse("x"), Err(Violation::Malformed));
        assert!(serde_json::from_str::<Fal>("4").is_err());
    }
}
