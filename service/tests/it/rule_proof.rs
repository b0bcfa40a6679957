//! Rules proved before anybody relies on them: many addresses at once, and what a new table would break.

use domain::configuration::{ClauseForm, EarlierEligibilities, PlaceForm, ResidencyRuleForm};
use domain::ids::ResidencyRuleId;
use domain::locale::Locale;
use domain::residency::{CaseForm, Outcome, ReasonCode, ResidencyRule};
use domain::violations::Violation;
use service::configuration::{ConfigurationId, Form, Seen, Submission};
use service::decisions::Check;
use service::residency_rules::{CASES, CaseView, Imported, RuleVersion};
use service::{Conflict, Error};

use crate::harness::forms::{reason, rule};
use crate::harness::{Town, World, on_both, on_sqlite};

/// Residents from 7 on, and those of two towns of the neighbour.
fn wide() -> ResidencyRuleForm {
    let towns = vec!["水沼".to_owned()];
    let neighbours = ClauseForm {
        area: "listed".to_owned(),
        places: vec![PlaceForm { code: "074454".to_owned(), towns }],
        ..ClauseForm::default()
    };
    let mut form = rule("村と隣の人");
    form.everyone.age_at_least = "7".to_owned();
    form.clauses.push(neighbours);
    form
}

async fn drafted(world: &World, town: &Town, form: ResidencyRuleForm) -> ResidencyRuleId {
    let drafter = town.drafter().await;
    match world.service.draft_configuration(&drafter, &Form::ResidencyRule(form)).await.unwrap() {
        ConfigurationId::ResidencyRule(id) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn many_addresses_at_once() {
    on_both(async |world| {
        let (town, other) = (world.town("showa").await, world.town("mino").await);
        let id = drafted(&world, &town, wide()).await;
        let auditor = town.auditor().await;
        let lines = "福島県大沼郡昭和村大字下中津川字中島9001番地\t2000-04-02\n\n福島県大沼郡金山町大字水沼9,20160402\n\
                     福島県大沼郡昭和村大芦1,2025-01-01\r\n昭和村1番地\t2000-01-01\n福島県大沼郡金山町川口1\t2000-01-01\n\
                     福島県大沼郡昭和村大芦1\n東京都\t2000-01-01\n国外転出\t2000-01-01\n";
        let before = world.rows_of(&town, "audit_entry").await;
        let trial = world.service.try_many(&auditor, id, RuleVersion::Newest, lines.to_owned(), 1).await.unwrap();
        assert_eq!(
            trial.csv(),
            "line,outcome,reason,clause,municipality_code,level\r\n\
             1,eligible,meets,admits 1,074462,town\r\n\
             3,eligible,meets,admits 2,074454,town\r\n\
             4,not_eligible,too_young,everyone 1,074462,town\r\n\
             5,undecidable,address_ambiguous,,,\r\n\
             6,not_eligible,lives_elsewhere,,074454,town\r\n\
             7,undecidable,birthdate_missing,,074462,town\r\n\
             8,undecidable,address_unknown,,,prefecture\r\n\
             9,not_eligible,lives_abroad,,,\r\n"
        );
        assert_eq!(trial.count(Outcome::Eligible), 2);
        assert_eq!(trial.by_reason().iter().map(|(_, count)| count).sum::<usize>(), 8);
        let later = world.service.try_many(&auditor, id, RuleVersion::Number(1), "国外転出\n".to_owned(), 2001).await;
        assert_eq!(later.unwrap().answers[0].line, 2001);
        assert_eq!(world.rows_of(&town, "audit_entry").await, before, "nothing is noted");

        // Neither another town's rule nor somebody who may not read rules.
        let try_it = async |caller, version, lines: &str| {
            world.service.try_many(caller, id, version, lines.to_owned(), 1).await.map(drop)
        };
        let (stranger, analyst) = (other.admin().await, town.analyst().await);
        assert!(matches!(try_it(&stranger, RuleVersion::Newest, "x").await, Err(Error::NotFound)));
        assert!(matches!(try_it(&analyst, RuleVersion::Newest, "x").await, Err(Error::NotFound)));
        assert!(matches!(try_it(&auditor, RuleVersion::Published, "x").await, Err(Error::NotFound)));
        assert!(matches!(try_it(&auditor, RuleVersion::Number(9), "x").await, Err(Error::NotFound)));

        let refused = async |lines: &str| match try_it(&auditor, RuleVersion::Newest, lines).await {
            Err(Error::Invalid(wrong)) => wrong.get("lines"),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(" \n\n").await, Some(Violation::Required));
        assert_eq!(refused(&"1\n".repeat(50_001)).await, Some(Violation::TooLong));
        assert!(try_it(&auditor, RuleVersion::Newest, &"1\n\n".repeat(50_000)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_draft_that_lacks_something_cannot_be_tried() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let mut form = rule("村民");
        form.term_months = String::new();
        let id = drafted(&world, &town, form).await;
        let tried = world.service.try_many(&town.drafter().await, id, RuleVersion::Newest, "x".to_owned(), 1).await;
        assert!(matches!(tried, Err(Error::Invalid(wrong)) if wrong.get("version") == Some(Violation::Unknown)));
    })
    .await;
}

#[tokio::test]
async fn rules_in_use_that_name_a_code_are_found_in_every_town() {
    on_both(async |world| {
        let (showa, mino) = (world.town("showa").await, world.town("mino").await);
        world.publish_rule(&showa, wide()).await;
        world.publish_rule(&mino, rule("市民")).await;
        drafted(&world, &mino, wide()).await;
        let codes = ["074454", "221317"].map(|code| code.parse().unwrap()).into();
        let found = world.service.rules_naming(&codes).await.unwrap();
        let told: Vec<_> = found.iter().map(|rule| (rule.tenant.as_str(), rule.number, rule.codes.len())).collect();
        assert_eq!(told, [("showa", 1, 1)]);
    })
    .await;
}

/// Somebody of the village, on the day of the tests.
fn villager(age: &str, expected: &str) -> CaseForm {
    CaseForm {
        municipality: "074462".to_owned(),
        town: "大芦".to_owned(),
        age: age.to_owned(),
        birthday: "mid_year".to_owned(),
        ties: Vec::new(),
        on_day: "2026-11-16".to_owned(),
        expected: expected.to_owned(),
    }
}

#[tokio::test]
async fn a_version_whose_cases_fail_is_not_submitted() {
    on_both(async |world| {
        let (town, other) = (world.town("showa").await, world.town("mino").await);
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let id = drafted(&world, &town, wide()).await;
        world.service.add_rule_case(&drafter, id, &villager("7", "eligible")).await.unwrap();
        world.clock.advance(1);
        world.service.add_rule_case(&drafter, id, &villager("6", "eligible")).await.unwrap();
        let cases = world.service.list_rule_cases(&approver, id).await.unwrap();
        assert_eq!((cases.rows.len(), cases.failing(), cases.editable), (2, 1, false));
        assert_eq!(cases.rows.iter().map(CaseView::passes).collect::<Vec<_>>(), [true, false]);
        assert_eq!(cases.rows[1].newest.unwrap().reason, ReasonCode::TooYoung);
        assert_eq!(cases.rows[1].published, None);

        let submission = || Submission {
            reason: reason(),
            effective_on: world.service.today(),
            earlier_eligibilities: EarlierEligibilities::default(),
        };
        let seen = Seen { number: 1, revision: 1 };
        let refused = world.service.submit_draft(&drafter, id, seen, &submission()).await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get(CASES) == Some(Violation::Mismatch)));

        // Mended, it is submitted; a case that is added later and fails keeps it from being approved.
        let mut mended = wide();
        mended.everyone.age_at_least = "6".to_owned();
        let seen = world.service.save_draft(&drafter, id, seen, &Form::ResidencyRule(mended)).await.unwrap();
        assert_eq!(world.service.list_rule_cases(&drafter, id).await.unwrap().failing(), 0);
        let request = world.service.submit_draft(&drafter, id, seen, &submission()).await.unwrap();
        world.clock.advance(1);
        world.service.add_rule_case(&drafter, id, &villager("5", "eligible")).await.unwrap();
        let view = world.service.get_decision(&approver, request, Locale::Ja).await.unwrap();
        assert!(view.checks.contains(&(Check::Cases, false)) && view.checks.contains(&(Check::Findings, true)));
        let refused = world.service.approve_request(&approver, request, 1, world.service.today(), "").await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get(CASES).is_some()));
        let failing = world.service.list_rule_cases(&drafter, id).await.unwrap().rows[2].id;
        world.service.remove_rule_case(&drafter, id, failing).await.unwrap();
        world.service.approve_request(&approver, request, 1, world.service.today(), "").await.unwrap();
        assert_eq!(world.rows_of(&town, "rule_case").await, 2);
        assert_eq!(world.rows_where(&town, "audit_entry", "action = 'case.added'").await, 3);
        assert_eq!(world.rows_where(&town, "audit_entry", "action = 'case.removed'").await, 1);

        // Nobody of another town sees, adds or removes them; an approver only reads.
        let stranger = other.admin().await;
        let case = cases.rows[0].id;
        assert!(matches!(world.service.list_rule_cases(&stranger, id).await, Err(Error::NotFound)));
        let form = villager("30", "eligible");
        assert!(matches!(world.service.add_rule_case(&stranger, id, &form).await, Err(Error::NotFound)));
        assert!(matches!(world.service.remove_rule_case(&stranger, id, case).await, Err(Error::NotFound)));
        assert!(matches!(world.service.add_rule_case(&approver, id, &form).await, Err(Error::Denied)));
        assert!(matches!(world.service.remove_rule_case(&approver, id, case).await, Err(Error::Denied)));
        let elsewhere = drafted(&world, &town, wide()).await;
        assert!(matches!(world.service.remove_rule_case(&drafter, elsewhere, case).await, Err(Error::NotFound)));
        assert_eq!(world.rows_of(&town, "rule_case").await, 2);
    })
    .await;
}

#[tokio::test]
async fn only_what_pickers_offer_becomes_a_case() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let id = drafted(&world, &town, wide()).await;
        let typed = |change: &dyn Fn(&mut CaseForm)| {
            let mut form = villager("30", "eligible");
            change(&mut form);
            form
        };
        let rows: [(&str, CaseForm); 7] = [
            ("municipality", typed(&|form| form.municipality = "福島県昭和村字中島9002番地".to_owned())),
            ("town", typed(&|form| form.town = "字中島9002番地".to_owned())),
            ("age", typed(&|form| form.age = "2000-04-02".to_owned())),
            ("birthday", typed(&|form| form.birthday = "1990-01-01".to_owned())),
            ("ties", typed(&|form| form.ties = vec!["山田商店".to_owned()])),
            ("on_day", typed(&|form| form.on_day = "きのう".to_owned())),
            ("expected", typed(&|form| form.expected = "たぶん".to_owned())),
        ];
        for (field, form) in &rows {
            match world.service.add_rule_case(&drafter, id, form).await {
                Err(Error::Invalid(wrong)) => assert!(wrong.get(field).is_some(), "{field}: {wrong:?}"),
                other => panic!("{field}: {other:?}"),
            }
        }
        assert_eq!(world.rows_of(&town, "rule_case").await, 0);

        world.service.add_rule_case(&drafter, id, &villager("30", "eligible")).await.unwrap();
        let same = world.service.add_rule_case(&drafter, id, &villager("30", "not_eligible")).await;
        assert!(matches!(same, Err(Error::Invalid(wrong)) if wrong.get("municipality") == Some(Violation::Duplicate)));
        for index in 1..200 {
            let day = time::macros::date!(2026 - 01 - 01) + time::Duration::days(index);
            let form = typed(&|form| form.on_day = domain::calendar::iso_date(day));
            world.service.add_rule_case(&drafter, id, &form).await.unwrap();
        }
        let full = world.service.add_rule_case(&drafter, id, &villager("31", "eligible")).await;
        assert!(matches!(full, Err(Error::Conflict(Conflict::Limit))));
        // With its last draft the rule goes, and its cases with it.
        world.service.discard_draft(&drafter, id, Seen { number: 1, revision: 1 }).await.unwrap();
        assert_eq!(world.rows_of(&town, "rule_case").await, 0);
    })
    .await;
}

#[tokio::test]
async fn versions_are_compared_over_every_town_and_the_saved_cases() {
    on_both(async |world| {
        let (town, other) = (world.town("showa").await, world.town("mino").await);
        let drafter = town.drafter().await;
        let id = world.publish_rule(&town, rule("村民")).await;
        let compare = async |from, to| world.service.compare_rule_versions(&drafter, id, from, to).await;
        let first = compare(None, None).await.unwrap();
        assert_eq!((first.from, first.to, first.effects), (None, 1, None));

        let neighbour =
            CaseForm { municipality: "074454".to_owned(), town: "水沼".to_owned(), ..villager("30", "eligible") };
        world.service.add_rule_case(&drafter, id, &neighbour).await.unwrap();
        let draft = world.service.get_draft(&drafter, id).await.unwrap();
        let mut form = wide();
        form.everyone.age_at_least = String::new();
        let seen =
            world.service.save_draft(&drafter, id, draft.seen, &Form::ResidencyRule(form.clone())).await.unwrap();
        let found = compare(None, None).await.unwrap();
        assert_eq!((found.from, found.to), (Some(1), 2));
        let effects = found.effects.unwrap();
        assert_eq!((effects.towns.gained(), effects.towns.lost()), (1, 0));
        let [case] = &effects.cases[..] else { panic!("one case") };
        assert_eq!((case.before.outcome, case.after.outcome), (Outcome::NotEligible, Outcome::Eligible));
        let back = compare(Some(2), Some(1)).await.unwrap().effects.unwrap();
        assert_eq!((back.towns.gained(), back.towns.lost()), (0, 1));

        form.term_months = String::new();
        world.service.save_draft(&drafter, id, seen, &Form::ResidencyRule(form)).await.unwrap();
        assert_eq!(compare(None, None).await.unwrap().effects, None, "a draft that lacks something");
        assert!(matches!(compare(Some(1), Some(7)).await, Err(Error::NotFound)));
        let stranger = other.admin().await;
        let foreign = world.service.compare_rule_versions(&stranger, id, None, None).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_rule_travels_as_json() {
    on_both(async |world| {
        let (showa, mino) = (world.town("showa").await, world.town("mino").await);
        let (drafter, approver) = (showa.drafter().await, showa.approver().await);
        let id = drafted(&world, &showa, wide()).await;
        let json = world.service.export_rule(&approver, id, 1).await.unwrap();
        assert!(!json.contains("村と隣の人"), "a name is the town's own");
        assert!(matches!(world.service.export_rule(&mino.admin().await, id, 1).await, Err(Error::NotFound)));
        assert!(matches!(world.service.export_rule(&drafter, id, 2).await, Err(Error::NotFound)));

        let import = async |json: &str, name: &str| {
            world.service.import_new_rule(&mino.drafter().await, json, (name, "")).await
        };
        let Imported::Drafted(there) = import(&json, "市と隣の人").await.unwrap() else { panic!("a draft") };
        let again = world.service.get_draft(&mino.drafter().await, there).await.unwrap();
        let Form::ResidencyRule(form) = again.form else { panic!("a rule") };
        assert_eq!((form.clauses.len(), form.json.as_str(), form.name_ja.as_str()), (2, "", "市と隣の人"));
        assert!(matches!(import(&json, " ").await, Err(Error::Invalid(wrong)) if wrong.get("name_ja").is_some()));
        let denied = world.service.import_new_rule(&approver, &json, ("x", "x")).await;
        assert!(matches!(denied, Err(Error::Denied)));

        // What the builder cannot show is a draft all the same, up to publication and beyond.
        let nested = r#"{"version":1,"condition":{"kind":"any","conditions":[{"kind":"own_municipality"},{"kind":"all","conditions":[
            {"kind":"attested","kinds":["work"]},{"kind":"not","condition":{"kind":"any","conditions":[{"kind":"age_at_most","years":15},
            {"kind":"lives_in","areas":[{"kind":"prefecture","code":"47"}]}]}}]}]},"term":{"kind":"months","months":12},
            "acceptance":{"weakest_source":"card_surface","greatest_age_months":0}}"#;
        let before = world.service.before_import(&drafter, id).await.unwrap();
        assert_eq!((before.number, before.replaces_draft), (1, true));
        let next = async |seen, json: &str| world.service.import_next_version(&drafter, id, seen, json).await;
        assert_eq!(next(before.seen, nested).await.unwrap(), Imported::Drafted(id));
        assert!(matches!(next(before.seen, nested).await, Err(Error::Conflict(Conflict::Stale))));
        let detail = world.service.get_configuration(&drafter, id, Default::default(), Locale::Ja).await.unwrap();
        assert_eq!((detail.title.get(Locale::Ja), detail.lacks.is_empty()), ("村と隣の人", true));
        world.service.enact_draft(&drafter, &approver, ConfigurationId::ResidencyRule(id), &reason()).await.unwrap();
        let again = world.service.export_rule(&approver, id, 1).await.unwrap();
        let rule = |json: &str| serde_json::from_str::<ResidencyRule>(json).unwrap();
        assert_eq!(rule(&again), rule(nested));

        for (json, pointer, line) in [
            ("{", "", 1),
            ("[]", "", 1),
            (&nested.replace("own_municipality", "everybody"), "/condition/conditions/0/kind", 1),
            (&nested.replace("\"47\"", "\"48\""), "/condition/conditions/1/conditions/1/condition/conditions/1/areas/0/code", 3),
            (&nested.replace("\"months\":12", "\"months\":99"), "/term/months", 3),
            (&nested.replace("\"kinds\":[\"work\"]", "\"kinds\":[\"work\"],\"name\":\"山田商店\""), "/condition/conditions/1/conditions/0/name", 2),
        ] {
            match import(json, "x").await.unwrap() {
                Imported::Refused { misplaced, line: found } => {
                    assert_eq!((misplaced.pointer.as_str(), found), (pointer, line), "{json}");
                }
                Imported::Drafted(_) => panic!("{json}"),
            }
        }
    })
    .await;
}
