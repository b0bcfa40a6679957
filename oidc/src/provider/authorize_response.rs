//! The authorization response: the way back to the client, by query, always with `iss` (RFC 9207).

use std::borrow::Cow;

use url::form_urlencoded::Serializer;

use crate::error::ProtocolError;

/// Where a response goes. Make it only from a redirect URI that was found among the client's own.
#[derive(Debug, Clone)]
pub struct AuthorizationResponse<'a> {
    /// The registered redirect URI, without a fragment; its own query stays as it is.
    pub redirect_uri: Cow<'a, str>,
    /// The issuer that was asked.
    pub issuer: &'a str,
    /// The request's `state`, if it had one.
    pub state: Option<&'a str>,
}

impl AuthorizationResponse<'_> {
    /// The URL that hands over a code.
    pub fn success(&self, code: &str) -> String {
        self.with(&[("code", code)])
    }

    /// The URL that hands over a refusal.
    pub fn error(&self, error: &ProtocolError) -> String {
        self.with(&[("error", error.code.as_str()), ("error_description", error.description)])
    }

    fn with(&self, outcome: &[(&str, &str)]) -> String {
        let state = self.state.map(|state| ("state", state));
        with_parameters(&self.redirect_uri, outcome.iter().copied().chain(state).chain([("iss", self.issuer)]))
    }
}

/// A registered address with parameters behind its own query. Its text is not parsed and written anew: the client gets back
/// exactly what it registered.
pub fn with_parameters<'v>(registered: &str, parameters: impl IntoIterator<Item = (&'v str, &'v str)>) -> String {
    let mut url = registered.to_owned();
    match url.split_once('?') {
        None => url.push('?'),
        Some((_, query)) if query.is_empty() || query.ends_with('&') => {}
        Some(_) => url.push('&'),
    }
    let start = url.len();
    Serializer::for_suffix(url, start).extend_pairs(parameters).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    const ISSUER: &str = "https://id.example/t/showa";

    fn to<'a>(redirect_uri: &'a str, state: Option<&'a str>) -> AuthorizationResponse<'a> {
        AuthorizationResponse { redirect_uri: redirect_uri.into(), issuer: ISSUER, state }
    }

    #[test]
    fn a_code_travels_with_state_and_issuer() {
        assert_eq!(
            to("https://library.example/cb", Some("a&b=c d")).success("xyz"),
            "https://library.example/cb?code=xyz&state=a%26b%3Dc+d&iss=https%3A%2F%2Fid.example%2Ft%2Fshowa"
        );
    }

    #[test]
    fn the_query_of_the_redirect_uri_stays() {
        let url = to("https://library.example/cb?from=%e7%94%ba", None).success("x");
        assert!(url.starts_with("https://library.example/cb?from=%e7%94%ba&code=x&iss="), "{url}");
        assert!(to("https://library.example/cb?", None).success("x").contains("/cb?code=x&"));
        assert!(to("jp.example.app:/cb", None).success("x").starts_with("jp.example.app:/cb?code=x&"));
    }

    #[test]
    fn an_error_carries_the_issuer_too() {
        let error = ProtocolError::new(ErrorCode::LoginRequired, "nobody is signed in");
        assert_eq!(
            to("https://library.example/cb", Some("s")).error(&error),
            "https://library.example/cb?error=login_required&error_description=nobody+is+signed+in&state=s\
             &iss=https%3A%2F%2Fid.example%2Ft%2Fshowa"
        );
    }
}
