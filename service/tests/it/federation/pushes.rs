//! What a service wants to be sent with the events that are pushed to it.

use domain::configuration::{EventsForm, RelyingPartyForm, SecretNumber, TypedSecret};
use domain::violations::Violation;
use oidc::provider::client_metadata::ClientMetadata;
use serde_json::json;
use service::configuration::Form;
use service::keys::{MasterKey, SoftwareKey};
use service::relying_parties::Imported;
use service::{Error, Service};
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};
use zeroize::Zeroizing;

use super::imports::import_one;
use crate::harness::forms::reason;
use crate::harness::{Client, Gateway, HANAKO, Holder, MASTER_KEY, TARO, Tab, World, on_both};

const SECRET: &str = "Bearer Jd8vEr3W-what-the-library-gave-us";
const OTHER: &str = "Bearer Qm5xTz1L-another-one";

fn new(secret: &str) -> TypedSecret {
    TypedSecret::New(Zeroizing::new(secret.to_owned()))
}

fn events(server: &MockServer, typed: TypedSecret) -> EventsForm {
    EventsForm {
        delivery: "push".to_owned(),
        uri: server.uri(),
        kinds: "town_id_deleted".to_owned(),
        typed,
        ..EventsForm::default()
    }
}

async fn client(gateway: &Gateway<'_>, events: EventsForm) -> Client {
    gateway.client_that("library", |form| form.client.events = events).await
}

/// What a service that wants to see a secret answers to whoever shows it; to others 401.
async fn wants(server: &MockServer, secret: &str) {
    server.reset().await;
    let taken = Mock::given(method("POST")).and(header("authorization", secret));
    taken.respond_with(ResponseTemplate::new(202)).with_priority(1).mount(server).await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(401)).mount(server).await;
}

/// Somebody deletes the town ID, and a server process sends what there is to send. How many notices are left.
async fn left_after_deletion(gateway: &Gateway<'_>, library: &Client, holder: Holder, by: &Service) -> i64 {
    let mut tab = Tab::default();
    let _ = gateway.first_sign_in(&mut tab, library, holder, "openid").await;
    gateway.world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
    by.send_due_notices().await.unwrap();
    gateway.rows("service_notice").await
}

/// Drafts the next version.
async fn draft(
    gateway: &Gateway<'_>,
    library: &Client,
    change: impl FnOnce(&mut RelyingPartyForm),
) -> Result<(), Error> {
    let (service, drafter) = (&gateway.world.service, gateway.town.drafter().await);
    let draft = service.get_draft(&drafter, library.id).await.unwrap();
    let Form::RelyingParty(mut form) = draft.form else { panic!("another kind") };
    change(&mut form);
    service.save_draft(&drafter, library.id, draft.seen, &Form::RelyingParty(form)).await.map(drop)
}

async fn enact(gateway: &Gateway<'_>, library: &Client) {
    let (drafter, approver) = (gateway.town.drafter().await, gateway.town.approver().await);
    gateway.world.service.enact_draft(&drafter, &approver, library.id.into(), &reason()).await.unwrap();
}

async fn sealed(gateway: &Gateway<'_>) -> i64 {
    gateway.world.rows_where(&gateway.town, "tenant_key", "purpose = 'push_secret'").await
}

/// That nothing in the database holds it.
async fn rests_nowhere(world: &World, gateway: &Gateway<'_>, secret: &str) {
    let (_, said) = secret.split_once(' ').unwrap();
    for (place, bytes) in world.places(gateway.town.organisation).await {
        assert!(!bytes.windows(said.len()).any(|window| window == said.as_bytes()), "in {place}");
    }
}

// conforms: RFC 8935 §3 MAY
#[tokio::test]
async fn what_a_service_asks_for_goes_with_each_push_and_rests_sealed() {
    on_both(async |world| {
        let (server, elsewhere) = (MockServer::start().await, MockServer::start().await);
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, events(&server, new(SECRET))).await;
        wants(&server, SECRET).await;
        assert_eq!(left_after_deletion(&gateway, &library, HANAKO, &world.service).await, 0);
        rests_nowhere(&world, &gateway, SECRET).await;

        // Another version keeps it; a draft with another one is not in force.
        draft(&gateway, &library, |form| form.contact = "0240-00-0001".to_owned()).await.unwrap();
        enact(&gateway, &library).await;
        draft(&gateway, &library, |form| form.client.events.typed = new(OTHER)).await.unwrap();
        assert_eq!(
            (left_after_deletion(&gateway, &library, HANAKO, &world.service).await, sealed(&gateway).await),
            (0, 2)
        );
        rests_nowhere(&world, &gateway, OTHER).await;
        // Once it is, the former one is gone for good; what was refused meanwhile is sent with the new one.
        wants(&server, OTHER).await;
        assert_eq!(left_after_deletion(&gateway, &library, TARO, &world.service).await, 1);
        enact(&gateway, &library).await;
        world.clock.advance(3_600);
        assert_eq!(
            (left_after_deletion(&gateway, &library, HANAKO, &world.service).await, sealed(&gateway).await),
            (0, 1)
        );

        // It goes nowhere but to the address that it was typed for, and comes back for nobody who says its number.
        let moved = |form: &mut RelyingPartyForm| form.client.events.uri = elsewhere.uri();
        let Err(Error::Invalid(wrong)) = draft(&gateway, &library, moved).await else { panic!("it was taken along") };
        assert_eq!(wrong.get("events_authorization"), Some(Violation::Required));
        let thief = gateway.client_that("thief", |form| {
            let known = Some(SecretNumber(2));
            form.client.events = EventsForm { authorization: known, ..events(&elsewhere, TypedSecret::AsBefore) };
        });
        let thief = thief.await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(202)).mount(&elsewhere).await;
        assert_eq!(left_after_deletion(&gateway, &thief, HANAKO, &world.service).await, 0);
        let heard = elsewhere.received_requests().await.unwrap();
        assert!(heard.len() == 1 && heard[0].headers.get("authorization").is_none());

        // Away with it.
        draft(&gateway, &library, |form| form.client.events.typed = TypedSecret::None).await.unwrap();
        enact(&gateway, &library).await;
        assert_eq!(sealed(&gateway).await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_secret_that_nobody_published_goes_with_its_draft() {
    on_both(async |world| {
        let server = MockServer::start().await;
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, events(&server, TypedSecret::AsBefore)).await;
        assert_eq!(sealed(&gateway).await, 0);
        for typed in [SECRET, OTHER] {
            draft(&gateway, &library, |form| form.client.events.typed = new(typed)).await.unwrap();
            assert_eq!(sealed(&gateway).await, 1, "the one that was typed over is gone");
        }
        let polled = |form: &mut RelyingPartyForm| {
            form.client.events.delivery = "poll".to_owned();
            form.client.events.uri = String::new();
        };
        draft(&gateway, &library, polled).await.unwrap();
        assert_eq!(sealed(&gateway).await, 0);
        draft(&gateway, &library, |form| form.client.events = events(&server, new(SECRET))).await.unwrap();
        let drafter = gateway.town.drafter().await;
        let seen = world.service.get_draft(&drafter, library.id).await.unwrap().seen;
        world.service.discard_draft(&drafter, library.id, seen).await.unwrap();
        assert_eq!(sealed(&gateway).await, 0);
        for typed in ["Bearer", "Bearer 秘密", "Jd8vEr3W"] {
            let Err(Error::Invalid(wrong)) =
                draft(&gateway, &library, |form| form.client.events.typed = new(typed)).await
            else {
                panic!("{typed} was taken");
            };
            assert_eq!(wrong.get("events_authorization"), Some(Violation::Malformed));
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_secret_of_a_draft_is_named_by_nobody_for_no_moment() {
    on_both(async |world| {
        let server = MockServer::start().await;
        let gateway = world.gateway("showa").await;
        let (here, there) = (&world.service, world.another_process().await);
        let library = client(&gateway, events(&server, new(SECRET))).await;
        let points = gateway.client_that("points", |form| form.client.events = events(&server, new(SECRET))).await;
        let drafter = gateway.town.drafter().await;
        let typed = async |service: &Service, client: &Client, typed: TypedSecret| {
            let draft = service.get_draft(&drafter, client.id).await.unwrap();
            let Form::RelyingParty(mut form) = draft.form else { panic!("another kind") };
            form.client.events.typed = typed;
            service.save_draft(&drafter, client.id, draft.seen, &Form::RelyingParty(form)).await.unwrap();
        };
        // Somebody types a secret while somebody else looks for those that are named no more: the two that are in force, and this one.
        for round in 0..20 {
            tokio::join!(typed(here, &library, new(OTHER)), typed(&there, &points, TypedSecret::AsBefore));
            assert_eq!(sealed(&gateway).await, 3, "round {round}");
        }
        // Two at the same moment each have theirs.
        for round in 0..5 {
            tokio::join!(typed(here, &library, new(SECRET)), typed(&there, &points, new(OTHER)));
            assert_eq!(sealed(&gateway).await, 4, "round {round}");
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_change_of_the_master_key_takes_the_secrets_of_services_along() {
    on_both(async |world| {
        let server = MockServer::start().await;
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, events(&server, new(SECRET))).await;
        wants(&server, SECRET).await;
        assert!(world.service.adopt_master_key().await.unwrap().is_empty());
        let only = || MasterKey::new(&[43; 32]).unwrap();
        let changing = world.process_with(only().and(SoftwareKey::new(&MASTER_KEY).unwrap())).await;
        assert!(changing.adopt_master_key().await.unwrap().is_empty());
        // The notice is written by a server with the old key, and sent by one that has only the new one.
        let mut tab = Tab::default();
        let _ = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
        assert_eq!(changing.reseal(|_| {}).await.unwrap().left, 0);
        let after = world.process_with(only()).await;
        assert!(after.adopt_master_key().await.unwrap().is_empty());
        after.send_due_notices().await.unwrap();
        assert_eq!((gateway.rows("service_notice").await, sealed(&gateway).await), (0, 1));
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    })
    .await;
}

// conforms: RFC 8935 §2.4 MUST
#[tokio::test]
async fn a_secret_that_the_service_does_not_take_is_tried_again() {
    on_both(async |world| {
        let server = MockServer::start().await;
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, events(&server, new(SECRET))).await;
        for (status, body) in [(401, json!({})), (403, json!({})), (400, json!({"err": "authentication_failed"}))] {
            server.reset().await;
            Mock::given(method("POST"))
                .respond_with(ResponseTemplate::new(status).set_body_json(body))
                .mount(&server)
                .await;
            let _ = left_after_deletion(&gateway, &library, HANAKO, &world.service).await;
        }
        assert_eq!(gateway.rows("service_notice").await, 3);
        wants(&server, SECRET).await;
        world.clock.advance(3_600);
        world.service.send_due_notices().await.unwrap();
        assert_eq!(gateway.rows("service_notice").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_file_of_clients_may_bring_the_secret_and_never_gets_it_back() {
    on_both(async |world| {
        let server = MockServer::start().await;
        wants(&server, SECRET).await;
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        let import = async |authorization: &str| {
            let metadata = json!({
                "client_name": "Test", "redirect_uris": ["https://test.example.jp/cb"], "client_id": "test",
                "id_token_signed_response_alg": "ES256", "urn:machikagi:pkce": "required",
                "urn:machikagi:events_delivery": "push", "urn:machikagi:events_uri": server.uri(),
                "urn:machikagi:events": ["town_id_deleted"], "urn:machikagi:events_authorization": authorization,
            });
            let read = ClientMetadata::read_file(&metadata.to_string()).unwrap();
            assert!(!format!("{read:?}").contains("what-the-library"));
            import_one(&gateway, &metadata).await
        };
        let Err(Error::Invalid(wrong)) = import("Jd8vEr3W").await else { panic!("it was taken") };
        assert_eq!(wrong.get("urn:machikagi:events_authorization"), Some(Violation::Malformed));
        let Imported::Published(registered) = import(SECRET).await.unwrap() else { panic!("it was drafted") };
        assert!(!serde_json::to_string(&registered).unwrap().contains("what-the-library"));
        rests_nowhere(&world, &gateway, SECRET).await;
        let library = Client {
            id: domain::ids::RelyingPartyId::from_uuid(uuid::Uuid::nil()),
            client_id: "test".to_owned(),
            secret: registered.client_secret.unwrap(),
            redirect_uri: "https://test.example.jp/cb".to_owned(),
        };
        assert_eq!(left_after_deletion(&gateway, &library, HANAKO, &world.service).await, 0);
    })
    .await;
}
