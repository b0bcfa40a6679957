//! A provider's discovery document (OpenID Connect Discovery section 4).

use serde::Deserialize;
use url::{Host, Url};

use crate::encoding::from_json_object;
use crate::jose::Algorithm;

/// Where an issuer's document is: its URL with `/.well-known/openid-configuration` appended (Discovery section 4).
pub fn discovery_url(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer))
}

/// Which addresses a provider may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointPolicy {
    /// https only.
    Https,
    /// http on a loopback address as well: for the sandbox card of a development machine.
    HttpsOrLoopback,
}

/// Why a document is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryRefused {
    /// Not JSON, or a needed member is missing.
    #[error("the discovery document is malformed")]
    Malformed,
    /// The document is another issuer's: whoever answers for it could take over sign-ins (Discovery section 4.3).
    #[error("the discovery document names another issuer")]
    OtherIssuer,
    /// An endpoint is not https.
    #[error("an endpoint is not https")]
    Insecure,
    /// No code flow, no PKCE with S256 where challenges are named, or no algorithm that we verify.
    #[error("the provider lacks what is needed")]
    Unsuitable,
}

/// What we need to know of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamMetadata {
    /// The issuer, exactly as configured.
    pub issuer: String,
    /// Where the browser is sent.
    pub authorization_endpoint: Url,
    /// Where codes are redeemed.
    pub token_endpoint: Url,
    /// Where attributes are asked for.
    pub userinfo_endpoint: Option<Url>,
    /// Where the keys are.
    pub jwks_uri: Url,
    /// Algorithms of ID tokens that the provider names and we verify. A configuration may allow fewer, never more.
    pub id_token_algorithms: Vec<Algorithm>,
    /// Whether every response carries `iss` (RFC 9207): then one without it is refused.
    pub sends_iss: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    response_types_supported: Vec<String>,
    id_token_signing_alg_values_supported: Vec<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl UpstreamMetadata {
    /// Reads a document that was fetched for `issuer`.
    ///
    /// # Errors
    /// See [`DiscoveryRefused`].
    pub fn parse(json: &[u8], issuer: &str, policy: EndpointPolicy) -> Result<Self, DiscoveryRefused> {
        let document: Document = from_json_object(json).ok_or(DiscoveryRefused::Malformed)?;
        if document.issuer != issuer {
            return Err(DiscoveryRefused::OtherIssuer);
        }
        let has = |list: &[String], word: &str| list.iter().any(|given| given == word);
        let algorithms = document.id_token_signing_alg_values_supported.iter();
        let id_token_algorithms: Vec<_> = algorithms.filter_map(|name| Algorithm::from_name(name)).collect();
        let suitable = has(&document.response_types_supported, "code")
            && document.code_challenge_methods_supported.is_none_or(|methods| has(&methods, "S256"))
            && !id_token_algorithms.is_empty();
        if !suitable {
            return Err(DiscoveryRefused::Unsuitable);
        }
        Ok(Self {
            issuer: document.issuer,
            authorization_endpoint: endpoint(&document.authorization_endpoint, policy)?,
            token_endpoint: endpoint(&document.token_endpoint, policy)?,
            userinfo_endpoint: document.userinfo_endpoint.map(|url| endpoint(&url, policy)).transpose()?,
            jwks_uri: endpoint(&document.jwks_uri, policy)?,
            id_token_algorithms,
            sends_iss: document.authorization_response_iss_parameter_supported,
        })
    }
}

fn endpoint(text: &str, policy: EndpointPolicy) -> Result<Url, DiscoveryRefused> {
    let url = Url::parse(text).map_err(|_| DiscoveryRefused::Malformed)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let secure =
        url.scheme() == "https" || (policy == EndpointPolicy::HttpsOrLoopback && url.scheme() == "http" && loopback);
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if secure && plain { Ok(url) } else { Err(DiscoveryRefused::Insecure) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://card.example/api/realms/main";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://card.example/authorize",
            "token_endpoint": "https://card.example/token",
            "userinfo_endpoint": "https://card.example/userinfo",
            "jwks_uri": "https://card.example/jwks",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["none", "HS256", "ES256", "ES512"],
            "code_challenge_methods_supported": ["S256"],
            "unheard_of": {"x": 1},
        })
    }

    fn parse(document: &Value, policy: EndpointPolicy) -> Result<UpstreamMetadata, DiscoveryRefused> {
        UpstreamMetadata::parse(document.to_string().as_bytes(), ISSUER, policy)
    }

    fn with(name: &str, value: Value) -> Result<UpstreamMetadata, DiscoveryRefused> {
        let mut document = document();
        document[name] = value;
        parse(&document, EndpointPolicy::Https)
    }

    #[test]
    fn a_document_is_read() {
        let metadata = parse(&document(), EndpointPolicy::Https).unwrap();
        assert_eq!(metadata.token_endpoint.as_str(), "https://card.example/token");
        assert_eq!(metadata.id_token_algorithms, [Algorithm::ES256]);
        assert!(!metadata.sends_iss);
    }

    #[test]
    fn a_discovery_document_with_another_issuer() {
        for issuer in
            ["https://evil.example", "https://card.example/api/realms/main/", "HTTPS://card.example/api/realms/main"]
        {
            assert_eq!(with("issuer", json!(issuer)), Err(DiscoveryRefused::OtherIssuer), "{issuer}");
        }
    }

    #[test]
    fn endpoints_must_be_https() {
        for url in
            ["http://card.example/token", "http://127.0.0.1/token", "ftp://card.example/", "https://u:p@card.example/"]
        {
            assert_eq!(with("token_endpoint", json!(url)), Err(DiscoveryRefused::Insecure), "{url}");
        }
        for (url, good) in [
            ("http://127.0.0.1:3000/token", true),
            ("http://localhost:3000/token", true),
            ("http://[::1]:3000/token", true),
            ("http://card.example/token", false),
            ("http://localhost.evil.example/token", false),
        ] {
            let mut document = document();
            document["token_endpoint"] = json!(url);
            assert_eq!(parse(&document, EndpointPolicy::HttpsOrLoopback).is_ok(), good, "{url}");
        }
    }

    #[test]
    fn a_provider_must_have_what_we_need() {
        assert_eq!(with("response_types_supported", json!(["id_token"])), Err(DiscoveryRefused::Unsuitable));
        assert_eq!(with("code_challenge_methods_supported", json!(["plain"])), Err(DiscoveryRefused::Unsuitable));
        let weak = json!(["none", "HS256"]);
        assert_eq!(with("id_token_signing_alg_values_supported", weak), Err(DiscoveryRefused::Unsuitable));
        assert_eq!(with("jwks_uri", Value::Null), Err(DiscoveryRefused::Malformed));
    }

    #[test]
    fn where_the_document_is() {
        assert_eq!(discovery_url("https://a.example/t/x"), "https://a.example/t/x/.well-known/openid-configuration");
        assert_eq!(discovery_url("https://a.example/"), "https://a.example/.well-known/openid-configuration");
    }

    proptest::proptest! {
        #[test]
        fn foreign_documents_never_panic(text in ".*") {
            let _ = UpstreamMetadata::parse(text.as_bytes(), ISSUER, EndpointPolicy::Https);
        }
    }
}
