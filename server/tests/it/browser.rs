//! A resident's browser, and a service's server beside it: at the router in this process, or at a server over TCP.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

use crate::client::Answer;

/// Where requests go.
#[derive(Clone)]
pub(crate) enum Wire {
    Router(Router),
    Server(SocketAddr),
}

/// Keeps cookies, follows nothing, and remembers everything that an answer said outside its page: addresses and cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    wire: Wire,
    host: String,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) said: Vec<String>,
}

impl Browser {
    pub(crate) fn at_router(router: Router) -> Browser {
        Browser {
            wire: Wire::Router(router),
            host: "localhost:3000".to_owned(),
            cookies: BTreeMap::new(),
            said: Vec::new(),
        }
    }

    pub(crate) fn at_server(port: u16) -> Browser {
        Browser {
            wire: Wire::Server(SocketAddr::from(([127, 0, 0, 1], port))),
            host: format!("localhost:{port}"),
            cookies: BTreeMap::new(),
            said: Vec::new(),
        }
    }

    /// At one of several servers that stand behind one address.
    pub(crate) fn behind_one_address(port: u16) -> Browser {
        Browser { host: "localhost:3000".to_owned(), ..Browser::at_server(port) }
    }

    /// The same browser, at a server that listens elsewhere now.
    pub(crate) fn at(&self, port: u16) -> Browser {
        Browser { cookies: self.cookies.clone(), ..Browser::at_server(port) }
    }

    /// The same browser, whose next requests come to another of several servers behind one address.
    pub(crate) fn elsewhere_behind(&self, port: u16) -> Browser {
        Browser { cookies: self.cookies.clone(), ..Browser::behind_one_address(port) }
    }

    pub(crate) async fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, None, &[]).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &str) -> io::Result<Answer> {
        let origin = format!("http://{}", self.host);
        let own = [("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        self.ask("POST", path, Some(form), &own).await
    }

    /// Reads a consent page and agrees to what it says.
    pub(crate) async fn agree(&mut self, page: &str) -> io::Result<Answer> {
        let form = self.get(page).await?.agreement();
        self.post(page, &form).await
    }

    /// Where an answer leads.
    pub(crate) fn way(&self, answer: &Answer) -> String {
        let to = answer.header("location");
        assert!(answer.status.is_redirection() && !to.is_empty(), "{}: {}", answer.status, answer.body);
        to.strip_prefix(&format!("http://{}", self.host)).unwrap_or(to).to_owned()
    }

    pub(crate) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        form: Option<&str>,
        more: &[(&str, &str)],
    ) -> io::Result<Answer> {
        self.send(method, path, form.map(str::as_bytes), more).await
    }

    /// A request with a body that may be no text; `more` replaces headers that a browser sends by itself, an empty value
    /// takes one away.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        more: &[(&str, &str)],
    ) -> io::Result<Answer> {
        let mut headers = vec![
            ("host".to_owned(), self.host.clone()),
            ("accept".to_owned(), "text/html".to_owned()),
            ("accept-language".to_owned(), "ja".to_owned()),
        ];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.push(("cookie".to_owned(), cookies.join("; ")));
        }
        headers.retain(|(given, _)| !more.iter().any(|(name, _)| given == name));
        for (name, value) in more {
            if !value.is_empty() {
                headers.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        let body = body.unwrap_or_default();
        let answer = match &self.wire {
            Wire::Router(router) => in_process(router.clone(), method, path, &headers, body).await,
            Wire::Server(address) => over_tcp(*address, method, path, &headers, body).await?,
        };
        for (name, value) in &answer.headers {
            let text = value.to_str().unwrap();
            self.said.push(format!("{name}: {text}"));
            if name == "set-cookie" {
                self.keep(text);
            }
        }
        Ok(answer)
    }

    fn keep(&mut self, header: &str) {
        let (pair, attributes) = header.split_once(';').unwrap_or((header, ""));
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0;") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

async fn in_process(router: Router, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Body::from(body.to_vec())).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, 1 << 22).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// HTTP/1.0, in which an answer is whole or visibly cut off, and never in chunks.
async fn over_tcp(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut request = format!("{method} {path} HTTP/1.0\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&[request.as_bytes(), body].concat()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    whole(&String::from_utf8_lossy(&bytes)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn whole(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status: StatusCode = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        headers.append(name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?);
    }
    let announced = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length != body.len()) {
        return None;
    }
    Some(Answer { status, headers, body: body.to_owned() })
}
