//! The values of one person, for as long as one flow lasts.

use time::Date;
use zeroize::Zeroizing;

use super::ages::{AgeBand, AgeLimit};
use super::items::{Item, Items};
use crate::calendar;
use crate::locale::Words;
use crate::municipality::MunicipalityCode;
use crate::violations::Violation;

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

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            Gender::Male => Words { ja: "男", en: "Male" },
            Gender::Female => Words { ja: "女", en: "Female" },
            Gender::Other => Words { ja: "その他", en: "Other" },
            Gender::NotStated => Words { ja: "不明", en: "Not stated" },
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
    /// The code with its check digit as a number, 0 for none.
    municipality: Zeroizing<u32>,
    /// One more than the band's place, 0 for none.
    age_band: Zeroizing<u8>,
    /// A limit each, with [`REACHED`] where it is, ascending.
    ages: Zeroizing<Vec<u8>>,
}

/// First byte of the encoding.
const ENCODING: u8 = 1;
/// Beside the items, in their byte: limits of age follow.
const WITH_AGES: u8 = 0x80;
/// Beside a limit, in its byte.
const REACHED: u8 = 0x80;

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

    /// Takes the municipality.
    pub fn set_municipality(&mut self, code: MunicipalityCode) {
        *self.municipality = code.number();
    }

    /// Takes the decade of the age.
    pub fn set_age_band(&mut self, band: AgeBand) {
        *self.age_band = band.index() + 1;
    }

    /// Takes whether a limit is reached.
    pub fn set_age_over(&mut self, limit: AgeLimit, reached: bool) {
        // Room for as many as a version may name: growing would leave copies behind that nobody wipes.
        self.ages.reserve_exact(AgeLimit::MOST);
        self.ages.retain(|age| age & !REACHED != limit.years());
        self.ages.push(limit.years() | if reached { REACHED } else { 0 });
        self.ages.sort_unstable_by_key(|age| age & !REACHED);
    }

    /// The municipality in which the card's address lies.
    pub fn municipality(&self) -> Option<MunicipalityCode> {
        if *self.municipality == 0 { None } else { format!("{:06}", *self.municipality).parse().ok() }
    }

    /// The decade of the age on the day of the sign-in.
    pub fn age_band(&self) -> Option<AgeBand> {
        self.age_band.checked_sub(1).and_then(AgeBand::of_index)
    }

    /// Limits of age, and whether they were reached on the day of the sign-in.
    pub fn ages_over(&self) -> impl Iterator<Item = (AgeLimit, bool)> {
        self.ages.iter().filter_map(|age| Some((AgeLimit::try_from(age & !REACHED).ok()?, age & REACHED != 0)))
    }

    /// Adds the coarse ones among `items`, as far as they follow from the birthdate and from where the address lies.
    #[must_use]
    pub fn with_coarse(mut self, items: Items, lives_in: Option<MunicipalityCode>, today: Date) -> Attributes {
        if let Some(code) = lives_in.filter(|_| items.contains(Item::Municipality)) {
            self.set_municipality(code);
        }
        if let Some(birthdate) = self.birthdate() {
            if let Some(band) = AgeBand::on(birthdate, today).filter(|_| items.contains(Item::AgeBand)) {
                self.set_age_band(band);
            }
            for limit in items.limits() {
                if let Some(reached) = limit.is_reached(birthdate, today) {
                    self.set_age_over(limit, reached);
                }
            }
        }
        self
    }

    /// Which items are there.
    pub fn items(&self) -> Items {
        let present = [
            (Item::Name, self.name.is_some()),
            (Item::Address, self.address.is_some()),
            (Item::Birthdate, *self.birthdate != 0),
            (Item::Gender, *self.gender != 0),
            (Item::Municipality, *self.municipality != 0),
            (Item::AgeBand, *self.age_band != 0),
        ];
        let present = present.into_iter().filter(|(_, there)| *there).map(|(item, _)| item);
        present.chain(self.ages_over().map(|(limit, _)| Item::AgeOver(limit))).collect()
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
        if !items.contains(Item::Municipality) {
            *self.municipality = 0;
        }
        if !items.contains(Item::AgeBand) {
            *self.age_band = 0;
        }
        let kept =
            |age: &u8| AgeLimit::try_from(age & !REACHED).is_ok_and(|limit| items.contains(Item::AgeOver(limit)));
        self.ages.retain(kept);
        self
    }

    /// The compact form for sealing: a version byte, the bits of the items, then each item that is there: name and address
    /// as a length (two bytes, big-endian) and UTF-8, the birthdate as four bytes, the gender as one, the municipality as four,
    /// the decade as one, the limits of age as their count and one byte each.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let texts = [self.name(), self.address()];
        let length = 13 + self.ages.len() + texts.iter().flatten().map(|text| text.len() + 2).sum::<usize>();
        // The full capacity at once: a growing vector would leave copies behind that nobody wipes.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        let ages = if self.ages.is_empty() { 0 } else { WITH_AGES };
        bytes.extend_from_slice(&[ENCODING, self.items().flags() | ages]);
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
        if *self.municipality != 0 {
            bytes.extend_from_slice(&self.municipality.to_be_bytes());
        }
        if *self.age_band != 0 {
            bytes.push(*self.age_band);
        }
        if !self.ages.is_empty() {
            bytes.push(u8::try_from(self.ages.len()).unwrap_or(u8::MAX));
            bytes.extend_from_slice(&self.ages);
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
        let items = Items::of_flags(bits & !WITH_AGES).filter(|_| version == ENCODING).ok_or(InvalidEncoding)?;
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
        if items.contains(Item::Municipality) {
            *attributes.municipality = u32::from_be_bytes(take(&mut rest)?);
            attributes.municipality().ok_or(InvalidEncoding)?;
        }
        if items.contains(Item::AgeBand) {
            [*attributes.age_band] = take(&mut rest)?;
            attributes.age_band().ok_or(InvalidEncoding)?;
        }
        if bits & WITH_AGES != 0 {
            let [count] = take(&mut rest)?;
            let (ages, after) = rest.split_at_checked(count.into()).ok_or(InvalidEncoding)?;
            rest = after;
            let ascends = ages.is_sorted_by(|one, next| one & !REACHED < next & !REACHED);
            *attributes.ages = ages.to_vec();
            if ages.is_empty() || !ascends || attributes.ages_over().count() != ages.len() {
                return Err(InvalidEncoding);
            }
        }
        if rest.is_empty() && attributes.items().flags() == items.flags() {
            Ok(attributes)
        } else {
            Err(InvalidEncoding)
        }
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
