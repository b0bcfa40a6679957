//! 設定 and 町のページ.

use axum::http::StatusCode;
use domain::access::Role;
use domain::paths;

use crate::browser::Browser;
use crate::harness::on_sqlite;

#[tokio::test]
async fn settings_are_shown_to_all_and_changed_by_administrators() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let path = paths::console_settings(&town.slug);
        let analyst = Browser::of(&world, &town, Role::Analyst).await;
        let page = analyst.get(&path).await;
        assert!(page.shows("074462") && page.shows("1,100人(国勢調査、2025年10月1日(令和7年)現在)"));
        assert!(page.shows("変えられるのは管理者だけです"));
        assert!(!analyst.get(&format!("{path}?edit=contact")).await.body.contains("<form class=\"form"));

        let admin = Browser::of(&world, &town, Role::Admin).await;
        let form = format!("{path}?edit=contact");
        assert!(admin.get(&form).await.body.contains("value=\"昭和村役場\""));
        let fields = [("revision", "1"), ("contact.ja", ""), ("contact.en", "Planning"), ("phone", "なし")];
        let refused = admin.post(&form, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.shows("2か所を直してください") && refused.body.contains("value=\"なし\""));
        let fields =
            [("revision", "1"), ("contact.ja", "総務課"), ("contact.en", "Planning"), ("phone", "0241-57-2111")];
        let saved = admin.post(&form, &fields).await;
        assert_eq!((saved.status, saved.location.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
        let page = admin.get(&path).await;
        assert!(page.shows("「住民の問い合わせ先」を保存しました") && page.shows("総務課"));
        let denied = analyst.post(&form, &fields).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn four_eyes_goes_off_with_a_reason_and_use_is_published_as_the_population_permits() {
    on_sqlite(async |world| {
        let (showa, seki) = (world.town("showa").await, world.town("seki").await);
        let browser = Browser::of(&world, &showa, Role::Admin).await;
        let path = paths::console_settings(&showa.slug);
        let form = format!("{path}?edit=four-eyes");
        let refused = browser.post(&form, &[("revision", "1"), ("four_eyes", "off"), ("reason", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("revision", "1"), ("four_eyes", "off"), ("reason", "担当者が一人のため")];
        assert_eq!(browser.post(&form, &fields).await.status, StatusCode::SEE_OTHER);
        let page = browser.get(&path).await;
        assert!(page.shows("別の人が決裁します") && page.shows("担当者が一人のため"));
        assert!(page.shows("2026年11月17日") && page.shows("からは、起案した人も決裁できます"));
        world.clock.advance(24 * 60 * 60);
        let next_day = Browser::of(&world, &showa, Role::Admin).await;
        assert!(next_day.get(&path).await.shows("起案した人も決裁できます"));
        assert!(next_day.get(&format!("{path}?edit=publication")).await.shows("年度ごとの大まかな人数を表示する"));

        let browser = Browser::of(&world, &seki, Role::Admin).await;
        let path = paths::console_settings(&seki.slug);
        let form = format!("{path}?edit=publication");
        assert!(browser.get(&form).await.shows("人口から決まる人数"));
        let saved = browser.post(&form, &[("revision", "1"), ("threshold", "30")]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        assert!(browser.get(&path).await.shows("月ごとの人数を、30人以上のときに表示します"));
        let form = format!("{path}?edit=sessions");
        let shorter = browser.post(&form, &[("revision", "2"), ("session_seconds", "3600")]).await;
        assert_eq!(shorter.status, StatusCode::SEE_OTHER);
        assert!(browser.get(&path).await.shows("1時間"));
    })
    .await;
}

#[tokio::test]
async fn a_town_asks_for_pushed_requests_of_all_its_services() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let admin = Browser::of(&world, &town, Role::Admin).await;
        let path = paths::console_settings(&town.slug);
        assert!(admin.get(&path).await.shows("連携サービスごとに決めます"));
        let form = format!("{path}?edit=requests");
        assert!(admin.get(&form).await.shows("すべての連携サービスで必須です"));
        let saved = admin.post(&form, &[("revision", "1"), ("pushed_only", "on")]).await;
        assert_eq!((saved.status, saved.location.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
        let page = admin.get(&path).await;
        assert!(page.shows("「連携サービスからのサインインの要求」を保存しました"));
        assert!(page.shows("すべての連携サービスで必須です") && !page.shows("連携サービスごとに決めます"));
        assert!(admin.get(&paths::console_audit(&town.slug)).await.shows("PAR を必須にする"));
        let analyst = Browser::of(&world, &town, Role::Analyst).await.english();
        assert!(analyst.get(&path).await.shows("Required of every service"));
        let denied = analyst.post(&form, &[("revision", "2"), ("pushed_only", "off")]).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn typed_words_are_text_and_never_markup() {
    on_sqlite(async |world| {
        let town = world.town("tsuno").await;
        let browser = Browser::of(&world, &town, Role::Admin).await.english();
        let path = paths::console_town_page(&town.slug);
        let lead = "</textarea><script>alert(1)</script>";
        let fields = [
            ("revision", "1"),
            ("town_id.ja", "都農ID"),
            ("town_id.en", "Tsuno ID"),
            ("title.ja", "<b>都農町</b>"),
            ("title.en", ""),
            ("lead.ja", lead),
            ("lead.en", "One ID."),
        ];
        let refused = browser.post(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.shows("Fill this in.") && !refused.body.contains("<script>alert"));
        assert!(refused.body.contains("&lt;/textarea&gt;&lt;script&gt;"));
        assert!(browser.get(&path).await.body.contains(&format!("href=\"{}\"", paths::town(&town.slug))));
    })
    .await;
}
