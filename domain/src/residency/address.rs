//! An address on its way to the resolver, and what the resolver can answer. The address itself ends here: it cannot be
//! printed, compared, copied or serialised, and is wiped from memory when dropped.

#[cfg(feature = "table")]
use zeroize::Zeroizing;

use crate::municipality::MunicipalityCode;
#[cfg(feature = "table")]
use crate::violations::Violation;

/// An address as one string, as the certificate or the card's surface holds it.
#[cfg(feature = "table")]
pub struct Address {
    text: Zeroizing<String>,
    /// One flag per character: it is a substitute for one that the certificate cannot hold, so it may be anything.
    substituted: Vec<bool>,
}

#[cfg(feature = "table")]
impl Address {
    /// An address without substitute characters.
    pub fn new(text: String) -> Address {
        Address { text: Zeroizing::new(text), substituted: Vec::new() }
    }

    /// An address with the certificate's flag string: `0` or `1` for each character (OID 1.2.392.200149.8.5.5.6).
    ///
    /// # Errors
    /// `Malformed` if the flags do not fit the text; the address is then undecidable, for nobody knows which
    /// characters to trust.
    pub fn with_substitutes(text: String, flags: &str) -> Result<Address, Violation> {
        let text = Zeroizing::new(text);
        if flags.len() != text.chars().count() || !flags.bytes().all(|b| b == b'0' || b == b'1') {
            return Err(Violation::Malformed);
        }
        let substituted = flags.bytes().map(|b| b == b'1').collect();
        Ok(Address { text, substituted })
    }

    /// The characters, each with whether it may be anything.
    pub(super) fn characters(&self) -> impl Iterator<Item = (char, bool)> {
        let flags = self.substituted.iter().copied().chain(std::iter::repeat(false));
        self.text.chars().zip(flags)
    }
}

/// Where an address lies: a municipality and, in a designated city, the wards in which it can lie.
///
/// A town level is to come; places are made with [`Place::of`] so that it can be added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Place {
    /// The municipality; of a ward, its city.
    pub municipality: MunicipalityCode,
    /// Empty where there are no wards; one where it is known; several where it is not (a card may carry a ward from before
    /// a reorganisation for years).
    pub wards: Vec<MunicipalityCode>,
}

impl Place {
    /// A place in a municipality, with the wards in which it can lie.
    pub fn of(municipality: MunicipalityCode, wards: Vec<MunicipalityCode>) -> Place {
        Place { municipality, wards }
    }

    /// The ward, if there is one and it is known.
    pub fn ward(&self) -> Option<MunicipalityCode> {
        match self.wards.as_slice() {
            [ward] => Some(*ward),
            _ => None,
        }
    }

    /// The finest code that is known: the ward's, else the municipality's.
    pub fn code(&self) -> MunicipalityCode {
        self.ward().unwrap_or(self.municipality)
    }
}

/// What can be said about an address. Never a guess: where more than one place fits, all of them are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It lies here.
    Resolved(Place),
    /// It lies in one of these, in the order of the codes. A single one is a ward whose city the address does not say.
    Ambiguous(Vec<Place>),
    /// No municipality of the table fits, or the text is longer than 1,000 characters.
    Unknown,
    /// 国外転出: the person has moved out of Japan.
    Abroad,
}
