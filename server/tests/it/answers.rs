//! What stands around every answer.

use axum::http::StatusCode;
use domain::access::Role;

use crate::client::Client;
use crate::harness::on_sqlite;

#[tokio::test]
async fn every_answer_carries_the_headers_of_the_house() {
    on_sqlite(async |world| {
        let client = Client::nobody(&world);
        for path in ["/account/sign-in", "/healthz", "/nothing", "/assets/nothing.css"] {
            let answer = client.get(path).await;
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert!(!answer.header("permissions-policy").is_empty(), "{path}");
            assert_eq!(answer.header("strict-transport-security"), "", "http on this machine: {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_runs_no_script_that_it_does_not_name() {
    on_sqlite(async |world| {
        let page = Client::nobody(&world).get("/account/sign-in").await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(!page.body.contains("<script") && !page.body.contains(" style="), "{}", page.body);
        assert_eq!(page.header("cache-control"), "no-store");
    })
    .await;
}

#[tokio::test]
async fn a_request_has_an_id_of_ours() {
    on_sqlite(async |world| {
        let client = Client::nobody(&world);
        let one = client.ask("GET", "/nothing", &[("x-request-id", "<script>")]).await;
        let id = one.header("x-request-id");
        assert_eq!(id.len(), 16, "{id}");
        assert!(one.body.contains(id), "an error page names it");
        assert_ne!(client.get("/nothing").await.header("x-request-id"), id);
    })
    .await;
}

#[tokio::test]
async fn errors_are_pages_for_people_and_bare_for_programs() {
    on_sqlite(async |world| {
        let client = Client::nobody(&world);
        let page = client.get("/nothing").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.body.contains("ページが見つかりません"));
        let english = client.ask("GET", "/nothing", &[("accept-language", "en")]).await;
        assert!(english.body.contains("Page not found"));
        let bare = client.ask("GET", "/nothing", &[("accept", "application/json")]).await;
        assert_eq!((bare.status, bare.body.as_str()), (StatusCode::NOT_FOUND, ""));
    })
    .await;
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let client = Client::of(&world, &town, Role::Admin).await;
        let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
        let answer = client.ask("POST", "/account/sign-out", &foreign).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(client.get("/console/showa").await.status, StatusCode::OK, "still signed in");
        let own = [("sec-fetch-site", "same-origin"), ("origin", "http://localhost:3000")];
        assert_eq!(client.ask("POST", "/account/sign-out", &own).await.status, StatusCode::SEE_OTHER);
        assert_eq!(client.get("/console/showa").await.status, StatusCode::SEE_OTHER, "signed out");
    })
    .await;
}

#[tokio::test]
async fn the_language_is_switched_by_a_link_that_stays_here() {
    on_sqlite(async |world| {
        let client = Client::nobody(&world);
        let answer = client.get("/account/sign-in?next=%2Fconsole%2Fshowa&locale=en").await;
        assert_eq!(answer.header("location"), "/account/sign-in?next=%2Fconsole%2Fshowa");
        assert!(answer.header("set-cookie").starts_with("locale=en; Path=/;"));
        let answer = client.get("//evil.example/?locale=en").await;
        assert!(!answer.header("location").starts_with("//"), "{}", answer.header("location"));
    })
    .await;
}

#[tokio::test]
async fn files_are_cached_for_good_and_the_towns_colours_are_there() {
    on_sqlite(async |world| {
        world.town("showa").await;
        let client = Client::nobody(&world);
        let page = client.get("/account/sign-in").await.body;
        let start = page.find("/assets/console.").unwrap();
        let path: String = page.get(start..).unwrap().chars().take_while(|c| *c != '"').collect();
        let sheet = client.get(&path).await;
        assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
        assert!(sheet.header("cache-control").contains("immutable"));
        let theme = client.get("/t/showa/theme.css").await;
        assert!(theme.body.starts_with(":root{--accent:#"), "{}", theme.body);
        assert_eq!(client.get("/t/nowhere/theme.css").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    on_sqlite(async |world| {
        let client = Client::nobody(&world);
        let answer = client.ask("POST", "/account/sign-in", &[("content-length", "300000")]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    })
    .await;
}

#[tokio::test]
async fn probes_answer() {
    on_sqlite(async |world| {
        let client = Client::nobody(&world);
        for path in ["/healthz", "/readyz"] {
            let answer = client.ask("GET", path, &[("accept", "*/*")]).await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok"), "{path}");
        }
        assert_eq!(client.get("/metrics").await.status, StatusCode::NOT_FOUND, "on an address of its own only");
    })
    .await;
}
