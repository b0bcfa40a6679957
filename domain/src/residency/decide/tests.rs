//! Determinations by example, and what must hold for every rule and person.

use proptest::prelude::*;
use time::macros::date;

use super::*;
use crate::residency::{Acceptance, Parts, Place, WhenUndecidable};

fn code(text: &str) -> MunicipalityCode {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn rule(condition: Condition, term: Term) -> ResidencyRule {
    let acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 1 };
    checked(condition, term, acceptance)
}

/// A rule whose municipalities are all known to the gazetteer.
fn checked(condition: Condition, term: Term, acceptance: Acceptance) -> ResidencyRule {
    let known = ["074462", "104485", "011002", "011011", "011029"].map(|text| {
        let row = crate::municipality::Municipality {
            code: code(text),
            prefecture: String::new(),
            county: None,
            city: String::new(),
            ward: None,
            kind: crate::municipality::MunicipalityKind::City,
            kana: String::new(),
        };
        (row.code, row)
    });
    let when_undecidable = WhenUndecidable::DeskCode;
    let parts = Parts { condition, term, recheck_months: None, acceptance, when_undecidable };
    ResidencyRule::parse(parts, &std::collections::BTreeMap::from(known)).unwrap()
}

fn facts(resolution: Resolution, birthdate: Option<Date>) -> Facts {
    let verified = Some(month("2026-11"));
    Facts { resolution, birthdate, source: AddressSource::CardSurface, verified, attested: Vec::new() }
}

fn lives_in(text: &str) -> Resolution {
    Resolution::Resolved(Place::of(code(text), vec![]))
}

const TODAY: Date = date!(2026 - 11 - 21);
const YEAR: Term = Term::Months { months: 12 };

fn reason(condition: Condition, resolution: Resolution, birthdate: Option<Date>) -> ReasonCode {
    let determination = rule(condition, YEAR).decide(code("074462"), &facts(resolution, birthdate), TODAY);
    assert_eq!(determination.reason.outcome(), determination.outcome);
    assert_eq!(determination.expires.is_some(), determination.outcome == Outcome::Eligible);
    determination.reason
}

fn namesakes() -> Resolution {
    Resolution::Ambiguous(vec![Place::of(code("074462"), vec![]), Place::of(code("104485"), vec![])])
}

fn listed(codes: &[&str]) -> Condition {
    Condition::LivesIn { areas: codes.iter().map(|text| Area::Municipality { code: code(text) }).collect() }
}

fn adults(years: u8) -> Condition {
    Condition::AgeAtLeast { years }
}

#[test]
fn the_own_municipality() {
    let own = || Condition::OwnMunicipality;
    assert_eq!(reason(own(), lives_in("074462"), None), ReasonCode::Meets);
    assert_eq!(reason(own(), lives_in("104485"), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(own(), namesakes(), None), ReasonCode::AddressAmbiguous);
    assert_eq!(reason(own(), Resolution::Unknown, None), ReasonCode::AddressUnknown);
    assert_eq!(reason(own(), Resolution::Abroad, None), ReasonCode::LivesAbroad);
}

#[test]
fn an_unclear_address_matters_only_where_the_rule_depends_on_it() {
    let born = Some(date!(1984 - 02 - 29));
    assert_eq!(reason(adults(18), Resolution::Unknown, born), ReasonCode::Meets);
    let either = Condition::Any { conditions: vec![Condition::OwnMunicipality, adults(18)] };
    assert_eq!(reason(either, namesakes(), born), ReasonCode::Meets);
    let both = || Condition::All { conditions: vec![Condition::OwnMunicipality, adults(65)] };
    assert_eq!(reason(both(), namesakes(), born), ReasonCode::TooYoung);
    assert_eq!(reason(both(), namesakes(), None), ReasonCode::AddressAmbiguous);
    assert_eq!(reason(both(), lives_in("104485"), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(both(), lives_in("074462"), None), ReasonCode::BirthdateMissing);
    assert_eq!(reason(listed(&["074462", "104485"]), namesakes(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011002"]), namesakes(), None), ReasonCode::LivesElsewhere);
}

#[test]
fn a_designated_city_stands_for_its_wards_and_a_ward_for_itself() {
    let wards = || vec![code("011011"), code("011029")];
    let in_ward = || Resolution::Resolved(Place::of(code("011002"), vec![code("011011")]));
    let in_city = || Resolution::Resolved(Place::of(code("011002"), wards()));
    assert_eq!(reason(listed(&["011002"]), in_ward(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011002"]), in_city(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011011"]), in_ward(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011029"]), in_ward(), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(listed(&["011011"]), in_city(), None), ReasonCode::AddressUnknown);
    assert_eq!(reason(listed(&["011011", "011029"]), in_city(), None), ReasonCode::Meets);
}

#[test]
fn an_age_is_reached_on_the_day_before_the_birthday() {
    assert_eq!(reason(adults(18), Resolution::Unknown, Some(date!(2008 - 11 - 22))), ReasonCode::Meets);
    assert_eq!(reason(adults(18), Resolution::Unknown, Some(date!(2008 - 11 - 23))), ReasonCode::TooYoung);
}

#[test]
fn mixed_reasons_stay_coarse() {
    let condition = Condition::Any {
        conditions: vec![
            Condition::All { conditions: vec![Condition::OwnMunicipality, adults(65)] },
            Condition::All { conditions: vec![listed(&["104485"]), adults(75)] },
        ],
    };
    assert_eq!(reason(condition, lives_in("074462"), Some(date!(1984 - 02 - 29))), ReasonCode::TooYoung);
    let condition =
        Condition::Any { conditions: vec![listed(&["104485"]), Condition::All { conditions: vec![adults(65)] }] };
    assert_eq!(reason(condition, lives_in("074462"), Some(date!(1984 - 02 - 29))), ReasonCode::ConditionsNotMet);
}

#[test]
fn weak_or_old_evidence_decides_nothing() {
    let rule = rule(Condition::OwnMunicipality, YEAR);
    let decide = |source, verified: Option<&str>| {
        let facts = Facts { source, verified: verified.map(month), ..facts(lives_in("074462"), None) };
        rule.decide(code("074462"), &facts, TODAY).reason
    };
    assert_eq!(decide(AddressSource::SignatureCertificate, Some("2026-11")), ReasonCode::Meets);
    assert_eq!(decide(AddressSource::StoredByProvider, Some("2026-11")), ReasonCode::SourceTooWeak);
    assert_eq!(decide(AddressSource::CardSurface, None), ReasonCode::VerificationTimeUnknown);
    assert_eq!(decide(AddressSource::CardSurface, Some("2026-12")), ReasonCode::VerificationTimeUnknown);
    assert_eq!(decide(AddressSource::CardSurface, Some("2026-10")), ReasonCode::Meets);
    assert_eq!(decide(AddressSource::CardSurface, Some("2026-09")), ReasonCode::VerificationTooOld);
}

#[test]
fn terms_count_from_the_providers_month() {
    let expires = |condition: Condition, term: Term, verified: &str, today: Date| {
        let facts = Facts { verified: Some(month(verified)), ..facts(lives_in("074462"), Some(date!(1984 - 02 - 29))) };
        rule(condition, term).decide(code("074462"), &facts, today).expires.map(|month| month.to_string())
    };
    let own = || Condition::OwnMunicipality;
    assert_eq!(expires(own(), YEAR, "2026-11", TODAY).as_deref(), Some("2027-11"));
    assert_eq!(expires(own(), YEAR, "2026-10", TODAY).as_deref(), Some("2027-10"));
    assert_eq!(expires(own(), Term::FiscalYearEnd, "2026-11", TODAY).as_deref(), Some("2027-03"));
    assert_eq!(expires(own(), Term::FiscalYearEnd, "2026-03", date!(2026 - 03 - 31)).as_deref(), Some("2026-03"));
    // Verified in the fiscal year before: that term is over already.
    assert_eq!(expires(own(), Term::FiscalYearEnd, "2026-03", date!(2026 - 04 - 01)), None);
    // A rule that asks for an age ends with the fiscal year.
    assert_eq!(expires(adults(18), YEAR, "2026-11", TODAY).as_deref(), Some("2027-03"));
    assert_eq!(expires(adults(18), Term::Months { months: 1 }, "2026-11", TODAY).as_deref(), Some("2026-12"));
}

fn conditions() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(Condition::OwnMunicipality),
        Just(listed(&["104485", "011002"])),
        Just(listed(&["011011"])),
        (0..=130u8).prop_map(|years| Condition::AgeAtLeast { years }),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        let some = proptest::collection::vec(inner, 1..4);
        prop_oneof![
            some.clone().prop_map(|conditions| Condition::All { conditions }),
            some.prop_map(|conditions| Condition::Any { conditions }),
        ]
    })
}

fn resolutions() -> impl Strategy<Value = Resolution> {
    prop_oneof![
        Just(lives_in("074462")),
        Just(lives_in("104485")),
        Just(namesakes()),
        Just(Resolution::Resolved(Place::of(code("011002"), vec![code("011011"), code("011029")]))),
        Just(Resolution::Unknown),
        Just(Resolution::Abroad),
    ]
}

fn days() -> impl Strategy<Value = Date> {
    (2_420_000..2_461_000i32).prop_map(|day| Date::from_julian_day(day).unwrap())
}

proptest! {
    #[test]
    fn the_expiry_never_depends_on_the_birthdate(
        condition in conditions(),
        months in proptest::option::of(1..=60u8),
        resolution in resolutions(),
        (one, other) in (days(), days()),
    ) {
        let rule = rule(condition, months.map_or(Term::FiscalYearEnd, |months| Term::Months { months }));
        let decide = |birthdate| rule.decide(code("074462"), &facts(resolution.clone(), birthdate), TODAY);
        let expiries: std::collections::BTreeSet<Month> =
            [decide(Some(one)), decide(Some(other)), decide(None)].iter().filter_map(|d| d.expires).collect();
        prop_assert!(expiries.len() <= 1);
        prop_assert!(expiries.iter().all(|month| *month >= Month::of(TODAY)));
    }

    #[test]
    fn reasons_fit_outcomes_and_rules(condition in conditions(), resolution in resolutions(), birthdate in proptest::option::of(days())) {
        let (address, age) = (condition.depends_on_address(), condition.depends_on_age());
        let found = reason(condition, resolution, birthdate);
        use ReasonCode::*;
        if matches!(found, LivesElsewhere | LivesAbroad | AddressAmbiguous | AddressUnknown) {
            prop_assert!(address);
        }
        if matches!(found, TooYoung | BirthdateMissing) {
            prop_assert!(age);
        }
    }

    #[test]
    fn learning_more_never_overturns_a_determination(condition in conditions(), birthdate in days()) {
        let rule = rule(condition, YEAR);
        let decide = |resolution, birthdate| rule.decide(code("074462"), &facts(resolution, birthdate), TODAY).outcome;
        for (unclear, clear) in [
            (namesakes(), lives_in("074462")),
            (namesakes(), lives_in("104485")),
            (Resolution::Unknown, lives_in("074462")),
            (Resolution::Unknown, lives_in("011002")),
        ] {
            for known in [None, Some(birthdate)] {
                let before = decide(unclear.clone(), known);
                if before != Outcome::Undecidable {
                    prop_assert_eq!(before, decide(clear.clone(), Some(birthdate)));
                }
            }
        }
    }
}
