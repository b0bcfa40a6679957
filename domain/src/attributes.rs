//! The four attributes of the card: which a relying party takes and when, and, for as long as one flow lasts, their values.
//!
//! [`Attributes`] cannot be printed, compared, copied or serialised: the only way out is [`Attributes::encode`], for
//! sealing, and the four accessors, for the one answer that delivers them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Date;
use zeroize::Zeroizing;

use crate::calendar;
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

/// Gender as the card states it (1 male, 2 female, 3 other, 9 not stated).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// 男.
    Male,
    /// 女.
    Female,
    /// その他.
    Other,
    /// 不明.
    NotStated,
}

impl Gender {
    /// Reads a digit or a word of an identity provider.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn parse(text: &str) -> Result<Gender, Violation> {
        match text.trim().to_ascii_lowercase().as_str() {
            "1" | "male" | "m" | "男" | "男性" => Ok(Gender::Male),
            "2" | "female" | "f" | "女" | "女性" => Ok(Gender::Female),
            "3" | "other" | "その他" => Ok(Gender::Other),
            "9" | "unknown" | "不明" => Ok(Gender::NotStated),
            _ => Err(Violation::Malformed),
        }
    }

    /// The value of the `gender` claim (OpenID Connect Core, section 5.1: `male`, `female`, or another word).
    pub const fn claim(self) -> &'static str {
        match self {
            Gender::Male => "male",
            Gender::Female => "female",
            Gender::Other => "other",
            Gender::NotStated => "unknown",
        }
    }

    const fn digit(self) -> u8 {
        match self {
            Gender::Male => 1,
            Gender::Female => 2,
            Gender::Other => 3,
            Gender::NotStated => 9,
        }
    }

    const fn of_digit(digit: u8) -> Option<Gender> {
        match digit {
            1 => Some(Gender::Male),
            2 => Some(Gender::Female),
            3 => Some(Gender::Other),
            9 => Some(Gender::NotStated),
            _ => None,
        }
    }
}

/// Reads a birthdate as `YYYYMMDD` or ISO 8601 `YYYY-MM-DD`.
///
/// # Errors
/// `Malformed`, also for days that do not exist.
pub fn parse_birthdate(text: &str) -> Result<Date, Violation> {
    let text = text.trim();
    calendar::parse_compact_date(text).or_else(|_| calendar::parse_iso_date(text)).map_err(|_| Violation::Malformed)
}

/// The most characters of a name; a longer one is undecidable, never cut.
pub const MAX_NAME_CHARS: usize = 100;
/// The most characters of an address.
pub const MAX_ADDRESS_CHARS: usize = 200;

/// A name or an address is longer than what travels in a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an attribute is too long")]
pub struct TooLong;

/// The bytes are not an encoding of attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not encoded attributes")]
pub struct InvalidEncoding;

/// The values of one person, for one flow. Wiped from memory when dropped.
#[derive(Default)]
pub struct Attributes {
    name: Option<Zeroizing<String>>,
    address: Option<Zeroizing<String>>,
    /// `YYYYMMDD` as a number, 0 for none: a plain integer can be wiped, a `Date` cannot.
    birthdate: Zeroizing<u32>,
    /// The digit, 0 for none.
    gender: Zeroizing<u8>,
}

/// First byte of the encoding.
const ENCODING: u8 = 1;

impl Attributes {
    /// No attribute.
    pub fn none() -> Attributes {
        Attributes::default()
    }

    /// Takes the name.
    ///
    /// # Errors
    /// More than [`MAX_NAME_CHARS`] characters.
    pub fn set_name(&mut self, name: String) -> Result<(), TooLong> {
        self.name = bounded(name, MAX_NAME_CHARS)?;
        Ok(())
    }

    /// Takes the address.
    ///
    /// # Errors
    /// More than [`MAX_ADDRESS_CHARS`] characters.
    pub fn set_address(&mut self, address: String) -> Result<(), TooLong> {
        self.address = bounded(address, MAX_ADDRESS_CHARS)?;
        Ok(())
    }

    /// Takes the birthdate.
    pub fn set_birthdate(&mut self, birthdate: Date) {
        let year = u32::try_from(birthdate.year()).unwrap_or_default();
        *self.birthdate = year * 10_000 + u32::from(birthdate.month() as u8) * 100 + u32::from(birthdate.day());
    }

    /// Takes the gender.
    pub fn set_gender(&mut self, gender: Gender) {
        *self.gender = gender.digit();
    }

    /// The name, as the provider gave it.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.as_str())
    }

    /// The address, as the provider gave it.
    pub fn address(&self) -> Option<&str> {
        self.address.as_ref().map(|address| address.as_str())
    }

    /// The birthdate.
    pub fn birthdate(&self) -> Option<Date> {
        calendar::parse_compact_date(&Zeroizing::new(format!("{:08}", *self.birthdate))).ok()
    }

    /// The gender.
    pub fn gender(&self) -> Option<Gender> {
        Gender::of_digit(*self.gender)
    }

    /// Which items are there.
    pub fn items(&self) -> Items {
        let present = [
            (Item::Name, self.name.is_some()),
            (Item::Address, self.address.is_some()),
            (Item::Birthdate, *self.birthdate != 0),
            (Item::Gender, *self.gender != 0),
        ];
        present.into_iter().filter(|(_, there)| *there).map(|(item, _)| item).collect()
    }

    /// Keeps these items and wipes the others.
    #[must_use]
    pub fn only(mut self, items: Items) -> Attributes {
        self.name = self.name.filter(|_| items.contains(Item::Name));
        self.address = self.address.filter(|_| items.contains(Item::Address));
        if !items.contains(Item::Birthdate) {
            *self.birthdate = 0;
        }
        if !items.contains(Item::Gender) {
            *self.gender = 0;
        }
        self
    }

    /// The compact form for sealing: a version byte, the bits of the items, then each item that is there: name and address
    /// as a length (two bytes, big-endian) and UTF-8, the birthdate as four bytes, the gender as one.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let texts = [self.name(), self.address()];
        let length = 7 + texts.iter().flatten().map(|text| text.len() + 2).sum::<usize>();
        // The full capacity at once: a growing vector would leave copies behind that nobody wipes.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        bytes.extend_from_slice(&[ENCODING, self.items().bits()]);
        for text in texts.into_iter().flatten() {
            // At most 200 characters, so at most 800 bytes.
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        if *self.birthdate != 0 {
            bytes.extend_from_slice(&self.birthdate.to_be_bytes());
        }
        if *self.gender != 0 {
            bytes.push(*self.gender);
        }
        bytes
    }

    /// Reads what [`Attributes::encode`] wrote, all of it and nothing after it.
    ///
    /// # Errors
    /// Any other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Attributes, InvalidEncoding> {
        let mut rest = bytes;
        let [version, bits] = take(&mut rest)?;
        let items = Items::of_bits(bits).filter(|_| version == ENCODING).ok_or(InvalidEncoding)?;
        let mut attributes = Attributes::none();
        if items.contains(Item::Name) {
            attributes.set_name(take_text(&mut rest)?).map_err(|_| InvalidEncoding)?;
        }
        if items.contains(Item::Address) {
            attributes.set_address(take_text(&mut rest)?).map_err(|_| InvalidEncoding)?;
        }
        if items.contains(Item::Birthdate) {
            *attributes.birthdate = u32::from_be_bytes(take(&mut rest)?);
            attributes.birthdate().ok_or(InvalidEncoding)?;
        }
        if items.contains(Item::Gender) {
            let [digit] = take(&mut rest)?;
            attributes.set_gender(Gender::of_digit(digit).ok_or(InvalidEncoding)?);
        }
        if rest.is_empty() && attributes.items() == items { Ok(attributes) } else { Err(InvalidEncoding) }
    }
}

fn bounded(text: String, max_chars: usize) -> Result<Option<Zeroizing<String>>, TooLong> {
    let text = Zeroizing::new(text);
    if text.chars().count() > max_chars {
        return Err(TooLong);
    }
    Ok((!text.is_empty()).then_some(text))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], InvalidEncoding> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(InvalidEncoding)?;
    *rest = tail;
    Ok(*head)
}

fn take_text(rest: &mut &[u8]) -> Result<String, InvalidEncoding> {
    let length = usize::from(u16::from_be_bytes(take(rest)?));
    let (head, tail) = rest.split_at_checked(length).ok_or(InvalidEncoding)?;
    *rest = tail;
    std::str::from_utf8(head).map(str::to_owned).map_err(|_| InvalidEncoding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn full() -> Attributes {
        let mut attributes = Attributes::none();
        attributes.set_name("試験 花子".to_owned()).unwrap();
        attributes.set_address("福島県大沼郡昭和村大字下中津川".to_owned()).unwrap();
        attributes.set_birthdate(date!(1984 - 02 - 29));
        attributes.set_gender(Gender::Female);
        attributes
    }

    #[test]
    fn attributes_read_back_what_was_encoded() {
        let back = Attributes::decode(&full().encode()).map_err(|_| ()).unwrap();
        assert_eq!(back.name(), Some("試験 花子"));
        assert_eq!(back.address(), Some("福島県大沼郡昭和村大字下中津川"));
        assert_eq!(back.birthdate(), Some(date!(1984 - 02 - 29)));
        assert_eq!(back.gender().map(Gender::claim), Some("female"));
        assert_eq!(*Attributes::none().encode(), vec![1, 0]);
    }

    #[test]
    fn what_was_not_agreed_to_is_dropped() {
        let kept = full().only(Items::NONE.with(Item::Birthdate));
        assert_eq!(kept.items(), Items::NONE.with(Item::Birthdate));
        assert_eq!(kept.encode().len(), 6);
        assert!(full().only(Items::NONE).items().is_empty());
    }

    #[test]
    fn long_values_are_refused_and_never_cut() {
        let mut attributes = Attributes::none();
        assert_eq!(attributes.set_name("名".repeat(101)), Err(TooLong));
        assert_eq!(attributes.set_address("町".repeat(201)), Err(TooLong));
        assert!(attributes.items().is_empty());
        attributes.set_address("𠮷".repeat(200)).unwrap();
        assert!(Attributes::decode(&attributes.encode()).is_ok());
    }

    #[test]
    fn bits_are_fixed() {
        assert_eq!(Item::ALL.map(Item::bit), [0, 1, 2, 3]);
        assert_eq!(Items::of_bits(0b1_0000), None);
        let items: Items = [Item::Name, Item::Gender].into_iter().collect();
        assert_eq!((items.bits(), format!("{items:?}")), (0b1001, "{Name, Gender}".to_owned()));
    }

    #[test]
    fn genders_and_birthdates_of_providers() {
        for (text, claim) in [("1", "male"), ("女", "female"), ("3", "other"), ("9", "unknown"), ("Male", "male")] {
            assert_eq!(Gender::parse(text).map(Gender::claim), Ok(claim));
        }
        assert!(Gender::parse("0").is_err());
        assert_eq!(parse_birthdate("19840229"), Ok(date!(1984 - 02 - 29)));
        assert_eq!(parse_birthdate("1984-02-29"), Ok(date!(1984 - 02 - 29)));
        assert_eq!(parse_birthdate("1984-02-30"), Err(Violation::Malformed));
    }

    proptest! {
        #[test]
        fn decoding_never_fails_otherwise_than_by_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(read) = Attributes::decode(&bytes) {
                prop_assert_eq!(&**read.encode(), &bytes[..]);
            }
        }

        #[test]
        fn any_name_and_address_read_back(name in "\\PC{1,100}", address in "\\PC{1,200}") {
            let mut attributes = Attributes::none();
            attributes.set_name(name.clone()).unwrap();
            attributes.set_address(address.clone()).unwrap();
            let back = Attributes::decode(&attributes.encode()).map_err(|_| TestCaseError::fail("decode"))?;
            prop_assert_eq!(back.name(), Some(name.as_str()));
            prop_assert_eq!(back.address(), Some(address.as_str()));
        }
    }
}
