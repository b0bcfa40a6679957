//! Refresh tokens: given where it was agreed to, exchanged while what they rest on stands, and of no use to a thief for long.

use domain::configuration::RelyingPartyForm;
use domain::names::Reason;
use oidc::ErrorCode;
use oidc::parameters::Parameters;
use oidc::provider::introspection::Introspection;
use oidc::provider::token::TokenResponse;
use secrecy::{ExposeSecret, SecretString};
use service::configuration::Form;
use service::federation::FlowPage;

use crate::harness::{Client, Gateway, HANAKO, TARO, Tab, World, on_both, sent_code};

const DAY: i64 = 24 * 3600;

/// A service that may go on without the person: one that keeps a secret.
async fn web(gateway: &Gateway<'_>, key: &str) -> Client {
    gateway.client_that(key, |form| form.client.offline_access = "on".to_owned()).await
}

/// The same on a person's device.
async fn app(gateway: &Gateway<'_>, key: &str) -> Client {
    let client = gateway
        .client_that(key, |form| {
            form.client.offline_access = "on".to_owned();
            form.client.authentication = "none".to_owned();
        })
        .await;
    Client { secret: String::new(), ..client }
}

async fn signed_in(gateway: &Gateway<'_>, client: &Client) -> TokenResponse {
    let code = gateway.first_sign_in(&mut Tab::default(), client, HANAKO, "openid residency offline_access").await;
    gateway.redeem(client, &code).await.unwrap()
}

fn text(token: &SecretString) -> String {
    token.expose_secret().to_owned()
}

fn refresh_of(tokens: &TokenResponse) -> String {
    text(tokens.refresh_token.as_ref().expect("a refresh token"))
}

fn body(client: &Client, token: &str, more: &[(&str, &str)]) -> String {
    let usual = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", client.client_id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    let parameters = usual.iter().chain(more).filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

async fn refresh(gateway: &Gateway<'_>, client: &Client, token: &str) -> Result<TokenResponse, ErrorCode> {
    gateway.exchange(&body(client, token, &[]), None).await.map_err(|error| error.code)
}

async fn introspect(gateway: &Gateway<'_>, client: &Client, token: &str) -> Introspection {
    let body = body(client, "", &[("token", token)]).replace("grant_type=refresh_token&", "");
    gateway.world.service.introspect(&gateway.town.slug, None, &Parameters::parse(&body)).await.unwrap().unwrap()
}

// conforms: OpenID Connect Core 1.0 §11 MUST
#[tokio::test]
async fn a_refresh_token_is_given_where_the_town_allows_it_and_the_page_said_so() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (plain, library) = (gateway.client("plain", "").await, web(&gateway, "library").await);
        let tokens = signed_in(&gateway, &plain).await;
        assert!(tokens.refresh_token.is_none());
        assert_eq!(tokens.scope.to_string(), "openid residency");

        let mut tab = Tab::default();
        let request = gateway.request(&library, &[("scope", "openid offline_access")]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, TARO).await;
        let FlowPage::Consent(view) = gateway.page(&tab, &go).await else { panic!() };
        assert!(view.offline);
        let go = gateway.agree(&mut tab, &go).await;
        let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        assert!(tokens.refresh_token.is_some());
        assert_eq!(tokens.scope.to_string(), "openid offline_access");
        assert_eq!(gateway.rows("refresh_token").await, 1);

        // The next time nobody is asked, so nobody agreed to it.
        let go = gateway.authorize(&mut tab, &request).await;
        let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
        assert!(tokens.refresh_token.is_none());
        assert_eq!(tokens.scope.to_string(), "openid");
        // Asked to ask, the page says it again.
        let request = gateway.request(&library, &[("scope", "openid offline_access"), ("prompt", "consent")]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.agree(&mut tab, &go).await;
        assert!(gateway.redeem(&library, &sent_code(&go)).await.unwrap().refresh_token.is_some());
    })
    .await;
}

// conforms: RFC 9700 §2.2.2 MUST; RFC 6749 §6 MUST
#[tokio::test]
async fn a_client_with_a_secret_keeps_its_token() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (web(&gateway, "library").await, web(&gateway, "other").await);
        let first = signed_in(&gateway, &library).await;
        let token = refresh_of(&first);
        for _ in 0..2 {
            world.clock.advance(20 * 60);
            assert!(gateway.userinfo(&first.access_token).await.is_err());
            let again = refresh(&gateway, &library, &token).await.unwrap();
            assert!(again.refresh_token.is_none() && again.id_token.is_none());
            let claims = gateway.userinfo(&again.access_token).await.unwrap();
            assert!(claims["urn:machikagi:claims:residency"]["eligible"].as_bool().unwrap());
        }
        // Of no use to anybody else, who ends nothing by trying.
        assert_eq!(refresh(&gateway, &other, &token).await.err(), Some(ErrorCode::InvalidGrant));
        let nobody = Client { secret: "wrong".to_owned(), client_id: library.client_id.clone(), ..other };
        assert_eq!(refresh(&gateway, &nobody, &token).await.err(), Some(ErrorCode::InvalidClient));
        assert!(refresh(&gateway, &library, &token).await.is_ok());
        assert_eq!(world.rows_where(&gateway.town, "refresh_token", "generation = 1").await, 1);
    })
    .await;
}

// conforms: RFC 9700 §2.2.2 MUST; RFC 6749 §6 MUST
#[tokio::test]
async fn a_refresh_gives_what_was_granted_or_less() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = web(&gateway, "library").await;
        let token = refresh_of(&signed_in(&gateway, &library).await);
        let ask = async |scope: &str| gateway.exchange(&body(&library, &token, &[("scope", scope)]), None).await;
        let less = ask("openid").await.unwrap();
        assert_eq!(less.scope.to_string(), "openid");
        let claims = gateway.userinfo(&less.access_token).await.unwrap();
        assert!(claims.get("urn:machikagi:claims:residency").is_none());
        assert_eq!(ask("openid name").await.err().unwrap().code, ErrorCode::InvalidScope);
        assert_eq!(
            refresh(&gateway, &library, &token).await.unwrap().scope.to_string(),
            "openid residency offline_access"
        );
    })
    .await;
}

// conforms: RFC 9700 §4.14.2 MUST
#[tokio::test]
async fn an_app_gets_the_next_token_with_each_answer() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let app = app(&gateway, "app").await;
        let first = refresh_of(&signed_in(&gateway, &app).await);
        let second = refresh_of(&refresh(&gateway, &app, &first).await.unwrap());
        assert_ne!(first, second);
        // An answer that was lost is given again, with the same token; to another request it is not.
        world.clock.advance(29);
        assert_eq!(refresh_of(&refresh(&gateway, &app, &first).await.unwrap()), second);
        let third = refresh_of(&refresh(&gateway, &app, &second).await.unwrap());
        assert!(![&first, &second].contains(&&third));
        assert_eq!(gateway.rows("refresh_token").await, 1);
        assert_eq!(world.rows_where(&gateway.town, "token_family", "revoked_at is null").await, 1);
    })
    .await;
}

// conforms: RFC 9700 §4.14.2 MUST
#[tokio::test]
async fn an_old_refresh_token_ends_everything_that_came_of_its_sign_in() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        for (name, late, scope, steps) in
            [("late", 30, "", 1), ("other-scope", 0, "openid", 1), ("long-ago", 0, "", 5), ("next", 0, "", 2)]
        {
            let app = app(&gateway, name).await;
            let first = refresh_of(&signed_in(&gateway, &app).await);
            let mut last = refresh(&gateway, &app, &first).await.unwrap();
            for _ in 1..steps {
                last = refresh(&gateway, &app, &refresh_of(&last)).await.unwrap();
            }
            assert!(gateway.userinfo(&last.access_token).await.is_ok());
            world.clock.advance(late);
            let again = gateway.exchange(&body(&app, &first, &[("scope", scope)]), None).await;
            assert_eq!(again.err().unwrap().code, ErrorCode::InvalidGrant, "{name}");
            assert!(gateway.userinfo(&last.access_token).await.is_err(), "{name}");
            assert_eq!(
                refresh(&gateway, &app, &refresh_of(&last)).await.err(),
                Some(ErrorCode::InvalidGrant),
                "{name}"
            );
            world.execute("delete from resident", Some(&gateway.town)).await;
        }
    })
    .await;
}

// conforms: RFC 9700 §4.14.2 MUST
#[tokio::test]
async fn a_refresh_token_used_at_the_same_moment_leads_to_one_successor() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let app = app(&gateway, "app").await;
        let first = refresh_of(&signed_in(&gateway, &app).await);
        let other = world.another_process().await;
        let form = body(&app, &first, &[]);
        let here = || gateway.exchange(&form, None);
        let there = || gateway.exchange_at(&other, &form, None);
        let (a, b, c, d) = tokio::join!(here(), there(), here(), there());
        let next: Vec<String> = [a, b, c, d].iter().map(|answer| refresh_of(answer.as_ref().unwrap())).collect();
        assert!(next.iter().all(|token| *token == next[0]));
        assert_eq!(world.rows_where(&gateway.town, "refresh_token", "generation = 2").await, 1);
        // The thief and the app: whoever comes later with the old one ends it for both.
        world.clock.advance(60);
        let (a, b) = tokio::join!(refresh(&gateway, &app, &next[0]), refresh(&gateway, &app, &first));
        assert_eq!(b.err(), Some(ErrorCode::InvalidGrant));
        if let Ok(tokens) = a {
            assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        }
        assert_eq!(world.rows_where(&gateway.town, "token_family", "revoked_at is null").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_a_sign_in_rests_on_ends_its_refresh_token() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = web(&gateway, "library").await;
        let ends = async |why: &str, sql: &str| {
            let tokens = signed_in(&gateway, &library).await;
            let token = refresh_of(&tokens);
            assert!(refresh(&gateway, &library, &token).await.is_ok(), "{why}");
            world.execute(sql, Some(&gateway.town)).await;
            assert_eq!(refresh(&gateway, &library, &token).await.err(), Some(ErrorCode::InvalidGrant), "{why}");
            assert_eq!(introspect(&gateway, &library, &token).await, Introspection::Inactive, "{why}");
            world.execute("delete from resident", Some(&gateway.town)).await;
        };
        ends("consent withdrawn", "update consent_grant set state = 'withdrawn'").await;
        ends("eligibility lost", "delete from eligibility").await;
        ends("eligibility over", "update eligibility set expires_month = '2026-10'").await;
        ends("card due", "update eligibility set recheck_month = '2026-10'").await;
        ends("town ID deleted", "delete from resident").await;
        ends("sign-in ended", "update token_family set revoked_at = 1").await;
        ends("other words", "update consent_grant set consent_text_number = 0").await;

        let token = refresh_of(&signed_in(&gateway, &library).await);
        let reason = Reason::parse("点検").unwrap();
        world.service.suspend_relying_party(&gateway.town.admin().await, library.id, &reason).await.unwrap();
        assert_eq!(refresh(&gateway, &library, &token).await.err(), Some(ErrorCode::InvalidGrant));
    })
    .await;
}

/// A new version of a service, drafted by one and put in force by another; `meanwhile` is asked between the two.
pub(super) async fn change(
    gateway: &Gateway<'_>,
    client: &Client,
    meanwhile: impl AsyncFnOnce(),
    change: impl FnOnce(&mut RelyingPartyForm),
) {
    let service = &gateway.world.service;
    let (drafter, approver) = (gateway.town.drafter().await, gateway.town.approver().await);
    let draft = service.get_draft(&drafter, client.id).await.unwrap();
    let Form::RelyingParty(mut form) = draft.form else { panic!("{:?}", draft.form) };
    change(&mut form);
    service.save_draft(&drafter, client.id, draft.seen, &Form::RelyingParty(form)).await.unwrap();
    meanwhile().await;
    let reason = Reason::parse("見直したため").unwrap();
    service.enact_draft(&drafter, &approver, client.id.into(), &reason).await.unwrap();
}

// conforms: Our own
#[tokio::test]
async fn a_service_that_is_given_another_rule_goes_on_with_nobody_who_was_not_asked() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        // The rule stays published for somebody else.
        let (library, _) = (web(&gateway, "library").await, gateway.client("other", "").await);
        let token = refresh_of(&signed_in(&gateway, &library).await);
        let stricter = gateway.rule_with_age(90).await;
        let meanwhile = async || {
            assert!(refresh(&gateway, &library, &token).await.is_ok(), "a draft changes nothing");
        };
        change(&gateway, &library, meanwhile, |form| form.rule = stricter.to_string()).await;
        assert_eq!(refresh(&gateway, &library, &token).await.err(), Some(ErrorCode::InvalidGrant));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §11 MUST
#[tokio::test]
async fn a_service_that_may_not_go_on_any_more_does_not() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, app) = (web(&gateway, "library").await, app(&gateway, "app").await);
        for client in [&library, &app] {
            let token = refresh_of(&signed_in(&gateway, client).await);
            let meanwhile = async || {
                assert!(refresh(&gateway, client, &token).await.is_ok(), "a draft changes nothing");
            };
            change(&gateway, client, meanwhile, |form| form.client.offline_access.clear()).await;
            let refused = refresh(&gateway, client, &token).await.err();
            assert_eq!(refused, Some(ErrorCode::InvalidGrant), "{}", client.client_id);
            if client.client_id == library.client_id {
                assert_eq!(introspect(&gateway, client, &token).await, Introspection::Inactive);
            }
        }
    })
    .await;
}

// conforms: RFC 9700 §2.2.2 MUST; RFC 6749 §6 MUST
#[tokio::test]
async fn a_refresh_token_ends_without_use_and_half_a_year_after_the_sign_in() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = web(&gateway, "library").await;
        let token = refresh_of(&signed_in(&gateway, &library).await);
        for _ in 0..6 {
            world.clock.advance(29 * DAY);
            assert!(refresh(&gateway, &library, &token).await.is_ok());
        }
        // Used or not, on the hundred and eightieth day it is over.
        world.clock.advance(6 * DAY);
        assert_eq!(refresh(&gateway, &library, &token).await.err(), Some(ErrorCode::InvalidGrant));
        world.service.sweep_expired().await.unwrap();
        assert_eq!((gateway.rows("refresh_token").await, gateway.rows("token_family").await), (0, 0));

        world.execute("delete from resident", Some(&gateway.town)).await;
        let token = refresh_of(&signed_in(&gateway, &library).await);
        world.clock.advance(31 * DAY);
        assert_eq!(refresh(&gateway, &library, &token).await.err(), Some(ErrorCode::InvalidGrant));
    })
    .await;
}

// conforms: RFC 7009 §2 MUST
#[tokio::test]
async fn a_refresh_token_is_looked_at_and_taken_back() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (web(&gateway, "library").await, web(&gateway, "other").await);
        let tokens = signed_in(&gateway, &library).await;
        let token = refresh_of(&tokens);
        let Introspection::Active { token_type, key, exp, .. } = introspect(&gateway, &library, &token).await else {
            panic!()
        };
        assert_eq!((token_type, key), (None, None));
        assert!(exp.unix_timestamp() > world.clock.seconds() + 29 * DAY);
        assert_eq!(introspect(&gateway, &other, &token).await, Introspection::Inactive);

        let revoke = async |client: &Client| {
            let body = body(client, "", &[("token", &token)]).replace("grant_type=refresh_token&", "");
            world.service.revoke_token(&gateway.town.slug, None, &Parameters::parse(&body)).await.unwrap().unwrap();
        };
        revoke(&other).await;
        assert!(gateway.userinfo(&tokens.access_token).await.is_ok());
        revoke(&library).await;
        assert!(gateway.userinfo(&tokens.access_token).await.is_err());
        assert_eq!(refresh(&gateway, &library, &token).await.err(), Some(ErrorCode::InvalidGrant));
        // What was ended goes a quarter of an hour later.
        world.clock.advance(15 * 60);
        world.service.sweep_expired().await.unwrap();
        assert_eq!((gateway.rows("refresh_token").await, gateway.rows("token_family").await), (0, 0));
    })
    .await;
}

// conforms: RFC 7009 §2 MUST
#[tokio::test]
async fn nothing_that_rests_is_a_refresh_token() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let app = app(&gateway, "app").await;
        let first = refresh_of(&signed_in(&gateway, &app).await);
        let second = refresh_of(&refresh(&gateway, &app, &first).await.unwrap());
        nowhere(&world, &gateway, &[&first, &second]).await;
    })
    .await;
}

async fn nowhere(world: &World, gateway: &Gateway<'_>, tokens: &[&str]) {
    use base64::Engine;
    for token in tokens {
        let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).unwrap();
        for (place, bytes) in world.places(gateway.town.organisation).await {
            for part in [token.as_bytes(), &raw[..16], &raw[16..]] {
                assert!(!bytes.windows(part.len()).any(|window| window == part), "a refresh token is in {place}");
            }
        }
    }
}
