//! From nothing to a published service, through pages, without a script.

use axum::http::StatusCode;
use domain::access::Role;
use domain::paths;

use crate::browser::{Answer, Browser};
use crate::harness::{Town, World, on_sqlite};

/// Where a redirect leads, without its query.
fn path(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location.split('?').next().unwrap().to_owned()
}

/// The value of a hidden field of a page.
fn hidden(page: &Answer, name: &str) -> String {
    let input = page.body.split("<input").find(|input| input.contains(&format!("name=\"{name}\""))).unwrap();
    input.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Submits the draft of a page and has somebody else approve it.
async fn enact(drafter: &Browser, approver: &Browser, world: &World, detail: &str) {
    let form = format!("{detail}?do=submit");
    let page = drafter.get(&form).await;
    let (number, seen) = (hidden(&page, "number"), hidden(&page, "seen"));
    let today = domain::calendar::iso_date(world.service.today());
    let fields =
        [("number", &*number), ("seen", &*seen), ("reason", "住民の声に応えるため"), ("effective_on", &*today)];
    let decision = path(&drafter.post(&form, &fields).await);
    assert!(
        drafter.get(&decision).await.shows("起案した人は決裁できません")
            || !drafter.get(&decision).await.shows("承認する")
    );
    let page = approver.get(&decision).await;
    assert!(page.shows("承認する") && page.shows("住民の声に応えるため"));
    let revision = hidden(&page, "revision");
    let fields = [("revision", &*revision), ("effective_on", &*today), ("comment", ""), ("decision", "approve")];
    assert_eq!(path(&approver.post(&decision, &fields).await), decision);
    assert!(approver.get(&decision).await.shows("承認しました。公開されました。"));
}

async fn rule(drafter: &Browser, town: &Town) -> String {
    let new = paths::console_residency_rule_new(&town.slug);
    assert!(drafter.get(&new).await.shows("昭和村(福島県大沼郡)に住んでいる人が使えます。"));
    let fields = [
        ("name_ja", "村民"),
        ("name_en", "Villagers"),
        ("clauses", "1"),
        ("clauses.0.area", "own"),
        ("term", "months"),
        ("term_months", "12"),
        ("weakest_source", "card_surface"),
        ("greatest_age_months", "0"),
        ("when_undecidable", "desk_code"),
    ];
    let with = |more: &[(&'static str, &'static str)]| fields.iter().chain(more).copied().collect::<Vec<_>>();
    let page = drafter.post(&new, &with(&[("then", "add.clauses.listed")])).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("clauses.1.area") && page.body.contains("value=\"村民\""), "typed text survives");
    let more =
        [("clauses", "2"), ("clauses.1.area", "listed"), ("clauses.1.search", "金山町"), ("then", "search.clauses.1")];
    let found = drafter.post(&new, &more.iter().chain(&fields[..2]).copied().collect::<Vec<_>>()).await;
    assert!(found.shows("金山町福島県大沼郡") && found.body.contains("put.clauses.1.074454"), "{}", found.text());
    let more = [("clauses", "2"), ("clauses.0.area", "own"), ("then", "put.clauses.1.074454")];
    let put = drafter.post(&new, &more.iter().chain(&fields[..2]).copied().collect::<Vec<_>>()).await;
    assert!(put.body.contains("take.clauses.1.074454"));

    let tried = [("then", "try"), ("try_address", "大沼郡昭和村下中津川9002番地"), ("try_birthdate", "")];
    let tried = drafter.post(&new, &with(&tried)).await;
    assert!(tried.shows("対象です") && tried.shows("条件1で決まりました。") && tried.body.contains("9002番地"));
    let namesake = drafter.post(&new, &with(&[("then", "try"), ("try_address", "昭和村1番地")])).await;
    assert!(namesake.shows("判定できません"));
    let nothing = drafter.post(&new, &with(&[("then", "try"), ("try_address", "")])).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);

    let nameless = drafter.post(&new, &[("name_en", "Villagers"), ("clauses", "1"), ("then", "save")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nameless.body.contains("value=\"Villagers\""));
    path(&drafter.post(&new, &with(&[("then", "submit")])).await)
}

async fn consent_text(drafter: &Browser, town: &Town) -> String {
    let new = paths::console_consent_text_new(&town.slug);
    let mut fields = vec![("basis", "consent"), ("material", "on")];
    for name in [
        "name",
        "title",
        "receiver",
        "receiver_contact",
        "holder",
        "purpose",
        "record",
        "retention",
        "withdrawal",
        "contact",
    ] {
        for language in ["ja", "en"] {
            let key: &'static str = Box::leak(format!("{name}_{language}").into_boxed_str());
            let value: &'static str = Box::leak(format!("{name}の{language}").into_boxed_str());
            fields.push((key, value));
        }
    }
    let preview: Vec<_> = fields.iter().copied().chain([("then", "preview.en")]).collect();
    let page = drafter.post(&new, &preview).await;
    assert_eq!(page.status, StatusCode::OK);
    let shown = page.body.split("preview__scroll").nth(1).unwrap();
    assert!(shown.contains("receiverのen") && !shown.contains("receiverのja"), "the resident's page in English");
    let saved: Vec<_> = fields.iter().copied().chain([("then", "submit")]).collect();
    path(&drafter.post(&new, &saved).await)
}

#[tokio::test]
async fn a_service_is_published_from_nothing() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let drafter = Browser::of(&world, &town, Role::Drafter).await;
        let approver = Browser::of(&world, &town, Role::Approver).await;
        let admin = Browser::of(&world, &town, Role::Admin).await;
        let list = paths::console_relying_parties(&town.slug);
        assert!(drafter.get(&list).await.shows("まだ連携サービスがありません"));

        let rule = rule(&drafter, &town).await;
        enact(&drafter, &approver, &world, &rule).await;
        let text = consent_text(&drafter, &town).await;
        enact(&drafter, &approver, &world, &text).await;
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let (rule_id, text_id) = (id(&rule), id(&text));

        let new = paths::console_relying_party_new(&town.slug);
        let page = drafter.get(&new).await;
        assert!(page.body.contains(&rule_id) && page.body.contains(&text_id), "both can be chosen");
        let mut fields = vec![
            ("name_ja", "電子図書館"),
            ("name_en", "E-Library"),
            ("description_ja", "家で本が読めます"),
            ("description_en", "Read at home"),
            ("provider", "みなと書誌システム"),
            ("contact", "0241-57-0000"),
            ("home_url", "https://tosho.example.jp/"),
            ("redirect_uris", "http://tosho.example.jp/cb"),
            ("pkce", "required"),
            ("rule", &rule_id),
            ("consent_text", &text_id),
            ("minimum_ial", "3"),
            ("minimum_aal", "2"),
            ("icon", "book"),
            ("client_id", "showa-library"),
            ("subject_type", "pairwise"),
            ("then", "save"),
        ];
        let edit = path(&drafter.post(&new, &fields).await);
        let detail = edit.strip_suffix("/edit").unwrap().to_owned();
        assert!(drafter.get(&detail).await.shows("あと1項目を入れると、決裁に出せます"));
        let page = drafter.get(&edit).await;
        let (number, seen) = (hidden(&page, "number"), hidden(&page, "seen"));
        fields.retain(|(name, _)| !matches!(*name, "redirect_uris" | "client_id" | "subject_type" | "then"));
        let stale: Vec<_> = fields.iter().copied().chain([("number", &*number), ("seen", "7")]).collect();
        let stale = drafter.post(&edit, &stale).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.shows("ほかの人が先に変更しました") && stale.body.contains("家で本が読めます"));
        fields.extend([("redirect_uris", "https://tosho.example.jp/cb"), ("number", &number), ("seen", &seen)]);
        fields.push(("then", "submit"));
        assert_eq!(path(&drafter.post(&edit, &fields).await), detail);
        enact(&drafter, &approver, &world, &detail).await;
        let page = drafter.get(&list).await;
        assert!(page.shows("電子図書館") && page.shows("showa-library") && page.shows("公開中"));

        // A secret is shown once.
        let secrets = format!("{detail}/secrets");
        let day = domain::calendar::iso_date(world.service.today());
        let issued = admin.post(&secrets, &[("valid_through", &day)]).await;
        assert_eq!(issued.status, StatusCode::OK);
        let secret = issued.body.split("<code class=\"mono\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(secret.len(), 43, "{secret}");
        assert!(!admin.get(&detail).await.body.contains(&secret));
        assert_eq!(drafter.post(&secrets, &[("valid_through", &day)]).await.status, StatusCode::FORBIDDEN);

        // Suspending names its object and its effect, and wants a reason.
        let suspend = format!("{detail}/suspend");
        assert!(approver.get(&suspend).await.shows("「電子図書館」を停止する"));
        assert_eq!(approver.post(&suspend, &[("reason", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(path(&approver.post(&suspend, &[("reason", "点検のため")]).await), detail);
        assert!(approver.get(&detail).await.shows("点検のため"));
        assert_eq!(path(&admin.post(&format!("{detail}/resume"), &[("reason", "終わったため")]).await), detail);

        for page in [&list, &detail, &rule, &text, &paths::console_decisions(&town.slug)] {
            assert_eq!(drafter.get(page).await.status, StatusCode::OK, "{page}");
        }
        let next = world.town("seki").await;
        let stranger = Browser::of(&world, &next, Role::Admin).await;
        for page in [&detail, &edit, &rule, &text, &secrets, &suspend] {
            assert_eq!(stranger.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
            let theirs = page.replace("/console/showa/", "/console/seki/");
            assert_eq!(stranger.get(&theirs).await.status, StatusCode::NOT_FOUND, "{theirs}");
        }
    })
    .await;
}
