//! One-time codes with which somebody shows a tie.

use std::fmt;

use crate::spoken_code;

/// A one-time code: 80 random bits, too many to be guessed from a digest that somebody stole, written as four groups of four
/// letters. Who holds it holds the tie, so it has no `Debug` and is kept nowhere; what rests is a digest of
/// [`AttestationCode::bytes`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AttestationCode([u8; 10]);

impl AttestationCode {
    /// How many letters there are.
    const LETTERS: usize = 16;

    /// A code of random bytes.
    pub const fn of_bytes(bytes: [u8; 10]) -> AttestationCode {
        AttestationCode(bytes)
    }

    /// Reads what somebody typed, however they type it. `None` if it cannot be a code.
    pub fn read(typed: &str) -> Option<AttestationCode> {
        let bits = spoken_code::read(typed, Self::LETTERS).ok()?;
        bits.to_be_bytes().last_chunk().copied().map(AttestationCode)
    }

    /// The bytes that it was made of: what is hashed.
    pub const fn bytes(&self) -> &[u8; 10] {
        &self.0
    }
}

impl fmt::Display for AttestationCode {
    /// As on the slip: `7KQF-2M9X-T4HB-0C3D`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        spoken_code::write(f, &self.0)
    }
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
            let code = AttestationCode::of_bytes(bytes);
            let text = code.to_string();
            prop_assert_eq!(text.len(), 19);
            prop_assert!(AttestationCode::read(&text.to_lowercase()) == Some(code));
        }

        #[test]
        fn other_bytes_are_another_code(one in any::<[u8; 10]>(), other in any::<[u8; 10]>()) {
            prop_assume!(one != other);
            prop_assert!(AttestationCode::of_bytes(one) != AttestationCode::of_bytes(other));
        }

        #[test]
        fn anything_typed_is_read_or_refused(typed in "\\PC*") {
            let _ = AttestationCode::read(&typed);
        }
    }
}
