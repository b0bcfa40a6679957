//! That what is made up for a case is what the case says, everywhere in Japan and for every age.

use std::collections::BTreeSet;

use super::*;
use crate::residency::made_up::*;
use crate::residency::{Condition, ReasonCode, Resolution, TownTable};

fn form() -> CaseForm {
    CaseForm {
        municipality: "074462".into(),
        town: "下中津川".into(),
        age: "18".into(),
        birthday: "first_of_april".into(),
        ties: vec!["work".into()],
        on_day: "2026-11-21".into(),
        expected: "eligible".into(),
    }
}

fn case(form: &CaseForm) -> SavedCase {
    SavedCase::parse(form, table()).unwrap()
}

#[test]
fn a_case_is_checked_and_reads_back() {
    let saved = case(&form());
    assert_eq!(saved.form(), form());
    assert_eq!(saved.address().unwrap(), "福島県大沼郡昭和村下中津川 99999番地");
    assert_eq!(saved.birthdate(), time::macros::date!(2008 - 04 - 01));
    assert_eq!(saved.label(Locale::Ja), "昭和村(福島県大沼郡)下中津川、18歳(4月1日生まれ)、在勤、2026-11-21");
    assert_eq!(
        saved.label(Locale::En),
        "Showa Village (Fukushima) 下中津川, aged 18 (born on 1 April), work, 2026-11-21"
    );
    let plain = case(&CaseForm { town: String::new(), ties: vec![], ..form() });
    assert_eq!(plain.label(Locale::Ja), "昭和村(福島県大沼郡)、18歳(4月1日生まれ)、2026-11-21");
    assert_eq!(plain.label(Locale::En), "Showa Village (Fukushima), aged 18 (born on 1 April), 2026-11-21");
    let json = serde_json::to_string(&saved).unwrap();
    assert_eq!(serde_json::from_str::<SavedCase>(&json).unwrap(), saved);
    assert!(saved.is_same_person(&case(&CaseForm { expected: "undecidable".into(), ..form() })));
    assert!(!saved.is_same_person(&case(&CaseForm { age: "19".into(), ..form() })));
    assert_eq!(
        (saved.municipality().to_string(), saved.age(), iso_date(saved.on())),
        ("074462".into(), 18, "2026-11-21".into())
    );
}

#[test]
fn what_is_wrong_is_named_by_field() {
    for (wrong, field, violation) in [
        (CaseForm { municipality: String::new(), ..form() }, "municipality", Violation::Required),
        (CaseForm { municipality: "074463".into(), ..form() }, "municipality", Violation::Malformed),
        (CaseForm { municipality: "221317".into(), ..form() }, "municipality", Violation::Unknown),
        // 色丹村: nobody lives there.
        (CaseForm { municipality: "016951".into(), town: String::new(), ..form() }, "municipality", Violation::Unknown),
        (CaseForm { town: "関町".into(), ..form() }, "town", Violation::Unknown),
        (CaseForm { age: String::new(), ..form() }, "age", Violation::Required),
        (CaseForm { age: "131".into(), ..form() }, "age", Violation::OutOfRange),
        (CaseForm { age: "-1".into(), ..form() }, "age", Violation::Malformed),
        (CaseForm { birthday: "3 May".into(), ..form() }, "birthday", Violation::Unknown),
        (CaseForm { age: "0".into(), on_day: "2026-03-31".into(), ..form() }, "birthday", Violation::NotAllowed),
        (CaseForm { ties: vec!["friend".into()], ..form() }, "ties", Violation::Unknown),
        (CaseForm { on_day: "yesterday".into(), ..form() }, "on_day", Violation::Malformed),
        (CaseForm { on_day: String::new(), ..form() }, "on_day", Violation::Required),
        (CaseForm { on_day: "1999-12-31".into(), ..form() }, "on_day", Violation::OutOfRange),
        (CaseForm { expected: String::new(), ..form() }, "expected", Violation::Required),
    ] {
        let refused = SavedCase::parse(&wrong, table()).unwrap_err();
        assert_eq!(refused.iter().collect::<Vec<_>>(), [(field, violation)]);
    }
    // What was checked once is read again, even if the table no longer has it.
    let gone = SavedCase::stored(&CaseForm { municipality: "221317".into(), ..form() }).unwrap();
    assert_eq!(gone.run(&rule(OWN), own()).reason, ReasonCode::AddressUnknown);
    assert!(serde_json::from_str::<SavedCase>("{}").is_err());
}

#[test]
fn the_birthdate_has_the_age_on_the_day() {
    let days = ["2026-03-31", "2026-04-01", "2026-04-02", "2026-09-30", "2026-10-01", "2028-02-29"];
    for on_day in days {
        for birthday in Birthday::ALL {
            for age in 0..=MAX_AGE {
                let form = CaseForm {
                    age: age.to_string(),
                    birthday: birthday.as_str().into(),
                    on_day: on_day.into(),
                    ..form()
                };
                match SavedCase::parse(&form, table()) {
                    Ok(case) => {
                        let (born, on) = (case.birthdate(), case.on());
                        assert_eq!(calendar::age_on(born, on), Some(age));
                        assert_eq!((born.month(), born.day()), birthday.month_and_day());
                    }
                    // A year is reached on the day before the birthday, by whoever was born a year ago or not yet.
                    Err(_) => assert!(age == 0, "{on_day} {birthday:?} {age}"),
                }
            }
        }
    }
}

#[test]
fn cases_are_decided_from_their_address_on() {
    let result = |form: CaseForm, condition: Condition| {
        let case = case(&form);
        let result = case.run(&rule(condition), own());
        (result.reason, case.passes(&result))
    };
    assert_eq!(result(form(), OWN), (ReasonCode::Meets, true));
    assert_eq!(result(form(), all_of([OWN, least(19)])), (ReasonCode::TooYoung, false));
    assert_eq!(result(form(), works()), (ReasonCode::Meets, true));
    assert_eq!(result(CaseForm { ties: vec![], ..form() }, works()), (ReasonCode::NotAttested, false));
    // Born on 1 April, 15 years old: 高校1年; on 2 April: 中学3年.
    let fifteen = |birthday: &str| CaseForm {
        age: "15".into(),
        birthday: birthday.into(),
        on_day: "2026-04-02".into(),
        ..form()
    };
    assert_eq!(result(fifteen("first_of_april"), from(10)), (ReasonCode::Meets, true));
    assert_eq!(result(fifteen("mid_year"), from(10)), (ReasonCode::Meets, true));
    assert_eq!(
        result(CaseForm { age: "14".into(), ..fifteen("second_of_april") }, from(10)),
        (ReasonCode::TooYoung, false)
    );
    let nowhere = CaseForm { town: String::new(), expected: "undecidable".into(), ..form() };
    assert_eq!(result(nowhere, lives(["074462/大芦"])), (ReasonCode::AddressUnknown, true));
}

/// Every municipality and ward without a town, and a good part of all towns, each at its address.
#[test]
fn addresses_that_are_made_up_lie_where_they_should() {
    let mut ambiguous = BTreeSet::new();
    let mut towns = 0;
    for row in table().rows().iter().filter(|row| row.kind != MunicipalityKind::NorthernTerritoryVillage) {
        let all = TownTable::japan().towns_of(row.code);
        let some = all.iter().map(|town| town.name.as_str()).step_by(5);
        for town in std::iter::once("").chain(some) {
            let form = CaseForm { municipality: row.code.to_string(), town: town.to_owned(), ..form() };
            let case = case(&form);
            let Resolution::Resolved(place) = Resolver::japan().resolve(&Address::new(case.address().unwrap())) else {
                panic!("{}", case.address().unwrap());
            };
            let code = if table().wards_of(row.code).next().is_some() { place.municipality } else { place.code() };
            assert_eq!(code, row.code, "{}", case.address().unwrap());
            if !town.is_empty() {
                towns += 1;
                assert!(place.towns.iter().any(|found| found.name == town), "{}", case.address().unwrap());
                if place.towns.len() > 1 {
                    ambiguous.insert(case.address().unwrap());
                }
            }
        }
    }
    println!("{towns} towns, {} of them read like another one: {ambiguous:?}", ambiguous.len());
    assert!(ambiguous.len() * 1000 < towns);
}
