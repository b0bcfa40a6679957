//! Accounts from before the card: handed in by the service, given to whom the town names.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::configuration::SubjectType;
use domain::names::ClientId;
use domain::violations::Violation;
use oidc::ErrorCode;
use oidc::jose::Algorithm;
use oidc::parameters::Parameters;
use oidc::provider::former_ids::LineError;
use secrecy::ExposeSecret;
use serde_json::json;
use service::configuration::Form;
use service::federation::FormerIds;
use service::{Error, Service};

use super::refresh;
use crate::harness::forms::{consent_text, identity};
use crate::harness::software::Software;
use crate::harness::{Client, Gateway, HANAKO, Holder, TARO, Tab, on_both, on_sqlite, sent_code};

/// What a service makes of its own numbers, with a key of its own.
fn handle(number: &str) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"a key of the service");
    URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, number.as_bytes()))
}

/// What a client asks at one server process.
fn asks(
    service: &Arc<Service>,
    gateway: &Gateway<'_>,
    client: &Client,
    name: &str,
    value: &str,
) -> impl Future<Output = Result<Result<FormerIds, ErrorCode>, Error>> + Send + 'static {
    let (id, secret) = (client.client_id.as_str(), client.secret.as_str());
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", id), ("client_secret", secret), (name, value)])
        .finish();
    let (service, slug) = (Arc::clone(service), gateway.town.slug.clone());
    async move {
        let answer = service.former_ids(&slug, None, &Parameters::parse(&body)).await?;
        Ok(answer.map_err(|refusal| refusal.code))
    }
}

async fn ask(gateway: &Gateway<'_>, client: &Client, name: &str, value: &str) -> Result<FormerIds, ErrorCode> {
    asks(&gateway.world.service, gateway, client, name, value).await.unwrap()
}

struct Known {
    tab: Tab,
    sub: String,
    token: String,
}

async fn sign_in(gateway: &Gateway<'_>, client: &Client, holder: Holder) -> Known {
    let mut tab = Tab::default();
    let code = gateway.first_sign_in(&mut tab, client, holder, "openid").await;
    let tokens = gateway.redeem(client, &code).await.unwrap();
    let sub = gateway.claims(&tokens).await.get("sub").unwrap().as_str().unwrap().to_owned();
    Known { tab, sub, token: tokens.access_token.expose_secret().to_owned() }
}

async fn own(gateway: &Gateway<'_>) -> Client {
    gateway.client_that("library", |form| form.client.former_ids_of = "library".to_owned()).await
}

// conforms: Our own
#[tokio::test]
async fn a_former_id_is_handed_in_once_and_found_when_the_person_comes() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = own(&gateway).await;
        let (hanako, taro) = (sign_in(&gateway, &library, HANAKO).await, sign_in(&gateway, &library, TARO).await);
        let found = async |known: &Known| ask(&gateway, &library, "token", &known.token).await;
        assert_eq!(found(&hanako).await, Ok(FormerIds::Found(None)));
        let lines = format!("{},{}\n{},{}\n", hanako.sub, handle("00012345"), taro.sub, handle("00012346"));
        for _ in 0..2 {
            assert_eq!(ask(&gateway, &library, "former_ids", &lines).await, Ok(FormerIds::Kept(2)));
            assert_eq!(gateway.rows("former_id").await, 2);
        }
        assert_eq!(found(&hanako).await, Ok(FormerIds::Found(Some(handle("00012345")))));
        // A mistake of the counter: they are the other way round.
        let lines = format!("{},{}\n{},{}\n", hanako.sub, handle("00012346"), taro.sub, handle("00012345"));
        assert_eq!(ask(&gateway, &library, "former_ids", &lines).await, Ok(FormerIds::Kept(2)));
        assert_eq!(found(&hanako).await, Ok(FormerIds::Found(Some(handle("00012346")))));
        let noted = world.rows_where(&gateway.town, "audit_entry", "action = 'former_ids.handed_in'").await;
        assert_eq!(noted, 3);
        let (admin, client_id) = (gateway.town.admin().await, ClientId::parse("library").unwrap());
        let figure = world.service.former_ids_figure(&admin, &client_id).await.unwrap();
        assert!(figure.is_none(), "two people are too few to be counted");

        // It goes with the consent, and with the town ID.
        let service = &world.service;
        let page = service.my_page(&gateway.town.slug, &hanako.tab.0).await.unwrap();
        service.withdraw_consent(&gateway.town.slug, &hanako.tab.0, page.grants[0].id).await.unwrap();
        assert_eq!(gateway.rows("former_id").await, 1);
        assert_eq!(found(&hanako).await, Err(ErrorCode::InvalidGrant));
        service.delete_town_id(&gateway.town.slug, &taro.tab.0).await.unwrap();
        assert_eq!(gateway.rows("former_id").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_is_handed_in_is_taken_whole_or_not_at_all() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (own(&gateway).await, gateway.client("other", "").await);
        let (hanako, taro) = (sign_in(&gateway, &library, HANAKO).await, sign_in(&gateway, &library, TARO).await);
        let refused = async |lines: &str| match ask(&gateway, &library, "former_ids", lines).await {
            Ok(FormerIds::Refused(wrong)) => {
                assert_eq!(gateway.rows("former_id").await, 0);
                wrong.iter().map(|wrong| (wrong.line, wrong.error)).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        let good = format!("{},{}", hanako.sub, handle("1"));
        let mut name = "山田 花子".as_bytes().to_vec();
        name.resize(32, 0);
        let name = URL_SAFE_NO_PAD.encode(name);
        assert_eq!(refused(&format!("{good}\n{},{name}", taro.sub)).await, [(2, LineError::Readable)]);
        assert_eq!(refused(&format!("{good}\n{},00012345", taro.sub)).await, [(2, LineError::Malformed)]);
        assert_eq!(refused(&format!("{good}\n\n{good}")).await, [(3, LineError::Repeated)]);
        let stranger = format!("{},{}", "x".repeat(43), handle("2"));
        assert_eq!(refused(&format!("{stranger}\n{good}")).await, [(1, LineError::UnknownPerson)]);
        assert_eq!(ask(&gateway, &library, "former_ids", &good).await, Ok(FormerIds::Kept(1)));
        let theirs = ask(&gateway, &library, "former_ids", &format!("{},{}", taro.sub, handle("1"))).await.unwrap();
        let FormerIds::Refused(wrong) = theirs else { panic!() };
        assert_eq!((wrong[0].line, wrong[0].error), (1, LineError::Taken));
        assert_eq!(gateway.rows("former_id").await, 1);
        // Nobody hands in what nobody is to be given, asks with another's token, or comes without proof.
        assert_eq!(ask(&gateway, &other, "former_ids", &good).await, Err(ErrorCode::UnauthorizedClient));
        assert_eq!(ask(&gateway, &other, "token", &hanako.token).await, Err(ErrorCode::UnauthorizedClient));
        let stranger = Client { secret: "wrong".to_owned(), ..library };
        assert_eq!(ask(&gateway, &stranger, "former_ids", &good).await, Err(ErrorCode::InvalidClient));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_service_that_signs_hands_in_what_it_signed() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let library = gateway
            .client_that("library", |form| {
                form.client.jwks = software.jwks();
                form.client.signed_only = "on".to_owned();
                form.client.former_ids_of = "library".to_owned();
            })
            .await;
        let mut tab = Tab::default();
        let object = software.request_object(&gateway.request(&library, &[]), &[]);
        let go = gateway.authorize(&mut tab, &format!("client_id=library&request={object}")).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let code = sent_code(&gateway.agree(&mut tab, &go).await);
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        let sub = gateway.claims(&tokens).await.get("sub").unwrap().as_str().unwrap().to_owned();
        let lines = format!("{sub},{}", handle("00012345"));
        let now = world.clock.seconds();
        let signed = |by: &Software, typ: &str, lines: &str| {
            let digest =
                URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, lines.as_bytes()));
            let issuer = "http://localhost:3000/t/showa";
            let claims = json!({"iss": "library", "aud": issuer, "exp": now + 60, "former_ids_sha256": digest});
            by.sign(typ, &claims)
        };
        let hand_in = async |signature: Option<String>| {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("client_id", "library"), ("client_secret", &library.secret), ("former_ids", &lines)])
                .extend_pairs(signature.map(|signature| ("signature", signature)))
                .finish();
            let answer = world.service.former_ids(&gateway.town.slug, None, &Parameters::parse(&body)).await.unwrap();
            answer.map_err(|refusal| refusal.code)
        };
        let (typ, stranger) = ("former-ids+jwt", Software::start(&world.clock, Algorithm::ES256).await);
        for wrong in [
            None,
            Some("a.b.c".to_owned()),
            Some(signed(&stranger, typ, &lines)),
            Some(signed(&software, "JWT", &lines)),
            Some(signed(&software, typ, &format!("{sub},{}", handle("00012346")))),
        ] {
            assert_eq!(hand_in(wrong.clone()).await, Err(ErrorCode::InvalidRequest), "{wrong:?}");
            assert_eq!(gateway.rows("former_id").await, 0);
        }
        assert_eq!(hand_in(Some(signed(&software, typ, &lines))).await, Ok(FormerIds::Kept(1)));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn former_ids_are_not_handed_in_empty_or_all_the_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = own(&gateway).await;
        assert_eq!(ask(&gateway, &library, "former_ids", " \n ").await, Err(ErrorCode::InvalidRequest));
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", "action = 'former_ids.handed_in'").await, 0);
        let stranger = format!("{},{}", "x".repeat(43), handle("2"));
        let mut taken = 0;
        while ask(&gateway, &library, "former_ids", &stranger).await != Err(ErrorCode::TooManyRequests) {
            taken += 1;
            assert!(taken < 20, "one unknown person costs a look at everybody");
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_successor_is_given_former_ids_once_its_consent_text_says_so() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let before = gateway.client("library", "").await;
        let drafter = gateway.town.drafter().await;
        let mut form = gateway.party_form("other", "", gateway.rule);
        form.client.former_ids_of = "library".to_owned();
        let new = identity("other", SubjectType::Pairwise);
        let next = world.service.draft_relying_party(&drafter, &new, &Form::RelyingParty(form.clone())).await.unwrap();
        let publish =
            async |form: &domain::configuration::RelyingPartyForm| super::sectors::publish(&gateway, next, form).await;
        let mut unknown = form.clone();
        unknown.client.former_ids_of = "nobody".to_owned();
        let outcome = publish(&unknown).await;
        assert!(
            matches!(&outcome, Err(Error::Invalid(wrong)) if wrong.get("former_ids_of") == Some(Violation::Unknown))
        );
        let outcome = publish(&form).await;
        assert!(
            matches!(&outcome, Err(Error::Invalid(wrong)) if wrong.get("consent_text") == Some(Violation::Mismatch))
        );
        let mut listing = consent_text("図書館システム");
        listing.linked = format!("{} {}", before.id, next.uuid());
        form.consent_text = world.publish_consent_text(&gateway.town, listing).await.to_string();
        publish(&form).await.unwrap();
        let next = super::sectors::with_secret(&gateway, "other", next, &form).await;

        let hanako = sign_in(&gateway, &before, HANAKO).await;
        let line = format!("{},{}", hanako.sub, handle("00012345"));
        assert_eq!(ask(&gateway, &before, "former_ids", &line).await, Ok(FormerIds::Kept(1)));
        let at_next = sign_in(&gateway, &next, HANAKO).await;
        assert_ne!(hanako.sub, at_next.sub);
        assert_eq!(ask(&gateway, &next, "token", &at_next.token).await, Ok(FormerIds::Found(Some(handle("00012345")))));
        assert_eq!(ask(&gateway, &next, "token", &hanako.token).await, Err(ErrorCode::InvalidGrant));
        // What no version asks for any more is not kept.
        form.client.former_ids_of = String::new();
        form.consent_text = gateway.text.to_string();
        super::sectors::publish(&gateway, next.id.into(), &form).await.unwrap();
        assert_eq!(gateway.rows("former_id").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_former_id_is_told_only_while_nobody_would_be_asked_anew() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = own(&gateway).await;
        let _other = gateway.client("other", "").await;
        let hanako = sign_in(&gateway, &library, HANAKO).await;
        let line = format!("{},{}", hanako.sub, handle("1"));
        assert_eq!(ask(&gateway, &library, "former_ids", &line).await, Ok(FormerIds::Kept(1)));
        let found = async || ask(&gateway, &library, "token", &hanako.token).await;
        assert_eq!(found().await, Ok(FormerIds::Found(Some(handle("1")))));
        // The service is given another rule: its token still counts, but nothing more is given out under it.
        let stricter = gateway.rule_with_age(18).await;
        let meanwhile = async || assert_eq!(found().await, Ok(FormerIds::Found(Some(handle("1")))));
        refresh::change(&gateway, &library, meanwhile, |form| {
            form.rule = stricter.to_string();
            form.client.former_ids_of = "library".to_owned();
        })
        .await;
        assert!(gateway.userinfo(&hanako.token.clone().into()).await.is_ok());
        assert_eq!(found().await, Err(ErrorCode::InvalidGrant));
        assert_eq!(gateway.rows("former_id").await, 1, "it waits for the next sign-in");
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let again = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        let again = again.access_token.expose_secret();
        assert_eq!(ask(&gateway, &library, "token", again).await, Ok(FormerIds::Found(Some(handle("1")))));
    })
    .await;
}

/// How often each race is run.
const ROUNDS: usize = 6;

// conforms: Our own
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_kept_of_somebody_who_withdraws_while_it_is_handed_in() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = own(&gateway).await;
        let there = world.another_process().await;
        for round in 0..ROUNDS {
            let hanako = sign_in(&gateway, &library, HANAKO).await;
            let page = world.service.my_page(&gateway.town.slug, &hanako.tab.0).await.unwrap();
            let grant = page.grants.iter().find(|grant| grant.state.permits()).unwrap().id;
            let line = format!("{},{}", hanako.sub, handle("1"));
            let handed_in = tokio::spawn(asks(&there, &gateway, &library, "former_ids", &line));
            let (service, slug, browser) =
                (Arc::clone(&world.service), gateway.town.slug.clone(), hanako.tab.0.clone());
            let withdrawn = tokio::spawn(async move { service.withdraw_consent(&slug, &browser, grant).await });
            withdrawn.await.unwrap().unwrap();
            match handed_in.await.unwrap() {
                Ok(Ok(FormerIds::Kept(1) | FormerIds::Refused(_))) | Err(Error::Unavailable) => {}
                other => panic!("{other:?}"),
            }
            assert_eq!(gateway.rows("former_id").await, 0, "{round}");
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_former_id_handed_in_for_two_at_once_is_one_persons() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = own(&gateway).await;
        let there = world.another_process().await;
        let (hanako, taro) = (sign_in(&gateway, &library, HANAKO).await, sign_in(&gateway, &library, TARO).await);
        for round in 0..ROUNDS {
            let number = handle(&round.to_string());
            let one = asks(&world.service, &gateway, &library, "former_ids", &format!("{},{number}", hanako.sub));
            let other = asks(&there, &gateway, &library, "former_ids", &format!("{},{number}", taro.sub));
            let (one, other) = (tokio::spawn(one), tokio::spawn(other));
            let answers = [one.await.unwrap(), other.await.unwrap()];
            let kept = answers.iter().filter(|answer| matches!(answer, Ok(Ok(FormerIds::Kept(1))))).count();
            assert!(kept == 1, "{round}: {answers:?}");
            let found = async |known: &Known| ask(&gateway, &library, "token", &known.token).await;
            let both = [found(&hanako).await, found(&taro).await];
            let theirs = both.iter().filter(|found| **found == Ok(FormerIds::Found(Some(number.clone())))).count();
            assert_eq!(theirs, 1, "{round}");
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn how_many_have_a_former_id_is_said_where_they_are_many() {
    on_sqlite(async |world| {
        let gateway = world.gateway("seki").await;
        let library = own(&gateway).await;
        let mut lines = String::new();
        let (admin, client_id) = (gateway.town.admin().await, ClientId::parse("library").unwrap());
        let figure = async || world.service.former_ids_figure(&admin, &client_id).await.unwrap();
        for number in 0..12 {
            let sub: &'static str = Box::leak(format!("resident-{number}").into_boxed_str());
            let person =
                sign_in(&gateway, &library, Holder { sub, address: "岐阜県関市若草通3丁目1番地", ..HANAKO }).await;
            lines.push_str(&format!("{},{}\n", person.sub, handle(&number.to_string())));
            if number == 8 {
                assert_eq!(ask(&gateway, &library, "former_ids", &lines).await, Ok(FormerIds::Kept(9)));
                assert!(figure().await.is_none(), "nobody and few look alike");
            }
        }
        assert_eq!(ask(&gateway, &library, "former_ids", &lines).await, Ok(FormerIds::Kept(12)));
        assert_eq!(figure().await.map(|figure| figure.number()), Some(10), "rounded down");
    })
    .await;
}
