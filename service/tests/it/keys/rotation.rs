//! Signing keys over time.

use domain::names::Reason;
use oidc::jose::{self, Algorithm};
use secrecy::ExposeSecret;
use serde_json::json;
use service::audit::{ActKind, Verdict};
use service::keys::Urgency;

use super::{DAY, HOUR, header};
use crate::harness::gateway::{Client, Gateway};
use crate::harness::{HANAKO, TARO, Tab, on_both};

/// An ID token of this moment, and the `kid` that signed it.
async fn token(gateway: &Gateway<'_>, client: &Client) -> (String, String) {
    let mut tab = Tab::default();
    let go = gateway.authorize(&mut tab, &gateway.request(client, &[("scope", "openid")])).await;
    let mut go = gateway.read_card(&mut tab, &go, HANAKO).await;
    if matches!(&go, service::federation::Go::To(path) if path.ends_with("/consent")) {
        go = gateway.agree(&mut tab, &go).await;
    }
    let tokens = gateway.redeem(client, &crate::harness::sent_code(&go)).await.unwrap();
    let token = tokens.id_token.as_ref().unwrap().expose_secret().to_owned();
    let kid = header(&token)["kid"].as_str().unwrap().to_owned();
    (token, kid)
}

async fn verifies(gateway: &Gateway<'_>, token: &str) -> bool {
    let keys = gateway.world.service.key_set(&gateway.town.slug).await.unwrap();
    jose::verify(token, &keys, &Algorithm::ALL).is_ok()
}

async fn destroyed(gateway: &Gateway<'_>) -> i64 {
    gateway.world.rows_where(&gateway.town, "tenant_key", "length(sealed) = 0 and public_jwk is not null").await
}

// conforms: OpenID Connect Core 1.0 §15.1 MUST
#[tokio::test]
async fn a_service_gets_the_algorithm_that_it_asks_for() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        assert_eq!(gateway.listed("id_token_signing_alg_values_supported").await, json!(["ES256"]));
        assert_eq!(gateway.published().await.len(), 1, "no RSA key while nobody asks for one");
        let spring = gateway.client_that("spring", |form| form.client.id_token_signing = "RS256".to_owned()).await;
        assert_eq!(gateway.listed("id_token_signing_alg_values_supported").await, json!(["ES256", "RS256"]));
        let bank = gateway.client_that("bank", |form| form.client.id_token_signing = "PS256".to_owned()).await;
        let another = gateway.client_that("another", |form| form.client.id_token_signing = "RS256".to_owned()).await;
        assert_eq!(gateway.listed("id_token_signing_alg_values_supported").await, json!(["ES256", "RS256", "PS256"]));
        assert_eq!(gateway.published().await.len(), 3, "one key for each algorithm, however many ask");
        for (client, algorithm) in [(&library, "ES256"), (&spring, "RS256"), (&bank, "PS256"), (&another, "RS256")] {
            let (token, kid) = token(&gateway, client).await;
            assert_eq!(header(&token)["alg"], algorithm);
            assert!(verifies(&gateway, &token).await && gateway.published().await.contains(&kid));
            let keys = world.service.key_set(&gateway.town.slug).await.unwrap();
            for other in Algorithm::ALL.into_iter().filter(|other| other.as_str() != algorithm) {
                assert!(jose::verify(&token, &keys, &[other]).is_err());
            }
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §15.1 MUST
#[tokio::test]
async fn a_draft_that_is_refused_makes_no_key() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let mut form = gateway.party_form("nameless", "", gateway.rule);
        form.client.id_token_signing = "RS256".to_owned();
        form.name_ja = String::new();
        let form = service::configuration::Form::RelyingParty(form);
        let identity = service::configuration::NewRelyingParty::default();
        let drafter = gateway.town.drafter().await;
        assert!(world.service.draft_relying_party(&drafter, &identity, &form).await.is_err());
        assert_eq!(gateway.published().await.len(), 1);
        let analyst = gateway.town.analyst().await;
        assert!(matches!(
            world.service.draft_relying_party(&analyst, &identity, &form).await,
            Err(service::Error::NotFound)
        ));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 SHOULD
#[tokio::test]
async fn keys_change_on_schedule_and_nobody_notices() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let other_process = world.another_process().await;
        let kept_head = world.service.audit_head(&gateway.town.slug).await.unwrap();
        let (_, first) = token(&gateway, &library).await;
        assert_eq!(gateway.published().await, [first.as_str()]);

        world.clock.advance(87 * DAY);
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(gateway.published().await.len(), 1, "too early");

        // Two days before: announced, and not used.
        world.clock.advance(DAY);
        world.service.run_due_jobs().await.unwrap();
        let published = gateway.published().await;
        assert!(published.len() == 2 && published.contains(&first));
        let theirs = other_process.key_set(&gateway.town.slug).await.unwrap();
        assert_eq!(theirs.keys().len(), 2, "the other process saw it without being told");
        assert_eq!(token(&gateway, &library).await.1, first);

        // The last token under the first key is a moment old when the second takes over: no job is needed for that.
        world.clock.advance(2 * DAY - 60);
        let (last_token, kid) = token(&gateway, &library).await;
        assert_eq!(kid, first);
        world.clock.advance(61);
        let (new_token, second) = token(&gateway, &library).await;
        assert!(second != first && published.contains(&second));
        assert!(verifies(&gateway, &last_token).await && verifies(&gateway, &new_token).await);
        assert_eq!(destroyed(&gateway).await, 0);

        // Soon afterwards nothing can be signed with the first any more; it is still published.
        world.clock.advance(HOUR);
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(destroyed(&gateway).await, 1);
        assert!(verifies(&gateway, &last_token).await);
        assert_eq!(token(&gateway, &library).await.1, second);

        // A day later it is gone from the JWKS.
        world.clock.advance(DAY);
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(gateway.published().await, [second.as_str()]);
        assert!(!verifies(&gateway, &last_token).await && verifies(&gateway, &new_token).await);

        // What was kept for years still verifies.
        let verdict = world.service.audit_verify(&gateway.town.slug, Some(&kept_head)).await.unwrap();
        assert!(matches!(verdict, Verdict::Whole(_)));
        for kind in [ActKind::SigningKeyAnnounced, ActKind::SigningKeyRetired] {
            let by = format!("action = '{}' and actor_kind = 'system:key_rotation'", kind.as_str());
            assert_eq!(world.rows_where(&gateway.town, "audit_entry", &by).await, 1);
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 SHOULD
#[tokio::test]
async fn every_algorithm_of_a_town_is_rotated() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        world.clock.advance(30 * DAY);
        let spring = gateway.client_that("spring", |form| form.client.id_token_signing = "RS256".to_owned()).await;
        let (_, first) = token(&gateway, &spring).await;
        // The job runs whenever something is due, as every minute of a server's life.
        for _ in 0..120 {
            world.clock.advance(DAY);
            world.service.run_due_jobs().await.unwrap();
        }
        let (_, second) = token(&gateway, &spring).await;
        assert_ne!(second, first);
        assert_eq!(gateway.published().await.len(), 2);
        assert_eq!(destroyed(&gateway).await, 2);
        assert_eq!(world.rows("job where kind = 'rotate_keys'").await, 1, "the job asks for itself once");
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 SHOULD
#[tokio::test]
async fn a_key_that_changes_in_the_middle_of_a_sign_in() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let begun = async |holder| {
            let mut tab = Tab::default();
            gateway.first_sign_in(&mut tab, &library, holder, "openid").await
        };
        let before = gateway.published().await;

        // On schedule: announced before the code, in force after it.
        world.clock.advance(88 * DAY);
        world.service.run_due_jobs().await.unwrap();
        world.clock.advance(2 * DAY - 20);
        let code = begun(HANAKO).await;
        world.clock.advance(21);
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        let kid = header(tokens.id_token.as_ref().unwrap().expose_secret())["kid"].as_str().unwrap().to_owned();
        assert!(!before.contains(&kid) && gateway.published().await.contains(&kid));
        assert!(gateway.claims(&tokens).await.text("sub").is_some());

        // In an emergency, by another process: the code is good, and its token is signed with the new key.
        let code = begun(TARO).await;
        let reason = Reason::parse("鍵が漏れたかもしれない").unwrap();
        let elsewhere = world.another_process().await;
        let rotated =
            elsewhere.rotate_signing_keys(&gateway.town.slug, Urgency::Emergency, Some(&reason)).await.unwrap();
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        assert_eq!(header(tokens.id_token.as_ref().unwrap().expose_secret())["kid"], rotated[0].key_id.as_str());
        assert!(gateway.claims(&tokens).await.text("sub").is_some());
        assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 MAY
#[tokio::test]
async fn in_an_emergency_old_keys_are_gone_at_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let spring = gateway.client_that("spring", |form| form.client.id_token_signing = "RS256".to_owned()).await;
        let kept_head = world.service.audit_head(&gateway.town.slug).await.unwrap();
        let (old_token, _) = token(&gateway, &library).await;
        let (old_rsa, _) = token(&gateway, &spring).await;
        // One that waits to sign is replaced too.
        let announced = world.service.rotate_signing_keys(&gateway.town.slug, Urgency::Announced, None).await.unwrap();
        assert!(announced.iter().all(|key| !key.known && key.signs_from == world.clock.seconds() + 2 * DAY));
        let again = world.service.rotate_signing_keys(&gateway.town.slug, Urgency::Announced, None).await.unwrap();
        assert!(again.iter().zip(&announced).all(|(again, first)| again.known && again.key_id == first.key_id));
        let before = gateway.published().await;
        assert_eq!(before.len(), 4);

        let rotated = world.service.rotate_signing_keys(&gateway.town.slug, Urgency::Emergency, None).await.unwrap();
        assert_eq!(
            rotated.iter().map(|key| (key.algorithm, key.removed)).collect::<Vec<_>>(),
            [(Algorithm::ES256, 2), (Algorithm::RS256, 2)]
        );
        let now = gateway.published().await;
        assert!(now.len() == 2 && now.iter().all(|kid| !before.contains(kid)), "{now:?}");
        assert!(!verifies(&gateway, &old_token).await && !verifies(&gateway, &old_rsa).await);
        for (client, key) in [(&library, &rotated[0]), (&spring, &rotated[1])] {
            let (token, kid) = token(&gateway, client).await;
            assert!(kid == key.key_id && verifies(&gateway, &token).await);
        }
        assert_eq!(destroyed(&gateway).await, 4, "nothing is left to sign with");

        // A year of jobs brings none of them back.
        for _ in 0..52 {
            world.clock.advance(7 * DAY);
            world.service.run_due_jobs().await.unwrap();
            assert!(gateway.published().await.iter().all(|kid| !before.contains(kid)));
        }
        let verdict = world.service.audit_verify(&gateway.town.slug, Some(&kept_head)).await.unwrap();
        assert!(matches!(verdict, Verdict::Whole(_)), "what was kept still verifies");
        let by = format!("action = '{}' and actor_kind = 'system:key_operator'", ActKind::SigningKeysReplaced.as_str());
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", &by).await, 2);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §15.1 MUST
#[tokio::test]
async fn two_who_ask_for_the_first_rsa_key_get_one() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let other = world.another_process().await;
        let draft = async |service: &service::Service, key: &str| {
            let mut form = gateway.party_form(key, "", gateway.rule);
            form.client.id_token_signing = "PS256".to_owned();
            let form = service::configuration::Form::RelyingParty(form);
            let identity = service::configuration::NewRelyingParty::default();
            service.draft_relying_party(&gateway.town.drafter().await, &identity, &form).await
        };
        let (one, two) = tokio::join!(draft(&world.service, "one"), draft(&other, "two"));
        // The loser of a race on PostgreSQL may be told to try again; it never makes a second key.
        assert!(one.is_ok() || two.is_ok());
        assert_eq!(world.rows_where(&gateway.town, "tenant_key", "purpose = 'sign_ps256'").await, 1);
    })
    .await;
}
