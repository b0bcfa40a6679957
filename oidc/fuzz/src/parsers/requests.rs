//! What services send to the provider: queries, forms and the headers beside them.

use domain::configuration::Pkce;
use oidc::ErrorCode;
use oidc::parameters::Parameters;
use oidc::pkce::CodeVerifier;
use oidc::provider::authorize::{
    Addressee, AuthorizationRequest, MAX_NONCE_BYTES, MAX_STATE_BYTES, Prompt, Prompts, state_to_return,
};
use oidc::provider::claims_request::{ClaimSet, ParsedClaims, RESIDENCY_CLAIM, Scope, Scopes, parse_claims};
use oidc::provider::client_authentication::{ClientCredentials, ClientProof};
use oidc::provider::logout::LogoutRequest;
use oidc::provider::pushed::{PushedResponse, referred_to};
use oidc::provider::token::{TokenRequest, TokenType};
use oidc::provider::verified_claims::MAX_VERIFIED_REQUESTS;
use oidc::provider::{bearer as bearer_token, client_assertion, dpop, introspection, request_object};
use oidc::upstream::token::{ClientMethod, UpstreamTokenRequest};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::signer::SIGNER;
use super::{head_and_body, text};

pub(super) const ISSUER: &str = "https://id.example/t/showa";

pub(super) fn authorization_request(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let parameters = Parameters::parse(text);
    if let Ok(Some(object)) = request_object::given(&parameters) {
        assert!(!object.is_empty());
    }
    authorization(&parameters);
}

/// Reads a whole request, whose sizes are bounded afterwards.
pub(super) fn authorization(parameters: &Parameters) {
    if let Some(state) = state_to_return(parameters) {
        assert!(is_printable(state, MAX_STATE_BYTES));
    }
    if let Ok(Some(key)) = dpop::key_asked_for(parameters) {
        assert_eq!(parameters.get("dpop_jkt"), Ok(Some(key.to_text().as_str())));
    }
    let Ok(addressee) = Addressee::read(parameters) else { return };
    let uri = addressee.redirect_uri.as_str();
    assert!(!uri.is_empty() && uri.len() <= 2048);
    assert_eq!(parameters.get("client_id"), Ok(Some(addressee.client_id.as_str())));
    assert_eq!(addressee.find_redirect_uri([uri]), Ok(0));
    let read = |pkce| AuthorizationRequest::read(parameters, addressee.clone(), 0, pkce);
    let (strict, lenient) = (read(Pkce::Required), read(Pkce::WhenOffered));
    // A challenge may be left out, and nothing else.
    match (&strict, &lenient) {
        (Ok(strict), Ok(lenient)) => assert!(strict == lenient && strict.0.code_challenge.is_some()),
        (Err(_), Ok((request, _))) => assert_eq!(request.code_challenge, None),
        (Err(_), Err(_)) => {}
        (Ok(_), Err(_)) => panic!("PKCE made a bad request a good one"),
    }
    let Ok((request, hints)) = lenient else { return };
    assert!(request.scopes.contains(Scope::Openid));
    assert_eq!(request.state.as_deref(), state_to_return(parameters));
    assert!(request.nonce.is_none_or(|nonce| is_printable(&nonce, MAX_NONCE_BYTES)));
    assert!(request.acr_values.len() <= 16);
    assert!(request.acr_values.iter().all(|value| (1..=48).contains(&value.len())));
    assert!(!request.prompt.contains(Prompt::None) || request.prompt == Prompts::of(&[Prompt::None]));
    assert!([&request.claims.id_token, &request.claims.userinfo].into_iter().all(is_bounded));
    assert!(hints.id_token_hint.iter().chain(&hints.login_hint).chain(&hints.subject).all(|hint| hint.len() <= 4096));
}

fn is_printable(text: &str, most: usize) -> bool {
    text.len() <= most && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

fn is_bounded(claims: &ClaimSet) -> bool {
    claims.verified.len() <= MAX_VERIFIED_REQUESTS && claims.verified.iter().all(|one| !one.items.is_empty())
}

pub(super) fn claims_parameter(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(parsed) = parse_claims(text) else { return };
    let whole: Map<String, Value> = serde_json::from_str(text).unwrap();
    let ParsedClaims { request, acr_values, acr_is_essential, .. } = &parsed;
    // Nothing is asked for that the text does not name.
    for (place, claims) in [("id_token", &request.id_token), ("userinfo", &request.userinfo)] {
        let named = |name: &str| whole.get(place).is_some_and(|place| place.get(name).is_some());
        assert!(claims.items.iter().all(|item| named(&item.claim())));
        assert!(!claims.residency || named(RESIDENCY_CLAIM));
        assert!(claims.verified.is_empty() || named("verified_claims"));
        assert!(is_bounded(claims));
    }
    assert!(!acr_is_essential || !acr_values.is_empty());
    // Of another spelling of the same JSON the same is read.
    assert_eq!(parse_claims(&Value::Object(whole).to_string()), Ok(parsed));
}

pub(super) fn token_request(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let body = Parameters::parse(text);
    if let Ok(token) = introspection::token_asked_about(&body) {
        assert!(!token.expose_secret().is_empty());
    }
    match TokenRequest::read(&body) {
        Ok(TokenRequest::AuthorizationCode(request)) => {
            assert!((1..=4096).contains(&request.code.expose_secret().len()));
            assert_eq!(body.get("redirect_uri"), Ok(Some(request.redirect_uri.as_str())));
            assert_eq!(body.get("code_verifier"), Ok(request.code_verifier.as_ref().map(CodeVerifier::expose)));
        }
        Ok(TokenRequest::RefreshToken(request)) => {
            assert_eq!(body.get("refresh_token"), Ok(Some(request.token.to_text().expose_secret())));
            let granted = Scopes::of(&[Scope::Openid, Scope::OfflineAccess, Scope::Name]);
            if let Ok(narrowed) = request.narrowed(granted) {
                assert!(narrowed.intersection(granted) == narrowed);
            }
        }
        Err(error) => assert_ne!(error.code, ErrorCode::ServerError),
    }
}

pub(super) fn client_authentication(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let (header, body) = head_and_body(text);
    let body = Parameters::parse(body);
    let Ok(read) = ClientCredentials::read(header, &body) else { return };
    assert!(body.get("client_id").unwrap().is_none_or(|id| id == read.client_id.as_str()));
    match &read.proof {
        ClientProof::Secret(secret) => {
            // What a careful client makes of id and secret is read as these two again.
            let request = UpstreamTokenRequest {
                client_id: read.client_id.as_str(),
                method: ClientMethod::ClientSecretBasic(secret),
                code: &SecretString::from("code"),
                redirect_uri: "",
                code_verifier: &CodeVerifier::from_random(&[7; 32]),
            };
            let again = ClientCredentials::read(request.authorization().as_deref().map(String::as_str), &body);
            let in_body = body.get("client_secret").unwrap().is_some();
            match again {
                Ok(ClientCredentials { client_id, proof: ClientProof::Secret(same) }) => {
                    assert!(!in_body && client_id == read.client_id);
                    assert_eq!(same.expose_secret(), secret.expose_secret());
                }
                _ => assert!(in_body, "a secret does not survive the header"),
            }
        }
        ClientProof::Assertion(assertion) => {
            let claimed = client_assertion::claimed_client(assertion.expose_secret());
            assert_eq!(claimed.as_deref(), Some(read.client_id.as_str()));
        }
        ClientProof::Nothing => assert!(header.is_none()),
    }
}

pub(super) fn bearer(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let (header, body) = head_and_body(text);
    let body = Parameters::parse(body);
    let Ok((token, kind)) = bearer_token::access_token(header, &body) else { return };
    let token = token.expose_secret();
    assert!(!token.is_empty());
    match header.filter(|header| header.ends_with(token) || header.trim_end().ends_with(token)) {
        Some(header) if body.get("access_token") == Ok(None) => {
            let scheme = header.split(' ').next().unwrap();
            assert!(scheme.eq_ignore_ascii_case(kind.as_str()));
        }
        _ => assert!(body.get("access_token") == Ok(Some(token)) && kind == TokenType::Bearer),
    }
}

pub(super) fn pushed_reference(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let parameters = Parameters::parse(text);
    let Some((client_id, sealed)) = referred_to(&parameters) else { return };
    assert_eq!(parameters.get("client_id"), Ok(Some(client_id.as_str())));
    assert_eq!(parameters.get("request_uri"), Ok(Some(PushedResponse::of(sealed).request_uri.as_str())));
    assert!(!matches!(parameters.get("request"), Ok(Some(_))));
}

pub(super) fn logout_request(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let parameters = Parameters::parse(text);
    let Ok(request) = LogoutRequest::read(&parameters, ISSUER, &SIGNER.keys) else { return };
    assert!(request.state.is_none_or(|state| is_printable(&state, MAX_STATE_BYTES)));
    if let Some(hint) = request.hint {
        let token = parameters.get("id_token_hint").unwrap().unwrap();
        assert_eq!(SIGNER.token(token).content()["sub"], Value::from(hint.sub));
        assert_eq!(request.client_id.unwrap().as_str(), hint.client_id);
    }
}
