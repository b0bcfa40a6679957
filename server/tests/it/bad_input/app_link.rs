//! The way back into an app of a scheme of its own (RFC 8252, section 7.1): nothing follows it but the person.

use axum::http::StatusCode;

use super::{Front, json, parameter};
use crate::client::Answer;
use crate::harness::gateway::Client as Service;
use crate::harness::{HANAKO, on_both, token_body};

/// The address behind the one link of a page that leads into the app, and nothing that leads there by itself.
#[track_caller]
fn link(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!((answer.header("location"), answer.header("refresh")), ("", ""));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.body.contains("http-equiv") && !answer.body.contains("<script"), "{}", answer.body);
    let (before, after) = answer.body.split_once("id=\"open-app\"").unwrap();
    let tag = format!("{}{}", before.rsplit_once('<').unwrap().1, after.split_once('>').unwrap().0);
    assert!(tag.starts_with("a "), "{tag}");
    let (_, href) = tag.split_once("href=\"").unwrap();
    href.split_once('"').unwrap().0.replace("&amp;", "&")
}

// conforms: RFC 8252 §7.1 MUST
#[tokio::test]
async fn an_app_of_its_own_scheme_is_opened_by_a_link() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let app = front
            .gateway
            .client_that("app", |form| {
                form.redirect_uris = "jp.example.tosho:/callback".to_owned();
                form.client.application_type = "native".to_owned();
                form.client.authentication = "none".to_owned();
            })
            .await;
        let app = Service { secret: String::new(), ..app };
        let request =
            |more: &[(&str, &str)]| format!("{}?{}", front.path("authorize"), front.gateway.request(&app, more));
        let mut browser = front.browser();

        // A refusal of the request itself.
        let silent = browser.get(&request(&[("prompt", "none")])).await.unwrap();
        let to = link(&silent);
        assert_eq!(parameter(&to, "error").as_deref(), Some("login_required"));

        let answer = browser.get(&request(&[])).await.unwrap();
        let card = browser.way(&answer);
        let page = front.back(&mut browser, &front.gateway.card.read(&card, HANAKO)).await;
        assert!(page.ends_with("/consent"), "{page}");
        // The person's refusal, and consent.
        let refused = browser.clone().post(&page, "decision=refuse").await.unwrap();
        assert_eq!(parameter(&link(&refused), "error").as_deref(), Some("access_denied"));
        let agreed = browser.agree(&page).await.unwrap();
        let to = link(&agreed);
        assert!(to.starts_with("jp.example.tosho:/callback?"), "{to}");
        assert_eq!(parameter(&to, "state").as_deref(), Some("the state"));
        assert_eq!(parameter(&to, "iss").as_deref(), Some("http://localhost:3000/t/showa"));
        let code = parameter(&to, "code").unwrap();
        let answer = front.browser().post(&front.path("token"), &token_body(&app, &code, &[])).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(json(&answer)["token_type"], "Bearer");
    })
    .await;
}
