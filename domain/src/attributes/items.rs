//! Which attributes a relying party takes, and when.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::locale::Words;
use crate::violations::Violation;

/// An attribute that a relying party can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// 氏名.
    Name,
    /// 住所.
    Address,
    /// 生年月日.
    Birthdate,
    /// 性別.
    Gender,
}

impl Item {
    /// Every item, in the order of the consent page.
    pub const ALL: [Item; 4] = [Item::Name, Item::Address, Item::Birthdate, Item::Gender];

    /// The name in forms, columns and claims; the OAuth scope of the item has the same name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Item::Name => "name",
            Item::Address => "address",
            Item::Birthdate => "birthdate",
            Item::Gender => "gender",
        }
    }

    /// The scope that asks for it.
    pub const fn scope(self) -> &'static str {
        self.as_str()
    }

    /// The word on screen.
    pub const fn words(self) -> Words {
        match self {
            Item::Name => Words { ja: "名前", en: "Name" },
            Item::Address => Words { ja: "住所", en: "Address" },
            Item::Birthdate => Words { ja: "生年月日", en: "Date of birth" },
            Item::Gender => Words { ja: "性別", en: "Gender" },
        }
    }

    /// Its bit in [`Items::bits`]; part of stored and sealed forms, never to be renumbered.
    pub const fn bit(self) -> u8 {
        match self {
            Item::Name => 0,
            Item::Address => 1,
            Item::Birthdate => 2,
            Item::Gender => 3,
        }
    }
}

impl FromStr for Item {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Item, Violation> {
        Item::ALL.into_iter().find(|item| item.as_str() == text).ok_or(Violation::Unknown)
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When an item is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// When consent to it is given, and not again; the service keeps it.
    Once,
    /// At every sign-in, for which the card is then used every time.
    EveryTime,
}

impl Delivery {
    /// The word in forms and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Delivery::Once => "once",
            Delivery::EveryTime => "every_time",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            Delivery::Once => Words { ja: "一度だけ渡す", en: "Given once" },
            Delivery::EveryTime => Words { ja: "使うたびに渡す", en: "Given at every use" },
        }
    }
}

impl FromStr for Delivery {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Delivery, Violation> {
        [Delivery::Once, Delivery::EveryTime]
            .into_iter()
            .find(|delivery| delivery.as_str() == text)
            .ok_or(Violation::Unknown)
    }
}

/// An item that a relying party takes, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReleasedItem {
    /// Which.
    pub item: Item,
    /// When.
    pub delivery: Delivery,
}

/// A set of items.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Items(u8);

impl Items {
    /// No item.
    pub const NONE: Items = Items(0);
    /// All four.
    pub const ALL: Items = Items(0b1111);

    /// The set as bits, for a column.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Reads the bits of a column; `None` if one is not ours.
    pub const fn of_bits(bits: u8) -> Option<Items> {
        if bits & !Self::ALL.0 == 0 { Some(Items(bits)) } else { None }
    }

    /// The items of a relying party.
    pub fn of(released: &[ReleasedItem]) -> Items {
        released.iter().map(|released| released.item).collect()
    }

    /// The set with one item more.
    #[must_use]
    pub const fn with(self, item: Item) -> Items {
        Items(self.0 | 1 << item.bit())
    }

    /// The item is in the set.
    pub const fn contains(self, item: Item) -> bool {
        self.0 & (1 << item.bit()) != 0
    }

    /// Items of either.
    #[must_use]
    pub const fn union(self, other: Items) -> Items {
        Items(self.0 | other.0)
    }

    /// Items of both.
    #[must_use]
    pub const fn intersection(self, other: Items) -> Items {
        Items(self.0 & other.0)
    }

    /// Items that `other` lacks.
    #[must_use]
    pub const fn minus(self, other: Items) -> Items {
        Items(self.0 & !other.0)
    }

    /// No item is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The items, in the order of the consent page.
    pub fn iter(self) -> impl Iterator<Item = Item> {
        Item::ALL.into_iter().filter(move |item| self.contains(*item))
    }
}

impl FromIterator<Item> for Items {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Items {
        items.into_iter().fold(Items::NONE, Items::with)
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl From<Items> for u8 {
    fn from(items: Items) -> u8 {
        items.0
    }
}

impl TryFrom<u8> for Items {
    type Error = Violation;

    fn try_from(bits: u8) -> Result<Items, Violation> {
        Items::of_bits(bits).ok_or(Violation::Unknown)
    }
}
