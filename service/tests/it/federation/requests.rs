//! Authorization requests that are wrong, silent, hinted, or sent in another way.

use oidc::parameters::Parameters;
use secrecy::ExposeSecret;
use service::federation::{FlowPage, Go, Sent, Stop};

use crate::harness::{HANAKO, TARO, Tab, on_both, on_sqlite, parameter, sent_code};

// conforms: RFC 9700 §2.1 MUST
#[tokio::test]
async fn without_a_known_client_and_address_nobody_is_answered() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let uri = library.redirect_uri.as_str();
        for (more, stop) in [
            (("client_id", "nobody".to_owned()), Stop::UnknownClient),
            (("client_id", String::new()), Stop::UnknownClient),
            (("redirect_uri", String::new()), Stop::UnknownRedirectUri),
            (("redirect_uri", format!("{uri}?x=1")), Stop::UnknownRedirectUri),
            (("redirect_uri", format!("{uri}/")), Stop::UnknownRedirectUri),
            (("redirect_uri", format!("{uri}#x")), Stop::UnknownRedirectUri),
            (("redirect_uri", uri.replace("callback", "Callback")), Stop::UnknownRedirectUri),
            (("redirect_uri", uri.replace("callback", "x/../callback")), Stop::UnknownRedirectUri),
            (("redirect_uri", "https://evil.example/callback".to_owned()), Stop::UnknownRedirectUri),
        ] {
            let query = gateway.request(&library, &[(more.0, &more.1)]);
            assert_eq!(gateway.authorize(&mut Tab::default(), &query).await, Go::Stop(stop), "{more:?}");
        }
        let twice = format!("{}&client_id=library", gateway.request(&library, &[]));
        assert_eq!(gateway.authorize(&mut Tab::default(), &twice).await, Go::Stop(Stop::UnknownClient));
    })
    .await;
}

#[tokio::test]
async fn other_mistakes_go_back_to_the_client() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let long = "s".repeat(1025);
        const UNMET: &str = "unmet_authentication_requirements";
        for (more, error) in [
            (("response_type", ""), "invalid_request"),
            (("response_type", "token"), "unsupported_response_type"),
            (("response_type", "id_token"), "unsupported_response_type"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("scope", "residency"), "invalid_scope"),
            (("nonce", &"n".repeat(257)), "invalid_request"),
            (("prompt", "none login"), "invalid_request"),
            (("max_age", "soon"), "invalid_request"),
            (("request", "x.y."), "invalid_request_object"),
            (("request_uri", "urn:x"), "request_uri_not_supported"),
            (("id_token_hint", "nonsense"), "invalid_request"),
            (("claims", r#"{"id_token":{"acr":{"essential":true,"values":["loa4"]}}}"#), UNMET),
        ] {
            let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[more])).await;
            assert_eq!(parameter(&go, "error").as_deref(), Some(error), "{more:?}");
            assert_eq!(parameter(&go, "iss").as_deref(), Some("http://localhost:3000/t/showa"));
            assert_eq!(parameter(&go, "state").as_deref(), Some("the state"));
        }
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[("state", &long)])).await;
        assert_eq!((parameter(&go, "error").as_deref(), parameter(&go, "state")), (Some("invalid_request"), None));
        let twice = format!("{}&nonce=x", gateway.request(&library, &[]));
        let go = gateway.authorize(&mut Tab::default(), &twice).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("invalid_request"));
        // What is unknown is ignored.
        let go = gateway
            .authorize(
                &mut Tab::default(),
                &gateway.request(&library, &[("audience", "x"), ("scope", "openid profile email y")]),
            )
            .await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&gateway.card.issuer())));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MUST
#[tokio::test]
async fn prompt_and_max_age_are_judged_on_arrival() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let silent = gateway.request(&library, &[("prompt", "none")]);
        let go = gateway.authorize(&mut tab, &silent).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("login_required"));
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        sent_code(&gateway.authorize(&mut tab, &silent).await);

        world.clock.advance(10);
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "none"), ("max_age", "1")])).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("login_required"));
        sent_code(&gateway.authorize(&mut tab, &gateway.request(&library, &[("max_age", "100")])).await);
        for (more, sent_on) in [
            (("max_age", "1"), "max_age=1"),
            (("max_age", "0"), "prompt=login"),
            (("prompt", "login"), "prompt=login"),
            (("prompt", "select_account"), "prompt=login"),
        ] {
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[more])).await;
            assert!(matches!(&go, Go::Away(url) if url.contains(sent_on)), "{more:?}");
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
            let auth_time = gateway.claims(&tokens).await.time("auth_time").unwrap();
            assert_eq!(auth_time, gateway.card.now());
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_eight_hours() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        world.clock.advance(8 * 3600);
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "none")])).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("login_required"));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 SHOULD
#[tokio::test]
async fn a_hint_for_another_person_is_refused() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (mut hanako, mut taro) = (Tab::default(), Tab::default());
        let code = gateway.first_sign_in(&mut hanako, &library, HANAKO, "openid").await;
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        gateway.first_sign_in(&mut taro, &library, TARO, "openid").await;
        let hint = tokens.id_token.as_ref().unwrap().expose_secret();
        let silent = gateway.request(&library, &[("prompt", "none"), ("id_token_hint", hint)]);
        sent_code(&gateway.authorize(&mut hanako, &silent).await);
        let go = gateway.authorize(&mut taro, &silent).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("login_required"));
        // With a page there is the card, and it must be the right one.
        let hinted = gateway.request(&library, &[("id_token_hint", hint)]);
        let go = gateway.authorize(&mut taro, &hinted).await;
        let go = gateway.read_card(&mut taro, &go, TARO).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("login_required"));
        let go = gateway.authorize(&mut taro, &hinted).await;
        let go = gateway.read_card(&mut taro, &go, HANAKO).await;
        sent_code(&go);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MUST
#[tokio::test]
async fn a_request_by_post_goes_on_by_get() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        // The browser sends no Lax cookies along with a POST from elsewhere.
        let session = tab.0.session.take();
        let request = gateway.request(&library, &[("prompt", "none")]);
        let step = world
            .service
            .authorize(&gateway.town.slug, &Parameters::parse(&request), Sent::Post, &tab.0)
            .await
            .unwrap();
        let Go::To(path) = tab.take(step) else { panic!("no GET follows") };
        let (path, query) = path.split_once('?').unwrap();
        assert_eq!(path, "/t/showa/authorize");
        tab.0.session = session;
        sent_code(&gateway.authorize(&mut tab, query).await);
        assert_eq!(gateway.authorize(&mut Tab::default(), query).await, Go::Stop(Stop::FlowGone));
    })
    .await;
}

#[tokio::test]
async fn four_tabs_are_one_too_many() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let mut started = Vec::new();
        for _ in 0..4 {
            started.push(gateway.authorize(&mut tab, &gateway.request(&library, &[])).await);
            world.clock.advance(1);
        }
        assert_eq!(tab.0.flows.len(), 3);
        assert_eq!(gateway.read_card(&mut tab, &started[0], HANAKO).await, Go::Stop(Stop::FlowGone));
        for go in &started[1..] {
            assert!(matches!(gateway.read_card(&mut tab, go, HANAKO).await, Go::To(_)));
        }
        // Long requests leave room for fewer.
        let long = gateway.request(&library, &[("state", &"s".repeat(1024)), ("nonce", &"n".repeat(256))]);
        for _ in 0..3 {
            gateway.authorize(&mut tab, &long).await;
        }
        assert!(tab.0.flows.iter().map(|(_, value)| value.len()).sum::<usize>() <= 7_000);
    })
    .await;
}

#[tokio::test]
async fn a_flow_ends_after_half_an_hour_and_opens_nowhere_else() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let mino = world.gateway("mino").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let page = gateway.read_card(&mut tab, &go, HANAKO).await;
        let elsewhere = world.service.flow_page(&mino.town.slug, crate::harness::flow_of(&page), &tab.0).await.unwrap();
        assert!(matches!(elsewhere, FlowPage::Stop(Stop::FlowGone)));
        let mut altered = tab.clone();
        let value = &mut altered.0.flows[0].1;
        let last = value.pop().unwrap();
        value.push(if last == 'A' { 'B' } else { 'A' });
        assert!(matches!(gateway.page(&altered, &page).await, FlowPage::Stop(Stop::FlowGone)));
        world.clock.advance(30 * 60);
        assert!(matches!(gateway.page(&tab, &page).await, FlowPage::Stop(Stop::FlowGone)));
    })
    .await;
}

#[tokio::test]
async fn a_town_wide_id_is_the_same_at_two_services() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let (health, form) = (gateway.client("health", "").await, gateway.client("form", "").await);
        let library = gateway.client("library", "").await;
        // How a linkage group comes about is the console's; here it is there.
        let linkage = "update relying_party set subject_type = 'town_wide' where client_id <> 'library'";
        world.execute(linkage, Some(&gateway.town)).await;
        gateway.bump().await;
        let mut tab = Tab::default();
        let mut subjects = Vec::new();
        for client in [&health, &form, &library] {
            let go = gateway.authorize(&mut tab, &gateway.request(client, &[])).await;
            let go = match &go {
                Go::Away(_) => gateway.read_card(&mut tab, &go, HANAKO).await,
                _ => go,
            };
            let go = gateway.agree(&mut tab, &go).await;
            let tokens = gateway.redeem(client, &sent_code(&go)).await.unwrap();
            subjects.push(gateway.claims(&tokens).await.text("sub").unwrap().to_owned());
        }
        assert_eq!(subjects[0], subjects[1]);
        assert_ne!(subjects[0], subjects[2]);
        assert_eq!(subjects[0], world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap().town_id.to_string());
    })
    .await;
}

#[tokio::test]
async fn a_configuration_that_changes_meanwhile_ends_the_flow() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let page = gateway.read_card(&mut tab, &go, HANAKO).await;
        // Another rule is published: the outcomes that wait are of the rules of before.
        gateway.rule_with_age(20).await;
        let go = gateway.agree(&mut tab, &page).await;
        let FlowPage::Ended(view) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(view.ending, service::federation::Ending::Changed);
        assert_eq!(gateway.rows("resident").await, 0);
        // Once more to the card, and it goes on.
        let step = world.service.retry_flow(&gateway.town.slug, crate::harness::flow_of(&go), &tab.0).await.unwrap();
        let go = tab.take(step);
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
    })
    .await;
}

// conforms: OpenID Connect Discovery 1.0 §4.3 MUST; RFC 8414 §3.3 MUST
#[tokio::test]
async fn the_discovery_document_says_what_works() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let document = world.service.provider_metadata_document(&gateway.town.slug).await.unwrap();
        let json = serde_json::to_string_pretty(&document).unwrap();
        insta::assert_snapshot!("discovery", json);
    })
    .await;
}
