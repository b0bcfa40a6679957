//! Whatever stands for an address is read without a panic; what is resolved exists, and what is ambiguous names at least one
//! place. The first byte says how the rest is cut: as one string, with substitute flags, or in three parts with a postcode.
#![no_main]

use domain::municipality::MunicipalityTable;
use domain::residency::{Address, Postcode, Resolution, Resolver};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str)| {
    let (how, text) = input;
    let address = match how % 3 {
        0 => Address::new(text.to_owned()),
        1 => {
            let flags: String =
                text.chars().map(|c| if u32::from(c) % 5 == u32::from(how) % 5 { '1' } else { '0' }).collect();
            match Address::with_substitutes(text.to_owned(), &flags) {
                Ok(address) => address,
                Err(_) => return,
            }
        }
        _ => {
            let mut parts = text.splitn(3, '|');
            let mut part = || parts.next().unwrap_or_default();
            let split = Address::split(part(), part(), part());
            match Postcode::parse(&format!("{:07}", u32::from(how) * 39_216)) {
                Some(postcode) => split.with_postcode(postcode),
                None => split,
            }
        }
    };
    let table = MunicipalityTable::japan();
    match Resolver::japan().resolve(&address) {
        Resolution::Resolved(place) => assert!(table.find(place.code()).is_some()),
        Resolution::Ambiguous(places) => {
            assert!(!places.is_empty());
            assert!(places.iter().all(|place| table.find(place.code()).is_some()));
        }
        Resolution::Unknown | Resolution::Abroad => {}
    }
});
