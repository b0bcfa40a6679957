//! The two languages of every page and text, how a request asks for one, and text that exists in both.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::prose;
use crate::violations::{Violation, Violations};

/// A language of the product. Japanese comes first wherever nobody asked for anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// 日本語.
    #[default]
    Ja,
    /// English.
    En,
}

/// The text names neither of the two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such language")]
pub struct UnknownLocale;

impl Locale {
    /// Both languages, in the order in which pages offer them.
    pub const ALL: [Locale; 2] = [Locale::Ja, Locale::En];

    /// The BCP 47 tag: `ja` or `en`, as in the `lang` attribute, in cookies and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Locale::Ja => "ja",
            Locale::En => "en",
        }
    }

    /// The other language, for the switch in the page's head.
    pub const fn other(self) -> Locale {
        match self {
            Locale::Ja => Locale::En,
            Locale::En => Locale::Ja,
        }
    }

    /// The language of a BCP 47 tag by its primary subtag (`en-GB` is English), if it is one of ours.
    pub fn of_tag(tag: &str) -> Option<Locale> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|locale| primary.eq_ignore_ascii_case(locale.as_str()))
    }

    /// The language that an `Accept-Language` header prefers (RFC 9110, section 12.5.4); `*` and tags of weight 0 say
    /// nothing. `None` if it names neither of ours.
    pub fn of_accept_language(header: &str) -> Option<Locale> {
        let mut best: Option<(Locale, u16)> = None;
        for range in header.split(',') {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().and_then(Self::of_tag) else { continue };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=").map(thousandths)).unwrap_or(1000);
            if weight > 0 && best.is_none_or(|(_, highest)| weight > highest) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }

    /// The first of ours in a `ui_locales` parameter: tags separated by spaces, the most wanted first (OpenID Connect
    /// Core, section 3.1.2.1).
    pub fn of_ui_locales(parameter: &str) -> Option<Locale> {
        parameter.split(' ').find_map(Self::of_tag)
    }
}

/// A weight such as `0.8` in thousandths; what is not a weight counts as 0, so that it is never preferred.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, digits.parse::<u16>()) {
        ("1", Ok(0)) => 1000,
        ("0", Ok(thousandths)) => thousandths,
        _ => 0,
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Locale {
    type Err = UnknownLocale;

    /// Exactly `ja` or `en`.
    fn from_str(text: &str) -> Result<Self, UnknownLocale> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == text).ok_or(UnknownLocale)
    }
}

/// Words of the product itself, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Words {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// Whether a switch is on.
    pub const fn yes_no(yes: bool) -> Words {
        if yes { Words { ja: "はい", en: "Yes" } } else { Words { ja: "いいえ", en: "No" } }
    }

    /// The words in one language.
    pub const fn get(self, locale: Locale) -> &'static str {
        match locale {
            Locale::Ja => self.ja,
            Locale::En => self.en,
        }
    }
}

/// Text of a town in both languages: neither is ever missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Localized {
    ja: String,
    en: String,
}

impl Localized {
    /// One line in each language, trimmed, of 1 to `max_chars` characters.
    ///
    /// # Errors
    /// Violations of the fields `ja` and `en`; nest them under the name of the form's field.
    pub fn parse(ja: &str, en: &str, max_chars: usize) -> Result<Localized, Violations> {
        Self::checked(prose::line(ja, max_chars), prose::line(en, max_chars))
    }

    /// A paragraph in each language, in which lines may break, of 1 to `max_chars` characters.
    ///
    /// # Errors
    /// As [`Localized::parse`].
    pub fn parse_block(ja: &str, en: &str, max_chars: usize) -> Result<Localized, Violations> {
        Self::checked(prose::block(ja, max_chars), prose::block(en, max_chars))
    }

    /// Puts together a text that the product itself wrote, such as the sentence that explains a rule. Typed text goes
    /// through [`Localized::parse`].
    pub fn composed(ja: impl Into<String>, en: impl Into<String>) -> Localized {
        Localized { ja: ja.into(), en: en.into() }
    }

    /// The text in one language.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => &self.ja,
            Locale::En => &self.en,
        }
    }

    fn checked(ja: Result<String, Violation>, en: Result<String, Violation>) -> Result<Localized, Violations> {
        let mut violations = Violations::default();
        let ja = violations.check("ja", ja);
        let en = violations.check("en", en);
        violations.finish(ja.zip(en).map(|(ja, en)| Localized { ja, en }))
    }
}

impl From<Words> for Localized {
    fn from(words: Words) -> Self {
        Localized::composed(words.ja, words.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_goes_by_weight_then_order() {
        for (header, expected) in [
            ("ja,en-US;q=0.9,en;q=0.8", Some(Locale::Ja)),
            ("en-US,en;q=0.9,ja;q=0.8", Some(Locale::En)),
            ("fr, en;q=0.3, ja;q=0.5", Some(Locale::Ja)),
            ("ja;q=0, en;q=0.1", Some(Locale::En)),
            ("ja;q=abc", None),
            ("de, *;q=0.5", None),
            ("", None),
        ] {
            assert_eq!(Locale::of_accept_language(header), expected, "{header}");
        }
    }

    #[test]
    fn ui_locales_go_by_order() {
        assert_eq!(Locale::of_ui_locales("fr-CA en ja"), Some(Locale::En));
        assert_eq!(Locale::of_ui_locales("ja-JP"), Some(Locale::Ja));
        assert_eq!(Locale::of_ui_locales("fr"), None);
        assert_eq!("en".parse(), Ok(Locale::En));
        assert_eq!("EN".parse::<Locale>(), Err(UnknownLocale));
    }

    #[test]
    fn a_text_must_be_there_in_both_languages() {
        let text = Localized::parse("電子図書館", "E-Library", 20).unwrap();
        assert_eq!(text.get(Locale::En), "E-Library");
        let violations = Localized::parse("電子図書館", "", 3).unwrap_err();
        assert_eq!(violations.get("ja"), Some(Violation::TooLong));
        assert_eq!(violations.get("en"), Some(Violation::Required));
    }
}
