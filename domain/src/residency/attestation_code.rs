//! One-time codes with which somebody shows a tie: how they are written on a slip, and how they are read however they are typed.

use std::fmt;

/// Crockford's base 32: no I, L, O or U, so that nothing on a slip is read as something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 80 random bits, too many to be guessed from a digest that somebody stole.
const CHARACTERS: usize = 16;
/// Characters between two hyphens.
const GROUP: usize = 4;
/// Nobody types more than this for a code; what is longer is not read.
const LONGEST_TYPED: usize = 100;

/// A one-time code: 80 random bits, written as four groups of four characters. Who holds it holds the tie, so it has no `Debug`
/// and is kept nowhere; what rests is a digest of [`AttestationCode::text`].
#[derive(Clone, PartialEq, Eq)]
pub struct AttestationCode([u8; CHARACTERS]);

impl AttestationCode {
    /// Writes ten random bytes as a code.
    pub fn of_random(bytes: [u8; 10]) -> AttestationCode {
        let mut bits = bytes.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        let mut text = [b'0'; CHARACTERS];
        for symbol in text.iter_mut().rev() {
            let index = usize::try_from(bits & 31).unwrap_or(0);
            *symbol = ALPHABET.get(index).copied().unwrap_or(b'0');
            bits >>= 5;
        }
        AttestationCode(text)
    }

    /// Reads what somebody typed: upper or lower case, full or half width, with any hyphens and spaces or none; the letters O, I
    /// and L as the digits that they look like. `None` if it cannot be a code.
    pub fn read(typed: &str) -> Option<AttestationCode> {
        let mut text = [b'0'; CHARACTERS];
        let mut places = text.iter_mut();
        for c in typed.chars().take(LONGEST_TYPED + 1).map(half_width).filter(|c| !is_separator(*c)) {
            let symbol = match c.to_ascii_uppercase() {
                'O' => b'0',
                'I' | 'L' => b'1',
                c => u8::try_from(c).ok()?,
            };
            if !ALPHABET.contains(&symbol) {
                return None;
            }
            *places.next()? = symbol;
        }
        places.next().is_none().then_some(AttestationCode(text))
    }

    /// Its characters without hyphens, in one spelling: what is hashed.
    pub fn text(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for AttestationCode {
    /// As on the slip: `7KQF-2M9X-T4HB-0C3D`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, group) in self.0.chunks(GROUP).enumerate() {
            if number > 0 {
                f.write_str("-")?;
            }
            group.iter().try_for_each(|symbol| write!(f, "{}", char::from(*symbol)))?;
        }
        Ok(())
    }
}

/// A full-width letter, digit or sign as its half-width form.
fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        other => other,
    }
}

/// Hyphens as keyboards of any kind make them, and spaces.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FF70}' | '\u{2500}' | '\u{200B}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str) -> Option<String> {
        AttestationCode::read(typed).map(|code| code.to_string())
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let written = Some("7KQF-2M9X-T4HB-01CD".to_owned());
        for typed in [
            "7KQF-2M9X-T4HB-01CD",
            "7kqf2m9xt4hb01cd",
            " 7kqf 2m9x\tt4hb olcd ",
            "７ＫＱＦ－２Ｍ９Ｘ－Ｔ４ＨＢ－０１ＣＤ",
            "７ｋｑｆー２ｍ９ｘ―ｔ４ｈｂ−ｏｉｃｄ",
            "7KQF‐2M9X–T4HB—01CD",
        ] {
            assert_eq!(read(typed), written, "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in [
            "",
            "-",
            "7KQF-2M9X-T4HB",
            "7KQF-2M9X-T4HB-01CD-0",
            "7KQF-2M9X-T4HB-01CU",
            "在勤証明書です",
            "7KQF-2M9X-T4HB-01C!",
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
        assert_eq!(read(&" ".repeat(10_000)), None);
    }

    proptest! {
        #[test]
        fn every_code_reads_back(bytes in any::<[u8; 10]>()) {
            let code = AttestationCode::of_random(bytes);
            let text = code.to_string();
            prop_assert_eq!(text.len(), 19);
            prop_assert!(AttestationCode::read(&text.to_lowercase()) == Some(code));
        }

        #[test]
        fn other_bytes_are_another_code(one in any::<[u8; 10]>(), other in any::<[u8; 10]>()) {
            prop_assume!(one != other);
            prop_assert!(AttestationCode::of_random(one) != AttestationCode::of_random(other));
        }

        #[test]
        fn anything_typed_is_read_or_refused(typed in "\\PC*") {
            let _ = AttestationCode::read(&typed);
        }
    }
}
