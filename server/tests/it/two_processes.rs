//! Two programs on one database, as behind a load balancer: of those who come at the same moment, to whichever of the two, one
//! is served.

use axum::http::StatusCode;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::browser::Browser;
use crate::client::Answer;
use crate::harness::gateway::{Client, Gateway};
use crate::harness::possession::DeviceKey;
use crate::harness::{HANAKO, Holder, START, TARO, World, on_both, token_body};
use crate::program::Program;

/// How often each race is run: whoever loses by a hair loses a few times.
const ROUNDS: i64 = 5;
const TOKEN: &str = "/t/showa/token";

/// A town, two programs that serve it, and two services of it.
struct Fleet<'w> {
    gateway: Gateway<'w>,
    ports: [u16; 2],
    /// It keeps a secret.
    library: Client,
    /// It is on people's devices.
    app: Client,
    _programs: [(Program, tempfile::TempDir); 2],
}

impl Fleet<'_> {
    async fn of(world: &World) -> Fleet<'_> {
        let gateway = world.gateway("showa").await;
        let offline = |form: &mut domain::configuration::RelyingPartyForm| {
            form.client.offline_access = "on".to_owned();
        };
        let library = gateway.client_that("library", offline).await;
        let app = gateway
            .client_that("app", |form| {
                offline(form);
                form.client.authentication = "none".to_owned();
            })
            .await;
        let programs = [program(world, "one").await, program(world, "other").await];
        let ports = [programs[0].0.port, programs[1].0.port];
        Fleet { gateway, ports, library, app: Client { secret: String::new(), ..app }, _programs: programs }
    }

    /// The browser's way from a request of a service back to it, by the card and the consent page where they are due.
    async fn sign_in(&self, browser: &mut Browser, query: &str, holder: Holder) -> String {
        let answer = browser.get(&format!("/t/showa/authorize?{query}")).await.unwrap();
        let mut to = browser.way(&answer);
        if to.starts_with(&self.gateway.card.issuer()) {
            let back = format!("/t/showa/callback?{}", self.gateway.card.read(&to, holder));
            let answer = browser.get(&back).await.unwrap();
            to = browser.way(&answer);
        }
        if to.ends_with("/consent") {
            let answer = browser.agree(&to).await.unwrap();
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            to = browser.way(&answer);
        }
        to
    }

    /// A code for a service, agreed to anew.
    async fn code(&self, browser: &mut Browser, client: &Client) -> String {
        let more = [("scope", "openid offline_access"), ("prompt", "consent")];
        let back = self.sign_in(browser, &self.gateway.request(client, &more), HANAKO).await;
        parameter(&back, "code").unwrap()
    }

    /// The same form at both programs, twice at each, at the same moment.
    async fn post(&self, path: &'static str, form: &str, headers: &[(&'static str, &str)]) -> Vec<Answer> {
        let [one, other] = self.ports;
        let asked = [one, other, one, other].map(|port| {
            let form = form.to_owned();
            let headers: Vec<(&str, String)> =
                headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            tokio::spawn(async move {
                let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                Browser::behind_one_address(port).ask("POST", path, Some(&form), &headers).await.unwrap()
            })
        });
        let mut answers = Vec::new();
        for answer in asked {
            answers.push(answer.await.unwrap());
        }
        answers
    }

    /// What userinfo says of a token at each of the programs.
    async fn userinfo(&self, token: &str) -> [StatusCode; 2] {
        let bearer = format!("Bearer {token}");
        let ask = async |port| {
            let mut service = Browser::behind_one_address(port);
            service.ask("GET", "/t/showa/userinfo", None, &[("authorization", &bearer)]).await.unwrap().status
        };
        [ask(self.ports[0]).await, ask(self.ports[1]).await]
    }
}

async fn program(world: &World, name: &str) -> (Program, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let clock = START.format(&Rfc3339).unwrap();
    let settings = format!("development.clock = \"{clock}\"\nlimits.address = 10000\n");
    (Program::start_on(&world.database_url(), directory.path(), name, &settings).await, directory)
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}: {}", answer.status, answer.body))
}

/// The only answer that is none of the refusals that all others are.
#[track_caller]
fn the_one(answers: &[Answer], refusal: &str) -> Value {
    let (given, refused): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == StatusCode::OK);
    for answer in &refused {
        assert_eq!((answer.status, read(answer)["error"].as_str()), (StatusCode::BAD_REQUEST, Some(refusal)));
    }
    assert_eq!((given.len(), refused.len()), (1, 3));
    read(given[0])
}

fn refresh(client: &Client, token: &str) -> String {
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", &client.client_id),
        ("client_secret", &client.secret),
    ];
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

// conforms: RFC 9700 §4.5 SHOULD; RFC 9700 §4.14.2 MUST; RFC 9449 §11.1 SHOULD
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn codes_refresh_tokens_and_proofs_count_once_at_two_programs() {
    on_both(async |world| {
        let fleet = Box::pin(Fleet::of(&world)).await;
        let [one, other] = fleet.ports;
        let mut browser = Browser::behind_one_address(one);
        for round in 0..ROUNDS {
            // Each of a browser's requests comes to whichever program.
            browser = browser.elsewhere_behind(if round % 2 == 0 { other } else { one });
            let code = Box::pin(fleet.code(&mut browser, &fleet.library)).await;
            let answers = fleet.post(TOKEN, &token_body(&fleet.library, &code, &[]), &[]).await;
            let given = the_one(&answers, "invalid_grant");
            let dead = [StatusCode::UNAUTHORIZED; 2];
            assert_eq!(fleet.userinfo(given["access_token"].as_str().unwrap()).await, dead, "taken back");
            let spent = refresh(&fleet.library, given["refresh_token"].as_str().unwrap());
            for answer in fleet.post(TOKEN, &spent, &[]).await {
                assert_eq!(read(&answer)["error"], "invalid_grant", "taken back");
            }
        }

        // An app's request that is sent again gets the same answer, and there is one next token.
        let code = Box::pin(fleet.code(&mut browser, &fleet.app)).await;
        let mut service = Browser::behind_one_address(one);
        let given = read(&service.post(TOKEN, &token_body(&fleet.app, &code, &[])).await.unwrap());
        let mut token = given["refresh_token"].as_str().unwrap().to_owned();
        for round in 0..ROUNDS {
            let answers = fleet.post(TOKEN, &refresh(&fleet.app, &token), &[]).await;
            let next: Vec<Value> = answers.iter().map(|answer| read(answer)["refresh_token"].clone()).collect();
            assert!(next[0].is_string() && next.iter().all(|token| *token == next[0]), "{next:?}");
            assert_ne!(next[0], token.as_str());
            next[0].as_str().unwrap().clone_into(&mut token);
            let generation = format!("generation = {}", round + 2);
            assert_eq!(world.rows_where(&fleet.gateway.town, "refresh_token", &generation).await, 1);
        }

        // A service that keeps a secret refreshes as often as it likes, but with each proof of possession once.
        let device = DeviceKey::new();
        let code = Box::pin(fleet.code(&mut browser, &fleet.library)).await;
        let given = read(&service.post(TOKEN, &token_body(&fleet.library, &code, &[])).await.unwrap());
        let form = refresh(&fleet.library, given["refresh_token"].as_str().unwrap());
        let at = |path: &str| format!("http://localhost:3000{path}");
        for _ in 0..ROUNDS {
            let nonce = fleet.gateway.dpop_nonce().await;
            let claims = json!({"htm": "POST", "htu": at(TOKEN), "nonce": nonce});
            let proof = device.proof(&fleet.gateway, &claims);
            the_one(&fleet.post(TOKEN, &form, &[("dpop", &proof)]).await, "invalid_dpop_proof");
        }
    })
    .await;
}

// conforms: RFC 9126 §2.2 MUST
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pushed_request_leads_to_one_code_at_two_programs() {
    on_both(async |world| {
        let fleet = Box::pin(Fleet::of(&world)).await;
        let (gateway, library) = (&fleet.gateway, &fleet.library);
        let mut browsers = fleet.ports.map(Browser::behind_one_address);
        for (browser, holder) in browsers.iter_mut().zip([HANAKO, TARO]) {
            let back = Box::pin(fleet.sign_in(browser, &gateway.request(library, &[]), holder)).await;
            assert!(parameter(&back, "code").is_some(), "{back}");
        }
        // Once with the sessions that are open, once by the consent page.
        for (prompt, round) in
            ["", "consent"].into_iter().flat_map(|prompt| (0..ROUNDS).map(move |round| (prompt, round)))
        {
            let more = [("client_secret", library.secret.as_str()), ("prompt", prompt)];
            let mut service = Browser::behind_one_address(fleet.ports[0]);
            let pushed = service.post("/t/showa/par", &gateway.request(library, &more)).await.unwrap();
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("client_id", "library")
                .append_pair("request_uri", read(&pushed)["request_uri"].as_str().unwrap())
                .finish();
            let mut path = [format!("/t/showa/authorize?{query}"), format!("/t/showa/authorize?{query}")];
            let mut forms = [String::new(), String::new()];
            if prompt == "consent" {
                for ((browser, path), form) in browsers.iter_mut().zip(&mut path).zip(&mut forms) {
                    let answer = browser.get(path).await.unwrap();
                    *path = browser.way(&answer);
                    assert!(path.ends_with("/consent"), "{path}");
                    *form = browser.get(path).await.unwrap().agreement();
                }
            }
            let asked = [0, 1].map(|at| {
                let (mut browser, path, form) = (browsers[at].clone(), path[at].clone(), forms[at].clone());
                tokio::spawn(async move {
                    match prompt {
                        "consent" => browser.post(&path, &form).await.unwrap(),
                        _ => browser.get(&path).await.unwrap(),
                    }
                })
            });
            let mut codes = Vec::new();
            for answer in asked {
                let answer = answer.await.unwrap();
                match parameter(answer.header("location"), "code") {
                    Some(code) => codes.push(code),
                    // Back with an error, or a page that says that it goes on no more.
                    None => assert!(
                        answer.header("location").contains("error=invalid_request_uri")
                            || answer.status == StatusCode::GONE,
                        "{}: {}",
                        answer.status,
                        answer.body
                    ),
                }
            }
            assert_eq!(codes.len(), 1, "{prompt} {round}");
            let answer = service.post(TOKEN, &token_body(library, &codes[0], &[])).await.unwrap();
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        }
        assert_eq!(gateway.rows("token_family").await, 2 + 2 * ROUNDS);
    })
    .await;
}
