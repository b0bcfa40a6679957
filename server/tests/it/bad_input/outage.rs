//! The database goes away in the middle of sign-ins and comes back: whoever asks meanwhile hears so, nothing is half written,
//! and what was begun goes on.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::StatusCode;
use domain::access::Role;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{Front, is_page, is_protocol_error};
use crate::client::{Client, router};
use crate::harness::{HANAKO, PASSWORD, TARO, code_of, mail, on_postgres, on_sqlite, token_body};

const AWAY: (&str, &str) =
    ("少し待ってから、もう一度お試しください。何も失われていません", "Wait a little, then try again. Nothing is lost");
const AWAY_FOR_STAFF: (&str, &str) = ("いまは表示できません", "Not available at the moment");

/// Method, address and form of a request for a page, and what the page says.
type Row<'a> = (&'a str, &'a str, Option<&'a str>, (&'static str, &'static str));

/// The way to a database server, which can be cut.
struct Wire {
    here: SocketAddr,
    there: String,
    carrying: Option<JoinHandle<()>>,
}

impl Wire {
    async fn to(there: String) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut wire = Wire { here: listener.local_addr().unwrap(), there, carrying: None };
        wire.carry(listener);
        wire
    }

    fn carry(&mut self, listener: TcpListener) {
        let there = self.there.clone();
        self.carrying = Some(tokio::spawn(async move {
            // Ends with this task: every connection breaks in the middle of what it says.
            let mut connections = JoinSet::new();
            loop {
                let (mut from, _) = listener.accept().await.unwrap();
                let mut to = TcpStream::connect(&there).await.unwrap();
                connections.spawn(async move { copy_bidirectional(&mut from, &mut to).await });
            }
        }));
    }

    async fn cut(&mut self) {
        let carrying = self.carrying.take().unwrap();
        carrying.abort();
        let _ = carrying.await;
    }

    async fn mend(&mut self) {
        self.carry(TcpListener::bind(self.here).await.unwrap());
    }
}

#[tokio::test]
async fn while_postgresql_is_away_everybody_hears_so_and_afterwards_goes_on() {
    on_postgres(async |world| {
        let mut url = url::Url::parse(&world.database_url()).unwrap();
        let mut wire = Wire::to(format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())).await;
        url.set_port(Some(wire.here.port())).unwrap();
        let router = router(world.process_at(url.as_str()).await, "");
        let front = Front { router, ..Front::of(&world, "showa").await };

        // Somebody reads the consent page, somebody is at the card, a service holds a code, another one a token.
        let (mut reading, mut at_card) = (front.browser(), front.browser());
        let page = front.to_page(&mut reading, HANAKO).await;
        let agreement = reading.get(&page).await.unwrap().agreement();
        let card = front.to_card(&mut at_card).await;
        let callback = format!("{}?{}", front.path("callback"), front.gateway.card.read(&card, HANAKO));
        let code = front.code_for(TARO).await;
        let token = front.access_token().await;
        let mut clerk = front.browser();
        clerk.cookies.extend([Client::of(&world, &front.gateway.town, Role::Admin).await.session()]);
        assert_eq!(clerk.clone().get("/console/showa").await.unwrap().status, StatusCode::OK);
        let before = front.written().await;
        wire.cut().await;

        let ask = async |method: &str, path: &str, form: Option<&str>, language: &str| {
            let headers =
                [("accept-language", language), ("sec-fetch-site", "same-origin"), ("origin", "http://localhost:3000")];
            // Every cookie of this test at once: each finds its own.
            let mut browser = reading.clone();
            browser.cookies.extend(at_card.cookies.clone());
            browser.cookies.extend(clerk.cookies.clone());
            browser.cookies.insert("locale".to_owned(), language.to_owned());
            browser.ask(method, path, form, &headers).await.unwrap()
        };
        let people = |language: &'static str, words: (&'static str, &'static str)| {
            let words = if language == "ja" { words.0 } else { words.1 };
            (language, words)
        };
        let authorize = front.request(&[]);
        let outcome = page.replace("consent", "outcome");
        let pages: [Row<'_>; 12] = [
            ("GET", "/t/showa", None, AWAY),
            ("GET", &authorize, None, AWAY),
            ("GET", &callback, None, AWAY),
            ("GET", &page, None, AWAY),
            ("POST", &page, Some(&agreement), AWAY),
            ("POST", &page, Some("decision=refuse"), AWAY),
            ("POST", &outcome, Some("retry=on"), AWAY),
            ("GET", "/t/showa/me", None, AWAY),
            ("POST", "/t/showa/me/delete", Some(""), AWAY),
            ("GET", "/console/showa", None, AWAY_FOR_STAFF),
            ("POST", "/console/showa/settings?edit=contact", Some("phone=1"), AWAY_FOR_STAFF),
            ("POST", "/account/sign-in", Some("mail=a%40example.jp&password=x"), AWAY_FOR_STAFF),
        ];
        let mut waiting = Vec::new();
        for (at, (method, path, form, words)) in pages.into_iter().enumerate() {
            let (language, words) = people(if at % 2 == 0 { "ja" } else { "en" }, words);
            let ask = &ask;
            waiting.push(async move {
                let answer = ask(method, path, form, language).await;
                is_page(&answer, StatusCode::SERVICE_UNAVAILABLE, words, &format!("{method} {path}"));
                // Nothing is forgotten either: what the browser holds is what it goes on with.
                assert!(!answer.header("set-cookie").contains("Max-Age=0"), "{method} {path}");
            });
        }
        let protocol = async {
            let (redeemed, userinfo, keys) = tokio::join!(
                front.redeem(&code, &[]),
                front.userinfo(&token),
                ask("GET", "/t/showa/jwks.json", None, "ja")
            );
            for (answer, what) in [(redeemed, "token"), (userinfo, "userinfo"), (keys, "keys")] {
                is_protocol_error(&answer, 503, "temporarily_unavailable", what);
            }
            let (alive, ready) = tokio::join!(ask("GET", "/healthz", None, "ja"), ask("GET", "/readyz", None, "ja"));
            assert_eq!((alive.status, ready.status), (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE));
        };
        let patience = Duration::from_secs(15);
        let all = async { tokio::join!(all_of(waiting), protocol) };
        tokio::time::timeout(patience, all).await.expect("nobody waits for long");
        assert_eq!(front.written().await, before);

        wire.mend().await;
        assert_eq!(front.browser().get("/readyz").await.unwrap().status, StatusCode::OK);
        assert_eq!(front.redeem(&code, &[]).await.status, StatusCode::OK);
        assert_eq!(front.userinfo(&token).await.status, StatusCode::OK);
        let code = front.agree(&mut reading, &page).await;
        assert_eq!(front.redeem(&code, &[]).await.status, StatusCode::OK);
        let answer = at_card.get(&callback).await.unwrap();
        assert!(!at_card.way(&answer).contains("error"), "the card is read in vain");
        assert_eq!(clerk.clone().get("/console/showa").await.unwrap().status, StatusCode::OK);
        let (mut back, mail) = (front.browser(), mail(&front.gateway.town, Role::Analyst));
        let form = format!("mail={mail}&password={}", PASSWORD.replace(' ', "+"));
        let answer = back.post("/account/sign-in", &form).await.unwrap();
        let factor = back.way(&answer);
        let answer = back.post(&factor, &format!("code={}", code_of(&world.clock))).await.unwrap();
        back.way(&answer);

        // A database that was restarted while nobody asked: nobody notices. Several at once, so that several were idle.
        let town = || async { front.browser().get("/t/showa").await.unwrap().status };
        tokio::join!(town(), town(), town(), town());
        wire.cut().await;
        wire.mend().await;
        assert_eq!([town().await, town().await], [StatusCode::OK; 2]);
    })
    .await;
}

async fn all_of(waiting: Vec<impl Future<Output = ()>>) {
    let mut waiting: Vec<_> = waiting.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// Another program holds the file's write lock for longer than anybody waits.
#[tokio::test]
async fn while_sqlite_cannot_be_written_to_what_is_written_waits_and_is_not_lost() {
    on_sqlite(async |world| {
        let front = Front::of(&world, "showa").await;
        let mut reading = front.browser();
        let page = front.to_page(&mut reading, HANAKO).await;
        let agreement = reading.get(&page).await.unwrap().agreement();
        let code = front.code_for(TARO).await;
        let before = front.written().await;
        let mut options = ConnectOptions::new(world.database_url());
        options.max_connections(1).sqlx_logging(false);
        let other = Database::connect(options).await.unwrap();
        other.execute_unprepared("begin immediate").await.unwrap();

        let body = token_body(&front.library, &code, &[]);
        let (mut backend, mut agreeing, token) = (front.browser(), reading.clone(), front.path("token"));
        agreeing.cookies.insert("locale".to_owned(), "en".to_owned());
        let (redeemed, agreed) = tokio::join!(backend.post(&token, &body), agreeing.post(&page, &agreement));
        is_protocol_error(&redeemed.unwrap(), 503, "temporarily_unavailable", "token");
        is_page(&agreed.unwrap(), StatusCode::SERVICE_UNAVAILABLE, AWAY.1, "consent");
        // Reading goes on.
        for path in [page.as_str(), "/t/showa", "/t/showa/jwks.json", "/readyz"] {
            assert_eq!(reading.clone().get(path).await.unwrap().status, StatusCode::OK, "{path}");
        }
        assert_eq!(front.written().await, before);

        other.execute_unprepared("rollback").await.unwrap();
        other.close().await.unwrap();
        assert_eq!(front.redeem(&code, &[]).await.status, StatusCode::OK);
        let code = front.agree(&mut reading, &page).await;
        assert_eq!(front.redeem(&code, &[]).await.status, StatusCode::OK);
    })
    .await;
}
