//! Who calls: from which network, through which proxy, how often, and how slowly.

use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use app::request::Network;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_server::Handle;
use axum_server::accept::Accept;
use http::{HeaderMap, StatusCode, header};
use ipnet::IpNet;
use oidc::ProtocolError;
use service::{Limiter, Limits};

use crate::layers::wants_html;
use crate::oidc::refused;

/// How long somebody who asks too often is told to wait, in seconds: by then a good part of their share is back.
pub(crate) const RETRY_SECONDS: &str = "2";

/// What is known and kept of those who call.
#[derive(Clone)]
pub(crate) struct Callers(Arc<Inner>);

struct Inner {
    /// Reverse proxies whose word about the client is taken.
    proxies: Vec<IpNet>,
    addresses: Limiter,
    tenants: Limiter,
}

impl Callers {
    pub(crate) fn new(proxies: Vec<IpNet>, limits: Limits) -> Self {
        let (addresses, tenants) = (Limiter::new(limits.address), Limiter::new(limits.tenant));
        Self(Arc::new(Inner { proxies, addresses, tenants }))
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.proxies.iter().any(|proxies| proxies.contains(&address))
    }

    /// The client: the peer, or, behind trusted proxies, the last address in `X-Forwarded-For` that is not one of them. Each
    /// proxy adds to that header what it sees, as one more line or behind a comma.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.is_proxy(peer) {
            return peer;
        }
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
        let addresses = lines.iter().flat_map(|line| line.split(','));
        let addresses: Vec<&str> = addresses.map(str::trim).collect();
        let nearest_first = addresses.into_iter().rev().map_while(|address| address.parse::<IpAddr>().ok());
        nearest_first.into_iter().find(|address| !self.is_proxy(*address)).unwrap_or(peer)
    }
}

/// Tells from where a request comes, for limits only: nothing of it is written but, at a staff sign-in, its digest.
pub(crate) async fn network(State(callers): State<Callers>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let prefix = peer.map(|peer| prefix(callers.client(peer, request.headers()))).unwrap_or_default();
    request.extensions_mut().insert(Network(prefix));
    next.run(request).await
}

/// Refuses whoever asks too often: first by where they are, so that one place alone uses up no town's share.
pub(crate) async fn limit(
    State(callers): State<Callers>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let tenant = parameters.iter().flatten().find(|(name, _)| *name == "tenant").map(|(_, tenant)| tenant);
    let network = request.extensions().get::<Network>();
    let admitted = network.is_none_or(|Network(prefix)| callers.0.addresses.admits(prefix))
        && tenant.is_none_or(|tenant| callers.0.tenants.admits(tenant));
    if admitted {
        return next.run(request).await;
    }
    metrics::counter!("http_limited_total").increment(1);
    if wants_html(request.headers()) {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, RETRY_SECONDS)]).into_response()
    } else {
        refused(&ProtocolError::too_many_requests())
    }
}

/// One address of IPv4, 64 bits of IPv6: what one subscriber has.
fn prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Closes what comes when so many connections are open: each takes a descriptor and a buffer.
#[derive(Clone)]
pub(crate) struct Doorkeeper {
    pub(crate) handle: Handle<SocketAddr>,
    pub(crate) most: usize,
}

impl<I, S> Accept<I, S> for Doorkeeper {
    type Stream = I;
    type Service = S;
    type Future = Ready<io::Result<(I, S)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let full = self.handle.connection_count() > self.most;
        ready(if full { Err(io::ErrorKind::ConnectionRefused.into()) } else { Ok((stream, service)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_speaks_for_others() {
        let proxies = ["10.0.0.1/32", "10.0.3.0/24"].map(|network| network.parse().unwrap());
        let callers = Callers::new(proxies.to_vec(), Limits::STANDARD);
        let client = |peer: &str, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            callers.client(peer.parse().unwrap(), &headers).to_string()
        };
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["192.0.2.7, 198.51.100.1, 10.0.3.2"]), "198.51.100.1");
        assert_eq!(client("10.0.3.9", &["192.0.2.7", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["198.51.100.1, nonsense"]), "10.0.0.1");
    }

    #[test]
    fn a_subscriber_is_a_prefix() {
        assert_eq!(prefix("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
        assert_eq!(prefix("2001:db8:1:2:3::4".parse().unwrap()), "2001:db8:1:2::/64");
    }
}
