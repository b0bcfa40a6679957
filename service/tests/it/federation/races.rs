//! The same thing asked for at the same moment at two server processes, on threads of their own: one of them gets it.

use std::sync::Arc;

use domain::names::TenantSlug;
use oidc::ErrorCode;
use oidc::parameters::Parameters;
use oidc::provider::token::TokenResponse;
use secrecy::ExposeSecret;
use serde_json::json;
use service::Service;
use service::federation::{ConsentAnswer, Go, Headers, Sent, Step, Stop};

use crate::harness::possession::DeviceKey;
use crate::harness::{Client, Gateway, HANAKO, Holder, TARO, Tab, flow_of, on_both, parameter, sent_code, token_body};

/// How often each race is run: whoever loses by a hair loses a few times.
const ROUNDS: i64 = 10;

/// Two server processes on one database.
struct Two {
    here: Arc<Service>,
    there: Arc<Service>,
    slug: TenantSlug,
}

impl Two {
    async fn of(gateway: &Gateway<'_>) -> Self {
        let (here, slug) = (Arc::clone(&gateway.world.service), gateway.town.slug.clone());
        Self { here, there: gateway.world.another_process().await, slug }
    }

    /// Asks both, twice each, at once.
    async fn ask<T, F>(&self, ask: impl Fn(Arc<Service>, TenantSlug) -> F) -> Vec<T>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let both = [&self.here, &self.there, &self.here, &self.there];
        let asked = both.map(|service| tokio::spawn(ask(Arc::clone(service), self.slug.clone())));
        let mut answers = Vec::new();
        for answer in asked {
            answers.push(answer.await.unwrap());
        }
        answers
    }
}

/// A way on for the same browser without a card where a session is open.
async fn consent_page(gateway: &Gateway<'_>, tab: &mut Tab, request: &str, holder: Holder) -> Go {
    match gateway.authorize(tab, request).await {
        go @ Go::Away(_) => gateway.read_card(tab, &go, holder).await,
        go => go,
    }
}

// conforms: RFC 9700 §4.5 SHOULD; RFC 6749 §4.1.2 MUST
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_used_twice_at_the_same_moment_succeeds_at_most_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| form.client.offline_access = "on".to_owned()).await;
        let two = Two::of(&gateway).await;
        let request = gateway.request(&library, &[("scope", "openid offline_access"), ("prompt", "consent")]);
        let mut tab = Tab::default();
        for round in 1..=ROUNDS {
            let page = consent_page(&gateway, &mut tab, &request, HANAKO).await;
            let form = token_body(&library, &sent_code(&gateway.agree(&mut tab, &page).await), &[]);
            let answers = two
                .ask(|service, slug| {
                    let form = form.clone();
                    async move { service.exchange(&slug, Headers::default(), &Parameters::parse(&form)).await.unwrap() }
                })
                .await;
            let mut granted: Vec<TokenResponse> = Vec::new();
            for answer in answers {
                match answer {
                    Ok(tokens) => granted.push(tokens),
                    Err(refusal) => assert_eq!(refusal.code, ErrorCode::InvalidGrant),
                }
            }
            assert_eq!(granted.len(), 1, "round {round}");
            // The others took back what it gave, at every process.
            let refresh = refresh_body(&library, &granted[0]);
            for service in [&two.here, &two.there] {
                let looked_at = gateway.userinfo_at(service, &granted[0].access_token).await;
                assert_eq!(looked_at.unwrap_err().code, ErrorCode::InvalidToken);
                let refreshed = gateway.exchange_at(service, &refresh, None).await;
                assert_eq!(refreshed.err().unwrap().code, ErrorCode::InvalidGrant);
            }
            assert_eq!(world.rows_where(&gateway.town, "token_family", "revoked_at is not null").await, round);
        }
    })
    .await;
}

fn refresh_body(client: &Client, tokens: &TokenResponse) -> String {
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token.as_ref().unwrap().expose_secret()),
        ("client_id", &client.client_id),
        ("client_secret", &client.secret),
    ];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// An address with which a browser presents a request that was pushed just now.
async fn pushed(gateway: &Gateway<'_>, client: &Client, more: &[(&str, &str)]) -> String {
    let more = [more, &[("client_secret", client.secret.as_str())]].concat();
    let request_uri = gateway.push(&gateway.request(client, &more)).await.unwrap();
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", client.client_id.as_str()), ("request_uri", &request_uri)])
        .finish()
}

/// The codes among some ways on, once what the others lead to was looked at.
fn codes(ways: &[Go]) -> Vec<String> {
    let gone = |go: &Go| match go {
        Go::Away(_) => parameter(go, "error").as_deref() == Some("invalid_request_uri"),
        go => *go == Go::Stop(Stop::FlowGone),
    };
    let code = |go: &Go| matches!(go, Go::Away(_)).then(|| parameter(go, "code")).flatten();
    let (with, without): (Vec<&Go>, Vec<&Go>) = ways.iter().partition(|go| code(go).is_some());
    assert!(without.iter().all(|go| gone(go)), "{without:?}");
    with.into_iter().map(sent_code).collect()
}

// conforms: RFC 9126 §2.2 MUST
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_people_who_agree_to_one_pushed_request_at_once_get_one_code() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let two = Two::of(&gateway).await;
        let (mut hanako, mut taro) = (Tab::default(), Tab::default());
        let agree = |service: &Arc<Service>, tab: &Tab, page: &Go, answer: ConsentAnswer| {
            let (service, slug, browser, flow) = (Arc::clone(service), two.slug.clone(), tab.0.clone(), flow_of(page));
            tokio::spawn(async move { service.answer_consent(&slug, flow, &browser, answer).await.unwrap() })
        };
        // The first time by the card, later with the sessions that it opened.
        for round in 1..=ROUNDS {
            let reference = pushed(&gateway, &library, &[("prompt", "consent")]).await;
            let one = consent_page(&gateway, &mut hanako, &reference, HANAKO).await;
            let other = consent_page(&gateway, &mut taro, &reference, TARO).await;
            let answers = [gateway.agreeing(&hanako, &one).await, gateway.agreeing(&taro, &other).await];
            let (first, second) =
                tokio::join!(agree(&two.here, &hanako, &one, answers[0]), agree(&two.there, &taro, &other, answers[1]));
            let ways = [hanako.take(first.unwrap()), taro.take(second.unwrap())];
            let codes = codes(&ways);
            assert_eq!(codes.len(), 1, "round {round}: {ways:?}");
            assert!(gateway.redeem(&library, &codes[0]).await.is_ok());
            assert_eq!(gateway.rows("token_family").await, round, "round {round}");
        }
    })
    .await;
}

// conforms: RFC 9126 §2.2 MUST
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_open_sessions_that_present_one_pushed_request_at_once_get_one_code() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let two = Two::of(&gateway).await;
        let mut tabs = [Tab::default(), Tab::default()];
        gateway.first_sign_in(&mut tabs[0], &library, HANAKO, "openid").await;
        gateway.first_sign_in(&mut tabs[1], &library, TARO, "openid").await;
        for round in 1..=ROUNDS {
            let reference = pushed(&gateway, &library, &[]).await;
            let present = |service: &Arc<Service>, tab: &Tab| {
                let (service, slug, browser) = (Arc::clone(service), two.slug.clone(), tab.0.clone());
                let request = Parameters::parse(&reference);
                let step = async move { service.authorize(&slug, &request, Sent::Get, &browser).await.unwrap() };
                tokio::spawn(step)
            };
            let (first, second): (Result<Step, _>, Result<Step, _>) =
                tokio::join!(present(&two.here, &tabs[0]), present(&two.there, &tabs[1]));
            let ways = [tabs[0].take(first.unwrap()), tabs[1].take(second.unwrap())];
            let codes = codes(&ways);
            assert_eq!(codes.len(), 1, "round {round}: {ways:?}");
            assert!(gateway.redeem(&library, &codes[0]).await.is_ok());
            // Two first sign-ins, and one more each round.
            assert_eq!(gateway.rows("token_family").await, 2 + round, "round {round}");
            assert_eq!(gateway.tally(&library, "sign_ins").await, 2 + round, "round {round}");
        }
    })
    .await;
}

// conforms: RFC 9449 §11.1 SHOULD
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_proof_counts_once_at_userinfo_and_for_a_pushed_request_too() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let two = Two::of(&gateway).await;
        let device = DeviceKey::new();
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let form = token_body(&library, &code, &[]);
        let tokens = gateway.exchange(&form, Some(&device.at_token(&gateway).await)).await.unwrap();
        let access = tokens.access_token.expose_secret().to_owned();
        let par = "http://localhost:3000/t/showa/par";
        let body = gateway.request(&library, &[("client_secret", &library.secret)]);
        for round in 1..=ROUNDS {
            let proof = device.at_userinfo(&gateway, &access).await;
            let answers = two
                .ask(|service, slug| {
                    let (authorization, proof) = (format!("DPoP {access}"), proof.clone());
                    async move {
                        let headers = Headers { authorization: Some(&authorization), dpop: Some(&proof) };
                        let answer = service.userinfo(&slug, "GET", headers, &Parameters::default()).await.unwrap();
                        answer.map(|_| ()).map_err(|refusal| refusal.code)
                    }
                })
                .await;
            once(&answers, &format!("userinfo, round {round}"));

            let nonce = gateway.dpop_nonce().await;
            let proof = device.proof(&gateway, &json!({"htm": "POST", "htu": par, "nonce": nonce}));
            let answers = two
                .ask(|service, slug| {
                    let (body, proof) = (body.clone(), proof.clone());
                    async move {
                        let headers = Headers { authorization: None, dpop: Some(&proof) };
                        let answer = service.push_request(&slug, headers, &Parameters::parse(&body)).await.unwrap();
                        answer.map(|_| ()).map_err(|refusal| refusal.code)
                    }
                })
                .await;
            once(&answers, &format!("a pushed request, round {round}"));
        }
    })
    .await;
}

fn once(answers: &[Result<(), ErrorCode>], what: &str) {
    let refused = answers.iter().filter(|answer| **answer == Err(ErrorCode::InvalidDpopProof)).count();
    assert_eq!((answers.iter().filter(|answer| answer.is_ok()).count(), refused), (1, 3), "{what}: {answers:?}");
}
