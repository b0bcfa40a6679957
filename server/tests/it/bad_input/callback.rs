//! Back from the identity provider: with an answer that is not this browser's, or with none that can be used.

use axum::http::StatusCode;

use super::{Front, NOTHING, ONE_OF_EACH, is_page, parameter};
use crate::browser::Browser;
use crate::harness::{HANAKO, Mood, on_both, on_sqlite};

const FOREIGN: (&str, &str) = ("この画面で始めたサインインの答えではありませんでした", "The answer does not belong");
const GONE: (&str, &str) = ("30分が過ぎたか", "Half an hour has passed");

/// The browser's flow cookie with one character replaced.
fn altered(browser: &Browser, at: impl Fn(usize) -> usize) -> Browser {
    let mut other = browser.clone();
    let (_, value) = other.cookies.iter_mut().find(|(name, _)| name.starts_with("flow-")).unwrap();
    let mut bytes = value.clone().into_bytes();
    let at = at(bytes.len());
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    *value = String::from_utf8(bytes).unwrap();
    other
}

/// The browser with another value in its flow cookie.
fn with_cookie(browser: &Browser, new: &str) -> Browser {
    let mut other = browser.clone();
    let (_, value) = other.cookies.iter_mut().find(|(name, _)| name.starts_with("flow-")).unwrap();
    *value = new.to_owned();
    other
}

// conforms: RFC 9700 §4.7 MUST; RFC 9207 §2.4 MUST
#[tokio::test]
async fn an_answer_that_belongs_to_no_sign_in_here_is_a_page() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let mino = Front::of(&world, "mino").await;
        let mut browser = front.browser();
        let card = front.to_card(&mut browser).await;
        let good = front.gateway.card.read(&card, HANAKO);
        let mut second = front.browser();
        let other_card = front.to_card(&mut second).await;
        let other_state = parameter(&other_card, "state").unwrap();
        let state = parameter(&card, "state").unwrap();
        let other_cookie = second.cookies.values().next().unwrap().clone();
        let here = front.path("callback");
        // What is wrong, whose browser, the address, the status, the words.
        let rows = [
            ("nothing", browser.clone(), here.clone(), 400, FOREIGN),
            ("no state", browser.clone(), format!("{here}?code=x"), 400, FOREIGN),
            ("a short state", browser.clone(), format!("{here}?code=x&state=short"), 400, FOREIGN),
            ("NUL", browser.clone(), format!("{here}?code=x&state=%00"), 400, FOREIGN),
            ("a state twice", browser.clone(), format!("{here}?{good}&state={state}"), 400, FOREIGN),
            (
                "an altered state",
                browser.clone(),
                format!("{here}?{}", good.replace(&state, &format!("{state}x"))),
                400,
                FOREIGN,
            ),
            (
                "another issuer",
                browser.clone(),
                format!("{here}?{}", good.replace("iss=http", "iss=https")),
                400,
                FOREIGN,
            ),
            ("another's state", browser.clone(), format!("{here}?{}", good.replace(&state, &other_state)), 410, GONE),
            ("another browser", front.browser(), format!("{here}?{good}"), 410, GONE),
            ("another person's browser", second.clone(), format!("{here}?{good}"), 410, GONE),
            ("the cookie of another flow", with_cookie(&browser, &other_cookie), format!("{here}?{good}"), 410, GONE),
            ("an empty cookie", with_cookie(&browser, ""), format!("{here}?{good}"), 410, GONE),
            ("a cookie of nonsense", with_cookie(&browser, "%00==!()"), format!("{here}?{good}"), 410, GONE),
            ("altered at the front", altered(&browser, |_| 0), format!("{here}?{good}"), 410, GONE),
            ("altered in its key's number", altered(&browser, |_| 3), format!("{here}?{good}"), 410, GONE),
            ("altered in the middle", altered(&browser, |length| length / 2), format!("{here}?{good}"), 410, GONE),
            ("altered near the end", altered(&browser, |length| length - 2), format!("{here}?{good}"), 410, GONE),
            ("at another town", browser.clone(), format!("{}?{good}", mino.path("callback")), 410, GONE),
        ];
        for (what, who, path, status, (ja, en)) in &rows {
            for (language, words) in [("ja", ja), ("en", en)] {
                let answer = who.clone().ask("GET", path, None, &[("accept-language", language)]).await.unwrap();
                is_page(&answer, StatusCode::from_u16(*status).unwrap(), words, what);
            }
        }
        assert_eq!(front.written().await, NOTHING);
        // None of it hurt the sign-in itself, and the same answer a second time leads to where it is by now.
        let mut late = browser.clone();
        let page = front.back(&mut browser, &good).await;
        assert_eq!(front.back(&mut browser, &good).await, page);
        front.agree(&mut browser, &page).await;
        assert_eq!(front.written().await, ONE_OF_EACH);
        world.clock.advance(30 * 60);
        let answer = late.get(&format!("{here}?{good}")).await.unwrap();
        is_page(&answer, StatusCode::GONE, GONE.0, "after half an hour");
    })
    .await;
}

const FAILED: (&str, &str) = ("いまは、カードを確かめられません", "Your card cannot be checked at the moment");
const DECLINED: (&str, &str) = ("カードを読みませんでした", "Your card was not read");

#[tokio::test]
async fn a_provider_that_refuses_or_talks_nonsense_is_a_page_with_another_try() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let script = "server_error&error_description=%3Cscript%3Ealert(1)%3C/script%3E";
        // How the provider is, the error that it sends back in place of a code, the page.
        for (mood, error, (ja, en)) in [
            (Mood::Fine, "access_denied", DECLINED),
            (Mood::Fine, "server_error", FAILED),
            (Mood::Fine, "login_required", FAILED),
            (Mood::Fine, script, FAILED),
            (Mood::Down, "", FAILED),
            (Mood::Nonsense, "", FAILED),
            (Mood::RefusesCode, "", FAILED),
            (Mood::Unsigned, "", FAILED),
            (Mood::OtherSubject, "", FAILED),
        ] {
            let what = format!("{mood:?} {error}");
            let mut browser = front.browser();
            let card = front.to_card(&mut browser).await;
            let query = match error {
                "" => front.gateway.card.read(&card, HANAKO),
                error => front.gateway.card.decline(&card, "E").replace("error=E", &format!("error={error}")),
            };
            front.gateway.card.behaves(mood);
            let page = front.back(&mut browser, &query).await;
            front.gateway.card.behaves(Mood::Fine);
            is_another_try(&front, &mut browser, &page, (ja, en), &what).await;
        }
        assert_eq!(front.written().await, NOTHING);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_provider_that_does_not_answer_in_time_is_given_up() {
    on_sqlite(async |world| {
        let front = Front::of(&world, "showa").await;
        let mut browser = front.browser();
        let card = front.to_card(&mut browser).await;
        let query = front.gateway.card.read(&card, HANAKO);
        front.gateway.card.behaves(Mood::Slow);
        let page = front.back(&mut browser, &query).await;
        front.gateway.card.behaves(Mood::Fine);
        is_another_try(&front, &mut browser, &page, FAILED, "slow").await;
        assert_eq!(front.written().await, NOTHING);
    })
    .await;
}

/// The outcome page says what happened in the reader's language; the button on it begins again and leads to the consent page;
/// the other one leads back to the service.
async fn is_another_try(front: &Front<'_>, browser: &mut Browser, page: &str, words: (&str, &str), what: &str) {
    assert!(page.ends_with("/outcome"), "{what}: {page}");
    let mut reader = browser.clone();
    for (language, words) in [("ja", words.0), ("en", words.1)] {
        reader.cookies.insert("locale".to_owned(), language.to_owned());
        let answer = reader.get(page).await.unwrap();
        is_page(&answer, StatusCode::OK, words, what);
        assert!(answer.body.contains("name=\"retry\"") && !answer.body.contains("alert(1)"), "{what}");
    }
    let mut leaving = browser.clone();
    let back = leaving.post(&page.replace("/outcome", "/return"), "").await.unwrap();
    let back = leaving.way(&back);
    // Whoever gave up is told apart from a provider that failed.
    let error = if words == DECLINED { "access_denied" } else { "temporarily_unavailable" };
    assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{what}");
    assert_eq!(parameter(&back, "state").as_deref(), Some("the state"), "{what}");

    let answer = browser.post(page, "retry=on").await.unwrap();
    let card = browser.way(&answer);
    let page = front.back(browser, &front.gateway.card.read(&card, HANAKO)).await;
    assert!(page.ends_with("/consent"), "{what}: {page}");
    is_page(&browser.get(&page).await.unwrap(), StatusCode::OK, "図書館システム株式会社", what);
}
