//! Every page on which a request leads no further says why by a word, for whoever connects a service or drives a browser by a
//! script: the same in every language, under `id="error-code"`, whichever part of the server made the page.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use domain::access::Role;
use domain::names::Reason;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};

use crate::browser::Browser;
use crate::client::{Answer, Client, router};
use crate::harness::gateway::Gateway;
use crate::harness::{HANAKO, TARO, World, on_sqlite};

/// A request that leads no further: what it is, method, address, form, and the status and word of the page.
type Row<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, u16, &'static str);

const FLOW: &str = "/t/showa/flow/00000000000000000000000000000000/consent";

/// The word on a page.
fn word(answer: &Answer) -> Option<&str> {
    let (_, rest) = answer.body.split_once("id=\"error-code\">")?;
    Some(rest.split_once('<')?.0)
}

/// What everybody is told, in both languages.
async fn leads_no_further(browser: &Browser, row: Row<'_>, said: &mut BTreeSet<&'static str>) {
    let (what, method, path, form, status, code) = row;
    for language in ["ja", "en"] {
        let mut browser = browser.clone();
        browser.cookies.insert("locale".to_owned(), language.to_owned());
        let (site, origin) = match what.contains("another site") {
            true => ("cross-site", "https://evil.example"),
            false => ("same-origin", "http://localhost:3000"),
        };
        let headers = [("accept-language", language), ("sec-fetch-site", site), ("origin", origin)];
        let answer = browser.ask(method, path, form, &headers).await.unwrap();
        assert_eq!((answer.status.as_u16(), word(&answer)), (status, Some(code)), "{what}: {}", answer.body);
        assert!(answer.body.contains(&format!("<html lang=\"{language}\"")), "{what}: {}", answer.body);
    }
    said.insert(code);
}

async fn to_consent(gateway: &Gateway<'_>, browser: &mut Browser, request: &str) -> String {
    let to_card = browser.get(request).await.unwrap();
    let query = gateway.card.read(&browser.way(&to_card), HANAKO);
    let back = browser.get(&format!("/t/showa/callback?{query}")).await.unwrap();
    browser.way(&back)
}

/// The words that docs/openid.md lists.
fn documented() -> BTreeSet<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openid.md");
    let page = std::fs::read_to_string(page).unwrap();
    let row = page.lines().find(|line| line.starts_with("| `error-code` |")).unwrap();
    row.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_failure_says_its_word_at_its_status() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, closed) = (gateway.client("library", "").await, gateway.client("closed", "").await);
        let reason = Reason::parse("点検").unwrap();
        world.service.suspend_relying_party(&gateway.town.admin().await, closed.id, &reason).await.unwrap();
        // A town that has services and no identity provider.
        world.town("mino").await;
        let asks = |client, more: &[(&str, &str)]| format!("/t/showa/authorize?{}", gateway.request(client, more));
        let mut browser = Browser::at_router(router(Arc::clone(&world.service), "sandbox.card = true\n"));
        let request = asks(&library, &[]);
        let done = to_consent(&gateway, &mut browser, &request).await;
        let form = browser.get(&done).await.unwrap().agreement();
        assert!(browser.post(&done, &form).await.unwrap().status.is_redirection());

        let mut said = BTreeSet::new();
        let (unknown, elsewhere) =
            (asks(&library, &[("client_id", "nobody")]), asks(&library, &[("redirect_uri", "https://evil.example/")]));
        let (suspended, large) = (asks(&closed, &[]), "x".repeat(300_000));
        let rows: [Row<'_>; 19] = [
            ("an unknown client", "GET", &unknown, None, 400, "unknown_client"),
            ("an address that is not the client's", "GET", &elsewhere, None, 400, "unknown_redirect_uri"),
            ("a suspended service", "GET", &suspended, None, 403, "suspended"),
            ("a flow that never was", "GET", FLOW, None, 410, "flow_gone"),
            ("a flow that ended", "GET", &done, None, 410, "already_done"),
            ("an answer to nothing", "GET", "/t/showa/callback?code=x&state=y", None, 400, "not_asked_for"),
            ("a town without a provider", "POST", "/t/mino/sign-in", Some(""), 503, "not_set_up"),
            ("nobody's page", "GET", "/t/mino/me", None, 401, "signed_out"),
            ("no town", "GET", "/t/nowhere", None, 404, "not_found"),
            ("no address", "GET", "/nothing", None, 404, "not_found"),
            (
                "a request that cannot be read",
                "GET",
                "/t/showa/authorize?client_id=library&request=x",
                None,
                400,
                "bad_request",
            ),
            ("no decision", "POST", FLOW, Some(""), 400, "bad_request"),
            ("a form of another site", "POST", FLOW, Some("decision=accept"), 403, "bad_request"),
            ("another method", "PUT", "/t/showa", Some(""), 405, "bad_request"),
            ("a large form", "POST", FLOW, Some(&large), 413, "bad_request"),
            (
                "the card: an unknown client",
                "GET",
                "/sandbox-card/authorize?client_id=nobody",
                None,
                400,
                "unknown_client",
            ),
            ("the card: no client", "GET", "/sandbox-card/authorize", None, 400, "unknown_client"),
            ("the card: no attempt", "GET", "/sandbox-card/read?attempt=x", None, 410, "flow_gone"),
            (
                "the card: an attempt that is over",
                "POST",
                "/sandbox-card/read",
                Some("attempt=x&action=read"),
                410,
                "flow_gone",
            ),
        ];
        for row in rows {
            leads_no_further(&browser, row, &mut said).await;
        }
        of_staff(&world, &gateway, &mut said).await;
        too_often(&world, &mut said).await;
        without_the_database(&world, &gateway, &browser, &request, &mut said).await;
        let said: BTreeSet<String> = said.into_iter().map(str::to_owned).collect();
        assert_eq!(said, documented(), "docs/openid.md lists the words");
    })
    .await;
}

/// Pages of the console: what a role may not do.
async fn of_staff(world: &World, gateway: &Gateway<'_>, said: &mut BTreeSet<&'static str>) {
    let analyst = Client::of(world, &gateway.town, Role::Analyst).await.browser();
    let new = "/console/showa/relying-parties/new";
    leads_no_further(&analyst, ("what a role may not do", "GET", new, None, 403, "not_allowed"), said).await;
}

async fn too_often(world: &World, said: &mut BTreeSet<&'static str>) {
    let mut browser = Browser::at_router(router(Arc::clone(&world.service), "limits.tenant = 1\n"));
    while browser.get("/t/showa").await.unwrap().status.is_success() {}
    leads_no_further(&browser, ("too often", "GET", "/t/showa", None, 429, "too_many_requests"), said).await;
}

/// Somebody else holds the file's write lock for longer than anybody waits; then a table is not there.
async fn without_the_database(
    world: &World,
    gateway: &Gateway<'_>,
    browser: &Browser,
    request: &str,
    said: &mut BTreeSet<&'static str>,
) {
    let mut reading = browser.clone();
    reading.cookies.clear();
    let answer = reading.get(request).await.unwrap();
    let query = gateway.card.read(&reading.way(&answer), TARO);
    let back = reading.get(&format!("/t/showa/callback?{query}")).await.unwrap();
    let page = reading.way(&back);
    let form = reading.get(&page).await.unwrap().agreement();
    let mut options = ConnectOptions::new(world.database_url());
    options.max_connections(1).sqlx_logging(false);
    let other = Database::connect(options).await.unwrap();
    other.execute_unprepared("begin immediate").await.unwrap();
    let agreeing = ("a database that takes nothing", "POST", page.as_str(), Some(form.as_str()), 503, "unavailable");
    leads_no_further(&reading, agreeing, said).await;
    other.execute_unprepared("rollback").await.unwrap();
    other.execute_unprepared("alter table resident rename to away").await.unwrap();
    let agreeing = ("a fault", "POST", page.as_str(), Some(form.as_str()), 500, "internal");
    leads_no_further(&reading, agreeing, said).await;
    other.close().await.unwrap();
}
