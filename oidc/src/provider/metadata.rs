//! The discovery document (OpenID Connect Discovery section 3, RFC 8414 section 2): exactly what works, nothing more. The
//! lists are made from the types that do the work, so that a document cannot promise what no code understands.

use domain::assurance::Assurance;
use domain::locale::Locale;
use serde::Serialize;

use super::authorize::Prompt;
use super::claims_request::{Claim, Scope};
use crate::jose::Algorithm;

/// Claims of every ID token, beside those that a request asks for.
const ID_TOKEN_CLAIMS: [&str; 10] = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash"];

/// The absolute URLs of a provider, all under its issuer's host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoints {
    /// `/authorize`
    #[serde(rename = "authorization_endpoint")]
    pub authorization: String,
    /// `/token`
    #[serde(rename = "token_endpoint")]
    pub token: String,
    /// `/userinfo`
    #[serde(rename = "userinfo_endpoint")]
    pub userinfo: String,
    /// The key set.
    #[serde(rename = "jwks_uri")]
    pub jwks: String,
    /// Where clients speak without a browser; they authenticate there as at the token endpoint.
    #[serde(flatten)]
    pub direct: Option<Direct>,
}

/// The endpoints to which clients speak themselves, beside the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Direct {
    /// `/par` (RFC 9126)
    #[serde(rename = "pushed_authorization_request_endpoint")]
    pub pushed_request: String,
    /// `/introspect` (RFC 7662)
    #[serde(rename = "introspection_endpoint")]
    pub introspection: String,
    /// `/revoke` (RFC 7009)
    #[serde(rename = "revocation_endpoint")]
    pub revocation: String,
}

/// How clients prove who they are, wherever they have to.
const CLIENT_AUTHENTICATION: [&str; 2] = ["client_secret_basic", "client_secret_post"];

/// A discovery document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderMetadata {
    issuer: String,
    #[serde(flatten)]
    endpoints: Endpoints,
    scopes_supported: Vec<&'static str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 1],
    subject_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: [Algorithm; 1],
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    // Both have a default of their own, `client_secret_basic` alone (RFC 8414 section 2), so all is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    introspection_endpoint_auth_methods_supported: Option<[&'static str; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_endpoint_auth_methods_supported: Option<[&'static str; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_signing_alg_values_supported: Option<[Algorithm; 1]>,
    code_challenge_methods_supported: [&'static str; 1],
    acr_values_supported: Vec<String>,
    claim_types_supported: [&'static str; 1],
    claims_supported: Vec<&'static str>,
    prompt_values_supported: Vec<&'static str>,
    ui_locales_supported: Vec<&'static str>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    authorization_response_iss_parameter_supported: bool,
}

impl ProviderMetadata {
    /// A town's gateway. `levels` are those that its sign-ins can reach.
    pub fn of_gateway(issuer: String, endpoints: Endpoints, levels: &[Assurance]) -> Self {
        let mut metadata = Self {
            // A town-wide ID is the `public` type, the ordinary pseudonym the `pairwise` one; each client has one of them.
            subject_types_supported: vec!["pairwise", "public"],
            token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION.to_vec(),
            introspection_endpoint_auth_methods_supported: Some(CLIENT_AUTHENTICATION),
            revocation_endpoint_auth_methods_supported: Some(CLIENT_AUTHENTICATION),
            acr_values_supported: levels.iter().map(|level| level.acr()).collect(),
            prompt_values_supported: Prompt::ALL.iter().map(|prompt| prompt.as_str()).collect(),
            claims_parameter_supported: true,
            ..Self::common(issuer, endpoints, |_| true)
        };
        metadata.claims_supported.push("sid");
        metadata
    }

    /// The sandbox card reader, in the profile of the Digital Agency's provider: attributes, keys instead of secrets.
    pub fn of_card(issuer: String, endpoints: Endpoints, acr: &str) -> Self {
        Self {
            subject_types_supported: vec!["pairwise"],
            token_endpoint_auth_methods_supported: vec!["private_key_jwt"],
            token_endpoint_auth_signing_alg_values_supported: Some([Algorithm::ES256]),
            acr_values_supported: vec![acr.to_owned()],
            prompt_values_supported: vec![Prompt::Login.as_str()],
            ..Self::common(issuer, endpoints, |claim| claim != Claim::Residency)
        }
    }

    fn common(issuer: String, endpoints: Endpoints, knows: fn(Claim) -> bool) -> Self {
        let scope = |scope: &Scope| scope.claim().is_none_or(knows).then_some(scope.as_str());
        let claims = Claim::ALL.iter().filter(|claim| knows(**claim)).map(|claim| claim.as_str());
        Self {
            issuer,
            endpoints,
            scopes_supported: Scope::ALL.iter().filter_map(scope).collect(),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code"],
            subject_types_supported: Vec::new(),
            id_token_signing_alg_values_supported: [Algorithm::ES256],
            token_endpoint_auth_methods_supported: Vec::new(),
            introspection_endpoint_auth_methods_supported: None,
            revocation_endpoint_auth_methods_supported: None,
            token_endpoint_auth_signing_alg_values_supported: None,
            code_challenge_methods_supported: ["S256"],
            acr_values_supported: Vec::new(),
            claim_types_supported: ["normal"],
            claims_supported: ID_TOKEN_CLAIMS.into_iter().chain(claims).collect(),
            prompt_values_supported: Vec::new(),
            ui_locales_supported: Locale::ALL.iter().map(|locale| locale.as_str()).collect(),
            claims_parameter_supported: false,
            request_parameter_supported: false,
            // Its default is true (Discovery section 3), so the `false` must be said.
            request_uri_parameter_supported: false,
            authorization_response_iss_parameter_supported: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::assurance::{Aal, Ial};

    use super::*;

    fn endpoints(issuer: &str) -> Endpoints {
        Endpoints {
            authorization: format!("{issuer}/authorize"),
            token: format!("{issuer}/token"),
            userinfo: format!("{issuer}/userinfo"),
            jwks: format!("{issuer}/jwks"),
            direct: None,
        }
    }

    #[test]
    fn discovery_of_a_town() {
        let issuer = "https://id.example/t/showa";
        let levels = [Assurance::CARD, Assurance { ial: Ial::THREE, aal: Aal::TWO }];
        let direct = Direct {
            pushed_request: format!("{issuer}/par"),
            introspection: format!("{issuer}/introspect"),
            revocation: format!("{issuer}/revoke"),
        };
        let endpoints = Endpoints { direct: Some(direct), ..endpoints(issuer) };
        let metadata = ProviderMetadata::of_gateway(issuer.to_owned(), endpoints, &levels);
        insta::assert_snapshot!(serde_json::to_string_pretty(&metadata).unwrap());
    }

    #[test]
    fn discovery_of_the_sandbox_card() {
        let issuer = "https://id.example/sandbox-card";
        let metadata = ProviderMetadata::of_card(issuer.to_owned(), endpoints(issuer), "aal3");
        insta::assert_snapshot!(serde_json::to_string_pretty(&metadata).unwrap());
    }
}
