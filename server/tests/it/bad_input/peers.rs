//! Who is at the other end of the connection: throttling believes a proxy of ours, and nobody else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use domain::access::Role;
use tower::ServiceExt;

use crate::client::router;
use crate::harness::{PASSWORD, mail, on_both};

/// Failures from one place after which it waits: ten times as many as an account may have.
const ENOUGH: usize = 50;

/// A try to sign in over a connection from `peer` that says so much about whom it is for.
async fn sign_in(router: &Router, peer: &str, forwarded: &str, mail: &str, password: &str) -> StatusCode {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("mail", mail), ("password", password)])
        .finish();
    let mut request = Request::post("/account/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-for", forwarded)
        .header("x-forwarded-proto", "https")
        .header("x-real-ip", forwarded)
        .header("forwarded", format!("for={forwarded}"))
        .body(Body::from(form))
        .unwrap();
    let peer = SocketAddr::new(peer.parse::<IpAddr>().unwrap(), 40_000);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.clone().oneshot(request).await.unwrap();
    // Plain http is what this server speaks, whoever says that it is https.
    for cookie in response.headers().get_all("set-cookie") {
        assert!(!cookie.to_str().unwrap().contains("Secure"), "{cookie:?}");
    }
    response.status()
}

#[tokio::test]
async fn only_a_trusted_proxy_says_who_fails() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let router = router(Arc::clone(&world.service), "trusted_proxies = [\"10.0.0.1\", \"10.0.0.2\"]\n");
        let mail = mail(&town, Role::Analyst);
        let right = async |peer: &str, forwarded: &str| sign_in(&router, peer, forwarded, &mail, PASSWORD).await;
        for number in 0..ENOUGH {
            let (somebody, elsewhere) = (format!("guess{number}@example.jp"), format!("198.51.100.{number}"));
            // Somebody who invents an address for each try; and a client behind two proxies of ours that does the same.
            sign_in(&router, "203.0.113.9", &elsewhere, &somebody, "a guess").await;
            let chain = format!("{elsewhere}, 192.0.2.7, 10.0.0.2");
            sign_in(&router, "10.0.0.1", &chain, &somebody, "a guess").await;
        }
        for (peer, forwarded, status) in [
            ("203.0.113.9", "198.51.100.200", StatusCode::UNPROCESSABLE_ENTITY),
            ("203.0.113.9", "10.0.0.1", StatusCode::UNPROCESSABLE_ENTITY),
            ("10.0.0.1", "192.0.2.7", StatusCode::UNPROCESSABLE_ENTITY),
            ("10.0.0.2", "198.51.100.200, 192.0.2.7", StatusCode::UNPROCESSABLE_ENTITY),
            ("203.0.113.10", "203.0.113.9", StatusCode::SEE_OTHER),
            ("10.0.0.1", "192.0.2.8", StatusCode::SEE_OTHER),
            ("10.0.0.1", "192.0.2.7, 192.0.2.8", StatusCode::SEE_OTHER),
            ("10.0.0.1", "nonsense", StatusCode::SEE_OTHER),
        ] {
            assert_eq!(right(peer, forwarded).await, status, "{peer} for {forwarded}");
        }
    })
    .await;
}
