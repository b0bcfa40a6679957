//! The authorization request that we send a browser away with.

use url::Url;

use crate::pkce::CodeChallenge;

/// A request to a provider. `state`, `nonce` and the challenge are always there; what protects them is the flow's cookie.
#[derive(Debug, Clone, Copy)]
pub struct UpstreamRequest<'a> {
    /// Our client id at the provider.
    pub client_id: &'a str,
    /// Our callback.
    pub redirect_uri: &'a str,
    /// Scopes, with a space between two; `openid` among them.
    pub scope: &'a str,
    /// Names the flow.
    pub state: &'a str,
    /// To be found again in the ID token.
    pub nonce: &'a str,
    /// The challenge of the verifier that the flow keeps.
    pub code_challenge: CodeChallenge,
    /// Whether the person must prove to be there anew: `prompt=login`.
    pub fresh: bool,
    /// Levels in the provider's words, with a space between two; empty for none.
    pub acr_values: &'a str,
    /// The greatest age of an authentication, in seconds.
    pub max_age_seconds: Option<u32>,
    /// The language of the page that the person came from.
    pub ui_locales: Option<&'a str>,
}

impl UpstreamRequest<'_> {
    /// The URL at the provider's authorization endpoint, whose own query stays.
    pub fn url(&self, authorization_endpoint: &Url) -> Url {
        let mut url = authorization_endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("scope", self.scope)
            .append_pair("state", self.state)
            .append_pair("nonce", self.nonce)
            .append_pair("code_challenge", &self.code_challenge.to_text())
            .append_pair("code_challenge_method", "S256");
        if self.fresh {
            query.append_pair("prompt", "login");
        }
        if !self.acr_values.is_empty() {
            query.append_pair("acr_values", self.acr_values);
        }
        if let Some(seconds) = self.max_age_seconds {
            query.append_pair("max_age", &seconds.to_string());
        }
        if let Some(locales) = self.ui_locales {
            query.append_pair("ui_locales", locales);
        }
        drop(query);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkce::CodeVerifier;

    #[test]
    fn the_request_of_a_card_sign_in() {
        let request = UpstreamRequest {
            client_id: "showa",
            redirect_uri: "https://id.example/t/showa/callback",
            scope: "openid name address",
            state: "s",
            nonce: "n",
            code_challenge: CodeVerifier::from_random(&[7; 32]).challenge(),
            fresh: true,
            acr_values: "aal3 crl",
            max_age_seconds: Some(0),
            ui_locales: Some("ja"),
        };
        let url = request.url(&Url::parse("https://card.example/authorize?realm=main").unwrap());
        insta::assert_snapshot!(url.as_str().replace('&', "\n&"));
        let bare = UpstreamRequest { fresh: false, acr_values: "", max_age_seconds: None, ui_locales: None, ..request };
        let url = bare.url(&Url::parse("https://card.example/authorize").unwrap());
        assert!(url.as_str().ends_with("&code_challenge_method=S256"));
    }
}
