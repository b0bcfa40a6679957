//! Ties to a municipality that no card shows: work and school (在勤・在学), attested by staff and kept with a month of expiry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::calendar::Month;
use crate::locale::Words;
use crate::violations::Violation;

/// What ties somebody to a municipality who does not live there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttestationKind {
    /// 在勤: works there.
    Work,
    /// 在学: goes to school there.
    School,
    /// Another tie, which the municipality itself defines (在活動, 帰省先 …).
    Other,
}

impl AttestationKind {
    /// Every kind, in the order of forms.
    pub const ALL: [AttestationKind; 3] = [AttestationKind::Work, AttestationKind::School, AttestationKind::Other];

    /// The word in forms, columns and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            AttestationKind::Work => "work",
            AttestationKind::School => "school",
            AttestationKind::Other => "other",
        }
    }

    /// The word on screen.
    pub const fn words(self) -> Words {
        match self {
            AttestationKind::Work => Words { ja: "在勤", en: "Work" },
            AttestationKind::School => Words { ja: "在学", en: "School" },
            AttestationKind::Other => Words { ja: "その他のつながり", en: "Other tie" },
        }
    }

    const fn bit(self) -> u8 {
        match self {
            AttestationKind::Work => 1,
            AttestationKind::School => 2,
            AttestationKind::Other => 4,
        }
    }
}

impl fmt::Display for AttestationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AttestationKind {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// A tie that staff attested, with the last month in which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// Which.
    pub kind: AttestationKind,
    /// The last month.
    pub until: Month,
}

/// Some of the kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttestationKinds(u8);

impl AttestationKinds {
    /// No kind.
    pub const NONE: AttestationKinds = AttestationKinds(0);

    /// None is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// This one is in it.
    pub const fn contains(self, kind: AttestationKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Those in it, in the order of forms.
    pub fn iter(self) -> impl Iterator<Item = AttestationKind> {
        AttestationKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }

    /// One byte for sealed state; the three lowest bits.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Reads the byte of [`AttestationKinds::bits`]; other bits count for nothing.
    pub const fn of_bits(bits: u8) -> AttestationKinds {
        AttestationKinds(bits & 7)
    }
}

impl FromIterator<AttestationKind> for AttestationKinds {
    fn from_iter<I: IntoIterator<Item = AttestationKind>>(kinds: I) -> Self {
        AttestationKinds(kinds.into_iter().fold(0, |bits, kind| bits | kind.bit()))
    }
}
