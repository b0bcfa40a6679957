//! 利用統計 and its panel on the overview.

use axum::http::StatusCode;
use domain::access::Role;
use domain::paths;

use crate::browser::Browser;
use crate::harness::{Town, World, on_sqlite};

const MONTHS: [&str; 3] = ["2026-08", "2026-09", "2026-10"];

/// A service with counters in three months.
async fn service(world: &World, town: &Town, name: &str, began: &str, people: [u32; 3]) -> String {
    let id = service::Rng::system().uuid_v7(&world.clock).unwrap();
    let (organisation, key) = (world.literal(town.organisation.uuid()), world.literal(id));
    let mut statements = vec![
        format!(
            "insert into configuration (organisation_id, id, kind, title_ja, title_en, latest_number, latest_state, \
             created_at, updated_at) values ({organisation}, {key}, 'relying_party', '{name}', '{name}', 1, 'published', 0, 0)"
        ),
        format!(
            "insert into configuration_version (organisation_id, configuration_id, number, kind, state, content, reason, \
             drafted_at, published_at) values ({organisation}, {key}, 1, 'relying_party', 'archived', '{{}}', '', 0, {began})"
        ),
    ];
    for (month, people) in MONTHS.iter().zip(people) {
        for (outcome, tally) in [("people", people), ("sign_ins", people * 2)] {
            statements.push(format!(
                "insert into usage_counter (organisation_id, relying_party_id, period, outcome, shard, tally) \
                 values ({organisation}, {key}, '{month}', '{outcome}', 0, {tally})"
            ));
        }
    }
    for statement in statements {
        world.execute(&statement, Some(town)).await;
    }
    id.to_string()
}

async fn close(world: &World, town: &Town) {
    for month in MONTHS {
        world.service.close_month(&town.slug, month.parse().unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn figures_stand_in_words_charts_and_one_table() {
    on_sqlite(async |world| {
        let town = world.town("tsuno").await;
        let coins = service(&world, &town, "つのコイン", "0", [410, 512, 893]).await;
        service(&world, &town, "施設予約", "1", [7, 0, 33]).await;
        // 1 October 2026 in Japan.
        service(&world, &town, "子育て手帳", "1790780400", [0, 0, 84]).await;
        let browser = Browser::of(&world, &town, Role::Analyst).await;
        let path = paths::console_usage(&town.slug);
        assert!(browser.get(&path).await.shows("確定した月がまだありません"));
        close(&world, &town).await;

        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.shows("つのコインと施設予約と子育て手帳は、10月がいちばん多い月です。"), "{}", page.text());
        assert!(page.shows("11月の数は12月5日に加わります。"));
        assert!(page.shows("890") && page.shows("1,790") && page.shows("少数のため") && page.shows("開始前"));
        assert!(page.shows("20人に満たない月は"));
        for raw in ["893", "512", "1786", ">33<", ">7<"] {
            assert!(!page.body.contains(raw), "{raw}");
        }
        assert_eq!(page.body.matches("class=\"chart\"").count(), 2);
        assert!(!page.body.contains("<script"));

        let chosen = browser.get(&format!("{path}?preset=months&from=2026-08&to=2026-09&service={coins}")).await;
        assert!(
            chosen.shows("つのコインの月別の利用者")
                && chosen.body.contains("usage.csv?preset=months&amp;from=2026-08")
        );
        assert!(!chosen.shows("子育て手帳"), "it had not begun");
        assert!(browser.get(&format!("{path}?preset=fy2024")).await.shows("この期間に確定した月はありません"));

        let file = browser
            .get(&format!("{}?preset=months&from=2026-09&to=2026-10", paths::console_usage_csv(&town.slug)))
            .await;
        assert!(file.body.contains("2026-10,つのコイン,890,1790,\r\n"), "{}", file.body);
        assert!(file.body.contains("2026-09,施設予約,,,非表示: 少数のため\r\n"));
        assert!(file.body.contains("2026-09,子育て手帳,,,開始前\r\n"));
        assert_eq!(world.rows_where(&town, "audit_entry", "action = 'usage.exported'").await, 1);

        let overview = browser.get(&paths::console_overview(&town.slug)).await;
        assert!(overview.shows("先月までの利用") && overview.shows("10月まで確定") && overview.shows("890"));
        let english = browser.english().get(&path).await;
        assert!(
            english.shows("People by service")
                && english.shows("Not begun")
                && english.shows("November is added on 5 December.")
        );
    })
    .await;
}

#[tokio::test]
async fn a_village_reads_why_there_are_no_months() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        service(&world, &town, "電子図書館", "0", [40, 50, 60]).await;
        close(&world, &town).await;
        let path = paths::console_usage(&town.slug);
        let page = Browser::of(&world, &town, Role::Admin).await.get(&path).await;
        assert!(page.shows("月ごとの数は表示しません") && page.shows("年度ごとの表示は、設定で始められます。"));
        assert!(page.body.contains(&paths::console_settings(&town.slug)));
        assert!(!page.body.contains("class=\"chart\"") && !page.shows("月別・サービス別の数") && !page.shows("期間"));
    })
    .await;
}

#[tokio::test]
async fn those_who_may_not_read_figures_find_nothing() {
    on_sqlite(async |world| {
        let (town, other) = (world.town("tsuno").await, world.town("mino").await);
        service(&world, &town, "つのコイン", "0", [410, 512, 893]).await;
        close(&world, &town).await;
        let drafter = Browser::of(&world, &town, Role::Drafter).await;
        assert_eq!(drafter.get(&paths::console_usage(&town.slug)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(drafter.get(&paths::console_usage_csv(&town.slug)).await.status, StatusCode::NOT_FOUND);
        let overview = drafter.get(&paths::console_overview(&town.slug)).await;
        assert!(overview.status == StatusCode::OK && !overview.shows("先月までの利用"));
        let stranger = Browser::of(&world, &other, Role::Admin).await;
        assert_eq!(stranger.get(&paths::console_usage(&town.slug)).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
