//! Who asks too often, too slowly, or too much at once.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use domain::access::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::Browser;
use crate::client::{Client, router};
use crate::harness::on_sqlite;
use crate::program::Program;

/// What an address may send at once where one request a second is its limit.
const BURST: usize = 10;

#[tokio::test]
async fn whoever_asks_too_often_is_told_to_wait_and_probes_answer() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let mut client = Client::of(&world, &town, Role::Admin).await;
        client.router = router(Arc::clone(&world.service), "limits.address = 1\n");
        for _ in 0..BURST {
            assert_eq!(client.get("/t/showa").await.status, StatusCode::OK);
        }
        let page = client.get("/t/showa").await;
        assert_eq!((page.status, page.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "2"));
        assert!(page.header("content-type").starts_with("text/html") && page.body.contains("<h1"), "{}", page.body);
        // One address is one address: the console, the protocol and pages of residents share.
        assert_eq!(client.get("/console/showa").await.status, StatusCode::TOO_MANY_REQUESTS);
        let program = client.ask("POST", "/t/showa/token", &[("accept", "application/json")]).await;
        assert_eq!((program.status, program.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "2"));
        assert!(program.body.contains("\"temporarily_unavailable\""), "{}", program.body);
        for free in ["/healthz", "/readyz"] {
            assert_eq!(client.get(free).await.status, StatusCode::OK, "{free}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_flood_at_one_town_leaves_the_others_theirs() {
    on_sqlite(async |world| {
        world.town("showa").await;
        world.town("mino").await;
        let mut client = Client::nobody(&world);
        client.router = router(Arc::clone(&world.service), "limits.tenant = 1\n");
        for _ in 0..BURST {
            assert_eq!(client.get("/t/showa").await.status, StatusCode::OK);
        }
        assert_eq!(client.get("/t/showa").await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(client.get("/t/mino").await.status, StatusCode::OK);
        // A town that does not exist is none that could be made room for.
        assert_eq!(client.get("/t/nowhere").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_or_too_slow_is_cut() {
    let directory = tempfile::tempdir().unwrap();
    let settings = "limits.connections = 3\nlimits.idle_seconds = 1\n";
    let program = Program::start(directory.path(), "log", settings).await;

    let mut browser = Browser::at_server(program.port);
    let head = "x".repeat(300 * 1024);
    let answer = browser.ask("GET", "/", None, &[("x-large", &head)]).await;
    let cut = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    assert!(answer.as_ref().is_ok_and(|answer| answer.status == cut), "{:?}", answer.map(|answer| answer.status));
    let body = "x".repeat(300 * 1024);
    let answer = browser.post("/t/showa/token", &body).await;
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == StatusCode::PAYLOAD_TOO_LARGE));

    let connect = || async { TcpStream::connect(("127.0.0.1", program.port)).await.unwrap() };
    let closed = async |stream: &mut TcpStream| {
        let mut rest = Vec::new();
        tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await.is_ok()
    };
    // Three that say nothing, one that never ends its head: they fill the house, and are shown out.
    let mut slow = [connect().await, connect().await, connect().await];
    slow[2].write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut refused = connect().await;
    let at_once = tokio::time::timeout(Duration::from_millis(500), refused.read_u8()).await;
    assert!(at_once.is_ok_and(|byte| byte.is_err()), "a connection too many stays open");
    for stream in &mut slow {
        assert!(closed(stream).await);
    }
    assert_eq!(browser.get("/healthz").await.unwrap().status, StatusCode::OK);
}
