//! Random numbers as codes that people read aloud, print and type: Crockford's base 32 in groups of four. None of its letters
//! looks like another, and a telephone tells them apart.

use std::fmt::{Formatter, Result as Written, Write};

use crate::violations::Violation;

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters that are read together.
const GROUP: usize = 4;
/// Nobody types more than this for a code; what is longer is not read.
const LONGEST_TYPED: usize = 100;

/// Writes bytes, eight letters for every five; bits that are over at the front count for nothing. At most 16 bytes.
pub(crate) fn write(f: &mut Formatter<'_>, bytes: &[u8]) -> Written {
    let bits = bytes.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letters = bytes.len() * 8 / 5;
    for position in (0..letters).rev() {
        let value = usize::try_from(bits >> (5 * position) & 31).unwrap_or_default();
        f.write_char(char::from(LETTERS.get(value).copied().unwrap_or(b'0')))?;
        if position > 0 && position.is_multiple_of(GROUP) {
            f.write_char('-')?;
        }
    }
    Ok(())
}

/// Reads so many letters, at most 25: upper or lower case, full or half width, with any hyphens and spaces or none; O is 0, I
/// and L are 1.
///
/// # Errors
/// `Required`; `Malformed`.
pub(crate) fn read(typed: &str, letters: usize) -> Result<u128, Violation> {
    let (mut bits, mut found) = (0u128, 0);
    for c in typed.chars().take(LONGEST_TYPED + 1).map(half_width).filter(|c| !is_separator(*c)) {
        let upper = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = LETTERS.iter().zip(0u128..).find(|(letter, _)| char::from(**letter) == upper);
        let (_, value) = value.ok_or(Violation::Malformed)?;
        found += 1;
        if found > letters {
            return Err(Violation::Malformed);
        }
        bits = bits << 5 | value;
    }
    match found {
        0 => Err(Violation::Required),
        all if all == letters => Ok(bits),
        _ => Err(Violation::Malformed),
    }
}

/// Full-width forms of ASCII are what a Japanese keyboard types.
fn half_width(c: char) -> char {
    match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Spaces, and what a hyphen becomes on its way through keyboards and telephones.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '_' | '.' | '・' | 'ー' | 'ｰ' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{200B}'
        )
}
