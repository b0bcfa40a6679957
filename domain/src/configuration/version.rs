//! The life of one version of a configuration.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::locale::Words;
use crate::violations::Violation;

/// Where a version stands. Of one configuration at most one version is published, and only that one is ever used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// 下書き.
    Draft,
    /// 審査中: somebody else decides.
    Submitted,
    /// 差し戻し: to be changed and submitted again.
    ChangesRequested,
    /// 承認済み: waits for its effective date.
    Approved,
    /// 公開中.
    Published,
    /// 終了: a later version took its place.
    Archived,
    /// 引戻し: given up before it was published.
    Withdrawn,
}

/// A version, or a change request, cannot make this step from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot {verb} what is {from}")]
pub struct InvalidTransition {
    /// Where it stands.
    pub from: &'static str,
    /// The step.
    pub verb: &'static str,
}

impl VersionState {
    /// Every state.
    pub const ALL: [VersionState; 7] = [
        VersionState::Draft,
        VersionState::Submitted,
        VersionState::ChangesRequested,
        VersionState::Approved,
        VersionState::Published,
        VersionState::Archived,
        VersionState::Withdrawn,
    ];

    /// The word in columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            VersionState::Draft => "draft",
            VersionState::Submitted => "submitted",
            VersionState::ChangesRequested => "changes_requested",
            VersionState::Approved => "approved",
            VersionState::Published => "published",
            VersionState::Archived => "archived",
            VersionState::Withdrawn => "withdrawn",
        }
    }

    /// The word on its badge.
    pub const fn words(self) -> Words {
        match self {
            VersionState::Draft => Words { ja: "下書き", en: "Draft" },
            VersionState::Submitted => Words { ja: "審査中", en: "In review" },
            VersionState::ChangesRequested => Words { ja: "差し戻し", en: "Sent back" },
            VersionState::Approved => Words { ja: "承認済み", en: "Approved" },
            VersionState::Published => Words { ja: "公開中", en: "Published" },
            VersionState::Archived => Words { ja: "終了", en: "Ended" },
            VersionState::Withdrawn => Words { ja: "取り下げ", en: "Withdrawn" },
        }
    }

    /// Its content may still change; from submission on it is immutable.
    pub const fn is_editable(self) -> bool {
        matches!(self, VersionState::Draft | VersionState::ChangesRequested)
    }

    /// It is on its way: no second draft may be begun beside it.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            VersionState::Draft | VersionState::Submitted | VersionState::ChangesRequested | VersionState::Approved
        )
    }

    /// 起案: hands it in for decision.
    ///
    /// # Errors
    /// It is not editable any more.
    pub fn submit(self) -> Result<Self, InvalidTransition> {
        self.step(self.is_editable(), "submit", VersionState::Submitted)
    }

    /// 承認.
    ///
    /// # Errors
    /// It was not submitted.
    pub fn approve(self) -> Result<Self, InvalidTransition> {
        self.step(self == VersionState::Submitted, "approve", VersionState::Approved)
    }

    /// 差戻し, with a comment.
    ///
    /// # Errors
    /// It was not submitted.
    pub fn send_back(self) -> Result<Self, InvalidTransition> {
        self.step(self == VersionState::Submitted, "send back", VersionState::ChangesRequested)
    }

    /// 施行: it is the one in use from now on.
    ///
    /// # Errors
    /// It was not approved.
    pub fn publish(self) -> Result<Self, InvalidTransition> {
        self.step(self == VersionState::Approved, "publish", VersionState::Published)
    }

    /// A later version takes its place.
    ///
    /// # Errors
    /// It was not published.
    pub fn archive(self) -> Result<Self, InvalidTransition> {
        self.step(self == VersionState::Published, "archive", VersionState::Archived)
    }

    /// 引戻し.
    ///
    /// # Errors
    /// It was published, or has ended.
    pub fn withdraw(self) -> Result<Self, InvalidTransition> {
        self.step(self.is_open(), "withdraw", VersionState::Withdrawn)
    }

    fn step(self, allowed: bool, verb: &'static str, to: VersionState) -> Result<Self, InvalidTransition> {
        if allowed { Ok(to) } else { Err(InvalidTransition { from: self.as_str(), verb }) }
    }
}

impl fmt::Display for VersionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for VersionState {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(Violation::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_version() {
        let mut table = String::new();
        for from in VersionState::ALL {
            let steps =
                [from.submit(), from.approve(), from.send_back(), from.publish(), from.archive(), from.withdraw()];
            let reached: Vec<&str> = steps.iter().flatten().map(|to| to.as_str()).collect();
            table.push_str(&format!("{from}: {}\n", reached.join(" ")));
            assert_eq!(from.as_str().parse(), Ok(from));
        }
        insta::assert_snapshot!(table, @"
        draft: submitted withdrawn
        submitted: approved changes_requested withdrawn
        changes_requested: submitted withdrawn
        approved: published withdrawn
        published: archived
        archived: 
        withdrawn:
        ");
        let refused = VersionState::Archived.publish().unwrap_err();
        assert_eq!(refused.to_string(), "cannot publish what is archived");
    }
}
