//! Every route, asked by nobody, by a colleague of another town, and by each role. The snapshots are reviewed: a new route
//! fails until it is listed, and the list of public routes may only shrink.

use app::pages::{Access, PageRoute};
use axum::http::StatusCode;
use domain::access::Role;
use server::endpoints::Kind;

use crate::client::Client;
use crate::harness::on_sqlite;

/// An id that nothing has.
const NO_ID: &str = "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f";

/// The template with a town and ids that are not there.
pub(crate) fn fill(template: &str) -> String {
    let filled = template.split('/').map(|part| match part {
        "{tenant}" => "showa",
        part if part.starts_with('{') => NO_ID,
        part => part,
    });
    filled.collect::<Vec<_>>().join("/")
}

fn methods(page: &PageRoute) -> Vec<&'static str> {
    [(page.shows, "GET"), (page.submits, "POST")].into_iter().filter_map(|(has, name)| has.then_some(name)).collect()
}

#[tokio::test]
async fn pages_of_a_town_are_for_its_own_people() {
    on_sqlite(async |world| {
        let (town, other) = (world.town("showa").await, world.town("mino").await);
        let nobody = Client::nobody(&world);
        let stranger = Client::of(&world, &other, Role::Admin).await;
        let mut lines = Vec::new();
        for page in app::routes::table().into_iter().filter(|page| page.access == Access::Member) {
            for method in methods(&page) {
                let template = page.route.template();
                let path = fill(template);
                let unknown = nobody.ask(method, &path, &[]).await;
                assert_eq!(unknown.status, StatusCode::SEE_OTHER, "{method} {template} to nobody");
                assert!(unknown.header("location").starts_with("/account/sign-in?next="), "{method} {template}");
                let foreign = stranger.ask(method, &path, &[]).await;
                assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{method} {template} to another town");
                assert!(!foreign.body.contains("昭和村"), "{method} {template} names the town");
                let mut line = format!("{method:4} {template}");
                for role in Role::OF_A_TENANT {
                    // A session of its own each: a page that was read may change what the next one says.
                    let client = Client::of(&world, &town, role).await;
                    let status = client.ask(method, &path, &[]).await.status.as_u16();
                    assert!(status < 500, "{method} {template} to {role}: {status}");
                    line.push_str(&format!(" {role}={status}"));
                }
                lines.push(line);
            }
        }
        insta::assert_snapshot!("pages", lines.join("\n"));
    })
    .await;
}

#[test]
fn public_routes_are_listed() {
    let pages = app::routes::table().into_iter().filter(|page| page.access == Access::Public);
    let mut lines: Vec<String> =
        pages.map(|page| format!("account  {} {}", methods(&page).join("+"), page.route.template())).collect();
    lines.extend(server::endpoints::table(None).into_iter().map(|endpoint| {
        let kind = match endpoint.kind {
            Kind::Protocol => "protocol",
            Kind::Resident => "resident",
            Kind::Probe => "probe",
        };
        format!("{kind:8} {}", endpoint.route.template())
    }));
    insta::assert_snapshot!("public", lines.join("\n"));
}

#[tokio::test]
async fn a_role_that_was_taken_away_acts_on_the_next_request() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let client = Client::of(&world, &town, Role::Analyst).await;
        assert_eq!(client.get("/console/showa").await.status, StatusCode::OK);
        let (admin, account) = (town.admin().await, town.account(Role::Analyst));
        let member = world.service.membership(&admin, account).await.unwrap();
        world.service.end_access(&admin, account, member.revision, "異動").await.unwrap();
        assert_eq!(client.get("/console/showa").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn ones_own_account_is_for_somebody_who_is_signed_in() {
    on_sqlite(async |world| {
        let nobody = Client::nobody(&world);
        for (method, path) in [
            ("GET", "/account/organisations"),
            ("GET", "/account/profile"),
            ("POST", "/account/profile"),
            ("GET", "/account/second-factor"),
            ("POST", "/account/second-factor"),
            ("GET", "/account/enrol"),
            ("POST", "/account/enrol"),
        ] {
            let answer = nobody.ask(method, path, &[]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{method} {path}");
            assert!(answer.header("location").starts_with("/account/sign-in"), "{method} {path}");
        }
    })
    .await;
}
