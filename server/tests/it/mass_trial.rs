//! The one form that is larger than others.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::access::Role;
use domain::paths;
use tower::ServiceExt;

use crate::client::Client;
use crate::harness::forms::rule;
use crate::harness::on_sqlite;

async fn send(client: &Client, path: &str, bytes: usize) -> StatusCode {
    let head = "--part\r\nContent-Disposition: form-data; name=\"lines\"\r\n\r\n";
    let body = format!("{head}福島県大沼郡昭和村大芦1{}\r\n--part--\r\n", " ".repeat(bytes));
    let (name, value) = client.session();
    let request = Request::post(path)
        .header(header::HOST, "localhost:3000")
        .header(header::ORIGIN, "http://localhost:3000")
        .header(header::COOKIE, format!("{name}={value}"))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=part")
        .header(header::CONTENT_LENGTH, body.len())
        .body(Body::from(body))
        .unwrap();
    client.router.clone().oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn only_many_addresses_may_be_a_large_form() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let id = world.publish_rule(&town, rule("村民")).await;
        let drafter = Client::of(&world, &town, Role::Drafter).await;
        let trial = paths::console_residency_rule_mass_trial(&town.slug, id);
        // One line; a browser's own limit is far beyond.
        assert_eq!(send(&drafter, &trial, 6 << 20).await, StatusCode::OK);
        assert_eq!(send(&drafter, &trial, 9 << 20).await, StatusCode::PAYLOAD_TOO_LARGE);
        for path in [paths::console_residency_rule_edit(&town.slug, id), "/account/sign-in".to_owned()] {
            assert_eq!(send(&drafter, &path, 300 << 10).await, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        }
    })
    .await;
}
