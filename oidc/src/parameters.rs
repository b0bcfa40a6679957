//! Parameters of a request, from a query or a form body (`application/x-www-form-urlencoded`).
//!
//! RFC 6749 section 3.1: a parameter without a value counts as omitted, an unknown one is ignored, a repeated one is
//! refused. The refusal happens when a parameter is read, not when the text is parsed, because a repeated `client_id` must
//! end on a page of ours while a repeated `scope` goes back to the client.

use std::fmt;

use crate::error::ProtocolError;

/// The parameters of one request, decoded. Has no [`fmt::Debug`] that shows values: codes, secrets and hints travel here.
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Parameters {
    /// Decodes a query or a body. Total: bytes that are not UTF-8 become U+FFFD and match nothing later.
    pub fn parse(urlencoded: &str) -> Self {
        Self(url::form_urlencoded::parse(urlencoded.as_bytes()).into_owned().collect())
    }

    /// Parameters that came in another form, each name once.
    pub(crate) fn of(parameters: Vec<(String, String)>) -> Self {
        Self(parameters)
    }

    /// The value of a parameter; `None` when it is absent or empty.
    ///
    /// # Errors
    /// `invalid_request` when it occurs more than once, even with the same value.
    pub fn get(&self, name: &str) -> Result<Option<&str>, ProtocolError> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(ProtocolError::invalid_request("a parameter is repeated")),
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request` with `absent` as its sentence, or when it is repeated.
    pub fn require(&self, name: &str, absent: &'static str) -> Result<&str, ProtocolError> {
        self.get(name)?.ok_or(ProtocolError::invalid_request(absent))
    }

    /// Refuses the request when one of `names` is repeated, whether or not its value is used.
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn refuse_repeated(&self, names: &[&str]) -> Result<(), ProtocolError> {
        names.iter().try_for_each(|name| self.get(name).map(|_| ()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn values_are_decoded_and_empty_ones_are_absent() {
        let parameters = Parameters::parse("scope=openid+name&state=a%26b&nonce=&flag");
        assert_eq!(parameters.get("scope").unwrap(), Some("openid name"));
        assert_eq!(parameters.get("state").unwrap(), Some("a&b"));
        assert_eq!(parameters.get("nonce").unwrap(), None);
        assert_eq!(parameters.get("flag").unwrap(), None);
        assert_eq!(parameters.get("absent").unwrap(), None);
    }

    #[test]
    fn duplicate_parameter_is_refused_even_when_one_is_empty() {
        for query in ["state=a&state=a", "state=a&state=", "state=&state="] {
            assert_eq!(Parameters::parse(query).get("state").unwrap_err().code, ErrorCode::InvalidRequest);
        }
    }

    #[test]
    fn debug_shows_names_only() {
        let parameters = Parameters::parse("client_secret=hunter2");
        assert_eq!(format!("{parameters:?}"), r#"["client_secret"]"#);
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics(text in ".*") {
            let _ = Parameters::parse(&text).get("state");
        }
    }
}
