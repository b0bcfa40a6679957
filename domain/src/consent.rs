//! Consent of a resident to one relying party: its states, when it is due, and what is handed over after it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::attributes::{AgreedItems, Delivery, Item, Items, ReleasedItem};
use crate::locale::Words;
use crate::violations::Violation;

/// The state of a grant, after ISO/IEC TS 27560.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// The page was shown.
    Requested,
    /// 同意: processing is permitted.
    Given,
    /// 拒否: nothing of it is kept about a person who is not in the register yet.
    Refused,
    /// Asked again and agreed to again; processing is permitted.
    Reaffirmed,
    /// 撤回, by the resident.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// Ended by the town, for instance with the service.
    Terminated,
    /// Found to be void.
    Invalidated,
}

/// The grant cannot change in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a consent that is {from} cannot become {to}")]
pub struct InvalidTransition {
    /// The state it is in.
    pub from: GrantState,
    /// The state it should have reached.
    pub to: GrantState,
}

impl GrantState {
    /// Every state.
    pub const ALL: [GrantState; 8] = [
        GrantState::Requested,
        GrantState::Given,
        GrantState::Refused,
        GrantState::Reaffirmed,
        GrantState::Withdrawn,
        GrantState::Expired,
        GrantState::Terminated,
        GrantState::Invalidated,
    ];

    /// The word in columns and receipts.
    pub const fn as_str(self) -> &'static str {
        match self {
            GrantState::Requested => "requested",
            GrantState::Given => "given",
            GrantState::Refused => "refused",
            GrantState::Reaffirmed => "reaffirmed",
            GrantState::Withdrawn => "withdrawn",
            GrantState::Expired => "expired",
            GrantState::Terminated => "terminated",
            GrantState::Invalidated => "invalidated",
        }
    }

    /// The word on screen.
    pub const fn words(self) -> Words {
        match self {
            GrantState::Requested => Words { ja: "確認中", en: "Requested" },
            GrantState::Given | GrantState::Reaffirmed => Words { ja: "同意中", en: "Consented" },
            GrantState::Refused => Words { ja: "同意しなかった", en: "Refused" },
            GrantState::Withdrawn => Words { ja: "やめた", en: "Withdrawn" },
            GrantState::Expired => Words { ja: "期限切れ", en: "Expired" },
            GrantState::Terminated => Words { ja: "終了", en: "Ended" },
            GrantState::Invalidated => Words { ja: "無効", en: "Void" },
        }
    }

    /// Only a consent that was given, or given again, permits release.
    pub const fn permits(self) -> bool {
        matches!(self, GrantState::Given | GrantState::Reaffirmed)
    }

    /// The resident agrees.
    ///
    /// # Errors
    /// The consent was not requested.
    pub fn give(self) -> Result<Self, InvalidTransition> {
        self.step(matches!(self, GrantState::Requested), GrantState::Given)
    }

    /// The resident refuses.
    ///
    /// # Errors
    /// The consent was not requested.
    pub fn refuse(self) -> Result<Self, InvalidTransition> {
        self.step(matches!(self, GrantState::Requested), GrantState::Refused)
    }

    /// The resident agrees again to the same words (a service asked with `prompt=consent`). Changed words are a new grant.
    ///
    /// # Errors
    /// The consent does not permit anything now.
    pub fn reaffirm(self) -> Result<Self, InvalidTransition> {
        self.step(self.permits(), GrantState::Reaffirmed)
    }

    /// The resident withdraws.
    ///
    /// # Errors
    /// There is nothing to withdraw.
    pub fn withdraw(self) -> Result<Self, InvalidTransition> {
        self.step(self.permits(), GrantState::Withdrawn)
    }

    /// Its time is over.
    ///
    /// # Errors
    /// It has ended already.
    pub fn expire(self) -> Result<Self, InvalidTransition> {
        self.step(self.permits(), GrantState::Expired)
    }

    /// The town ends it: the service ends, or newer words took its place.
    ///
    /// # Errors
    /// It has ended already.
    pub fn terminate(self) -> Result<Self, InvalidTransition> {
        self.step(self.permits(), GrantState::Terminated)
    }

    /// It turns out to be void.
    ///
    /// # Errors
    /// It has ended already.
    pub fn invalidate(self) -> Result<Self, InvalidTransition> {
        self.step(self.permits(), GrantState::Invalidated)
    }

    fn step(self, allowed: bool, to: GrantState) -> Result<GrantState, InvalidTransition> {
        if allowed { Ok(to) } else { Err(InvalidTransition { from: self, to }) }
    }
}

impl fmt::Display for GrantState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GrantState {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// The latest grant of a resident to a relying party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExistingGrant {
    /// Its state.
    pub state: GrantState,
    /// The version of the consent text that was agreed to, counted from 1.
    pub text_version: u32,
    /// The items that were agreed to, and which of them for every time.
    pub items: AgreedItems,
}

impl ExistingGrant {
    /// What may be released under it.
    fn agreed(existing: Option<&ExistingGrant>) -> Items {
        existing.filter(|grant| grant.state.permits()).map_or(Items::NONE, |grant| grant.items.all())
    }
}

/// The consent text as it is published now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedText {
    /// Its version, counted from 1.
    pub version: u32,
    /// The latest published version that changed the meaning (重要な変更); who agreed to an earlier one is asked again.
    pub last_material_version: u32,
}

/// Whether the consent page is due, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentDue {
    /// Agreed to already.
    None,
    /// Nothing was agreed to yet, or it has ended.
    FirstTime,
    /// The words changed materially since.
    WordsChanged,
    /// Items are asked for that were not agreed to, or every time what was agreed to once.
    ItemsAdded,
    /// The service asks again (`prompt=consent`).
    AskedAgain,
}

impl ConsentDue {
    /// The page is shown.
    pub const fn is_due(self) -> bool {
        !matches!(self, ConsentDue::None)
    }
}

/// Whether the consent page is due. Where more than one reason holds, the one that the resident must know first is given.
pub fn consent_due(
    existing: Option<&ExistingGrant>,
    text: PublishedText,
    asked: AgreedItems,
    prompt_consent: bool,
) -> ConsentDue {
    match existing.filter(|grant| grant.state.permits()) {
        None => ConsentDue::FirstTime,
        Some(grant) if grant.text_version < text.last_material_version => ConsentDue::WordsChanged,
        Some(grant) if !grant.items.covers(asked) => ConsentDue::ItemsAdded,
        Some(_) if prompt_consent => ConsentDue::AskedAgain,
        Some(_) => ConsentDue::None,
    }
}

/// The items that this flow hands over once consent stands: those taken every time, those agreed to for the first time, and
/// with `prompt=consent` the *once* items anew. `asked` are the items within the granted scopes. Values exist only in a flow
/// in which the card was used; in any other nothing is handed over.
pub fn delivered(
    released: &[ReleasedItem],
    asked: Items,
    existing: Option<&ExistingGrant>,
    prompt_consent: bool,
    card_used: bool,
) -> Items {
    if !card_used {
        return Items::NONE;
    }
    wanted(released, asked, existing, prompt_consent)
}

/// The flow must go to the card, whatever session exists, because it hands over items. (It also must where no valid
/// eligibility exists; that is the caller's to see.)
pub fn needs_card(
    released: &[ReleasedItem],
    asked: Items,
    existing: Option<&ExistingGrant>,
    prompt_consent: bool,
) -> bool {
    !wanted(released, asked, existing, prompt_consent).is_empty()
}

fn wanted(released: &[ReleasedItem], asked: Items, existing: Option<&ExistingGrant>, prompt_consent: bool) -> Items {
    let agreed = ExistingGrant::agreed(existing);
    let wanted = |released: &&ReleasedItem| match released.delivery {
        _ if !asked.contains(released.item) => false,
        Delivery::EveryTime => true,
        Delivery::Once => prompt_consent || !agreed.contains(released.item),
    };
    released.iter().filter(wanted).map(|released| released.item).collect::<Items>()
}

/// The items of a relying party that are handed over at a given time, for the two lists of the consent page.
pub fn items_by_delivery(released: &[ReleasedItem], delivery: Delivery) -> impl Iterator<Item = Item> {
    released.iter().filter(move |released| released.delivery == delivery).map(|released| released.item)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: PublishedText = PublishedText { version: 4, last_material_version: 3 };
    const NAME: Items = Items::NONE.with(Item::Name);
    const BOTH: Items = NAME.with(Item::Birthdate);

    fn grant(state: GrantState, text_version: u32, items: Items) -> ExistingGrant {
        ExistingGrant { state, text_version, items: AgreedItems::of(&released(), items) }
    }

    fn released() -> [ReleasedItem; 2] {
        [
            ReleasedItem { item: Item::Name, delivery: Delivery::Once },
            ReleasedItem { item: Item::Birthdate, delivery: Delivery::EveryTime },
        ]
    }

    #[test]
    fn only_a_given_consent_permits() {
        let permitting: Vec<GrantState> = GrantState::ALL.into_iter().filter(|state| state.permits()).collect();
        assert_eq!(permitting, [GrantState::Given, GrantState::Reaffirmed]);
    }

    #[test]
    fn transitions_are_those_of_the_record() {
        let mut table = String::new();
        for from in GrantState::ALL {
            let steps = [
                from.give(),
                from.refuse(),
                from.reaffirm(),
                from.withdraw(),
                from.expire(),
                from.terminate(),
                from.invalidate(),
            ];
            let reached: Vec<&str> = steps.iter().flatten().map(|to| to.as_str()).collect();
            table.push_str(&format!("{from}: {}\n", reached.join(" ")));
            assert_eq!(from.as_str().parse(), Ok(from));
        }
        insta::assert_snapshot!(table, @"
        requested: given refused
        given: reaffirmed withdrawn expired terminated invalidated
        refused: 
        reaffirmed: reaffirmed withdrawn expired terminated invalidated
        withdrawn: 
        expired: 
        terminated: 
        invalidated:
        ");
    }

    #[test]
    fn consent_is_asked_for_when_something_is_new() {
        let due = |existing: Option<&ExistingGrant>, asked| {
            consent_due(existing, TEXT, AgreedItems::of(&released(), asked), false)
        };
        assert_eq!(due(None, NAME), ConsentDue::FirstTime);
        assert_eq!(due(Some(&grant(GrantState::Withdrawn, 4, NAME)), NAME), ConsentDue::FirstTime);
        assert_eq!(due(Some(&grant(GrantState::Given, 2, NAME)), NAME), ConsentDue::WordsChanged);
        assert_eq!(due(Some(&grant(GrantState::Given, 3, NAME)), NAME), ConsentDue::None);
        assert_eq!(due(Some(&grant(GrantState::Reaffirmed, 4, NAME)), BOTH), ConsentDue::ItemsAdded);
        assert_eq!(due(Some(&grant(GrantState::Given, 4, BOTH)), NAME), ConsentDue::None);
        let asked = AgreedItems::of(&released(), NAME);
        assert_eq!(consent_due(Some(&grant(GrantState::Given, 4, BOTH)), TEXT, asked, true), ConsentDue::AskedAgain);
        assert!(!ConsentDue::None.is_due() && ConsentDue::AskedAgain.is_due());
    }

    #[test]
    fn who_agreed_to_once_is_asked_before_it_is_every_time() {
        let taken = |delivery| AgreedItems::of(&[ReleasedItem { item: Item::Name, delivery }], NAME);
        let due = |agreed, asked| {
            let given = ExistingGrant { state: GrantState::Given, text_version: 4, items: taken(agreed) };
            consent_due(Some(&given), TEXT, taken(asked), false)
        };
        assert_eq!(due(Delivery::Once, Delivery::EveryTime), ConsentDue::ItemsAdded);
        assert_eq!(due(Delivery::EveryTime, Delivery::Once), ConsentDue::None);
        assert_eq!(due(Delivery::EveryTime, Delivery::EveryTime), ConsentDue::None);
    }

    #[test]
    fn once_is_once_and_every_time_is_every_time() {
        let items = released();
        let given = grant(GrantState::Given, 4, BOTH);
        let birthdate = Items::NONE.with(Item::Birthdate);
        assert_eq!(delivered(&items, BOTH, None, false, true), BOTH);
        assert_eq!(delivered(&items, BOTH, Some(&given), false, true), birthdate);
        assert_eq!(delivered(&items, BOTH, Some(&given), true, true), BOTH);
        assert_eq!(delivered(&items, NAME, Some(&given), false, true), Items::NONE);
        assert_eq!(delivered(&items, BOTH, Some(&grant(GrantState::Withdrawn, 4, BOTH)), false, true), BOTH);
        assert_eq!(delivered(&items, BOTH, None, false, false), Items::NONE);
    }

    #[test]
    fn the_card_is_needed_when_something_is_handed_over() {
        let items = released();
        let given = grant(GrantState::Given, 4, BOTH);
        assert!(needs_card(&items, BOTH, Some(&given), false));
        assert!(!needs_card(&items, NAME, Some(&given), false));
        assert!(needs_card(&items, NAME, Some(&given), true));
        assert!(!needs_card(&[], Items::NONE, None, true));
    }
}
