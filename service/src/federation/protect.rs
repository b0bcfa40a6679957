//! What a service is told, signed with the algorithm that its published version names (userinfo only where it says so) and, where
//! that says so, encrypted to a key of the service: signed first, then encrypted (OpenID Connect Core, section 10.2).

use domain::configuration::{Encryption, IdTokenSigning};
use oidc::jose::{Algorithm, Jwk, KeyManagement, SigningKey, can_be_encrypted_to, encrypt_claims, encrypt_jwt};
use oidc::provider::claims::{IdTokenClaims, UserinfoClaims};
use oidc::{ErrorCode, ProtocolError};
use serde::Serialize;
use zeroize::Zeroizing;

use super::published::{Party, Published};
use super::remembered::Newness;
use crate::Service;
use crate::error::Error;

/// The answer of the userinfo endpoint.
pub enum Userinfo {
    /// JSON, as most services get it.
    Json(Zeroizing<Vec<u8>>),
    /// A JWT that is signed, encrypted to the service, or both (`application/jwt`).
    Jwt(String),
}

/// Signed claims say who made them and for whom (OpenID Connect Core, section 5.3.2).
#[derive(Serialize)]
struct SignedUserinfo<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(flatten)]
    claims: &'a UserinfoClaims<'a>,
}

/// A key of the service.
struct Recipient {
    key: Jwk,
    algorithm: KeyManagement,
}

impl Service {
    /// Refuses, before anything is spent, where tokens are to be encrypted and no key of the service can be had.
    pub(super) async fn require_recipient(&self, party: &Party) -> Result<(), ProtocolError> {
        self.recipient(party).await.map(|_| ())
    }

    /// The ID token, as the service wants it.
    pub(super) async fn protected_id_token(
        &self,
        published: &Published,
        party: &Party,
        claims: &IdTokenClaims<'_>,
    ) -> Result<String, Error> {
        let signed = self.signer(published, party)?.sign(claims).map_err(|_| Error::internal("signing"))?;
        match self.recipient(party).await.map_err(|_| Error::Unavailable)? {
            Some(recipient) => encrypted(&signed, &recipient).ok_or(Error::Unavailable),
            None => Ok(signed),
        }
    }

    /// The userinfo response, as the service wants it.
    pub(super) async fn protected_userinfo(
        &self,
        published: &Published,
        party: &Party,
        claims: &UserinfoClaims<'_>,
    ) -> Result<Result<Userinfo, ProtocolError>, Error> {
        let recipient = match self.recipient(party).await {
            Ok(recipient) => recipient,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let signed = if party.content.client.signs_userinfo() {
            let claims = SignedUserinfo { iss: &published.issuer, aud: &party.client_id, claims };
            Some(self.signer(published, party)?.sign(&claims).map_err(|_| Error::internal("signing"))?)
        } else {
            None
        };
        let plain = || claims.to_json().map_err(|_| Error::internal("claims"));
        let jwt = match (signed, recipient) {
            (None, None) => return Ok(Ok(Userinfo::Json(plain()?))),
            (Some(signed), None) => Some(signed),
            (Some(signed), Some(recipient)) => encrypted(&signed, &recipient),
            (None, Some(Recipient { key, algorithm })) => encrypt_claims(&plain()?, &key, algorithm).ok(),
        };
        Ok(jwt.map(Userinfo::Jwt).ok_or_else(no_key))
    }

    /// The key for what this service is told, at this moment.
    pub(super) fn signer<'p>(&self, published: &'p Published, party: &Party) -> Result<&'p SigningKey, Error> {
        let algorithm = algorithm(party.content.client.id_token_signing);
        let key = published.keys.signing.signer(algorithm, self.clock.seconds());
        key.ok_or_else(|| Error::internal("no signing key"))
    }

    async fn recipient(&self, party: &Party) -> Result<Option<Recipient>, ProtocolError> {
        let Some(algorithm) = key_management(party.content.client.encryption) else { return Ok(None) };
        for wanted in [Newness::Believed, Newness::Newer] {
            let keys = self.client_keys(party, wanted).await;
            if let Some(key) = keys.as_ref().and_then(|keys| keys.find_for_encryption(algorithm))
                && can_be_encrypted_to(key, algorithm)
            {
                return Ok(Some(Recipient { key: key.clone(), algorithm }));
            }
        }
        Err(no_key())
    }
}

/// The algorithm as the protocol names it.
pub(crate) const fn algorithm(signing: IdTokenSigning) -> Algorithm {
    match signing {
        IdTokenSigning::Es256 => Algorithm::ES256,
        IdTokenSigning::Rs256 => Algorithm::RS256,
        IdTokenSigning::Ps256 => Algorithm::PS256,
    }
}

const fn key_management(encryption: Encryption) -> Option<KeyManagement> {
    match encryption {
        Encryption::None => None,
        Encryption::RsaOaep256 => Some(KeyManagement::RsaOaep256),
        Encryption::EcdhEsA256kw => Some(KeyManagement::EcdhEsA256Kw),
    }
}

fn encrypted(signed: &str, recipient: &Recipient) -> Option<String> {
    encrypt_jwt(signed, &recipient.key, recipient.algorithm).ok()
}

fn no_key() -> ProtocolError {
    ProtocolError::new(ErrorCode::TemporarilyUnavailable, "there is no key of the client to encrypt to")
}
