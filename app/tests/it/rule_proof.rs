//! Proving a rule on its pages, without a script.

use axum::http::StatusCode;
use domain::access::Role;
use domain::ids::ResidencyRuleId;
use domain::paths;

use crate::browser::Browser;
use crate::harness::forms::rule;
use crate::harness::{Town, World, on_sqlite};

async fn published(world: &World, town: &Town) -> ResidencyRuleId {
    world.publish_rule(town, rule("村民")).await
}

#[tokio::test]
async fn many_addresses_are_counted_on_the_page_or_answered_as_a_file() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let id = published(&world, &town).await;
        let path = paths::console_residency_rule_mass_trial(&town.slug, id);
        let auditor = Browser::of(&world, &town, Role::Auditor).await;
        assert!(auditor.get(&path).await.shows("架空の住所だけを使ってください"));
        let lines = "福島県大沼郡昭和村大字下中津川字中島9001番地\n昭和村1番地\n東京都千代田区千代田1\n";
        let count = [("version", "1"), ("lines", lines), ("then", "count")];
        let page = auditor.upload(&path, &count, &[("file", "")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert!(page.shows("住所がルールの市区町村の外です。") && page.shows("9001番地"), "{}", page.text());
        let csv = [("version", "1"), ("lines", "東京都千代田区千代田1"), ("then", "csv")];
        let answer = auditor.upload(&path, &csv, &[("file", lines)]).await;
        assert_eq!(answer.body.lines().count(), 4, "a file takes precedence");
        assert!(answer.body.contains("1,eligible,meets,admits 1,074462,town"), "{}", answer.body);
        assert!(!answer.body.contains("9001") && !answer.body.contains("千代田"));

        let nothing = auditor.upload(&path, &[("version", "1"), ("lines", " "), ("then", "count")], &[]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.shows("入力してください。"));
        let many = "大芦\n".repeat(50_001);
        for (browser, words) in [
            (auditor, "50,000行より多いため"),
            (Browser::of(&world, &town, Role::Approver).await.english(), "more than 50,000 lines"),
        ] {
            let refused = browser.upload(&path, &[("version", "1"), ("then", "count")], &[("file", &many)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.shows(words), "{}", refused.text());
            assert!(!refused.body.contains("大芦"), "what was in a file is not sent back");
        }
    })
    .await;
}

#[tokio::test]
async fn a_case_that_fails_keeps_a_version_from_being_submitted() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let id = published(&world, &town).await;
        let drafter = Browser::of(&world, &town, Role::Drafter).await;
        let path = paths::console_residency_rule_cases(&town.slug, id);
        assert!(drafter.get(&path).await.shows("まだ試すケースがありません"));
        let found = drafter.get(&format!("{path}?q=%E9%87%91%E5%B1%B1%E7%94%BA")).await;
        assert!(found.shows("金山町(福島県大沼郡)") && found.body.contains("?municipality=074454#add-case"));
        let chosen = format!("{path}?municipality=074454");
        assert!(drafter.get(&chosen).await.body.contains("value=\"水沼\""));
        let neighbour = [
            ("municipality", "074454"),
            ("town", "水沼"),
            ("age", "30"),
            ("birthday", "mid_year"),
            ("ties", "work"),
            ("on_day", "2026-11-16"),
            ("expected", "eligible"),
            ("address", "福島県金山町字中島9002番地"),
            ("then", "add"),
        ];
        let mut wrong = neighbour;
        wrong[2].1 = "三十";
        let refused = drafter.post(&chosen, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("value=\"三十\"") && refused.body.contains("f-age-error"));
        assert_eq!(drafter.post(&chosen, &neighbour).await.location, path);
        let page = drafter.get(&path).await;
        assert!(page.shows("第1版は、1件のケースのうち1件で違う判定になります"), "{}", page.text());
        assert!(page.shows("住所がルールの市区町村の外です。") && !page.body.contains("9002番地"));

        // The next version is handed in only once the case passes.
        let draft = world.service.get_draft(&town.drafter().await, id).await.unwrap();
        let seen = world.service.save_draft(&town.drafter().await, id, draft.seen, &draft.form).await.unwrap();
        let submit = format!("{}?do=submit", paths::console_residency_rule(&town.slug, id));
        assert!(drafter.get(&submit).await.shows("試すケースのうち1件で、違う判定になります"));
        let (number, revision) = (seen.number.to_string(), seen.revision.to_string());
        let today = domain::calendar::iso_date(world.service.today());
        let fields = [("number", &*number), ("seen", &*revision), ("reason", "隣の町も"), ("effective_on", &*today)];
        let refused = drafter.post(&submit, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.shows("ルールを直すか、ケースが正しくなければ"), "{}", refused.text());
        assert!(refused.body.contains("隣の町も"));

        let row = drafter.get(&path).await;
        let remove = row.body.split("value=\"remove.").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(drafter.post(&path, &[("then", &format!("remove.{remove}"))]).await.location, path);
        assert!(drafter.post(&submit, &fields).await.location.contains("/decisions/"));
        let approver = Browser::of(&world, &town, Role::Approver).await;
        assert!(!approver.get(&path).await.body.contains("name=\"expected\""), "only those who draft add cases");
    })
    .await;
}

#[tokio::test]
async fn a_rule_goes_out_and_comes_in_as_json() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let id = published(&world, &town).await;
        let drafter = Browser::of(&world, &town, Role::Drafter).await;
        let page = drafter.get(&paths::console_residency_rule(&town.slug, id)).await;
        let export = paths::console_residency_rule_json(&town.slug, id, 1);
        assert!(page.body.contains(&export) && page.body.contains("/schemas/residency-rule-1.json"));
        let json = drafter.get(&export).await.body;
        assert!(json.contains("own_municipality"));

        let new = paths::console_residency_rule_import(&town.slug);
        let refused = drafter.upload(&new, &[("name_ja", "村民"), ("json", &json.replace("months", "weeks"))], &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.shows("行目、/term/kind: 知らない言葉か"), "{}", refused.text());
        assert!(refused.body.contains("weeks") && refused.body.contains("value=\"村民\""));
        let imported = drafter.upload(&new, &[("name_ja", "写し")], &[("file", &json)]).await;
        assert!(imported.location.contains("/residency-rules/"), "{}", imported.text());
        assert!(drafter.get(&imported.location).await.shows("下書きにしました。"));
        let english = Browser::of(&world, &town, Role::Drafter).await.english();
        let refused = english.upload(&new, &[("name_ja", "x"), ("json", "{")], &[]).await;
        assert!(refused.shows("Line 1, all of it: This is no JSON"), "{}", refused.text());

        // A rule that the builder cannot show becomes the next version, and its editor leads back here.
        let nested = json.replace(
            "\"kind\": \"own_municipality\"",
            "\"kind\": \"any\", \"conditions\": [{\"kind\": \"own_municipality\"}, {\"kind\": \"not\", \"condition\": {\"kind\": \"all\", \
             \"conditions\": [{\"kind\": \"age_at_least\", \"years\": 6}, {\"kind\": \"lives_in\", \"areas\": [{\"kind\": \"prefecture\", \
             \"code\": \"47\"}]}]}}]",
        );
        let next = paths::console_residency_rule_import_next(&town.slug, id);
        let page = drafter.get(&next).await;
        let hidden = |name: &str| {
            let input = page.body.split("<input").find(|input| input.contains(&format!("name=\"{name}\""))).unwrap();
            input.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        let fields = [("number", hidden("number")), ("seen", hidden("seen")), ("json", nested)];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let imported = drafter.upload(&next, &fields, &[]).await;
        assert_eq!(imported.location, paths::console_residency_rule(&town.slug, id), "{}", imported.text());
        let builder = drafter.get(&paths::console_residency_rule_edit(&town.slug, id)).await;
        assert!(builder.body.contains(&next), "{}", builder.text());
        let comparison = drafter.get(&paths::console_residency_rule_comparison(&town.slug, id)).await;
        assert!(comparison.shows("の町域が新しく対象になり、対象から外れる町域はありません。"), "{}", comparison.text());
        assert!(drafter.get(&format!("{}?from=1&to=9", paths::console_residency_rule_comparison(&town.slug, id))).await.status == StatusCode::NOT_FOUND);
    })
    .await;
}
