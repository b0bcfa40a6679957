//! Pushed requests (RFC 9126) of a town that takes no others, and reloads of what began with one.

use oidc::ErrorCode;
use oidc::jose::Algorithm;
use serde_json::json;
use service::federation::Go;

use crate::harness::software::{Software, asserting};
use crate::harness::{Client, Gateway, HANAKO, Tab, on_both, parameter, sent_code};

fn by_reference(client: &Client, request_uri: &str) -> String {
    let pairs = [("client_id", client.client_id.as_str()), ("request_uri", request_uri)];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn error(go: &Go) -> Option<String> {
    parameter(go, "error")
}

/// Pushes a request of a client with a secret; the query with which a browser presents it.
async fn pushed(gateway: &Gateway<'_>, client: &Client) -> String {
    let body = gateway.request(client, &[("client_secret", &client.secret)]);
    by_reference(client, &gateway.push(&body).await.unwrap())
}

// conforms: RFC 9126 §5 MAY; RFC 9126 §6 MUST
#[tokio::test]
async fn a_town_may_take_pushed_requests_only() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway.client("library", "").await;
        let signing = gateway.client_that("signing", |form| form.client = software.settings()).await;
        let app = gateway.client_that("app", |form| form.client.authentication = "none".to_owned()).await;
        let listed = async || {
            let document = world.service.provider_metadata_document(&gateway.town.slug).await.unwrap();
            serde_json::to_value(&document).unwrap().get("require_pushed_authorization_requests").cloned()
        };
        let to_the_card = |go: &Go| matches!(go, Go::Away(url) if url.starts_with(&gateway.card.issuer()));
        assert_eq!(listed().await, None);
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[])).await;
        assert!(to_the_card(&go), "{go:?}");

        let admin = gateway.town.admin().await;
        let view = world.service.tenant(&admin).await.unwrap();
        assert!(!view.pushed_only);
        for caller in [gateway.town.drafter().await, gateway.town.approver().await, gateway.town.auditor().await] {
            assert!(world.service.set_pushed_only(&caller, view.revision, true).await.is_err());
        }
        world.service.set_pushed_only(&admin, view.revision, true).await.unwrap();
        assert!(world.service.tenant(&admin).await.unwrap().pushed_only);
        assert_eq!(listed().await, Some(json!(true)));
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", "action = 'tenant.changed'").await, 1);

        // Whoever asks, whichever way, with a session and without.
        let signed = software.request_object(&gateway.request(&signing, &[]), &[]);
        for query in [
            gateway.request(&library, &[]),
            gateway.request(&library, &[("prompt", "none")]),
            gateway.request(&app, &[]),
            format!("client_id=signing&request={signed}"),
        ] {
            let go = gateway.authorize(&mut Tab::default(), &query).await;
            assert_eq!(error(&go).as_deref(), Some("invalid_request"), "{query}");
        }
        let go = gateway.authorize(&mut Tab::default(), &pushed(&gateway, &library).await).await;
        assert!(to_the_card(&go), "{go:?}");
        let body = asserting(&gateway.request(&signing, &[]), &software.assertion("signing", &[]));
        let reference = gateway.push(&body).await.unwrap();
        assert!(to_the_card(&gateway.authorize(&mut Tab::default(), &by_reference(&signing, &reference)).await));

        // An app that keeps no secret says its id there, as at the token endpoint, and nobody else's.
        let app = Client { secret: String::new(), ..app };
        let reference = gateway.push(&gateway.request(&app, &[])).await.unwrap();
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &by_reference(&app, &reference)).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let go = gateway.agree(&mut tab, &go).await;
        assert!(gateway.redeem(&app, &sent_code(&go)).await.is_ok());
        assert_eq!(gateway.push(&gateway.request(&library, &[])).await, Err(ErrorCode::InvalidClient));

        let revision = world.service.tenant(&admin).await.unwrap().revision;
        world.service.set_pushed_only(&admin, revision, false).await.unwrap();
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[])).await;
        assert!(to_the_card(&go), "{go:?}");
        assert_eq!(listed().await, None);
    })
    .await;
}

// conforms: RFC 9126 §4 SHOULD
#[tokio::test]
async fn a_reload_goes_on_with_the_flow_that_a_pushed_request_began() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let query = pushed(&gateway, &library).await;
        let mut tab = Tab::default();
        gateway.authorize(&mut tab, &query).await;
        // Its ninety seconds are for presenting it first.
        world.clock.advance(120);
        let go = gateway.authorize(&mut Tab::default(), &query).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_request_uri"), "another browser");
        let go = gateway.authorize(&mut tab, &query).await;
        assert_eq!(tab.0.flows.len(), 1, "the same flow");
        let consent = gateway.read_card(&mut tab, &go, HANAKO).await;
        world.clock.advance(120);
        assert_eq!(gateway.authorize(&mut tab, &query).await, consent, "on where it stood");
        let go = gateway.agree(&mut tab, &consent).await;
        assert!(gateway.redeem(&library, &sent_code(&go)).await.is_ok());
        for tab in [&mut tab, &mut Tab::default()] {
            assert_eq!(error(&gateway.authorize(tab, &query).await).as_deref(), Some("invalid_request_uri"), "used");
        }

        // Another request's flow is not this one's, and no flow lives longer than half an hour.
        let (one, other) = (pushed(&gateway, &library).await, pushed(&gateway, &library).await);
        let mut tab = Tab::default();
        gateway.authorize(&mut tab, &one).await;
        world.clock.advance(91);
        let go = gateway.authorize(&mut tab, &other).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_request_uri"), "never presented in time");
        world.clock.advance(30 * 60 - 92);
        assert!(matches!(gateway.authorize(&mut tab, &one).await, Go::Away(_)));
        world.clock.advance(2);
        let go = gateway.authorize(&mut tab, &one).await;
        assert_eq!(error(&go).as_deref(), Some("invalid_request_uri"), "its flow is over");
    })
    .await;
}
