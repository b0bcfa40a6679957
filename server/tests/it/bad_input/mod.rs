//! What is wrong with a request, as whoever sent it hears of it over HTTP: a page in the reader's language that says what to
//! do, or an error of the protocol; and what the database holds afterwards. And what is right, but comes or goes in another way
//! than usual.

mod about_tokens;
mod app_link;
mod authorize;
mod beside;
mod callback;
mod documents;
mod flow_pages;
mod languages;
mod logout;
mod outage;
mod peers;
mod possession;
mod pushed;
mod staff_forms;
mod token;
mod userinfo;

use axum::Router;
use axum::http::StatusCode;
use domain::names::Reason;
use serde_json::Value;

use crate::browser::Browser;
use crate::client::{Answer, Client};
use crate::harness::gateway::{Client as Service, Gateway};
use crate::harness::{HANAKO, Holder, World, token_body};

/// A town with a library, and the router in front of it.
struct Front<'w> {
    gateway: Gateway<'w>,
    library: Service,
    router: Router,
}

impl Front<'_> {
    async fn of<'w>(world: &'w World, slug: &str) -> Front<'w> {
        let gateway = world.gateway(slug).await;
        let library = gateway.client("library", "").await;
        Front { gateway, library, router: Client::nobody(world).router }
    }

    fn browser(&self) -> Browser {
        Browser::at_router(self.router.clone())
    }

    fn path(&self, endpoint: &str) -> String {
        format!("/t/{}/{endpoint}", self.gateway.town.slug)
    }

    /// An authorization request of the library; `more` replaces parameters, an empty value takes one away.
    fn request(&self, more: &[(&str, &str)]) -> String {
        format!("{}?{}", self.path("authorize"), self.gateway.request(&self.library, more))
    }

    /// To the card reader: its address.
    async fn to_card(&self, browser: &mut Browser) -> String {
        let answer = browser.get(&self.request(&[])).await.unwrap();
        let card = browser.way(&answer);
        assert!(card.starts_with(&self.gateway.card.issuer()), "{card}");
        card
    }

    /// Back from the card reader: the address of the page that follows.
    async fn to_page(&self, browser: &mut Browser, holder: Holder) -> String {
        let card = self.to_card(browser).await;
        self.back(browser, &self.gateway.card.read(&card, holder)).await
    }

    /// Back from the provider with this query.
    async fn back(&self, browser: &mut Browser, query: &str) -> String {
        let answer = browser.get(&format!("{}?{query}", self.path("callback"))).await.unwrap();
        browser.way(&answer)
    }

    /// Agrees on a consent page: the code.
    async fn agree(&self, browser: &mut Browser, page: &str) -> String {
        assert!(page.ends_with("/consent"), "{page}");
        let answer = browser.agree(page).await.unwrap();
        // A GET, whatever the browser makes of 302 after a POST (RFC 9700, section 4.12).
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        parameter(&browser.way(&answer), "code").unwrap()
    }

    /// A code for 花子, or for somebody else.
    async fn code_for(&self, holder: Holder) -> String {
        let mut browser = self.browser();
        let page = self.to_page(&mut browser, holder).await;
        self.agree(&mut browser, &page).await
    }

    async fn code(&self) -> String {
        self.code_for(HANAKO).await
    }

    /// Shows a code at the token endpoint as the library does; `more` replaces parameters.
    async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        self.browser().post(&self.path("token"), &token_body(&self.library, code, more)).await.unwrap()
    }

    async fn access_token(&self) -> String {
        let answer = self.redeem(&self.code().await, &[]).await;
        json(&answer)["access_token"].as_str().unwrap().to_owned()
    }

    async fn userinfo(&self, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.browser().ask("GET", &self.path("userinfo"), None, &[("authorization", &bearer)]).await.unwrap()
    }

    async fn suspend_library(&self) {
        let reason = Reason::parse("点検").unwrap();
        let admin = self.gateway.town.admin().await;
        self.gateway.world.service.suspend_relying_party(&admin, self.library.id, &reason).await.unwrap();
    }

    /// How many rows there are of everything that a sign-in writes.
    async fn written(&self) -> [i64; 6] {
        let rows = |table| self.gateway.rows(table);
        [
            rows("resident").await,
            rows("eligibility").await,
            rows("consent_grant").await,
            rows("resident_session").await,
            rows("token_family").await,
            rows("usage_mark").await,
        ]
    }
}

/// Nothing of a sign-in.
const NOTHING: [i64; 6] = [0; 6];
/// One whole first sign-in.
const ONE_OF_EACH: [i64; 6] = [1; 6];

/// A parameter of an address.
fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), "application/json", "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// An error of the protocol as JSON: its status and code, kept by no cache, and nothing else that speaks.
#[track_caller]
fn is_protocol_error(answer: &Answer, status: u16, error: &str, what: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.body);
    let body = json(answer);
    assert_eq!(body["error"], error, "{what}");
    assert!(body["error_description"].as_str().is_some_and(|text| text.is_ascii()), "{what}: {body}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    assert_eq!(answer.header("location"), "", "{what}");
}

/// A page for people that says these words, and leads nowhere by itself.
#[track_caller]
fn is_page(answer: &Answer, status: StatusCode, words: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.body);
    assert!(answer.header("content-type").starts_with("text/html"), "{what}");
    assert!(answer.body.contains(words), "{what}: {}", answer.body);
    assert_eq!(answer.header("location"), "", "{what}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
}
