//! A renewed card whose provider does not say whose it was: the number by which a resident has their town ID found at the desk
//! (窓口), and why staff put the new card in the former one's place.

use std::fmt;
use std::str::FromStr;

use crate::locale::Words;
use crate::spoken_code;
use crate::violations::Violation;

/// 引き継ぎ番号: sixteen letters in four groups, 80 random bits. The resident alone holds it, on paper; what rests is a digest of
/// [`RecoveryNumber::bytes`]. It has no `Debug`, as a password has none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecoveryNumber([u8; 10]);

impl RecoveryNumber {
    /// How many letters there are.
    const LETTERS: usize = 16;

    /// A number of random bytes.
    pub const fn of_bytes(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    /// The bytes that it was made of: what is hashed.
    pub const fn bytes(&self) -> &[u8; 10] {
        &self.0
    }
}

impl fmt::Display for RecoveryNumber {
    /// As on the paper: `7KQF-2M9X-T4HB-0C3D`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        spoken_code::write(f, &self.0)
    }
}

impl FromStr for RecoveryNumber {
    type Err = Violation;

    /// Reads what somebody typed, however they type it.
    ///
    /// # Errors
    /// `Required`; `Malformed`.
    fn from_str(text: &str) -> Result<Self, Violation> {
        let bits = spoken_code::read(text, Self::LETTERS)?;
        bits.to_be_bytes().last_chunk().copied().map(Self).ok_or(Violation::Malformed)
    }
}

/// Why another card leads to a town ID, as the clerks saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelinkReason {
    /// The card, or the certificate on it, had run out.
    Renewed,
    /// It was lost or broken, and issued anew.
    Reissued,
    /// The person began anew at the identity provider: another telephone, another provider.
    ProviderAnew,
}

impl RelinkReason {
    /// Every reason, in the order of the form.
    pub const ALL: [RelinkReason; 3] = [RelinkReason::Renewed, RelinkReason::Reissued, RelinkReason::ProviderAnew];

    /// The word in the form.
    pub const fn as_str(self) -> &'static str {
        match self {
            RelinkReason::Renewed => "renewed",
            RelinkReason::Reissued => "reissued",
            RelinkReason::ProviderAnew => "provider_anew",
        }
    }

    /// The words on screen and in the audit trail.
    pub const fn words(self) -> Words {
        match self {
            RelinkReason::Renewed => Words {
                ja: "カードか電子証明書の期限が来て、新しくした",
                en: "The card or its certificate had run out and was renewed",
            },
            RelinkReason::Reissued => Words {
                ja: "カードをなくしたか、こわれて、作り直した",
                en: "The card was lost or broken, and issued anew",
            },
            RelinkReason::ProviderAnew => Words {
                ja: "本人確認サービスに登録し直した(スマートフォンの買い替えなど)",
                en: "Registered anew with the identity provider, for instance with a new phone",
            },
        }
    }
}

impl FromStr for RelinkReason {
    type Err = Violation;

    /// # Errors
    /// `Required`, `Unknown`.
    fn from_str(text: &str) -> Result<Self, Violation> {
        if text.is_empty() {
            return Err(Violation::Required);
        }
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or(Violation::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_as_it_was_written_however_it_is_typed() {
        for bytes in [[0; 10], [255; 10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]] {
            let number = RecoveryNumber::of_bytes(bytes);
            let text = number.to_string();
            assert_eq!((text.len(), text.matches('-').count()), (19, 3), "{text}");
            for typed in [text.clone(), text.to_lowercase().replace('-', " "), format!(" {text}　")] {
                assert!(typed.parse() == Ok(number), "{typed}");
            }
        }
        let refused = |text: &str| text.parse::<RecoveryNumber>().err();
        assert_eq!(refused(" "), Some(Violation::Required));
        for wrong in ["7K2M-9XQ4", "7KQF-2M9X-T4HB-0C3DA", "7KQF-2M9X-T4HB-0C3U", "引き継ぎ番号"] {
            assert_eq!(refused(wrong), Some(Violation::Malformed), "{wrong}");
        }
    }

    #[test]
    fn a_reason_is_one_of_the_form() {
        for reason in RelinkReason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(reason));
        }
        assert_eq!("".parse::<RelinkReason>(), Err(Violation::Required));
        assert_eq!("because".parse::<RelinkReason>(), Err(Violation::Unknown));
    }
}
