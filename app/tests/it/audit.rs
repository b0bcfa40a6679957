//! 監査記録.

use axum::http::StatusCode;
use domain::access::Role;
use domain::paths;

use crate::browser::Browser;
use crate::harness::on_sqlite;

#[tokio::test]
async fn the_trail_is_read_filtered_and_verified() {
    on_sqlite(async |world| {
        let town = world.town("tsuno").await;
        let browser = Browser::of(&world, &town, Role::Auditor).await;
        let path = paths::console_audit(&town.slug);
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.shows("6件の記録があります") && page.shows("まだ検証していません"));
        assert!(page.shows("2026年11月16日(月)(令和8年)") && page.shows("tsuno auditorさんを職員に加えました"));
        assert!(page.shows("運営者") && page.shows("管理者") && !page.body.contains("<script"));
        assert!(page.body.contains(&paths::console_staff_member(&town.slug, town.account(Role::Auditor))));

        let done = browser.post(&path, &[]).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
        let verified = browser.get(&path).await;
        assert!(verified.shows("7件すべてがつながっていることを確かめました。"));
        assert!(verified.shows("7件すべてつながっています") && verified.shows("今日 10:00 に検証しました。"));

        let searched = browser.get(&format!("{path}?q=analyst&kind=staff")).await;
        assert!(searched.shows("1件のうち 1〜1件を表示") && searched.shows("tsuno analystさんを職員に加えました"));
        assert!(browser.get(&format!("{path}?kind=usage")).await.shows("条件に合うものはありません"));
        let who = format!("{path}?who={}&since=week&size=10", town.account(Role::Auditor));
        assert!(browser.get(&who).await.shows("監査記録を見ました"));
        assert!(browser.get(&format!("{path}?size=10&page=2")).await.shows("最初の記録です"));
        assert!(browser.english().get(&path).await.shows("How to check it yourself"));
    })
    .await;
}

#[tokio::test]
async fn a_broken_chain_is_said_plainly() {
    on_sqlite(async |world| {
        let town = world.town("tsuno").await;
        world.execute("update audit_entry set object_id = 'x' where number = 3", Some(&town)).await;
        let browser = Browser::of(&world, &town, Role::Admin).await;
        let path = paths::console_audit(&town.slug);
        browser.post(&path, &[]).await;
        let page = browser.get(&path).await;
        assert!(
            page.shows("番号 3 か、その前の記録が書き換えられています。")
                && page.shows("つながっていない記録があります")
        );
    })
    .await;
}

#[tokio::test]
async fn those_who_may_not_read_it_find_nothing() {
    on_sqlite(async |world| {
        let (town, other) = (world.town("tsuno").await, world.town("mino").await);
        let path = paths::console_audit(&town.slug);
        for role in [Role::Drafter, Role::Approver, Role::Analyst] {
            let browser = Browser::of(&world, &town, role).await;
            assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
            assert_eq!(browser.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
        }
        let stranger = Browser::of(&world, &other, Role::Auditor).await;
        assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
