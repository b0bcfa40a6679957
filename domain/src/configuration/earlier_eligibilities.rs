//! What a new version of a residency rule makes of eligibilities that were determined under earlier ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::locale::Words;
use crate::violations::Violation;

/// Chosen when a new version is submitted, and part of it from then on. Either way the next card decides by the new version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlierEligibilities {
    /// They go on until they expire by themselves.
    #[default]
    RunOn,
    /// They end, and the card is asked for: the new version may not admit everybody whom the earlier ones did.
    CardAgain,
}

impl EarlierEligibilities {
    /// Both, the usual one first.
    pub const ALL: [EarlierEligibilities; 2] = [EarlierEligibilities::RunOn, EarlierEligibilities::CardAgain];

    /// The word in forms and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            EarlierEligibilities::RunOn => "run_on",
            EarlierEligibilities::CardAgain => "card_again",
        }
    }

    /// The words on screen and in the audit trail.
    pub const fn words(self) -> Words {
        match self {
            EarlierEligibilities::RunOn => Words { ja: "期限まで続ける", en: "They run on until they expire" },
            EarlierEligibilities::CardAgain => {
                Words { ja: "もう一度カードで確かめる", en: "The card is asked for again" }
            }
        }
    }
}

impl fmt::Display for EarlierEligibilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EarlierEligibilities {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text).ok_or(Violation::Unknown)
    }
}
