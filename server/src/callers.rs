//! Who calls: from which network, through which proxy, how often, and how slowly.

use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use app::request::Network;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{ConnectInfo, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_server::Handle;
use axum_server::accept::Accept;
use domain::paths::Route;
use http::{HeaderMap, StatusCode, header};
use ipnet::IpNet;
use oidc::ProtocolError;
use service::{Limiter, Limits};

use crate::layers::wants_html;
use crate::oidc::{Tried, refused};

/// How long somebody who asks too often is told to wait, in seconds: by then a good part of their share is back.
pub(crate) const RETRY_SECONDS: &str = "2";

/// Documents that may be kept, the same for everybody.
const CACHED: [Route; 4] =
    [Route::OpenidConfiguration, Route::OpenidConfigurationAtRoot, Route::OauthAuthorizationServer, Route::Jwks];

/// What is known and kept of those who call.
#[derive(Clone)]
pub(crate) struct Callers(Arc<Inner>);

struct Inner {
    /// Reverse proxies whose word about the client is taken.
    proxies: Vec<IpNet>,
    addresses: Limiter,
    ranges: Limiter,
    tenants: Limiter,
}

/// Where a request comes from, wider: what one provider of networks hands out to many, or one customer of it has many of.
#[derive(Clone)]
struct Range(String);

/// So many times what one address may is what its range may.
const ADDRESSES_OF_A_RANGE: NonZeroU32 = NonZeroU32::new(4).unwrap();

impl Callers {
    pub(crate) fn new(proxies: Vec<IpNet>, limits: Limits) -> Self {
        let ranges = Limiter::new(limits.address.saturating_mul(ADDRESSES_OF_A_RANGE));
        let (addresses, tenants) = (Limiter::new(limits.address), Limiter::new(limits.tenant));
        Self(Arc::new(Inner { proxies, addresses, ranges, tenants }))
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
        let lines = headers.get_all("x-forwarded-for").iter();
        // Whatever a client wrote to the left, what the proxy added is read.
        let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        let addresses: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
        let nearest_first = addresses.into_iter().rev().map_while(|address| address.parse::<IpAddr>().ok());
        nearest_first.into_iter().find(|address| !self.is_proxy(*address)).unwrap_or(peer)
    }
}

/// Tells from where a request comes, for limits only: nothing of it is written but, at a staff sign-in, its digest.
pub(crate) async fn network(State(callers): State<Callers>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let client = peer.map(|peer| callers.client(peer, request.headers()));
    request.extensions_mut().insert(Network(client.map(|client| prefix(client, 32, 64)).unwrap_or_default()));
    request.extensions_mut().insert(Range(client.map(|client| prefix(client, 24, 48)).unwrap_or_default()));
    next.run(request).await
}

/// Refuses whoever asks too often: first by where they are, so that one place alone uses up no town's share.
pub(crate) async fn limit(
    State(callers): State<Callers>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    // What anybody may keep for minutes is cheap; without the console nobody could stop what floods a town.
    let counts = path.starts_with("/t/{tenant}") && !CACHED.iter().any(|route| route.template() == path);
    let tenant = parameters.iter().flatten().find(|(name, _)| *name == "tenant").map(|(_, tenant)| tenant);
    let extensions = request.extensions();
    let admitted = extensions.get::<Network>().is_none_or(|Network(prefix)| callers.0.addresses.admits(prefix))
        && extensions.get::<Range>().is_none_or(|Range(range)| callers.0.ranges.admits(range))
        && tenant.filter(|_| counts).is_none_or(|tenant| callers.0.tenants.admits(tenant));
    if admitted {
        return next.run(request).await;
    }
    metrics::counter!("http_limited_total").increment(1);
    if wants_html(request.headers()) {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, RETRY_SECONDS)]).into_response()
    } else {
        refused(&ProtocolError::too_many_requests(), Tried::Otherwise)
    }
}

/// The network of an address, by so many bits of IPv4 and of IPv6: 32 and 64 are what one subscriber has.
fn prefix(address: IpAddr, v4: u8, v6: u8) -> String {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { v4 } else { v6 };
    IpNet::new(address, bits).map_or_else(|_| address.to_string(), |network| network.trunc().to_string())
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
    use http::HeaderValue;

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
        let odd = HeaderValue::from_bytes(b"\xff, 198.51.100.1").unwrap();
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-forwarded-for"), odd)]);
        assert_eq!(callers.client("10.0.0.1".parse().unwrap(), &headers).to_string(), "198.51.100.1");
    }

    #[test]
    fn a_subscriber_is_a_prefix() {
        let of = |address: &str, v4, v6| prefix(address.parse().unwrap(), v4, v6);
        assert_eq!(of("::ffff:192.0.2.1", 32, 64), "192.0.2.1/32");
        assert_eq!(of("2001:db8:1:2:3::4", 32, 64), "2001:db8:1:2::/64");
        assert_eq!(
            (of("192.0.2.1", 24, 48), of("2001:db8:1:2:3::4", 24, 48)),
            ("192.0.2.0/24".into(), "2001:db8:1::/48".into())
        );
    }
}
