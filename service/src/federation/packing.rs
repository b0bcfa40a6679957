//! Small binary forms for what travels sealed: cookies, codes and tokens have few bytes to spare.
//!
//! Printable ASCII (what clients send as `state` and `nonce`) takes seven bits a character. A person's name or address takes
//! two bytes for nearly every character, where UTF-8 needs three for kanji.

use domain::attributes::{AgeBand, Attributes, Gender, Item, parse_birthdate};
use domain::calendar::{self, Month};
use domain::locale::Locale;
use oidc::jose::Thumbprint;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The bytes are not what was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Writes. What it holds is wiped when it is dropped.
pub(super) struct Packer(Zeroizing<Vec<u8>>);

/// Reads what a [`Packer`] wrote.
pub(super) struct Unpacker<'a>(&'a [u8]);

/// First bytes that no character of two bytes has, because they belong to surrogates. With a plane (1 to 7, in which every
/// assigned character but a few tags lies) in the low bits, two bytes follow; with none, all three.
const WIDE: u8 = 0xd8;
const PLANE: u8 = 0x07;

impl Packer {
    /// Room for everything at once: a growing vector would leave copies behind that nobody wipes.
    pub(super) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(4096)))
    }

    pub(super) fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn uuid(&mut self, uuid: Uuid) {
        self.bytes(uuid.as_bytes());
    }

    /// Seven bits at a time, the lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.byte((number & 0x7f) as u8);
    }

    /// Seconds since 1970; nothing here is older.
    pub(super) fn seconds(&mut self, seconds: i64) {
        self.number(u64::try_from(seconds).unwrap_or(0));
    }

    /// A month, or none.
    pub(super) fn month(&mut self, month: Option<Month>) {
        let index = month.map_or(0, |month| i64::from(month.year()) * 12 + i64::from(month.number()));
        self.seconds(index);
    }

    /// A language that may have been asked for.
    pub(super) fn locale(&mut self, locale: Option<Locale>) {
        self.byte(match locale {
            None => 0,
            Some(Locale::Ja) => 1,
            Some(Locale::En) => 2,
        });
    }

    /// A thumbprint, or none.
    pub(super) fn key(&mut self, key: Option<Thumbprint>) {
        self.byte(u8::from(key.is_some()));
        self.bytes(key.as_ref().map_or(&[], |key| key.bytes().as_slice()));
    }

    /// A port, or none.
    pub(super) fn port(&mut self, port: Option<u16>) {
        self.number(port.unwrap_or(0).into());
    }

    /// Printable ASCII, or nothing.
    pub(super) fn ascii(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.number(0) };
        self.number(text.len() as u64 + 1);
        let (mut held, mut bits) = (0_u16, 0_u32);
        for byte in text.bytes() {
            held |= u16::from(byte & 0x7f) << bits;
            bits += 7;
            if bits >= 8 {
                self.byte((held & 0xff) as u8);
                held >>= 8;
                bits -= 8;
            }
        }
        if bits > 0 {
            self.byte((held & 0xff) as u8);
        }
    }

    /// A person's name or address, or a part of one.
    pub(super) fn text(&mut self, text: &str) {
        self.number(text.chars().count() as u64);
        for character in text.chars() {
            let [_, high, middle, low] = u32::from(character).to_be_bytes();
            match high {
                0 => self.bytes(&[middle, low]),
                1..=PLANE => self.bytes(&[WIDE | high, middle, low]),
                _ => self.bytes(&[WIDE, high, middle, low]),
            }
        }
    }

    /// A person's attributes, as far as they are there.
    pub(super) fn attributes(&mut self, attributes: &Attributes) {
        self.items(attributes.items());
        for text in [attributes.name(), attributes.address()].into_iter().flatten() {
            self.text(text);
        }
        if let Some(date) = attributes.birthdate() {
            let text = Zeroizing::new(calendar::iso_date(date));
            self.ascii(Some(&text));
        }
        if let Some(gender) = attributes.gender() {
            self.ascii(Some(gender.claim()));
        }
        if let Some(code) = attributes.municipality() {
            self.number(code.number().into());
        }
        if let Some(band) = attributes.age_band() {
            self.byte(band.index());
        }
        for (_, reached) in attributes.ages_over() {
            self.byte(reached.into());
        }
    }
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Everything was read.
    pub(super) fn finish(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or(Malformed)?;
        self.0 = tail;
        Ok(*head)
    }

    pub(super) fn uuid(&mut self) -> Result<Uuid, Malformed> {
        self.array().map(Uuid::from_bytes)
    }

    pub(super) fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    pub(super) fn seconds(&mut self) -> Result<i64, Malformed> {
        i64::try_from(self.number()?).map_err(|_| Malformed)
    }

    pub(super) fn month(&mut self) -> Result<Option<Month>, Malformed> {
        let Some(index) = self.seconds()?.checked_sub(1).filter(|index| *index >= 0) else { return Ok(None) };
        let year = i32::try_from(index / 12).map_err(|_| Malformed)?;
        let number = u8::try_from(index % 12 + 1).map_err(|_| Malformed)?;
        Month::new(year, number).map(Some).ok_or(Malformed)
    }

    pub(super) fn locale(&mut self) -> Result<Option<Locale>, Malformed> {
        match self.byte()? {
            0 => Ok(None),
            1 => Ok(Some(Locale::Ja)),
            2 => Ok(Some(Locale::En)),
            _ => Err(Malformed),
        }
    }

    pub(super) fn key(&mut self) -> Result<Option<Thumbprint>, Malformed> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.array().map(Thumbprint::from_bytes).map(Some),
            _ => Err(Malformed),
        }
    }

    pub(super) fn port(&mut self) -> Result<Option<u16>, Malformed> {
        let port = u16::try_from(self.number()?).map_err(|_| Malformed)?;
        Ok(Some(port).filter(|port| *port > 0))
    }

    pub(super) fn ascii(&mut self) -> Result<Option<String>, Malformed> {
        let Some(length) = self.length()?.checked_sub(1) else { return Ok(None) };
        let mut text = String::with_capacity(length);
        let (mut held, mut bits) = (0_u16, 0_u32);
        for _ in 0..length {
            if bits < 7 {
                held |= u16::from(self.byte()?) << bits;
                bits += 8;
            }
            text.push(char::from((held & 0x7f) as u8));
            held >>= 7;
            bits -= 7;
        }
        Ok(Some(text))
    }

    fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.number()?).ok().filter(|length| *length <= 4096).ok_or(Malformed)
    }

    pub(super) fn text(&mut self) -> Result<String, Malformed> {
        let length = self.length()?;
        let mut text = String::with_capacity(length * 4);
        for _ in 0..length {
            let [first, second] = self.array()?;
            let code = match first & !PLANE == WIDE {
                false => [0, 0, first, second],
                true if first == WIDE => {
                    let [middle, low] = self.array()?;
                    [0, second, middle, low]
                }
                true => [0, first & PLANE, second, self.byte()?],
            };
            let code = u32::from_be_bytes(code);
            text.push(char::from_u32(code).ok_or(Malformed)?);
        }
        Ok(text)
    }

    pub(super) fn attributes(&mut self) -> Result<Attributes, Malformed> {
        let items = self.items()?;
        let mut attributes = Attributes::none();
        if items.contains(Item::Name) {
            attributes.set_name(self.text()?).map_err(|_| Malformed)?;
        }
        if items.contains(Item::Address) {
            attributes.set_address(self.text()?).map_err(|_| Malformed)?;
        }
        if items.contains(Item::Birthdate) {
            let text = Zeroizing::new(self.ascii()?.ok_or(Malformed)?);
            attributes.set_birthdate(parse_birthdate(&text).map_err(|_| Malformed)?);
        }
        if items.contains(Item::Gender) {
            let text = Zeroizing::new(self.ascii()?.ok_or(Malformed)?);
            attributes.set_gender(Gender::parse(&text).map_err(|_| Malformed)?);
        }
        if items.contains(Item::Municipality) {
            let code = format!("{:06}", self.number()?);
            attributes.set_municipality(code.parse().map_err(|_| Malformed)?);
        }
        if items.contains(Item::AgeBand) {
            attributes.set_age_band(AgeBand::of_index(self.byte()?).ok_or(Malformed)?);
        }
        for limit in items.limits() {
            attributes.set_age_over(limit, self.byte()? == 1);
        }
        Ok(attributes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn attributes_come_back() {
        let mut person = Attributes::none();
        person.set_name("𠮷野 花子".to_owned()).unwrap();
        person.set_address("福島県大沼郡昭和村大字下中津川字中島652番地".to_owned()).unwrap();
        person.set_birthdate(parse_birthdate("19840229").unwrap());
        person.set_gender(Gender::NotStated);
        let coarse = ["municipality", "age_band", "age_over_42", "age_over_43"];
        let coarse = coarse.iter().filter_map(|claim| Item::of_claim(claim)).collect();
        let person = person.with_coarse(coarse, "074462".parse().ok(), parse_birthdate("20261122").unwrap());
        let mut packer = Packer::new();
        packer.attributes(&person);
        let bytes = packer.finish();
        let mut unpacker = Unpacker::new(&bytes);
        let back = unpacker.attributes().unwrap();
        unpacker.finish().unwrap();
        assert_eq!(back.name(), person.name());
        assert_eq!(back.address(), person.address());
        assert_eq!(back.birthdate(), person.birthdate());
        assert_eq!(back.gender().map(Gender::claim), Some("unknown"));
        assert_eq!((back.items(), back.municipality()), (person.items(), person.municipality()));
        assert_eq!(back.age_band().map(AgeBand::claim), Some("40-49"));
        assert_eq!(back.ages_over().map(|(_, reached)| reached).collect::<Vec<_>>(), [true, false]);
    }

    proptest! {
        #[test]
        fn everything_comes_back(number: u64, ascii in proptest::option::of("[ -~]{0,300}"), text in "\\PC{0,200}", month in 1..20_000_i32) {
            let month = Month::new(month / 12 + 1, u8::try_from(month % 12 + 1).unwrap());
            let mut packer = Packer::new();
            packer.number(number);
            packer.ascii(ascii.as_deref());
            packer.text(&text);
            packer.month(month);
            packer.month(None);
            let bytes = packer.finish();
            let mut unpacker = Unpacker::new(&bytes);
            prop_assert_eq!(unpacker.number(), Ok(number));
            prop_assert_eq!(unpacker.ascii(), Ok(ascii));
            prop_assert_eq!(unpacker.text(), Ok(text));
            prop_assert_eq!(unpacker.month(), Ok(month));
            prop_assert_eq!(unpacker.month(), Ok(None));
            prop_assert_eq!(unpacker.finish(), Ok(()));
        }

        #[test]
        fn foreign_bytes_never_panic(bytes: Vec<u8>) {
            let mut unpacker = Unpacker::new(&bytes);
            let _ = (unpacker.number(), unpacker.ascii(), unpacker.attributes().is_ok(), unpacker.month());
        }
    }
}
