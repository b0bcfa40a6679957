//! HTTP/1.1 to one loopback address over one kept connection: all that a resident's browser, or a service's server, is
//! for a load generator. No pool, no TLS, no retries: their work would be counted as the server's latency.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::response::Parts;
use http::{HeaderValue, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::{Host, Url};

use crate::Failure;

/// No request may take longer, however loaded the server is.
const PATIENCE: Duration = Duration::from_secs(10);
/// No answer is larger, in bytes.
const MAX_ANSWER: usize = 2 << 20;

/// A server on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    text: String,
    host: HeaderValue,
    address: SocketAddr,
}

impl Origin {
    /// `http://localhost:3000` or an address of the loopback interface.
    ///
    /// # Errors
    /// For every other host: nobody aims a load at a machine that is not their own.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::new(format!("{text}: write http://localhost:PORT; only this machine is measured"));
        let url = Url::parse(text).map_err(|_| wrong())?;
        let ip: IpAddr = match url.host().ok_or_else(wrong)? {
            Host::Domain("localhost") => Ipv4Addr::LOCALHOST.into(),
            Host::Ipv4(ip) if ip.is_loopback() => ip.into(),
            Host::Ipv6(ip) if ip.is_loopback() => ip.into(),
            _ => return Err(wrong()),
        };
        if url.scheme() != "http" || url.path() != "/" {
            return Err(wrong());
        }
        let text = url.origin().ascii_serialization();
        let host = text.trim_start_matches("http://").parse().map_err(|_| wrong())?;
        let address = SocketAddr::new(ip, url.port_or_known_default().unwrap_or(80));
        Ok(Self { text, host, address })
    }

    /// `http://localhost:3000`, without a slash at the end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The path and query of an address of this server; `None` if it is another's.
    pub(crate) fn path_of<'a>(&self, url: &'a str) -> Option<&'a str> {
        url.strip_prefix(self.text.as_str()).filter(|path| path.starts_with('/'))
    }
}

/// The connection. Opened at the first request, and again after a failure.
pub(crate) struct Connection {
    origin: Origin,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    /// Not yet open.
    pub(crate) fn new(origin: &Origin) -> Self {
        Self { origin: origin.clone(), sender: None }
    }

    /// Sends a request with a path as its address, and reads the whole answer.
    ///
    /// # Errors
    /// If there is no connection to be had, it breaks, or the answer is too large or takes too long.
    pub(crate) async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), Failure> {
        request.headers_mut().insert(HOST, self.origin.host.clone());
        let answer = timeout(PATIENCE, self.exchange(request)).await;
        let answer = answer.unwrap_or_else(|_| Err(Failure::new("no answer within 10 s")));
        if answer.is_err() {
            self.sender = None;
        }
        answer
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), Failure> {
        let mut sender = match self.sender.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => sender,
            None => open(self.origin.address).await?,
        };
        let broken = |_| Failure::new("the connection broke");
        sender.ready().await.map_err(broken)?;
        let (parts, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|_| Failure::new("the answer broke off"))?;
        self.sender = Some(sender);
        Ok((parts, body.to_bytes()))
    }
}

async fn open(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let refused = |_| Failure::new("the server refuses connections");
    let stream = TcpStream::connect(address).await.map_err(refused)?;
    stream.set_nodelay(true).map_err(refused)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| Failure::new("no HTTP spoken"))?;
    // Ends with the sender, or with the server; either side tells the other.
    tokio::spawn(connection);
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_no_other() {
        for own in ["http://localhost:3000", "http://127.0.0.1:3111/", "http://127.8.0.1", "http://[::1]:3000"] {
            assert!(Origin::parse(own).unwrap().address().ip().is_loopback(), "{own}");
        }
        for other in [
            "http://192.168.0.1:3000",
            "http://10.0.0.1",
            "http://id.example.jp",
            "http://localhost.example.jp:3000",
            "http://0.0.0.0:3000",
            "http://localhost@example.jp",
            "https://localhost:3000",
            "http://localhost:3000/t/showa",
            "localhost:3000",
            "",
        ] {
            assert!(Origin::parse(other).is_err(), "{other}");
        }
    }

    #[test]
    fn an_address_of_another_server_has_no_path_here() {
        let origin = Origin::parse("http://localhost:3000").unwrap();
        assert_eq!(origin.as_str(), "http://localhost:3000");
        assert_eq!(origin.path_of("http://localhost:3000/t/showa?a=b"), Some("/t/showa?a=b"));
        for other in ["http://localhost:30001/t", "http://127.0.0.1:3000/t", "/t/showa", "http://localhost:3000"] {
            assert_eq!(origin.path_of(other), None, "{other}");
        }
    }
}
