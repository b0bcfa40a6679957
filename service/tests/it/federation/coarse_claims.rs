//! Municipality, age group and limits of age in place of attributes; claims with how they were verified; a service's own words
//! for levels.

use domain::attributes::Item;
use domain::configuration::RelyingPartyForm;
use domain::consent::ConsentDue;
use domain::ids::RelyingPartyId;
use domain::violations::Violation;
use oidc::ErrorCode;
use serde_json::{Value, json};
use service::Error;
use service::federation::{FlowPage, ProviderSettings};
use service::relying_parties::Imported;

use super::imports::import_one;
use crate::harness::gateway::Gateway;
use crate::harness::{Client, HANAKO, Tab, on_both, parameter, sent_code};

fn over(years: u8) -> Item {
    Item::of_claim(&format!("age_over_{years}")).unwrap()
}

/// What a health app for adults may ask for.
fn coarse(form: &mut RelyingPartyForm) {
    form.item_municipality = "once".to_owned();
    form.item_age_band = "once".to_owned();
    form.item_age_over = "once".to_owned();
    form.age_limits = "20 65".to_owned();
}

/// A request for claims, from the service to the code.
async fn sign_in(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client, claims: &Value) -> String {
    let request = gateway.request(client, &[("scope", "openid"), ("claims", &claims.to_string())]);
    let go = gateway.authorize(tab, &request).await;
    let go = gateway.read_card(tab, &go, HANAKO).await;
    sent_code(&gateway.agree(tab, &go).await)
}

// conforms: OpenID Connect Core 1.0 §5.5 MAY
#[tokio::test]
async fn coarse_claims_stand_in_place_of_attributes() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let client = gateway.client_that("health", coarse).await;
        let mut tab = Tab::default();
        let asked = json!({ "userinfo": {
            "municipality": null, "age_band": null, "age_over_20": { "essential": true }, "age_over_18": null,
            "birthdate": null, "address": null,
        } });
        let request = gateway.request(&client, &[("scope", "openid"), ("claims", &asked.to_string())]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!(page.once, [Item::Municipality, Item::AgeBand, over(20)]);
        assert!(page.every_time.is_empty());
        assert_eq!(page.withheld, Item::ATTRIBUTES);
        let code = sent_code(&gateway.agree(&mut tab, &go).await);
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        assert_eq!(tokens.expires_in_seconds, 300);
        let told = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert_eq!(
            (&told["municipality"], &told["age_band"], &told["age_over_20"]),
            (&json!("074462"), &json!("40-49"), &json!(true))
        );
        // What the version does not allow is left out, however it was asked for; and what it allows and nobody asked for.
        for absent in ["age_over_18", "age_over_65", "birthdate", "address", "name"] {
            assert!(told.get(absent).is_none(), "{absent}");
        }
        assert!(gateway.claims(&tokens).await.get("age_band").is_none());

        // Once is once: a session answers, and tells nothing of it.
        let go = gateway.authorize(&mut tab, &request).await;
        let tokens = gateway.redeem(&client, &sent_code(&go)).await.unwrap();
        assert!(gateway.userinfo(&tokens.access_token).await.unwrap().get("age_band").is_none());

        // A limit that nobody agreed to is agreed to first, with the card.
        let asked = json!({ "id_token": { "age_over_65": null } }).to_string();
        let more = [("scope", "openid"), ("claims", asked.as_str())];
        let silent = [more[0], more[1], ("prompt", "none")];
        let go = gateway.authorize(&mut tab, &gateway.request(&client, &silent)).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("consent_required"));
        let go = gateway.authorize(&mut tab, &gateway.request(&client, &more)).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        assert_eq!((page.due, page.once), (ConsentDue::ItemsAdded, vec![over(65)]));
        let tokens = gateway.redeem(&client, &sent_code(&gateway.agree(&mut tab, &go).await)).await.unwrap();
        let id_token = gateway.claims(&tokens).await;
        assert_eq!(id_token.get("age_over_65"), Some(&json!(false)));
        assert!(gateway.userinfo(&tokens.access_token).await.unwrap().get("age_over_65").is_none());
        // Of it rests which, never what.
        assert_eq!(world.rows_where(&gateway.town, "consent_grant", &format!("items = {}", 65 << 8)).await, 1);
        assert_eq!(gateway.rows("consent_grant").await, 2);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §5.5 MAY
#[tokio::test]
async fn an_age_that_is_told_every_time_needs_the_card_every_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let change = |form: &mut RelyingPartyForm| {
            (form.item_age_over, form.age_limits) = ("every_time".to_owned(), "43".to_owned());
        };
        let client = gateway.client_that("shop", change).await;
        let asked = json!({ "userinfo": { "age_over_43": null } });
        let mut tab = Tab::default();
        let tokens = gateway.redeem(&client, &sign_in(&gateway, &mut tab, &client, &asked).await).await.unwrap();
        assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap()["age_over_43"], false);
        let asked = asked.to_string();
        let request = [("scope", "openid"), ("claims", asked.as_str()), ("prompt", "none")];
        let go = gateway.authorize(&mut tab, &gateway.request(&client, &request)).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("interaction_required"));
        let go = gateway.authorize(&mut tab, &gateway.request(&client, &request[..2])).await;
        let code = sent_code(&gateway.read_card(&mut tab, &go, HANAKO).await);
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap()["age_over_43"], false);
        // Who does not ask is not made to use the card.
        let go = gateway.authorize(&mut tab, &gateway.request(&client, &[("scope", "openid")])).await;
        assert!(gateway.redeem(&client, &sent_code(&go)).await.is_ok());
    })
    .await;
}

fn verified(verification: &Value) -> Value {
    json!({ "verification": verification, "claims": { "name": null, "age_over_20": null, "birthdate": null } })
}

const FRAMEWORK: &str = "urn:machikagi:trust-framework:sandbox";

/// What is verified and what is not, of a service that takes the name and whether somebody is 20.
fn name_and_age(form: &mut RelyingPartyForm) {
    form.item_name = "once".to_owned();
    (form.item_age_over, form.age_limits) = ("once".to_owned(), "20".to_owned());
}

// conforms: OpenID Connect for Identity Assurance 1.0 §5 MUST
#[tokio::test]
async fn verified_claims_say_date_and_method_of_the_card() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let client = gateway.client_that("form", name_and_age).await;
        let asked = verified(&json!({
            "trust_framework": { "values": [FRAMEWORK, "jp_aml"] }, "assurance_level": null,
            "time": { "max_age": 600 }, "verification_process": null,
            "evidence": [{ "type": { "value": "document" }, "document_details": { "type": null } }],
        }));
        let claims =
            json!({ "userinfo": { "verified_claims": asked }, "id_token": { "verified_claims": asked, "name": null } });
        let code = sign_in(&gateway, &mut Tab::default(), &client, &claims).await;
        assert!(code.len() <= 2048);
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        let id_token = gateway.claims(&tokens).await;
        let told = gateway.userinfo(&tokens.access_token).await.unwrap()["verified_claims"].clone();
        assert_eq!(id_token.get("verified_claims"), Some(&told));
        assert!(id_token.get("name").is_none(), "once is enough");
        assert_eq!(told["claims"], json!({ "name": HANAKO.name, "age_over_20": true }));
        let time = told["verification"]["time"].as_str().unwrap().to_owned();
        let auth_time = id_token.time("auth_time").unwrap();
        assert_eq!(time, format!("{}T{:02}:{:02}Z", auth_time.date(), auth_time.hour(), auth_time.minute()));
        let verification = json!({
            "trust_framework": FRAMEWORK, "assurance_level": "ial3", "time": time,
            "evidence": [{ "type": "document", "document_details": { "type": "jp_individual_number_card" } }],
        });
        assert_eq!(told["verification"], verification);
    })
    .await;
}

// conforms: OpenID Connect for Identity Assurance 1.0 §6 MUST
#[tokio::test]
async fn verified_claims_are_left_out_rather_than_guessed() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let client = gateway.client_that("form", name_and_age).await;
        let answer = async |verified_claims: Value| {
            let claims = json!({ "userinfo": { "name": null, "verified_claims": verified_claims } });
            let mut tab = Tab::default();
            let request = [("scope", "openid"), ("claims", &claims.to_string()), ("prompt", "consent")];
            let go = gateway.authorize(&mut tab, &gateway.request(&client, &request)).await;
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            let tokens = gateway.redeem(&client, &sent_code(&gateway.agree(&mut tab, &go).await)).await.unwrap();
            let told = gateway.userinfo(&tokens.access_token).await.unwrap();
            assert_eq!(told["name"], HANAKO.name);
            told.get("verified_claims").cloned()
        };
        assert!(answer(verified(&json!({ "trust_framework": null }))).await.is_some());
        for verification in [
            json!({ "trust_framework": { "value": "jp_aml" } }),
            json!({ "trust_framework": null, "assurance_level": { "value": "ial1" } }),
            json!({ "trust_framework": null, "evidence": [{ "type": { "value": "electronic_record" } }] }),
            json!({ "trust_framework": null, "verification_process": { "value": "x" } }),
        ] {
            assert_eq!(answer(verified(&verification)).await, None, "{verification}");
        }
        let not_approved = json!({ "verification": { "trust_framework": null }, "claims": { "birthdate": null } });
        assert_eq!(answer(not_approved).await, None);

        // A copy that the provider keeps: nobody tells how it came by it.
        let stored = ProviderSettings {
            address_source: domain::residency::AddressSource::StoredByProvider,
            ..ProviderSettings::card()
        };
        let settings = serde_json::to_string(&stored).unwrap();
        world.execute(&format!("update identity_provider set settings = '{settings}'"), Some(&gateway.town)).await;
        gateway.bump().await;
        let document = world.service.provider_metadata_document(&gateway.town.slug).await.unwrap();
        let document = serde_json::to_value(&document).unwrap();
        assert!(
            document.get("trust_frameworks_supported").is_none() && document.get("verified_claims_supported").is_none()
        );
    })
    .await;
}

// conforms: OpenID Connect for Identity Assurance 1.0 §6 MUST
#[tokio::test]
async fn verified_claims_exist_only_where_the_card_was_used() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let client = gateway.client_that("form", name_and_age).await;
        let claims = json!({ "userinfo": { "verified_claims": verified(&json!({ "trust_framework": null })) } });
        let mut tab = Tab::default();
        sign_in(&gateway, &mut tab, &client, &claims).await;
        let request = gateway.request(&client, &[("scope", "openid"), ("claims", &claims.to_string())]);
        let go = gateway.authorize(&mut tab, &request).await;
        let tokens = gateway.redeem(&client, &sent_code(&go)).await.unwrap();
        let told = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert!(told.get("verified_claims").is_none() && told.get("name").is_none());
    })
    .await;
}

const SUBSTANTIAL: &str = "https://loa.example.jp/substantial";

// conforms: OpenID Connect Core 1.0 §5.5.1.1 MUST
#[tokio::test]
async fn a_service_hears_and_says_its_own_words_for_levels() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let words = |form: &mut RelyingPartyForm| {
            form.client.acr_words = format!("ial3-aal3 high\nial3-aal2 {SUBSTANTIAL}");
        };
        let client = gateway.client_that("library", words).await;
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &client, HANAKO, "openid").await;
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        assert_eq!(gateway.claims(&tokens).await.text("acr"), Some("high"));

        let essential =
            |words: Value| json!({ "id_token": { "acr": { "essential": true, "values": words } } }).to_string();
        for (claims, error) in [
            (essential(json!([SUBSTANTIAL])), None),
            (essential(json!(["nonsense", "urn:machikagi:assurance:ial3-aal3"])), None),
            (essential(json!(["nonsense"])), Some("unmet_authentication_requirements")),
        ] {
            let go = gateway.authorize(&mut tab, &gateway.request(&client, &[("claims", &claims)])).await;
            assert_eq!(parameter(&go, "error").as_deref(), error, "{claims}");
        }
        // Voluntary words that nobody knows change nothing.
        let go = gateway.authorize(&mut tab, &gateway.request(&client, &[("acr_values", "nonsense high")])).await;
        let tokens = gateway.redeem(&client, &sent_code(&go)).await.unwrap();
        assert_eq!(gateway.claims(&tokens).await.text("acr"), Some("high"));

        // Another service knows nothing of them.
        let other = gateway.client("other", "").await;
        let claims = essential(json!([SUBSTANTIAL]));
        assert_eq!(
            gateway
                .push(&format!("{}&client_secret={}", gateway.request(&other, &[("claims", &claims)]), other.secret))
                .await,
            Err(ErrorCode::UnmetAuthenticationRequirements)
        );
    })
    .await;
}

#[tokio::test]
async fn an_imported_client_names_coarse_claims_and_its_words() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        let import = async |claims: Value, words: Value| {
            let metadata = json!({
                "client_id": "shop", "client_name": "Shop", "redirect_uris": ["https://shop.example.jp/cb"],
                "urn:machikagi:claims": claims, "urn:machikagi:acr_words": words,
            });
            import_one(&gateway, &metadata).await
        };
        let refused = async |claims, words| match import(claims, words).await {
            Err(Error::Invalid(wrong)) => {
                wrong.iter().map(|(member, why)| (member.to_owned(), why)).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        let claims = |why| vec![("urn:machikagi:claims".to_owned(), why)];
        assert_eq!(refused(json!(["age_over_0"]), json!({})).await, claims(Violation::Unknown));
        // Attributes have scopes.
        assert_eq!(refused(json!(["name"]), json!({})).await, claims(Violation::Unknown));
        let many = json!(["age_over_1", "age_over_2", "age_over_3", "age_over_4", "age_over_5"]);
        assert_eq!(refused(many, json!({})).await, claims(Violation::TooLong));
        let words = vec![("urn:machikagi:acr_words".to_owned(), Violation::Malformed)];
        assert_eq!(refused(json!([]), json!({ "ial9-aal9": "x" })).await, words);

        let Imported::Published(client) =
            import(json!(["age_band", "age_over_20"]), json!({ "ial3-aal3": "high" })).await.unwrap()
        else {
            panic!("it was drafted");
        };
        let client = Client {
            id: RelyingPartyId::from_uuid(uuid::Uuid::nil()),
            client_id: client.client_id,
            secret: client.client_secret.unwrap(),
            redirect_uri: "https://shop.example.jp/cb".to_owned(),
        };
        let asked = json!({ "userinfo": { "age_band": null, "age_over_20": null, "municipality": null } });
        let code = sign_in(&gateway, &mut Tab::default(), &client, &asked).await;
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        let told = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert_eq!((&told["age_band"], &told["age_over_20"]), (&json!("40-49"), &json!(true)));
        assert!(told.get("municipality").is_none());
        // Its discovery document lists the limits that services of the town may ask for.
        let document = world.service.provider_metadata_document(&gateway.town.slug).await.unwrap();
        let document = serde_json::to_value(&document).unwrap();
        assert!(document["claims_supported"].as_array().unwrap().contains(&json!("age_over_20")));
        assert_eq!(document["trust_frameworks_supported"], json!([FRAMEWORK]));
    })
    .await;
}

#[test]
fn the_form_names_what_is_wrong_with_words_for_levels() {
    use domain::configuration::RelyingPartyContent;
    use domain::web_address::LoopbackPolicy;
    let mut form = RelyingPartyForm::default();
    form.client.acr_words = "ial3-aal2 x\nial3-aal2 y".to_owned();
    let wrong = RelyingPartyContent::parse(&form, LoopbackPolicy::Refused).unwrap_err();
    assert_eq!(wrong.get("acr_words"), Some(Violation::Duplicate));
}
