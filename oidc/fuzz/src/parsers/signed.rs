//! Signed tokens, of services and of identity providers. See [`super::signer`] for how input becomes one.

use oidc::jose::{self, Algorithm, JwkSet};
use oidc::provider::client_assertion::{self as assertion, Audience, claimed_client};
use oidc::provider::dpop::{Proof, Proven};
use oidc::provider::id_token_hint::{Hint, subject_of_hint};
use oidc::provider::{former_ids, request_object};
use oidc::upstream::id_token::{self, ExpectedIdToken, Freshness};
use oidc::upstream::signed_userinfo::{self, ExpectedUserinfo};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::requests::{ISSUER, authorization};
use super::signer::SIGNER;
use super::text;

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
const CLIENT: &str = "library";
const TOKEN_ENDPOINT: &str = "https://id.example/t/showa/token";
/// An hour, and the clocks of others.
const LATEST: Duration = Duration::minutes(61);

/// Whether the time of a claim lies in a range, as far as it is a whole number.
fn is_within(claim: &Value, from: OffsetDateTime, to: OffsetDateTime) -> bool {
    claim.as_i64().is_none_or(|at| (from.unix_timestamp()..=to.unix_timestamp()).contains(&at))
}

/// Whether `aud` names somebody, alone or among others.
fn is_for(claims: &Value, audience: &str) -> bool {
    claims["aud"] == audience || claims["aud"].as_array().is_some_and(|all| all.iter().any(|one| one == audience))
}

pub(super) fn jws(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let read = jose::verify(text, &SIGNER.keys, &Algorithm::ALL);
    if let Ok(read) = &read {
        // Without a line break nothing was signed on the way.
        let claims = SIGNER.token(text.split('\n').next().unwrap()).content();
        assert!(claims.as_object().unwrap().iter().all(|(name, value)| read.claims.get(name) == Some(value)));
        assert!(jose::verify(text, &SIGNER.keys, &[Algorithm::RS256, Algorithm::PS256]).is_err());
    }
    assert!(jose::verify(text, &SIGNER.keys, &[]).is_err());
    assert!(jose::verify(text, &JwkSet::default(), &Algorithm::ALL).is_err());
    // A token that brings its key may be anybody's: it verifies under that key, or not at all.
    if let Ok(possession) = jose::verify_possession(text, &Algorithm::ALL) {
        assert_eq!(jose::Thumbprint::parse(&possession.key.to_text()), Some(possession.key));
    }
}

pub(super) fn id_token_hint(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let token = SIGNER.token(text);
    let Some(hint) = Hint::read(&token.text, ISSUER, &SIGNER.keys) else { return };
    let claims = token.content();
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], Value::from(hint.sub.as_str()));
    assert!(claims["aud"] == hint.client_id.as_str() || claims["aud"] == json!([hint.client_id]));
    assert!(hint.sid.is_none_or(|sid| claims["sid"] == sid.as_str()));
    let subject = |client: &str| subject_of_hint(&token.text, ISSUER, client, &SIGNER.keys);
    assert_eq!(subject(&hint.client_id), Some(hint.sub));
    assert_eq!(subject(&format!("{}-", hint.client_id)), None);
    assert_eq!(Hint::read(&token.text, "https://id.example/t/mino", &SIGNER.keys), None);
}

pub(super) fn client_assertion(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let token = SIGNER.token(text);
    let claimed = claimed_client(&token.text);
    let verified = |client_id, audience| {
        let expected = assertion::Expected { client_id, audience, now: NOW };
        assertion::verify(&token.text, &SIGNER.keys, &[Algorithm::ES256], &expected)
    };
    let lenient = verified(CLIENT, Audience::Among(&[ISSUER, TOKEN_ENDPOINT]));
    let strict = verified(CLIENT, Audience::Issuer(ISSUER));
    assert!(
        verified("mino-library", Audience::Among(&[ISSUER])).is_err() || claimed.as_deref() == Some("mino-library")
    );
    if let Ok(strict) = strict {
        assert_eq!(lenient, Ok(strict));
    }
    let Ok(accepted) = lenient else { return };
    assert_eq!(claimed.as_deref(), Some(CLIENT));
    assert!((1..=255).contains(&accepted.jti.len()));
    // Not so long that nobody could remember it, and as long as it counts.
    assert!(accepted.remember_until > NOW && accepted.remember_until <= NOW + LATEST);
    let claims = token.content();
    assert!(claims["iss"] == CLIENT && claims["sub"] == CLIENT && claims["jti"] == accepted.jti.as_str());
    assert!(is_for(&claims, ISSUER) || is_for(&claims, TOKEN_ENDPOINT));
    assert!(
        is_within(&claims["exp"], NOW - LATEST, NOW + LATEST) && is_within(&claims["iat"], NOW - LATEST, NOW + LATEST)
    );
}

pub(super) fn request_object(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let token = SIGNER.token(text);
    let Ok(signed) = jose::verify(&token.text, &SIGNER.keys, &Algorithm::ALL) else { return };
    let read = |ends| {
        let expected = request_object::Expected { client_id: CLIENT, issuer: ISSUER, now: NOW, ends };
        request_object::parameters(&signed, &expected)
    };
    let Ok(parameters) = read(false) else {
        assert!(read(true).is_err());
        return;
    };
    let claims = token.content();
    assert!(claims["iss"] == CLIENT && claims["sub"] != CLIENT && is_for(&claims, ISSUER));
    assert!(is_within(&claims["exp"], NOW - LATEST, NOW + LATEST));
    assert_eq!(read(true).is_ok(), claims.get("exp").is_some());
    assert_eq!(parameters.get("client_id"), Ok(Some(CLIENT)));
    assert!(["request", "request_uri"].iter().all(|name| parameters.get(name) == Ok(None)));
    for name in ["state", "nonce", "redirect_uri", "scope"] {
        let text = claims[name].as_str().filter(|text| !text.is_empty());
        assert!(text.is_none() || parameters.get(name) == Ok(text));
    }
    authorization(&parameters);
}

pub(super) fn former_ids_signature(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let token = SIGNER.token(text);
    let Ok(signed) = jose::verify(&token.text, &SIGNER.keys, &Algorithm::ALL) else { return };
    let judged = |lines, client_id, issuer| {
        former_ids::judge(&signed, &former_ids::Expected { lines, client_id, issuer, now: NOW })
    };
    if judged("sub,handle", CLIENT, ISSUER).is_err() {
        return;
    }
    let claims = token.content();
    assert!(claims["iss"] == CLIENT && is_for(&claims, ISSUER));
    assert_eq!(claims["former_ids_sha256"], "Vf7E9yxiVcS4PlbILjWshgndf8-vYWMmmGwCuhJR-0k");
    assert!(claims.get("exp").is_some() && is_within(&claims["exp"], NOW - LATEST, NOW + LATEST));
    assert!(judged("sub,handle\n", CLIENT, ISSUER).is_err());
    assert!(judged("sub,handle", "points", ISSUER).is_err());
    // Nothing that a client signs for another purpose.
    let request = request_object::Expected { client_id: CLIENT, issuer: ISSUER, now: NOW, ends: false };
    assert!(request_object::parameters(&signed, &request).is_err());
    let assertion = assertion::Expected { client_id: CLIENT, audience: Audience::Among(&[ISSUER]), now: NOW };
    assert!(assertion::judge(&signed, &assertion).is_err());
}

pub(super) fn dpop_proof(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let token = SIGNER.token(text);
    let read = |method, url, access_token| {
        Proof::read(&token.text, Proven { method, url, access_token }, &[Algorithm::ES256], NOW)
    };
    let Ok(proof) = read("POST", TOKEN_ENDPOINT, None) else { return };
    assert!((1..=256).contains(&proof.jti.len()));
    for (method, url) in [("GET", TOKEN_ENDPOINT), ("POST", "https://id.example/t/mino/token")] {
        assert!(read(method, url, None).is_err());
    }
    let claims = if text.contains('\n') { token.content() } else { return };
    assert!(claims["htm"] == "POST" && claims["jti"] == proof.jti.as_str());
    assert!(proof.nonce.is_none_or(|nonce| claims["nonce"] == nonce.as_str()));
    assert!(is_within(&claims["iat"], NOW - Duration::minutes(5), NOW + Duration::minutes(5)));
    assert_eq!(proof.key.to_text(), SIGNER.jwk.material().thumbprint());
    let of_token = read("POST", TOKEN_ENDPOINT, Some("access token"));
    assert_eq!(of_token.is_ok(), claims["ath"] == "DD1GlGu_mcghPdf2xkDtZDO9wFalto5-gPVSUxGwyhE");
}

pub(super) fn upstream_id_token(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let token = SIGNER.token(text);
    let verified = |issuer, client_id, nonce| {
        id_token::verify(
            &token.text,
            &ExpectedIdToken {
                issuer,
                client_id,
                nonce,
                algorithms: &[Algorithm::ES256],
                keys: &SIGNER.keys,
                access_token: "access token",
                freshness: Freshness::MaxAge(Duration::minutes(1)),
                level_claim: "acr",
                acr_values: &["aal2", "aal3"],
                now: NOW,
                leeway: Duration::seconds(10),
            },
        )
    };
    let Ok(identity) = verified("https://card.example", "showa", "n") else { return };
    let claims = token.content();
    assert!(claims["iss"] == "https://card.example" && claims["nonce"] == "n");
    assert!(claims["aud"] == "showa" || claims["aud"] == json!(["showa"]));
    assert_eq!(claims["sub"], identity.subject.as_str());
    assert!((1..=255).contains(&identity.subject.len()));
    assert_eq!(claims["acr"], ["aal2", "aal3"][identity.acr.unwrap()]);
    let soon = NOW + Duration::seconds(10);
    assert!(is_within(&claims["auth_time"], NOW - Duration::seconds(70), soon));
    assert!(is_within(&claims["iat"], NOW - Duration::minutes(11), soon));
    assert!(claims["exp"].as_i64().is_none_or(|exp| exp > NOW.unix_timestamp() - 10));
    assert!(verified("https://other.example", "showa", "n").is_err());
    assert!(verified("https://card.example", "mino", "n").is_err());
    assert!(verified("https://card.example", "showa", "m").is_err());
}

pub(super) fn signed_userinfo(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let token = SIGNER.token(text);
    let verified = |issuer, client_id, algorithms| {
        let leeway = Duration::seconds(10);
        let expected = ExpectedUserinfo { issuer, client_id, algorithms, keys: &SIGNER.keys, now: NOW, leeway };
        signed_userinfo::verify(token.text.as_bytes(), &expected)
    };
    let ours: &[Algorithm] = &[Algorithm::ES256];
    let Ok(json) = verified("https://card.example", "showa", ours) else { return };
    let claims = token.content();
    assert!(claims["iss"] == "https://card.example" && is_for(&claims, "showa"));
    assert!(claims["exp"].as_i64().is_none_or(|exp| exp > NOW.unix_timestamp() - 10));
    assert_eq!(serde_json::from_slice::<Value>(&json).unwrap(), claims);
    assert!(verified("https://other.example", "showa", ours).is_err());
    assert!(verified("https://card.example", "mino", ours).is_err());
    assert!(verified("https://card.example", "showa", &[Algorithm::RS256]).is_err());
}
