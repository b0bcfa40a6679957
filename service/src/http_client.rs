//! The one way out: every request that we make to somebody else's server goes through here.
//!
//! Addresses come from configuration and from discovery documents, so they are filtered: nothing private, loopback or
//! link-local is reached unless the operator named its network, or allowed loopback for development. Redirects are not
//! followed, answers have a size and a time, and errors hold nothing of what the other side said.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use oidc::provider::security_event::MEDIA_TYPE;
use reqwest::Certificate;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::error::Error;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a whole exchange may take: a person waits for it.
const TOTAL: Duration = Duration::from_secs(8);
/// The largest answer that is read. A key set or a person's attributes are a hundredth of it.
const MAX_BYTES: usize = 256 * 1024;

/// Why there is no answer. Says nothing that the other side said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not https, or leads where nobody outside should be able to point us.
    #[error("the address is not allowed")]
    Address,
    /// Nobody is there: no address of that name, no connection, no certificate that is believed.
    #[error("no connection")]
    Unconnected,
    /// Nobody answered in time, or the connection broke.
    #[error("no answer")]
    Unreachable,
    /// An answer with a status that is neither success nor, where that is awaited, a refusal.
    #[error("the answer has status {0}")]
    Status(u16),
    /// The answer is too large.
    #[error("the answer is too large")]
    TooLarge,
}

/// What an operator's network needs beside the public internet.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    authorities: Vec<Certificate>,
    /// The same as they are written down.
    certificates: Arc<[CertificateDer<'static>]>,
    provider_networks: Arc<[IpNet]>,
    service_networks: Arc<[IpNet]>,
}

/// Whose server is asked: a network that is opened for one is not for the other. Addresses of services are whatever a vendor, or
/// who registers at a sandbox, writes into a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// An identity provider.
    Provider,
    /// A service.
    Service,
}

impl Outgoing {
    /// Certificate authorities (PEM, one or more certificates) that are believed beside the machine's own, if there are any,
    /// and networks in which providers, or services, are reached although they are not public.
    ///
    /// # Errors
    /// [`Error::Internal`] if the text holds no certificate, or one that is none.
    pub fn new(authorities: Option<&[u8]>, providers: Vec<IpNet>, services: Vec<IpNet>) -> Result<Self, Error> {
        let unfit = || Error::internal("a certificate authority");
        let (mut read, mut certificates) = (Vec::new(), Vec::new());
        if let Some(pem) = authorities {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|_| unfit())?;
                // The client itself would say so at its first request.
                rustls::RootCertStore::empty().add(certificate.clone()).map_err(|_| unfit())?;
                read.push(Certificate::from_der(&certificate).map_err(|_| unfit())?);
                certificates.push(certificate);
            }
            if read.is_empty() {
                return Err(unfit());
            }
        }
        Ok(Self {
            authorities: read,
            certificates: certificates.into(),
            provider_networks: providers.into(),
            service_networks: services.into(),
        })
    }

    /// The certificate authorities of the operator's own.
    pub(crate) fn authorities(&self) -> &[CertificateDer<'static>] {
        &self.certificates
    }
}

/// Which addresses are knocked at.
#[derive(Debug, Clone)]
struct Reach {
    allow_loopback: bool,
    networks: Arc<[IpNet]>,
}

impl Reach {
    fn includes(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || (self.allow_loopback && address.is_loopback())
            || self.networks.iter().any(|network| network.contains(&address))
    }
}

/// What somebody says to whom a security event token was pushed.
#[derive(Debug)]
pub enum Pushed {
    /// It was taken.
    Taken,
    /// It was not, and the body says why (RFC 8935, section 2.4).
    Refused(Zeroizing<Vec<u8>>),
}

/// The client.
#[derive(Debug, Clone)]
pub struct HttpClient {
    #[expect(clippy::disallowed_types, reason = "the one place that owns a client")]
    client: reqwest::Client,
    reach: Reach,
}

impl HttpClient {
    /// Prepares the client; connects to nobody.
    ///
    /// # Errors
    /// [`Error::Internal`] if TLS cannot be set up.
    pub fn new(whom: Whom, allow_loopback: bool, outgoing: &Outgoing) -> Result<Self, Error> {
        let authorities = outgoing.authorities.clone();
        let networks = match whom {
            Whom::Provider => Arc::clone(&outgoing.provider_networks),
            Whom::Service => Arc::clone(&outgoing.service_networks),
        };
        let reach = Reach { allow_loopback, networks };
        // The first caller installs the process's provider; it is the same one everywhere.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let builder = || {
            #[expect(clippy::disallowed_types, reason = "the one place that owns a client")]
            reqwest::Client::builder()
                .connect_timeout(CONNECT)
                .timeout(TOTAL)
                .redirect(reqwest::redirect::Policy::none())
                // A proxy would resolve names itself, behind the address filter.
                .no_proxy()
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent("machikagi")
                .dns_resolver(Arc::new(FilteringResolver(reach.clone())))
        };
        // A machine without any certificate authority can still serve; its https requests then fail one by one.
        let client = builder().tls_certs_merge(authorities.clone()).build();
        let client = client.or_else(|_| builder().tls_certs_only(authorities).build());
        Ok(Self { client: client.map_err(|_| Error::internal("the HTTP client"))?, reach })
    }

    /// Fetches a public document.
    ///
    /// # Errors
    /// See [`FetchError`]; any status but 200 is one.
    pub async fn get(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        self.check(url)?;
        let request = self.client.get(url.clone()).header(ACCEPT, "application/json");
        let (status, body) = exchange(request).await?;
        if status == 200 { Ok(body.to_vec()) } else { Err(FetchError::Status(status)) }
    }

    /// Fetches what belongs to an access token: JSON, or what else is asked for.
    ///
    /// # Errors
    /// See [`FetchError`]; any status but 200 is one.
    pub async fn get_with_token(
        &self,
        url: &Url,
        token: &SecretString,
        media_type: Option<&str>,
    ) -> Result<Zeroizing<Vec<u8>>, FetchError> {
        self.check(url)?;
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
        let accepted = media_type.unwrap_or("application/json");
        let request = self.client.get(url.clone()).header(ACCEPT, accepted).header(AUTHORIZATION, bearer.as_str());
        let (status, body) = exchange(request).await?;
        if status == 200 { Ok(body) } else { Err(FetchError::Status(status)) }
    }

    /// Posts a form to a token endpoint, with the client's authentication in the header where it stands there. A refusal of the
    /// protocol (400, 401) is an answer like any other: its body says which.
    ///
    /// # Errors
    /// See [`FetchError`]; any status but 200, 400 and 401 is one.
    pub async fn redeem(
        &self,
        url: &Url,
        authorization: Option<&str>,
        form: &str,
    ) -> Result<Zeroizing<Vec<u8>>, FetchError> {
        let request = self.form(url, form)?;
        let request = match authorization {
            Some(header) => request.header(AUTHORIZATION, header),
            None => request,
        };
        match exchange(request).await? {
            (200 | 400 | 401, body) => Ok(body),
            (status, _) => Err(FetchError::Status(status)),
        }
    }

    /// Posts a form to somebody who is told something. That it was taken, and that it never will be, is an answer (OpenID Connect
    /// Back-Channel Logout, section 2.8).
    ///
    /// # Errors
    /// See [`FetchError`]; any status but 2xx, 400 and 401 is one.
    pub async fn tell(&self, url: &Url, form: &str) -> Result<(), FetchError> {
        match exchange(self.form(url, form)?).await? {
            (200..=299 | 400 | 401, _) => Ok(()),
            (status, _) => Err(FetchError::Status(status)),
        }
    }

    /// Pushes a security event token (RFC 8935, section 2), with an `Authorization` header where the service wants one (section
    /// 3). Only 202 says that it was taken: a page that answers anything with 200 is none that takes events.
    ///
    /// # Errors
    /// See [`FetchError`]; any status but 202 and 400 is one.
    pub async fn push_event(
        &self,
        url: &Url,
        authorization: Option<&str>,
        token: String,
    ) -> Result<Pushed, FetchError> {
        self.check(url)?;
        let mut request = self.client.post(url.clone()).header(ACCEPT, "application/json");
        if let Some(value) = authorization {
            let mut value = HeaderValue::from_str(value).map_err(|_| FetchError::Address)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        match exchange(request.header(CONTENT_TYPE, MEDIA_TYPE).body(token)).await? {
            (202, _) => Ok(Pushed::Taken),
            (400, body) => Ok(Pushed::Refused(body)),
            (status, _) => Err(FetchError::Status(status)),
        }
    }

    fn form(&self, url: &Url, form: &str) -> Result<reqwest::RequestBuilder, FetchError> {
        self.check(url)?;
        let request = self.client.post(url.clone()).header(ACCEPT, "application/json");
        Ok(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.to_owned()))
    }

    /// The scheme, and the host where it is a literal; names are filtered when they are resolved.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        let (local, reachable) = match url.host() {
            Some(Host::Domain(name)) => (name == "localhost", true),
            Some(Host::Ipv4(address)) => (address.is_loopback(), self.reach.includes(address.into())),
            Some(Host::Ipv6(address)) => (address.is_loopback(), self.reach.includes(address.into())),
            None => (false, false),
        };
        match url.scheme() {
            "https" if reachable => Ok(()),
            "http" if local && self.reach.allow_loopback => Ok(()),
            _ => Err(FetchError::Address),
        }
    }
}

fn unanswered(error: &reqwest::Error) -> FetchError {
    if error.is_connect() { FetchError::Unconnected } else { FetchError::Unreachable }
}

async fn exchange(request: reqwest::RequestBuilder) -> Result<(u16, Zeroizing<Vec<u8>>), FetchError> {
    let mut response = request.send().await.map_err(|error| unanswered(&error))?;
    let status = response.status().as_u16();
    // Room at once where the size is told: growing would leave copies behind that nobody wipes.
    let told = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(8 * 1024);
    let mut body = Zeroizing::new(Vec::with_capacity(told.min(MAX_BYTES)));
    while let Some(chunk) = response.chunk().await.map_err(|_| FetchError::Unreachable)? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, body))
}

/// Resolves names and drops the addresses that must not be reached: whoever can name a host in a discovery document cannot
/// make us knock on the doors of the town's own network.
#[derive(Debug)]
struct FilteringResolver(Reach);

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.filter(|at| reach.includes(at.ip())).collect();
            if addresses.is_empty() {
                return Err(FetchError::Address.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address belongs to the public internet (RFC 6890 and its successors list what does not).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => address.to_ipv4_mapped().map_or_else(|| is_public_v6(address), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b),
        (0 | 10 | 127, _) | (100, 64..=127) | (169, 254) | (172, 16..=31) | (192, 168) | (198, 18..=19)
    ) || matches!((a, b, c), (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113))
        || a >= 224;
    !special
}

/// Global unicast only, without what tunnels or translates into other networks.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = (0x2000..=0x3fff).contains(&first);
    let special = first == 0x2002 || (first == 0x2001 && (second < 0x0200 || second == 0x0db8));
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_not_public() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "64:ff9b::a00:1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2400:cb00::1", "192.0.3.1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn only_https_leaves_the_house() {
        let strict = HttpClient::new(Whom::Service, false, &Outgoing::default()).unwrap();
        let relaxed = HttpClient::new(Whom::Service, true, &Outgoing::default()).unwrap();
        let ask = |client: &HttpClient, url: &str| client.check(&Url::parse(url).unwrap()).is_ok();
        for url in ["https://id.example.jp/x", "https://93.184.216.34/"] {
            assert!(ask(&strict, url), "{url}");
        }
        for url in [
            "http://id.example.jp/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://10.0.0.1/",
            "ftp://id.example.jp/",
            "http://localhost:3000/",
        ] {
            assert!(!ask(&strict, url), "{url}");
        }
        assert!(ask(&relaxed, "http://localhost:3000/x"));
        assert!(ask(&relaxed, "http://127.0.0.1:4000/x"));
        assert!(!ask(&relaxed, "http://10.0.0.1/"));
        assert!(!ask(&relaxed, "https://192.168.1.1/"));
    }

    #[test]
    fn a_network_that_the_operator_names_is_reached() {
        let networks = vec!["10.20.0.0/16".parse().unwrap(), "fd00:1::/32".parse().unwrap()];
        let outgoing = Outgoing::new(None, networks, Vec::new()).unwrap();
        let client = HttpClient::new(Whom::Provider, false, &outgoing).unwrap();
        for (address, reached) in [
            ("10.20.3.4", true),
            ("::ffff:10.20.3.4", true),
            ("fd00:1::9", true),
            ("10.21.0.1", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(client.reach.includes(address.parse().unwrap()), reached, "{address}");
        }
        let services = HttpClient::new(Whom::Service, false, &outgoing).unwrap();
        assert!(!services.reach.includes("10.20.3.4".parse().unwrap()), "opened for providers alone");
        // Still not without TLS.
        assert_eq!(client.check(&Url::parse("http://10.20.3.4/").unwrap()), Err(FetchError::Address));
    }

    #[tokio::test]
    async fn an_authority_that_the_operator_names_is_believed() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let pem = own.cert.pem();
        let believing = HttpClient::new(
            Whom::Provider,
            true,
            &Outgoing::new(Some(pem.as_bytes()), Vec::new(), Vec::new()).unwrap(),
        )
        .unwrap();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let settings = rustls::ServerConfig::builder().with_no_client_auth();
        let settings = settings.with_single_cert(vec![own.cert.der().clone()], key.into()).unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(settings));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = Url::parse(&format!("https://localhost:{}/", listener.local_addr().unwrap().port())).unwrap();
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let _ = stream.read(&mut [0; 1024]).await;
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").await.unwrap();
                let _ = stream.shutdown().await;
            }
        });
        assert_eq!(believing.get(&url).await.as_deref(), Ok(&b"{}"[..]));
        let doubting = HttpClient::new(Whom::Service, true, &Outgoing::default()).unwrap();
        assert_eq!(doubting.get(&url).await, Err(FetchError::Unconnected));
        server.abort();
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(Outgoing::new(Some(pem.as_bytes()), Vec::new(), Vec::new()).is_err(), "{pem}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused() {
        let strict = HttpClient::new(Whom::Service, false, &Outgoing::default()).unwrap();
        let refused = strict.get(&Url::parse("https://localhost:9/").unwrap()).await;
        assert_eq!(refused, Err(FetchError::Unconnected));
    }

    #[tokio::test]
    async fn redirects_and_large_answers_are_refused() {
        use wiremock::matchers::path;
        use wiremock::{Mock, MockServer, ResponseTemplate};
        let server = MockServer::start().await;
        let answer = |at: &'static str, response| Mock::given(path(at)).respond_with(response).mount(&server);
        answer("/large", ResponseTemplate::new(200).set_body_bytes(vec![0; MAX_BYTES + 1])).await;
        answer("/moved", ResponseTemplate::new(302).insert_header("location", "/fine")).await;
        answer("/fine", ResponseTemplate::new(200).set_body_string("{}")).await;
        let client = HttpClient::new(Whom::Service, true, &Outgoing::default()).unwrap();
        let url = |at: &str| Url::parse(&format!("{}{at}", server.uri())).unwrap();
        assert_eq!(client.get(&url("/large")).await, Err(FetchError::TooLarge));
        assert_eq!(client.get(&url("/moved")).await, Err(FetchError::Status(302)));
        assert_eq!(client.get(&url("/fine")).await.as_deref(), Ok(&b"{}"[..]));
    }
}
