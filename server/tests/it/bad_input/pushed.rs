//! Pushed authorization requests (RFC 9126).

use axum::http::StatusCode;

use super::{Front, is_protocol_error, json, parameter};
use crate::browser::Browser;
use crate::client::Answer;
use crate::harness::gateway::Client as Service;
use crate::harness::{HANAKO, Holder, TARO, on_both};

impl Front<'_> {
    pub(super) async fn push(&self, service: &Service, request: &str) -> Answer {
        let body = format!("{request}&client_secret={}", service.secret);
        self.browser().post(&self.path("par"), &body).await.unwrap()
    }

    /// The address with which a browser presents a request of the library's that was pushed just now.
    async fn pushed(&self) -> String {
        let answer = self.push(&self.library, &self.gateway.request(&self.library, &[])).await;
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (StatusCode::CREATED, "no-store"),
            "{}",
            answer.body
        );
        let told = json(&answer);
        assert_eq!(told["expires_in"], 90);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", "library")
            .append_pair("request_uri", told["request_uri"].as_str().unwrap())
            .finish();
        format!("{}?{query}", self.path("authorize"))
    }

    /// From the address to the consent page.
    async fn to_consent(&self, browser: &mut Browser, address: &str, holder: Holder) -> String {
        let answer = browser.get(address).await.unwrap();
        let card = browser.way(&answer);
        self.back(browser, &self.gateway.card.read(&card, holder)).await
    }
}

/// The error with which a browser is sent back to the service.
fn error(browser: &Browser, answer: &Answer) -> String {
    parameter(&browser.way(answer), "error").unwrap_or_default()
}

// conforms: RFC 9126 §2.2 MUST
#[tokio::test]
async fn a_request_is_pushed_presented_reloaded_and_spent_with_the_code() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let address = front.pushed().await;
        assert!(address.len() < 1_500, "{}", address.len());
        // Somebody else has the address too, and both come as far as the consent.
        let (mut first, mut second) = (front.browser(), front.browser());
        first.get(&address).await.unwrap();
        let page = front.to_consent(&mut first, &address, HANAKO).await;
        let other = front.to_consent(&mut second, &address, TARO).await;
        let form = second.get(&other).await.unwrap().agreement();
        let code = front.agree(&mut first, &page).await;
        let late = second.post(&other, &form).await.unwrap();
        assert!(!late.header("location").contains("code="), "{}", late.header("location"));
        let told = json(&front.redeem(&code, &[]).await);
        assert_eq!(front.userinfo(told["access_token"].as_str().unwrap()).await.status, StatusCode::OK);

        // What was used or has waited too long leads back with an error, with a session and without.
        for browser in [&mut first, &mut front.browser()] {
            let answer = browser.get(&address).await.unwrap();
            assert_eq!(error(browser, &answer), "invalid_request_uri");
        }
        let late = front.pushed().await;
        world.clock.advance(90);
        let mut browser = front.browser();
        let answer = browser.get(&late).await.unwrap();
        assert_eq!(error(&browser, &answer), "invalid_request_uri");
    })
    .await;
}

// conforms: RFC 9126 §4 SHOULD
#[tokio::test]
async fn the_same_answer_sent_twice_is_one() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let address = front.pushed().await;
        let mut browser = front.browser();
        let page = front.to_consent(&mut browser, &address, HANAKO).await;
        let (mut one, mut other) = (browser.clone(), browser.clone());
        let form = browser.get(&page).await.unwrap().agreement();
        let (first, second) = tokio::join!(one.post(&page, &form), other.post(&page, &form));
        let codes = [first.unwrap(), second.unwrap()].map(|answer| parameter(answer.header("location"), "code"));
        let mut redeemed = 0;
        for code in codes.into_iter().flatten() {
            redeemed += usize::from(front.redeem(&code, &[]).await.status == StatusCode::OK);
        }
        assert_eq!(redeemed, 1);
    })
    .await;
}

// conforms: RFC 9126 §2.1 MUST
#[tokio::test]
async fn what_would_be_an_error_later_is_one_at_once() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let (other, mino) = (front.gateway.client("other", "").await, Front::of(&world, "mino").await);
        let with = |more: &[(&str, &str)]| front.gateway.request(&front.library, more);
        let uri = front.library.redirect_uri.as_str();
        let elsewhere = ("redirect_uri", "https://elsewhere.example/cb");
        for (what, more, status, error) in [
            ("an address that is not registered", elsewhere, 400, "invalid_request"),
            ("no address", ("redirect_uri", ""), 400, "invalid_request"),
            ("no scope", ("scope", ""), 400, "invalid_request"),
            ("another response type", ("response_type", "token"), 400, "unsupported_response_type"),
            ("no challenge", ("code_challenge", ""), 400, "invalid_request"),
            ("a reference in a reference", ("request_uri", "urn:x"), 400, "request_uri_not_supported"),
            ("another client", ("client_id", "other"), 401, "invalid_client"),
        ] {
            let answer = front.push(&front.library, &with(&[more])).await;
            is_protocol_error(&answer, status, error, what);
        }
        let nobody = front.browser().post(&front.path("par"), &with(&[])).await.unwrap();
        is_protocol_error(&nobody, 401, "invalid_client", "no proof");

        // A reference is its client's and its town's, as it was made.
        let address = front.pushed().await;
        let reference = address.split_once("request_uri=").unwrap().1;
        let cut = reference.get(..reference.len() - 4).unwrap();
        let query = |client: &str, reference: &str| format!("client_id={client}&request_uri={reference}");
        for (what, path, query) in [
            ("another client", front.path("authorize"), query(&other.client_id, reference)),
            ("another town", mino.path("authorize"), query("library", reference)),
            ("cut", front.path("authorize"), query("library", cut)),
            ("nobody", front.path("authorize"), query("nobody", reference)),
        ] {
            let answer = front.browser().get(&format!("{path}?{query}")).await.unwrap();
            assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
            assert!(!answer.body.contains(uri), "{what}");
        }
        front.suspend_library().await;
        let answer = front.push(&front.library, &with(&[])).await;
        is_protocol_error(&answer, 400, "unauthorized_client", "suspended");
    })
    .await;
}
