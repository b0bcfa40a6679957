//! Sign-out that a service asks for, and what the others are told.

use oidc::jose::{self, Algorithm};
use oidc::parameters::Parameters;
use secrecy::ExposeSecret;
use service::federation::{Go, Sent, Stop};
use time::Duration;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{Client, Gateway, HANAKO, TARO, Tab, on_both};

const BYE: &str = "https://library.example.jp/bye?from=machikagi";

async fn library(gateway: &Gateway<'_>, told_at: &str) -> Client {
    gateway
        .client_that("library", |form| {
            form.client.post_logout_redirect_uris = BYE.to_owned();
            form.client.backchannel_logout_uri = told_at.to_owned();
        })
        .await
}

async fn leave(gateway: &Gateway<'_>, tab: &mut Tab, parameters: &[(&str, &str)], sent: Sent) -> Go {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let parameters = Parameters::parse(&query);
    let step = gateway.world.service.leave(&gateway.town.slug, &parameters, sent, &tab.0).await.unwrap();
    tab.take(step)
}

/// Signs in and returns the ID token.
async fn sign_in(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client, holder: crate::harness::Holder) -> String {
    let code = gateway.first_sign_in(tab, client, holder, "openid").await;
    gateway.redeem(client, &code).await.unwrap().id_token.as_ref().unwrap().expose_secret().to_owned()
}

// conforms: OpenID Connect RP-Initiated Logout 1.0 §2 SHOULD
#[tokio::test]
async fn a_hint_that_fits_the_session_ends_it_at_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, "").await;
        let mut tab = Tab::default();
        let hint = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "a b")];
        let go = leave(&gateway, &mut tab, &asked, Sent::Get).await;
        assert_eq!(go, Go::Away(format!("{BYE}&state=a+b")));
        assert!(tab.0.session.is_none());
        assert_eq!(gateway.rows("resident_session").await, 0);
        // Once more: nobody is signed in, and the way back is the same.
        assert_eq!(leave(&gateway, &mut tab, &asked, Sent::Get).await, Go::Away(format!("{BYE}&state=a+b")));
    })
    .await;
}

// conforms: OpenID Connect RP-Initiated Logout 1.0 §2 MUST
#[tokio::test]
async fn without_a_hint_or_with_somebody_elses_the_person_is_asked() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, "").await;
        let (mut hanako, mut taro) = (Tab::default(), Tab::default());
        let foreign = sign_in(&gateway, &mut taro, &library, TARO).await;
        let _ = sign_in(&gateway, &mut hanako, &library, HANAKO).await;
        let without = [("client_id", "library"), ("post_logout_redirect_uri", BYE)];
        let with = [("id_token_hint", foreign.as_str()), ("post_logout_redirect_uri", BYE)];
        for asked in [&without[..], &with[..], &[]] {
            let go = leave(&gateway, &mut hanako, asked, Sent::Get).await;
            let Go::To(question) = &go else { panic!("{go:?}") };
            let sealed = question.strip_prefix("/t/showa/me/sign-out?request=").unwrap();
            let view = world.service.leaving_view(&gateway.town.slug, sealed).await.unwrap().unwrap();
            assert_eq!(view.back.as_deref(), (!asked.is_empty()).then_some(BYE));
            assert_eq!(view.service.is_some(), !asked.is_empty());
            assert!(hanako.0.session.is_some());
        }
        assert_eq!(gateway.rows("resident_session").await, 2);
        world.service.sign_out(&gateway.town.slug, &hanako.0).await.unwrap();
        assert_eq!(gateway.rows("resident_session").await, 1);
    })
    .await;
}

// conforms: OpenID Connect RP-Initiated Logout 1.0 §3 MUST
#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_the_clients_own() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, "").await;
        let other = gateway.client("other", "").await;
        let mut tab = Tab::default();
        let hint = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        let unregistered = format!("{BYE}&x=1");
        for (asked, stop) in [
            (
                vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", &unregistered)],
                Stop::UnknownRedirectUri,
            ),
            (vec![("client_id", &other.client_id), ("post_logout_redirect_uri", BYE)], Stop::UnknownRedirectUri),
            (vec![("post_logout_redirect_uri", BYE)], Stop::UnknownClient),
            (vec![("id_token_hint", &hint), ("client_id", &other.client_id)], Stop::UnknownClient),
            (vec![("client_id", "nobody")], Stop::UnknownClient),
            (vec![("request", "made up")], Stop::FlowGone),
        ] {
            assert_eq!(leave(&gateway, &mut tab, &asked, Sent::Get).await, Go::Stop(stop), "{asked:?}");
        }
        assert_eq!(gateway.rows("resident_session").await, 1);
    })
    .await;
}

// conforms: OpenID Connect RP-Initiated Logout 1.0 §2 MUST
#[tokio::test]
async fn a_request_by_post_from_another_site_goes_on_with_the_sessions_cookie() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, "").await;
        let mut tab = Tab::default();
        let hint = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        // The browser sends no cookie of ours with such a POST.
        let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
        let go = leave(&gateway, &mut Tab::default(), &asked, Sent::Post).await;
        let Go::To(next) = &go else { panic!("{go:?}") };
        let sealed = next.strip_prefix("/t/showa/logout?request=").unwrap();
        assert!(!next.contains(&hint));
        assert_eq!(leave(&gateway, &mut tab, &[("request", sealed)], Sent::Get).await, Go::Away(BYE.to_owned()));
        assert_eq!(gateway.rows("resident_session").await, 0);
        world.clock.advance(31 * 60);
        assert_eq!(leave(&gateway, &mut tab, &[("request", sealed)], Sent::Get).await, Go::Stop(Stop::FlowGone));
    })
    .await;
}

// conforms: OpenID Connect Back-Channel Logout 1.0 §2.4 MUST
#[tokio::test]
async fn a_service_is_told_that_the_session_ended_and_asked_again_while_it_is_away() {
    on_both(async |world| {
        let server = MockServer::start().await;
        let answer =
            |status| Mock::given(method("POST")).and(path("/logout")).respond_with(ResponseTemplate::new(status));
        let away = answer(503).mount_as_scoped(&server).await;
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, &format!("{}/logout", server.uri())).await;
        let mut tab = Tab::default();
        let id_token = sign_in(&gateway, &mut tab, &library, HANAKO).await;
        world.service.sign_out(&gateway.town.slug, &tab.0).await.unwrap();
        assert_eq!(gateway.rows("service_notice").await, 1);
        assert_eq!(world.service.send_due_notices().await.unwrap(), 1);
        assert_eq!(away.received_requests().await.len(), 1);
        drop(away);
        let _back = answer(200).expect(1).mount_as_scoped(&server).await;
        // Not before its pause is over.
        assert_eq!(world.service.send_due_notices().await.unwrap(), 0);
        world.clock.advance(60);
        assert_eq!(world.service.send_due_notices().await.unwrap(), 1);
        assert_eq!(gateway.rows("service_notice").await, 0);

        let sent = server.received_requests().await.unwrap();
        let form = Parameters::parse(std::str::from_utf8(&sent.last().unwrap().body).unwrap());
        let keys = world.service.key_set(&gateway.town.slug).await.unwrap();
        let check = |token: &str| jose::verify(token, &keys, &[Algorithm::ES256]).unwrap();
        let told = check(form.get("logout_token").unwrap().unwrap());
        let signed_in = check(&id_token).claims;
        assert_eq!(told.typ.as_deref(), Some("logout+jwt"));
        for claim in ["iss", "aud", "sub", "sid"] {
            assert!(told.claims.get(claim).is_some() && told.claims.get(claim) == signed_in.get(claim), "{claim}");
        }
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn nobody_is_told_without_need_and_no_notice_is_kept_longer_than_a_day() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = library(&gateway, "http://127.0.0.1:9/logout").await;
        let other = gateway.client("other", "").await;
        let (mut one, mut two) = (Tab::default(), Tab::default());
        let _ = sign_in(&gateway, &mut one, &other, HANAKO).await;
        world.service.sign_out(&gateway.town.slug, &one.0).await.unwrap();
        assert_eq!(gateway.rows("service_notice").await, 0, "it does not want to be told");
        let _ = sign_in(&gateway, &mut two, &library, TARO).await;
        world.service.delete_town_id(&gateway.town.slug, &two.0).await.unwrap();
        assert_eq!(gateway.rows("service_notice").await, 1);
        for _ in 0..40 {
            world.service.send_due_notices().await.unwrap();
            world.clock.advance(Duration::hours(1).whole_seconds());
        }
        assert_eq!(gateway.rows("service_notice").await, 0);
    })
    .await;
}
