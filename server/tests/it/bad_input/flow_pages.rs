//! The pages of a flow, posted to twice, in another way than their forms do, or by somebody else.

use axum::http::StatusCode;

use super::{Front, NOTHING, ONE_OF_EACH, is_page, is_protocol_error, parameter};
use crate::browser::Browser;
use crate::harness::{HANAKO, NAMESAKE, on_both};

const OWN: [(&str, &str); 2] = [("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin")];
const FOREIGN: [(&str, &str); 2] = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
const JSON: [(&str, &str); 3] = [OWN[0], OWN[1], ("content-type", "application/json")];

const WRONG: (&str, &str) = ("送られた内容を受け取れません", "This request was not taken");
const GONE: (&str, &str) = ("このサインインは続けられません", "This sign-in cannot go on");
const NOWHERE: (&str, &str) = ("ページが見つかりません", "Page not found");
const DONE: (&str, &str) = ("もう済んでいます", "This is done already");

/// What is wrong, whose browser, the address, headers, body; the status and the words of the page.
type Row<'a> = (&'a str, &'a Browser, &'a str, &'a [(&'a str, &'a str)], &'a [u8], u16, (&'static str, &'static str));

#[tokio::test]
async fn a_consent_that_is_not_the_forms_own_is_none() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let mut browser = front.browser();
        let page = front.to_page(&mut browser, HANAKO).await;
        let mut thief = front.browser();
        front.to_page(&mut thief, NAMESAKE).await;
        let unknown = "/t/showa/flow/00000000000000000000000000000000/consent";
        let form = browser.get(&page).await.unwrap().agreement();
        let more = |text: &str| [form.as_bytes(), text.as_bytes()].concat();
        let (agree, refused_too, twice) = (form.as_bytes(), more("&decision=refuse"), more("&decision=accept"));
        let (nul, no_text) = (form.replace("accept", "accept%00"), [form.as_bytes(), b"&decision=\xff\xfe"].concat());
        let rows: [Row<'_>; 15] = [
            ("no decision", &browser, &page, &OWN, b"", 400, WRONG),
            ("another decision", &browser, &page, &OWN, b"decision=perhaps", 400, WRONG),
            ("two decisions", &browser, &page, &OWN, &refused_too, 400, WRONG),
            ("one decision twice", &browser, &page, &OWN, &twice, 400, WRONG),
            ("NUL", &browser, &page, &OWN, nul.as_bytes(), 400, WRONG),
            ("bytes that are no text", &browser, &page, &OWN, &no_text, 400, WRONG),
            ("JSON", &browser, &page, &JSON, b"{\"decision\":\"accept\"}", 400, WRONG),
            ("a form of another site", &browser, &page, &FOREIGN, agree, 403, WRONG),
            ("a form of nowhere", &browser, &page, &[("origin", "null")], agree, 403, WRONG),
            ("an unknown flow", &browser, unknown, &OWN, agree, 410, GONE),
            ("no flow", &browser, "/t/showa/flow/nonsense/consent", &OWN, agree, 404, NOWHERE),
            ("another person's flow", &thief, &page, &OWN, agree, 410, GONE),
            (
                "a retry of another person's flow",
                &thief,
                &page.replace("consent", "outcome"),
                &OWN,
                b"retry=on",
                410,
                GONE,
            ),
            ("leaving another person's flow", &thief, &page.replace("consent", "return"), &OWN, b"", 410, GONE),
            ("another method", &browser, &page, &OWN, b"", 405, WRONG),
        ];
        for (what, who, path, headers, body, status, (ja, en)) in rows {
            for (language, words) in [("ja", ja), ("en", en)] {
                let headers = [headers, &[("accept-language", language)]].concat();
                let method = if status == 405 { "PUT" } else { "POST" };
                let mut who = who.clone();
                // The flow speaks the language in which it began; the switch is the reader's own.
                who.cookies.insert("locale".to_owned(), language.to_owned());
                let answer = who.send(method, path, Some(body), &headers).await.unwrap();
                is_page(&answer, StatusCode::from_u16(status).unwrap(), words, what);
            }
        }
        // To other words than those that are shown nobody agreed: the page once more.
        for words in ["", "&text=", "&text=x.1"] {
            let (mut browser, body) = (browser.clone(), format!("decision=accept{words}"));
            let answer = browser.send("POST", &page, Some(body.as_bytes()), &OWN).await.unwrap();
            assert_eq!(answer.header("location"), format!("{page}?words=new"), "{words}");
        }
        assert_eq!(front.written().await, NOTHING);
        let returned = browser.get(&page.replace("consent", "return")).await.unwrap();
        is_page(&returned, StatusCode::METHOD_NOT_ALLOWED, WRONG.0, "a reload of what is posted only");
        assert_eq!(returned.header("allow"), "POST");
        front.agree(&mut browser, &page).await;
        assert_eq!(front.written().await, ONE_OF_EACH);
    })
    .await;
}

#[tokio::test]
async fn what_is_posted_twice_happens_once() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let mut browser = front.browser();
        let page = front.to_page(&mut browser, HANAKO).await;
        let form = browser.get(&page).await.unwrap().agreement();
        let mut codes = Vec::new();
        for _ in 0..2 {
            let answer = browser.post(&page, &form).await.unwrap();
            codes.push(parameter(&browser.way(&answer), "code").unwrap());
        }
        let [first, second] = <[String; 2]>::try_from(codes).unwrap();
        is_protocol_error(&front.redeem(&first, &[]).await, 400, "invalid_grant", "the code of before");
        assert_eq!(front.redeem(&second, &[]).await.status, StatusCode::OK);
        for (language, words) in [("ja", DONE.0), ("en", DONE.1)] {
            let mut reader = browser.clone();
            let headers = [OWN[0], OWN[1], ("accept-language", language)];
            let answer = reader.ask("POST", &page, Some(&form), &headers).await.unwrap();
            is_page(&answer, StatusCode::GONE, words, "after the code was redeemed");
            let answer = reader.ask("POST", &page, Some("decision=refuse"), &headers).await.unwrap();
            assert!(answer.status == StatusCode::GONE || browser.way(&answer).contains("access_denied"));
        }
        assert_eq!(front.written().await, ONE_OF_EACH);
    })
    .await;
}

#[tokio::test]
async fn an_outcome_is_no_consent_and_is_left_once() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let mut browser = front.browser();
        let page = front.to_page(&mut browser, NAMESAKE).await;
        is_page(&browser.get(&page).await.unwrap(), StatusCode::OK, "昭和村", "not eligible");
        // A consent to what was refused is none.
        let mut eager = browser.clone();
        let form = format!("decision=accept&text={}.1", front.gateway.text);
        let answer = eager.post(&page.replace("outcome", "consent"), &form).await.unwrap();
        assert_eq!(parameter(&format!("http://x{}", answer.header("location")), "code"), None);
        for _ in 0..2 {
            let mut reader = browser.clone();
            let answer = reader.post(&page, "retry=on").await.unwrap();
            assert_eq!(reader.way(&answer), page, "the same card would be told the same");
        }
        let leave = page.replace("outcome", "return");
        let first = browser.post(&leave, "").await.unwrap();
        let to = browser.way(&first);
        assert_eq!(parameter(&to, "error").as_deref(), Some("access_denied"));
        assert_eq!(parameter(&to, "iss").as_deref(), Some("http://localhost:3000/t/showa"));
        let again = browser.post(&leave, "").await.unwrap();
        assert!(again.status == StatusCode::GONE || browser.way(&again) == to, "{}", again.status);
        assert_eq!(front.written().await, NOTHING);
    })
    .await;
}
