//! 起案・決裁: a request to publish one version, decided by somebody else, in force from a day on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Date;

use super::version::InvalidTransition;
use crate::ids::AccountId;
use crate::locale::Words;
use crate::violations::Violation;

/// Whether somebody who worked on a change may decide on it. A town switches it off with a reason that is audited, from the
/// next day on, and never for what is submitted already: whoever switches it off cannot approve in the same breath what
/// nobody else has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FourEyes {
    /// Somebody else decides.
    #[default]
    Required,
    /// One person may do both (a village may have one clerk for it).
    Off,
}

impl FourEyes {
    /// What holds for a change that is submitted on a day, where four eyes are switched off from a day on (`None`: never).
    pub fn on(day: Date, off_from: Option<Date>) -> FourEyes {
        match off_from {
            Some(from) if from <= day => FourEyes::Off,
            _ => FourEyes::Required,
        }
    }

    /// The first day of its being off, where it is switched off today.
    pub fn off_from(today: Date) -> Date {
        today.next_day().unwrap_or(today)
    }
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
    /// Somebody who worked on it would decide, and four eyes are required.
    #[error("who drafted or submitted may not decide")]
    OwnWork,
    /// Only those who worked on it take it back.
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
                ja: "起案した人は決裁できません。下書きを一度でも保存した人も同じです。ほかの決裁者に頼んでください。",
                en: "Who drafted it may not decide, nor may anybody who saved the draft. Please ask another approver.",
            },
            Refusal::NotOwnWork => Words {
                ja: "取り下げられるのは、起案にかかわった人だけです。",
                en: "Only those who worked on it can take it back.",
            },
            Refusal::NotYetEffective => {
                Words { ja: "施行日がまだ来ていません。", en: "Its effective date has not come yet." }
            }
        }
    }
}

/// A request to publish one version. Who did what, and where it stands; content, reason and comments are the store's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    /// Where it stands.
    pub state: ChangeRequestState,
    /// Everybody who saved the version, or one that was never in force and that it goes on from, or handed one of them in.
    /// The last to save is not enough: a comma from a colleague would make anybody's change somebody else's.
    pub authors: Vec<AccountId>,
    /// What the town had decided on the day on which it was submitted.
    pub four_eyes: FourEyes,
    /// Who decided, once somebody has.
    pub decider: Option<AccountId>,
    /// 施行日: the day in Japan from which it is in force.
    pub effective_on: Date,
}

impl ChangeRequest {
    /// 起案: a new request. One that was sent back is followed by another.
    pub fn submit(authors: Vec<AccountId>, four_eyes: FourEyes, effective_on: Date) -> ChangeRequest {
        ChangeRequest { state: ChangeRequestState::Submitted, authors, four_eyes, decider: None, effective_on }
    }

    /// Whether somebody may decide it now: the same check that [`ChangeRequest::approve`] makes, for the button.
    ///
    /// # Errors
    /// It is not in review, or it is their own work.
    pub fn may_decide(&self, account: AccountId) -> Result<(), Refusal> {
        self.require(ChangeRequestState::Submitted, "decide")?;
        if self.four_eyes == FourEyes::Required && self.is_work_of(account) {
            return Err(Refusal::OwnWork);
        }
        Ok(())
    }

    /// 承認, with the effective date that the approver sets.
    ///
    /// # Errors
    /// As [`ChangeRequest::may_decide`].
    pub fn approve(self, by: AccountId, effective_on: Date) -> Result<ChangeRequest, Refusal> {
        self.may_decide(by)?;
        Ok(ChangeRequest { state: ChangeRequestState::Approved, decider: Some(by), effective_on, ..self })
    }

    /// 差戻し.
    ///
    /// # Errors
    /// As [`ChangeRequest::may_decide`].
    pub fn send_back(self, by: AccountId) -> Result<ChangeRequest, Refusal> {
        self.may_decide(by)?;
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

    /// The account worked on it.
    pub fn is_work_of(&self, account: AccountId) -> bool {
        self.authors.contains(&account)
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

    fn request(four_eyes: FourEyes) -> ChangeRequest {
        ChangeRequest::submit(vec![account(1), account(2)], four_eyes, date!(2026 - 12 - 01))
    }

    #[test]
    fn nobody_who_worked_on_it_decides_alone() {
        let day = date!(2026 - 12 - 15);
        for own in [account(1), account(2)] {
            assert_eq!(request(FourEyes::Required).approve(own, day), Err(Refusal::OwnWork));
            assert_eq!(request(FourEyes::Required).send_back(own), Err(Refusal::OwnWork));
            assert!(request(FourEyes::Off).approve(own, day).is_ok());
        }
        let approved = request(FourEyes::Required).approve(account(3), day).unwrap();
        assert_eq!(
            (approved.state, approved.decider, approved.effective_on),
            (ChangeRequestState::Approved, Some(account(3)), day)
        );
    }

    #[test]
    fn four_eyes_close_on_the_day_after() {
        let today = date!(2026 - 12 - 31);
        let from = FourEyes::off_from(today);
        assert_eq!(from, date!(2027 - 01 - 01));
        assert_eq!(FourEyes::on(today, Some(from)), FourEyes::Required);
        assert_eq!(FourEyes::on(from, Some(from)), FourEyes::Off);
        assert_eq!(FourEyes::on(from, None), FourEyes::Required);
    }

    #[test]
    fn it_is_in_force_from_its_day_on() {
        let approved = request(FourEyes::Required).approve(account(3), date!(2026 - 12 - 15)).unwrap();
        assert_eq!(approved.clone().publish(date!(2026 - 12 - 14)), Err(Refusal::NotYetEffective));
        let published = approved.publish(date!(2026 - 12 - 15)).unwrap();
        assert_eq!(published.state, ChangeRequestState::Published);
        assert!(published.clone().publish(date!(2026 - 12 - 16)).is_err());
        assert!(published.withdraw(account(1)).is_err());
    }

    #[test]
    fn what_was_sent_back_is_not_decided_any_more() {
        let back = request(FourEyes::Required).send_back(account(3)).unwrap();
        assert_eq!((back.state, back.decider), (ChangeRequestState::SentBack, Some(account(3))));
        assert!(back.approve(account(3), date!(2026 - 12 - 01)).is_err());
    }

    #[test]
    fn only_its_authors_take_it_back() {
        assert_eq!(request(FourEyes::Off).withdraw(account(3)), Err(Refusal::NotOwnWork));
        assert_eq!(request(FourEyes::Required).withdraw(account(1)).unwrap().state, ChangeRequestState::Withdrawn);
    }
}
