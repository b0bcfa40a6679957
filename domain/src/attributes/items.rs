//! What a relying party takes of a person, and when.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ages::AgeLimit;
use crate::locale::{Locale, Words};
use crate::violations::Violation;

/// What a relying party can ask for of a person: the attributes of the card, and coarser things that follow from them and
/// often are enough.
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
    /// 市区町村: the code of the municipality in which the card's address lies.
    Municipality,
    /// 年代.
    AgeBand,
    /// Whether an age is reached.
    AgeOver(AgeLimit),
}

/// The first part of the claims `age_over_20` and the like, which the limit follows.
const AGE_OVER: &str = "age_over_";

impl Item {
    /// What the card holds, in the order of the consent page.
    pub const ATTRIBUTES: [Item; 4] = [Item::Name, Item::Address, Item::Birthdate, Item::Gender];
    /// What follows from it without a limit that somebody has to choose.
    pub const COARSE: [Item; 2] = [Item::Municipality, Item::AgeBand];

    /// The name of the claim; the OAuth scope of an attribute has the same name.
    pub fn claim(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Item::Name => "name",
            Item::Address => "address",
            Item::Birthdate => "birthdate",
            Item::Gender => "gender",
            Item::Municipality => "municipality",
            Item::AgeBand => "age_band",
            Item::AgeOver(limit) => return Cow::Owned(format!("{AGE_OVER}{limit}")),
        })
    }

    /// The item of a claim, if it is one of ours.
    pub fn of_claim(name: &str) -> Option<Item> {
        match name.strip_prefix(AGE_OVER) {
            Some(years) => AgeLimit::parse(years).ok().map(Item::AgeOver),
            None => Item::ATTRIBUTES.into_iter().chain(Item::COARSE).find(|item| item.claim() == name),
        }
    }

    /// The words on screen.
    pub fn text(self, locale: Locale) -> Cow<'static, str> {
        let words = match self {
            Item::Name => Words { ja: "名前", en: "Name" },
            Item::Address => Words { ja: "住所", en: "Address" },
            Item::Birthdate => Words { ja: "生年月日", en: "Date of birth" },
            Item::Gender => Words { ja: "性別", en: "Gender" },
            Item::Municipality => Words { ja: "お住まいの市区町村", en: "The municipality you live in" },
            Item::AgeBand => Words { ja: "年代(例: 40代)", en: "Your age group (such as 40 to 49)" },
            Item::AgeOver(limit) => {
                return Cow::Owned(match locale {
                    Locale::Ja => format!("{limit}歳以上かどうか"),
                    Locale::En => format!("Whether you are {limit} or older"),
                });
            }
        };
        Cow::Borrowed(words.get(locale))
    }

    /// Its bit in stored and sealed forms, never to be renumbered; a limit has none, it stands beside them as a number.
    const fn bit(self) -> Option<u8> {
        match self {
            Item::Name => Some(0),
            Item::Address => Some(1),
            Item::Birthdate => Some(2),
            Item::Gender => Some(3),
            Item::Municipality => Some(4),
            Item::AgeBand => Some(5),
            Item::AgeOver(_) => None,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.claim())
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
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Items {
    /// By [`Item::bit`].
    flags: u8,
    /// Bit n is [`Item::AgeOver`] of n years.
    limits: u128,
}

/// In a column: bits of one limit, and where the first begins.
const LIMIT_BITS: u32 = 7;
const LIMITS_FROM: u32 = 8;
/// Where the marks of what is handed over every time begin: bits of the items, then one for each limit, in their order.
/// They are above the four limits, and rows say so: neither moves.
const EVERY_TIME_FROM: u32 = LIMITS_FROM + LIMIT_BITS * 4;
const _: () = assert!(AgeLimit::MOST == 4);
const FLAG_BITS: u32 = Items::FLAGS.count_ones();
/// The mark of the month in the column.
const VERIFIED_AT: u32 = 56;

impl Items {
    /// No item.
    pub const NONE: Items = Items { flags: 0, limits: 0 };
    /// The four attributes.
    pub const ATTRIBUTES: Items = Items { flags: 0b1111, limits: 0 };
    const FLAGS: u8 = 0b11_1111;

    /// The set as a column holds it: the bits of the items in the lowest byte, then seven bits for each limit, ascending. No
    /// version names more limits than fit.
    pub(super) fn bits(self) -> i64 {
        let limits = self.limits().take(AgeLimit::MOST).zip(0_u32..);
        let shifted = |(limit, at): (AgeLimit, u32)| i64::from(limit.years()) << (LIMITS_FROM + at * LIMIT_BITS);
        limits.map(shifted).fold(i64::from(self.flags), |bits, limit| bits | limit)
    }

    /// Reads a column; `None` if it holds anything that is not ours.
    pub(super) fn of_bits(bits: i64) -> Option<Items> {
        let mut rest = u64::try_from(bits).ok()?;
        let mut items = Items::of_flags((rest & 0xff) as u8)?;
        rest >>= LIMITS_FROM;
        while rest != 0 {
            items = items.with(Item::AgeOver(AgeLimit::try_from((rest & 0x7f) as u8).ok()?));
            rest >>= LIMIT_BITS;
        }
        (items.bits() == bits).then_some(items)
    }

    /// The items without limits, one bit for each; the two highest bits are never set.
    pub const fn flags(self) -> u8 {
        self.flags
    }

    /// Reads [`Items::flags`]; `None` if a bit is not ours.
    pub const fn of_flags(flags: u8) -> Option<Items> {
        if flags & !Self::FLAGS == 0 { Some(Items { flags, limits: 0 }) } else { None }
    }

    /// The limits of [`Item::AgeOver`], ascending.
    pub fn limits(self) -> impl Iterator<Item = AgeLimit> {
        (1..=u8::MAX >> 1)
            .filter_map(|years| AgeLimit::try_from(years).ok())
            .filter(move |limit| self.limits & mark(*limit) != 0)
    }

    /// The items of a relying party.
    pub fn of(released: &[ReleasedItem]) -> Items {
        released.iter().map(|released| released.item).collect()
    }

    /// The set with one item more.
    #[must_use]
    pub const fn with(self, item: Item) -> Items {
        self.union(Items::only(item))
    }

    const fn only(item: Item) -> Items {
        match (item, item.bit()) {
            (Item::AgeOver(limit), _) => Items { flags: 0, limits: mark(limit) },
            (_, Some(bit)) => Items { flags: 1 << bit, limits: 0 },
            (_, None) => Items::NONE,
        }
    }

    /// The item is in the set.
    pub const fn contains(self, item: Item) -> bool {
        !self.intersection(Items::only(item)).is_empty()
    }

    /// Items of either.
    #[must_use]
    pub const fn union(self, other: Items) -> Items {
        Items { flags: self.flags | other.flags, limits: self.limits | other.limits }
    }

    /// Items of both.
    #[must_use]
    pub const fn intersection(self, other: Items) -> Items {
        Items { flags: self.flags & other.flags, limits: self.limits & other.limits }
    }

    /// Items that `other` lacks.
    #[must_use]
    pub const fn minus(self, other: Items) -> Items {
        Items { flags: self.flags & !other.flags, limits: self.limits & !other.limits }
    }

    /// No item is in the set.
    pub const fn is_empty(self) -> bool {
        self.flags == 0 && self.limits == 0
    }

    /// The items, in the order of the consent page.
    pub fn iter(self) -> impl Iterator<Item = Item> {
        let plain = Item::ATTRIBUTES.into_iter().chain(Item::COARSE).filter(move |item| self.contains(*item));
        plain.chain(self.limits().map(Item::AgeOver))
    }
}

/// Items that somebody agrees to, or is asked to, which of them are handed over at every sign-in, and whether the month in which
/// the card was read goes with the residency claim.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgreedItems {
    items: Items,
    /// Among them.
    every_time: Items,
    /// `verified_at` of the residency claim.
    verified_at: bool,
}

impl AgreedItems {
    /// Nothing.
    pub const NONE: AgreedItems = AgreedItems { items: Items::NONE, every_time: Items::NONE, verified_at: false };

    /// What a relying party takes, as far as it is asked for.
    pub fn of(released: &[ReleasedItem], asked: Items) -> AgreedItems {
        let every_time = released.iter().filter(|released| released.delivery == Delivery::EveryTime);
        let every_time: Items = every_time.map(|released| released.item).collect();
        AgreedItems { items: Items::of(released), every_time, verified_at: false }.among(asked)
    }

    /// The same, with or without the month in which the card was read.
    #[must_use]
    pub const fn with_verified_at(self, verified_at: bool) -> AgreedItems {
        AgreedItems { verified_at, ..self }
    }

    /// The items, whenever they are handed over.
    pub const fn all(self) -> Items {
        self.items
    }

    /// Those of them that are in a set.
    #[must_use]
    pub const fn among(self, items: Items) -> AgreedItems {
        let every_time = self.every_time.intersection(items);
        AgreedItems { items: self.items.intersection(items), every_time, ..self }
    }

    /// What of it `other` is about.
    #[must_use]
    pub const fn in_common(self, other: AgreedItems) -> AgreedItems {
        self.among(other.items).with_verified_at(self.verified_at && other.verified_at)
    }

    /// Whoever agreed to this agreed to `other` as well: to hand an item over once is not to hand it over every time.
    pub const fn covers(self, other: AgreedItems) -> bool {
        other.items.minus(self.items).is_empty()
            && other.every_time.minus(self.every_time).is_empty()
            && (self.verified_at || !other.verified_at)
    }

    /// As a column holds it: the bits of the items in the lowest byte, seven bits for each limit, ascending, and above them a
    /// mark for each item and each limit that is handed over every time, and at last one for the month.
    pub fn bits(self) -> i64 {
        let limits = self.items.limits().take(AgeLimit::MOST).zip(0_u32..);
        let marked = limits.filter(|(limit, _)| self.every_time.contains(Item::AgeOver(*limit)));
        let marks = marked.fold(i64::from(self.every_time.flags), |marks, (_, at)| marks | 1 << (FLAG_BITS + at));
        self.items.bits() | marks << EVERY_TIME_FROM | i64::from(self.verified_at) << VERIFIED_AT
    }

    /// Reads a column; `None` if it holds anything that is not ours. What was agreed to before there were marks has none, so
    /// that it is read as agreed to once.
    pub fn of_bits(bits: i64) -> Option<AgreedItems> {
        let items = Items::of_bits(bits & ((1 << EVERY_TIME_FROM) - 1))?;
        let verified_at = bits >> VERIFIED_AT & 1 == 1;
        let marks = u64::try_from(bits & ((1 << VERIFIED_AT) - 1)).ok()? >> EVERY_TIME_FROM;
        let flags = Items::of_flags(u8::try_from(marks & u64::from(Items::FLAGS)).ok()?)?;
        let marked = items.limits().zip(0_u32..).filter(|(_, at)| marks >> (FLAG_BITS + at) & 1 == 1);
        let every_time = marked.map(|(limit, _)| Item::AgeOver(limit)).fold(flags, Items::with);
        let agreed = AgreedItems { items, every_time, verified_at };
        (agreed.among(items) == agreed && agreed.bits() == bits).then_some(agreed)
    }
}

const fn mark(limit: AgeLimit) -> u128 {
    1 << limit.years()
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
