//! The schema and the reader accept and refuse the same; the reader says where.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::residency::made_up::*;
use crate::residency::{AddressSource, Parts};

fn schema() -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(RULE_SCHEMA).unwrap()).unwrap()
}

fn fine() -> Value {
    json!({
        "version": 1,
        "condition": {"kind": "all", "conditions": [
            {"kind": "any", "conditions": [
                {"kind": "own_municipality"},
                {"kind": "attested", "kinds": ["work", "school"]},
                {"kind": "lives_in", "areas": [
                    {"kind": "municipality", "code": "074454"},
                    {"kind": "towns", "code": "074446", "towns": ["宮下"]},
                    {"kind": "prefecture", "code": "15"}
                ]}
            ]},
            {"kind": "school_year_at_least", "year": 1},
            {"kind": "not", "condition": {"kind": "age_at_most", "years": 5}}
        ]},
        "term": {"kind": "months", "months": 12},
        "recheck_months": 6,
        "acceptance": {"weakest_source": "card_surface", "greatest_age_months": 0},
        "when_undecidable": "contact"
    })
}

/// The value with something else at a place.
fn with(pointer: &str, value: Value) -> Value {
    let mut changed = fine();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match changed.pointer_mut(parent).unwrap() {
        Value::Object(object) => drop(object.insert(name.to_owned(), value)),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
    changed
}

fn without(pointer: &str) -> Value {
    let mut changed = fine();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    changed.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    changed
}

fn refused(value: &Value) -> (String, Violation) {
    let Misplaced { pointer, violation } = ResidencyRule::from_json(&value.to_string(), table()).unwrap_err();
    (pointer, violation)
}

#[test]
fn a_rule_is_written_and_read() {
    let rule = ResidencyRule::from_json(&fine().to_string(), table()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&rule.to_json()).unwrap(), fine());
    assert_eq!(ResidencyRule::from_json(&rule.to_json(), table()).unwrap(), rule);
    assert!(rule.to_json().contains("\n  \"term\""));
    assert!(schema().is_valid(&fine()));
    for optional in ["/recheck_months", "/when_undecidable"] {
        assert!(schema().is_valid(&without(optional)));
        assert!(ResidencyRule::from_json(&without(optional).to_string(), table()).is_ok());
    }
    assert!(schema().is_valid(&with("/recheck_months", Value::Null)));
    assert!(ResidencyRule::from_json(&with("/recheck_months", Value::Null).to_string(), table()).is_ok());
}

#[test]
fn what_both_refuse_is_named_by_its_place() {
    use Violation::{Duplicate, Malformed, NotAllowed, OutOfRange, Required, TooLong, Unknown};
    const LEAF: &str = "/condition/conditions/0/conditions";
    let at = |rest: &str| format!("{LEAF}/{rest}");
    let mut many: Vec<Value> = vec![json!({"kind": "own_municipality"}); 120];
    let wrong: Vec<(Value, String, Violation)> = vec![
        (json!([]), String::new(), Malformed),
        (json!("rule"), String::new(), Malformed),
        (without("/version"), "/version".into(), Required),
        (with("/version", json!(2)), "/version".into(), Unknown),
        (with("/name", json!("x")), "/name".into(), NotAllowed),
        (with("/a~1b", json!("x")), "/a~01b".into(), NotAllowed),
        (without("/condition"), "/condition".into(), Required),
        (with("/condition", json!(null)), "/condition".into(), Malformed),
        (with("/condition", json!({})), "/condition/kind".into(), Required),
        (with("/condition", json!({"kind": 1})), "/condition/kind".into(), Malformed),
        (with("/condition", json!({"kind": "anybody"})), "/condition/kind".into(), Unknown),
        (
            with("/condition", json!({"kind": "own_municipality", "code": "074462"})),
            "/condition/code".into(),
            NotAllowed,
        ),
        (with("/condition", json!({"kind": "all"})), "/condition/conditions".into(), Required),
        (with("/condition", json!({"kind": "all", "conditions": {}})), "/condition/conditions".into(), Malformed),
        (with("/condition", json!({"kind": "any", "conditions": []})), "/condition/conditions".into(), Required),
        (with("/condition", json!({"kind": "any", "conditions": many.split_off(0)})), "/condition".into(), TooLong),
        (with("/condition/conditions/1/year", json!(13)), "/condition/conditions/1/year".into(), OutOfRange),
        (with("/condition/conditions/1/year", json!("1")), "/condition/conditions/1/year".into(), Malformed),
        (
            with("/condition/conditions/2/condition/years", json!(131)),
            "/condition/conditions/2/condition/years".into(),
            OutOfRange,
        ),
        (
            with("/condition/conditions/2/condition/years", json!(-1)),
            "/condition/conditions/2/condition/years".into(),
            Malformed,
        ),
        (with("/condition/conditions/2/condition", json!(true)), "/condition/conditions/2/condition".into(), Malformed),
        (with(&at("1/kinds"), json!([])), at("1/kinds"), Required),
        (with(&at("1/kinds"), json!(["work", "work"])), at("1/kinds"), Duplicate),
        (with(&at("1/kinds"), json!(["friend"])), at("1/kinds/0"), Unknown),
        (with(&at("1/kinds"), json!([7])), at("1/kinds/0"), Malformed),
        (with(&at("2/areas"), json!([])), at("2/areas"), Required),
        (with(&at("2/areas/0"), json!(7)), at("2/areas/0"), Malformed),
        (with(&at("2/areas/0/kind"), json!("village")), at("2/areas/0/kind"), Unknown),
        (with(&at("2/areas/0/code"), json!("07445")), at("2/areas/0/code"), Malformed),
        (with(&at("2/areas/0/code"), json!(74454)), at("2/areas/0/code"), Malformed),
        (with(&at("2/areas/2/code"), json!("48")), at("2/areas/2/code"), Malformed),
        (with(&at("2/areas/1/towns"), json!([])), at("2/areas/1"), Required),
        (with(&at("2/areas/1/towns"), json!(["宮下", "宮下"])), at("2/areas/1"), Duplicate),
        (with(&at("2/areas/1/towns"), json!("宮下")), at("2/areas/1/towns"), Malformed),
        (with(&at("2/areas/0"), json!({"kind": "prefecture", "code": "15"})), at("2/areas"), Duplicate),
        (with("/term", json!("months")), "/term".into(), Malformed),
        (with("/term", json!({"kind": "months"})), "/term/months".into(), Required),
        (with("/term", json!({"kind": "weeks"})), "/term/kind".into(), Unknown),
        (with("/term/months", json!(0)), "/term/months".into(), OutOfRange),
        (with("/term/months", json!(1.5)), "/term/months".into(), Malformed),
        (with("/term", json!({"kind": "fiscal_year_end", "months": 1})), "/term/months".into(), NotAllowed),
        (with("/recheck_months", json!(61)), "/recheck_months".into(), OutOfRange),
        (with("/recheck_months", json!("6")), "/recheck_months".into(), Malformed),
        (without("/acceptance/weakest_source"), "/acceptance/weakest_source".into(), Required),
        (with("/acceptance/weakest_source", json!("letter")), "/acceptance/weakest_source".into(), Unknown),
        (with("/acceptance/greatest_age_months", json!(61)), "/acceptance/greatest_age_months".into(), OutOfRange),
        (with("/acceptance/greatest_age_months", json!(null)), "/acceptance/greatest_age_months".into(), Malformed),
        (with("/when_undecidable", json!("refuse")), "/when_undecidable".into(), Unknown),
    ];
    let schema = schema();
    for (value, pointer, violation) in wrong {
        assert!(!schema.is_valid(&value), "{value}");
        assert_eq!(refused(&value), (pointer, violation), "{value}");
    }
}

#[test]
fn what_a_schema_cannot_say_is_refused_by_the_reader() {
    const AREAS: &str = "/condition/conditions/0/conditions/2/areas";
    let at = |rest: &str| format!("{AREAS}/{rest}");
    let deep = (0..6).fold(json!({"kind": "own_municipality"}), |inner, _| json!({"kind": "not", "condition": inner}));
    let nested =
        (0..6).fold(json!({"kind": "own_municipality"}), |inner, _| json!({"kind": "all", "conditions": [inner]}));
    let wide = json!({"kind": "any", "conditions": [
        {"kind": "all", "conditions": vec![json!({"kind": "own_municipality"}); 60]},
        {"kind": "all", "conditions": vec![json!({"kind": "own_municipality"}); 60]}
    ]});
    for (value, pointer, violation) in [
        (with(&at("0/code"), json!("074463")), at("0/code"), Violation::Malformed),
        (with(&at("0/code"), json!("221317")), at("0"), Violation::Unknown),
        (with(&at("1/towns"), json!(["宮下", "架空"])), at("1"), Violation::Unknown),
        (with(&at("1/code"), json!("074454")), at("1"), Violation::Unknown),
        (with(&at("0/code"), json!("074446")), AREAS.to_owned(), Violation::Duplicate),
        (
            with("/condition", deep),
            "/condition/condition/condition/condition/condition/condition/condition".into(),
            Violation::TooLong,
        ),
        (with("/condition", nested), format!("/condition{}", "/conditions/0".repeat(6)), Violation::TooLong),
        (with("/condition", wide), "/condition".into(), Violation::TooLong),
    ] {
        assert!(schema().is_valid(&value), "{value}");
        assert_eq!(refused(&value), (pointer, violation), "{value}");
    }
    for (text, violation) in [
        ("", Violation::Malformed),
        ("{", Violation::Malformed),
        (&fine().to_string().replacen("\"version\":1", "\"version\":1,\"version\":1", 1), Violation::Duplicate),
        (&" ".repeat(MAX_RULE_JSON), Violation::Malformed),
        (&" ".repeat(MAX_RULE_JSON + 1), Violation::TooLong),
    ] {
        let refused = ResidencyRule::from_json(text, table()).unwrap_err();
        assert_eq!((refused.pointer.as_str(), refused.violation), ("", violation));
    }
}

/// Every place of a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at_, value)| pointers(value, &format!("{at}/{at_}"), found));
        }
        _ => {}
    }
}

fn terms() -> impl Strategy<Value = Term> {
    prop_oneof![Just(Term::FiscalYearEnd), (1..=60u8).prop_map(|months| Term::Months { months })]
}

proptest! {
    #[test]
    fn rules_fit_the_schema_and_what_is_changed_fits_both_or_neither(
        condition in conditions(),
        term in terms(),
        recheck_months in proptest::option::of(1..=60u8),
        months in 0..=60u8,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..12usize), 1..3),
    ) {
        let acceptance = Acceptance { weakest_source: AddressSource::StoredByProvider, greatest_age_months: months };
        let parts = Parts { term, recheck_months, acceptance, ..parts(condition) };
        let Ok(rule) = ResidencyRule::parse(parts, table()) else { return Ok(()) };
        let schema = schema();
        let mut value = serde_json::to_value(&rule).unwrap();
        prop_assert!(schema.is_valid(&value));
        prop_assert_eq!(ResidencyRule::from_json(&rule.to_json(), table()), Ok(rule));
        for (place, change) in changes {
            let mut places = Vec::new();
            pointers(&value, "", &mut places);
            let pointer = place.get(&places).clone();
            let at = value.pointer_mut(&pointer).unwrap();
            match change {
                0 => *at = Value::Null,
                1 => *at = json!(0),
                2 => *at = json!(61),
                3 => *at = json!(7.5),
                4 => *at = json!("07"),
                5 => *at = json!("own_municipality"),
                6 => *at = json!([]),
                7 => *at = json!({"kind": "not", "condition": at.clone()}),
                8 => *at = json!({"kind": "all", "conditions": [at.clone(), at.clone()]}),
                9 => if let Some(object) = at.as_object_mut() { object.insert("extra".into(), json!(1)); },
                10 => if let Some(object) = at.as_object_mut() { let name = object.keys().next().cloned(); name.map(|name| object.remove(&name)); },
                _ => if let Some(items) = at.as_array_mut() { let first = items.first().cloned(); items.extend(first); },
            }
        }
        let read = ResidencyRule::from_json(&value.to_string(), table());
        if schema.is_valid(&value) {
            let semantic = |refused: &Misplaced| matches!(refused.violation, Violation::Unknown | Violation::Duplicate | Violation::TooLong);
            prop_assert!(read.as_ref().map_err(semantic).err() != Some(false), "{value}: {read:?}");
        } else {
            let refused = read.expect_err(&value.to_string());
            let parent = refused.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            prop_assert!(value.pointer(&refused.pointer).or_else(|| value.pointer(parent)).is_some(), "{value}: {refused:?}");
        }
    }
}
