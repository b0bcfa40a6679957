//! The four attributes of the card: which a relying party takes and when, and, for as long as one flow lasts, their values.
//!
//! [`Attributes`] cannot be printed, compared, copied or serialised: the only way out is [`Attributes::encode`], for
//! sealing, and the four accessors, for the one answer that delivers them.

mod items;
mod values;

pub use items::{Delivery, Item, Items, ReleasedItem};
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
