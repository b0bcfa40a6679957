//! Forms become rules and forms again; what is wrong is named by its field.

use super::*;
use crate::configuration::{References, Warning};
use crate::municipality::MunicipalityTable;

fn place(code: &str, towns: &[&str]) -> PlaceForm {
    PlaceForm { code: code.into(), towns: towns.iter().map(|town| (*town).to_owned()).collect() }
}

fn listed(places: Vec<PlaceForm>) -> ClauseForm {
    ClauseForm { area: "listed".into(), places, ..ClauseForm::default() }
}

fn aged(age_at_least: &str) -> ClauseForm {
    let ages = AgesForm { age_at_least: age_at_least.into(), ..AgesForm::default() };
    ClauseForm { area: "own".into(), ages, ..ClauseForm::default() }
}

fn form() -> ResidencyRuleForm {
    ResidencyRuleForm {
        name_ja: "村民と近くの大人".into(),
        name_en: "Villagers and adults nearby".into(),
        clauses: vec![
            ClauseForm { area: "own".into(), ..ClauseForm::default() },
            ClauseForm {
                area: "listed".into(),
                places: vec![place("074454", &[]), place("074446", &["宮下"]), place("15", &[])],
                ties: vec!["work".into(), "school".into()],
                ages: AgesForm { age_at_least: "18".into(), ..AgesForm::default() },
            },
        ],
        everyone: AgesForm { school_from: "1".into(), age_at_most: "74".into(), ..AgesForm::default() },
        excludes: vec![ClauseForm {
            area: "listed".into(),
            places: vec![place("074462", &["大芦"])],
            ..ClauseForm::default()
        }],
        term: "months".into(),
        term_months: "12".into(),
        weakest_source: "card_surface".into(),
        greatest_age_months: "0".into(),
        recheck_months: "6".into(),
        when_undecidable: "contact".into(),
        note: String::new(),
        json: String::new(),
    }
}

fn parse(form: &ResidencyRuleForm) -> Result<ResidencyRuleContent, Violations> {
    ResidencyRuleContent::parse(form, MunicipalityTable::japan())
}

#[test]
fn a_form_becomes_a_rule_and_a_form_again() {
    let content = parse(&form()).unwrap();
    let again = ResidencyRuleForm::of(&content).unwrap();
    assert_eq!(parse(&again).unwrap(), content);
    assert_eq!(content.warnings(), [Warning::EndsWithFiscalYear]);
    let json = serde_json::to_string(&content).unwrap();
    assert_eq!(serde_json::from_str::<ResidencyRuleContent>(&json).unwrap(), content);
    let references =
        References { own: "074462".parse().unwrap(), gazetteer: MunicipalityTable::japan(), names: Default::default() };
    let keys: Vec<&str> = content.fields(Locale::Ja, &references).iter().map(|field| field.key.as_str()).collect();
    assert_eq!(keys, ["name", "condition", "term", "weakest_source", "when_undecidable", "note"]);
}

#[test]
fn what_is_wrong_is_named_by_clause() {
    for (change, field, violation) in [
        (ClauseForm::default(), "clauses.1.area", Violation::Required),
        (ClauseForm { area: "x".into(), ..ClauseForm::default() }, "clauses.1.area", Violation::Unknown),
        (listed(vec![]), "clauses.1.places", Violation::Required),
        (listed(vec![place("074463", &[])]), "clauses.1.places", Violation::Malformed),
        (listed(vec![place("48", &[])]), "clauses.1.places", Violation::Malformed),
        (listed(vec![place("074462", &["関町"])]), "clauses", Violation::Unknown),
        (ClauseForm { ties: vec!["friend".into()], ..ClauseForm::default() }, "clauses.1.ties", Violation::Unknown),
        (aged("-1"), "clauses.1.age_at_least", Violation::Malformed),
        (aged("131"), "clauses", Violation::OutOfRange),
    ] {
        let mut form = form();
        form.clauses[1] = change;
        assert_eq!(parse(&form).unwrap_err().get(field), Some(violation), "{field}");
    }
    let mut excluding = form();
    excluding.excludes.push(ClauseForm::default());
    assert_eq!(parse(&excluding).unwrap_err().get("excludes.1.area"), Some(Violation::Required));
    let twice = ResidencyRuleForm { clauses: vec![aged("6")], everyone: aged("18").ages, ..form() };
    assert_eq!(parse(&twice).unwrap_err().get("everyone.age_at_least"), Some(Violation::Duplicate));
    let everyone = AgesForm { school_to: "x".into(), ..AgesForm::default() };
    let wrong = parse(&ResidencyRuleForm { everyone, ..form() }).unwrap_err();
    assert_eq!(wrong.get("everyone.school_to"), Some(Violation::Malformed));
    let wrong = parse(&ResidencyRuleForm { term_months: "61".into(), ..form() }).unwrap_err();
    assert_eq!(wrong.get("term_months"), Some(Violation::OutOfRange));
    let wrong = parse(&ResidencyRuleForm::default()).unwrap_err();
    let fields: Vec<&str> = wrong.iter().map(|(field, _)| field).collect();
    let expected =
        ["clauses", "greatest_age_months", "name_en", "name_ja", "term", "weakest_source", "when_undecidable"];
    assert_eq!(fields, expected);
}

#[test]
fn the_builder_declines_what_it_cannot_show() {
    let table = MunicipalityTable::japan();
    let nested = Condition::Any {
        conditions: vec![Condition::All {
            conditions: vec![Condition::Any { conditions: vec![Condition::OwnMunicipality] }],
        }],
    };
    let twice =
        Condition::All { conditions: vec![Condition::AgeAtLeast { years: 1 }, Condition::AgeAtLeast { years: 2 }] };
    let nobody = Condition::Not { condition: Box::new(Condition::OwnMunicipality) };
    for condition in [nested, twice, nobody] {
        let mut content = parse(&form()).unwrap();
        content.rule = ResidencyRule::parse(Parts { condition, ..content.rule.parts() }, table).unwrap();
        assert_eq!(ResidencyRuleForm::of(&content), None);
    }
}

#[test]
fn every_shape_of_the_builder_comes_back_as_it_was() {
    let both = ClauseForm { ties: vec!["work".into()], ..aged("6") };
    let ages = AgesForm { school_from: "1".into(), school_to: "9".into(), ..AgesForm::default() };
    let shapes = [
        ResidencyRuleForm { clauses: vec![aged("18")], excludes: vec![], everyone: AgesForm::default(), ..form() },
        ResidencyRuleForm { clauses: vec![both.clone()], ..form() },
        ResidencyRuleForm { clauses: vec![both, aged("")], everyone: ages.clone(), ..form() },
        ResidencyRuleForm {
            clauses: vec![ClauseForm { ages, ..ClauseForm::default() }],
            everyone: AgesForm { age_at_most: "74".into(), ..AgesForm::default() },
            ..form()
        },
    ];
    for shape in shapes {
        let content = parse(&shape).unwrap();
        let again = ResidencyRuleForm::of(&content).unwrap();
        assert_eq!(parse(&again).unwrap(), content);
    }
}
