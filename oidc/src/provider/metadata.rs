//! The discovery document (OpenID Connect Discovery section 3, RFC 8414 section 2): exactly what works, nothing more. The
//! lists are made from the types that do the work, so that a document cannot promise what no code understands.

use std::borrow::Cow;

use domain::assurance::Assurance;
use domain::attributes::{Item, Items};
use domain::locale::Locale;
use serde::Serialize;

use super::authorize::{Prompt, SELECT_ACCOUNT};
use super::claims_request::{RESIDENCY_CLAIM, Scope};
use super::verified_claims::{CARD, CERTIFICATE_CHECKED, Evidence, TrustFramework, VERIFIED_CLAIMS};
use crate::jose::{Algorithm, CONTENT_ENCRYPTION, KeyManagement};

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
    /// What the gateway has beside these, and the sandbox card reader has not.
    #[serde(flatten)]
    pub direct: Option<Direct>,
}

/// The further endpoints of a gateway. At the first three clients authenticate as at the token endpoint.
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
    /// `/logout` (RP-Initiated Logout, section 2.1), to which browsers are sent.
    #[serde(rename = "end_session_endpoint")]
    pub end_session: String,
    /// `/register` (RFC 7591), at a sandbox.
    #[serde(rename = "registration_endpoint", skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
}

/// How clients prove who they are. `none` is let in where a code or a token is presented.
const CLIENT_AUTHENTICATION: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// What is signed and encrypted for a service that wants it so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct EncryptionMetadata {
    id_token_encryption_alg_values_supported: [KeyManagement; 2],
    id_token_encryption_enc_values_supported: [&'static str; 1],
    userinfo_signing_alg_values_supported: Vec<Algorithm>,
    userinfo_encryption_alg_values_supported: [KeyManagement; 2],
    userinfo_encryption_enc_values_supported: [&'static str; 1],
}

/// How clients prove who they are at the endpoints for which nothing is said by the token endpoint's (RFC 8414 section 2):
/// their default is `client_secret_basic` alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct DirectAuthentication {
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_signing_alg_values_supported: [Algorithm; 3],
    revocation_endpoint_auth_methods_supported: [&'static str; 4],
    revocation_endpoint_auth_signing_alg_values_supported: [Algorithm; 3],
}

/// What of a town's own settings shows.
pub struct Told<'a> {
    /// What the town's services may ask for, all of them together.
    pub items: Items,
    /// The levels that sign-ins can reach.
    pub levels: &'a [Assurance],
    /// How people are identified; none where nothing can be said of it.
    pub verified: Option<(TrustFramework, Evidence)>,
    /// It is for trying things out, and every token says so.
    pub sandbox: bool,
    /// Requests must be pushed, whichever client asks (RFC 9126 section 5).
    pub pushed_only: bool,
}

/// Said of a sandbox in every token and at userinfo.
const SANDBOX_CLAIM: &str = "urn:machikagi:claims:sandbox";

/// Of claims that come with how they were verified (OpenID Connect for Identity Assurance, section 8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct VerifiedMetadata {
    verified_claims_supported: bool,
    trust_frameworks_supported: [&'static str; 1],
    claims_in_verified_claims_supported: Vec<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence_supported: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents_supported: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents_check_methods_supported: Option<[&'static str; 1]>,
}

impl VerifiedMetadata {
    fn of(framework: TrustFramework, evidence: Evidence, items: Items) -> Self {
        let known = evidence != Evidence::NotStated;
        Self {
            verified_claims_supported: true,
            trust_frameworks_supported: [framework.as_str()],
            claims_in_verified_claims_supported: items.iter().map(Item::claim).collect(),
            evidence_supported: known.then_some(["document"]),
            documents_supported: known.then_some([CARD]),
            documents_check_methods_supported: (evidence == Evidence::Certificate).then_some([CERTIFICATE_CHECKED]),
        }
    }
}

/// A discovery document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderMetadata {
    issuer: String,
    #[serde(flatten)]
    endpoints: Endpoints,
    scopes_supported: Vec<&'static str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: Vec<&'static str>,
    subject_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: Vec<Algorithm>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    encryption: Option<EncryptionMetadata>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    token_endpoint_auth_signing_alg_values_supported: Vec<Algorithm>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    direct_authentication: Option<DirectAuthentication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dpop_signing_alg_values_supported: Option<[Algorithm; 3]>,
    code_challenge_methods_supported: [&'static str; 1],
    acr_values_supported: Vec<String>,
    claim_types_supported: [&'static str; 1],
    claims_supported: Vec<Cow<'static, str>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    verified: Option<VerifiedMetadata>,
    prompt_values_supported: Vec<&'static str>,
    ui_locales_supported: Vec<&'static str>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_object_signing_alg_values_supported: Option<[Algorithm; 3]>,
    request_uri_parameter_supported: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    require_pushed_authorization_requests: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_supported: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_session_supported: Option<bool>,
    authorization_response_iss_parameter_supported: bool,
}

impl ProviderMetadata {
    /// A town's gateway. `signing` is what it has keys for.
    pub fn of_gateway(issuer: String, endpoints: Endpoints, signing: &[Algorithm], told: &Told<'_>) -> Self {
        let items = Items::ATTRIBUTES.union(Item::COARSE.into_iter().collect()).union(told.items);
        // Whoever says only an id could be anybody.
        let with_proof = CLIENT_AUTHENTICATION.into_iter().filter(|method| *method != "none");
        let mut metadata = Self {
            // A town-wide ID is the `public` type, the ordinary pseudonym the `pairwise` one; each client has one of them.
            subject_types_supported: vec!["pairwise", "public"],
            id_token_signing_alg_values_supported: signing.to_vec(),
            encryption: Some(EncryptionMetadata {
                id_token_encryption_alg_values_supported: KeyManagement::ALL,
                id_token_encryption_enc_values_supported: [CONTENT_ENCRYPTION],
                userinfo_signing_alg_values_supported: signing.to_vec(),
                userinfo_encryption_alg_values_supported: KeyManagement::ALL,
                userinfo_encryption_enc_values_supported: [CONTENT_ENCRYPTION],
            }),
            token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION.to_vec(),
            token_endpoint_auth_signing_alg_values_supported: Algorithm::ALL.to_vec(),
            direct_authentication: Some(DirectAuthentication {
                introspection_endpoint_auth_methods_supported: with_proof.collect(),
                introspection_endpoint_auth_signing_alg_values_supported: Algorithm::ALL,
                revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
                revocation_endpoint_auth_signing_alg_values_supported: Algorithm::ALL,
            }),
            request_parameter_supported: true,
            request_object_signing_alg_values_supported: Some(Algorithm::ALL),
            acr_values_supported: told.levels.iter().map(|level| level.acr()).collect(),
            verified: told.verified.map(|(framework, evidence)| VerifiedMetadata::of(framework, evidence, items)),
            prompt_values_supported: Prompt::ALL.iter().map(|prompt| prompt.as_str()).chain([SELECT_ACCOUNT]).collect(),
            claims_parameter_supported: true,
            require_pushed_authorization_requests: told.pushed_only,
            backchannel_logout_supported: Some(true),
            backchannel_logout_session_supported: Some(true),
            dpop_signing_alg_values_supported: Some(Algorithm::ALL),
            ..Self::common(issuer, endpoints, items, |_| true)
        };
        metadata.grant_types_supported.push("refresh_token");
        metadata.scopes_supported.push(Scope::OfflineAccess.as_str());
        let further = [RESIDENCY_CLAIM, "sid"].into_iter();
        let further =
            further.chain(told.verified.map(|_| VERIFIED_CLAIMS)).chain(told.sandbox.then_some(SANDBOX_CLAIM));
        metadata.claims_supported.extend(further.map(Cow::Borrowed));
        metadata
    }

    /// The sandbox card reader, in the profile of the Digital Agency's provider: attributes, keys instead of secrets.
    pub fn of_card(issuer: String, endpoints: Endpoints, acr: &str) -> Self {
        Self {
            subject_types_supported: vec!["pairwise"],
            token_endpoint_auth_methods_supported: vec!["private_key_jwt"],
            token_endpoint_auth_signing_alg_values_supported: vec![Algorithm::ES256],
            acr_values_supported: vec![acr.to_owned()],
            prompt_values_supported: vec![Prompt::Login.as_str()],
            ..Self::common(issuer, endpoints, Items::ATTRIBUTES, |scope| scope != Scope::Residency)
        }
    }

    fn common(issuer: String, endpoints: Endpoints, items: Items, knows: fn(Scope) -> bool) -> Self {
        let scopes = Scope::ALL.iter().filter(|scope| **scope != Scope::OfflineAccess && knows(**scope));
        let claims = ID_TOKEN_CLAIMS.into_iter().map(Cow::Borrowed).chain(items.iter().map(Item::claim));
        Self {
            issuer,
            endpoints,
            scopes_supported: scopes.map(|scope| scope.as_str()).collect(),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: vec!["authorization_code"],
            subject_types_supported: Vec::new(),
            id_token_signing_alg_values_supported: vec![Algorithm::ES256],
            encryption: None,
            token_endpoint_auth_methods_supported: Vec::new(),
            token_endpoint_auth_signing_alg_values_supported: Vec::new(),
            direct_authentication: None,
            dpop_signing_alg_values_supported: None,
            code_challenge_methods_supported: ["S256"],
            acr_values_supported: Vec::new(),
            claim_types_supported: ["normal"],
            claims_supported: claims.collect(),
            verified: None,
            prompt_values_supported: Vec::new(),
            ui_locales_supported: Locale::ALL.iter().map(|locale| locale.as_str()).collect(),
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_object_signing_alg_values_supported: None,
            // Its default is true (Discovery section 3), so the `false` must be said.
            request_uri_parameter_supported: false,
            require_pushed_authorization_requests: false,
            backchannel_logout_supported: None,
            backchannel_logout_session_supported: None,
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
            end_session: format!("{issuer}/logout"),
            registration: None,
        };
        let endpoints = Endpoints { direct: Some(direct), ..endpoints(issuer) };
        let told = Told {
            items: Items::NONE.with(Item::of_claim("age_over_20").unwrap()),
            levels: &levels,
            verified: Some((TrustFramework::Ds511, Evidence::Certificate)),
            sandbox: false,
            pushed_only: false,
        };
        let metadata = ProviderMetadata::of_gateway(issuer.to_owned(), endpoints, &[Algorithm::ES256], &told);
        insta::assert_snapshot!(serde_json::to_string_pretty(&metadata).unwrap());
    }

    #[test]
    fn discovery_of_the_sandbox_card() {
        let issuer = "https://id.example/sandbox-card";
        let metadata = ProviderMetadata::of_card(issuer.to_owned(), endpoints(issuer), "aal3");
        insta::assert_snapshot!(serde_json::to_string_pretty(&metadata).unwrap());
    }
}
