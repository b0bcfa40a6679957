//! 起案・決裁: a request to publish one version, decided by somebody else, in force from a day on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Date;

use super::version::InvalidTransition;
use crate::ids::AccountId;
use crate::locale::Words;
use crate::violations::Violation;

/// Whether the person who drafted or submitted may decide. A town switches it off with a reason that is audited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FourEyes {
    /// Somebody else decides.
    #[default]
    Required,
    /// One person may do both (a village may have one clerk for it).
    Off,
}

/// Where a change request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeRequestState {
    /// 審査中.
    Submitted,
    /// 差し戻し.
    SentBack,
    /// 承認済み: waits for its effective date.
    Approved,
    /// 施行済み.
    Published,
    /// 取り下げ.
    Withdrawn,
}

impl ChangeRequestState {
    /// Every state.
    pub const ALL: [ChangeRequestState; 5] = [
        ChangeRequestState::Submitted,
        ChangeRequestState::SentBack,
        ChangeRequestState::Approved,
        ChangeRequestState::Published,
        ChangeRequestState::Withdrawn,
    ];

    /// The word in columns and in the URL's filter.
    pub const fn as_str(self) -> &'static str {
        match self {
            ChangeRequestState::Submitted => "submitted",
            ChangeRequestState::SentBack => "sent_back",
            ChangeRequestState::Approved => "approved",
            ChangeRequestState::Published => "published",
            ChangeRequestState::Withdrawn => "withdrawn",
        }
    }

    /// The word on its badge.
    pub const fn words(self) -> Words {
        match self {
            ChangeRequestState::Submitted => Words { ja: "審査中", en: "In review" },
            ChangeRequestState::SentBack => Words { ja: "差し戻し", en: "Sent back" },
            ChangeRequestState::Approved => Words { ja: "承認済み", en: "Approved" },
            ChangeRequestState::Published => Words { ja: "施行済み", en: "In force" },
            ChangeRequestState::Withdrawn => Words { ja: "取り下げ", en: "Withdrawn" },
        }
    }
}

impl fmt::Display for ChangeRequestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ChangeRequestState {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// Why a step was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It stands where this step is not possible.
    #[error(transparent)]
    InvalidTransition(#[from] InvalidTransition),
    /// The drafter or submitter would decide, and four eyes are required.
    #[error("who drafted or submitted may not decide")]
    OwnWork,
    /// Only the drafter or submitter takes it back.
    #[error("only who drafted or submitted may take it back")]
    NotOwnWork,
    /// Its effective date has not come.
    #[error("the effective date has not come")]
    NotYetEffective,
}

impl Refusal {
    /// The reason beside a disabled button.
    pub const fn words(self) -> Words {
        match self {
            Refusal::InvalidTransition(_) => {
                Words { ja: "いまの状態ではできません。", en: "Not possible in its present state." }
            }
            Refusal::OwnWork => Words {
                ja: "起案した人は決裁できません。ほかの決裁者に頼んでください。",
                en: "Who drafted it may not decide. Please ask another approver.",
            },
            Refusal::NotOwnWork => Words {
                ja: "取り下げられるのは起案した人だけです。",
                en: "Only who drafted it can take it back.",
            },
            Refusal::NotYetEffective => {
                Words { ja: "施行日がまだ来ていません。", en: "Its effective date has not come yet." }
            }
        }
    }
}

/// A request to publish one version. Who did what, and where it stands; content, reason and comments are the store's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRequest {
    /// Where it stands.
    pub state: ChangeRequestState,
    /// Who wrote the version.
    pub drafter: AccountId,
    /// Who handed it in.
    pub submitter: AccountId,
    /// Who decided, once somebody has.
    pub decider: Option<AccountId>,
    /// 施行日: the day in Japan from which it is in force.
    pub effective_on: Date,
}

impl ChangeRequest {
    /// 起案: a new request.
    pub fn submit(drafter: AccountId, submitter: AccountId, effective_on: Date) -> ChangeRequest {
        ChangeRequest { state: ChangeRequestState::Submitted, drafter, submitter, decider: None, effective_on }
    }

    /// Handed in again after it was sent back.
    ///
    /// # Errors
    /// It was not sent back.
    pub fn submit_again(self, submitter: AccountId, effective_on: Date) -> Result<ChangeRequest, Refusal> {
        self.require(ChangeRequestState::SentBack, "submit")?;
        Ok(ChangeRequest { state: ChangeRequestState::Submitted, submitter, decider: None, effective_on, ..self })
    }

    /// Whether somebody may decide it now: the same check that [`ChangeRequest::approve`] makes, for the button.
    ///
    /// # Errors
    /// It is not in review, or it is their own work.
    pub fn may_decide(&self, account: AccountId, four_eyes: FourEyes) -> Result<(), Refusal> {
        self.require(ChangeRequestState::Submitted, "decide")?;
        if four_eyes == FourEyes::Required && self.is_work_of(account) {
            return Err(Refusal::OwnWork);
        }
        Ok(())
    }

    /// 承認, with the effective date that the approver sets.
    ///
    /// # Errors
    /// As [`ChangeRequest::may_decide`].
    pub fn approve(self, by: AccountId, four_eyes: FourEyes, effective_on: Date) -> Result<ChangeRequest, Refusal> {
        self.may_decide(by, four_eyes)?;
        Ok(ChangeRequest { state: ChangeRequestState::Approved, decider: Some(by), effective_on, ..self })
    }

    /// 差戻し.
    ///
    /// # Errors
    /// As [`ChangeRequest::may_decide`].
    pub fn send_back(self, by: AccountId, four_eyes: FourEyes) -> Result<ChangeRequest, Refusal> {
        self.may_decide(by, four_eyes)?;
        Ok(ChangeRequest { state: ChangeRequestState::SentBack, decider: Some(by), ..self })
    }

    /// 引戻し, until it is in force.
    ///
    /// # Errors
    /// It is in force or was taken back, or it is somebody else's work.
    pub fn withdraw(self, by: AccountId) -> Result<ChangeRequest, Refusal> {
        if matches!(self.state, ChangeRequestState::Published | ChangeRequestState::Withdrawn) {
            return Err(self.refused("withdraw"));
        }
        if !self.is_work_of(by) {
            return Err(Refusal::NotOwnWork);
        }
        Ok(ChangeRequest { state: ChangeRequestState::Withdrawn, ..self })
    }

    /// 施行, on the effective date or later.
    ///
    /// # Errors
    /// It was not approved, or its day has not come.
    pub fn publish(self, today: Date) -> Result<ChangeRequest, Refusal> {
        self.require(ChangeRequestState::Approved, "publish")?;
        if today < self.effective_on {
            return Err(Refusal::NotYetEffective);
        }
        Ok(ChangeRequest { state: ChangeRequestState::Published, ..self })
    }

    /// The account wrote it or handed it in.
    pub fn is_work_of(&self, account: AccountId) -> bool {
        self.drafter == account || self.submitter == account
    }

    fn require(&self, state: ChangeRequestState, verb: &'static str) -> Result<(), Refusal> {
        if self.state == state { Ok(()) } else { Err(self.refused(verb)) }
    }

    fn refused(&self, verb: &'static str) -> Refusal {
        Refusal::InvalidTransition(InvalidTransition { from: self.state.as_str(), verb })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;
    use uuid::Uuid;

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    fn request() -> ChangeRequest {
        ChangeRequest::submit(account(1), account(2), date!(2026 - 12 - 01))
    }

    #[test]
    fn neither_drafter_nor_submitter_decides_alone() {
        let day = date!(2026 - 12 - 15);
        for own in [account(1), account(2)] {
            assert_eq!(request().approve(own, FourEyes::Required, day), Err(Refusal::OwnWork));
            assert_eq!(request().send_back(own, FourEyes::Required), Err(Refusal::OwnWork));
            assert!(request().approve(own, FourEyes::Off, day).is_ok());
        }
        let approved = request().approve(account(3), FourEyes::Required, day).unwrap();
        assert_eq!(
            (approved.state, approved.decider, approved.effective_on),
            (ChangeRequestState::Approved, Some(account(3)), day)
        );
    }

    #[test]
    fn it_is_in_force_from_its_day_on() {
        let approved = request().approve(account(3), FourEyes::Required, date!(2026 - 12 - 15)).unwrap();
        assert_eq!(approved.publish(date!(2026 - 12 - 14)), Err(Refusal::NotYetEffective));
        let published = approved.publish(date!(2026 - 12 - 15)).unwrap();
        assert_eq!(published.state, ChangeRequestState::Published);
        assert!(published.publish(date!(2026 - 12 - 16)).is_err());
        assert!(published.withdraw(account(1)).is_err());
    }

    #[test]
    fn sent_back_it_can_be_handed_in_again() {
        let back = request().send_back(account(3), FourEyes::Required).unwrap();
        assert!(back.approve(account(3), FourEyes::Required, date!(2026 - 12 - 01)).is_err());
        let again = back.submit_again(account(4), date!(2027 - 01 - 01)).unwrap();
        assert_eq!((again.state, again.decider), (ChangeRequestState::Submitted, None));
        assert_eq!(again.approve(account(4), FourEyes::Required, date!(2027 - 01 - 01)), Err(Refusal::OwnWork));
        assert!(again.submit_again(account(4), date!(2027 - 01 - 01)).is_err());
    }

    #[test]
    fn only_its_authors_take_it_back() {
        assert_eq!(request().withdraw(account(3)), Err(Refusal::NotOwnWork));
        assert_eq!(request().withdraw(account(1)).unwrap().state, ChangeRequestState::Withdrawn);
    }
}
