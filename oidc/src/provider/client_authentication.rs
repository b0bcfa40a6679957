//! How a client proves who it is at the token endpoint: `client_secret_basic`, `client_secret_post` (RFC 6749 section
//! 2.3.1) or a signed assertion (RFC 7523). Exactly one of them, or none at all where it cannot keep a secret.

use aws_lc_rs::{constant_time, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::names::ClientId;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::client_assertion;
use crate::encoding::base64url;
use crate::error::ProtocolError;
use crate::parameters::Parameters;

/// `client_assertion_type` of RFC 7523 section 2.2.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who the client says it is, and its proof, which is still to be checked.
#[derive(Debug)]
pub struct ClientCredentials {
    /// The client as claimed; to be looked up in the tenant whose issuer was called.
    pub client_id: ClientId,
    /// The proof.
    pub proof: ClientProof,
}

/// The proof that a client presents.
#[derive(Debug)]
pub enum ClientProof {
    /// A shared secret, from the header or the body.
    Secret(SecretString),
    /// A JWT signed by the client ([`client_assertion::judge`]).
    Assertion(SecretString),
    /// Nothing: a public client says who it is (RFC 6749 section 3.2.1).
    Nothing,
}

impl ClientCredentials {
    /// Reads the credentials from the `Authorization` header and the body.
    ///
    /// # Errors
    /// `invalid_request` when two methods are mixed, `invalid_client` when there is none or it cannot be read.
    pub fn read(authorization: Option<&str>, body: &Parameters) -> Result<Self, ProtocolError> {
        let client_id = body.get("client_id")?;
        let secret = body.get("client_secret")?;
        let assertion = (body.get("client_assertion_type")?, body.get("client_assertion")?);
        match (authorization, secret, assertion) {
            (Some(header), None, (None, None)) => {
                let credentials = basic(header).ok_or(ProtocolError::invalid_client())?;
                // Some libraries repeat the id in the body: harmless as long as it is the same.
                if client_id.is_some_and(|id| id != credentials.client_id.as_str()) {
                    return Err(ProtocolError::invalid_request("client_id differs from the Authorization header"));
                }
                Ok(credentials)
            }
            (None, Some(secret), (None, None)) => {
                Self::of(client_id.unwrap_or_default(), ClientProof::Secret(secret.into()))
            }
            (None, None, (Some(JWT_BEARER), Some(assertion))) => {
                let claimed = client_assertion::claimed_client(assertion).ok_or(ProtocolError::invalid_client())?;
                if client_id.is_some_and(|id| id != claimed) {
                    return Err(ProtocolError::invalid_client());
                }
                Self::of(&claimed, ClientProof::Assertion(assertion.into()))
            }
            (None, None, (None, None)) => Self::of(client_id.unwrap_or_default(), ClientProof::Nothing),
            (None, None, _) => Err(ProtocolError::invalid_client()),
            _ => Err(ProtocolError::invalid_request("a client authenticates in one way only")),
        }
    }

    fn of(client_id: &str, proof: ClientProof) -> Result<Self, ProtocolError> {
        let client_id = ClientId::parse(client_id).map_err(|_| ProtocolError::invalid_client())?;
        Ok(Self { client_id, proof })
    }
}

/// Reads `Basic base64(form-encoded id ":" form-encoded secret)`.
fn basic(header: &str) -> Option<ClientCredentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let (id, secret) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    let secret = form_decoded(secret)?;
    ClientCredentials::of(&form_decoded(id)?, ClientProof::Secret(secret.as_str().into())).ok()
}

/// One value of `application/x-www-form-urlencoded` (RFC 6749 appendix B).
fn form_decoded(text: &str) -> Option<Zeroizing<String>> {
    let spaced = Zeroizing::new(text.replace('+', " "));
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?.into_owned();
    Some(Zeroizing::new(decoded))
}

/// A new client secret: 43 characters of base64url, so that it needs no escaping anywhere.
pub fn client_secret(random: &[u8; 32]) -> SecretString {
    base64url(random).into()
}

/// What is kept of a secret. SHA-256 alone is enough, because a secret of ours has 256 random bits.
pub fn secret_digest(secret: &SecretString) -> [u8; 32] {
    let hash = digest::digest(&digest::SHA256, secret.expose_secret().as_bytes());
    let mut kept = [0; 32];
    kept.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    kept
}

/// Whether the secret is the one that was kept, in a time that does not tell how nearly.
pub fn secret_matches(presented: &SecretString, kept: &[u8; 32]) -> bool {
    constant_time::verify_slices_are_equal(&secret_digest(presented), kept).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorCode;

    fn read(authorization: Option<&str>, body: &str) -> Result<(String, String), ErrorCode> {
        let credentials =
            ClientCredentials::read(authorization, &Parameters::parse(body)).map_err(|error| error.code)?;
        let proof = match &credentials.proof {
            ClientProof::Secret(secret) | ClientProof::Assertion(secret) => secret.expose_secret(),
            ClientProof::Nothing => "",
        };
        Ok((credentials.client_id.to_string(), proof.to_owned()))
    }

    fn header(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    fn pair(id: &str, secret: &str) -> Result<(String, String), ErrorCode> {
        Ok((id.to_owned(), secret.to_owned()))
    }

    #[test]
    fn rfc_6749_section_2_3_1() {
        let given = read(Some("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"), "");
        assert_eq!(given, pair("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"));
        let given = read(None, "client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw");
        assert_eq!(given, pair("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"));
    }

    #[test]
    fn both_halves_are_form_decoded() {
        assert_eq!(read(Some(&header("lib%72ary:a+b%3Ac%25")), ""), pair("library", "a b:c%"));
        assert_eq!(read(Some(&header("library:a:b")), ""), pair("library", "a:b"));
        assert_eq!(read(Some(&header("library:a").replace("Basic", "bAsIc")), ""), pair("library", "a"));
    }

    #[test]
    fn two_ways_at_once_are_refused() {
        let basic = header("library:a");
        for body in [
            "client_id=library&client_secret=a",
            "client_secret=a",
            "client_id=other",
            "client_assertion=x",
            "client_id=library&client_id=library",
        ] {
            assert_eq!(read(Some(&basic), body), Err(ErrorCode::InvalidRequest), "{body}");
        }
        assert_eq!(read(None, "client_id=lib&client_secret=a&client_assertion=x"), Err(ErrorCode::InvalidRequest));
        assert_eq!(read(Some(&basic), "client_id=library"), pair("library", "a"));
    }

    #[test]
    fn unreadable_or_missing_credentials() {
        for authorization in ["Bearer x", "Basic", "Basic !", &header("library"), &header(":a"), &header("library:%ff")]
        {
            assert_eq!(read(Some(authorization), ""), Err(ErrorCode::InvalidClient), "{authorization}");
        }
        assert_eq!(read(None, "client_id=library"), pair("library", ""));
        for body in ["", "client_secret=a", "client_assertion=x", "client_id=library&client_assertion_type=x"] {
            assert_eq!(read(None, body), Err(ErrorCode::InvalidClient), "{body}");
        }
    }

    #[test]
    fn a_secret_is_recognised_by_its_digest() {
        let secret = client_secret(&[9; 32]);
        assert_eq!(secret.expose_secret().len(), 43);
        let kept = secret_digest(&secret);
        assert!(secret_matches(&secret, &kept));
        assert!(!secret_matches(&client_secret(&[8; 32]), &kept));
        assert!(!secret_matches(&"".into(), &kept));
    }

    proptest! {
        #[test]
        fn foreign_credentials_never_panic(text in ".*") {
            let _ = read(Some(&text), &text);
            let _ = read(Some(&header(&text)), "");
        }
    }
}
