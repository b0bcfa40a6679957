//! The access token of a userinfo request (RFC 6750, RFC 9449 section 7.1): from the header, or from the body of a POST. Never
//! from the query, where it would end in logs (RFC 9700 section 4.3.2).

use secrecy::SecretString;

use super::token::TokenType;

use crate::error::ProtocolError;
use crate::parameters::Parameters;

/// Reads the access token, and how it is used. `body` is the form of a POST, empty for a GET.
///
/// # Errors
/// `invalid_token` with a bare challenge when there is none, `invalid_request` when there are two.
pub fn access_token(
    authorization: Option<&str>,
    body: &Parameters,
) -> Result<(SecretString, TokenType), ProtocolError> {
    let given = authorization.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        let kind =
            [TokenType::Bearer, TokenType::DPoP].into_iter().find(|kind| scheme.eq_ignore_ascii_case(kind.as_str()));
        Some((token.trim(), kind?)).filter(|(token, _)| !token.is_empty())
    });
    match (given, body.get("access_token")?) {
        (Some((token, kind)), None) => Ok((token.into(), kind)),
        (None, Some(token)) => Ok((token.into(), TokenType::Bearer)),
        (None, None) => Err(ProtocolError::token_missing()),
        (Some(_), Some(_)) => Err(ProtocolError::invalid_request("the access token is given twice")),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(authorization: Option<&str>, body: &str) -> Result<String, ProtocolError> {
        access_token(authorization, &Parameters::parse(body)).map(|(token, _)| token.expose_secret().to_owned())
    }

    #[test]
    fn header_or_body_and_not_both() {
        assert_eq!(read(Some("Bearer abc"), "").as_deref(), Ok("abc"));
        assert_eq!(read(Some("bearer  abc"), "").as_deref(), Ok("abc"));
        assert_eq!(read(None, "access_token=abc").as_deref(), Ok("abc"));
        assert!(read(Some("Bearer abc"), "access_token=abc").is_err());
        assert!(read(None, "access_token=abc&access_token=abc").is_err());
    }

    #[test]
    fn a_token_is_used_as_it_was_given() {
        let kind = |authorization, body| access_token(authorization, &Parameters::parse(body)).map(|(_, kind)| kind);
        assert_eq!(kind(Some("DPoP abc"), ""), Ok(TokenType::DPoP));
        assert_eq!(kind(Some("dpop abc"), ""), Ok(TokenType::DPoP));
        assert_eq!(kind(Some("Bearer abc"), ""), Ok(TokenType::Bearer));
        assert_eq!(kind(None, "access_token=abc"), Ok(TokenType::Bearer));
    }

    #[test]
    fn without_a_token_the_challenge_is_bare() {
        for authorization in [None, Some("Basic abc"), Some("Bearer"), Some("Bearer "), Some("DPoP")] {
            let error = read(authorization, "").unwrap_err();
            assert_eq!(error.challenge(false).as_deref(), Some("Bearer"));
        }
    }
}
