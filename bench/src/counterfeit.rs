//! A server that answers as the gateway and its sandbox card do, as far as the load can tell; it lets runs be tested
//! without one. Cookies, codes and tokens are what they say in clear text.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::towns::{RelyingParty, Town, Towns};

type Pairs = HashMap<String, String>;

/// What it remembers.
#[derive(Default)]
pub(crate) struct Memory {
    base_url: String,
    /// Questions by their number.
    questions: Mutex<HashMap<String, Pairs>>,
    next: AtomicU64,
    /// Names of people whose card was read.
    pub(crate) people: Mutex<Vec<String>>,
    /// Token requests from now on that are refused.
    pub(crate) refusals: AtomicU64,
}

type Server = State<Arc<Memory>>;

/// Starts it on a free port; it ends with the test's runtime. Towns have the slugs `t0`, `t1`, ….
pub(crate) async fn start(towns: usize) -> (Arc<Memory>, Towns) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let memory = Arc::new(Memory { base_url: base_url.clone(), ..Memory::default() });
    let app = Router::new()
        .route("/t/{town}/.well-known/openid-configuration", get(metadata))
        .route("/t/{town}/authorize", get(authorize))
        .route("/t/{town}/callback", get(callback))
        .route("/t/{town}/flow/{flow}/consent", get(consent_page).post(consent))
        .route("/t/{town}/token", post(token))
        .route("/t/{town}/userinfo", get(userinfo))
        .route("/t/{town}/introspect", post(introspect))
        .route("/sandbox-card/authorize", get(card_page))
        .route("/sandbox-card/read", post(card_read))
        .with_state(Arc::clone(&memory));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let town = |number: usize| {
        let slug = format!("t{number}");
        let service = RelyingParty {
            key: "library".to_owned(),
            client_id: format!("library-{slug}"),
            client_secret: "secret".to_owned(),
            redirect_uri: format!("http://127.0.0.1:4001/{slug}/callback"),
            scopes: "openid residency".to_owned(),
            ..RelyingParty::default()
        };
        Town { issuer: format!("{base_url}/t/{slug}"), slug, staff: Vec::new(), relying_parties: vec![service] }
    };
    (memory, Towns { towns: (0..towns).map(town).collect(), base_url })
}

fn see(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

async fn metadata(State(memory): Server, Path(town): Path<String>) -> Json<Value> {
    let issuer = format!("{}/t/{town}", memory.base_url);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "introspection_endpoint": format!("{issuer}/introspect"),
    }))
}

async fn authorize(
    State(memory): Server,
    Path(town): Path<String>,
    headers: HeaderMap,
    Query(question): Query<Pairs>,
) -> Response {
    let number = memory.next.fetch_add(1, Ordering::SeqCst).to_string();
    memory.questions.lock().unwrap().insert(number.clone(), question);
    let cookies = headers.get(header::COOKIE).map_or("", |cookies| cookies.to_str().unwrap());
    if cookies.contains(&format!("resident-{town}=")) {
        return back(&memory, &town, &number);
    }
    let to = format!("/sandbox-card/authorize?town={town}&state={number}");
    let cookie = format!("flow-{number}=sealed; Path=/; HttpOnly; Max-Age=1800");
    ([(header::SET_COOKIE, cookie)], see(&to)).into_response()
}

async fn card_page(Query(query): Query<Pairs>) -> Html<String> {
    let (town, state) = (&query["town"], &query["state"]);
    Html(format!(
        r#"<title>card</title><form method="post" action="/sandbox-card/read"><input type="hidden" name="attempt" value="{town} {state}"/>
        <span class="n" lang="ja">花子</span><span lang="ja">架空村1番地</span><input name="pin" type="password"/></form>"#
    ))
}

async fn card_read(State(memory): Server, Form(form): Form<Pairs>) -> Response {
    if (form["pin"].as_str(), form["person"].as_str(), form["address"].as_str()) != ("1234", "typed", "架空村1番地")
    {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    memory.people.lock().unwrap().push(form["name"].clone());
    let (town, state) = form["attempt"].split_once(' ').unwrap();
    see(&format!("{}/t/{town}/callback?code=card&state={state}", memory.base_url))
}

async fn callback(Path(town): Path<String>, headers: HeaderMap, Query(query): Query<Pairs>) -> Response {
    let state = &query["state"];
    if !headers[header::COOKIE].to_str().unwrap().contains(&format!("flow-{state}=")) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    see(&format!("/t/{town}/flow/{state}/consent"))
}

async fn consent_page() -> Html<&'static str> {
    Html(r#"<title>consent</title><form method="post"><button name="decision" value="accept">はい</button></form>"#)
}

async fn consent(
    State(memory): Server,
    Path((town, flow)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<Pairs>,
) -> Response {
    if form["decision"] != "accept" || headers[header::ORIGIN] != memory.base_url {
        return StatusCode::FORBIDDEN.into_response();
    }
    let cookie = format!("resident-{town}={flow}; Path=/; HttpOnly");
    ([(header::SET_COOKIE, cookie)], back(&memory, &town, &flow)).into_response()
}

fn back(memory: &Memory, town: &str, number: &str) -> Response {
    let questions = memory.questions.lock().unwrap();
    let question = &questions[number];
    let (to, state) = (&question["redirect_uri"], &question["state"]);
    see(&format!("{to}?code={number}&state={state}&iss={}/t/{town}", memory.base_url))
}

async fn token(
    State(memory): Server,
    Path(town): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Pairs>,
) -> Response {
    let refused = memory.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let question = memory.questions.lock().unwrap().remove(&form["code"]);
    let Some(question) = question.filter(|_| !refused && headers.contains_key(header::AUTHORIZATION)) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let issuer = format!("{}/t/{town}", memory.base_url);
    let claims = json!({ "iss": issuer, "aud": question["client_id"], "sub": "p", "nonce": question["nonce"] });
    let id_token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()));
    Json(json!({ "access_token": "p", "id_token": id_token, "token_type": "Bearer" })).into_response()
}

async fn userinfo(headers: HeaderMap) -> Json<Value> {
    let token = headers[header::AUTHORIZATION].to_str().unwrap().strip_prefix("Bearer ").unwrap();
    Json(json!({ "sub": token }))
}

async fn introspect(headers: HeaderMap, Form(form): Form<Pairs>) -> Json<Value> {
    Json(json!({ "active": headers.contains_key(header::AUTHORIZATION) && form["token"] == "p" }))
}
