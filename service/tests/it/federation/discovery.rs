//! The discovery document lists what works and nothing else: each value that stands in it is used by a test, and here is by
//! which. The tests below take the lists as they are and use every value; other values have tests of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::attributes::Item;
use domain::consent::ConsentDue;
use oidc::jose::Algorithm;
use oidc::parameters::Parameters;
use oidc::provider::client_authentication::JWT_BEARER;
use oidc::provider::introspection::Introspection;
use oidc::provider::token::TokenType;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use service::federation::{FlowPage, Go, Headers, Userinfo};
use service::relying_parties::Imported;

use super::imports::import_one;
use crate::harness::possession::DeviceKey;
use crate::harness::software::Software;
use crate::harness::{Client, Gateway, HANAKO, Tab, World, on_both, parameter, sent_code, token_body};

/// The document of a town in operation with everything that one can have, as the protocol library makes it.
const IN_OPERATION: &str = "oidc/src/provider/snapshots/oidc__provider__metadata__tests__discovery_of_a_town.snap";
/// All values of a list: its test takes them from the document.
const ALL: &str = "*";

/// Member of the document, value, test. Members with one value have no value here.
const USED: [(&str, &str, &str); 53] = [
    ("issuer", "", "the_issuer_is_the_public_address_whatever_a_request_says"),
    ("authorization_endpoint", "", "each_listed_value_of_a_request_is_understood"),
    ("token_endpoint", "", "each_listed_way_to_prove_who_one_is_works"),
    ("userinfo_endpoint", "", "each_listed_claim_is_told"),
    ("jwks_uri", "", "each_listed_algorithm_signs_what_a_service_is_told"),
    ("pushed_authorization_request_endpoint", "", "a_town_may_take_pushed_requests_only"),
    ("introspection_endpoint", "", "each_listed_way_to_prove_who_one_is_works"),
    ("revocation_endpoint", "", "each_listed_way_to_prove_who_one_is_works"),
    ("end_session_endpoint", "", "a_hint_that_fits_the_session_ends_it_at_once"),
    ("registration_endpoint", "", "a_client_is_registered_with_a_token_as_often_and_as_long_as_it_is_good_for"),
    ("scopes_supported", ALL, "each_listed_scope_is_granted"),
    ("response_types_supported", "code", "each_listed_value_of_a_request_is_understood"),
    ("response_modes_supported", ALL, "each_listed_value_of_a_request_is_understood"),
    ("grant_types_supported", "authorization_code", "each_listed_scope_is_granted"),
    ("grant_types_supported", "refresh_token", "a_client_with_a_secret_keeps_its_token"),
    ("subject_types_supported", ALL, "each_listed_kind_of_subject_can_be_registered"),
    ("id_token_signing_alg_values_supported", ALL, "each_listed_algorithm_signs_what_a_service_is_told"),
    ("userinfo_signing_alg_values_supported", ALL, "each_listed_algorithm_signs_what_a_service_is_told"),
    ("id_token_encryption_alg_values_supported", "ECDH-ES+A256KW", "attributes_are_read_by_the_service_alone"),
    ("id_token_encryption_alg_values_supported", "RSA-OAEP-256", "attributes_are_read_by_the_service_alone"),
    ("id_token_encryption_enc_values_supported", "A256GCM", "attributes_are_read_by_the_service_alone"),
    ("userinfo_encryption_alg_values_supported", "ECDH-ES+A256KW", "attributes_are_read_by_the_service_alone"),
    ("userinfo_encryption_alg_values_supported", "RSA-OAEP-256", "attributes_are_read_by_the_service_alone"),
    ("userinfo_encryption_enc_values_supported", "A256GCM", "attributes_are_read_by_the_service_alone"),
    ("token_endpoint_auth_methods_supported", ALL, "each_listed_way_to_prove_who_one_is_works"),
    ("token_endpoint_auth_signing_alg_values_supported", ALL, "each_listed_way_to_prove_who_one_is_works"),
    ("introspection_endpoint_auth_methods_supported", ALL, "each_listed_way_to_prove_who_one_is_works"),
    ("introspection_endpoint_auth_signing_alg_values_supported", ALL, "each_listed_way_to_prove_who_one_is_works"),
    ("revocation_endpoint_auth_methods_supported", ALL, "each_listed_way_to_prove_who_one_is_works"),
    ("revocation_endpoint_auth_signing_alg_values_supported", ALL, "each_listed_way_to_prove_who_one_is_works"),
    ("dpop_signing_alg_values_supported", ALL, "each_listed_algorithm_signs_what_a_service_sends"),
    ("request_object_signing_alg_values_supported", ALL, "each_listed_algorithm_signs_what_a_service_sends"),
    ("code_challenge_methods_supported", ALL, "each_listed_value_of_a_request_is_understood"),
    (
        "acr_values_supported",
        "urn:machikagi:assurance:ial3-aal3",
        "a_level_that_is_asked_for_leads_from_the_passkey_to_the_card",
    ),
    (
        "acr_values_supported",
        "urn:machikagi:assurance:ial3-aal2",
        "a_level_that_is_asked_for_leads_from_the_passkey_to_the_card",
    ),
    ("claim_types_supported", "normal", "each_listed_claim_is_told"),
    ("claims_supported", ALL, "each_listed_claim_is_told"),
    ("verified_claims_supported", "", "each_listed_claim_is_told"),
    ("claims_in_verified_claims_supported", ALL, "each_listed_claim_is_told"),
    (
        "trust_frameworks_supported",
        "urn:machikagi:trust-framework:sandbox",
        "verified_claims_say_date_and_method_of_the_card",
    ),
    ("trust_frameworks_supported", "urn:machikagi:trust-framework:ds-511", "date_and_method_are_told_when_asked_for"),
    ("evidence_supported", "document", "verified_claims_say_date_and_method_of_the_card"),
    ("documents_supported", "jp_individual_number_card", "verified_claims_say_date_and_method_of_the_card"),
    ("documents_check_methods_supported", "vcrypt", "date_and_method_are_told_when_asked_for"),
    ("prompt_values_supported", ALL, "each_listed_value_of_a_request_is_understood"),
    ("ui_locales_supported", ALL, "each_listed_value_of_a_request_is_understood"),
    ("claims_parameter_supported", "", "each_listed_claim_is_told"),
    ("request_parameter_supported", "", "each_listed_algorithm_signs_what_a_service_sends"),
    ("request_uri_parameter_supported", "", "other_mistakes_go_back_to_the_client"),
    ("require_pushed_authorization_requests", "", "a_town_may_take_pushed_requests_only"),
    ("backchannel_logout_supported", "", "a_service_is_told_that_the_session_ended_and_asked_again_while_it_is_away"),
    (
        "backchannel_logout_session_supported",
        "",
        "a_service_is_told_that_the_session_ended_and_asked_again_while_it_is_away",
    ),
    ("authorization_response_iss_parameter_supported", "", "other_mistakes_go_back_to_the_client"),
];

/// A sandbox with everything that one can have.
async fn everything(world: &World) -> Gateway<'_> {
    let gateway = world.gateway("showa").await;
    gateway.open_town_page().await;
    for algorithm in ["RS256", "PS256"] {
        let key = algorithm.to_lowercase();
        gateway.client_that(&key, |form| form.client.id_token_signing = algorithm.to_owned()).await;
    }
    gateway
}

async fn document(gateway: &Gateway<'_>) -> Map<String, Value> {
    let document = gateway.world.service.provider_metadata_document(&gateway.town.slug).await.unwrap();
    let Value::Object(members) = serde_json::to_value(&document).unwrap() else { panic!("no object") };
    members
}

/// The values of a list.
async fn listed(gateway: &Gateway<'_>, member: &str) -> Vec<String> {
    let document = document(gateway).await;
    let values = document[member].as_array().unwrap_or_else(|| panic!("{member} is no list"));
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

fn algorithm(name: &str) -> Algorithm {
    Algorithm::from_name(name).unwrap()
}

/// The algorithm that the header of a token names.
fn signed_with(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["alg"].as_str().unwrap().to_owned()
}

async fn code(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client, scope: &str) -> String {
    let go = gateway.authorize(tab, &gateway.request(client, &[("scope", scope)])).await;
    let go = match &go {
        Go::Away(url) if url.starts_with(&gateway.card.issuer()) => gateway.read_card(tab, &go, HANAKO).await,
        _ => go,
    };
    match &go {
        Go::To(_) => sent_code(&gateway.agree(tab, &go).await),
        _ => sent_code(&go),
    }
}

/// What a client adds to its requests, and its header.
struct Proof {
    header: Option<String>,
    pairs: Vec<(&'static str, String)>,
}

impl Proof {
    fn body(&self, more: &[(&str, &str)]) -> Parameters {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(more).extend_pairs(&self.pairs);
        Parameters::parse(&body.finish())
    }
}

/// The proof by a method: signed with an algorithm, where it is one.
fn proof(method: &str, client: &Client, software: Option<&Software>) -> Proof {
    let id = ("client_id", client.client_id.clone());
    let pairs = match method {
        "client_secret_basic" => {
            let header = format!("Basic {}", STANDARD.encode(format!("{}:{}", client.client_id, client.secret)));
            return Proof { header: Some(header), pairs: Vec::new() };
        }
        "client_secret_post" => vec![id, ("client_secret", client.secret.clone())],
        "private_key_jwt" => vec![
            ("client_assertion_type", JWT_BEARER.to_owned()),
            ("client_assertion", software.unwrap().assertion(&client.client_id, &[])),
        ],
        "none" => vec![id],
        other => panic!("nobody knows how to prove anything by {other}"),
    };
    Proof { header: None, pairs }
}

// conforms: OpenID Connect Core 1.0 §9 MUST; RFC 8414 §2 MUST
#[tokio::test]
async fn each_listed_way_to_prove_who_one_is_works() {
    on_both(async |world| {
        let gateway = everything(&world).await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let methods = listed(&gateway, "token_endpoint_auth_methods_supported").await;
        let algorithms = listed(&gateway, "token_endpoint_auth_signing_alg_values_supported").await;
        for endpoint in ["introspection", "revocation"] {
            let member = format!("{endpoint}_endpoint_auth_methods_supported");
            assert!(listed(&gateway, &member).await.iter().all(|method| methods.contains(method)));
            let member = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            assert_eq!(listed(&gateway, &member).await, algorithms);
        }
        let introspects = listed(&gateway, "introspection_endpoint_auth_methods_supported").await;
        let revokes = listed(&gateway, "revocation_endpoint_auth_methods_supported").await;
        assert!(document(&gateway).await.contains_key("revocation_endpoint_auth_signing_alg_values_supported"));
        assert!(document(&gateway).await.contains_key("introspection_endpoint_auth_signing_alg_values_supported"));
        let mut tab = Tab::default();
        let mut softwares = Vec::new();
        for name in &algorithms {
            softwares.push((name, Software::start(&world.clock, algorithm(name)).await));
        }
        for method in &methods {
            let signs = if method == "private_key_jwt" { algorithms.clone() } else { vec![String::new()] };
            for name in signs {
                let what = format!("{method} {name}");
                let software = softwares.iter().find(|(of, _)| **of == name).map(|(_, software)| software);
                let key = what.replace([' ', '_'], "-").to_lowercase();
                let client = gateway
                    .client_that(key.trim_end_matches('-'), |form| match software {
                        Some(software) => form.client = software.settings(),
                        None if method == "none" => form.client.authentication = "none".to_owned(),
                        None => {}
                    })
                    .await;
                let by = || proof(method, &client, software);
                let code = code(&gateway, &mut tab, &client, "openid").await;
                let (redeems, proved) = (Parameters::parse(&token_body(&client, &code, &[])), by());
                let pair = |name: &'static str| (name, redeems.get(name).unwrap().unwrap());
                let body = proved.body(&["grant_type", "code", "redirect_uri", "code_verifier"].map(pair));
                let headers = Headers { authorization: proved.header.as_deref(), dpop: None };
                let tokens = service.exchange(slug, headers, &body).await.unwrap();
                let access = tokens.unwrap_or_else(|refusal| panic!("{what}: {refusal}")).access_token;
                let ask = async |proved: &Proof| {
                    let body = proved.body(&[("token", access.expose_secret())]);
                    service.introspect(slug, proved.header.as_deref(), &body).await.unwrap()
                };
                match introspects.contains(method) {
                    true => assert!(matches!(ask(&by()).await, Ok(Introspection::Active { .. })), "{what}"),
                    false => assert!(ask(&by()).await.is_err(), "{what} is not listed"),
                }
                assert!(revokes.contains(method));
                let proved = by();
                let body = proved.body(&[("token", access.expose_secret())]);
                service.revoke_token(slug, proved.header.as_deref(), &body).await.unwrap().unwrap();
                assert!(gateway.userinfo(&access).await.is_err(), "{what}: it was revoked");
            }
        }
    })
    .await;
}

// conforms: RFC 9101 §10.5 MUST; RFC 9449 §5.1 MUST
#[tokio::test]
async fn each_listed_algorithm_signs_what_a_service_sends() {
    on_both(async |world| {
        let gateway = everything(&world).await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        for name in listed(&gateway, "dpop_signing_alg_values_supported").await {
            let algorithm = algorithm(&name);
            let mut device = if algorithm == Algorithm::ES256 { DeviceKey::new() } else { DeviceKey::rsa() };
            device.algorithm = algorithm;
            let form = token_body(&library, &code(&gateway, &mut tab, &library, "openid").await, &[]);
            let tokens = gateway.exchange(&form, Some(&device.at_token(&gateway).await)).await.unwrap();
            assert_eq!(tokens.token_type, TokenType::DPoP, "{name}");
        }
        assert_eq!(document(&gateway).await["request_parameter_supported"], true);
        let mut softwares = Vec::new();
        for name in listed(&gateway, "request_object_signing_alg_values_supported").await {
            // All of them stay up: another one might get the address of one that is gone, whose keys are still believed.
            softwares.push((Software::start(&world.clock, algorithm(&name)).await, name));
        }
        for (software, name) in &softwares {
            let key = format!("signs-{}", name.to_lowercase());
            let client = gateway.client_that(&key, |form| form.client = software.settings()).await;
            let object = software.request_object(&gateway.request(&client, &[]), &[]);
            let query = format!("client_id={key}&request={object}");
            let go = gateway.authorize(&mut Tab::default(), &query).await;
            assert!(matches!(&go, Go::Away(url) if url.starts_with(&gateway.card.issuer())), "{name}: {go:?}");
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §15.1 MUST; OpenID Connect Core 1.0 §5.3.2 MAY
#[tokio::test]
async fn each_listed_algorithm_signs_what_a_service_is_told() {
    on_both(async |world| {
        let gateway = everything(&world).await;
        let mut tab = Tab::default();
        let algorithms = listed(&gateway, "id_token_signing_alg_values_supported").await;
        assert_eq!(listed(&gateway, "userinfo_signing_alg_values_supported").await, algorithms);
        for name in algorithms {
            let client = gateway
                .client_that(&format!("told-{}", name.to_lowercase()), |form| {
                    form.client.id_token_signing.clone_from(&name);
                    form.client.userinfo_signed = "on".to_owned();
                })
                .await;
            let code = code(&gateway, &mut tab, &client, "openid").await;
            let tokens = gateway.redeem(&client, &code).await.unwrap();
            gateway.claims(&tokens).await;
            assert_eq!(signed_with(tokens.id_token.as_ref().unwrap().expose_secret()), name);
            assert_eq!(signed_with(&signed_userinfo(&gateway, &tokens.access_token).await), name);
        }
    })
    .await;
}

async fn signed_userinfo(gateway: &Gateway<'_>, token: &SecretString) -> String {
    let header = format!("Bearer {}", token.expose_secret());
    let headers = Headers { authorization: Some(&header), dpop: None };
    let answer = gateway.world.service.userinfo(&gateway.town.slug, "GET", headers, &Parameters::default()).await;
    let Userinfo::Jwt(jwt) = answer.unwrap().unwrap() else { panic!("not signed") };
    jwt
}

// conforms: OpenID Connect Core 1.0 §3.1.2.1 MUST
#[tokio::test]
async fn each_listed_value_of_a_request_is_understood() {
    on_both(async |world| {
        let gateway = everything(&world).await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        code(&gateway, &mut tab, &library, "openid residency").await;
        for prompt in listed(&gateway, "prompt_values_supported").await {
            let request = gateway.request(&library, &[("prompt", &prompt)]);
            let mut tab = tab.clone();
            let go = gateway.authorize(&mut tab, &request).await;
            match prompt.as_str() {
                "none" => drop(sent_code(&go)),
                // The card, or the passkey, is the choice of the account.
                "login" | "select_account" => {
                    assert!(matches!(&go, Go::Away(url) if url.contains("prompt=login")), "{prompt}: {go:?}");
                }
                "consent" => {
                    let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!("no consent page") };
                    assert_eq!(page.due, ConsentDue::AskedAgain);
                }
                other => panic!("nobody knows what {other} asks for"),
            }
        }
        let unknown = gateway.request(&library, &[("prompt", "create")]);
        let go = gateway.authorize(&mut tab, &unknown).await;
        assert_eq!(parameter(&go, "error").as_deref(), Some("invalid_request"));
        for language in listed(&gateway, "ui_locales_supported").await {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("ui_locales", &language)])).await;
            assert!(matches!(&go, Go::Away(url) if url.contains(&format!("ui_locales={language}"))), "{go:?}");
        }
        assert_eq!(listed(&gateway, "response_types_supported").await, ["code"]);
        for method in listed(&gateway, "code_challenge_methods_supported").await {
            let request = gateway.request(&library, &[("prompt", "none"), ("code_challenge_method", &method)]);
            let code = sent_code(&gateway.authorize(&mut tab, &request).await);
            assert!(gateway.redeem(&library, &code).await.is_ok(), "{method}");
        }
        for mode in listed(&gateway, "response_modes_supported").await {
            let request = gateway.request(&library, &[("prompt", "none"), ("response_mode", &mode)]);
            sent_code(&gateway.authorize(&mut tab, &request).await);
        }
    })
    .await;
}

// conforms: RFC 6749 §3.3 MUST
#[tokio::test]
async fn each_listed_scope_is_granted() {
    on_both(async |world| {
        let gateway = everything(&world).await;
        let client = gateway
            .client_that("all", |form| {
                form.client.offline_access = "on".to_owned();
                for item in
                    [&mut form.item_name, &mut form.item_address, &mut form.item_birthdate, &mut form.item_gender]
                {
                    "once".clone_into(item);
                }
            })
            .await;
        let scopes = listed(&gateway, "scopes_supported").await;
        let code = code(&gateway, &mut Tab::default(), &client, &scopes.join(" ")).await;
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        let answer = serde_json::to_value(&tokens).unwrap();
        let granted: BTreeSet<&str> = answer["scope"].as_str().unwrap().split(' ').collect();
        assert_eq!(granted, scopes.iter().map(String::as_str).collect());
        assert!(listed(&gateway, "grant_types_supported").await.contains(&"authorization_code".to_owned()));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §8 MUST
#[tokio::test]
async fn each_listed_kind_of_subject_can_be_registered() {
    on_both(async |world| {
        let gateway = everything(&world).await;
        for kind in listed(&gateway, "subject_types_supported").await {
            let metadata = json!({"redirect_uris": ["https://test.example.jp/cb"], "subject_type": kind});
            let Imported::Published(client) = import_one(&gateway, &metadata).await.unwrap() else {
                panic!("drafted in a sandbox")
            };
            assert_eq!(client.metadata["subject_type"], *kind);
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §5.5 MAY; OpenID Connect for Identity Assurance 1.0 §5 MUST
#[tokio::test]
async fn each_listed_claim_is_told() {
    on_both(async |world| {
        let gateway = everything(&world).await;
        let client = gateway
            .client_that("all", |form| {
                for item in [
                    &mut form.item_name,
                    &mut form.item_address,
                    &mut form.item_birthdate,
                    &mut form.item_gender,
                    &mut form.item_municipality,
                    &mut form.item_age_band,
                    &mut form.item_age_over,
                ] {
                    "once".clone_into(item);
                }
                form.age_limits = "20 65".to_owned();
            })
            .await;
        let claims: BTreeSet<String> = listed(&gateway, "claims_supported").await.into_iter().collect();
        let verified = listed(&gateway, "claims_in_verified_claims_supported").await;
        assert_eq!(document(&gateway).await["claims_parameter_supported"], true);
        assert_eq!(document(&gateway).await["verified_claims_supported"], true);
        assert_eq!(listed(&gateway, "claim_types_supported").await, ["normal"]);
        let items: Map<String, Value> = claims
            .iter()
            .filter(|claim| Item::of_claim(claim).is_some())
            .map(|claim| (claim.clone(), Value::Null))
            .collect();
        let within: Map<String, Value> = verified.iter().map(|claim| (claim.clone(), Value::Null)).collect();
        let asked_of_userinfo = json!({
            "verified_claims": { "verification": { "trust_framework": null }, "claims": within },
        });
        let asked = json!({ "id_token": items, "userinfo": asked_of_userinfo }).to_string();
        let mut tab = Tab::default();
        let request = gateway.request(&client, &[("claims", &asked)]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let tokens = gateway.redeem(&client, &sent_code(&gateway.agree(&mut tab, &go).await)).await.unwrap();
        let userinfo = gateway.userinfo(&tokens.access_token).await.unwrap();
        let id_token = gateway.claims(&tokens).await;
        for claim in &claims {
            assert!(id_token.get(claim).is_some() || userinfo.get(claim).is_some(), "{claim} is told nowhere");
        }
        for claim in &verified {
            assert!(userinfo["verified_claims"]["claims"].get(claim).is_some(), "{claim} is not told as verified");
        }
        // And nothing is told that is not listed.
        for claim in userinfo.as_object().unwrap().keys() {
            assert!(claims.contains(claim), "{claim} is not listed");
        }
    })
    .await;
}

/// Each member of a document with its values: those of a list one by one, any other as one without a name.
fn values(document: &Map<String, Value>) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (member, value) in document {
        match value {
            Value::Array(values) => {
                found.extend(values.iter().map(|value| (member.clone(), value.as_str().unwrap().to_owned())));
            }
            _ => {
                found.insert((member.clone(), String::new()));
            }
        }
    }
    found
}

/// The text of each test of the workspace, by name, with the file around it.
fn tests(root: &Path) -> BTreeMap<String, (String, String)> {
    fn visit(directory: &Path, found: &mut BTreeMap<String, (String, String)>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let marks = text.match_indices("#[test]\n").chain(text.match_indices("#[tokio::test"));
                for (at, _) in marks {
                    let (_, after) = text.split_at(at).1.split_once("fn ").unwrap();
                    let name = after.split('(').next().unwrap().to_owned();
                    let body = after.split("\n}\n").next().unwrap().to_owned();
                    found.insert(name, (body, text.clone()));
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    for directory in ["oidc/src", "service/src", "service/tests", "server/tests"] {
        visit(&root.join(directory), &mut found);
    }
    found
}

// conforms: OpenID Connect Discovery 1.0 §3 MUST; RFC 8414 §2 MUST
#[tokio::test]
async fn every_value_of_the_discovery_document_is_used_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tests = tests(root);
    let snapshot = std::fs::read_to_string(root.join(IN_OPERATION)).unwrap();
    let in_operation: Map<String, Value> = serde_json::from_str(snapshot.splitn(3, "---\n").nth(2).unwrap()).unwrap();
    on_both(async |world| {
        let gateway = everything(&world).await;
        let admin = gateway.town.admin().await;
        let revision = world.service.tenant(&admin).await.unwrap().revision;
        world.service.set_pushed_only(&admin, revision, true).await.unwrap();
        let values = values(&document(&gateway).await).into_iter().chain(values(&in_operation));
        let values: BTreeSet<(String, String)> = values.collect();
        for (member, value) in &values {
            let row = USED.iter().find(|(used, which, _)| used == member && (*which == ALL || which == value));
            assert!(row.is_some(), "no test is said to use {member} {value}");
        }
        for (member, value, test) in USED {
            let listed = values.iter().any(|(of, which)| of == member && (value == ALL || which == value));
            assert!(listed, "{member} {value} is not listed any more");
            let Some((body, file)) = tests.get(test) else { panic!("there is no test {test}") };
            // Whoever uses a whole list reads it; whoever uses a value has it somewhere beside.
            let (text, word) = if value == ALL { (body, member) } else { (file, value) };
            let word = if word.contains("_endpoint_auth_") { "_endpoint_auth_" } else { word };
            assert!(text.contains(word), "{test} has nothing to do with {word}");
        }
    })
    .await;
}
