//! The claims of a verified token, read one by one: a claim of the wrong type counts as absent, and where it is needed the
//! token is refused.

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

/// Claims whose signature was checked. They may hold a foreign subject, so there is no `Debug`.
#[derive(Clone)]
pub struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) const fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// A claim as it is.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim that is text and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// The audiences: `aud` is one text or an array of them (RFC 7519 section 4.1.3). Empty when it is anything else.
    pub fn audiences(&self) -> Vec<&str> {
        match self.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => {
                several.iter().map(Value::as_str).collect::<Option<Vec<_>>>().unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// A NumericDate (RFC 7519 section 2), whose fraction of a second is dropped.
    pub fn time(&self, name: &str) -> Option<OffsetDateTime> {
        let value = self.get(name)?;
        let seconds = value.as_i64().or_else(|| whole_seconds(value.as_f64()?))?;
        OffsetDateTime::from_unix_timestamp(seconds).ok()
    }

    /// Whether `exp` is there and not yet over, `leeway` granted.
    pub fn is_live(&self, now: OffsetDateTime, leeway: Duration) -> bool {
        self.time("exp").is_some_and(|expires_at| now < expires_at.saturating_add(leeway))
    }

    /// Whether `iat` is there and not in the future, and `nbf`, where there is one, has come; `leeway` granted.
    pub fn has_begun(&self, now: OffsetDateTime, leeway: Duration) -> bool {
        let latest = now.saturating_add(leeway);
        self.time("iat").is_some_and(|issued_at| issued_at <= latest)
            && (self.get("nbf").is_none() || self.time("nbf").is_some_and(|not_before| not_before <= latest))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked first, and the fraction is meant to go")]
fn whole_seconds(seconds: f64) -> Option<i64> {
    // The year 9999, the last one that a date can name here.
    (0.0..253_402_300_800.0).contains(&seconds).then_some(seconds as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        let Value::Object(members) = value else { panic!() };
        Claims::new(members)
    }

    #[test]
    fn audiences_of_both_forms() {
        assert_eq!(claims(json!({"aud": "a"})).audiences(), ["a"]);
        assert_eq!(claims(json!({"aud": ["a", "b"]})).audiences(), ["a", "b"]);
        assert!(claims(json!({"aud": ["a", 1]})).audiences().is_empty());
        assert!(claims(json!({})).audiences().is_empty());
    }

    #[test]
    fn times_may_have_a_fraction_and_must_be_numbers() {
        let at = |value: Value| claims(json!({"exp": value})).time("exp").map(OffsetDateTime::unix_timestamp);
        assert_eq!(at(json!(1_700_000_000)), Some(1_700_000_000));
        assert_eq!(at(json!(1_700_000_000.9)), Some(1_700_000_000));
        assert_eq!(at(json!("1700000000")), None);
        assert_eq!(at(json!(1e300)), None);
        assert_eq!(at(json!(i64::MAX)), None);
    }

    #[test]
    fn life_with_leeway() {
        let now = OffsetDateTime::from_unix_timestamp(1000).unwrap();
        let leeway = Duration::seconds(10);
        assert!(claims(json!({"exp": 991})).is_live(now, leeway));
        assert!(!claims(json!({"exp": 990})).is_live(now, leeway));
        assert!(!claims(json!({})).is_live(now, leeway));
        assert!(claims(json!({"iat": 1010})).has_begun(now, leeway));
        assert!(!claims(json!({"iat": 1011})).has_begun(now, leeway));
        assert!(!claims(json!({"iat": 1000, "nbf": 1011})).has_begun(now, leeway));
        assert!(!claims(json!({"iat": 1000, "nbf": "soon"})).has_begun(now, leeway));
        assert!(!claims(json!({})).has_begun(now, leeway));
    }
}
