//! `kill -9` in the middle of many sign-ins: what was acknowledged is there afterwards, and nothing is half there.

use std::fs::write;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use time::format_description::well_known::Rfc3339;

use crate::browser::Browser;
use crate::harness::{HANAKO, Holder, START, on_sqlite, token_body};
use crate::program::Program;

/// The setting of a clock that many seconds after the towns were made.
fn clock(seconds: i64) -> String {
    let start = (START + time::Duration::seconds(seconds)).format(&Rfc3339).unwrap();
    format!("development.clock = \"{start}\"\n")
}

const WORKERS: usize = 8;
/// Acknowledged sign-ins before the kill; if the machine is slow, fewer.
const ENOUGH: usize = 48;
const PATIENCE: Duration = Duration::from_secs(8);

/// A sign-in whose code has reached the service.
struct Acknowledged {
    resident: Browser,
    code: String,
    state: Redemption,
}

enum Redemption {
    NotAskedFor,
    NoAnswer,
    Tokens(String),
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let request: Arc<str> = format!("/t/showa/authorize?{}", gateway.request(&library, &[])).into();
        // The program gets a copy: nobody else may hold its files open, or nothing has to be recovered.
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in world.places(gateway.town.organisation).await {
            write(directory.path().join(name), bytes).unwrap();
        }
        let card = Arc::new(gateway.card);

        let server = Program::start(directory.path(), "first.log", &clock(0)).await;
        let acknowledged = Arc::new(Mutex::new(Vec::<Acknowledged>::new()));
        let body: Arc<dyn Fn(&str) -> String + Send + Sync> = Arc::new(move |code| token_body(&library, code, &[]));
        let mut workers = tokio::task::JoinSet::new();
        for worker in 0..WORKERS {
            let (card, request, port) = (Arc::clone(&card), Arc::clone(&request), server.port);
            let (acknowledged, body) = (Arc::clone(&acknowledged), Arc::clone(&body));
            workers.spawn(async move {
                for number in 0.. {
                    let sub = Box::leak(format!("worker{worker}-{number}").into_boxed_str());
                    let mut resident = Browser::at_server(port);
                    let signed_in: io::Result<String> = async {
                        let answer = resident.get(&request).await?;
                        let query = card.read(&resident.way(&answer), Holder { sub, ..HANAKO });
                        let answer = resident.get(&format!("/t/showa/callback?{query}")).await?;
                        let consent = resident.way(&answer);
                        let answer = resident.agree(&consent).await?;
                        Ok(resident.way(&answer))
                    }
                    .await;
                    // The server is gone.
                    let Ok(back) = signed_in else { return };
                    let code = code_of(&back);
                    let mut state = Redemption::NotAskedFor;
                    if number % 2 == 1 {
                        let answer = Browser::at_server(port).post("/t/showa/token", &body(&code)).await;
                        state =
                            answer.map_or(Redemption::NoAnswer, |answer| Redemption::Tokens(token_of(&answer.body)));
                    }
                    acknowledged.lock().unwrap().push(Acknowledged { resident, code, state });
                }
            });
        }
        let mut waited = Duration::ZERO;
        while acknowledged.lock().unwrap().len() < ENOUGH && waited < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waited += Duration::from_millis(20);
        }
        server.kill();
        while let Some(worker) = workers.join_next().await {
            worker.unwrap();
        }

        let server = Program::start(directory.path(), "second.log", &clock(10)).await;
        let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
        println!("  {} sign-ins were acknowledged in {waited:?}", acknowledged.len());
        assert!(acknowledged.len() >= WORKERS);
        nothing_is_half_written(directory.path(), acknowledged.len()).await;
        let mut service = Browser::at_server(server.port);
        for sign_in in acknowledged {
            let me = sign_in.resident.at(server.port).get("/t/showa/me").await.unwrap();
            assert_eq!(me.status, StatusCode::OK);
            assert!(me.body.contains("/t/showa/me/withdraw/") && me.body.contains("library"), "{}", me.body);
            let token = match sign_in.state {
                Redemption::NoAnswer => continue,
                Redemption::Tokens(token) => token,
                Redemption::NotAskedFor => {
                    let answer = service.post("/t/showa/token", &body(&sign_in.code)).await.unwrap();
                    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
                    token_of(&answer.body)
                }
            };
            let bearer = format!("Bearer {token}");
            let userinfo = [("authorization", bearer.as_str())];
            let answer = service.ask("GET", "/t/showa/userinfo", None, &userinfo).await.unwrap();
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            // Redeemed stays redeemed.
            let answer = service.post("/t/showa/token", &body(&sign_in.code)).await.unwrap();
            assert!(answer.body.contains("invalid_grant"), "{}", answer.body);
        }
        drop(server);
        let log = std::fs::read_to_string(directory.path().join("second.log")).unwrap();
        assert!(!log.contains("\"ERROR\""), "{log}");
    })
    .await;
}

async fn nothing_is_half_written(directory: &Path, acknowledged: usize) {
    let connection = Database::connect(format!("sqlite://{}/test.sqlite", directory.display())).await.unwrap();
    assert_eq!(text(&connection, "pragma integrity_check").await, "ok");
    assert_eq!(count(&connection, "select count(*) from pragma_foreign_key_check").await, 0);
    let people = count(&connection, "select count(*) from resident").await;
    let acknowledged = i64::try_from(acknowledged).unwrap();
    let most = acknowledged + i64::try_from(WORKERS).unwrap();
    assert!((acknowledged..=most).contains(&people), "{people} residents of {acknowledged} acknowledged");
    // Each sign-in was somebody's first: one of everything, tied together.
    for (what, sql) in [
        ("eligibility", "select count(*) from resident r join eligibility e on e.resident_id = r.id"),
        (
            "consent",
            "select count(*) from resident r join consent_grant g on g.resident_id = r.id and g.state = 'given'",
        ),
        ("session", "select count(*) from resident r join resident_session s on s.resident_id = r.id"),
        ("mark", "select count(*) from resident r join usage_mark m on m.resident_id = r.id"),
        (
            "token family",
            "select count(*) from token_family f
             join consent_grant g on g.id = f.grant_id and g.resident_id = f.resident_id
             join resident_session s on s.id = f.session_id and s.resident_id = f.resident_id
             join session_client c on c.session_id = s.id and c.relying_party_id = f.relying_party_id",
        ),
        ("people", "select coalesce(sum(tally), 0) from usage_counter where outcome = 'people' and length(period) = 7"),
        (
            "sign-ins",
            "select coalesce(sum(tally), 0) from usage_counter where outcome = 'sign_ins' and length(period) = 7",
        ),
    ] {
        assert_eq!(count(&connection, sql).await, people, "{what}");
    }
    for table in ["eligibility", "consent_grant", "resident_session", "session_client", "usage_mark", "token_family"] {
        assert_eq!(count(&connection, &format!("select count(*) from {table}")).await, people, "{table}");
    }
    connection.close().await.unwrap();
}

async fn count(connection: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn text(connection: &DatabaseConnection, sql: &str) -> String {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

fn code_of(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
}

fn token_of(body: &str) -> String {
    let tokens: serde_json::Value = serde_json::from_str(body).unwrap();
    tokens["access_token"].as_str().unwrap().to_owned()
}
