//! 職員と役割.

use axum::http::StatusCode;
use domain::access::Role;
use domain::paths;

use crate::browser::Browser;
use crate::harness::on_sqlite;

#[tokio::test]
async fn the_list_shows_colleagues_and_asks_through_the_address() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let browser = Browser::of(&world, &town, Role::Auditor).await;
        let path = paths::console_staff(&town.slug);
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.shows("職員と役割") && page.shows("5件のうち 1〜5件を表示"));
        assert!(page.shows("showa drafter") && page.shows("drafter@showa.example.jp"));
        let found = browser.get(&format!("{path}?q=APPROVER&role=approver&sort=-name")).await;
        assert!(found.shows("showa approver") && !found.shows("showa drafter"));
        assert!(browser.get(&format!("{path}?q=nobody")).await.shows("条件に合うものはありません"));
        assert!(browser.get(&format!("{path}?state=ended")).await.shows("利用を終えた職員はいません"));
        let english = browser.english().get(&path).await;
        assert!(english.shows("Staff and roles") && english.shows("1 to 5 of 5"));
    })
    .await;
}

#[tokio::test]
async fn roles_are_changed_with_a_reason() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let browser = Browser::of(&world, &town, Role::Admin).await;
        let path = paths::console_staff_member(&town.slug, town.account(Role::Drafter));
        assert!(browser.get(&path).await.body.contains("do=roles"));
        let form = format!("{path}?do=roles");
        let page = browser.get(&form).await;
        assert!(page.shows("showa drafterさんの役割を変える"));
        assert!(page.body.contains("name=\"revision\" value=\"1\""));

        let refused = browser.post(&form, &[("revision", "1"), ("roles", "approver"), ("reason", " ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.shows("入力してください"));
        let ticked = refused.body.split("<input").find(|input| input.contains("value=\"approver\"")).unwrap();
        assert!(ticked.contains("checked"), "what was ticked is still ticked");

        let fields = [("revision", "1"), ("roles", "approver"), ("roles", "analyst"), ("reason", "異動のため")];
        let saved = browser.post(&form, &fields).await;
        assert_eq!((saved.status, saved.location.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
        assert!(browser.get(&path).await.shows("showa drafterさんの役割を変えました"));
        assert!(!browser.get(&path).await.shows("変えました"), "said once");

        let stale = browser.post(&form, &[("revision", "1"), ("roles", "admin"), ("reason", "急ぎ")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.shows("ほかの人が先に変更しました") && stale.shows("急ぎ"));
    })
    .await;
}

#[tokio::test]
async fn ending_access_and_resetting_name_their_object_and_their_effect() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let browser = Browser::of(&world, &town, Role::Admin).await;
        let path = paths::console_staff_member(&town.slug, town.account(Role::Drafter));
        let reset = browser.get(&format!("{path}?do=reset")).await;
        assert!(reset.shows("showa drafterさんの認証アプリと回復コードは使えなくなり"));
        let done = browser.post(&format!("{path}?do=reset"), &[("reason", "紛失")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert!(browser.get(&path).await.shows("次のサインインで、本人が登録します"));

        let end = browser.get(&format!("{path}?do=end")).await;
        assert!(end.shows("showa drafterさんは、いまから昭和村の管理画面に入れなくなります"));
        let done = browser.post(&format!("{path}?do=end"), &[("revision", "1"), ("reason", "退職")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let page = browser.get(&path).await;
        assert!(page.shows("この職員の利用は終わっています") && page.shows("利用は終わっています"));
        let list = browser.get(&format!("{}?state=ended", paths::console_staff(&town.slug))).await;
        assert!(list.shows("showa drafter"));
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_done_says_why() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let own = paths::console_staff_member(&town.slug, town.account(Role::Admin));
        let admin = Browser::of(&world, &town, Role::Admin).await;
        assert!(admin.get(&own).await.shows("自分にはできません。ほかの管理者に頼んでください"));
        let approver = Browser::of(&world, &town, Role::Approver).await;
        let page = approver.get(&format!("{own}?do=end")).await;
        assert!(page.shows("管理者だけができます") && !page.body.contains("<textarea"));
        let posted = approver.post(&format!("{own}?do=end"), &[("revision", "1"), ("reason", "なし")]).await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN);
        let analyst = Browser::of(&world, &town, Role::Analyst).await;
        assert_eq!(analyst.get(&own).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn another_towns_staff_is_not_there() {
    on_sqlite(async |world| {
        let (showa, seki) = (world.town("showa").await, world.town("seki").await);
        let browser = Browser::of(&world, &showa, Role::Admin).await;
        assert_eq!(browser.get(&paths::console_staff(&seki.slug)).await.status, StatusCode::NOT_FOUND);
        let smuggled = paths::console_staff_member(&showa.slug, seki.account(Role::Drafter));
        assert_eq!(browser.get(&smuggled).await.status, StatusCode::NOT_FOUND);
        let posted = browser.post(&format!("{smuggled}?do=end"), &[("revision", "1"), ("reason", "なし")]).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND);
        assert_eq!(world.rows_where(&seki, "membership", "ended_at is null").await, 5);
    })
    .await;
}

#[tokio::test]
async fn looking_at_a_page_writes_nothing() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let browser = Browser::of(&world, &town, Role::Admin).await;
        for _ in 0..3 {
            assert_eq!(browser.get(&paths::console_staff(&town.slug)).await.status, StatusCode::OK);
        }
        assert_eq!(world.rows("staff_session where revision = 1").await, 1);
    })
    .await;
}
