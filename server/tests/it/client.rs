//! A client of the whole router.

use std::sync::Arc;

use app::request::session_keys;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::access::Role;
use server::configuration::Configuration;
use service::Service;
use service::staff_sessions::Store;
use tower::ServiceExt;
use tower_sessions::Session;

use crate::browser::Browser;
use crate::harness::{Town, World};

/// The router, and who asks.
pub(crate) struct Client {
    pub(crate) router: Router,
    cookie: Option<String>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Client {
    /// Somebody without a session.
    pub(crate) fn nobody(world: &World) -> Client {
        Client { router: router(Arc::clone(&world.service), ""), cookie: None }
    }

    /// A colleague of a town, signed in.
    pub(crate) async fn of(world: &World, town: &Town, role: Role) -> Client {
        let store = Store::new(Arc::clone(&world.service));
        let session = Session::new(None, Arc::new(store), None);
        session.insert(session_keys::ACCOUNT, town.account(role)).await.unwrap();
        session.save().await.unwrap();
        let cookie = format!("{}={}", session_keys::cookie_name(false), session.id().unwrap());
        Client { cookie: Some(cookie), ..Client::nobody(world) }
    }

    /// The session's cookie, name and value.
    pub(crate) fn session(&self) -> (String, String) {
        let (name, value) = self.cookie.as_deref().unwrap().split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    }

    /// The same person, who fills in forms.
    pub(crate) fn browser(&self) -> Browser {
        let mut browser = Browser::at_router(self.router.clone());
        browser.cookies.extend([self.session()]);
        browser
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:3000");
        if !headers.iter().any(|(name, _)| *name == "accept") {
            request = request.header(header::ACCEPT, "text/html");
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if method == "POST" { Body::from("nothing=here") } else { Body::empty() };
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 22).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }
}

/// The router as it is configured for a developer's machine, with further settings.
pub(crate) fn router(service: Arc<Service>, settings: &str) -> Router {
    let file = tempfile::NamedTempFile::new().unwrap();
    let usual = "public_base_url = \"http://localhost:3000\"\nmetrics.listen = \"127.0.0.1:0\"\n";
    std::fs::write(file.path(), format!("{settings}{usual}")).unwrap();
    let configuration = Configuration::read(Some(file.path())).unwrap();
    server::router::build(&configuration, service).unwrap()
}

impl Answer {
    /// The form with which somebody agrees to what this consent page says.
    pub(crate) fn agreement(&self) -> String {
        let (_, text) = self.body.split_once("name=\"text\" value=\"").unwrap();
        format!("decision=accept&text={}", text.split_once('"').unwrap().0)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
