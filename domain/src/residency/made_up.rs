//! Made-up rules and people for tests.

use proptest::prelude::*;
use time::Date;
use time::macros::date;

use super::*;
use crate::calendar::Month;
use crate::municipality::{MunicipalityCode, MunicipalityTable};

pub(super) fn code(text: &str) -> MunicipalityCode {
    text.parse().unwrap()
}

/// 昭和村; the designated city of the examples is 札幌市.
pub(super) fn own() -> MunicipalityCode {
    code("074462")
}

pub(super) fn table() -> &'static MunicipalityTable {
    MunicipalityTable::japan()
}

pub(super) fn parts(condition: Condition) -> Parts {
    Parts {
        condition,
        term: Term::Months { months: 12 },
        recheck_months: None,
        acceptance: Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 0 },
        when_undecidable: WhenUndecidable::DeskCode,
    }
}

pub(super) fn rule(condition: Condition) -> ResidencyRule {
    ResidencyRule::parse(parts(condition), table()).unwrap()
}

pub(super) fn all_of<const N: usize>(conditions: [Condition; N]) -> Condition {
    Condition::All { conditions: conditions.into() }
}

pub(super) fn any_of<const N: usize>(conditions: [Condition; N]) -> Condition {
    Condition::Any { conditions: conditions.into() }
}

pub(super) fn not(condition: Condition) -> Condition {
    Condition::Not { condition: Box::new(condition) }
}

pub(super) fn least(years: u8) -> Condition {
    Condition::AgeAtLeast { years }
}

pub(super) fn most(years: u8) -> Condition {
    Condition::AgeAtMost { years }
}

pub(super) fn from(year: u8) -> Condition {
    Condition::SchoolYearAtLeast { year }
}

pub(super) fn to(year: u8) -> Condition {
    Condition::SchoolYearAtMost { year }
}

pub(super) fn area(text: &str) -> Area {
    match text.split_once('/') {
        Some((municipality, town)) => Area::Towns { code: code(municipality), towns: vec![town.to_owned()] },
        None if text.len() == 2 => Area::Prefecture { code: text.parse().unwrap() },
        None => Area::Municipality { code: code(text) },
    }
}

pub(super) fn lives<const N: usize>(areas: [&str; N]) -> Condition {
    Condition::LivesIn { areas: areas.iter().map(|text| area(text)).collect() }
}

pub(super) fn works() -> Condition {
    Condition::Attested { kinds: vec![AttestationKind::Work] }
}

pub(super) const OWN: Condition = Condition::OwnMunicipality;

/// Conditions of every kind, within one another.
pub(super) fn conditions() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(OWN),
        Just(lives(["07"])),
        Just(lives(["074454", "011002"])),
        Just(lives(["011011", "074462/大芦"])),
        Just(works()),
        Just(Condition::Attested { kinds: vec![AttestationKind::School, AttestationKind::Other] }),
        prop_oneof![Just(0u8), Just(6), Just(18), Just(130)].prop_map(least),
        prop_oneof![Just(5u8), Just(6), Just(17), Just(130)].prop_map(most),
        prop_oneof![Just(1u8), Just(7), Just(12)].prop_map(from),
        prop_oneof![Just(1u8), Just(12)].prop_map(to),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let some = proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            some.clone().prop_map(|conditions| Condition::All { conditions }),
            some.prop_map(|conditions| Condition::Any { conditions }),
            inner.prop_map(not),
        ]
    })
}

/// A person on a day; unlike [`Facts`] it may be printed.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    pub(super) resolution: Resolution,
    pub(super) birthdate: Option<Date>,
    /// The bits of [`AttestationKinds`].
    pub(super) ties: u8,
    pub(super) today: Date,
}

impl Somebody {
    /// Verified this month; the ties last for three months more.
    pub(super) fn facts(&self) -> Facts {
        let until = Month::of(self.today).plus_months(3);
        Facts {
            resolution: self.resolution.clone(),
            birthdate: self.birthdate,
            source: AddressSource::CardSurface,
            verified: Some(Month::of(self.today)),
            attested: AttestationKinds::of_bits(self.ties).iter().map(|kind| Attestation { kind, until }).collect(),
        }
    }
}

pub(super) fn born(year: i32, month: u8, day: u8) -> Date {
    Date::from_calendar_date(year, time::Month::try_from(month).unwrap(), day).unwrap()
}

/// People whose address says all there is to say.
pub(super) fn people() -> impl Strategy<Value = Somebody> {
    let town = |text: &str, name: &str| Town { code: code(text), name: name.to_owned() };
    let resolutions = prop_oneof![
        Just(Resolution::Abroad),
        Just(Resolution::Resolved(Place::of(code("074462"), vec![]).in_towns(vec![town("074462", "大芦")]))),
        Just(Resolution::Resolved(Place::of(code("074462"), vec![]).in_towns(vec![town("074462", "下中津川")]))),
        Just(Resolution::Resolved(Place::of(code("074454"), vec![]).in_towns(vec![town("074454", "水沼")]))),
        Just(Resolution::Resolved(Place::of(code("011002"), vec![code("011011")]))),
        Just(Resolution::Resolved(Place::of(code("011002"), vec![code("011029")]))),
        Just(Resolution::Resolved(Place::of(code("082015"), vec![]))),
    ];
    let days = prop_oneof![
        Just(date!(2026 - 03 - 31)),
        Just(date!(2026 - 04 - 01)),
        Just(date!(2026 - 04 - 02)),
        Just(date!(2026 - 11 - 21)),
        Just(date!(2028 - 02 - 29)),
    ];
    let births = prop_oneof![Just((3, 31)), Just((4, 1)), Just((4, 2)), Just((11, 22)), Just((2, 28))];
    (resolutions, 0..8u8, (0..131i32, births), days).prop_map(|(resolution, ties, (years, (month, day)), today)| {
        let birthdate = born(today.year() - years, month, day).min(today);
        Somebody { resolution, birthdate: Some(birthdate), ties, today }
    })
}
