//! Rules proved before anybody relies on them: many addresses at once, and what a new table would break.

use domain::configuration::{ClauseForm, PlaceForm, ResidencyRuleForm};
use domain::ids::ResidencyRuleId;
use domain::residency::Outcome;
use domain::violations::Violation;
use service::Error;
use service::configuration::{ConfigurationId, Form};
use service::residency_rules::RuleVersion;

use crate::harness::forms::rule;
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
