use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::locale::Localized;
use domain::names::ClientId;
use oidc::jose::{Algorithm, JwkSet, verify};
use oidc::pkce::CodeVerifier;
use oidc::provider::client_authentication::JWT_BEARER;
use oidc::upstream::client_assertion::ClientAssertion;
use serde_json::Value;
use time::macros::datetime;
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use super::*;

const ISSUER: &str = "https://id.example/sandbox-card";
const CALLBACK: &str = "https://id.example/t/showa/callback";

struct Town {
    key: SigningKey,
}

impl Clients for Town {
    fn find<'a>(&'a self, client_id: &'a ClientId) -> Found<'a> {
        let known = matches!(client_id.as_str(), "showa" | "mino").then(|| CardClient {
            client_id: client_id.clone(),
            name: Localized::composed("昭和村", "Showa Village"),
            municipality: "074462".parse().unwrap(),
            redirect_uris: vec![CALLBACK.to_owned()],
            keys: JwkSet::of([self.key.public_jwk()]),
        });
        Box::pin(async move { Ok(known) })
    }
}

struct Bench {
    card: Arc<SandboxCard>,
    town: Arc<Town>,
    clock: Clock,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn location(&self) -> Url {
        Url::parse(self.headers[header::LOCATION].to_str().unwrap()).unwrap()
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn attempt(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"attempt\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

fn bench() -> Bench {
    let clock = Clock::fixed(datetime!(2026-11-21 03:00 UTC));
    let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
    let town = Arc::new(Town { key });
    let base = BaseUrl::parse("https://id.example").unwrap();
    let sheets = Sheets { css: "/sandbox.css".to_owned(), favicon: "/favicon.svg".to_owned() };
    let card = SandboxCard::new(&base, sheets, Arc::<Town>::clone(&town), clock.clone()).unwrap();
    Bench { card: Arc::new(card), town, clock }
}

fn verifier() -> CodeVerifier {
    CodeVerifier::from_random(&[7; 32])
}

fn authorization(client: &str) -> HashMap<&'static str, String> {
    HashMap::from([
        ("response_type", "code".to_owned()),
        ("client_id", client.to_owned()),
        ("redirect_uri", CALLBACK.to_owned()),
        ("scope", "openid name address birthdate gender".to_owned()),
        ("state", "s1".to_owned()),
        ("nonce", "n1".to_owned()),
        ("code_challenge", verifier().challenge().to_text()),
        ("code_challenge_method", "S256".to_owned()),
        ("acr_values", "aal3".to_owned()),
        ("prompt", "login".to_owned()),
    ])
}

fn encoded<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl Bench {
    async fn send(&self, request: Request<Body>) -> Answer {
        let handlers = table::<()>(&self.card).into_iter();
        let router =
            handlers.fold(Router::new(), |router, (route, _, handler)| router.route(route.template(), handler));
        let response = router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encoded(form.iter().copied())))
            .unwrap();
        self.send(request).await
    }

    async fn authorize(&self, parameters: &HashMap<&'static str, String>) -> Answer {
        let query = encoded(parameters.iter().map(|(name, value)| (*name, value.as_str())));
        self.get(&format!("/sandbox-card/authorize?{query}")).await
    }

    /// Opens the form and sends it.
    async fn read(&self, client: &str, fields: &[(&str, &str)]) -> Answer {
        let attempt = self.authorize(&authorization(client)).await.attempt();
        let fields = [&[("attempt", attempt.as_str()), ("action", "read"), ("pin", "1234")], fields].concat();
        self.post("/sandbox-card/read", &fields).await
    }

    fn assertion(&self, client: &str, jti: &str) -> String {
        let assertion = ClientAssertion { client_id: client, audience: ISSUER, jti, now: self.clock.now() };
        assertion.sign(&self.town.key).unwrap()
    }

    async fn redeem(&self, client: &str, code: &str, jti: &str, verifier: &CodeVerifier) -> Answer {
        let assertion = self.assertion(client, jti);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier.expose()),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &assertion),
        ];
        self.post("/sandbox-card/token", &form).await
    }

    async fn userinfo(&self, access_token: &str) -> Answer {
        let request =
            Request::get("/sandbox-card/userinfo").header(header::AUTHORIZATION, format!("Bearer {access_token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A whole sign-in; what userinfo says.
    async fn person(&self, client: &str, jti: &str, fields: &[(&str, &str)]) -> Value {
        let code = self.read(client, fields).await.parameter("code").unwrap();
        let token = self.redeem(client, &code, jti, &verifier()).await.json();
        self.userinfo(token["access_token"].as_str().unwrap()).await.json()
    }
}

#[tokio::test]
async fn a_card_signs_in_after_the_digital_agencys_profile() {
    let bench = bench();
    let configuration = bench.get("/sandbox-card/.well-known/openid-configuration").await.json();
    assert_eq!(configuration["issuer"], ISSUER);
    assert_eq!(configuration["token_endpoint_auth_methods_supported"], serde_json::json!(["private_key_jwt"]));
    let answer = bench.read("showa", &[("person", "hanako")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!((answer.parameter("state").as_deref(), answer.parameter("iss").as_deref()), (Some("s1"), Some(ISSUER)));
    let token = bench.redeem("showa", &answer.parameter("code").unwrap(), "j1", &verifier()).await;
    assert_eq!(token.status, StatusCode::OK);
    let keys = JwkSet::parse(bench.get("/sandbox-card/jwks.json").await.body.as_bytes()).unwrap();
    let token = token.json();
    let claims = verify(token["id_token"].as_str().unwrap(), &keys, &[Algorithm::ES256]).unwrap().claims;
    assert_eq!(
        (claims.text("iss"), claims.text("nonce"), claims.text("acr")),
        (Some(ISSUER), Some("n1"), Some("aal3"))
    );
    assert_eq!(claims.time("auth_time"), Some(bench.clock.now()));
    assert!(claims.get("name").is_none());
    let userinfo = bench.userinfo(token["access_token"].as_str().unwrap()).await.json();
    assert_eq!(userinfo["sub"].as_str(), claims.text("sub"));
    assert_eq!(userinfo["name"], "鍵山 花子");
    assert_eq!(userinfo["address"], "福島県大沼郡昭和村大字架空1番地");
    assert_eq!((&userinfo["birthdate"], &userinfo["gender"]), (&"19900505".into(), &"female".into()));
}

#[tokio::test]
async fn an_address_with_substitute_characters_comes_with_its_flags() {
    let bench = bench();
    let person = bench.person("showa", "1", &[("person", "ichiro")]).await;
    assert_eq!(person["address"]["formatted"], "福島県大沼郡〓和村大字〓空7番地");
    assert_eq!(person["address"]["substitute_flags"], "0000001000010000");
}

#[tokio::test]
async fn only_what_was_asked_for_is_told() {
    let bench = bench();
    let mut request = authorization("showa");
    request.insert("scope", "openid".to_owned());
    let attempt = bench.authorize(&request).await.attempt();
    let form = [("attempt", attempt.as_str()), ("action", "read"), ("pin", "1234"), ("person", "hanako")];
    let code = bench.post("/sandbox-card/read", &form).await.parameter("code").unwrap();
    let token = bench.redeem("showa", &code, "j", &verifier()).await.json();
    let userinfo = bench.userinfo(token["access_token"].as_str().unwrap()).await.json();
    assert_eq!(userinfo.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"]);
}

#[tokio::test]
async fn the_same_person_has_the_same_name_for_one_client_only() {
    let bench = bench();
    let before = bench.person("showa", "1", &[("person", "ayumi")]).await;
    let after = bench.person("showa", "2", &[("person", "ayumi-moved")]).await;
    let elsewhere = bench.person("mino", "3", &[("person", "ayumi")]).await;
    let other = bench.person("showa", "4", &[("person", "hanako")]).await;
    assert_eq!(before["sub"], after["sub"]);
    assert_ne!(before["address"], after["address"]);
    assert_ne!(before["sub"], elsewhere["sub"]);
    assert_ne!(before["sub"], other["sub"]);
    let typed = [("person", "typed"), ("name", "試し 人"), ("birthdate", "1980-01-01"), ("gender", "2")];
    let here =
        bench.person("showa", "5", &[&typed[..], &[("address", "福島県大沼郡昭和村大字架空9番地")]].concat()).await;
    let there = bench.person("showa", "6", &[&typed[..], &[("address", "どこか")]].concat()).await;
    assert_eq!(here["sub"], there["sub"]);
    assert_eq!((&there["address"], &there["birthdate"]), (&"どこか".into(), &"19800101".into()));
}

#[tokio::test]
async fn a_card_locks_after_three_wrong_pins_for_this_attempt() {
    let bench = bench();
    let attempt = bench.authorize(&authorization("showa")).await.attempt();
    let form = |pin| [("attempt", attempt.as_str()), ("action", "read"), ("person", "taro"), ("pin", pin)];
    for left in ["あと2回", "あと1回", "使えなくなりました"] {
        let answer = bench.post("/sandbox-card/read", &form("0000")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(left), "{left}: {}", answer.body);
    }
    let answer = bench.post("/sandbox-card/read", &form("1234")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let cancelled = bench.post("/sandbox-card/read", &[("attempt", &attempt), ("action", "cancel")]).await;
    assert_eq!(cancelled.parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(bench.read("showa", &[("person", "taro")]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_second_press_gets_the_same_answer() {
    let bench = bench();
    let attempt = bench.authorize(&authorization("showa")).await.attempt();
    let form = [("attempt", attempt.as_str()), ("action", "read"), ("person", "taro"), ("pin", "1234")];
    let first = bench.post("/sandbox-card/read", &form).await.location();
    assert_eq!(bench.post("/sandbox-card/read", &form).await.location(), first);
    let shown = bench.get(&format!("/sandbox-card/read?attempt={attempt}")).await;
    assert_eq!(shown.status, StatusCode::GONE);
}

#[tokio::test]
async fn the_form_comes_in_the_other_language_and_ends_after_ten_minutes() {
    let bench = bench();
    let attempt = bench.authorize(&authorization("showa")).await.attempt();
    let shown = bench.get(&format!("/sandbox-card/read?attempt={attempt}&locale=en")).await;
    assert!(shown.body.contains("Sandbox card reader") && shown.body.contains("Showa Village"), "{}", shown.body);
    bench.clock.advance(attempts::ATTEMPT_SECONDS);
    let form = [("attempt", attempt.as_str()), ("action", "read"), ("person", "taro"), ("pin", "1234")];
    assert_eq!(bench.post("/sandbox-card/read", &form).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_is_missing_in_a_typed_person_is_said() {
    let bench = bench();
    for (field, problem) in
        [("name", "100字"), ("address", "200字"), ("birthdate", "1990-04-01 の形"), ("gender", "性別を選んで")]
    {
        let mut fields = vec![
            ("person", "typed"),
            ("name", "試し 人"),
            ("address", "福島県"),
            ("birthdate", "19800101"),
            ("gender", "1"),
        ];
        fields.retain(|(name, _)| *name != field);
        let answer = bench.read("showa", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer.body.contains(problem), "{field}: {}", answer.body);
    }
    assert_eq!(bench.read("showa", &[("person", "nobody")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn requests_outside_the_profile_are_refused() {
    let bench = bench();
    for (name, value, word) in [
        ("client_id", "unknown", "unknown_client"),
        ("redirect_uri", "https://id.example/t/showa/callback/", "unknown_redirect_uri"),
        ("client_id", "", "unknown_client"),
    ] {
        let mut request = authorization("showa");
        request.insert(name, value.to_owned());
        let answer = bench.authorize(&request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(answer.headers.get(header::LOCATION).is_none(), "{name}");
        assert!(answer.body.contains(&format!("<span id=\"error-code\">{word}<")), "{name}: {}", answer.body);
    }
    for (name, value, error) in [
        ("state", "", "invalid_request"),
        ("nonce", "", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none", "login_required"),
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "name", "invalid_scope"),
    ] {
        let mut request = authorization("showa");
        request.insert(name, value.to_owned());
        let answer = bench.authorize(&request).await;
        assert_eq!(answer.parameter("error").as_deref(), Some(error), "{name}={value}");
        assert_eq!(answer.parameter("iss").as_deref(), Some(ISSUER));
    }
}

#[tokio::test]
async fn codes_and_assertions_are_good_once() {
    let bench = bench();
    let code = async |fields: &[(&str, &str)]| bench.read("showa", fields).await.parameter("code").unwrap();
    let hanako = [("person", "hanako")];
    let first = code(&hanako).await;
    let token = bench.redeem("showa", &first, "j1", &verifier()).await.json();
    assert_eq!(bench.redeem("showa", &first, "j2", &verifier()).await.json()["error"], "invalid_grant");
    let access_token = token["access_token"].as_str().unwrap();
    assert_eq!(
        bench.userinfo(access_token).await.status,
        StatusCode::UNAUTHORIZED,
        "a replayed code takes its token back"
    );

    let second = code(&hanako).await;
    assert_eq!(bench.redeem("showa", &second, "j1", &verifier()).await.json()["error"], "invalid_client");
    assert_eq!(bench.redeem("mino", &second, "j3", &verifier()).await.json()["error"], "invalid_grant");
    let wrong = CodeVerifier::from_random(&[8; 32]);
    assert_eq!(bench.redeem("showa", &second, "j4", &wrong).await.json()["error"], "invalid_grant");
    assert_eq!(bench.redeem("showa", &second, "j5", &verifier()).await.status, StatusCode::OK);

    let third = code(&hanako).await;
    bench.clock.advance(attempts::CODE_SECONDS);
    assert_eq!(bench.redeem("showa", &third, "j6", &verifier()).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn only_the_clients_own_key_authenticates_it() {
    let bench = bench();
    let code = bench.read("showa", &[("person", "hanako")]).await.parameter("code").unwrap();
    let stranger = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
    let now = bench.clock.now();
    let forged = ClientAssertion { client_id: "showa", audience: ISSUER, jti: "f", now }.sign(&stranger).unwrap();
    let elsewhere = ClientAssertion { client_id: "showa", audience: "https://other.example", jti: "g", now };
    let elsewhere = elsewhere.sign(&bench.town.key).unwrap();
    for assertion in [forged, elsewhere, "x.y.z".to_owned(), String::new()] {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &*verifier().expose().to_owned()),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion.as_str()),
        ];
        let answer = bench.post("/sandbox-card/token", &form).await;
        assert_eq!((answer.status, &answer.json()["error"]), (StatusCode::UNAUTHORIZED, &"invalid_client".into()));
    }
    let secret =
        [("grant_type", "authorization_code"), ("code", &code), ("client_id", "showa"), ("client_secret", "x")];
    assert_eq!(bench.post("/sandbox-card/token", &secret).await.json()["error"], "invalid_client");
}
