//! The town's own page, and the clerk's test.

use domain::access::Role;
use domain::paths;
use domain::residency::Outcome;
use service::federation::{Ending, FlowPage, Go, Stop, TestStanding};

use crate::harness::{HANAKO, NAMESAKE, Tab, on_both, on_sqlite, sent_code};

#[tokio::test]
async fn a_new_resident_agrees_to_the_towns_own_words() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let slug = &gateway.town.slug;
        let mut tab = Tab::default();
        let step = world.service.begin_town_sign_in(slug, &tab.0).await.unwrap();
        assert_eq!(tab.take(step), Go::Stop(Stop::NotSetUp));
        gateway.open_town_page().await;
        let page = world.service.town_page(slug, &tab.0).await.unwrap();
        assert!(page.can_sign_in && !page.signed_in && page.services.len() == 1 && page.town.sandbox);
        let step = world.service.begin_town_sign_in(slug, &tab.0).await.unwrap();
        let go = tab.take(step);
        assert!(matches!(&go, Go::Away(url) if url.contains("prompt=login")), "not asked to sign in anew: {go:?}");
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(view) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert!(view.service.is_none());
        assert_eq!(gateway.agree(&mut tab, &go).await, Go::To("/t/showa/me".to_owned()));
        let page = world.service.my_page(slug, &tab.0).await.unwrap();
        assert!(page.grants[0].of_town && page.grants[0].text.is_some());
        for (table, rows) in
            [("resident", 1), ("eligibility", 1), ("token_family", 0), ("usage_mark", 0), ("usage_counter", 0)]
        {
            assert_eq!(gateway.rows(table).await, rows, "{table}");
        }
        // A service is then one consent away, without the card.
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!(gateway.tally(&library, "sign_ins").await, 1);
    })
    .await;
}

#[tokio::test]
async fn somebody_from_elsewhere_is_told_so_and_counted_nowhere() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        let mut tab = Tab::default();
        let step = world.service.begin_town_sign_in(&gateway.town.slug, &tab.0).await.unwrap();
        let go = tab.take(step);
        let go = gateway.read_card(&mut tab, &go, NAMESAKE).await;
        let FlowPage::Ended(view) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert!(matches!(view.ending, Ending::Determined(_)) && view.service.is_none());
        for table in ["resident", "usage_counter"] {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_moved_away_still_reaches_the_own_page() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        let library = gateway.client("library", "").await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let mut tab = Tab::default();
        let step = world.service.begin_town_sign_in(&gateway.town.slug, &tab.0).await.unwrap();
        let go = tab.take(step);
        let moved = crate::harness::Holder { address: NAMESAKE.address, ..HANAKO };
        assert_eq!(gateway.read_card(&mut tab, &go, moved).await, Go::To("/t/showa/me".to_owned()));
        let page = world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap();
        assert!(page.eligible_until.is_none() && page.grants.len() == 1);
        assert_eq!(gateway.rows("eligibility").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_test_shows_claims_and_writes_nothing_about_anybody() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once").await;
        let slug = &gateway.town.slug;
        let drafter = gateway.town.drafter().await;
        let page = async |tab: &Tab, go: Option<&Go>| {
            let flow = go.map(|go| {
                let Go::To(path) = go else { panic!("not in the console: {go:?}") };
                let here = format!("{}?flow=", paths::console_relying_party_test(slug, form.id));
                path.strip_prefix(&here).unwrap_or_else(|| panic!("not at the test: {path}")).parse().unwrap()
            });
            world.service.test_page(&drafter, slug, form.id, flow, &tab.0).await.unwrap()
        };
        let before = page(&Tab::default(), None).await;
        assert!(matches!(before.standing, TestStanding::Ready) && before.provider.is_some());
        assert_eq!(before.form_origins, [gateway.card.issuer()]);
        for (holder, outcome) in [(HANAKO, Outcome::Eligible), (NAMESAKE, Outcome::NotEligible)] {
            let mut tab = Tab::default();
            let step = world.service.begin_test_sign_in(&drafter, slug, form.id, &tab.0).await.unwrap();
            let go = tab.take(step);
            let go = gateway.read_card(&mut tab, &go, holder).await;
            let TestStanding::Read(view) = page(&tab, Some(&go)).await.standing else { panic!("nothing was read") };
            assert_eq!((view.outcome, view.rule_number), (outcome, 1));
            match outcome {
                Outcome::Eligible => {
                    let userinfo = view.userinfo.as_ref().unwrap();
                    assert!(userinfo.contains(HANAKO.name) && !userinfo.contains(HANAKO.address));
                    assert!(view.refusal.is_none());
                }
                _ => {
                    let refusal = view.refusal.as_ref().unwrap();
                    assert_eq!((refusal.code, view.userinfo.is_none()), ("access_denied", true));
                    assert!(matches!(refusal.ending, Ending::Determined(_)));
                }
            }
            // The flow is this browser's and this relying party's; the residents' pages send it back here.
            assert!(matches!(page(&Tab::default(), Some(&go)).await.standing, TestStanding::Gone));
            let Go::To(path) = &go else { panic!("not in the console: {go:?}") };
            let flow = path.rsplit('=').next().unwrap().parse().unwrap();
            let there = world.service.flow_page(slug, flow, &tab.0).await.unwrap();
            assert!(matches!(there, FlowPage::To(to) if to == *path));
        }
        for table in ["resident", "eligibility", "usage_counter", "token_family"] {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
        let noted = world.rows_where(&gateway.town, "audit_entry", "action = 'test_sign_in.started'").await;
        assert_eq!(noted, 2);

        let mut tab = Tab::default();
        let step = world.service.begin_test_sign_in(&drafter, slug, form.id, &tab.0).await.unwrap();
        let Go::Away(card) = tab.take(step) else { panic!("not on the way to the card") };
        let go = gateway.callback(&mut tab, &gateway.card.decline(&card, "access_denied")).await;
        let ended = page(&tab, Some(&go)).await.standing;
        assert!(matches!(ended, TestStanding::Ended(Ending::ProviderDeclined)));
    })
    .await;
}

#[tokio::test]
async fn who_may_not_test_neither_begins_nor_looks() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once").await;
        let slug = &gateway.town.slug;
        let mino = world.town("mino").await;
        for caller in
            [gateway.town.caller(Role::Analyst).await, gateway.town.caller(Role::Auditor).await, mino.drafter().await]
        {
            let nobody = Tab::default().0;
            let begun = world.service.begin_test_sign_in(&caller, slug, form.id, &nobody).await;
            assert!(matches!(begun, Err(service::Error::NotFound)));
            let seen = world.service.test_page(&caller, slug, form.id, None, &nobody).await;
            assert!(matches!(seen, Err(service::Error::NotFound)));
        }
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", "action = 'test_sign_in.started'").await, 0);
    })
    .await;
}
