//! The ID token of a provider: every check of OpenID Connect Core section 3.1.3.7.

use serde_json::Value;
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use crate::jose::{self, Algorithm, Claims, JwkSet, JwsError};

/// The greatest age of an ID token that was just fetched.
const MAX_AGE_OF_TOKEN: Duration = Duration::minutes(10);

/// What must be true of the token.
#[derive(Clone, Copy)]
pub struct ExpectedIdToken<'a> {
    /// The provider's issuer.
    pub issuer: &'a str,
    /// Our client id at the provider.
    pub client_id: &'a str,
    /// The `nonce` that the flow sent.
    pub nonce: &'a str,
    /// The algorithms that the connection's configuration names.
    pub algorithms: &'a [Algorithm],
    /// The provider's keys.
    pub keys: &'a JwkSet,
    /// The access token that came with it.
    pub access_token: &'a str,
    /// Whether and since when the person must have proved to be there.
    pub freshness: Freshness,
    /// The claim that says the level: `acr`, or what the provider has in its place.
    pub level_claim: &'a str,
    /// The levels that will do, in the provider's words, `true` for a boolean that is; an empty word stands for a token that names none. Empty when the
    /// connection asks for none.
    pub acr_values: &'a [&'a str],
    /// The time.
    pub now: OffsetDateTime,
    /// How far the provider's clock may be off.
    pub leeway: Duration,
}

/// What the request demanded of `auth_time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing.
    Any,
    /// The request said `prompt=login` or `max_age=0`: not before this moment, when it was sent.
    NotBefore(OffsetDateTime),
    /// The request said `max_age`.
    MaxAge(Duration),
}

/// Why an ID token is refused. Holds nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenRefused {
    /// No key fits: the keys may have been rotated. After one refetch it is final.
    #[error("no key of the provider fits the ID token")]
    UnknownKey,
    /// Not a JWS, `none`, an algorithm that the configuration does not name, or a wrong signature.
    #[error("the ID token is not signed as agreed")]
    Signature(#[source] JwsError),
    /// Another issuer's.
    #[error("wrong iss")]
    Issuer,
    /// Not made for us, or for others too.
    #[error("wrong aud")]
    Audience,
    /// Given to somebody else.
    #[error("wrong azp")]
    AuthorizedParty,
    /// `exp`, `iat` or `sub` is missing, or cannot be read.
    #[error("exp, iat or sub is missing")]
    Incomplete,
    /// Expired, from the future, or much too old.
    #[error("the ID token is not of this time")]
    Time,
    /// Of another flow, or replayed.
    #[error("wrong nonce")]
    Nonce,
    /// The access token is not the one that belongs to it.
    #[error("wrong at_hash")]
    AccessTokenHash,
    /// A fresh authentication was asked for, and `auth_time` is missing or too old.
    #[error("the authentication is not fresh")]
    Stale,
    /// The level is missing or not among those that will do.
    #[error("the level of assurance is not enough")]
    Assurance,
}

/// Who signed in, as the provider names the person. No `Debug`: the subject finds a resident again.
pub struct UpstreamIdentity {
    /// `sub`
    pub subject: Zeroizing<String>,
    /// `auth_time`, if the provider says it.
    pub auth_time: Option<OffsetDateTime>,
    /// The level that was reached, by its place in [`ExpectedIdToken::acr_values`]; `None` when none was asked for.
    pub acr: Option<usize>,
}

/// Verifies an ID token.
///
/// # Errors
/// See [`IdTokenRefused`].
pub fn verify(id_token: &str, expected: &ExpectedIdToken<'_>) -> Result<UpstreamIdentity, IdTokenRefused> {
    let claims = match jose::verify(id_token, expected.keys, expected.algorithms) {
        Ok(jws) => jws.claims,
        Err(JwsError::UnknownKey) => return Err(IdTokenRefused::UnknownKey),
        Err(error) => return Err(IdTokenRefused::Signature(error)),
    };
    if claims.text("iss") != Some(expected.issuer) {
        return Err(IdTokenRefused::Issuer);
    }
    check_audience(&claims, expected.client_id)?;
    let subject = claims.text("sub").filter(|sub| sub.len() <= 255).ok_or(IdTokenRefused::Incomplete)?;
    check_time(&claims, expected)?;
    if claims.text("nonce") != Some(expected.nonce) {
        return Err(IdTokenRefused::Nonce);
    }
    if claims.get("at_hash").is_some() && claims.text("at_hash") != Some(&jose::at_hash(expected.access_token)) {
        return Err(IdTokenRefused::AccessTokenHash);
    }
    let auth_time = claims.time("auth_time");
    check_freshness(auth_time, expected)?;
    let acr = match expected.acr_values {
        [] => None,
        values => {
            let reached = match claims.get(expected.level_claim) {
                None => "",
                Some(Value::Bool(true)) => "true",
                Some(level) => level.as_str().filter(|word| !word.is_empty()).ok_or(IdTokenRefused::Assurance)?,
            };
            let place = values.iter().position(|value| *value == reached);
            Some(place.ok_or(IdTokenRefused::Assurance)?)
        }
    };
    Ok(UpstreamIdentity { subject: Zeroizing::new(subject.to_owned()), auth_time, acr })
}

/// We trust no other audience, so ours must be the only one (section 3.1.3.7 point 3); `azp`, where it is said, is us.
fn check_audience(claims: &Claims, client_id: &str) -> Result<(), IdTokenRefused> {
    if claims.audiences() != [client_id] {
        return Err(IdTokenRefused::Audience);
    }
    if claims.get("azp").is_some() && claims.text("azp") != Some(client_id) {
        return Err(IdTokenRefused::AuthorizedParty);
    }
    Ok(())
}

fn check_time(claims: &Claims, expected: &ExpectedIdToken<'_>) -> Result<(), IdTokenRefused> {
    let issued_at = claims.time("iat").ok_or(IdTokenRefused::Incomplete)?;
    claims.time("exp").ok_or(IdTokenRefused::Incomplete)?;
    let old = expected.now - issued_at > MAX_AGE_OF_TOKEN + expected.leeway;
    if old || !claims.is_live(expected.now, expected.leeway) || !claims.has_begun(expected.now, expected.leeway) {
        return Err(IdTokenRefused::Time);
    }
    Ok(())
}

fn check_freshness(auth_time: Option<OffsetDateTime>, expected: &ExpectedIdToken<'_>) -> Result<(), IdTokenRefused> {
    let earliest = match expected.freshness {
        Freshness::Any => return Ok(()),
        Freshness::NotBefore(moment) => moment,
        Freshness::MaxAge(age) => expected.now - age,
    };
    // A time to come is no proof of freshness either.
    let fits = |at: OffsetDateTime| at >= earliest - expected.leeway && at <= expected.now + expected.leeway;
    if auth_time.is_some_and(fits) { Ok(()) } else { Err(IdTokenRefused::Stale) }
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
mod tests;
