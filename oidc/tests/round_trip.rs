//! A whole sign-in with both halves of the crate, and nothing between them: the gateway as a client of the sandbox card.

#![expect(clippy::unwrap_used, reason = "the lint knows tests by their attribute, and these helpers have none")]

use domain::attributes::{Attributes, Gender, Item, Items, parse_birthdate};
use domain::configuration::Pkce;
use oidc::jose::{Algorithm, JwkSet, SigningKey, at_hash};
use oidc::parameters::Parameters;
use oidc::pkce::{self, CodeVerifier};
use oidc::provider::authorize::{Addressee, AuthorizationRequest, state_to_return};
use oidc::provider::authorize_response::AuthorizationResponse;
use oidc::provider::bearer;
use oidc::provider::claims::{AttributeClaims, IdTokenClaims, UserinfoClaims};
use oidc::provider::client_assertion;
use oidc::provider::client_authentication::{ClientCredentials, ClientProof};
use oidc::provider::metadata::{Endpoints, ProviderMetadata};
use oidc::provider::token::{TokenRequest, TokenResponse, TokenType};
use oidc::provider::verified_claims::VerifiedAnswer;
use oidc::upstream::authorize::UpstreamRequest;
use oidc::upstream::callback::{Asked, Callback, CallbackOutcome};
use oidc::upstream::claim_map::ClaimMap;
use oidc::upstream::client_assertion::ClientAssertion;
use oidc::upstream::discovery::{EndpointPolicy, UpstreamMetadata};
use oidc::upstream::id_token::{self, ExpectedIdToken, Freshness};
use oidc::upstream::token::{ClientMethod, UpstreamTokenRequest, UpstreamTokens};
use oidc::upstream::userinfo::UpstreamAttributes;
use secrecy::ExposeSecret;
use time::{Duration, OffsetDateTime};
use url::Url;

const CARD: &str = "http://localhost:3000/sandbox-card";
const CALLBACK: &str = "http://localhost:3000/t/showa/callback";

fn key() -> SigningKey {
    SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
}

fn published(key: &SigningKey) -> JwkSet {
    JwkSet::parse(&serde_json::to_vec(&JwkSet::of([key.public_jwk()])).unwrap()).unwrap()
}

fn discovered() -> UpstreamMetadata {
    let endpoints = Endpoints {
        direct: None,
        authorization: format!("{CARD}/authorize"),
        token: format!("{CARD}/token"),
        userinfo: format!("{CARD}/userinfo"),
        jwks: format!("{CARD}/jwks"),
    };
    let document = ProviderMetadata::of_card(CARD.to_owned(), endpoints, "aal3");
    let json = serde_json::to_vec(&document).unwrap();
    UpstreamMetadata::parse(&json, CARD, EndpointPolicy::HttpsOrLoopback).unwrap()
}

#[test]
fn a_resident_signs_in_with_the_sandbox_card() {
    let now = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
    let (our_key, card_key) = (key(), key());
    let card = discovered();
    let verifier = CodeVerifier::from_random(&[7; 32]);

    // The gateway sends the browser away; the card reads the request.
    let away = UpstreamRequest {
        client_id: "showa",
        redirect_uri: CALLBACK,
        scope: "openid name address birthdate gender",
        state: "flow",
        nonce: "n",
        code_challenge: verifier.challenge(),
        fresh: true,
        acr_values: "aal3",
        max_age_seconds: None,
        ui_locales: Some("ja"),
    }
    .url(&card.authorization_endpoint);
    let parameters = Parameters::parse(away.query().unwrap());
    let addressee = Addressee::read(&parameters).unwrap();
    let place = addressee.find_redirect_uri([CALLBACK]).unwrap();
    let (request, _) = AuthorizationRequest::read(&parameters, addressee, place, Pkce::Required).unwrap();
    assert_eq!(request.items_asked_for(), Items::ATTRIBUTES);

    // The card sends it back with a code; the gateway believes it.
    let state = state_to_return(&parameters);
    let back = AuthorizationResponse { redirect_uri: CALLBACK.into(), issuer: CARD, state }.success("code");
    let back = Parameters::parse(Url::parse(&back).unwrap().query().unwrap());
    let asked = Asked { state: "flow", issuer: &card.issuer, sends_iss: card.sends_iss };
    let CallbackOutcome::Code(code) = Callback::read(&back).unwrap().answer_to(&asked).unwrap() else { panic!() };

    // The gateway redeems the code; the card checks who asks, and the verifier.
    let assertion = ClientAssertion { client_id: "showa", audience: CARD, jti: "j", now }.sign(&our_key).unwrap();
    let method = ClientMethod::PrivateKeyJwt(&assertion);
    let body = UpstreamTokenRequest {
        client_id: "showa",
        method,
        code: &code,
        redirect_uri: CALLBACK,
        code_verifier: &verifier,
    }
    .body();
    let body = Parameters::parse(&body);
    let credentials = ClientCredentials::read(None, &body).unwrap();
    let ClientProof::Assertion(assertion) = credentials.proof else { panic!() };
    let expected = client_assertion::Expected {
        client_id: credentials.client_id.as_str(),
        audience: client_assertion::Audience::Among(&[CARD]),
        now,
    };
    client_assertion::verify(assertion.expose_secret(), &published(&our_key), &[Algorithm::ES256], &expected).unwrap();
    let TokenRequest::AuthorizationCode(redeemed) = TokenRequest::read(&body).unwrap() else { panic!() };
    pkce::verify(request.code_challenge, redeemed.code_verifier.as_ref()).unwrap();

    // The card answers; the gateway verifies who it is.
    let at_hash = at_hash("access");
    let claims = IdTokenClaims {
        iss: CARD,
        sub: "person",
        aud: "showa",
        exp: now + Duration::minutes(5),
        iat: now,
        auth_time: now,
        nonce: request.nonce.as_deref(),
        acr: "aal3",
        amr: &["sc", "pin"],
        sid: None,
        at_hash: Some(&at_hash),
        residency: None,
        sandbox: false,
        attributes: AttributeClaims::NONE,
        verified_claims: VerifiedAnswer::default(),
    };
    let response = TokenResponse {
        access_token: "access".into(),
        token_type: TokenType::Bearer,
        expires_in_seconds: 60,
        refresh_token: None,
        id_token: Some(card_key.sign(&claims).unwrap().into()),
        scope: request.scopes,
    };
    let tokens = UpstreamTokens::parse(&serde_json::to_vec(&response).unwrap()).unwrap();
    let identity = id_token::verify(
        tokens.id_token.expose_secret(),
        &ExpectedIdToken {
            issuer: &card.issuer,
            client_id: "showa",
            nonce: "n",
            algorithms: &card.id_token_algorithms,
            keys: &published(&card_key),
            access_token: tokens.access_token.expose_secret(),
            freshness: Freshness::NotBefore(now),
            level_claim: "acr",
            acr_values: &["aal3"],
            now,
            leeway: Duration::seconds(10),
        },
    )
    .ok()
    .unwrap();
    assert_eq!(identity.subject.as_str(), "person");

    // The gateway asks for the attributes.
    let header = format!("Bearer {}", tokens.access_token.expose_secret());
    assert_eq!(bearer::access_token(Some(&header), &Parameters::default()).unwrap().0.expose_secret(), "access");
    let mut person = Attributes::none();
    person.set_name("昭和 花子".to_owned()).unwrap();
    person.set_birthdate(parse_birthdate("19900401").unwrap());
    person.set_gender(Gender::Female);
    let userinfo = UserinfoClaims {
        sub: "person",
        residency: None,
        sandbox: false,
        attributes: AttributeClaims::of(&person),
        verified_claims: VerifiedAnswer::default(),
    };
    let read = UpstreamAttributes::parse(&userinfo.to_json().unwrap(), &identity.subject, &ClaimMap::standard(), None)
        .ok()
        .unwrap();
    assert!(!read.incomplete);
    assert_eq!(read.attributes.items(), [Item::Name, Item::Birthdate, Item::Gender].into_iter().collect());
    assert_eq!(read.attributes.name(), Some("昭和 花子"));
}
