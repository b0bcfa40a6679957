//! What a service's server asks for beside sign-ins, as it is told in docs/openid.md: security events that wait for it, and what
//! people were called before.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::configuration::ClientForm;
use serde_json::{Value, json};

use super::{Front, is_protocol_error, json};
use crate::client::{Answer, Client};
use crate::harness::{HANAKO, Holder, TARO, World, on_both};

/// Digests of no former id.
const HANDLES: [&str; 3] = [
    "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs",
    "PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0",
    "Ln0sA6lQeuJl7PW1NWiFpTOTogKdJBOUmXJloaJa78Y",
];

impl Front<'_> {
    /// A town with a library whose version says something more.
    async fn that<'w>(world: &'w World, change: impl FnOnce(&mut ClientForm)) -> Front<'w> {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| change(&mut form.client)).await;
        Front { gateway, library, router: Client::nobody(world).router }
    }

    fn basic(&self) -> String {
        let library = &self.library;
        format!("Basic {}", STANDARD.encode(format!("{}:{}", library.client_id, library.secret)))
    }

    /// What the library's server posts, its name and secret in the header.
    async fn posts(&self, endpoint: &str, media_type: &str, body: &str) -> Answer {
        let basic = self.basic();
        let headers = [("authorization", basic.as_str()), ("content-type", media_type), ("accept", "application/json")];
        self.browser().ask("POST", &self.path(endpoint), Some(body), &headers).await.unwrap()
    }

    /// The access token of somebody, and by which name the library knows them.
    async fn known(&self, holder: Holder) -> (String, String) {
        let tokens = json(&self.redeem(&self.code_for(holder).await, &[]).await);
        let of = |name: &str| tokens[name].as_str().unwrap().to_owned();
        (of("access_token"), claims(&of("id_token"))["sub"].as_str().unwrap().to_owned())
    }
}

/// What a signed token says; who signed it is another test's question.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[track_caller]
fn says(answer: &Answer, status: u16, body: &Value, what: &str) {
    assert_eq!((answer.status.as_u16(), &json(answer)), (status, body), "{what}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
}

// conforms: Our own
#[tokio::test]
async fn former_ids_are_handed_in_and_asked_for_over_http() {
    on_both(async |world| {
        let front = Front::that(&world, |client| client.former_ids_of = "library".to_owned()).await;
        let form = async |name: &str, value: &str| {
            let body = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
            front.posts("former-ids", "application/x-www-form-urlencoded", &body).await
        };
        let ((hanako, her), (taro, his)) = (front.known(HANAKO).await, front.known(TARO).await);
        let stranger = "x".repeat(43);
        let [one, other, third] = HANDLES;

        for (lines, line, error) in [
            (format!("{her},{one}\n{his},00012345"), 2, "malformed"),
            (format!("{her},{one}\n{his},{other}\n{stranger},{third}"), 3, "unknown_person"),
            (format!("{her},{one}\n{his},{one}"), 2, "repeated"),
        ] {
            let wrong = form("former_ids", &lines).await;
            let why = "lines are wrong, and none was taken";
            let lines = json!([{"line": line, "error": error}]);
            says(&wrong, 400, &json!({"error": "invalid_request", "error_description": why, "lines": lines}), error);
        }
        says(&form("token", &hanako).await, 200, &json!({}), "none was handed in");
        let right = form("former_ids", &format!("{her},{one}\n{his},{other}\n")).await;
        says(&right, 200, &json!({"kept": 2}), "two lines");
        says(&form("token", &hanako).await, 200, &json!({"former_id": one}), "hers");
        says(&form("token", &taro).await, 200, &json!({"former_id": other}), "his");

        is_protocol_error(&form("token", "made up").await, 400, "invalid_grant", "no token");
        is_protocol_error(&form("nothing", "x").await, 400, "invalid_request", "neither lines nor token");
        let other_body = front.posts("former-ids", "application/json", "{}").await;
        is_protocol_error(&other_body, 400, "invalid_request", "JSON");
        let read = front.browser().get(&front.path("former-ids")).await.unwrap();
        assert_eq!((read.status, read.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    })
    .await;
}

// conforms: RFC 8936 §2.3 MUST; RFC 8936 §2.4 MUST
#[tokio::test]
async fn waiting_events_are_fetched_and_acknowledged_over_http() {
    on_both(async |world| {
        let front = Front::that(&world, |client| {
            client.events.delivery = "poll".to_owned();
            client.events.kinds = "town_id_deleted".to_owned();
        })
        .await;
        let poll = async |body: Value| front.posts("events", "application/json", &body.to_string()).await;
        says(&poll(json!({})).await, 200, &json!({"sets": {}, "moreAvailable": false}), "nothing happened");

        let mut gone = Vec::new();
        for holder in [HANAKO, TARO] {
            let mut browser = front.browser();
            let page = front.to_page(&mut browser, holder).await;
            let code = front.agree(&mut browser, &page).await;
            let tokens = json(&front.redeem(&code, &[]).await);
            gone.push(claims(tokens["id_token"].as_str().unwrap())["sub"].clone());
            let deleted = browser.post(&front.path("me/delete"), "").await.unwrap();
            assert_eq!(deleted.status, StatusCode::SEE_OTHER, "{}", deleted.body);
        }
        let first = poll(json!({"maxEvents": 1})).await;
        let body = json(&first);
        let sets = body["sets"].as_object().unwrap();
        assert_eq!((sets.len(), &body["moreAvailable"]), (1, &json!(true)), "{body}");
        says(&first, 200, &json!({"sets": sets, "moreAvailable": true}), "one of two");
        let (id, token) = sets.iter().next().unwrap();
        let said = claims(token.as_str().unwrap());
        assert_eq!((said["jti"].as_str(), &said["aud"]), (Some(id.as_str()), &json!("library")));
        let deleted = "https://schemas.openid.net/secevent/risc/event-type/account-purged";
        assert_eq!(said["events"], json!({deleted: {}}));
        let subject = &said["sub_id"]["sub"];
        assert!(gone.contains(subject), "{said}");
        assert_eq!(json(&poll(json!({"maxEvents": 1})).await)["sets"].as_object().unwrap().len(), 1);

        // What is acknowledged is over; what is complained of is, too.
        let rest = json(&poll(json!({"ack": [id]})).await);
        let rest_sets = rest["sets"].as_object().unwrap();
        assert_eq!((rest_sets.len(), rest_sets.contains_key(id), &rest["moreAvailable"]), (1, false, &json!(false)));
        let complaint = json!({"setErrs": {rest_sets.keys().next().unwrap(): {"err": "invalid_key"}}});
        says(&poll(complaint).await, 200, &json!({"sets": {}, "moreAvailable": false}), "all are done with");

        for body in ["[]", "", "ack=x"] {
            let answer = front.posts("events", "application/json", body).await;
            is_protocol_error(&answer, 400, "invalid_request", body);
        }
        let other = front.gateway.client("other", "").await;
        let other = Front { library: other, gateway: front.gateway, router: front.router };
        let answer = other.posts("events", "application/json", "{}").await;
        is_protocol_error(&answer, 400, "unauthorized_client", "one that is told of nothing");
        let read = other.browser().get(&other.path("events")).await.unwrap();
        assert_eq!((read.status, read.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    })
    .await;
}
