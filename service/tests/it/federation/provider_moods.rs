//! The identity provider is down, slow, confused or hostile: the flow ends on a page of its own and can be tried again.

use service::federation::{Ending, FlowPage, Go, Stop};

use crate::harness::{Gateway, HANAKO, Mood, Tab, flow_of, on_both, on_sqlite, parameter, sent_code};

// conforms: OpenID Connect Core 1.0 §3.1.3.7 MUST
#[tokio::test]
async fn every_bad_answer_is_refused_and_nothing_is_lost() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once address:once").await;
        let mut failed = 0;
        for (mood, ending) in [
            (Mood::Down, Ending::ProviderFailed),
            (Mood::Nonsense, Ending::ProviderFailed),
            (Mood::RefusesCode, Ending::ProviderFailed),
            (Mood::WrongIssuer, Ending::ProviderFailed),
            (Mood::WrongAudience, Ending::ProviderFailed),
            (Mood::WrongAuthorizedParty, Ending::ProviderFailed),
            (Mood::WrongNonce, Ending::ProviderFailed),
            (Mood::Unsigned, Ending::ProviderFailed),
            (Mood::OtherKey, Ending::ProviderFailed),
            (Mood::OtherAlgorithm, Ending::ProviderFailed),
            (Mood::NoSubject, Ending::ProviderFailed),
            (Mood::NoIssuedAt, Ending::ProviderFailed),
            (Mood::NoExpiry, Ending::ProviderFailed),
            (Mood::WrongAccessTokenHash, Ending::ProviderFailed),
            (Mood::Expired, Ending::ProviderFailed),
            (Mood::OtherSubject, Ending::ProviderFailed),
            (Mood::NoLevel, Ending::TooWeak),
            (Mood::NoName, Ending::ItemMissing),
        ] {
            gateway.card.behaves(Mood::Fine);
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&form, &[("scope", "openid name address")])).await;
            gateway.card.behaves(mood);
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("{mood:?}: no outcome page") };
            assert_eq!(page.ending, ending, "{mood:?}");
            assert!(page.can_retry);
            failed += 1;
            assert_eq!(gateway.tally(&form, "failed").await, failed, "{mood:?}");
            assert_eq!(gateway.rows("resident").await, 0);
            // It recovers, and the same flow goes on.
            gateway.card.behaves(Mood::Fine);
            let step = world.service.retry_flow(&gateway.town.slug, flow_of(&go), &tab.0).await.unwrap();
            let go = tab.take(step);
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            assert!(matches!(&go, Go::To(path) if path.ends_with("/consent")), "{mood:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_too_long_to_be_passed_on_cannot_be_decided() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        gateway.card.behaves(Mood::LongAddress);
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::Determined(domain::residency::ReasonCode::AddressUnknown));
        assert_eq!(gateway.tally(&library, "undecidable").await, 1);
    })
    .await;
}

// conforms: OpenID Connect Discovery 1.0 §4.3 MUST
#[tokio::test]
async fn a_discovery_document_of_another_issuer_leads_nowhere() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let begin = async |gateway: &Gateway<'_>| {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            (tab, go)
        };
        gateway.card.behaves(Mood::OtherDocument);
        let (tab, go) = begin(&gateway).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page: {go:?}") };
        assert_eq!(page.ending, Ending::ProviderFailed);
        // Where its own was seen before, the other one does not take its place.
        gateway.card.behaves(Mood::Fine);
        world.clock.advance(11);
        assert!(matches!(begin(&gateway).await.1, Go::Away(url) if url.starts_with(&gateway.card.issuer())));
        gateway.card.behaves(Mood::OtherDocument);
        world.clock.advance(25 * 3_600);
        assert!(matches!(begin(&gateway).await.1, Go::To(path) if path.ends_with("/outcome")));
        assert_eq!(gateway.rows("resident").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_provider_that_is_slow_is_given_up() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.card.behaves(Mood::Slow);
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::ProviderFailed);
    })
    .await;
}

#[tokio::test]
async fn an_old_authentication_is_not_a_fresh_one() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        for (more, enough) in [(("prompt", "login"), false), (("max_age", "600"), false), (("max_age", "7200"), true)] {
            gateway.card.behaves(Mood::Fine);
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[more])).await;
            gateway.card.behaves(Mood::OldAuthentication);
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            match gateway.page(&tab, &go).await {
                FlowPage::Ended(page) => assert_eq!((page.ending, enough), (Ending::TooWeak, false)),
                FlowPage::Consent(_) => assert!(enough, "{more:?}"),
                _ => panic!("{more:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn giving_up_at_the_reader_leads_back_or_on() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let Go::Away(url) = &go else { panic!("not on the way to the card") };
        let declined = gateway.card.decline(url, "access_denied");
        let go = gateway.callback(&mut tab, &declined).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::ProviderDeclined);
        let step = world.service.leave_flow(&gateway.town.slug, flow_of(&go), &tab.0).await.unwrap();
        assert_eq!(parameter(&tab.take(step), "error").as_deref(), Some("access_denied"));
        assert_eq!(gateway.tally(&library, "failed").await, 0);
    })
    .await;
}

// conforms: RFC 9700 §4.7 MUST; RFC 9207 §2.4 MUST
#[tokio::test]
async fn a_callback_that_nobody_asked_for_is_not_followed() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let Go::Away(url) = &go else { panic!("not on the way to the card") };
        let good = gateway.card.read(url, HANAKO);
        for (query, stop) in [
            (String::new(), Stop::NotAskedFor),
            ("code=x".to_owned(), Stop::NotAskedFor),
            ("code=x&state=short".to_owned(), Stop::NotAskedFor),
            (good.replace("state=", "state=x"), Stop::NotAskedFor),
            (format!("{good}&code=y"), Stop::NotAskedFor),
            (good.replace("iss=http", "iss=https"), Stop::NotAskedFor),
        ] {
            assert_eq!(gateway.callback(&mut tab.clone(), &query).await, Go::Stop(stop), "{query}");
        }
        // In another browser: the flow is not there.
        assert_eq!(gateway.callback(&mut Tab::default(), &good).await, Go::Stop(Stop::FlowGone));
        // An issuer is always sent by this provider; without one it could be a mix-up.
        let without = good.rsplit_once("&iss").unwrap().0.to_owned();
        assert_eq!(gateway.callback(&mut tab.clone(), &without).await, Go::Stop(Stop::NotAskedFor));
        let go = gateway.callback(&mut tab, &good).await;
        assert!(matches!(&go, Go::To(path) if path.ends_with("/consent")));
        // The same callback once more, by the back button: the flow is further on.
        assert_eq!(gateway.callback(&mut tab, &good).await, go);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 SHOULD
#[tokio::test]
async fn keys_that_rotate_in_the_middle_of_a_sign_in_are_fetched_once_more() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        assert_eq!(gateway.card.keys_fetched(), 1);
        world.clock.advance(120);
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        gateway.card.rotates();
        sent_code(&gateway.read_card(&mut tab, &go, HANAKO).await);
        assert_eq!(gateway.card.keys_fetched(), 2);
        // Made-up keys do not make us fetch again and again.
        gateway.card.behaves(Mood::OtherKey);
        for _ in 0..3 {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            assert!(matches!(gateway.read_card(&mut tab, &go, HANAKO).await, Go::To(_)));
        }
        assert_eq!(gateway.card.keys_fetched(), 2);
    })
    .await;
}
