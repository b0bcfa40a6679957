//! What a service calls levels of assurance: software that knows other words than ours for `acr` goes on with its own.

use serde::{Deserialize, Serialize};

use crate::assurance::Assurance;
use crate::violations::Violation;

/// The longest word, in bytes; it travels in requests.
const MAX_BYTES: usize = 48;
/// As many as there are levels.
const MAX_WORDS: usize = 9;

/// Levels and words for them, each at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AcrWords(Vec<(Assurance, String)>);

impl AcrWords {
    /// Reads lines such as `ial3-aal2 https://example.jp/loa/substantial`: a level of ours and one word for it.
    ///
    /// # Errors
    /// `TooLong` (words, or lines), `Malformed`, `Duplicate` (a level, or a word), and `NotAllowed` for words of ours, which
    /// mean what they mean.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let mut words: Vec<(Assurance, String)> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (level, word) = line.split_once(char::is_whitespace).ok_or(Violation::Malformed)?;
            let (level, word) = (Assurance::of_short(level).ok_or(Violation::Malformed)?, word.trim());
            if word.len() > MAX_BYTES {
                return Err(Violation::TooLong);
            }
            // What RFC 6749 lets a value of a list apart by spaces be.
            if !word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
                return Err(Violation::Malformed);
            }
            if word.starts_with(Assurance::ACR_PREFIX) {
                return Err(Violation::NotAllowed);
            }
            if words.iter().any(|(other, called)| *other == level || called == word) {
                return Err(Violation::Duplicate);
            }
            words.push((level, word.to_owned()));
        }
        if words.len() > MAX_WORDS { Err(Violation::TooLong) } else { Ok(Self(words)) }
    }

    /// The lines that [`AcrWords::parse`] reads.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(level, word)| format!("{} {word}", level.short()))
    }

    /// What the service is told of a level that was reached: its word for it, else its word for the strongest level that was
    /// reached with it, else ours.
    pub fn word(&self, reached: Assurance) -> String {
        let exact = self.0.iter().find(|(level, _)| *level == reached);
        let met = self.0.iter().filter(|(level, _)| reached.meets(*level));
        let word = exact.or_else(|| met.max_by_key(|(level, _)| (level.ial, level.aal)));
        word.map_or_else(|| reached.acr(), |(_, word)| word.clone())
    }

    /// The level that a word of the service means, or one of ours; `None` for any other.
    pub fn level(&self, word: &str) -> Option<Assurance> {
        let own = self.0.iter().find(|(_, called)| called == word).map(|(level, _)| *level);
        own.or_else(|| Assurance::of_acr(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assurance::{Aal, Ial};

    const PASSKEY: Assurance = Assurance::passkey(Ial::THREE);
    const WEAK: Assurance = Assurance { ial: Ial::TWO, aal: Aal::TWO };

    #[test]
    fn a_service_hears_its_own_words() {
        let words = AcrWords::parse("\n ial3-aal2   substantial\nial2-aal2 low\n").unwrap();
        assert_eq!(words.lines().collect::<Vec<_>>(), ["ial3-aal2 substantial", "ial2-aal2 low"]);
        assert_eq!(words.word(PASSKEY), "substantial");
        assert_eq!(words.word(Assurance::CARD), "substantial", "more than it has a word for");
        assert_eq!(words.word(WEAK), "low");
        assert_eq!(words.word(Assurance { ial: Ial::ONE, aal: Aal::ONE }), "urn:machikagi:assurance:ial1-aal1");
        assert_eq!(words.level("substantial"), Some(PASSKEY));
        assert_eq!(words.level(&Assurance::CARD.acr()), Some(Assurance::CARD));
        assert_eq!(words.level("high"), None);
        assert_eq!(AcrWords::default().word(PASSKEY), PASSKEY.acr());
    }

    #[test]
    fn a_word_means_one_level() {
        for (text, violation) in [
            ("ial3-aal2", Violation::Malformed),
            ("ial4-aal2 x", Violation::Malformed),
            ("3-2 x", Violation::Malformed),
            ("ial3-aal2 two words", Violation::Malformed),
            ("ial3-aal2 高い", Violation::Malformed),
            ("ial3-aal2 \"x\"", Violation::Malformed),
            ("ial3-aal2 urn:machikagi:assurance:ial1-aal1", Violation::NotAllowed),
            ("ial3-aal2 x\nial3-aal3 x", Violation::Duplicate),
            ("ial3-aal2 x\nial3-aal2 y", Violation::Duplicate),
            (&format!("ial3-aal2 {}", "x".repeat(49)), Violation::TooLong),
        ] {
            assert_eq!(AcrWords::parse(text), Err(violation), "{text}");
        }
        assert_eq!(AcrWords::parse(""), Ok(AcrWords::default()));
    }
}
