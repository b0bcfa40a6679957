//! Requests that a service signs, and those that must be signed or pushed.

use domain::configuration::ClientForm;
use oidc::ErrorCode;
use oidc::jose::Algorithm;
use serde_json::{Value, json};
use service::federation::{Go, Stop};

use crate::harness::software::{Software, asserting};
use crate::harness::{Client, HANAKO, Tab, on_both, parameter, sent_code};

/// An authorization request that consists of a signed one.
fn by_value(client: &Client, object: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", client.client_id.as_str()), ("request", object)])
        .finish()
}

fn by_reference(client: &Client, request_uri: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", client.client_id.as_str()), ("request_uri", request_uri)])
        .finish()
}

fn error(go: &Go) -> Option<String> {
    parameter(go, "error")
}

// conforms: RFC 9101 §6.3 MUST
#[tokio::test]
async fn of_a_signed_request_only_what_was_signed_counts() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway.client_that("library", |form| form.client = software.settings()).await;
        let object = software.request_object(&gateway.request(&library, &[]), &[("state", json!("signed"))]);
        let mut tab = Tab::default();
        // Beside it: what a plain OAuth client must send, and what somebody added on the way.
        let beside = "&response_type=code&scope=openid+name&state=added&redirect_uri=https%3A%2F%2Fevil.example%2F";
        let go = gateway.authorize(&mut tab, &format!("{}{beside}", by_value(&library, &object))).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let go = gateway.agree(&mut tab, &go).await;
        sent_code(&go);
        assert_eq!(parameter(&go, "state").as_deref(), Some("signed"));
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&library.redirect_uri)));

        let body = asserting(&by_value(&library, &object), &software.assertion("library", &[]));
        let request_uri = gateway.push(&format!("{body}&state=added")).await.unwrap();
        let go = gateway.authorize(&mut tab, &by_reference(&library, &request_uri)).await;
        assert_eq!(parameter(&go, "state").as_deref(), Some("signed"));
        sent_code(&go);
    })
    .await;
}

// conforms: RFC 9101 §6 MUST
#[tokio::test]
async fn a_request_object_unsigned_expired_or_for_another_audience_is_refused() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway.client_that("library", |form| form.client = software.settings()).await;
        let other = gateway.client_that("other", |form| form.client = software.settings()).await;
        let query = gateway.request(&library, &[]);
        let now = world.clock.seconds();
        let with = |name: &str, value: Value| software.request_object(&query, &[(name, value)]);
        let good = software.request_object(&query, &[]);
        let (_, payload) = good.split_once('.').unwrap();
        let (payload, _) = payload.split_once('.').unwrap();
        let stranger = Software::start(&world.clock, Algorithm::ES256).await;
        let objects = [
            // {"alg":"none"}
            format!("eyJhbGciOiJub25lIn0.{payload}."),
            format!("{}A", good.rsplit_once('.').unwrap().0),
            stranger.request_object(&query, &[]),
            "nonsense".to_owned(),
            with("exp", json!(now - 31)),
            with("nbf", json!(now + 60)),
            with("aud", json!("http://localhost:3000/t/mino")),
            with("aud", Value::Null),
            with("iss", json!("other")),
            with("client_id", json!("other")),
            with("sub", json!("library")),
            with("request", json!(good)),
            with("request_uri", json!("https://library.example.jp/request")),
            software.sign("client-authentication+jwt", &json!({})),
            software.request_object(&gateway.request(&other, &[]), &[]),
        ];
        for object in objects {
            // To a registered address beside it the error goes back; to another one nothing does.
            let beside = format!("{}&{}", gateway.request(&library, &[]), by_value(&library, &object));
            let beside = beside.replacen("client_id=library&", "", 1);
            let go = gateway.authorize(&mut Tab::default(), &beside).await;
            assert_eq!(error(&go).as_deref(), Some("invalid_request_object"), "{object}");
            assert_eq!(parameter(&go, "state").as_deref(), Some("the state"));
            let go = gateway.authorize(&mut Tab::default(), &by_value(&library, &object)).await;
            assert_eq!(go, Go::Stop(Stop::UnreadableRequest), "{object}");
            let body = asserting(&by_value(&library, &object), &software.assertion("library", &[]));
            assert_eq!(gateway.push(&body).await, Err(ErrorCode::InvalidRequestObject), "{object}");
        }
        // One that never ends will do where requests need no signature at all, and nowhere else.
        let endless = |client: &Client| software.request_object(&gateway.request(client, &[]), &[("exp", Value::Null)]);
        let strict = gateway
            .client_that("strict", |form| {
                form.client = ClientForm { signed_only: "on".to_owned(), ..software.settings() };
            })
            .await;
        for (client, taken) in [(&library, true), (&strict, false)] {
            let go = gateway.authorize(&mut Tab::default(), &by_value(client, &endless(client))).await;
            assert_eq!(go != Go::Stop(Stop::UnreadableRequest), taken, "{}", client.client_id);
        }
        // What it asks for is judged as ever.
        let go = gateway.authorize(&mut Tab::default(), &by_value(&library, &with("scope", json!("residency")))).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_scope"));
        let elsewhere = with("redirect_uri", json!("https://evil.example/"));
        let go = gateway.authorize(&mut Tab::default(), &by_value(&library, &elsewhere)).await;
        assert_eq!(go, Go::Stop(Stop::UnknownRedirectUri));
        let both = format!("{}&request_uri=urn:x", by_value(&library, &good));
        let go = gateway.authorize(&mut Tab::default(), &both).await;
        assert_eq!(go, Go::Stop(Stop::UnreadableRequest));
        // Without keys nobody signs.
        let plain = gateway.client("plain", "").await;
        let object = software.request_object(&gateway.request(&plain, &[]), &[]);
        let go = gateway.authorize(&mut Tab::default(), &by_value(&plain, &object)).await;
        assert_eq!(go, Go::Stop(Stop::UnreadableRequest));
    })
    .await;
}

// conforms: RFC 9101 §10.5 MUST; RFC 9126 §6 MUST
#[tokio::test]
async fn who_must_sign_or_push_does() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let signing = gateway
            .client_that("signing", |form| {
                form.client = software.settings();
                form.client.signed_only = "on".to_owned();
            })
            .await;
        let pushing = gateway.client_that("pushing", |form| form.client.pushed_only = "on".to_owned()).await;
        let query = gateway.request(&signing, &[]);
        let go = gateway.authorize(&mut Tab::default(), &query).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_request"));
        let body = asserting(&query, &software.assertion("signing", &[]));
        assert_eq!(gateway.push(&body).await, Err(ErrorCode::InvalidRequest));
        let object = software.request_object(&query, &[]);
        let go = gateway.authorize(&mut Tab::default(), &by_value(&signing, &object)).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&gateway.card.issuer())));

        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&pushing, &[])).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_request"));
        let body = gateway.request(&pushing, &[("client_secret", &pushing.secret)]);
        let request_uri = gateway.push(&body).await.unwrap();
        let go = gateway.authorize(&mut Tab::default(), &by_reference(&pushing, &request_uri)).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&gateway.card.issuer())));
    })
    .await;
}

// conforms: RFC 9126 §2.2 MUST
#[tokio::test]
async fn a_request_uri_reused_expired_or_of_another_client_leads_nowhere() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (gateway.client("library", "").await, gateway.client("other", "").await);
        let body = gateway.request(&library, &[("client_secret", &library.secret)]);
        let request_uri = gateway.push(&body).await.unwrap();
        let mut tab = Tab::default();
        let reference = by_reference(&library, &request_uri);
        let go = gateway.authorize(&mut tab, &reference).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
        let go = gateway.authorize(&mut tab, &reference).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_request_uri"), "used");
        let request_uri = gateway.push(&body).await.unwrap();
        let go = gateway.authorize(&mut tab, &by_reference(&other, &request_uri)).await;
        assert_eq!(go, Go::Stop(Stop::FlowGone), "another client's");
        world.clock.advance(91);
        let go = gateway.authorize(&mut Tab::default(), &by_reference(&library, &request_uri)).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_request_uri"), "too late");
        // Pushing it once more is no way around.
        let again = format!("{body}&request_uri={request_uri}");
        assert_eq!(gateway.push(&again).await, Err(ErrorCode::RequestUriNotSupported));
    })
    .await;
}
