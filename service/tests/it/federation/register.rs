//! What is written about whom, and when.

use service::federation::{CardDue, ConsentAnswer, Ending, FlowPage, Go};

use crate::harness::{CHILD, HANAKO, Holder, NAMESAKE, TARO, Tab, UNREADABLE, flow_of, on_both, parameter, sent_code};

const REGISTER: [&str; 6] =
    ["resident", "eligibility", "consent_grant", "resident_session", "token_family", "usage_mark"];

#[tokio::test]
async fn a_first_sign_in_writes_everything_at_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        for table in REGISTER {
            assert_eq!(gateway.rows(table).await, 0, "{table} before consent");
        }
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert!(page.once.is_empty() && page.every_time.is_empty() && page.residency && page.may_keep_session);
        assert_eq!(page.form_origins, ["https://library.example.jp".to_owned(), gateway.card.issuer()]);
        let go = gateway.agree(&mut tab, &go).await;
        for table in REGISTER {
            assert_eq!(gateway.rows(table).await, 1, "{table} after consent");
        }
        assert_eq!(parameter(&go, "state").as_deref(), Some("the state"));
        assert_eq!(parameter(&go, "iss").as_deref(), Some("http://localhost:3000/t/showa"));
        let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        let claims = gateway.claims(&tokens).await;
        assert_eq!(claims.text("aud"), Some("library"));
        assert_eq!(claims.text("nonce"), Some("the nonce"));
        assert_eq!(claims.text("acr"), Some("urn:machikagi:assurance:ial3-aal3"));
        assert_eq!(claims.get("amr").unwrap(), &serde_json::json!(["sc", "pin", "mfa"]));
        assert_eq!(claims.get("urn:machikagi:claims:sandbox"), Some(&true.into()));
        let residency = claims.get("urn:machikagi:claims:residency").unwrap();
        assert_eq!(residency["municipality"], "074462");
        assert_eq!(residency["valid_until"], "2027-11");
        assert_eq!(residency.get("verified_at"), None);
        let userinfo = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert_eq!(userinfo["sub"].as_str(), claims.text("sub"));
        assert!(userinfo.get("name").is_none());
        assert_eq!((gateway.tally(&library, "people").await, gateway.tally(&library, "sign_ins").await), (1, 1));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §3.1.2.3 MUST
#[tokio::test]
async fn a_session_answers_without_a_page_and_counts_no_person_twice() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let first = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        let first = gateway.redeem(&library, &first).await.unwrap();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let second = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        let (first, second) = (gateway.claims(&first).await, gateway.claims(&second).await);
        assert_eq!(first.text("sub"), second.text("sub"));
        assert_eq!(first.text("sid"), second.text("sid"));
        assert_eq!(first.time("auth_time"), second.time("auth_time"));
        assert_eq!(first.get("amr"), second.get("amr"));
        assert_eq!((gateway.tally(&library, "people").await, gateway.tally(&library, "sign_ins").await), (1, 2));
        assert_eq!(gateway.rows("resident_session").await, 1);
        // The next month counts the person once more.
        world.clock.advance(30 * 24 * 3600);
        let mut other = Tab::default();
        let go = gateway.authorize(&mut other, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut other, &go, HANAKO).await;
        sent_code(&go);
        assert_eq!((gateway.tally(&library, "people").await, gateway.tally(&library, "sign_ins").await), (2, 3));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_kept_of_whom_the_rule_does_not_admit() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let cases: [(Holder, &str, bool); 2] = [(NAMESAKE, "not_eligible", false), (UNREADABLE, "undecidable", false)];
        for (holder, outcome, retry) in cases {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            let go = gateway.read_card(&mut tab, &go, holder).await;
            assert!(matches!(&go, Go::To(path) if path.ends_with("/outcome")), "{go:?}");
            let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
            assert!(matches!(page.ending, Ending::Determined(_)));
            assert_eq!(page.can_retry, retry);
            assert_eq!(gateway.tally(&library, outcome).await, 1);
            let step = world.service.leave_flow(&gateway.town.slug, flow_of(&go), &tab.0).await.unwrap();
            let go = tab.take(step);
            assert_eq!(parameter(&go, "error").as_deref(), Some("access_denied"));
            assert!(parameter(&go, "error_description").unwrap().starts_with(outcome));
            assert!(tab.0.flows.is_empty());
        }
        for table in REGISTER {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
        assert_eq!(gateway.tally(&library, "sign_ins").await, 0);
    })
    .await;
}

#[tokio::test]
async fn refusing_keeps_nothing() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "name:once").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("scope", "openid name")])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let go = gateway.answer(&mut tab, &go, ConsentAnswer::Refuse).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("access_denied"));
        assert_eq!(parameter(&go, "state").as_deref(), Some("the state"));
        for table in REGISTER {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
        assert_eq!(gateway.tally(&library, "refused").await, 1);
        assert!(tab.0.flows.is_empty() && tab.0.session.is_none());
    })
    .await;
}

#[tokio::test]
async fn who_is_found_again_is_the_same_and_consents_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let first = gateway.claims(&gateway.redeem(&library, &code).await.unwrap()).await;
        // Another browser, without a session: the card again, and straight back.
        let mut other = Tab::default();
        let go = gateway.authorize(&mut other, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut other, &go, HANAKO).await;
        let second = gateway.claims(&gateway.redeem(&library, &sent_code(&go)).await.unwrap()).await;
        assert_eq!(first.text("sub"), second.text("sub"));
        assert_ne!(first.text("sid"), second.text("sid"));
        assert_eq!((gateway.rows("resident").await, gateway.rows("consent_grant").await), (1, 1));
        // Somebody else is somebody else.
        let code = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        let third = gateway.claims(&gateway.redeem(&library, &code).await.unwrap()).await;
        assert_ne!(first.text("sub"), third.text("sub"));
        assert_eq!(gateway.rows("resident").await, 2);
    })
    .await;
}

#[tokio::test]
async fn who_moved_away_loses_eligibility_and_tokens_before_any_page() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid residency").await;
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
        let moved = Holder { address: NAMESAKE.address, ..HANAKO };
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "login")])).await;
        let go = gateway.read_card(&mut tab, &go, moved).await;
        assert!(matches!(&go, Go::To(path) if path.ends_with("/outcome")));
        assert_eq!(gateway.rows("eligibility").await, 0);
        assert_eq!(world.rows_where(&gateway.town, "token_family", "revoked_at is not null").await, 1);
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        // The session is still there, and says who it is; without eligibility it leads to the card.
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&gateway.card.issuer())));
        // Moving back makes eligible again, under the consent of before.
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        sent_code(&go);
        assert_eq!(gateway.rows("eligibility").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_decided_leaves_the_row_and_gives_no_code() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, Holder { address: UNREADABLE.address, ..HANAKO }).await;
        assert!(matches!(&go, Go::To(path) if path.ends_with("/outcome")));
        assert_eq!(gateway.rows("eligibility").await, 1);
        assert_eq!(gateway.tally(&library, "undecidable").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_rule_with_an_age_is_kept_only_for_services_consented_to() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let adults = gateway.rule_with_age(18).await;
        let library = gateway.client("library", "").await;
        let pension = gateway.client_with("pension", "", domain::configuration::SubjectType::Pairwise, adults).await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        assert_eq!(gateway.rows("eligibility").await, 1);
        gateway.first_sign_in(&mut Tab::default(), &pension, HANAKO, "openid").await;
        assert_eq!(gateway.rows("eligibility").await, 2);
        let mut child = Tab::default();
        gateway.first_sign_in(&mut child, &library, CHILD, "openid").await;
        let go = gateway.authorize(&mut child, &gateway.request(&pension, &[])).await;
        let go = gateway.read_card(&mut child, &go, CHILD).await;
        let FlowPage::Ended(page) = gateway.page(&child, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::Determined(domain::residency::ReasonCode::TooYoung));
    })
    .await;
}

#[tokio::test]
async fn a_term_that_is_over_asks_for_the_card() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        assert_eq!(world.rows_where(&gateway.town, "eligibility", "expires_month = '2027-11'").await, 1);
        // The term ends while a session is open (of eight hours: the row is moved instead of the clock).
        world.execute("update eligibility set expires_month = '2026-10'", Some(&gateway.town)).await;
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "none")])).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("interaction_required"));
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no page that says why") };
        assert_eq!((page.ending, page.can_retry), (Ending::CardDue(CardDue::Expired), true));
        let step = world.service.retry_flow(&gateway.town.slug, flow_of(&go), &tab.0).await.unwrap();
        let go = tab.take(step);
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        sent_code(&go);
    })
    .await;
}
