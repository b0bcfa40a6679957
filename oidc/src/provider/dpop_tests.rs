use serde_json::{Value, json};
use time::macros::datetime;

use super::*;
use crate::jose::possession_tests::{Pair, signed};

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
const URL: &str = "https://id.example/t/showa/token";

fn claims() -> Value {
    json!({"jti": "one", "htm": "POST", "htu": URL, "iat": NOW.unix_timestamp()})
}

fn header(pair: &Pair) -> Value {
    json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": pair.jwk()})
}

fn proven(access_token: Option<&str>) -> Proven<'_> {
    Proven { method: "POST", url: URL, access_token }
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => claims.as_object_mut().unwrap().remove(name),
        value => claims.as_object_mut().unwrap().insert(name.to_owned(), value),
    };
    claims
}

fn read(claims: &Value) -> Result<Proof, ProtocolError> {
    let pair = Pair::new();
    Proof::read(&signed(&pair, &header(&pair), claims), proven(None), &Algorithm::ALL, NOW)
}

#[test]
fn a_proof_is_known_by_its_key_and_its_id() {
    let (pair, other) = (Pair::new(), Pair::new());
    let read = |pair: &Pair, claims: &Value| {
        Proof::read(&signed(pair, &header(pair), claims), proven(None), &Algorithm::ALL, NOW).unwrap()
    };
    let one = read(&pair, &claims());
    assert_eq!(one, read(&pair, &claims()));
    assert_eq!((one.jti.as_str(), one.nonce), ("one", None));
    assert_eq!(one.key, read(&pair, &with("jti", json!("two"))).key);
    assert_ne!(one.key, read(&other, &claims()).key);
    assert_eq!(read(&pair, &with("nonce", json!("n"))).nonce.as_deref(), Some("n"));
}

#[test]
fn another_spelling_of_the_same_url_will_do() {
    for htu in [URL, "https://id.example:443/t/showa/token", "HTTPS://ID.example/t/showa/token?a=b#c"] {
        assert!(read(&with("htu", json!(htu))).is_ok(), "{htu}");
    }
}

// conforms: RFC 9449 §4.3 MUST
#[test]
fn a_proof_for_another_request_or_moment_is_refused() {
    for claims in [
        with("htm", json!("GET")),
        with("htm", json!("post")),
        with("htm", Value::Null),
        with("htu", json!("https://id.example/t/mino/token")),
        with("htu", json!("https://id.example/t/showa/token/")),
        with("htu", json!("http://id.example/t/showa/token")),
        with("htu", json!("/t/showa/token")),
        with("htu", Value::Null),
        with("iat", json!(NOW.unix_timestamp() - 301)),
        with("iat", json!(NOW.unix_timestamp() + 301)),
        with("iat", json!(i64::MIN)),
        with("iat", Value::Null),
        with("jti", Value::Null),
        with("jti", json!("")),
        with("jti", json!("j".repeat(257))),
    ] {
        assert_eq!(read(&claims).unwrap_err().code, ErrorCode::InvalidDpopProof, "{claims}");
    }
    for seconds in [-300, 300] {
        assert!(read(&with("iat", json!(NOW.unix_timestamp() + seconds))).is_ok());
    }
}

// conforms: RFC 9449 §4.3 MUST
#[test]
fn a_proof_is_a_jwt_of_its_own_type_signed_by_its_own_public_key() {
    let (pair, other) = (Pair::new(), Pair::new());
    let refused = |header: Value| {
        let text = signed(&pair, &header, &claims());
        Proof::read(&text, proven(None), &Algorithm::ALL, NOW).unwrap_err().code
    };
    for header in [
        json!({"alg": "ES256", "typ": "JWT", "jwk": pair.jwk()}),
        json!({"alg": "ES256", "jwk": pair.jwk()}),
        json!({"alg": "ES256", "typ": "dpop+jwt"}),
        json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": other.jwk()}),
        json!({"alg": "none", "typ": "dpop+jwt", "jwk": pair.jwk()}),
        json!({"alg": "HS256", "typ": "dpop+jwt", "jwk": pair.jwk()}),
    ] {
        assert_eq!(refused(header.clone()), ErrorCode::InvalidDpopProof, "{header}");
    }
    for text in ["", "x", "a.b.c", &"x".repeat(9000)] {
        assert!(Proof::read(text, proven(None), &Algorithm::ALL, NOW).is_err());
    }
}

// conforms: RFC 9449 §4.3 MUST
#[test]
fn at_a_resource_the_proof_names_its_token() {
    let pair = Pair::new();
    let read = |claims: &Value| {
        Proof::read(&signed(&pair, &header(&pair), claims), proven(Some("token")), &Algorithm::ALL, NOW)
    };
    let hash = base64url(digest(&SHA256, b"token"));
    assert!(read(&with("ath", json!(hash))).is_ok());
    for claims in [claims(), with("ath", json!("x")), with("ath", json!(base64url(digest(&SHA256, b"other"))))] {
        assert_eq!(read(&claims).unwrap_err().code, ErrorCode::InvalidDpopProof);
    }
}

#[test]
fn a_code_may_be_bound_to_a_key_ahead() {
    let ask = |query: &str| key_asked_for(&Parameters::parse(query));
    let text = base64url([7; 32]);
    assert_eq!(ask(&format!("dpop_jkt={text}")), Ok(Some(Thumbprint::from_bytes([7; 32]))));
    assert_eq!(ask(""), Ok(None));
    for query in ["dpop_jkt=x", &format!("dpop_jkt={text}&dpop_jkt={text}")] {
        assert_eq!(ask(query).unwrap_err().code, ErrorCode::InvalidRequest);
    }
}
