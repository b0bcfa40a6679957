//! Clients that come from a file of metadata (RFC 7591).

use domain::names::TenantSlug;
use domain::violations::Violation;
use oidc::ErrorCode;
use oidc::provider::client_metadata::{ClientMetadata, RegisteredClient};
use secrecy::SecretString;
use serde_json::{Value, json};
use service::provisioning::{NewTenant, TenantMode};
use service::relying_parties::Imported;
use service::{Conflict, Error};

use crate::harness::{Client, Gateway, HANAKO, Tab, World, on_both};

const RESIDENCY: &str = "urn:machikagi:claims:residency";

/// Takes in one client.
pub(super) async fn import_one(gateway: &Gateway<'_>, metadata: &Value) -> Result<Imported, Error> {
    let read = ClientMetadata::read_file(&metadata.to_string()).unwrap();
    let taken = gateway.world.service.import_clients(&gateway.town.slug, &read).await;
    taken.map(|mut taken| taken.remove(0)).map_err(|refused| refused.error)
}

async fn registered(gateway: &Gateway<'_>, metadata: &Value) -> RegisteredClient {
    match import_one(gateway, metadata).await.unwrap() {
        Imported::Published(client) => *client,
        Imported::Drafted(id) => panic!("{id} was drafted"),
    }
}

async fn refused(gateway: &Gateway<'_>, metadata: &Value) -> Vec<(String, Violation)> {
    match import_one(gateway, metadata).await {
        Err(Error::Invalid(wrong)) => wrong.iter().map(|(member, why)| (member.to_owned(), why)).collect(),
        other => panic!("{other:?}"),
    }
}

async fn sandbox(world: &World) -> Gateway<'_> {
    let gateway = world.gateway("showa").await;
    gateway.open_town_page().await;
    gateway
}

// conforms: Our own
#[tokio::test]
async fn an_imported_client_signs_people_in_at_once() {
    on_both(async |world| {
        let gateway = sandbox(&world).await;
        let answer = registered(
            &gateway,
            &json!({
                "client_name": "Test", "client_name#ja": "試験", "redirect_uris": ["https://test.example.jp/cb"],
                "id_token_signed_response_alg": "ES256", "urn:machikagi:pkce": "required",
            }),
        )
        .await;
        assert_eq!(answer.metadata["subject_type"], "pairwise");
        assert_eq!(answer.metadata["grant_types"], json!(["authorization_code"]));
        let client = Client {
            id: domain::ids::RelyingPartyId::from_uuid(uuid::Uuid::nil()),
            client_id: answer.client_id,
            secret: answer.client_secret.unwrap(),
            redirect_uri: "https://test.example.jp/cb".to_owned(),
        };
        let code = gateway.first_sign_in(&mut Tab::default(), &client, HANAKO, "openid").await;
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        assert_eq!(tokens.scope.to_string(), "openid");
        // Somebody's software that was not written for us knows no scope of ours: the residency claim comes all the same.
        for (place, claims) in [
            ("the ID token", gateway.claims(&tokens).await.get(RESIDENCY).cloned()),
            ("userinfo", gateway.userinfo(&tokens.access_token).await.unwrap().get(RESIDENCY).cloned()),
        ] {
            assert_eq!(claims.unwrap()["eligible"], true, "{place}");
        }
        let said = "action = 'version.published' and actor_kind = 'system:import'";
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", said).await, 1);
    })
    .await;
}

// conforms: RFC 7591 §2 MUST
#[tokio::test]
async fn what_is_not_said_is_as_the_standard_has_it() {
    on_both(async |world| {
        let gateway = sandbox(&world).await;
        let usual = registered(&gateway, &json!({"redirect_uris": ["https://test.example.jp/cb"]})).await;
        assert_eq!(usual.metadata["token_endpoint_auth_method"], "client_secret_basic");
        assert_eq!(usual.metadata["id_token_signed_response_alg"], "RS256");
        assert_eq!(usual.metadata["urn:machikagi:pkce"], "when_offered");
        assert!(usual.client_secret.is_some() && usual.client_secret_expires_at.is_some());
        let given = registered(&gateway, &json!({
            "client_id": "given-id", "client_secret": "given-secret", "redirect_uris": ["https://test.example.jp/cb"],
        }))
        .await;
        assert_eq!((given.client_id.as_str(), given.client_secret.as_deref()), ("given-id", Some("given-secret")));
        let twice =
            import_one(&gateway, &json!({"client_id": "given-id", "redirect_uris": ["https://test.example.jp/cb"]})).await;
        assert!(matches!(twice, Err(Error::Conflict(Conflict::Exists))), "{twice:?}");
        let public = registered(
            &gateway,
            &json!({
                "redirect_uris": ["https://test.example.jp/cb"], "token_endpoint_auth_method": "none",
                "grant_types": ["authorization_code", "refresh_token"],
            }),
        )
        .await;
        assert_eq!(public.metadata["grant_types"], json!(["authorization_code", "refresh_token"]));
        assert_eq!(public.metadata["urn:machikagi:pkce"], "required");
        assert!(public.client_secret.is_none());
        let fapi = json!({
            "redirect_uris": ["https://test.example.jp/cb"], "urn:machikagi:profile": "fapi2",
            "token_endpoint_auth_method": "private_key_jwt", "id_token_signed_response_alg": "ES256",
            "jwks": { "keys": [{ "kty": "EC", "crv": "P-256", "kid": "s",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }] },
        });
        assert_eq!(registered(&gateway, &fapi).await.metadata["urn:machikagi:pkce"], "required");
    })
    .await;
}

/// RFC 7591, section 3.2.1: software that takes its configuration from the answer finds all of it there.
#[tokio::test]
async fn what_was_registered_comes_back_whole() {
    on_both(async |world| {
        let gateway = sandbox(&world).await;
        let key = json!({ "kty": "EC", "crv": "P-256", "use": "enc", "kid": "e", "alg": "ECDH-ES+A256KW",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" });
        let sent = json!({
            "client_name": "Whole", "client_name#ja": "全部", "client_uri": "https://test.example.jp/home",
            "redirect_uris": ["https://test.example.jp/cb"], "contacts": ["vendor@example.jp"], "application_type": "web",
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_post", "scope": "openid residency offline_access name",
            "subject_type": "pairwise", "jwks": { "keys": [key] }, "id_token_signed_response_alg": "ES256",
            "userinfo_signed_response_alg": "ES256",
            "id_token_encrypted_response_alg": "ECDH-ES+A256KW", "id_token_encrypted_response_enc": "A256GCM",
            "userinfo_encrypted_response_alg": "ECDH-ES+A256KW", "userinfo_encrypted_response_enc": "A256GCM",
            "require_pushed_authorization_requests": true, "require_signed_request_object": false,
            "dpop_bound_access_tokens": true, "post_logout_redirect_uris": ["https://test.example.jp/bye"],
            "urn:machikagi:pkce": "required", "urn:machikagi:claims": ["age_band", "age_over_20"],
            "urn:machikagi:acr_words": { "ial3-aal2": "high" },
        });
        let answer = registered(&gateway, &sent).await;
        assert_eq!(Value::Object(answer.metadata), sent);
    })
    .await;
}

// conforms: RFC 7591 §2 MUST
#[tokio::test]
async fn what_we_do_not_do_is_refused_by_the_name_of_its_member() {
    on_both(async |world| {
        let gateway = sandbox(&world).await;
        let one = |member: &str, why| vec![(member.to_owned(), why)];
        for (member, value, why) in [
            ("redirect_uris", json!([]), Violation::Required),
            ("redirect_uris", json!(["http://test.example.jp/cb"]), Violation::NotHttps),
            ("token_endpoint_auth_method", json!("client_secret_jwt"), Violation::NotAllowed),
            ("grant_types", json!(["implicit"]), Violation::NotAllowed),
            ("response_types", json!(["code id_token"]), Violation::NotAllowed),
            ("id_token_signed_response_alg", json!("none"), Violation::Unknown),
            ("subject_type", json!("x"), Violation::Unknown),
            ("sector_identifier_uri", json!("http://test.example.jp/"), Violation::NotHttps),
            ("client_id", json!("a b"), Violation::Malformed),
            ("client_secret", json!(""), Violation::Malformed),
            ("client_name", json!("x".repeat(41)), Violation::TooLong),
        ] {
            let mut metadata = json!({"redirect_uris": ["https://test.example.jp/cb"]});
            metadata[member] = value.clone();
            assert_eq!(refused(&gateway, &metadata).await, one(member, why), "{member} {value}");
        }
        assert_eq!(gateway.rows("relying_party").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_file_of_clients_is_taken_in_whole_or_not_at_all() {
    on_both(async |world| {
        let gateway = sandbox(&world).await;
        let one = |id: &str| json!({"client_id": id, "redirect_uris": ["https://test.example.jp/cb"]});
        let import = async |clients: &[Value]| {
            let read = ClientMetadata::read_file(&json!(clients).to_string()).unwrap();
            world.service.import_clients(&gateway.town.slug, &read).await
        };
        let tables =
            ["relying_party", "configuration", "configuration_version", "client_secret", "tenant_key", "audit_entry"];
        let counted = async || {
            let mut rows = Vec::new();
            for table in tables {
                rows.push(gateway.rows(table).await);
            }
            rows
        };
        let before = counted().await;
        let mut wrong = one("wrong");
        wrong["redirect_uris"] = json!(["http://test.example.jp/cb"]);
        let mut town_wide = [one("first"), one("second")];
        town_wide.iter_mut().for_each(|client| client["subject_type"] = json!("public"));
        for (clients, member, why) in [
            // What can be seen before anything is written, and what only shows beside those that were.
            ([one("first"), wrong, one("third")], "redirect_uris", Violation::NotHttps),
            ([town_wide[0].clone(), town_wide[1].clone(), one("third")], "subject_type", Violation::NotAllowed),
        ] {
            let refused = import(&clients).await.unwrap_err();
            assert_eq!(refused.number, Some(2));
            assert!(matches!(refused.error, Error::Invalid(wrong) if wrong.get(member) == Some(why)));
            assert_eq!(counted().await, before, "{member}");
        }
        let twice = import(&[one("first"), one("second"), one("first")]).await.unwrap_err();
        assert!(twice.number == Some(3) && matches!(twice.error, Error::Conflict(Conflict::Exists)), "{twice:?}");
        assert_eq!(counted().await, before);
        // Nobody needs the RSA key twice.
        assert_eq!(import(&[one("first"), one("second")]).await.unwrap().len(), 2);
        assert_eq!(gateway.rows("tenant_key").await, before[4] + 1);
        assert_eq!(gateway.rows("client_secret").await, before[3] + 2);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn outside_a_sandbox_two_people_decide() {
    on_both(async |world| {
        let slug = TenantSlug::parse("seki").unwrap();
        let code = "212059".parse().unwrap();
        let new = NewTenant::with_defaults(slug.clone(), code, TenantMode::Production).unwrap();
        world.service.create_tenant(&new).await.unwrap();
        let import = async |metadata: Value| {
            let read = ClientMetadata::read_file(&metadata.to_string()).unwrap();
            let taken = world.service.import_clients(&slug, &read).await;
            taken.map(|mut taken| taken.remove(0)).map_err(|refused| refused.error)
        };
        let metadata = json!({"client_id": "imported", "redirect_uris": ["https://test.example.jp/cb"]});
        let Imported::Drafted(id) = import(metadata).await.unwrap() else { panic!("published past four eyes") };
        assert_eq!(id, "imported");
        let with_secret = json!({"client_secret": "mine", "redirect_uris": ["https://test.example.jp/cb"]});
        let Err(Error::Invalid(wrong)) = import(with_secret).await else {
            panic!("a secret of somebody else's making")
        };
        assert_eq!(wrong.get("client_secret"), Some(Violation::NotAllowed));
    })
    .await;
}

// conforms: RFC 7591 §3 MUST
#[tokio::test]
async fn a_client_is_registered_with_a_token_as_often_and_as_long_as_it_is_good_for() {
    on_both(async |world| {
        let gateway = sandbox(&world).await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let now = world.clock.seconds();
        let token = service.issue_registration_token(slug, 2, now + 600).await.unwrap();
        let metadata = || json!({"client_id": "wanted", "client_secret": "wanted", "redirect_uris": ["https://test.example.jp/cb"]});
        let register = async |token: Option<&SecretString>, metadata: Value| {
            let read = ClientMetadata::read_file(&metadata.to_string()).unwrap().remove(0);
            service.register_client(slug, token, read).await.unwrap()
        };
        let refused = async |token: Option<&SecretString>, metadata: Value| register(token, metadata).await.unwrap_err().code;
        let client = register(Some(&token), metadata()).await.unwrap();
        assert!(client.client_id != "wanted" && client.client_secret.as_deref() != Some("wanted"));
        // What is refused takes no use of it.
        let wrong = json!({"redirect_uris": ["http://test.example.jp/cb"]});
        assert_eq!(refused(Some(&token), wrong).await, ErrorCode::InvalidRedirectUri);
        let wrong = json!({"redirect_uris": ["https://test.example.jp/cb"], "grant_types": ["implicit"]});
        assert_eq!(refused(Some(&token), wrong).await, ErrorCode::InvalidClientMetadata);
        let (one, two) = tokio::join!(register(Some(&token), metadata()), register(Some(&token), metadata()));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "one use was left");
        assert_eq!(refused(Some(&token), metadata()).await, ErrorCode::InvalidToken);
        assert_eq!(refused(None, metadata()).await, ErrorCode::InvalidToken);
        assert_eq!(refused(Some(&"made up".into()), metadata()).await, ErrorCode::InvalidToken);
        let token = service.issue_registration_token(slug, 2, now + 600).await.unwrap();
        world.clock.advance(600);
        assert_eq!(refused(Some(&token), metadata()).await, ErrorCode::InvalidToken);
        assert_eq!(gateway.rows("relying_party").await, 2);

        let elsewhere = TenantSlug::parse("seki").unwrap();
        let new = NewTenant::with_defaults(elsewhere.clone(), "212059".parse().unwrap(), TenantMode::Production).unwrap();
        service.create_tenant(&new).await.unwrap();
        assert!(matches!(service.issue_registration_token(&elsewhere, 1, now).await, Err(Error::Conflict(Conflict::State))));
        let read = ClientMetadata::read_file(&metadata().to_string()).unwrap().remove(0);
        assert!(matches!(service.register_client(&elsewhere, Some(&token), read).await, Err(Error::NotFound)));
    })
    .await;
}

/// A sandbox's clients are in force with the text of the town's page, which lists nobody who would share a number.
#[tokio::test]
async fn who_registers_a_second_client_with_the_town_wide_id_is_told_why_not() {
    on_both(async |world| {
        let gateway = sandbox(&world).await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let token = service.issue_registration_token(slug, 3, world.clock.seconds() + 600).await.unwrap();
        let register = async |subject_type: &str| {
            let metadata = json!({"redirect_uris": ["https://test.example.jp/cb"], "subject_type": subject_type});
            let read = ClientMetadata::read_file(&metadata.to_string()).unwrap().remove(0);
            service.register_client(slug, Some(&token), read).await.unwrap()
        };
        assert_eq!(register("public").await.unwrap().metadata["subject_type"], "public");
        let refusal = register("public").await.unwrap_err();
        assert_eq!(refusal.code, ErrorCode::InvalidClientMetadata);
        assert!(refusal.description.contains("beside another service that has the town-wide ID"), "{refusal:?}");
        assert_eq!(register("pairwise").await.unwrap().metadata["subject_type"], "pairwise");
    })
    .await;
}
