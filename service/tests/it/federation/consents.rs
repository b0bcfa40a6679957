//! When the consent page is shown, what is handed over, and how a consent ends.

use domain::attributes::Item;
use domain::consent::{ConsentDue, GrantState};
use domain::locale::Locale;
use service::configuration::Form;
use service::federation::{FlowPage, Go, Stop};

use super::sectors::publish_anew;
use crate::harness::{Gateway, HANAKO, TARO, Tab, on_both, parameter, sent_code, text_form};

// conforms: OpenID Connect Core 1.0 §5.5 MAY
#[tokio::test]
async fn once_is_once_and_every_time_is_every_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once address:every_time").await;
        let scope = "openid name address birthdate";
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&form, &[("scope", scope)])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!((page.once.as_slice(), page.every_time.as_slice()), (&[Item::Name][..], &[Item::Address][..]));
        assert_eq!(page.withheld, [Item::Birthdate, Item::Gender]);
        let code = sent_code(&gateway.agree(&mut tab, &go).await);
        assert!(code.len() <= 2048);
        let tokens = gateway.redeem(&form, &code).await.unwrap();
        assert_eq!(tokens.scope.to_string(), "openid name address");
        assert_eq!(tokens.expires_in_seconds, 300);
        let userinfo = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert_eq!(userinfo["name"], HANAKO.name);
        assert_eq!(userinfo["address"]["formatted"], HANAKO.address);
        assert!(userinfo.get("birthdate").is_none());
        assert!(gateway.claims(&tokens).await.get("name").is_none());

        // A session does not do, because an item is taken every time; and the name is not given again.
        let silent = [("scope", scope), ("prompt", "none")];
        let go = gateway.authorize(&mut tab, &gateway.request(&form, &silent)).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("interaction_required"));
        let go = gateway.authorize(&mut tab, &gateway.request(&form, &[("scope", scope)])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let tokens = gateway.redeem(&form, &sent_code(&go)).await.unwrap();
        let userinfo = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert!(userinfo.get("name").is_none());
        assert_eq!(userinfo["address"]["formatted"], HANAKO.address);

        // Asked again, it is given again.
        let again = [("scope", scope), ("prompt", "consent")];
        let go = gateway.authorize(&mut tab, &gateway.request(&form, &again)).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!(page.due, ConsentDue::AskedAgain);
        let go = gateway.agree(&mut tab, &go).await;
        let tokens = gateway.redeem(&form, &sent_code(&go)).await.unwrap();
        assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap()["name"], HANAKO.name);
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "state = 'reaffirmed'").await, 1);
        assert_eq!(gateway.rows("consent_grant").await, 1);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §5.5 MAY
#[tokio::test]
async fn claims_in_the_id_token_come_only_when_asked_for_there() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once").await;
        let mut tab = Tab::default();
        let claims = r#"{"id_token":{"name":null}}"#;
        let request = gateway.request(&form, &[("scope", "openid"), ("claims", claims)]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let go = gateway.agree(&mut tab, &go).await;
        let tokens = gateway.redeem(&form, &sent_code(&go)).await.unwrap();
        assert_eq!(gateway.claims(&tokens).await.text("name"), Some(HANAKO.name));
        let userinfo = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert!(userinfo.get("name").is_none() && userinfo.get("urn:machikagi:claims:residency").is_none());
    })
    .await;
}

#[tokio::test]
async fn an_item_more_is_asked_for_with_the_card() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once gender:once").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &form, HANAKO, "openid name").await;
        let request = gateway.request(&form, &[("scope", "openid name gender")]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!(page.due, ConsentDue::ItemsAdded);
        let go = gateway.agree(&mut tab, &go).await;
        let tokens = gateway.redeem(&form, &sent_code(&go)).await.unwrap();
        let userinfo = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert_eq!(userinfo["gender"], "female");
        assert!(userinfo.get("name").is_none());
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "state = 'terminated'").await, 1);
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "state = 'given'").await, 1);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_was_agreed_to_once_is_agreed_to_anew_before_it_is_every_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let form = gateway.client("form", "name:once").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &form, HANAKO, "openid name").await;
        let mut next = gateway.party_form("form", "name:every_time", gateway.rule);
        next.redirect_uris.clone_from(&form.redirect_uri);
        super::sectors::publish(&gateway, form.id.into(), &next).await.unwrap();
        let request = gateway.request(&form, &[("scope", "openid name")]);
        let silent = gateway.request(&form, &[("scope", "openid name"), ("prompt", "none")]);
        let go = gateway.authorize(&mut tab, &silent).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("consent_required"));
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!((page.due, page.every_time.as_slice()), (ConsentDue::ItemsAdded, &[Item::Name][..]));
        sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "state = 'terminated' and items = 1").await, 1);
        let every_time = format!("state = 'given' and items = {}", 1_i64 | 1 << 36);
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", &every_time).await, 1);
        // From now on it is told every time, and nobody is asked.
        let go = gateway.authorize(&mut tab, &request).await;
        let tokens = gateway.redeem(&form, &sent_code(&gateway.read_card(&mut tab, &go, HANAKO).await)).await.unwrap();
        assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap()["name"], HANAKO.name);
    })
    .await;
}

#[tokio::test]
async fn who_agreed_to_another_text_is_asked_again() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        // As if the service had used another text, which had come to its ninth version.
        let another = "update consent_grant set consent_text_id = relying_party_id, consent_text_number = 9";
        world.execute(another, Some(&gateway.town)).await;
        let silent = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "none")])).await;
        assert_eq!(parameter(&silent, "error").as_deref(), Some("consent_required"));
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!(page.due, ConsentDue::WordsChanged);
        sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "state = 'given'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_second_service_asks_for_its_own_consent_from_the_session() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (gateway.client("library", "").await, gateway.client("other", "").await);
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        let first = gateway.claims(&gateway.redeem(&library, &code).await.unwrap()).await;
        let silent = gateway.request(&other, &[("prompt", "none")]);
        let go = gateway.authorize(&mut tab, &silent).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("consent_required"));
        let go = gateway.authorize(&mut tab, &gateway.request(&other, &[])).await;
        let go = gateway.agree(&mut tab, &go).await;
        let second = gateway.claims(&gateway.redeem(&other, &sent_code(&go)).await.unwrap()).await;
        assert_ne!(first.text("sub"), second.text("sub"));
        assert_ne!(first.text("sid"), second.text("sid"));
        assert_eq!(gateway.rows("session_client").await, 2);
        // The page alone is no consent: without the session that it was shown to, agreeing leads nowhere.
        world.execute("delete from consent_grant", Some(&gateway.town)).await;
        let go = gateway.authorize(&mut tab, &gateway.request(&other, &[])).await;
        let mut stolen = tab.clone();
        stolen.0.session = None;
        let go = gateway.agree(&mut stolen, &go).await;
        assert_eq!(go, Go::Stop(Stop::FlowGone));
    })
    .await;
}

#[tokio::test]
async fn withdrawing_kills_tokens_and_codes_at_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid residency").await;
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let waiting = sent_code(&go);
        let slug = &gateway.town.slug;
        let page = world.service.my_page(slug, &tab.0).await.unwrap();
        assert_eq!(page.grants.len(), 1);
        assert_eq!(page.sessions.len(), 1);
        assert_eq!(page.eligible_until.map(|month| month.to_string()).as_deref(), Some("2027-11"));
        world.service.withdraw_consent(slug, &tab.0, page.grants[0].id).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        assert!(gateway.redeem(&library, &waiting).await.is_err());
        assert!(world.service.withdraw_consent(slug, &tab.0, page.grants[0].id).await.is_err());
        let page = world.service.my_page(slug, &tab.0).await.unwrap();
        assert_eq!(page.grants[0].state, GrantState::Withdrawn);
        // The next use asks again, and is a new record.
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.agree(&mut tab, &go).await;
        sent_code(&go);
        assert_eq!(gateway.rows("consent_grant").await, 2);
        assert_eq!(gateway.tally(&library, "people").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_resident_touches_nobody_elses_rows() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (mut one, mut other) = (Tab::default(), Tab::default());
        gateway.first_sign_in(&mut one, &library, HANAKO, "openid").await;
        gateway.first_sign_in(&mut other, &library, TARO, "openid").await;
        let slug = &gateway.town.slug;
        let page = world.service.my_page(slug, &one.0).await.unwrap();
        let foreign = world.service.withdraw_consent(slug, &other.0, page.grants[0].id).await;
        assert!(matches!(foreign, Err(service::Error::NotFound)));
        let foreign = world.service.end_session(slug, &other.0, page.sessions[0].id).await;
        assert!(matches!(foreign, Err(service::Error::NotFound)));
        world.service.delete_town_id(slug, &other.0).await.unwrap();
        assert_eq!(gateway.rows("resident").await, 1);
        assert!(world.service.my_page(slug, &one.0).await.is_ok());
        assert!(matches!(world.service.my_page(slug, &other.0).await, Err(service::Error::Unauthenticated)));
    })
    .await;
}

#[tokio::test]
async fn deleting_the_town_id_leaves_nothing() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
        for table in [
            "resident",
            "eligibility",
            "consent_grant",
            "resident_session",
            "session_client",
            "token_family",
            "usage_mark",
        ] {
            assert_eq!(gateway.rows(table).await, 0, "{table}");
        }
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        let before = gateway.claims(&tokens).await;
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let after = gateway.claims(&gateway.redeem(&library, &code).await.unwrap()).await;
        assert_ne!(before.text("sub"), after.text("sub"));
    })
    .await;
}

#[tokio::test]
async fn a_shared_computer_keeps_no_session() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let answer = gateway.agreeing_for_once(&tab, &go).await;
        let go = gateway.answer(&mut tab, &go, answer).await;
        let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        assert!(gateway.claims(&tokens).await.get("sid").is_none());
        assert!(tab.0.session.is_none() && tab.0.flows.is_empty());
        assert_eq!(gateway.rows("resident_session").await, 0);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        world.service.sign_out(&gateway.town.slug, &tab.0).await.unwrap();
        assert_eq!((gateway.rows("resident_session").await, gateway.rows("session_client").await), (0, 0));
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "none")])).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("login_required"));
    })
    .await;
}

async fn reworded(gateway: &Gateway<'_>, title: &str) {
    publish_anew(gateway, gateway.text.into(), &Form::ConsentText(text_form(title))).await.unwrap();
}

// conforms: Our own
#[tokio::test]
async fn nobody_agrees_to_words_that_were_published_while_they_read_others() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let read = gateway.agreeing(&tab, &go).await;
        reworded(&gateway, "新しい文").await;
        let Go::To(page) = &go else { panic!("{go:?}") };
        assert_eq!(gateway.answer(&mut tab, &go, read).await, Go::To(format!("{page}?words=new")));
        assert_eq!((gateway.rows("consent_grant").await, gateway.rows("resident").await), (0, 0), "nothing is kept");
        let FlowPage::Consent(view) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!((view.text.title.get(Locale::Ja), view.shown.number), ("新しい文", 2));
        sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "consent_text_number = 2").await, 1);

        // By a session, to another service, and to the town itself.
        let health = gateway.client("health", "").await;
        let known = gateway.authorize(&mut tab, &gateway.request(&health, &[])).await;
        let mut other = Tab::default();
        let step = world.service.begin_town_sign_in(&gateway.town.slug, &other.0).await.unwrap();
        let own = other.take(step);
        let own = gateway.read_card(&mut other, &own, TARO).await;
        let read = [gateway.agreeing(&tab, &known).await, gateway.agreeing(&other, &own).await];
        reworded(&gateway, "もっと新しい文").await;
        for (tab, go, read) in [(&mut tab, &known, read[0]), (&mut other, &own, read[1])] {
            let again = gateway.answer(tab, go, read).await;
            assert!(matches!(&again, Go::To(path) if path.ends_with("/consent?words=new")), "{again:?}");
        }
        assert_eq!(gateway.rows("consent_grant").await, 1);
        sent_code(&gateway.agree(&mut tab, &known).await);
        assert_eq!(gateway.agree(&mut other, &own).await, Go::To("/t/showa/me".to_owned()));
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "consent_text_number = 3").await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_box_for_a_shared_computer_is_there_for_whom_a_session_would_begin() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        for (holder, begins) in [(HANAKO, false), (TARO, true)] {
            let request = gateway.request(&library, &[("prompt", "login consent")]);
            let mut tab = tab.clone();
            let go = gateway.authorize(&mut tab, &request).await;
            let go = gateway.read_card(&mut tab, &go, holder).await;
            let FlowPage::Consent(view) = gateway.page(&tab, &go).await else { panic!("no consent page") };
            assert_eq!(view.may_keep_session, begins);
        }
        // A cookie whose session is over is no session.
        world.clock.advance(9 * 3_600);
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "consent")])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(view) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert!(view.may_keep_session && tab.0.session.is_some());
    })
    .await;
}
