use serde_json::{Value, json};

use super::*;
use crate::jose::SigningKey;

const NOW: i64 = 1_795_000_000;

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
}

fn good() -> Value {
    json!({
        "iss": "https://card.example", "sub": "person", "aud": "showa", "nonce": "n", "acr": "aal3",
        "iat": NOW - 5, "exp": NOW + 60, "auth_time": NOW - 5, "at_hash": jose::at_hash("token"),
    })
}

fn expected(keys: &JwkSet) -> ExpectedIdToken<'_> {
    ExpectedIdToken {
        issuer: "https://card.example",
        client_id: "showa",
        nonce: "n",
        algorithms: &[Algorithm::ES256],
        keys,
        access_token: "token",
        freshness: Freshness::NotBefore(now() - Duration::seconds(20)),
        level_claim: "acr",
        acr_values: &["aal2", "aal3"],
        now: now(),
        leeway: Duration::seconds(10),
    }
}

fn check(claims: &Value) -> Result<UpstreamIdentity, IdTokenRefused> {
    let key = key();
    verify(&key.sign(claims).unwrap(), &expected(&JwkSet::of([key.public_jwk()])))
}

/// The refusal of a token with one claim changed; `null` takes it away.
fn refusal(name: &str, value: Value) -> IdTokenRefused {
    let mut claims = good();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    check(&claims).err().unwrap()
}

#[test]
fn a_good_token_names_the_person() {
    let identity = check(&good()).ok().unwrap();
    assert_eq!(identity.subject.as_str(), "person");
    assert_eq!(identity.auth_time, Some(now() - Duration::seconds(5)));
    assert_eq!(identity.acr, Some(1));
}

#[test]
fn wrong_iss() {
    assert_eq!(refusal("iss", json!("https://evil.example")), IdTokenRefused::Issuer);
    assert_eq!(refusal("iss", json!("https://card.example/")), IdTokenRefused::Issuer);
    assert_eq!(refusal("iss", Value::Null), IdTokenRefused::Issuer);
}

#[test]
fn wrong_aud() {
    assert_eq!(refusal("aud", json!("mino")), IdTokenRefused::Audience);
    assert_eq!(refusal("aud", json!(["showa", "mino"])), IdTokenRefused::Audience);
    assert_eq!(refusal("aud", json!([])), IdTokenRefused::Audience);
    assert_eq!(refusal("aud", Value::Null), IdTokenRefused::Audience);
    let mut claims = good();
    claims["aud"] = json!(["showa"]);
    assert!(check(&claims).is_ok());
}

#[test]
fn wrong_azp() {
    assert_eq!(refusal("azp", json!("mino")), IdTokenRefused::AuthorizedParty);
    assert_eq!(refusal("azp", json!(1)), IdTokenRefused::AuthorizedParty);
}

#[test]
fn wrong_nonce() {
    assert_eq!(refusal("nonce", json!("m")), IdTokenRefused::Nonce);
    assert_eq!(refusal("nonce", Value::Null), IdTokenRefused::Nonce);
}

#[test]
fn wrong_at_hash() {
    assert_eq!(refusal("at_hash", json!(jose::at_hash("other"))), IdTokenRefused::AccessTokenHash);
    assert_eq!(refusal("at_hash", json!(1)), IdTokenRefused::AccessTokenHash);
    let mut claims = good();
    claims.as_object_mut().unwrap().remove("at_hash");
    assert!(check(&claims).is_ok());
}

#[test]
fn missing_iat_exp_sub() {
    for name in ["iat", "exp", "sub"] {
        assert_eq!(refusal(name, Value::Null), IdTokenRefused::Incomplete, "{name}");
    }
    assert_eq!(refusal("sub", json!("")), IdTokenRefused::Incomplete);
    assert_eq!(refusal("sub", json!("s".repeat(256))), IdTokenRefused::Incomplete);
    assert_eq!(refusal("exp", json!("soon")), IdTokenRefused::Incomplete);
}

#[test]
fn another_time() {
    assert_eq!(refusal("exp", json!(NOW - 10)), IdTokenRefused::Time);
    assert_eq!(refusal("iat", json!(NOW + 11)), IdTokenRefused::Time);
    assert_eq!(refusal("iat", json!(NOW - 611)), IdTokenRefused::Time);
    assert_eq!(refusal("nbf", json!(NOW + 11)), IdTokenRefused::Time);
}

#[test]
fn an_authentication_that_is_not_fresh() {
    assert_eq!(refusal("auth_time", Value::Null), IdTokenRefused::Stale);
    assert_eq!(refusal("auth_time", json!(NOW - 31)), IdTokenRefused::Stale);
    assert_eq!(refusal("auth_time", json!(NOW + 11)), IdTokenRefused::Stale);

    let key = key();
    let keys = JwkSet::of([key.public_jwk()]);
    let token = key.sign(&good()).unwrap();
    let with = |freshness| verify(&token, &ExpectedIdToken { freshness, ..expected(&keys) }).err();
    assert_eq!(with(Freshness::MaxAge(Duration::seconds(0))), None);
    assert_eq!(with(Freshness::Any), None);
    let short = ExpectedIdToken {
        freshness: Freshness::MaxAge(Duration::seconds(1)),
        leeway: Duration::ZERO,
        ..expected(&keys)
    };
    assert_eq!(verify(&token, &short).err(), Some(IdTokenRefused::Stale));
}

#[test]
fn a_level_that_is_not_enough() {
    assert_eq!(refusal("acr", json!("aal1")), IdTokenRefused::Assurance);
    assert_eq!(refusal("acr", json!(3)), IdTokenRefused::Assurance);
    assert_eq!(refusal("acr", Value::Null), IdTokenRefused::Assurance);
    assert_eq!(refusal("acr", json!(true)), IdTokenRefused::Assurance);
}

// conforms: Our own
#[test]
fn a_level_in_a_claim_of_the_providers_own() {
    let key = key();
    let keys = JwkSet::of([key.public_jwk()]);
    let reached = |level: Value, acr_values| {
        let mut claims = good();
        claims["verified"] = level;
        let expected = ExpectedIdToken { level_claim: "verified", acr_values, ..expected(&keys) };
        verify(&key.sign(&claims).unwrap(), &expected).map(|identity| identity.acr)
    };
    assert_eq!(reached(json!(true), &["aal3", "true"]).ok(), Some(Some(1)));
    assert_eq!(reached(json!("true"), &["true"]).ok(), Some(Some(0)));
    assert_eq!(reached(json!("gold"), &["gold"]).ok(), Some(Some(0)));
    // An `acr` beside it says nothing here, and only a claim that is not there stands for no word.
    assert_eq!(reached(json!("gold"), &["aal3"]).err(), Some(IdTokenRefused::Assurance));
    for level in [json!(false), json!(1), json!(""), json!(["true"]), Value::Null] {
        assert_eq!(reached(level.clone(), &["true", ""]).err(), Some(IdTokenRefused::Assurance), "{level}");
    }
}

#[test]
fn alg_none_and_algorithms_that_the_configuration_does_not_name() {
    let key = key();
    let keys = JwkSet::of([key.public_jwk()]);
    let token = key.sign(&good()).unwrap();
    let only_rsa = ExpectedIdToken { algorithms: &[Algorithm::RS256], ..expected(&keys) };
    let refused = IdTokenRefused::Signature(JwsError::AlgorithmNotAllowed);
    assert_eq!(verify(&token, &only_rsa).err(), Some(refused));
    let payload = token.split('.').nth(1).unwrap();
    let none = format!("{}.{payload}.", crate::encoding::base64url(r#"{"alg":"none"}"#));
    assert_eq!(verify(&none, &expected(&keys)).err(), Some(refused));
}

#[test]
fn a_kid_that_stays_unknown() {
    let token = key().sign(&good()).unwrap();
    let others = JwkSet::of([key().public_jwk()]);
    assert_eq!(verify(&token, &expected(&others)).err(), Some(IdTokenRefused::UnknownKey));
}
