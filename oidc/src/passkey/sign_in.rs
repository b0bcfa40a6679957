//! The answer to a sign-in (section 7.2).

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;

use super::authenticator_data::AuthenticatorData;
use super::client_data::{Ceremony, ClientData};
use super::{Algorithm, Backup, Refused, RelyingParty};
use crate::encoding::{from_base64url, from_json_object};

/// The names of `AuthenticationResponseJSON` (section 5.1), as far as they are used, in one object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    id: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: String,
}

/// What a browser answers when a credential was used.
pub struct SignInAnswer {
    credential_id: Vec<u8>,
    user_handle: Vec<u8>,
    client_data: ClientData,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    /// What is signed: the authenticator's data and the digest of the client's.
    signed: Vec<u8>,
}

/// What is kept of a credential.
#[derive(Debug, Clone, Copy)]
pub struct Credential<'a> {
    /// The random handle of the person whose it is.
    pub user_handle: &'a [u8],
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: &'a [u8],
    /// How it signs.
    pub algorithm: Algorithm,
    /// Where its counter stood.
    pub counter: u32,
    /// Whether copies of it can be made.
    pub backup_eligible: bool,
}

/// What is to be kept after a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// Where its counter stands now.
    pub counter: u32,
    /// Whether copies can be and were made.
    pub backup: Backup,
}

impl SignInAnswer {
    /// Reads the JSON that the page's script sends.
    ///
    /// # Errors
    /// [`Refused::Malformed`].
    pub fn parse(json: &str) -> Result<Self, Refused> {
        let sent: Sent = from_json_object(json.as_bytes()).ok_or(Refused::Malformed)?;
        let bytes = |text: &str| from_base64url(text).ok_or(Refused::Malformed);
        let client_data = bytes(&sent.client_data)?;
        let authenticator_data = bytes(&sent.authenticator_data)?;
        let signed = [&authenticator_data, digest(&SHA256, &client_data).as_ref()].concat();
        Ok(Self {
            credential_id: bytes(&sent.id)?,
            user_handle: bytes(&sent.user_handle)?,
            client_data: ClientData::read(&client_data, Ceremony::SignIn)?,
            authenticator_data,
            signature: bytes(&sent.signature)?,
            signed,
        })
    }

    /// The challenge that it says it answers.
    ///
    /// # Errors
    /// [`Refused::Malformed`].
    pub fn challenge(&self) -> Result<Vec<u8>, Refused> {
        self.client_data.challenge()
    }

    /// The credential that it names.
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// Judges it against the credential that it names. The challenge is the one that was sent, and fresh.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn judge(
        &self,
        relying_party: RelyingParty<'_>,
        challenge: &[u8],
        credential: &Credential<'_>,
    ) -> Result<SignedIn, Refused> {
        self.client_data.judge(relying_party, challenge)?;
        if self.user_handle != credential.user_handle {
            return Err(Refused::UserHandle);
        }
        let data = AuthenticatorData::read(&self.authenticator_data, relying_party)?;
        if data.backup.eligible != credential.backup_eligible {
            return Err(Refused::Backup);
        }
        let key = credential.algorithm.key(credential.public_key)?;
        key.verify_sig(&self.signed, &self.signature).map_err(|_| Refused::Signature)?;
        // Synchronised passkeys do not count; whatever counts goes up.
        if (data.counter, credential.counter) != (0, 0) && data.counter <= credential.counter {
            return Err(Refused::Counter);
        }
        Ok(SignedIn { counter: data.counter, backup: data.backup })
    }
}
