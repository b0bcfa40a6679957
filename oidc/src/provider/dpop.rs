//! Proofs of possession (RFC 9449): a client signs each request with a key of its own, and what it gets is of no use to
//! whoever does not have that key.
//!
//! Here is what can be said of a proof by looking at it. Whether its nonce is one of ours, and whether it was used before, the
//! caller says.

use aws_lc_rs::digest::{SHA256, digest};
use time::{Duration, OffsetDateTime};
use url::Url;

use crate::encoding::base64url;
use crate::error::{ErrorCode, ProtocolError};
use crate::jose::{Algorithm, Thumbprint, verify_possession};
use crate::parameters::Parameters;

/// How far `iat` may lie from now, either way. A proof that was made ahead is no use without a nonce of ours, which lives
/// shorter; so the clocks of people's devices are forgiven a lot.
pub const LEEWAY: Duration = Duration::minutes(5);
/// A proof longer than this is not looked into: one with the largest RSA key stays well below.
const MAX_PROOF_BYTES: usize = 8 * 1024;
/// The longest `jti`, in bytes.
const MAX_JTI_BYTES: usize = 256;

/// The request that a proof is for.
#[derive(Debug, Clone, Copy)]
pub struct Proven<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The URL without query and fragment.
    pub url: &'a str,
    /// The access token that the request carries, at a protected resource.
    pub access_token: Option<&'a str>,
}

/// A proof that fits its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The client's key.
    pub key: Thumbprint,
    /// The algorithm with which it was signed.
    pub algorithm: Algorithm,
    /// Its id, one per key: the same proof must not be taken twice.
    pub jti: String,
    /// The nonce that it holds; ours or not.
    pub nonce: Option<String>,
}

impl Proof {
    /// Reads the value of a `DPoP` header and makes the checks of RFC 9449, section 4.3, that need no memory. `allowed` are the
    /// algorithms with which this client may sign.
    ///
    /// # Errors
    /// `invalid_dpop_proof`.
    pub fn read(
        text: &str,
        request: Proven<'_>,
        allowed: &[Algorithm],
        now: OffsetDateTime,
    ) -> Result<Self, ProtocolError> {
        let refused = |why| Err(ProtocolError::new(ErrorCode::InvalidDpopProof, why));
        if text.len() > MAX_PROOF_BYTES {
            return refused("the DPoP proof is too long");
        }
        let Ok(possession) = verify_possession(text, allowed) else {
            return refused("the DPoP proof is not a JWT signed by the public key in its header");
        };
        let claims = &possession.claims;
        if possession.typ.as_deref() != Some("dpop+jwt") {
            return refused("typ of the DPoP proof is not dpop+jwt");
        }
        if claims.text("htm") != Some(request.method) {
            return refused("htm of the DPoP proof is not the method of this request");
        }
        if !claims.text("htu").is_some_and(|htu| is_same_url(htu, request.url)) {
            return refused("htu of the DPoP proof is not the URL of this request");
        }
        if claims.time("iat").is_none_or(|made_at| (made_at - now).abs() > LEEWAY) {
            return refused("iat of the DPoP proof is too far from now");
        }
        let Some(jti) = claims.text("jti").filter(|jti| jti.len() <= MAX_JTI_BYTES) else {
            return refused("jti of the DPoP proof is missing or too long");
        };
        let hash = request.access_token.map(|token| base64url(digest(&SHA256, token.as_bytes())));
        if hash.is_some() && claims.text("ath") != hash.as_deref() {
            return refused("ath of the DPoP proof is not the hash of the access token");
        }
        let nonce = claims.text("nonce").map(str::to_owned);
        Ok(Self { key: possession.key, algorithm: possession.algorithm, jti: jti.to_owned(), nonce })
    }
}

/// `dpop_jkt` (RFC 9449, section 10): the key to which the code shall be bound.
///
/// # Errors
/// `invalid_request` when it is repeated or no thumbprint.
pub fn key_asked_for(parameters: &Parameters) -> Result<Option<Thumbprint>, ProtocolError> {
    let Some(text) = parameters.get("dpop_jkt")? else { return Ok(None) };
    let malformed = ProtocolError::invalid_request("dpop_jkt is not the base64url of a SHA-256");
    Thumbprint::parse(text).map(Some).ok_or(malformed)
}

/// RFC 9449, section 4.3: without query and fragment, and normalised, so that another spelling of the same URL will do.
fn is_same_url(claimed: &str, expected: &str) -> bool {
    let plain = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    plain(claimed).is_some_and(|claimed| Some(claimed) == plain(expected))
}

#[cfg(test)]
#[path = "dpop_tests.rs"]
mod tests;
