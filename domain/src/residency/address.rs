//! An address on its way to the resolver. It ends here: it cannot be printed, compared, copied or serialised, and is wiped
//! from memory when dropped.

use zeroize::Zeroizing;

use super::towns::Postcode;
use crate::violations::Violation;

/// Longer than any address of Japan by far; beyond it nobody wrote an address.
const MAX_CHARS: usize = 1000;

/// An address as the certificate or the card's surface holds it.
pub struct Address {
    text: Zeroizing<String>,
    /// One flag per character: it is a substitute for one that the certificate cannot hold, so it may be anything.
    substituted: Vec<bool>,
    /// How many characters stand before each seam of a pre-split address.
    seams: Vec<usize>,
    postcode: Option<Postcode>,
}

impl Address {
    /// An address as one string, without substitute characters.
    pub fn new(text: String) -> Address {
        Address { text: Zeroizing::new(text), substituted: Vec::new(), seams: Vec::new(), postcode: None }
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
        Ok(Address { text, substituted, seams: Vec::new(), postcode: None })
    }

    /// An address that a provider has split: prefecture; county, municipality and ward; the rest. Any may be empty.
    ///
    /// The seams decide where names could end in two places; a split in the wrong place does no harm.
    pub fn split(prefecture: &str, municipality: &str, rest: &str) -> Address {
        let first = prefecture.chars().count();
        let seams = vec![first, first + municipality.chars().count()];
        Address { seams, ..Address::new([prefecture, municipality, rest].concat()) }
    }

    /// The same address with the postcode that came beside it. It decides between candidates and is no evidence by itself.
    #[must_use]
    pub fn with_postcode(self, postcode: Postcode) -> Address {
        Address { postcode: Some(postcode), ..self }
    }

    /// More than 1,000 characters: no resolver looks at it.
    pub fn is_too_long(&self) -> bool {
        self.text.chars().nth(MAX_CHARS).is_some()
    }

    /// The characters, each with whether it may be anything.
    pub(super) fn characters(&self) -> impl Iterator<Item = (char, bool)> {
        let flags = self.substituted.iter().copied().chain(std::iter::repeat(false));
        self.text.chars().zip(flags)
    }

    pub(super) fn seams(&self) -> &[usize] {
        &self.seams
    }

    pub(super) fn postcode(&self) -> Option<Postcode> {
        self.postcode
    }
}
