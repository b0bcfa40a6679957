//! What can be configured.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::locale::Words;
use crate::violations::Violation;

/// A kind of configuration with versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigurationKind {
    /// 連携サービス.
    RelyingParty,
    /// 利用資格ルール.
    ResidencyRule,
    /// 同意文.
    ConsentText,
}

impl ConfigurationKind {
    /// Every kind.
    pub const ALL: [ConfigurationKind; 3] =
        [ConfigurationKind::RelyingParty, ConfigurationKind::ResidencyRule, ConfigurationKind::ConsentText];

    /// The word in columns and policy lines.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConfigurationKind::RelyingParty => "relying_party",
            ConfigurationKind::ResidencyRule => "residency_rule",
            ConfigurationKind::ConsentText => "consent_text",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            ConfigurationKind::RelyingParty => Words { ja: "連携サービス", en: "Relying party" },
            ConfigurationKind::ResidencyRule => Words { ja: "利用資格ルール", en: "Residency rule" },
            ConfigurationKind::ConsentText => Words { ja: "同意文", en: "Consent text" },
        }
    }
}

impl fmt::Display for ConfigurationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ConfigurationKind {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(Violation::Unknown)
    }
}
