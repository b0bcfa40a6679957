//! Codes and tokens: used once, by whom they are for, while what they rest on stands.

use domain::names::{Reason, TenantSlug};
use oidc::ErrorCode;
use secrecy::ExposeSecret;
use service::federation::{Go, Stop};

use crate::harness::{HANAKO, TARO, Tab, on_both, on_postgres, sent_code, token_body};

// conforms: RFC 9700 §4.5 SHOULD; RFC 6749 §4.1.2 MUST
#[tokio::test]
async fn a_code_used_twice_takes_back_what_it_produced() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| form.client.offline_access = "on".to_owned()).await;
        // Once at the same moment, once long after the code itself has expired.
        for (holder, later) in [(HANAKO, 0), (TARO, 61)] {
            let scope = "openid offline_access";
            let code = gateway.first_sign_in(&mut Tab::default(), &library, holder, scope).await;
            let tokens = gateway.redeem(&library, &code).await.unwrap();
            let refresh_token = tokens.refresh_token.as_ref().unwrap().expose_secret();
            let more = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
            let refresh =
                token_body(&library, "", &[&more[..], &[("redirect_uri", ""), ("code_verifier", "")]].concat());
            assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
            let again = gateway.exchange(&refresh, None).await.unwrap();
            world.clock.advance(later);
            let revoked = world.rows_where(&gateway.town, "token_family", "revoked_at is not null").await;
            let replayed = gateway.redeem(&library, &code).await.err().unwrap();
            assert_eq!(replayed.code, ErrorCode::InvalidGrant, "{later}");
            assert_eq!(
                world.rows_where(&gateway.town, "token_family", "revoked_at is not null").await,
                revoked + 1,
                "{later}"
            );
            for token in [&tokens.access_token, &again.access_token] {
                assert_eq!(gateway.userinfo(token).await.unwrap_err().code, ErrorCode::InvalidToken, "{later}");
            }
            let refused = gateway.exchange(&refresh, None).await.err().unwrap();
            assert_eq!(refused.code, ErrorCode::InvalidGrant, "{later}");
        }
    })
    .await;
}

// conforms: RFC 7636 §4.6 MUST; RFC 9700 §2.1.1 MUST; RFC 6749 §4.1.3 MUST
#[tokio::test]
async fn a_code_is_for_its_client_its_address_its_verifier_and_a_minute() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (gateway.client("library", "").await, gateway.client("other", "").await);
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let refused =
            async |client, more: &[(&str, &str)]| gateway.redeem_with(client, &code, more).await.err().unwrap().code;
        assert_eq!(
            refused(&other, &[("redirect_uri", "https://library.example.jp/callback")]).await,
            ErrorCode::InvalidGrant
        );
        assert_eq!(
            refused(&library, &[("redirect_uri", "https://library.example.jp/other")]).await,
            ErrorCode::InvalidGrant
        );
        assert_eq!(refused(&library, &[("code_verifier", &"a".repeat(43))]).await, ErrorCode::InvalidGrant);
        assert_eq!(refused(&library, &[("code_verifier", "")]).await, ErrorCode::InvalidGrant);
        assert_eq!(refused(&library, &[("client_secret", "wrong")]).await, ErrorCode::InvalidClient);
        assert_eq!(refused(&library, &[("client_secret", &other.secret)]).await, ErrorCode::InvalidClient);
        assert_eq!(refused(&library, &[("client_id", "nobody")]).await, ErrorCode::InvalidClient);
        // None of these spent it.
        assert!(gateway.redeem(&library, &code).await.is_ok());
        let code = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        world.clock.advance(60);
        assert_eq!(gateway.redeem(&library, &code).await.err().unwrap().code, ErrorCode::InvalidGrant);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_ends_between_code_and_token_ends_the_code() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let refused = async |code: &str| gateway.redeem(&library, code).await.err().unwrap().code;

        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        world.execute("update consent_grant set state = 'withdrawn'", Some(&gateway.town)).await;
        assert_eq!(refused(&code).await, ErrorCode::InvalidGrant);

        let code = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        world.execute("delete from eligibility", Some(&gateway.town)).await;
        assert_eq!(refused(&code).await, ErrorCode::InvalidGrant);

        world.execute("delete from resident", Some(&gateway.town)).await;
        let code = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        let reason = Reason::parse("点検").unwrap();
        let admin = gateway.town.admin().await;
        world.service.suspend_relying_party(&admin, library.id, &reason).await.unwrap();
        assert_eq!(refused(&code).await, ErrorCode::InvalidGrant);
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[])).await;
        assert_eq!(go, Go::Stop(Stop::Suspended));
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[("prompt", "none")])).await;
        assert_eq!(crate::harness::parameter(&go, "error").as_deref(), Some("unauthorized_client"));
    })
    .await;
}

#[tokio::test]
async fn a_suspended_service_gets_nothing_from_its_tokens() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        let reason = Reason::parse("点検").unwrap();
        world.service.suspend_relying_party(&gateway.town.admin().await, library.id, &reason).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn tokens_of_one_town_mean_nothing_in_another() {
    on_both(async |world| {
        let (showa, mino) = (world.gateway("showa").await, world.gateway("mino").await);
        let library = showa.client("library", "").await;
        let code = showa.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        // A client of one town at the issuer of another.
        let go = mino.authorize(&mut Tab::default(), &mino.request(&library, &[])).await;
        assert_eq!(go, Go::Stop(Stop::UnknownClient));
        assert_eq!(mino.redeem(&library, &code).await.err().unwrap().code, ErrorCode::InvalidClient);
        // Even one that has the same id and secret there.
        let twin = mino.client("library", "").await;
        let body = token_body(&twin, &code, &[]);
        let refused = mino.exchange(&body, None).await;
        assert_eq!(refused.err().unwrap().code, ErrorCode::InvalidGrant);
        let tokens = showa.redeem(&library, &code).await.unwrap();
        assert_eq!(mino.userinfo(&tokens.access_token).await.unwrap_err().code, ErrorCode::InvalidToken);
        let absent: TenantSlug = "nowhere".parse().unwrap();
        assert!(matches!(world.service.key_set(&absent).await, Err(service::Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn answering_twice_replaces_the_code_and_counts_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let page = gateway.read_card(&mut tab, &go, HANAKO).await;
        let first = sent_code(&gateway.agree(&mut tab, &page).await);
        let second = sent_code(&gateway.agree(&mut tab, &page).await);
        assert_eq!(gateway.redeem(&library, &first).await.err().unwrap().code, ErrorCode::InvalidGrant);
        let tokens = gateway.redeem(&library, &second).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
        assert_eq!(gateway.agree(&mut tab, &page).await, Go::Stop(Stop::AlreadyDone));
        assert_eq!((gateway.tally(&library, "people").await, gateway.tally(&library, "sign_ins").await), (1, 1));
        for table in ["resident", "consent_grant", "resident_session", "token_family"] {
            assert_eq!(gateway.rows(table).await, 1, "{table}");
        }
        // The session of the last answer is the one that is open.
        assert!(world.service.my_page(&gateway.town.slug, &tab.0).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn answering_twice_at_the_same_moment_leaves_one_of_everything() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let page = gateway.read_card(&mut tab, &go, HANAKO).await;
        let (mut one, mut other) = (tab.clone(), tab.clone());
        let (first, second) = tokio::join!(gateway.agree(&mut one, &page), gateway.agree(&mut other, &page));
        let redeemed = [
            gateway.redeem(&library, &sent_code(&first)).await.is_ok(),
            gateway.redeem(&library, &sent_code(&second)).await.is_ok(),
        ];
        assert_eq!(redeemed.iter().filter(|done| **done).count(), 1);
        for table in ["resident", "eligibility", "consent_grant", "resident_session", "token_family", "usage_mark"] {
            assert_eq!(gateway.rows(table).await, 1, "{table}");
        }
        assert_eq!(gateway.tally(&library, "sign_ins").await, 1);
    })
    .await;
}

#[tokio::test]
async fn one_person_in_two_tabs_is_one_resident() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (gateway.client("library", "").await, gateway.client("other", "").await);
        let mut tab = Tab::default();
        let one = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let two = gateway.authorize(&mut tab, &gateway.request(&other, &[])).await;
        assert_eq!(tab.0.flows.len(), 2);
        let one = gateway.read_card(&mut tab, &one, HANAKO).await;
        let two = gateway.read_card(&mut tab, &two, HANAKO).await;
        sent_code(&gateway.agree(&mut tab, &two).await);
        sent_code(&gateway.agree(&mut tab, &one).await);
        assert_eq!(gateway.rows("resident").await, 1);
        assert_eq!(gateway.rows("consent_grant").await, 2);
        assert_eq!(gateway.rows("resident_session").await, 1);
    })
    .await;
}

#[tokio::test]
async fn with_the_epochs_key_destroyed_nothing_opens() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "name:once").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("scope", "openid name")])).await;
        let page = gateway.read_card(&mut tab, &go, HANAKO).await;
        let kept = tab.clone();
        let code = sent_code(&gateway.agree(&mut tab, &page).await);
        let redeemed = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid name").await;
        let tokens = gateway.redeem(&library, &redeemed).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
        let wrapped = wrapped_keys(&world.places(gateway.town.organisation).await);
        assert!(!wrapped.is_empty());
        // Two hours later the keys are gone, for a new process with the same master key too.
        world.clock.advance(2 * 3600 + 1);
        world.service.sweep_expired().await.unwrap();
        for (place, bytes) in world.places(gateway.town.organisation).await {
            let left = wrapped.iter().any(|key| bytes.windows(key.len()).any(|window| window == key));
            assert!(!left, "a wrapped key is still in {place}");
        }
        world.clock.advance(-(2 * 3600 + 1));
        assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap_err().code, ErrorCode::InvalidToken);
        let other = world.another_process().await;
        let body = token_body(&library, &code, &[]);
        for service in [&world.service, &other] {
            let refused = gateway.exchange_at(service, &body, None).await;
            assert_eq!(refused.err().unwrap().code, ErrorCode::InvalidGrant);
            let page = service.flow_page(&gateway.town.slug, crate::harness::flow_of(&page), &kept.0).await.unwrap();
            assert!(matches!(page, service::federation::FlowPage::Stop(Stop::FlowGone)));
        }
    })
    .await;
}

/// The texts in the store of epoch keys that are long enough for a key under another; the names of its schema stay.
fn wrapped_keys(places: &[(String, Vec<u8>)]) -> Vec<Vec<u8>> {
    let store = places.iter().filter(|(place, _)| place.contains("epoch")).flat_map(|(_, bytes)| {
        bytes.split(|byte| !(byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte))).map(<[u8]>::to_vec)
    });
    store.filter(|text| text.len() >= 40 && !text.windows(9).any(|part| part == b"epoch_key")).collect()
}

#[tokio::test]
async fn another_process_opens_what_this_one_sealed() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let other = world.another_process().await;
        let body = token_body(&library, &code, &[]);
        let tokens = gateway.exchange_at(&other, &body, None).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn what_has_expired_is_swept() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        gateway.redeem(&library, &code).await.unwrap();
        assert_eq!(world.service.sweep_expired().await.unwrap(), 0);
        world.clock.advance(15 * 60);
        assert_eq!(world.service.sweep_expired().await.unwrap(), 1);
        assert_eq!((gateway.rows("token_family").await, gateway.rows("resident_session").await), (0, 1));
        world.clock.advance(8 * 3600);
        assert_eq!(world.service.sweep_expired().await.unwrap(), 1);
        assert_eq!(gateway.rows("resident").await, 1);
    })
    .await;
}

/// No use-case waits for a second connection while it holds one: four times as many sign-ins as the pool has connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_sign_ins_than_connections_all_finish() {
    let many = async |world: crate::harness::World| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let sign_in = async |holder| {
            let mut tab = Tab::default();
            let code = gateway.first_sign_in(&mut tab, &library, holder, "openid").await;
            gateway.redeem(&library, &code).await.unwrap();
            for _ in 0..3 {
                let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
                let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
                assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
                assert!(!tokens.access_token.expose_secret().is_empty());
            }
        };
        let subjects = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
        // On the heap: twelve whole sign-ins side by side are more than a test's stack.
        let all = subjects.map(|sub| Box::pin(sign_in(crate::harness::Holder { sub, ..HANAKO })));
        futures::future::join_all(all).await;
        assert_eq!(gateway.tally(&library, "people").await, 12);
        assert_eq!(gateway.tally(&library, "sign_ins").await, 48);
    };
    crate::harness::on_sqlite(&many).await;
    on_postgres(&many).await;
}
