//! Pushed authorization requests (RFC 9126): a client sends its request from server to server, and the browser carries only a
//! reference. The reference is the request itself, sealed, so that nothing is kept of requests that nobody follows.

use domain::names::ClientId;
use serde::Serialize;

use crate::parameters::Parameters;

/// The beginning of every reference (RFC 9126 section 2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// How long a reference may wait for the browser, in seconds; afterwards it lives as long as the sign-in that began with it.
pub const REFERENCE_SECONDS: u16 = 90;

/// The answer to a pushed request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushedResponse {
    /// The reference.
    pub request_uri: String,
    /// How long it may wait.
    #[serde(rename = "expires_in")]
    pub expires_in_seconds: u16,
}

impl PushedResponse {
    /// The answer for a sealed request.
    pub fn of(sealed: &str) -> Self {
        Self { request_uri: format!("{PREFIX}{sealed}"), expires_in_seconds: REFERENCE_SECONDS }
    }
}

/// The sealed request that an authorization request refers to, with the client whose it must be. `None` where it refers to
/// none of ours: a `request_uri` of anybody else's is not supported, nor is one beside a `request`. Parameters beside the two are passed over, as RFC 9126
/// section 4 asks (by RFC 9101 section 5).
pub fn referred_to(parameters: &Parameters) -> Option<(ClientId, &str)> {
    let one = |name| parameters.get(name).ok().flatten();
    if one("request").is_some() {
        return None;
    }
    let sealed = one("request_uri")?.strip_prefix(PREFIX)?;
    Some((ClientId::parse(one("client_id")?).ok()?, sealed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_comes_back_with_its_client() {
        let answer = PushedResponse::of("sealed");
        insta::assert_snapshot!(
            serde_json::to_string(&answer).unwrap(),
            @r#"{"request_uri":"urn:ietf:params:oauth:request_uri:sealed","expires_in":90}"#
        );
        let query = format!("client_id=library&request_uri={}&scope=ignored", answer.request_uri);
        let parameters = Parameters::parse(&query);
        let (client, sealed) = referred_to(&parameters).unwrap();
        assert_eq!((client.as_str(), sealed), ("library", "sealed"));
    }

    #[test]
    fn nothing_else_is_a_reference() {
        let ours = "request_uri=urn:ietf:params:oauth:request_uri:sealed";
        for query in [
            String::new(),
            ours.to_owned(),
            "client_id=library".to_owned(),
            "client_id=library&request_uri=https%3A%2F%2Fl.example%2Frequest".to_owned(),
            format!("client_id=library&{ours}&{ours}"),
            format!("client_id=&{ours}"),
            format!("client_id=library&{ours}&request=a.b.c"),
        ] {
            assert!(referred_to(&Parameters::parse(&query)).is_none(), "{query}");
        }
    }
}
