//! The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0), as a form of another site posts to it.

use axum::http::StatusCode;

use super::{Front, is_page, json, parameter};
use crate::browser::Browser;
use crate::harness::gateway::Client as Service;
use crate::harness::{HANAKO, on_both, token_body};

const BYE: &str = "https://portal.example.jp/bye";
/// What a browser says of a form of another site, and of one in a frame of nowhere.
const FOREIGN: [[(&str, &str); 2]; 2] = [
    [("sec-fetch-site", "cross-site"), ("origin", "https://portal.example.jp")],
    [("sec-fetch-site", "cross-site"), ("origin", "null")],
];

/// Signs in at a service: its ID token.
async fn signed_in(front: &Front<'_>, browser: &mut Browser, portal: &Service) -> String {
    let request = format!("{}?{}", front.path("authorize"), front.gateway.request(portal, &[]));
    let answer = browser.get(&request).await.unwrap();
    let card = browser.way(&answer);
    let mut to = front.back(browser, &front.gateway.card.read(&card, HANAKO)).await;
    if to.ends_with("/consent") {
        let answer = browser.agree(&to).await.unwrap();
        to = browser.way(&answer);
    }
    let code = parameter(&to, "code").unwrap();
    let answer = front.browser().post(&front.path("token"), &token_body(portal, &code, &[])).await.unwrap();
    json(&answer)["id_token"].as_str().unwrap().to_owned()
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

// conforms: OpenID Connect RP-Initiated Logout 1.0 §2 MUST
#[tokio::test]
async fn a_sign_out_comes_by_get_or_as_a_form_of_another_site() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let portal =
            front.gateway.client_that("portal", |form| form.client.post_logout_redirect_uris = BYE.to_owned()).await;
        let (logout, me) = (front.path("logout"), front.path("me"));
        // The browser sends none of its cookies along, and keeps none that come back in vain.
        let posted = async |body: &str, headers: &[(&str, &str)]| {
            let mut stranger = front.browser();
            let answer = stranger.ask("POST", &logout, Some(body), headers).await.unwrap();
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            assert_eq!((answer.header("set-cookie"), answer.header("cache-control")), ("", "no-store"));
            let on = stranger.way(&answer);
            assert!(on.starts_with("/t/showa/logout?request=") && !on.contains(BYE), "{on}");
            on
        };

        for foreign in &FOREIGN {
            let mut browser = front.browser();
            let hint = signed_in(&front, &mut browser, &portal).await;
            let hinted = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
            let on = posted(&form(&hinted), foreign).await;
            assert_eq!(browser.get(&me).await.unwrap().status, StatusCode::OK, "nothing has happened yet");
            // Elsewhere nobody is signed in, and nobody is signed out.
            let mut elsewhere = front.browser();
            let answer = elsewhere.get(&on).await.unwrap();
            assert_eq!(elsewhere.way(&answer), format!("{BYE}?state=s"));
            assert_eq!(browser.get(&me).await.unwrap().status, StatusCode::OK);
            let answer = browser.get(&on).await.unwrap();
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            assert_eq!(browser.way(&answer), format!("{BYE}?state=s"));
            assert_ne!(browser.get(&me).await.unwrap().status, StatusCode::OK, "signed out");
            assert_eq!(front.gateway.rows("resident_session").await, 0);
        }

        // Without a hint the person is asked, and only a form of ours is an answer.
        let mut browser = front.browser();
        signed_in(&front, &mut browser, &portal).await;
        let on = posted(&form(&[("client_id", "portal"), ("post_logout_redirect_uri", BYE)]), &FOREIGN[0]).await;
        let answer = browser.get(&on).await.unwrap();
        let question = browser.way(&answer);
        assert!(question.starts_with("/t/showa/me/sign-out?request="), "{question}");
        let page = browser.get(&question).await.unwrap();
        assert!(page.status == StatusCode::OK && page.body.contains("id=\"logout-confirm\""), "{}", page.body);
        let (_, sealed) = question.split_once("request=").unwrap();
        let body = form(&[("request", sealed)]);
        let by_another = browser.clone().ask("POST", &front.path("me/sign-out"), Some(&body), &FOREIGN[0]).await;
        assert_eq!(by_another.unwrap().status, StatusCode::FORBIDDEN);
        assert_eq!(front.gateway.rows("resident_session").await, 1);
        let answer = browser.post(&front.path("me/sign-out"), &body).await.unwrap();
        assert_eq!((answer.status, browser.way(&answer)), (StatusCode::SEE_OTHER, BYE.to_owned()));
        assert_eq!(front.gateway.rows("resident_session").await, 0);

        // What cannot be read is a page, wherever it came from.
        let unread = [FOREIGN[0][0], FOREIGN[0][1], ("content-type", "application/json")];
        let answer = front.browser().ask("POST", &logout, Some("{}"), &unread).await.unwrap();
        is_page(&answer, StatusCode::BAD_REQUEST, "送られた内容を受け取れません", "JSON");
        let elsewhere = form(&[("client_id", "portal"), ("post_logout_redirect_uri", "https://evil.example/")]);
        let answer = front.browser().ask("POST", &logout, Some(&elsewhere), &FOREIGN[0]).await.unwrap();
        is_page(&answer, StatusCode::BAD_REQUEST, "サービスへ戻れません", "an address that is not registered");
    })
    .await;
}
