//! A browser: keeps cookies, follows redirects, sends forms. It stops where the way leads to another server, which in a
//! sign-in is the service.

use std::time::Duration;

use bytes::Bytes;
use domain::paths::Route;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use url::Url;

use crate::Failure;
use crate::ambient::Stopwatch;
use crate::connection::{Connection, Origin};
use crate::cookies::Jar;
use crate::markup::{self, Form};

/// As browsers do, and far more than any sign-in has.
const MAX_REDIRECTS: usize = 10;

/// A request of a sign-in as the report names it, and how long it took.
pub(crate) type Timing = (&'static str, Duration);

/// The browser of one person.
pub(crate) struct Browser<'a> {
    origin: &'a Origin,
    connection: &'a mut Connection,
    /// Its cookies.
    pub(crate) jar: &'a mut Jar,
    /// What was asked, in order.
    pub(crate) timings: Vec<Timing>,
}

/// Where it stopped.
pub(crate) enum Arrived {
    /// On a page of the server.
    Page(Page),
    /// At another server's address.
    Away(String),
}

/// A page.
pub(crate) struct Page {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its path and query.
    pub(crate) path: String,
    /// Its text.
    pub(crate) html: String,
}

impl Page {
    /// As a report of what should not have come names it: nothing in it differs between two people.
    pub(crate) fn name(&self) -> String {
        let step = step_of(&Method::GET, &self.path);
        format!("{step} ({} {})", self.status.as_u16(), markup::heading(&self.html))
    }
}

impl<'a> Browser<'a> {
    /// A browser with these cookies.
    pub(crate) fn new(origin: &'a Origin, connection: &'a mut Connection, jar: &'a mut Jar) -> Self {
        Self { origin, connection, jar, timings: Vec::new() }
    }

    /// Opens an address of the server, given as path and query.
    ///
    /// # Errors
    /// If an answer does not come or leads round in circles.
    pub(crate) async fn open(&mut self, path: &str) -> Result<Arrived, Failure> {
        self.follow(Method::GET, path.to_owned(), None).await
    }

    /// Sends a form of a page, with its hidden fields and what was typed.
    ///
    /// # Errors
    /// If the form leads elsewhere, or as for [`Browser::open`].
    pub(crate) async fn submit(
        &mut self,
        page: &Page,
        form: &Form,
        typed: &[(&str, &str)],
    ) -> Result<Arrived, Failure> {
        let to = match &form.action {
            None => page.path.clone(),
            Some(action) => match self.resolve(&page.path, action)? {
                Target::Own(path) => path,
                Target::Foreign(_) => return Err(Failure::new("a form that leads to another server")),
            },
        };
        self.follow(Method::POST, to, Some(form.filled(typed))).await
    }

    /// Asks for an address and goes no further, wherever the answer leads.
    ///
    /// # Errors
    /// If there is no answer.
    pub(crate) async fn ask_once(&mut self, path: &str) -> Result<StatusCode, Failure> {
        let request = self.request(&Method::GET, path, None)?;
        let (parts, _) = self.connection.send(request).await?;
        Ok(parts.status)
    }

    async fn follow(
        &mut self,
        mut method: Method,
        mut path: String,
        mut form: Option<String>,
    ) -> Result<Arrived, Failure> {
        for _ in 0..MAX_REDIRECTS {
            let step = step_of(&method, &path);
            let request = self.request(&method, &path, form.take())?;
            let started = Stopwatch::start();
            let (parts, body) = self.connection.send(request).await.map_err(|failure| failure.at(step))?;
            self.timings.push((step, started.elapsed()));
            for header in parts.headers.get_all(SET_COOKIE) {
                self.jar.set(header.to_str().unwrap_or_default());
            }
            if !parts.status.is_redirection() {
                let html =
                    String::from_utf8(body.to_vec()).map_err(|_| Failure::new("a page that is not UTF-8").at(step))?;
                return Ok(Arrived::Page(Page { status: parts.status, path, html }));
            }
            let location = parts.headers.get(LOCATION).and_then(|location| location.to_str().ok());
            let location = location.ok_or_else(|| Failure::new("a redirect to nowhere").at(step))?;
            match self.resolve(&path, location)? {
                Target::Own(next) => path = next,
                Target::Foreign(url) => return Ok(Arrived::Away(url)),
            }
            method = Method::GET;
        }
        Err(Failure::new("more redirects than a browser follows"))
    }

    fn request(&self, method: &Method, path: &str, form: Option<String>) -> Result<Request<Full<Bytes>>, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(ACCEPT, "text/html")
            .header(ACCEPT_LANGUAGE, "ja")
            .header("sec-fetch-site", if form.is_some() { "same-origin" } else { "none" });
        if let Some(cookies) = self.jar.header(path.split_once('?').map_or(path, |(path, _)| path)) {
            request = request.header(COOKIE, cookies);
        }
        if form.is_some() {
            request =
                request.header(ORIGIN, self.origin.as_str()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = Full::from(form.unwrap_or_default());
        request.body(body).map_err(|_| Failure::new("an address that cannot be requested"))
    }

    fn resolve(&self, from: &str, reference: &str) -> Result<Target, Failure> {
        let base = Url::parse(&format!("{}{from}", self.origin.as_str()));
        let url = base.and_then(|base| base.join(reference)).map_err(|_| Failure::new("an address that is none"))?;
        let url: String = url.into();
        Ok(match self.origin.path_of(&url) {
            Some(path) => Target::Own(path.to_owned()),
            None => Target::Foreign(url),
        })
    }
}

enum Target {
    Own(String),
    Foreign(String),
}

/// The requests of a sign-in that a report tells apart.
const STEPS: [(Method, Route, &str); 8] = [
    (Method::GET, Route::Authorize, "authorize"),
    (Method::GET, Route::SandboxCardAuthorize, "card page"),
    (Method::POST, Route::SandboxCardRead, "card read"),
    (Method::GET, Route::Callback, "callback"),
    (Method::GET, Route::FlowConsent, "consent page"),
    (Method::POST, Route::FlowConsent, "consent given"),
    (Method::GET, Route::FlowOutcome, "outcome page"),
    (Method::GET, Route::Home, "home"),
];

fn step_of(method: &Method, path: &str) -> &'static str {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let found = STEPS.iter().find(|(of, route, _)| of == method && fits(route.template(), path));
    found.map_or("another page", |(.., name)| name)
}

/// Whether a path is one of a route: `{…}` stands for any one segment.
fn fits(template: &str, path: &str) -> bool {
    let (mut of_template, mut of_path) = (template.split('/'), path.split('/'));
    loop {
        match (of_template.next(), of_path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_names_without_ids() {
        assert_eq!(step_of(&Method::GET, "/t/showa/authorize?client_id=x"), "authorize");
        assert_eq!(step_of(&Method::POST, "/t/showa/flow/abab/consent"), "consent given");
        assert_eq!(step_of(&Method::GET, "/t/showa/flow/abab/consent"), "consent page");
        assert_eq!(step_of(&Method::GET, "/t/showa/callback"), "callback");
        assert_eq!(step_of(&Method::GET, "/console/showa"), "another page");
    }

    #[test]
    fn addresses_are_the_server_s_own_or_another_s() {
        let origin = Origin::parse("http://localhost:3000").unwrap();
        let (mut connection, mut jar) = (Connection::new(&origin), Jar::default());
        let browser = Browser::new(&origin, &mut connection, &mut jar);
        let own = |reference: &str| match browser.resolve("/t/showa/flow/1/consent?x=1", reference).unwrap() {
            Target::Own(path) => path,
            Target::Foreign(url) => format!("away {url}"),
        };
        assert_eq!(own("/sandbox-card/authorize?a=b"), "/sandbox-card/authorize?a=b");
        assert_eq!(own("http://localhost:3000/t/showa/callback?code=1"), "/t/showa/callback?code=1");
        assert_eq!(own("outcome"), "/t/showa/flow/1/outcome");
        assert_eq!(
            own("http://127.0.0.1:4001/showa/callback?code=1"),
            "away http://127.0.0.1:4001/showa/callback?code=1"
        );
        assert_eq!(own("//example.jp/"), "away http://example.jp/");
    }

    #[test]
    fn what_is_sent_looks_as_from_a_browser() {
        let origin = Origin::parse("http://localhost:3000").unwrap();
        let (mut connection, mut jar) = (Connection::new(&origin), Jar::default());
        jar.set("flow-1=x; Path=/");
        let browser = Browser::new(&origin, &mut connection, &mut jar);
        let post = browser.request(&Method::POST, "/t/a?b", Some("c=d".to_owned())).unwrap();
        assert_eq!(post.headers()["origin"], "http://localhost:3000");
        assert_eq!(post.headers()["sec-fetch-site"], "same-origin");
        assert_eq!(post.headers()["cookie"], "flow-1=x");
        let get = browser.request(&Method::GET, "/t/a?b", None).unwrap();
        assert!(!get.headers().contains_key("origin") && get.uri() == "/t/a?b");
    }
}
