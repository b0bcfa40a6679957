//! A clerk's test of a relying party, over HTTP: from its page to the card and back into the console.

use axum::http::StatusCode;
use domain::access::Role;
use domain::paths;

use crate::browser::Browser;
use crate::client::Client;
use crate::harness::{HANAKO, NAMESAKE, World, on_sqlite};

async fn clerk(world: &World, town: &crate::harness::Town, role: Role) -> Browser {
    let client = Client::of(world, town, role).await;
    let mut browser = Browser::at_router(client.router.clone());
    browser.cookies.extend([client.session()]);
    browser
}

#[tokio::test]
async fn a_clerk_walks_to_the_card_and_sees_what_the_service_would_be_told() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once").await;
        let test = paths::console_relying_party_test(&gateway.town.slug, form.id);
        let mut drafter = clerk(&world, &gateway.town, Role::Drafter).await;
        let party = drafter.get(&paths::console_relying_party(&gateway.town.slug, form.id)).await.unwrap();
        assert!(party.body.contains(&format!("href=\"{test}\"")), "the relying party's page leads to its test");
        let start = drafter.get(&test).await.unwrap();
        assert_eq!(start.status, StatusCode::OK);
        // Chromium holds this against the redirect to the provider.
        let forms = format!("form-action 'self' {};", gateway.card.issuer());
        assert!(start.header("content-security-policy").contains(&forms));
        for (holder, seen, not) in [
            (HANAKO, [HANAKO.name, "対象です"], "access_denied"),
            (NAMESAKE, ["access_denied", "対象外です"], NAMESAKE.name),
        ] {
            let answer = drafter.post(&test, "").await.unwrap();
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            let query = gateway.card.read(&drafter.way(&answer), holder);
            let answer = drafter.get(&format!("/t/showa/callback?{query}")).await.unwrap();
            let page = drafter.way(&answer);
            assert!(page.starts_with(&format!("{test}?flow=")), "{page}");
            let shown = drafter.get(&page).await.unwrap();
            assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
            assert!(seen.iter().all(|text| shown.body.contains(text)) && !shown.body.contains(not), "{}", shown.body);
            // Another colleague's browser has no such test; the address alone shows nothing.
            let mut other = clerk(&world, &gateway.town, Role::Admin).await;
            let elsewhere = other.get(&page).await.unwrap();
            assert!(elsewhere.body.contains("表示できません") && !elsewhere.body.contains(HANAKO.name));
            // Nor does it without the session, although the flow is in the browser.
            let mut signed_out = drafter.clone();
            signed_out.cookies.retain(|name, _| name.starts_with("flow-"));
            let answer = signed_out.get(&page).await.unwrap();
            assert!(signed_out.way(&answer).starts_with("/account/sign-in"));
        }
        for table in ["resident", "eligibility", "usage_counter", "token_family"] {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_draft_has_nothing_to_test_yet_and_an_auditor_tests_nothing() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "").await;
        let test = paths::console_relying_party_test(&gateway.town.slug, form.id);
        let mut auditor = clerk(&world, &gateway.town, Role::Auditor).await;
        assert_eq!(auditor.get(&test).await.unwrap().status, StatusCode::NOT_FOUND);
        assert_eq!(auditor.post(&test, "").await.unwrap().status, StatusCode::NOT_FOUND);
        let mut admin = clerk(&world, &gateway.town, Role::Admin).await;
        let new = paths::console_relying_party_new(&gateway.town.slug);
        let answer = admin.post(&new, "name_ja=下書き&name_en=Draft&subject_type=pairwise&then=save").await.unwrap();
        let draft = admin.way(&answer).replace("/edit", "");
        assert!(admin.get(&draft).await.unwrap().body.contains("公開すると試せます"));
        assert_eq!(admin.get(&format!("{draft}/test")).await.unwrap().status, StatusCode::NOT_FOUND);
    })
    .await;
}
