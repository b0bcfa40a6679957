//! Who asks too often, too slowly, or too much at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use domain::access::Role;
use domain::paths::Route;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

use crate::browser::Browser;
use crate::client::{Client, router};
use crate::guard_table::fill;
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

/// Whoever adds a route beside those that are limited hears of it here.
#[tokio::test]
async fn whoever_used_up_their_share_is_told_to_wait_at_every_route() {
    // A supervisor is answered under any load. Metrics have an address of their own; the card reader's is its name only.
    const FREE: [Route; 4] = [Route::Healthz, Route::Readyz, Route::Metrics, Route::SandboxCard];
    on_sqlite(async |world| {
        world.town("showa").await;
        let mut client = Client::nobody(&world);
        client.router = router(Arc::clone(&world.service), "limits.address = 1\nsandbox.card = true\n");
        let limited = async |method: &str, path: &str| {
            // The share grows while this runs; whoever is not counted is answered again and again.
            for _ in 0..2 * BURST {
                if client.ask(method, path, &[]).await.status == StatusCode::TOO_MANY_REQUESTS {
                    return true;
                }
            }
            false
        };
        let mut free = Vec::new();
        for route in Route::ALL.iter().filter(|route| !FREE.contains(route)) {
            let path = fill(route.template());
            if !limited("GET", &path).await || !limited("POST", &path).await {
                free.push(path);
            }
        }
        assert!(free.is_empty(), "limited by nothing: {free:?}");
        for route in &FREE[..2] {
            for _ in 0..2 * BURST {
                assert_eq!(client.get(route.template()).await.status, StatusCode::OK, "{}", route.template());
            }
        }
    })
    .await;
}

/// Somebody who has a whole network asks from a new address each time; the next network is somebody else.
#[tokio::test]
async fn many_addresses_of_one_network_are_one_that_asks_too_often() {
    on_sqlite(async |world| {
        world.town("showa").await;
        let router = router(Arc::clone(&world.service), "limits.address = 1\n");
        let ask = async |address: String| {
            let mut request = Request::get("/t/showa/jwks.json").body(Body::empty()).unwrap();
            let peer = SocketAddr::new(address.parse().unwrap(), 40_000);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request).await.unwrap().status()
        };
        let of_ipv4 = |number: usize| format!("203.0.113.{number}");
        let of_ipv6 = |number: usize| format!("2001:db8:1:{number:x}::1");
        for (address, next) in [(&of_ipv4 as &dyn Fn(usize) -> String, "203.0.114.1"), (&of_ipv6, "2001:db8:2:1::1")] {
            let mut asked = 0;
            loop {
                asked += 1;
                match ask(address(asked)).await {
                    StatusCode::OK => assert!(asked < 250, "{} is served like all before it", address(asked)),
                    refused => break assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS),
                }
            }
            // Four times what one address may send at once.
            assert!(asked > 4 * BURST, "{asked}");
            assert_eq!(ask(next.to_owned()).await, StatusCode::OK);
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

/// A byte now and then keeps no request open for longer than any other.
#[tokio::test]
async fn a_form_that_comes_byte_by_byte_is_cut() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), "log", "limits.idle_seconds = 2\n").await;
    let (mut answer, mut form) = TcpStream::connect(("127.0.0.1", program.port)).await.unwrap().into_split();
    let head = "POST /t/showa/token HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 10000\r\n\r\n";
    form.write_all(head.as_bytes()).await.unwrap();
    let dribble = tokio::spawn(async move {
        while form.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    });
    let mut said = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(45), answer.read_to_end(&mut said)).await;
    dribble.abort();
    assert!(ended.is_ok(), "it is read on and on");
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
    assert_eq!(Browser::at_server(program.port).get("/healthz").await.unwrap().status, StatusCode::OK);
}
