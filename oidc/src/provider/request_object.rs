//! Signed requests (RFC 9101; OpenID Connect Core section 6.1): the parameters travel as the claims of a JWT that the client
//! signed, and then no others count.

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::authorize::KNOWN;
use crate::error::{ErrorCode, ProtocolError};
use crate::jose::{Claims, VerifiedJws};
use crate::parameters::Parameters;

/// How far a client's clock may be off.
const LEEWAY: Duration = Duration::seconds(30);
/// The longest time for which a request may be signed ahead.
const MAX_LIFE: Duration = Duration::hours(1);
/// The types of a request object, where it names one: a JWT that was signed for another purpose is none (RFC 8725 section
/// 3.11).
const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "JWT"];

/// What a request object must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The client that sends it, as named beside it.
    pub client_id: &'a str,
    /// The issuer that is asked.
    pub issuer: &'a str,
    /// The time.
    pub now: OffsetDateTime,
    /// It says when it ends. RFC 9101 leaves that open, and clients with a fixed object cannot.
    pub ends: bool,
}

/// The request object of a request, if it has one.
///
/// # Errors
/// `invalid_request` if there are two, or a reference beside it (RFC 9101 section 5).
pub fn given(parameters: &Parameters) -> Result<Option<&str>, ProtocolError> {
    let object = parameters.get("request")?;
    if object.is_some() && parameters.get("request_uri")?.is_some() {
        return Err(ProtocolError::invalid_request("request and request_uri exclude each other"));
    }
    Ok(object)
}

/// The error for a request object that is not accepted (RFC 9101 section 7).
pub const fn refused(description: &'static str) -> ProtocolError {
    ProtocolError::new(ErrorCode::InvalidRequestObject, description)
}

/// The parameters in an object that the client signed. What is said beside it does not count (RFC 9101 section 6.3).
///
/// # Errors
/// `invalid_request_object`: it is not this client's, for somebody else, too old, or holds what cannot be a parameter.
pub fn parameters(signed: &VerifiedJws, expected: &Expected<'_>) -> Result<Parameters, ProtocolError> {
    let claims = &signed.claims;
    if signed.typ.as_deref().is_some_and(|typ| !TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known))) {
        return Err(refused("the request object has another typ"));
    }
    let said = |name| claims.text(name) == Some(expected.client_id);
    // With itself as the subject it would be an assertion of the client (RFC 9101 section 10.8).
    if !said("iss") || !said("client_id") || said("sub") {
        return Err(refused("iss and client_id of the request object must be the client, sub must not"));
    }
    if !claims.audiences().contains(&expected.issuer) {
        return Err(refused("the request object is for another audience"));
    }
    if expected.ends && claims.get("exp").is_none() {
        return Err(refused("the request object has no exp"));
    }
    if !is_current(claims, expected.now) {
        return Err(refused("the request object is expired, not valid yet, or valid for more than an hour"));
    }
    if ["request", "request_uri"].iter().any(|name| claims.get(name).is_some()) {
        return Err(refused("a request object holds no other"));
    }
    let mut found = Vec::new();
    for name in KNOWN {
        if let Some(value) = claims.get(name) {
            let text = as_parameter(value).ok_or(refused("a claim of the request object cannot be a parameter"))?;
            found.push((name.to_owned(), text));
        }
    }
    Ok(Parameters::of(found))
}

/// Whether a JWT of a client counts now: `exp`, where it is there, is to come and at most an hour ahead, and `nbf` and `iat` are over.
pub(super) fn is_current(claims: &Claims, now: OffsetDateTime) -> bool {
    let latest = now + LEEWAY;
    let has_come = |name| claims.get(name).is_none() || claims.time(name).is_some_and(|time| time <= latest);
    let ends = || claims.is_live(now, LEEWAY) && claims.time("exp").is_some_and(|ends| ends <= latest + MAX_LIFE);
    (claims.get("exp").is_none() || ends()) && has_come("nbf") && has_come("iat")
}

/// Texts as they are, numbers in digits, `claims` as the JSON that it would be in a query (OpenID Connect Core section 6.1).
fn as_parameter(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Object(_) => Some(value.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jose::{self, Algorithm, JwkSet, SigningKey};

    const ISSUER: &str = "https://id.example/t/showa";

    fn good() -> Value {
        json!({
            "iss": "library", "aud": ISSUER, "exp": 1_795_000_300, "client_id": "library", "response_type": "code",
            "redirect_uri": "https://l.example/cb", "scope": "openid", "state": "a&b", "max_age": 60,
            "claims": {"userinfo": {"name": null}}, "purpose": [1],
        })
    }

    fn read_as(typ: &str, claims: &Value) -> Result<Parameters, ProtocolError> {
        read_where(true, typ, claims)
    }

    fn read_where(ends: bool, typ: &str, claims: &Value) -> Result<Parameters, ProtocolError> {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let object = key.sign_as(typ, claims).unwrap();
        let signed = jose::verify(&object, &JwkSet::of([key.public_jwk()]), &Algorithm::ALL).unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
        parameters(&signed, &Expected { client_id: "library", issuer: ISSUER, now, ends })
    }

    #[test]
    fn claims_become_parameters() {
        let read = read_as("oauth-authz-req+jwt", &good()).unwrap();
        for (name, value) in [
            ("scope", Some("openid")),
            ("state", Some("a&b")),
            ("max_age", Some("60")),
            ("claims", Some(r#"{"userinfo":{"name":null}}"#)),
            ("nonce", None),
            ("purpose", None),
            ("aud", None),
        ] {
            assert_eq!(read.get(name).unwrap(), value, "{name}");
        }
        for (name, value) in [
            ("aud", json!(["https://elsewhere.example", ISSUER])),
            ("sub", json!("somebody")),
            ("nbf", json!(1_795_000_030)),
            ("iat", json!(1_794_000_000)),
            ("exp", json!(1_795_003_630)),
        ] {
            let mut claims = good();
            claims[name] = value.clone();
            assert!(read_as("jwt", &claims).is_ok(), "{name} {value}");
        }
    }

    #[test]
    fn what_is_not_this_clients_for_us_and_now_is_refused() {
        for (name, value) in [
            ("iss", json!("other")),
            ("iss", Value::Null),
            ("client_id", json!("other")),
            ("client_id", Value::Null),
            ("sub", json!("library")),
            ("aud", json!("https://id.example/t/mino")),
            ("aud", Value::Null),
            ("exp", json!(1_794_999_970)),
            ("exp", json!(1_795_003_631)),
            ("exp", Value::Null),
            ("nbf", json!(1_795_000_031)),
            ("nbf", json!("soon")),
            ("iat", json!(1_795_000_031)),
            ("request", json!("x.y.z")),
            ("request_uri", json!("urn:x")),
            ("scope", json!(["openid"])),
            ("state", Value::Null),
            ("nonce", json!(true)),
        ] {
            let mut claims = good();
            claims[name] = value.clone();
            let refusal = read_as("JWT", &claims).err().map(|error| error.code);
            assert_eq!(refusal, Some(ErrorCode::InvalidRequestObject), "{name} {value}");
        }
        assert!(read_as("client-authentication+jwt", &good()).is_err());
        assert!(read_as("dpop+jwt", &good()).is_err());
    }

    #[test]
    fn only_where_it_must_does_an_object_say_when_it_ends() {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove("exp");
        assert!(read_where(false, "JWT", &claims).is_ok());
        assert_eq!(read_as("JWT", &claims).unwrap_err().description, "the request object has no exp");
        for wrong in [json!(1_794_999_970), json!(1_795_003_631), json!("soon"), Value::Null] {
            claims["exp"] = wrong.clone();
            assert!(read_where(false, "JWT", &claims).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_object_stands_alone() {
        let given = |query: &str| given(&Parameters::parse(query)).map(|object| object.map(str::to_owned));
        assert_eq!(given("client_id=library"), Ok(None));
        assert_eq!(given("request=a.b.c&scope=openid"), Ok(Some("a.b.c".to_owned())));
        for query in ["request=a.b.c&request_uri=urn:x", "request=a&request=a"] {
            assert_eq!(given(query).map_err(|error| error.code), Err(ErrorCode::InvalidRequest), "{query}");
        }
    }
}
