use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode, header};
use service::{Clock, Service};
use time::macros::datetime;
use tower::ServiceExt;

use crate::configuration::{Configuration, Database, Development, Sandbox};
use crate::{router, startup};

/// Nothing listens there: whatever the gateway asks of its provider fails.
const BASE: &str = "http://localhost:1";

struct Bench {
    router: Router,
    _files: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: http::HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The settings of a developer's machine, with files in this directory.
pub(crate) fn configuration(files: &Path) -> Configuration {
    let database =
        Database { url: format!("sqlite://{}", files.join("machikagi.db").display()).into(), ..Database::default() };
    Configuration {
        public_base_url: BASE.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        master_key_file: files.join("master.key"),
        other_master_key_files: Vec::new(),
        keys: crate::configuration::Keys::default(),
        trusted_proxies: Vec::new(),
        limits: crate::configuration::Limits::default(),
        mail: crate::configuration::Mail::default(),
        outgoing: crate::configuration::Outgoing::default(),
        database,
        metrics: crate::configuration::Metrics::default(),
        sandbox: Sandbox { card: true, ..Sandbox::default() },
        development: Development { allow_loopback: true, ..Development::default() },
    }
}

async fn bench() -> Bench {
    let files = tempfile::tempdir().unwrap();
    let configuration = configuration(files.path());
    let now = datetime!(2026-11-21 03:00 UTC);
    let seeding = startup::connect_with(&configuration, Clock::fixed(Service::demo_begins(now))).await.unwrap();
    let mut demo = seeding.plan_demo().unwrap();
    Box::pin(seeding.seed_demo(now, &mut demo)).await.unwrap();
    let service = startup::connect_with(&configuration, Clock::fixed(now)).await.unwrap();
    Bench { router: router::build(&configuration, service).unwrap(), _files: files }
}

impl Bench {
    async fn send(&self, request: http::request::Builder, body: &'static str) -> Answer {
        let request = request.header(header::ACCEPT, "text/html").body(Body::from(body)).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str, language: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT_LANGUAGE, language), "").await
    }

    async fn post(&self, path: &str, site: &str, body: &'static str) -> Answer {
        let request = Request::post(path)
            .header("sec-fetch-site", site)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }
}

#[tokio::test]
async fn a_browser_without_scripts_sees_pages_of_a_town() {
    let bench = bench().await;
    for (path, status, ja, en) in [
        ("/t/tsuno", 200, "使えるサービス", "Services"),
        ("/t/tsuno/privacy", 200, "個人情報の取り扱い", "Personal data"),
        ("/t/tsuno/help", 200, "使い方", "How to use"),
        ("/t/tsuno/accessibility", 200, "アクセシビリティ", "Accessibility"),
        ("/t/tsuno/me", 401, "サインインしてください", "Please sign in"),
        ("/t/tsuno/me/sign-out", 200, "サインアウトしました", "You are signed out"),
        ("/t/tsuno/me/passkeys", 401, "サインインしてください", "Please sign in"),
        ("/t/tsuno/me/delete", 401, "サインインしてください", "Please sign in"),
        ("/t/tsuno/me/merge", 401, "サインインしてください", "Please sign in"),
        ("/t/tsuno/me/renewed-card", 401, "サインインしてください", "Please sign in"),
        ("/t/tsuno/flow/00000000000000000000000000000000/merge", 401, "サインインしてください", "Please sign in"),
        ("/t/tsuno/me/delete?done", 200, "消しました", "is deleted"),
        ("/t/tsuno/me/withdraw/0191f1d2-8d5e-4c3a-9b1e-2f4a6c8d0e1f", 401, "サインインしてください", "Please sign in"),
        ("/t/tsuno/flow/00000000000000000000000000000000/consent", 410, "続けられません", "cannot go on"),
        ("/t/tsuno/flow/00000000000000000000000000000000/outcome", 410, "続けられません", "cannot go on"),
        ("/t/tsuno/flow/nonsense/consent", 404, "ページが見つかりません", "Page not found"),
        ("/t/nowhere", 404, "ページが見つかりません", "Page not found"),
        ("/t/No%20Slug", 404, "ページが見つかりません", "Page not found"),
    ] {
        for (language, words) in [("ja", ja), ("en", en)] {
            let answer = bench.get(path, language).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert!(answer.body.contains(words), "{path} {language}: {}", answer.body);
            assert_eq!(answer.header(header::CONTENT_LANGUAGE), language, "{path}");
            assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{path}");
            let policy = answer.header(header::CONTENT_SECURITY_POLICY);
            assert!(policy.starts_with("default-src 'none'; style-src 'self'") && !policy.contains("script"), "{path}");
        }
    }
}

#[tokio::test]
async fn the_card_reader_knows_the_towns_of_the_demo() {
    let bench = bench().await;
    let authorize = |client: &str| {
        format!(
            "/sandbox-card/authorize?response_type=code&client_id={client}&scope=openid%20address&state=s&nonce=n\
             &redirect_uri=http%3A%2F%2Flocalhost%3A1%2Ft%2Ftsuno%2Fcallback&code_challenge_method=S256\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        )
    };
    let form = bench.get(&authorize("machikagi-tsuno"), "ja").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.body);
    assert!(form.body.contains("試験用カードリーダー") && form.body.contains("都農町"), "{}", form.body);
    assert!(form.body.contains("宮崎県児湯郡都農町大字架空1番地"), "{}", form.body);
    for stranger in ["machikagi-nowhere", "tsuno", "machikagi-showa"] {
        let refused = bench.get(&authorize(stranger), "ja").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{stranger}");
        assert!(refused.header(header::LOCATION).is_empty(), "{stranger}");
    }
}

#[tokio::test]
async fn the_page_of_a_passkey_loads_one_script_of_ours() {
    let bench = bench().await;
    let choosing = bench.post("/t/tsuno/sign-in", "same-origin", "with=passkey").await;
    assert_eq!(choosing.status, StatusCode::SEE_OTHER);
    let (cookie, _) = choosing.header(header::SET_COOKIE).split_once(';').unwrap();
    let path = choosing.header(header::LOCATION).to_owned();
    assert!(path.ends_with("/sign-in"), "{path}");
    for (language, words) in [("ja", "パスキーでサインインする"), ("en", "Sign in with a passkey")] {
        let request = Request::get(&path).header(header::COOKIE, format!("{cookie}; locale={language}"));
        let page = bench.send(request, "").await;
        assert!(page.body.contains(words) && page.body.contains("userVerification"), "{}", page.body);
        let policy = page.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
        let (_, script) = page.body.split_once("<script src=\"").unwrap();
        let script = bench.get(script.split_once('"').unwrap().0, language).await;
        assert_eq!(script.status, StatusCode::OK);
        assert!(script.header(header::CONTENT_TYPE).starts_with("text/javascript"));
    }
    // Whatever is sent in place of a device's answer leaves everybody where they are.
    let request = Request::post(&path)
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let refused = bench.send(request, "credential=nonsense").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.header(header::SET_COOKIE).is_empty());
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_a_page_with_another_try() {
    let bench = bench().await;
    let away = bench.post("/t/tsuno/sign-in", "same-origin", "").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
    let (cookie, _) = away.header(header::SET_COOKIE).split_once(';').unwrap();
    assert!(cookie.starts_with("flow-"), "{cookie}");
    let page = away.header(header::LOCATION).to_owned();
    for (language, words) in [("ja", "いまは、カードを確かめられません"), ("en", "Your card cannot be checked")]
    {
        let request = Request::get(&page).header(header::COOKIE, format!("{cookie}; locale={language}"));
        let answer = bench.send(request, "").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains(words) && answer.body.contains("name=\"retry\""), "{}", answer.body);
    }
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let bench = bench().await;
    for path in [
        "/t/tsuno/sign-in",
        "/t/tsuno/me/sign-out",
        "/t/tsuno/me/delete",
        "/t/tsuno/me/merge",
        "/t/tsuno/me/renewed-card",
        "/sandbox-card/read",
    ] {
        assert_eq!(bench.post(path, "cross-site", "").await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let gone = "/t/tsuno/flow/00000000000000000000000000000000";
    assert_eq!(
        bench.post(&format!("{gone}/consent"), "cross-site", "decision=accept").await.status,
        StatusCode::FORBIDDEN
    );
    let answer = bench.post(&format!("{gone}/consent"), "same-origin", "decision=accept").await;
    assert_eq!(answer.status, StatusCode::GONE);
    let answer = bench.post(&format!("{gone}/consent"), "same-origin", "decision=perhaps").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.post(&format!("{gone}/return"), "same-origin", "").await.status, StatusCode::GONE);
    assert_eq!(bench.post(&format!("{gone}/outcome"), "same-origin", "retry=on").await.status, StatusCode::GONE);
}

#[tokio::test]
async fn signing_out_without_a_session_says_so_and_forgets_the_cookie() {
    let bench = bench().await;
    let answer = bench.post("/t/tsuno/me/sign-out", "same-origin", "").await;
    assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/t/tsuno/me/sign-out"));
    assert!(answer.header(header::SET_COOKIE).starts_with("resident-tsuno=; Max-Age=0"), "{:?}", answer.headers);
}
