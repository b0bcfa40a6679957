//! The four attributes of the card and what follows from them: which a relying party takes and when, and, for as long as one
//! flow lasts, their values.
//!
//! [`Attributes`] cannot be printed, compared, copied or serialised: the only way out is [`Attributes::encode`], for
//! sealing, and the accessors, for the one answer that delivers them.

mod ages;
mod items;
mod values;

pub use ages::{AgeBand, AgeLimit};
pub use items::{AgreedItems, Delivery, Item, Items, ReleasedItem};
pub use values::{Attributes, Gender, InvalidEncoding, MAX_ADDRESS_CHARS, MAX_NAME_CHARS, TooLong, parse_birthdate};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::violations::Violation;
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
        let bits = |item| Items::NONE.with(item).bits();
        assert_eq!(Item::ATTRIBUTES.map(bits), [1, 2, 4, 8]);
        assert_eq!(Item::COARSE.map(bits), [16, 32]);
        let items: Items = [Item::Name, Item::Gender, over(20), over(65)].into_iter().collect();
        assert_eq!(items.bits(), 0b1001 | 20 << 8 | 65 << 15);
        assert_eq!(format!("{items:?}"), "{Name, Gender, AgeOver(AgeLimit(20)), AgeOver(AgeLimit(65))}");
        assert_eq!(Items::of_bits(items.bits()), Some(items));
        for foreign in [-1, 0b100_0000, 121 << 8, 65 << 8 | 20 << 15, 20 << 15, 1 << 40] {
            assert_eq!(Items::of_bits(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn what_is_handed_over_every_time_is_marked_in_the_column() {
        let released =
            [(Item::Name, Delivery::Once), (Item::Gender, Delivery::EveryTime), (over(65), Delivery::EveryTime)];
        let released = released.map(|(item, delivery)| ReleasedItem { item, delivery });
        let asked: Items = [Item::Name, Item::Gender, over(20), over(65)].into_iter().collect();
        let agreed = AgreedItems::of(&released, asked);
        assert_eq!(agreed.bits(), 0b1001 | 65 << 8 | 0b1000 << 36 | 1 << 42);
        assert_eq!(AgreedItems::of_bits(agreed.bits()), Some(agreed));
        // A column from before there were marks.
        let once = AgreedItems::of_bits(agreed.all().bits()).unwrap();
        assert_eq!(once.all(), agreed.all());
        assert!(agreed.covers(once) && !once.covers(agreed) && once.covers(agreed.among(Items::NONE.with(Item::Name))));
        for foreign in [-1, 1 << 36, 1 << 42, 1 | 1 << 46, 1 | 1 << 62, 65 << 8 | 0b10 << 42, 1 << 57, i64::MIN] {
            assert_eq!(AgreedItems::of_bits(foreign), None, "{foreign}");
        }
        // The month in which the card was read is agreed to like an item.
        let with_month = agreed.with_verified_at(true);
        assert_eq!(with_month.bits(), agreed.bits() | 1 << 56);
        assert_eq!(AgreedItems::of_bits(with_month.bits()), Some(with_month));
        assert!(with_month.covers(agreed) && !agreed.covers(with_month));
        assert_eq!((with_month.in_common(agreed), agreed.in_common(with_month)), (agreed, agreed));
    }

    fn over(years: u8) -> Item {
        Item::AgeOver(AgeLimit::try_from(years).unwrap())
    }

    #[test]
    fn claims_have_names() {
        for item in Item::ATTRIBUTES.into_iter().chain(Item::COARSE).chain([over(1), over(90)]) {
            assert_eq!(Item::of_claim(&item.claim()), Some(item));
        }
        for foreign in ["age_over_0", "age_over_91", "age_over_020", "age_over_", "age_over", "sub", ""] {
            assert_eq!(Item::of_claim(foreign), None, "{foreign}");
        }
    }

    /// As stored versions have it.
    #[test]
    fn items_are_words_in_json() {
        let json = |item: Item| serde_json::to_string(&item).unwrap();
        assert_eq!((json(Item::Name), json(Item::AgeBand)), ("\"name\"".to_owned(), "\"age_band\"".to_owned()));
        assert_eq!(json(over(20)), r#"{"age_over":20}"#);
        assert!(serde_json::from_str::<Item>(r#"{"age_over":121}"#).is_err());
    }

    #[test]
    fn what_is_coarse_follows_from_what_is_not_and_outlives_it() {
        let wanted = Items::NONE.with(Item::AgeBand).with(Item::Municipality).with(over(42)).with(over(43));
        let showa = "074462".parse().unwrap();
        let told = full().with_coarse(wanted, Some(showa), date!(2026 - 11 - 22)).only(wanted);
        assert_eq!((told.birthdate(), told.address(), told.items()), (None, None, wanted));
        let back = Attributes::decode(&told.encode()).map_err(|_| ()).unwrap();
        assert_eq!(back.municipality(), Some(showa));
        assert_eq!(back.age_band().map(AgeBand::claim), Some("40-49"));
        let ages: Vec<(u8, bool)> = back.ages_over().map(|(limit, reached)| (limit.years(), reached)).collect();
        assert_eq!(ages, [(42, true), (43, false)]);
        let nothing = Attributes::none().with_coarse(wanted, None, date!(2026 - 11 - 22));
        assert!(nothing.items().is_empty());
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
