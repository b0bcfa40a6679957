//! Security events: what services are told of beside sign-ins, pushed to them or fetched by them.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::configuration::ClientForm;
use oidc::ErrorCode;
use oidc::jose::{self, Algorithm};
use oidc::provider::security_event::PollResponse;
use serde_json::{Value, json};
use service::Service;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::forms::reason;
use crate::harness::software::Software;
use crate::harness::{Client, Gateway, HANAKO, Holder, NAMESAKE, TARO, Tab, on_both};

const ALL: &str = "consent_withdrawn town_id_deleted eligibility_ended relying_party_suspended";

async fn client(gateway: &Gateway<'_>, key: &str, delivery: &str, uri: &str) -> Client {
    gateway
        .client_that(key, |form| {
            form.client.events.delivery = delivery.to_owned();
            form.client.events.uri = uri.to_owned();
            form.client.events.kinds = ALL.to_owned();
        })
        .await
}

/// Signs in and says by which pseudonym the service knows the person.
async fn sign_in(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client, holder: Holder) -> Value {
    let code = gateway.first_sign_in(tab, client, holder, "openid").await;
    let tokens = gateway.redeem(client, &code).await.unwrap();
    gateway.claims(&tokens).await.get("sub").unwrap().clone()
}

async fn withdraw(gateway: &Gateway<'_>, tab: &Tab) {
    let (service, slug) = (&gateway.world.service, &gateway.town.slug);
    let page = service.my_page(slug, &tab.0).await.unwrap();
    for grant in page.grants.iter().filter(|grant| grant.state.permits()) {
        service.withdraw_consent(slug, &tab.0, grant.id).await.unwrap();
    }
}

async fn opened(gateway: &Gateway<'_>, token: &str) -> jose::VerifiedJws {
    let keys = gateway.world.service.key_set(&gateway.town.slug).await.unwrap();
    jose::verify(token, &keys, &[Algorithm::ES256]).unwrap()
}

fn basic(client: &Client) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", client.client_id, client.secret)))
}

async fn poll_at(
    service: &Service,
    gateway: &Gateway<'_>,
    client: &Client,
    body: Value,
) -> Result<PollResponse, ErrorCode> {
    let answer = service.poll_events(&gateway.town.slug, Some(&basic(client)), body.to_string().as_bytes()).await;
    answer.unwrap().map_err(|refusal| refusal.code)
}

async fn poll(gateway: &Gateway<'_>, client: &Client, body: Value) -> Result<PollResponse, ErrorCode> {
    poll_at(&gateway.world.service, gateway, client, body).await
}

fn answer(status: u16) -> Mock {
    let media_type = header("content-type", "application/secevent+jwt");
    Mock::given(method("POST")).and(media_type).respond_with(ResponseTemplate::new(status))
}

// conforms: RFC 8935 §2 MUST
#[tokio::test]
async fn events_are_pushed_until_they_are_taken() {
    on_both(async |world| {
        let server = MockServer::start().await;
        let away = answer(503).mount_as_scoped(&server).await;
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "push", &server.uri()).await;
        let silent = gateway.client("other", "").await;
        let mut tab = Tab::default();
        let sub = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        let _ = sign_in(&gateway, &mut Tab::default(), &silent, HANAKO).await;
        withdraw(&gateway, &tab).await;
        assert_eq!(gateway.rows("service_notice").await, 1, "the other service wants to be told of nothing");
        assert_eq!(world.service.send_due_notices().await.unwrap(), 1);
        drop(away);
        // A key that the service has not fetched yet; a page that answers anything is not a service that took it.
        for status in [400, 200] {
            let refusal = answer(status).mount_as_scoped(&server).await;
            world.clock.advance(3_600);
            world.service.send_due_notices().await.unwrap();
            assert_eq!((refusal.received_requests().await.len(), gateway.rows("service_notice").await), (1, 1));
        }
        let taken = answer(202).expect(1).mount_as_scoped(&server).await;
        world.clock.advance(3_600);
        world.service.send_due_notices().await.unwrap();
        assert_eq!((taken.received_requests().await.len(), gateway.rows("service_notice").await), (1, 0));

        let mut ids = Vec::new();
        for request in server.received_requests().await.unwrap() {
            let token = opened(&gateway, std::str::from_utf8(&request.body).unwrap()).await;
            assert_eq!(token.typ.as_deref(), Some("secevent+jwt"));
            let issuer = token.claims.get("iss").unwrap().clone();
            assert_eq!(token.claims.get("aud"), Some(&json!("library")));
            assert_eq!(token.claims.get("sub_id"), Some(&json!({"format": "iss_sub", "iss": issuer, "sub": sub})));
            assert_eq!(token.claims.get("events"), Some(&json!({"urn:machikagi:events:consent-withdrawn": {}})));
            assert!(token.claims.get("exp").is_none() && token.claims.get("sub").is_none());
            ids.push((token.claims.get("jti").unwrap().clone(), token.claims.get("iat").unwrap().clone()));
        }
        assert_eq!(ids.len(), 4);
        assert!(ids.iter().all(|id| *id == ids[0]), "one event has one id, however often it is sent");
    })
    .await;
}

// conforms: RFC 8935 §2 MUST
#[tokio::test]
async fn what_a_service_will_never_take_is_not_sent_again() {
    on_both(async |world| {
        let server = MockServer::start().await;
        let refusal = ResponseTemplate::new(400).set_body_json(json!({"err": "invalid_audience", "description": "?"}));
        Mock::given(method("POST")).respond_with(refusal).expect(1).mount(&server).await;
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "push", &server.uri()).await;
        let mut tab = Tab::default();
        let _ = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
        world.service.send_due_notices().await.unwrap();
        assert_eq!(gateway.rows("service_notice").await, 0);
    })
    .await;
}

// conforms: RFC 8417 §2.2 MUST; RFC 9493 §3.2.1 MUST
#[tokio::test]
async fn a_service_is_told_of_each_thing_that_it_asked_for() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "poll", "").await;
        let (mut hanako, mut taro) = (Tab::default(), Tab::default());
        let moving = sign_in(&gateway, &mut hanako, &library, HANAKO).await;
        let leaving = sign_in(&gateway, &mut taro, &library, TARO).await;
        // She moved; he leaves; the town stops the service.
        let go = gateway.authorize(&mut hanako, &gateway.request(&library, &[("prompt", "login")])).await;
        gateway.read_card(&mut hanako, &go, Holder { address: NAMESAKE.address, ..HANAKO }).await;
        world.service.delete_town_id(&gateway.town.slug, &taro.0).await.unwrap();
        let told = async || {
            let mut told = Vec::new();
            for (jti, token) in poll(&gateway, &library, json!({})).await.unwrap().sets {
                let claims = opened(&gateway, &token).await.claims;
                assert_eq!(claims.get("jti"), Some(&json!(jti)));
                let event = claims.get("events").unwrap().as_object().unwrap().keys().next().unwrap().clone();
                let subject = claims.get("sub_id").unwrap();
                told.push((event, subject.get("sub").or(subject.get("id")).unwrap().clone()));
            }
            told.sort_by(|one, other| one.0.cmp(&other.0));
            told
        };
        let purged = "https://schemas.openid.net/secevent/risc/event-type/account-purged".to_owned();
        let ended = "urn:machikagi:events:eligibility-ended".to_owned();
        assert_eq!(told().await, [(purged, leaving), (ended, moving)]);
        world.service.suspend_relying_party(&gateway.town.approver().await, library.id, &reason()).await.unwrap();
        // From then on it is told of that, and of nobody.
        let suspended = "urn:machikagi:events:relying-party-suspended".to_owned();
        assert_eq!(told().await, [(suspended, json!("library"))]);
    })
    .await;
}

// conforms: RFC 8936 §2.4 MUST
#[tokio::test]
async fn events_wait_for_their_own_service_until_it_has_them() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "poll", "").await;
        let other = client(&gateway, "other", "poll", "").await;
        let pushed = client(&gateway, "pushed", "push", "http://127.0.0.1:9/").await;
        for holder in [HANAKO, TARO] {
            let mut tab = Tab::default();
            let _ = sign_in(&gateway, &mut tab, &library, holder).await;
            world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
        }
        let first = poll(&gateway, &library, json!({"maxEvents": 1, "returnImmediately": true})).await.unwrap();
        assert_eq!((first.sets.len(), first.more_available), (1, true));
        let again = poll(&gateway, &library, json!({"maxEvents": 1})).await.unwrap();
        assert!(again.sets.keys().eq(first.sets.keys()), "what was not acknowledged comes again");
        let id = first.sets.keys().next().unwrap();
        // Nobody acknowledges what is another's, and nobody comes without proof.
        assert_eq!(poll(&gateway, &other, json!({"ack": [id]})).await.unwrap(), PollResponse::default());
        let nobody = world.service.poll_events(&gateway.town.slug, None, b"{}").await.unwrap();
        assert_eq!(nobody.unwrap_err().code, ErrorCode::InvalidClient);
        let wrong = Client { secret: "wrong".to_owned(), ..client_of(&library) };
        assert_eq!(poll(&gateway, &wrong, json!({})).await.unwrap_err(), ErrorCode::InvalidClient);
        assert_eq!(poll(&gateway, &pushed, json!({})).await.unwrap_err(), ErrorCode::UnauthorizedClient);
        assert_eq!(poll(&gateway, &library, json!([])).await.unwrap_err(), ErrorCode::InvalidRequest);
        let rest = poll(&gateway, &library, json!({"ack": [id, "made up"], "maxEvents": 0})).await.unwrap();
        assert_eq!((rest.sets.len(), rest.more_available), (0, true));
        let rest = poll(&gateway, &library, json!({})).await.unwrap();
        let left = rest.sets.keys().next().unwrap();
        // One that the service cannot read is not given again.
        let complaint = json!({"setErrs": {left: {"err": "invalid_request", "description": "?"}}});
        assert_eq!(poll(&gateway, &library, complaint).await.unwrap(), PollResponse::default());
        assert_eq!(gateway.rows("service_notice").await, 0);
    })
    .await;
}

fn client_of(client: &Client) -> Client {
    Client {
        id: client.id,
        client_id: client.client_id.clone(),
        secret: client.secret.clone(),
        redirect_uri: client.redirect_uri.clone(),
    }
}

// conforms: RFC 8936 §2.4 MUST
#[tokio::test]
async fn two_who_fetch_at_the_same_moment_take_nothing_from_each_other() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "poll", "").await;
        let mut tab = Tab::default();
        let _ = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
        let elsewhere = world.another_process().await;
        let both = async |body: Value| {
            let (one, other) = futures::join!(
                poll(&gateway, &library, body.clone()),
                poll_at(&elsewhere, &gateway, &library, body.clone())
            );
            (one.unwrap(), other.unwrap())
        };
        let (one, other) = both(json!({})).await;
        assert!(one.sets.len() == 1 && one.sets.keys().eq(other.sets.keys()));
        let acknowledged: Vec<String> = one.sets.into_keys().collect();
        let (one, other) = both(json!({"ack": acknowledged})).await;
        assert_eq!((one, other), (PollResponse::default(), PollResponse::default()));
        assert_eq!(gateway.rows("service_notice").await, 0);
    })
    .await;
}

// conforms: RFC 8936 §2.4 MUST
#[tokio::test]
async fn who_signs_what_proves_it_fetches_with_that() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway
            .client_that("library", |form| {
                form.client = ClientForm { events: form.client.events.clone(), ..software.settings() };
                form.client.events.delivery = "poll".to_owned();
                form.client.events.kinds = ALL.to_owned();
            })
            .await;
        let assertion = software.assertion(&library.client_id, &[]);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let body = json!({"client_assertion_type": kind, "client_assertion": assertion}).to_string();
        let poll = async || world.service.poll_events(&gateway.town.slug, None, body.as_bytes()).await.unwrap();
        assert_eq!(poll().await.unwrap(), PollResponse::default());
        assert_eq!(poll().await.unwrap_err().code, ErrorCode::InvalidClient, "it counts once");
    })
    .await;
}

// conforms: RFC 8936 §2.4 MUST
#[tokio::test]
async fn what_nobody_fetches_goes_after_a_week() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "poll", "").await;
        let mut tab = Tab::default();
        let _ = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
        for days in [6, 1] {
            world.service.send_due_notices().await.unwrap();
            assert_eq!(gateway.rows("service_notice").await, 1);
            world.clock.advance(days * 24 * 3_600);
        }
        world.service.send_due_notices().await.unwrap();
        assert_eq!(gateway.rows("service_notice").await, 0);
    })
    .await;
}

/// Notices of one service, as if so many people had withdrawn their consent.
async fn pile_up(gateway: &Gateway<'_>, client: &Client, how_many: u128) {
    let (organisation, party) =
        (gateway.world.literal(gateway.town.organisation.uuid()), gateway.world.literal(client.id.uuid()));
    let now = gateway.world.clock.seconds();
    for number in 0..how_many {
        let id = gateway.world.literal(uuid::Uuid::from_u128(client.id.uuid().as_u128() ^ (number + 1)));
        let row = format!("({organisation}, {id}, {party}, 'consent_withdrawn', 'p', null, {now}, 0, {now}, 'push')");
        let columns = "organisation_id, id, relying_party_id, kind, subject, sid, made_at, attempts, due_at, delivery";
        let insert = format!("insert into service_notice ({columns}) values {row}");
        gateway.world.execute(&insert, Some(&gateway.town)).await;
    }
}

/// The job that sends them.
async fn let_send(gateway: &Gateway<'_>, seconds_ago: i64) {
    let (world, due_at) = (gateway.world, gateway.world.clock.seconds() - seconds_ago);
    let organisation = world.literal(gateway.town.organisation.uuid());
    let columns = "organisation_id, kind, due_at, leased_until, attempts";
    let job = format!("insert into job ({columns}) values ({organisation}, 'tell_services', {due_at}, 0, 0)");
    world.execute(&job, None).await;
}

// conforms: Our own
#[tokio::test]
async fn a_vendor_whose_machine_is_away_keeps_nobody_else_waiting() {
    on_both(async |world| {
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nowhere = format!("http://{gone}/events");
        let good = MockServer::start().await;
        answer(202).mount(&good).await;
        let towns = [world.gateway("showa").await, world.gateway("mino").await];
        let mut waiting = Vec::new();
        for gateway in &towns {
            for key in ["library", "other"] {
                let party = client(gateway, key, "push", &nowhere).await;
                pile_up(gateway, &party, 30).await;
                waiting.push(party);
            }
        }
        // The one that answers comes last, in the last town.
        let fine = client(&towns[1], "fine", "push", &good.uri()).await;
        pile_up(&towns[1], &fine, 1).await;
        for (gateway, ago) in towns.iter().zip([120, 60]) {
            let_send(gateway, ago).await;
        }
        // One wait for the first town's services, side by side; none for those of the second, which are on the same machine.
        let sent = tokio::time::timeout(Duration::from_secs(15), world.service.send_due_notices()).await;
        sent.expect("they wait one after the other").unwrap();
        assert_eq!(good.received_requests().await.unwrap().len(), 1);
        for gateway in &towns {
            let postponed = format!("due_at > {}", world.clock.seconds());
            assert_eq!(world.rows_where(&gateway.town, "service_notice", &postponed).await, 60);
            assert_eq!(gateway.rows("service_notice").await, 60);
        }
        let tried = world.rows_where(&towns[1].town, "service_notice", "attempts > 0").await;
        assert_eq!(tried, 0, "that nobody is there is known from the first town's");
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_service_that_lets_wait_silences_nobody_on_its_host() {
    on_both(async |world| {
        use wiremock::matchers::path;
        let host = MockServer::start().await;
        let slowly = ResponseTemplate::new(202).set_delay(Duration::from_secs(4));
        Mock::given(path("/slow")).respond_with(slowly).mount(&host).await;
        Mock::given(path("/quick")).respond_with(ResponseTemplate::new(202)).mount(&host).await;
        let gateway = world.gateway("showa").await;
        let slow = client(&gateway, "library", "push", &format!("{}/slow", host.uri())).await;
        pile_up(&gateway, &slow, 5).await;
        let_send(&gateway, 0).await;
        world.service.send_due_notices().await.unwrap();
        // Two were taken within the ten seconds, and the rest waits although this service is not away.
        let postponed = format!("attempts = 0 and due_at > {}", world.clock.seconds());
        assert_eq!(world.rows_where(&gateway.town, "service_notice", &postponed).await, 3);
        assert_eq!(gateway.rows("service_notice").await, 3);
        let quick = client(&gateway, "other", "push", &format!("{}/quick", host.uri())).await;
        let mut tab = Tab::default();
        let _ = sign_in(&gateway, &mut tab, &quick, HANAKO).await;
        withdraw(&gateway, &tab).await;
        world.service.send_due_notices().await.unwrap();
        assert_eq!(gateway.rows("service_notice").await, 3, "the other service on the host was told");
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_service_with_much_to_hear_takes_turns() {
    on_both(async |world| {
        let (busy, good) = (MockServer::start().await, MockServer::start().await);
        answer(202).mount(&busy).await;
        answer(202).mount(&good).await;
        let gateway = world.gateway("showa").await;
        let first = client(&gateway, "library", "push", &busy.uri()).await;
        let second = client(&gateway, "other", "push", &good.uri()).await;
        pile_up(&gateway, &first, 25).await;
        let mut tab = Tab::default();
        let _ = sign_in(&gateway, &mut tab, &second, HANAKO).await;
        withdraw(&gateway, &tab).await;
        // Three jobs, one after the other: ten, ten and five of the first, and the one of the second with the first ten.
        assert_eq!(world.service.send_due_notices().await.unwrap(), 3);
        assert_eq!(busy.received_requests().await.unwrap().len(), 25);
        assert_eq!(good.received_requests().await.unwrap().len(), 1);
        assert_eq!(gateway.rows("service_notice").await, 0);
    })
    .await;
}
