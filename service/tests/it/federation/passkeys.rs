//! Passkeys: added after the card, used without it, and never more than the card said.

use domain::ids::FlowId;
use service::Error;
use service::federation::{Added, CardDue, Ending, FlowPage, Go, PasskeyAnswer, PasskeyRefusal, Passkeys, Stop};

use crate::harness::device::Device;
use crate::harness::gateway::{Client, Gateway};
use crate::harness::{HANAKO, Holder, TARO, Tab, flow_of, on_both, parameter, sent_code};

/// Adds a passkey on the own page of whoever is signed in.
pub(super) async fn add(gateway: &Gateway<'_>, tab: &mut Tab, device: &mut Device) -> Added {
    let (service, slug) = (&gateway.world.service, &gateway.town.slug);
    let page = service.passkeys_page(slug, &tab.0).await.unwrap();
    let Some(options) = page.options else { return Added::Refused(PasskeyRefusal::CardFirst) };
    let added = service.add_passkey(slug, &tab.0, &device.make(&options)).await.unwrap();
    tab.0.passkeys = Passkeys::Used;
    added
}

/// A resident with a session by card and a passkey.
async fn resident(gateway: &Gateway<'_>, client: &Client, device: &mut Device) -> Tab {
    somebody(gateway, client, HANAKO, device).await
}

async fn somebody(gateway: &Gateway<'_>, client: &Client, holder: Holder, device: &mut Device) -> Tab {
    let mut tab = Tab::default();
    gateway.first_sign_in(&mut tab, client, holder, "openid residency").await;
    assert!(matches!(add(gateway, &mut tab, device).await, Added::Done));
    tab
}

/// The same browser the next morning: the session is over.
pub(super) fn next_morning(tab: &Tab) -> Tab {
    let mut tab = tab.clone();
    tab.0.session = None;
    tab.0.flows.clear();
    tab
}

/// The options of the page that asks for a passkey.
async fn asked(gateway: &Gateway<'_>, tab: &Tab, go: &Go) -> String {
    assert!(matches!(go, Go::To(path) if path.ends_with("/sign-in")), "not asked for a passkey: {go:?}");
    let FlowPage::SignIn(page) = gateway.page(tab, go).await else { panic!("no page that asks for a passkey") };
    page.options.unwrap()
}

async fn answer(gateway: &Gateway<'_>, tab: &mut Tab, flow: FlowId, sent: &str) -> Result<Go, PasskeyRefusal> {
    let service = &gateway.world.service;
    match service.answer_with_passkey(&gateway.town.slug, flow, &tab.0, sent).await.unwrap() {
        PasskeyAnswer::Step(step) => Ok(tab.take(*step)),
        PasskeyAnswer::Refused(refusal) => Err(refusal),
    }
}

/// From the service's request to where the passkey leads.
pub(super) async fn sign_in(
    gateway: &Gateway<'_>,
    tab: &mut Tab,
    request: &str,
    device: &Device,
) -> Result<Go, PasskeyRefusal> {
    let go = gateway.authorize(tab, request).await;
    let options = asked(gateway, tab, &go).await;
    answer(gateway, tab, flow_of(&go), &device.sign(&options)).await
}

// conforms: Web Authentication Level 3 §7.2 MUST
#[tokio::test]
async fn the_second_time_a_passkey_is_enough() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        for (synced, holder) in [(false, HANAKO), (true, TARO)] {
            let mut device = Device { synced, counter: 1, ..Device::new(if synced { "synced" } else { "device" }) };
            let mut tab = somebody(&gateway, &library, holder, &mut device).await;
            let page = world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap();
            let last = page.passkeys.last().unwrap();
            assert_eq!((last.number, last.synced), (1, synced));
            assert_eq!(last.added.unwrap().to_string(), "2026-11");

            tab = next_morning(&tab);
            world.clock.advance(3_600);
            device.counter = 2;
            let go = sign_in(&gateway, &mut tab, &gateway.request(&library, &[]), &device).await.unwrap();
            let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
            let claims = gateway.claims(&tokens).await;
            assert_eq!(claims.get("acr").unwrap(), "urn:machikagi:assurance:ial3-aal2");
            let key = if synced { "swk" } else { "hwk" };
            assert_eq!(claims.get("amr").unwrap(), &serde_json::json!([key, "user", "mfa"]));
            assert_eq!(claims.get("auth_time").unwrap(), world.clock.seconds());
            assert_eq!(claims.get("urn:machikagi:claims:residency").unwrap()["eligible"], true);
            // A session as any other: the next request asks nobody.
            sent_code(&gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "none")])).await);
            let page = world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap();
            assert!(page.sessions.iter().any(|session| session.current && session.by_passkey));
        }
        assert_eq!(gateway.rows("resident").await, 2);
    })
    .await;
}

#[tokio::test]
async fn who_has_no_passkey_here_goes_to_the_card_at_once() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut device = Device::new("device");
        let tab = resident(&gateway, &library, &mut device).await;
        let mut elsewhere = Tab::default();
        let go = gateway.authorize(&mut elsewhere, &gateway.request(&library, &[])).await;
        assert!(matches!(go, Go::Away(_)), "{go:?}");
        // Where one was used it is asked for, and the card is one press away.
        let mut here = next_morning(&tab);
        let go = gateway.authorize(&mut here, &gateway.request(&library, &[])).await;
        asked(&gateway, &here, &go).await;
        let step = world.service.choose_provider(&gateway.town.slug, flow_of(&go), None, &here.0).await.unwrap();
        let go = here.take(step);
        sent_code(&gateway.read_card(&mut here, &go, HANAKO).await);
        // On the town's own page whoever has one can say so in any browser.
        gateway.open_town_page().await;
        let step = world.service.begin_town_passkey_sign_in(&gateway.town.slug, &elsewhere.0).await.unwrap();
        let go = elsewhere.take(step);
        let options = asked(&gateway, &elsewhere, &go).await;
        let go = answer(&gateway, &mut elsewhere, flow_of(&go), &device.sign(&options)).await.unwrap();
        assert_eq!(go, Go::To("/t/showa/me".to_owned()));
        assert_eq!(elsewhere.0.passkeys, Passkeys::Used);
        let page = world.service.my_page(&gateway.town.slug, &elsewhere.0).await.unwrap();
        assert!(!page.may_add_passkey, "only the card lets one be added");
        let mut another = Device::new("another");
        assert!(matches!(add(&gateway, &mut elsewhere, &mut another).await, Added::Refused(PasskeyRefusal::CardFirst)));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_the_card_alone_can_say_leads_to_the_card() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let club = gateway
            .client_with("club", "", domain::configuration::SubjectType::Pairwise, gateway.rule_with_age(20).await)
            .await;
        let coins = gateway.client("coins", "name:every_time").await;
        let mut device = Device::new("device");
        let tab = resident(&gateway, &library, &mut device).await;
        let request = gateway.request(&library, &[]);

        // Over, or due again: a page says why, and the card is next.
        for (column, month, due) in
            [("recheck_month", "2026-10", CardDue::Recheck), ("expires_month", "2026-10", CardDue::Expired)]
        {
            world.execute(&format!("update eligibility set {column} = '{month}'"), Some(&gateway.town)).await;
            let mut tab = next_morning(&tab);
            let go = sign_in(&gateway, &mut tab, &request, &device).await.unwrap();
            let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no page that says why") };
            assert_eq!((page.ending, page.can_retry), (Ending::CardDue(due), true));
            assert!(!page.may_use_passkey);
        }
        let mut again = next_morning(&tab);
        let go = sign_in(&gateway, &mut again, &request, &device).await.unwrap();
        let step = world.service.retry_flow(&gateway.town.slug, flow_of(&go), &again.0).await.unwrap();
        let go = again.take(step);
        sent_code(&gateway.read_card(&mut again, &go, HANAKO).await);

        // A rule under which nothing was determined, because it depends on the age.
        let mut tab_at_club = next_morning(&tab);
        let go = sign_in(&gateway, &mut tab_at_club, &gateway.request(&club, &[]), &device).await.unwrap();
        gateway.read_card(&mut tab_at_club, &go, HANAKO).await;

        // What is known before: an attribute that is taken every time, a level that a passkey does not reach.
        let mut due = next_morning(&tab);
        let scope = [("scope", "openid name")];
        assert!(matches!(gateway.authorize(&mut due, &gateway.request(&coins, &scope)).await, Go::Away(_)));
        let acr = r#"{"id_token":{"acr":{"essential":true,"value":"urn:machikagi:assurance:ial3-aal3"}}}"#;
        let request = gateway.request(&library, &[("claims", acr)]);
        assert!(matches!(gateway.authorize(&mut due, &request).await, Go::Away(_)));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §5.5.1 MUST
#[tokio::test]
async fn a_session_by_passkey_is_raised_by_the_card_where_more_is_wanted() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let office = gateway.client_that("office", |form| form.minimum_aal = "3".to_owned()).await;
        let mut device = Device::new("device");
        let mut tab = resident(&gateway, &library, &mut device).await;
        // Agreed to before, so that nothing but the level is wanting.
        let go = gateway.authorize(&mut tab, &gateway.request(&office, &[])).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
        let acr = r#"{"id_token":{"acr":{"essential":true,"value":"urn:machikagi:assurance:ial3-aal3"}}}"#;
        for (client, more) in [(&office, ("state", "the state")), (&library, ("claims", acr))] {
            let mut tab = next_morning(&tab);
            world.clock.advance(3_600);
            let go = sign_in(&gateway, &mut tab, &gateway.request(&library, &[]), &device).await.unwrap();
            let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
            assert_eq!(gateway.claims(&tokens).await.text("acr"), Some("urn:machikagi:assurance:ial3-aal2"));

            let silent = gateway.request(client, &[more, ("prompt", "none")]);
            let go = gateway.authorize(&mut tab, &silent).await;
            assert_eq!(parameter(&go, "error").as_deref(), Some("interaction_required"), "{}", client.client_id);
            let go = gateway.authorize(&mut tab, &gateway.request(client, &[more])).await;
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            let tokens = gateway.redeem(client, &sent_code(&go)).await.unwrap();
            let claims = gateway.claims(&tokens).await;
            assert_eq!(claims.text("acr"), Some("urn:machikagi:assurance:ial3-aal3"), "{}", client.client_id);
            assert_eq!(claims.get("amr").unwrap(), &serde_json::json!(["sc", "pin", "mfa"]));
            assert_eq!(claims.get("auth_time").unwrap(), world.clock.seconds());
            // The session is that of the card now.
            sent_code(&gateway.authorize(&mut tab, &silent).await);
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MUST
#[tokio::test]
async fn a_passkey_answers_a_request_to_sign_in_again() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut device = Device::new("device");
        let mut tab = resident(&gateway, &library, &mut device).await;
        for more in [("prompt", "login"), ("max_age", "0"), ("max_age", "60")] {
            world.clock.advance(600);
            let go = sign_in(&gateway, &mut tab, &gateway.request(&library, &[more]), &device).await.unwrap();
            let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
            assert_eq!(gateway.claims(&tokens).await.get("auth_time").unwrap(), world.clock.seconds(), "{more:?}");
        }
        // And a consent that is due after it.
        let health = gateway.client("health", "").await;
        let mut morning = next_morning(&tab);
        let go = sign_in(&gateway, &mut morning, &gateway.request(&health, &[("prompt", "login")]), &device).await;
        sent_code(&gateway.agree(&mut morning, &go.unwrap()).await);
        // Somebody else than the one whom the service expects.
        let tokens = {
            let mut taro = Tab::default();
            let code = gateway.first_sign_in(&mut taro, &library, TARO, "openid").await;
            gateway.redeem(&library, &code).await.unwrap()
        };
        use secrecy::ExposeSecret;
        let hint = tokens.id_token.as_ref().unwrap().expose_secret().to_owned();
        let mut morning = next_morning(&tab);
        let request = gateway.request(&library, &[("id_token_hint", &hint)]);
        let go = sign_in(&gateway, &mut morning, &request, &device).await.unwrap();
        assert_eq!(parameter(&go, "error").as_deref(), Some("login_required"));
    })
    .await;
}

// conforms: Web Authentication Level 3 §7.2 MUST
#[tokio::test]
async fn an_answer_from_elsewhere_or_given_before_is_refused() {
    use PasskeyRefusal::{Again, Unknown, Unusable};
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut device = Device { counter: 5, ..Device::new("device") };
        let tab = resident(&gateway, &library, &mut device).await;
        let request = gateway.request(&library, &[]);
        let refused = async |device: &Device| {
            let mut tab = next_morning(&tab);
            let refusal = sign_in(&gateway, &mut tab, &request, device).await.unwrap_err();
            assert!(tab.0.session.is_none());
            refusal
        };
        device.counter = 6;
        device.origin = "http://localhost:3001".to_owned();
        assert_eq!(refused(&device).await, Unusable, "another origin");
        device.origin = "http://localhost:3000".to_owned();
        device.host = "example.jp".to_owned();
        assert_eq!(refused(&device).await, Unusable, "another relying party");
        device.host = "localhost".to_owned();
        device.verifies = false;
        assert_eq!(refused(&device).await, Unusable, "nobody verified");
        device.verifies = true;
        device.counter = 5;
        assert_eq!(refused(&device).await, Unusable, "the counter stands still");
        device.counter = 6;
        let handle = std::mem::replace(&mut device.user_handle, "AAAA".to_owned());
        assert_eq!(refused(&device).await, Unknown, "another person's");
        device.user_handle = handle;
        let copy = Device { user_handle: device.user_handle.clone(), counter: 6, ..Device::new("device") };
        assert_eq!(refused(&copy).await, Unusable, "another key of the same name");
        assert_eq!(refused(&Device::new("stranger")).await, Unknown);

        // A challenge is for one flow, five minutes, one answer.
        let mut morning = next_morning(&tab);
        let go = gateway.authorize(&mut morning, &request).await;
        let (first, options) = (flow_of(&go), asked(&gateway, &morning, &go).await);
        let other = gateway.authorize(&mut morning, &request).await;
        let sent = device.sign(&options);
        assert_eq!(answer(&gateway, &mut morning, flow_of(&other), &sent).await.unwrap_err(), Again, "another flow");
        world.clock.advance(301);
        assert_eq!(answer(&gateway, &mut morning, first, &sent).await.unwrap_err(), Again, "too late");
        let sent = device.sign(&asked(&gateway, &morning, &go).await);
        let mut copy = morning.clone();
        sent_code(&answer(&gateway, &mut morning, first, &sent).await.unwrap());
        // Somebody has the cookie of the flow and the answer: the counter is past, and where none counts the answer is spent.
        assert_eq!(answer(&gateway, &mut copy, first, &sent).await.unwrap_err(), Unusable);
        world.execute("update resident_passkey set counter = 5", Some(&gateway.town)).await;
        assert_eq!(answer(&gateway, &mut copy, first, &sent).await.unwrap_err(), Again, "spent");
        for nonsense in ["", "{}", "null", "[]"] {
            assert_eq!(answer(&gateway, &mut copy, first, nonsense).await.unwrap_err(), Unusable);
        }
        assert!(world.service.sweep_expired().await.is_ok());
    })
    .await;
}

// conforms: Web Authentication Level 3 §7.2 MUST
#[tokio::test]
async fn an_answer_counts_once_for_two_at_the_same_moment() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut device = Device::new("device");
        let tab = resident(&gateway, &library, &mut device).await;
        let mut morning = next_morning(&tab);
        let go = gateway.authorize(&mut morning, &gateway.request(&library, &[])).await;
        let sent = device.sign(&asked(&gateway, &morning, &go).await);
        let second = world.another_process().await;
        let (slug, flow) = (&gateway.town.slug, flow_of(&go));
        let (one, two) = tokio::join!(
            world.service.answer_with_passkey(slug, flow, &morning.0, &sent),
            second.answer_with_passkey(slug, flow, &morning.0, &sent),
        );
        let taken =
            [one.unwrap(), two.unwrap()].iter().filter(|answer| matches!(answer, PasskeyAnswer::Step(_))).count();
        assert_eq!(taken, 1);
    })
    .await;
}

// conforms: Web Authentication Level 3 §7.2 MUST
#[tokio::test]
async fn a_passkey_of_one_town_opens_no_other() {
    on_both(async |world| {
        let showa = world.gateway("showa").await;
        let mino = world.gateway("mino").await;
        let (here, there) = (showa.client("library", "").await, mino.client("library", "").await);
        let mut device = Device::new("device");
        resident(&showa, &here, &mut device).await;
        let mut tab = Tab::default();
        tab.0.passkeys = Passkeys::Used;
        let refused = sign_in(&mino, &mut tab, &mino.request(&there, &[]), &device).await.unwrap_err();
        assert_eq!(refused, PasskeyRefusal::Unknown);
        // Nor with a challenge of the town that it is of.
        let mut at_showa = Tab::default();
        at_showa.0.passkeys = Passkeys::Used;
        let go = showa.authorize(&mut at_showa, &showa.request(&here, &[])).await;
        let sent = device.sign(&asked(&showa, &at_showa, &go).await);
        let go = mino.authorize(&mut tab, &mino.request(&there, &[])).await;
        assert_eq!(answer(&mino, &mut tab, flow_of(&go), &sent).await.unwrap_err(), PasskeyRefusal::Again);
        assert_eq!(mino.rows("resident_session").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn passkeys_go_one_by_one_or_with_the_town_id() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let slug = &gateway.town.slug;
        let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
        let mut tab = resident(&gateway, &library, &mut phone).await;
        assert!(matches!(add(&gateway, &mut tab, &mut tablet).await, Added::Done));
        assert_eq!(phone.user_handle, tablet.user_handle);
        let page = world.service.passkeys_page(slug, &tab.0).await.unwrap();
        assert_eq!(page.passkeys.iter().map(|passkey| passkey.number).collect::<Vec<_>>(), [1, 2]);
        let sent = phone.make(&page.options.unwrap());
        let twice = world.service.add_passkey(slug, &tab.0, &sent).await.unwrap();
        assert!(matches!(twice, Added::Refused(PasskeyRefusal::Again)), "the device has one");

        let mut taro = Tab::default();
        gateway.first_sign_in(&mut taro, &library, TARO, "openid").await;
        let foreign = world.service.remove_passkey(slug, &taro.0, page.passkeys[0].id).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "somebody else's");
        assert_eq!(world.service.remove_passkey(slug, &tab.0, page.passkeys[0].id).await.unwrap(), 1);
        let request = gateway.request(&library, &[]);
        let mut morning = next_morning(&tab);
        let gone = sign_in(&gateway, &mut morning, &request, &phone).await.unwrap_err();
        assert_eq!(gone, PasskeyRefusal::Unknown);
        sent_code(&sign_in(&gateway, &mut morning, &request, &tablet).await.unwrap());

        world.service.delete_town_id(slug, &tab.0).await.unwrap();
        assert_eq!(gateway.rows("resident_passkey").await, 0);
        let mut morning = next_morning(&tab);
        let gone = sign_in(&gateway, &mut morning, &request, &tablet).await.unwrap_err();
        assert_eq!(gone, PasskeyRefusal::Unknown);
        assert!(matches!(world.service.passkeys_page(slug, &Tab::default().0).await, Err(Error::Unauthenticated)));
    })
    .await;
}

#[tokio::test]
async fn nobody_adds_passkeys_without_end() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = resident(&gateway, &library, &mut Device::new("0")).await;
        let early = world.service.passkeys_page(&gateway.town.slug, &tab.0).await.unwrap().options.unwrap();
        for number in 1..10 {
            assert!(matches!(add(&gateway, &mut tab, &mut Device::new(&number.to_string())).await, Added::Done));
        }
        let page = world.service.passkeys_page(&gateway.town.slug, &tab.0).await.unwrap();
        assert!(page.full && page.options.is_none() && page.passkeys.len() == 10);
        let sent = Device::new("eleventh").make(&early);
        let eleventh = world.service.add_passkey(&gateway.town.slug, &tab.0, &sent).await.unwrap();
        assert!(matches!(eleventh, Added::Refused(PasskeyRefusal::Full)));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn an_offer_belongs_to_its_session_and_takes_nothing_back() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| form.client.offline_access = "on".to_owned()).await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let offered = async |tab: &mut Tab, holder| {
            let request = gateway.request(&library, &[("scope", "openid offline_access")]);
            let go = gateway.authorize(tab, &request).await;
            let go = gateway.read_card(tab, &go, holder).await;
            tab.0.passkeys = Passkeys::Possible;
            gateway.agree(tab, &go).await
        };
        // Whoever signs out leaves the page to the next one at the same machine.
        let mut tab = Tab::default();
        let go = offered(&mut tab, HANAKO).await;
        let FlowPage::PasskeyOffer(page) = gateway.page(&tab, &go).await else { panic!("no offer") };
        let left = tab.clone();
        let step = service.sign_out_and_leave(slug, &tab.0, None).await.unwrap();
        tab.take(step);
        assert!(tab.0.session.is_none() && tab.0.flows.is_empty());
        let mut device = Device::new("somebody else's");
        let made = device.make(&page.options);
        for tab in [left, tab] {
            assert!(matches!(gateway.page(&tab, &go).await, FlowPage::Stop(Stop::FlowGone)));
            for sent in [Some(made.as_str()), None] {
                let answer = service.answer_passkey_offer(slug, flow_of(&go), &tab.0, sent).await.unwrap();
                assert!(matches!(answer, PasskeyAnswer::Step(step) if step.go == Go::Stop(Stop::FlowGone)));
            }
        }
        assert_eq!(gateway.rows("resident_passkey").await, 0);
        // What was agreed to before the offer comes after it.
        let mut tab = Tab::default();
        let go = offered(&mut tab, TARO).await;
        let answer = service.answer_passkey_offer(slug, flow_of(&go), &tab.0, None).await.unwrap();
        let PasskeyAnswer::Step(step) = answer else { panic!("refused") };
        let tokens = gateway.redeem(&library, &sent_code(&tab.take(*step))).await.unwrap();
        assert!(tokens.refresh_token.is_some());
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_device_that_can_is_offered_a_passkey_once_after_the_first_consent() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "name:once").await;
        let slug = &gateway.town.slug;
        let offered = async |tab: &mut Tab, holder| {
            let go = gateway.authorize(tab, &gateway.request(&library, &[("scope", "openid name")])).await;
            let go = gateway.read_card(tab, &go, holder).await;
            tab.0.passkeys = Passkeys::Possible;
            gateway.agree(tab, &go).await
        };
        let options = async |tab: &Tab, go: &Go| {
            let FlowPage::PasskeyOffer(page) = gateway.page(tab, go).await else { panic!("no offer") };
            page.options
        };
        let take = async |tab: &mut Tab, go: &Go, sent: Option<&str>| match world
            .service
            .answer_passkey_offer(slug, flow_of(go), &tab.0, sent)
            .await
            .unwrap()
        {
            PasskeyAnswer::Step(step) => Ok(tab.take(*step)),
            PasskeyAnswer::Refused(refusal) => Err(refusal),
        };
        // Somebody adds one, a while later than a code lives and the sweep goes by.
        let mut tab = Tab::default();
        let go = offered(&mut tab, HANAKO).await;
        assert!(tab.0.session.is_some() && tab.0.passkeys == Passkeys::Offered);
        world.clock.advance(240);
        world.service.sweep_expired().await.unwrap();
        let mut device = Device::new("device");
        let unverified = Device { verifies: false, ..Device::new("device") }.make(&options(&tab, &go).await);
        assert_eq!(take(&mut tab, &go, Some(&unverified)).await.unwrap_err(), PasskeyRefusal::Unusable);
        let made = device.make(&options(&tab, &go).await);
        let away = take(&mut tab, &go, Some(&made)).await.unwrap();
        assert_eq!(tab.0.passkeys, Passkeys::Used);
        let tokens = gateway.redeem(&library, &sent_code(&away)).await.unwrap();
        assert!(
            gateway.userinfo(&tokens.access_token).await.unwrap().get("name").is_some(),
            "what was agreed to comes"
        );
        assert_eq!(take(&mut tab, &go, None).await.unwrap(), Go::Stop(Stop::AlreadyDone));
        assert_eq!(gateway.tally(&library, "sign_ins").await, 1, "counted once");
        let mut morning = next_morning(&tab);
        let request = gateway.request(&library, &[("scope", "openid name")]);
        sent_code(&sign_in(&gateway, &mut morning, &request, &device).await.unwrap());

        // Somebody does not want one, and is not asked again.
        let mut tab = Tab::default();
        let go = offered(&mut tab, TARO).await;
        options(&tab, &go).await;
        sent_code(&take(&mut tab, &go, None).await.unwrap());
        assert_eq!((tab.0.passkeys, gateway.rows("resident_passkey").await), (Passkeys::Offered, 1));
        // A shared computer is offered nothing.
        let mut shared = Tab::default();
        let health = gateway.client("health", "").await;
        let go = gateway.authorize(&mut shared, &gateway.request(&health, &[])).await;
        let go = gateway.read_card(&mut shared, &go, TARO).await;
        shared.0.passkeys = Passkeys::Possible;
        let answer = gateway.agreeing_for_once(&shared, &go).await;
        sent_code(&gateway.answer(&mut shared, &go, answer).await);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn where_the_provider_is_down_a_passkey_still_opens() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut device = Device::new("device");
        resident(&gateway, &library, &mut device).await;
        let mut elsewhere = Tab::default();
        let go = gateway.authorize(&mut elsewhere, &gateway.request(&library, &[])).await;
        let Go::Away(url) = &go else { panic!("{go:?}") };
        let query = gateway.card.decline(url, "access_denied");
        let go = gateway.callback(&mut elsewhere, &query).await;
        let FlowPage::Ended(page) = gateway.page(&elsewhere, &go).await else { panic!("no outcome page") };
        assert!(page.may_use_passkey);
        let step = world.service.choose_passkey(&gateway.town.slug, flow_of(&go), &elsewhere.0).await.unwrap();
        let go = elsewhere.take(step);
        let options = asked(&gateway, &elsewhere, &go).await;
        sent_code(&answer(&gateway, &mut elsewhere, flow_of(&go), &device.sign(&options)).await.unwrap());
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn an_offer_gives_nothing_back_that_was_withdrawn_meanwhile() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        tab.0.passkeys = Passkeys::Possible;
        let go = gateway.agree(&mut tab, &go).await;
        assert!(matches!(gateway.page(&tab, &go).await, FlowPage::PasskeyOffer(_)));
        let FlowPage::PasskeyOffer(page) = gateway.page(&tab, &go).await else { panic!("no offer") };
        let made = Device::new("somebody else's").make(&page.options);
        let page = service.my_page(slug, &tab.0).await.unwrap();
        service.withdraw_consent(slug, &tab.0, page.grants[0].id).await.unwrap();
        // Longer than what was taken back is kept, and less than a flow lives.
        world.clock.advance(20 * 60);
        service.sweep_expired().await.unwrap();
        assert_eq!(gateway.rows("token_family").await, 0);
        // Nor does a page that was left open make a passkey for whoever finds it.
        let answer = service.answer_passkey_offer(slug, flow_of(&go), &tab.0, Some(&made)).await.unwrap();
        assert!(matches!(answer, PasskeyAnswer::Refused(PasskeyRefusal::CardFirst)));
        let answer = service.answer_passkey_offer(slug, flow_of(&go), &tab.0, None).await.unwrap();
        assert!(matches!(answer, PasskeyAnswer::Step(step) if matches!(step.go, Go::Stop(_))));
        assert_eq!(gateway.rows("token_family").await, 0);
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", "state = 'given'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_finds_a_session_open_adds_no_passkey() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        let page = world.service.passkeys_page(&gateway.town.slug, &tab.0).await.unwrap();
        let made = Device::new("device").make(&page.options.unwrap());
        world.clock.advance(601);
        assert!(world.service.passkeys_page(&gateway.town.slug, &tab.0).await.unwrap().options.is_none());
        assert!(!world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap().may_add_passkey);
        let added = world.service.add_passkey(&gateway.town.slug, &tab.0, &made).await.unwrap();
        assert!(matches!(added, Added::Refused(PasskeyRefusal::CardFirst)));
        assert_eq!(gateway.rows("resident_passkey").await, 0);
    })
    .await;
}
