//! The language that a service asks for (OpenID Connect Core, section 3.1.2.1), and that of the reader's browser.

use axum::http::StatusCode;

use super::{Front, json};
use crate::harness::{HANAKO, on_both};

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MAY
#[tokio::test]
async fn pages_speak_the_language_that_the_service_asks_for() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let path = front.path("authorize");
        // What is asked for, what the browser prefers, and what the page speaks.
        let rows = [
            ("en", "ja", "en", "Agree and continue"),
            ("fr en-GB ja", "ja", "en", "Agree and continue"),
            ("ja", "en", "ja", "同意して進む"),
            ("fr", "en", "en", "Agree and continue"),
            ("", "ja", "ja", "同意して進む"),
        ];
        for (asked, preferred, spoken, words) in rows {
            let query = front.gateway.request(&front.library, &[("ui_locales", asked)]);
            let pushed = front.push(&front.library, &query).await;
            assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.body);
            let reference = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("client_id", "library")
                .append_pair("request_uri", json(&pushed)["request_uri"].as_str().unwrap())
                .finish();
            for (how, query) in [("in the address", &query), ("pushed", &reference)] {
                let what = format!("{asked:?} {how}, before {preferred}");
                let prefers = [("accept-language", preferred)];
                let mut browser = front.browser();
                let answer = browser.ask("GET", &format!("{path}?{query}"), None, &prefers).await.unwrap();
                let back = front.gateway.card.read(&browser.way(&answer), HANAKO);
                let callback = format!("{}?{back}", front.path("callback"));
                let answer = browser.ask("GET", &callback, None, &prefers).await.unwrap();
                let consent = browser.way(&answer);
                let page = browser.ask("GET", &consent, None, &prefers).await.unwrap();
                assert_eq!(page.status, StatusCode::OK, "{what}: {}", page.body);
                assert!(page.body.contains(&format!("<html lang=\"{spoken}\">")), "{what}: {}", page.body);
                assert!(page.body.contains(words), "{what}: {}", page.body);
            }
        }
    })
    .await;
}
