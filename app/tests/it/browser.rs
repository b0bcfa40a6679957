//! A browser that keeps one session and runs no script.

use std::sync::Arc;

use app::request::session_keys;
use app::site::{Assets, IslandScript, Parts, Site};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{Request, StatusCode, header};
use domain::access::Role;
use leptos::config::LeptosOptions;
use service::staff_sessions::Store;
use tower::ServiceExt;
use tower_sessions::{Session, SessionManagerLayer};

use crate::harness::{Town, World};

const COOKIE: &str = "session";

pub(crate) struct Browser {
    router: Router,
    cookie: String,
    language: &'static str,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Where a redirect leads; empty without one.
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Browser {
    /// Somebody who holds a role in a town, signed in.
    pub(crate) async fn of(world: &World, town: &Town, role: Role) -> Browser {
        let store = Store::new(Arc::clone(&world.service));
        let session = Session::new(None, Arc::new(store.clone()), None);
        session.insert(session_keys::ACCOUNT, town.account(role)).await.unwrap();
        session.save().await.unwrap();
        let options = LeptosOptions::builder().output_name("machikagi").build();
        let site = Site::new(Parts {
            service: Arc::clone(&world.service),
            assets: Assets {
                console_css: "/console.css".to_owned(),
                resident_css: "/resident.css".to_owned(),
                sandbox_css: "/sandbox.css".to_owned(),
                passkey_js: "/passkey.js".to_owned(),
                favicon: "/favicon.svg".to_owned(),
                islands: IslandScript::of(options),
            },
            public_base_url: "http://localhost:3000".parse().unwrap(),
        });
        let layer = SessionManagerLayer::new(store).with_name(COOKIE).with_secure(false);
        let router = app::routes::router().with_state(site).layer(layer);
        Browser { router, cookie: format!("{COOKIE}={}", session.id().unwrap()), language: "ja" }
    }

    pub(crate) fn english(self) -> Browser {
        Browser { language: "en", ..self }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form with its files, each as a field's name and the text of the file.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        for (name, text) in files {
            let file = format!("name=\"{name}\"; filename=\"{name}.txt\"\r\nContent-Type: text/plain");
            body += &format!("--part\r\nContent-Disposition: form-data; {file}\r\n\r\n{text}\r\n");
        }
        body += "--part--\r\n";
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=part");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    fn request(&self, method: &str, path: &str) -> Builder {
        let request = Request::builder().method(method).uri(path);
        request.header(header::COOKIE, &self.cookie).header(header::ACCEPT_LANGUAGE, self.language)
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer { status, location: location.unwrap_or_default(), body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

impl Answer {
    /// What a reader sees: the document without its tags.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = self.body.as_str();
        while let Some((before, after)) = rest.split_once('<') {
            text.push_str(before);
            rest = after.split_once('>').map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        text
    }

    pub(crate) fn shows(&self, words: &str) -> bool {
        self.text().contains(words)
    }
}
