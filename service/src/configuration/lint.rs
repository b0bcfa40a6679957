//! What only the network knows of a relying party before it is submitted: whether the addresses of its software answer, and
//! whether its keys can be used. No transaction is open while somebody else's server is waited for.

use std::time::Duration;

use domain::configuration::{ClientAuthentication, ClientKeys, ClientSettings, Encryption, RelyingPartyContent};
use domain::violations::{Violation, Violations};
use domain::web_address::HttpsUrl;
use oidc::jose::{Jwk, JwkSet, KeyManagement, KeyMaterial, can_be_encrypted_to};
use oidc::provider::sector::SectorDocument;
use url::Url;

use super::content::{Content, Form};
use crate::Service;
use crate::error::Error;
use crate::federation::algorithms;
use crate::gate::{Caller, Resource, action};
use crate::http_client::FetchError;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The sizes of RSA keys that are verified with, in bytes (RFC 7518, section 3.3).
const RSA_BYTES: std::ops::RangeInclusive<usize> = 2048 / 8..=8192 / 8;

impl Service {
    /// Whether a form could be submitted as it is: that nothing is missing, and that its addresses answer.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the form's fields; [`Error::Denied`] to those who may not draft.
    pub async fn check_form(&self, caller: &Caller, form: &Form) -> Result<(), Error> {
        drop(self.gate.open(caller, action::Update, Resource::Configuration).await?);
        self.check_addresses(&form.parse(self.loopback())?).await
    }

    /// Asks the servers that a content names. Whoever calls this holds no scope.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the form's fields.
    pub(crate) async fn check_addresses(&self, content: &Content) -> Result<(), Error> {
        let Content::RelyingParty(content) = content else { return Ok(()) };
        let client = &content.client;
        let mut wrong = Violations::default();
        let (keys, logout, events, sector) = futures::join!(
            self.check_keys(client),
            self.check_is_there(client.backchannel_logout_uri.as_ref()),
            self.check_is_there(client.events.uri.as_ref()),
            self.check_sector(content),
        );
        wrong.check("jwks_uri", keys);
        wrong.check("backchannel_logout_uri", logout);
        wrong.check("events_uri", events);
        wrong.check("sector_identifier_uri", sector);
        Ok(wrong.finish(Some(()))?)
    }

    async fn check_keys(&self, client: &ClientSettings) -> Result<(), Violation> {
        let Some(ClientKeys::JwksUri(uri)) = &client.keys else { return Ok(()) };
        let document = self.ask(uri).await.map_err(|_| Violation::Unreachable)?;
        check_key_set(&document, client)
    }

    /// Whatever it says to a request that is none, it is there.
    async fn check_is_there(&self, uri: Option<&HttpsUrl>) -> Result<(), Violation> {
        let Some(uri) = uri else { return Ok(()) };
        match self.ask(uri).await {
            Ok(_) | Err(FetchError::Status(_) | FetchError::TooLarge) => Ok(()),
            Err(FetchError::Address | FetchError::Unconnected | FetchError::Unreachable) => Err(Violation::Unreachable),
        }
    }

    /// Whoever shares a pseudonym is named by the document, redirect URI by redirect URI (OpenID Connect Registration, section 5).
    async fn check_sector(&self, content: &RelyingPartyContent) -> Result<(), Violation> {
        let Some(uri) = &content.client.sector_identifier_uri else { return Ok(()) };
        let document = self.ask(uri).await.map_err(|_| Violation::Unreachable)?;
        let sector = SectorDocument::parse(&document).ok_or(Violation::Malformed)?;
        if content.redirect_uris.iter().all(|uri| sector.lists(uri.as_str())) {
            Ok(())
        } else {
            Err(Violation::Mismatch)
        }
    }

    async fn ask(&self, uri: &HttpsUrl) -> Result<Vec<u8>, FetchError> {
        let at = Url::parse(uri.as_str()).map_err(|_| FetchError::Address)?;
        tokio::time::timeout(PATIENCE, self.http_to_services.get(&at)).await.map_err(|_| FetchError::Unreachable)?
    }
}

/// Whether keys, pasted or fetched, are a JWKS of public keys that serve for what the settings want of them.
///
/// # Errors
/// [`Violation::Malformed`] for another document, [`Violation::NotAllowed`] for one with a private or symmetric key,
/// [`Violation::Duplicate`] where a name stands for two keys, [`Violation::Unknown`] without a key that serves.
pub(super) fn check_key_set(document: &[u8], client: &ClientSettings) -> Result<(), Violation> {
    let keys = JwkSet::parse(document).map_err(|_| Violation::Malformed)?;
    if holds_a_secret(document) {
        return Err(Violation::NotAllowed);
    }
    let named = |key: &Jwk| keys.keys().iter().filter(|other| other.key_id() == key.key_id()).count();
    if keys.keys().iter().any(|key| named(key) > 1) {
        return Err(Violation::Duplicate);
    }
    let serves = |fits: &dyn Fn(&Jwk) -> bool| keys.keys().iter().any(|key| is_long_enough(key) && fits(key));
    let algorithms = algorithms(client.profile);
    let signs = client.authentication == ClientAuthentication::PrivateKeyJwt || client.signed_only;
    let encrypts = match client.encryption {
        Encryption::None => None,
        Encryption::RsaOaep256 => Some(KeyManagement::RsaOaep256),
        Encryption::EcdhEsA256kw => Some(KeyManagement::EcdhEsA256Kw),
    };
    let enough = serves(&|_| true)
        && (!signs || serves(&|key| algorithms.iter().any(|algorithm| key.fits(*algorithm))))
        && encrypts.is_none_or(|algorithm| serves(&|key| can_be_encrypted_to(key, algorithm)));
    if enough { Ok(()) } else { Err(Violation::Unknown) }
}

/// Whether a JWKS brings the private half of a key, or a symmetric one (RFC 7518, section 6): nothing of that rests here.
pub(super) fn holds_a_secret(jwks: &[u8]) -> bool {
    let document: serde_json::Value = serde_json::from_slice(jwks).unwrap_or_default();
    let keys = document.get("keys").and_then(|keys| keys.as_array()).into_iter().flatten();
    keys.into_iter().any(|key| key.get("d").is_some() || key.get("k").is_some())
}

fn is_long_enough(key: &Jwk) -> bool {
    match key.material() {
        KeyMaterial::P256 { .. } => true,
        // Base64url, without padding.
        KeyMaterial::Rsa { n, .. } => RSA_BYTES.contains(&(n.len() * 3 / 4)),
    }
}

#[cfg(test)]
mod tests {
    use domain::configuration::SecurityProfile;
    use oidc::jose::{Algorithm, SigningKey};
    use serde_json::{Value, json};

    use super::*;

    fn public(algorithm: Algorithm) -> Value {
        let key = SigningKey::from_pkcs8_for(algorithm, &SigningKey::generate_for(algorithm).unwrap()).unwrap();
        serde_json::to_value(key.public_jwk()).unwrap()
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    fn check(keys: &[Value], change: impl FnOnce(&mut ClientSettings)) -> Result<(), Violation> {
        let mut client =
            ClientSettings { authentication: ClientAuthentication::PrivateKeyJwt, ..ClientSettings::default() };
        change(&mut client);
        check_key_set(json!({ "keys": keys }).to_string().as_bytes(), &client)
    }

    #[test]
    fn keys_must_serve_for_what_is_wanted_of_them() {
        let (es256, rs256) = (public(Algorithm::ES256), public(Algorithm::RS256));
        let encrypts = json!({"kty": "RSA", "n": rs256["n"], "e": "AQAB", "use": "enc", "kid": "enc"});
        let usual = |_: &mut ClientSettings| {};
        let fapi = |client: &mut ClientSettings| client.profile = SecurityProfile::Fapi2;
        let wants_rsa = |client: &mut ClientSettings| client.encryption = Encryption::RsaOaep256;
        assert_eq!(check(std::slice::from_ref(&es256), usual), Ok(()));
        assert_eq!(check(std::slice::from_ref(&rs256), usual), Ok(()));
        assert_eq!(check(std::slice::from_ref(&rs256), fapi), Err(Violation::Unknown));
        assert_eq!(check(std::slice::from_ref(&es256), fapi), Ok(()));
        assert_eq!(check(std::slice::from_ref(&es256), wants_rsa), Err(Violation::Unknown));
        assert_eq!(check(&[es256, encrypts.clone()], wants_rsa), Ok(()));
        assert_eq!(check(std::slice::from_ref(&encrypts), usual), Err(Violation::Unknown));
        assert_eq!(check(&[encrypts], |client| client.authentication = ClientAuthentication::Secret), Ok(()));
        assert_eq!(check(&[], usual), Err(Violation::Unknown));
        assert_eq!(check(&[with(rs256, "n", json!("A".repeat(340)))], usual), Err(Violation::Unknown));
    }

    #[test]
    fn every_name_stands_for_one_public_key() {
        let (one, other) = (public(Algorithm::ES256), public(Algorithm::ES256));
        let usual = |_: &mut ClientSettings| {};
        assert_eq!(check(&[one.clone(), other.clone()], usual), Ok(()));
        let same = with(other.clone(), "kid", one["kid"].clone());
        assert_eq!(check(&[one.clone(), same], usual), Err(Violation::Duplicate));
        let nameless = |mut key: Value| {
            key.as_object_mut().unwrap().remove("kid");
            key
        };
        assert_eq!(check(&[nameless(one.clone())], usual), Ok(()));
        assert_eq!(check(&[nameless(one.clone()), nameless(other)], usual), Err(Violation::Duplicate));
        assert_eq!(check(&[with(one.clone(), "d", json!("AA"))], usual), Err(Violation::NotAllowed));
        assert_eq!(check(&[one, json!({"kty": "oct", "k": "AA"})], usual), Err(Violation::NotAllowed));
        let other_document = check_key_set(b"<html>", &ClientSettings::default());
        assert_eq!(other_document, Err(Violation::Malformed));
    }
}
