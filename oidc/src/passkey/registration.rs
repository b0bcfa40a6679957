//! The answer to a registration (section 7.1).

use serde::Deserialize;

use super::authenticator_data::AuthenticatorData;
use super::client_data::{Ceremony, ClientData};
use super::{Algorithm, Backup, Refused, RelyingParty};
use crate::encoding::{from_base64url, from_json_object};

/// The names of `RegistrationResponseJSON` (section 5.1), as far as they are used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    public_key: String,
    public_key_algorithm: i64,
}

/// What a browser answers when a credential was made.
pub struct RegistrationAnswer {
    client_data: ClientData,
    authenticator_data: Vec<u8>,
    public_key: Vec<u8>,
    algorithm: i64,
}

/// A credential that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// By what the browser names it.
    pub credential_id: Vec<u8>,
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: Vec<u8>,
    /// How it signs.
    pub algorithm: Algorithm,
    /// Where its counter stands; 0 on devices that do not count.
    pub counter: u32,
    /// Whether copies can be and were made.
    pub backup: Backup,
}

impl RegistrationAnswer {
    /// Reads the JSON that the page's script sends.
    ///
    /// # Errors
    /// [`Refused::Malformed`].
    pub fn parse(json: &str) -> Result<Self, Refused> {
        let sent: Sent = from_json_object(json.as_bytes()).ok_or(Refused::Malformed)?;
        let bytes = |text: &str| from_base64url(text).ok_or(Refused::Malformed);
        Ok(Self {
            client_data: ClientData::read(&bytes(&sent.client_data)?, Ceremony::Registration)?,
            authenticator_data: bytes(&sent.authenticator_data)?,
            public_key: bytes(&sent.public_key)?,
            algorithm: sent.public_key_algorithm,
        })
    }

    /// The challenge that it says it answers.
    ///
    /// # Errors
    /// [`Refused::Malformed`].
    pub fn challenge(&self) -> Result<Vec<u8>, Refused> {
        self.client_data.challenge()
    }

    /// Judges it. The challenge is the one that was sent, and fresh.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn judge(&self, relying_party: RelyingParty<'_>, challenge: &[u8]) -> Result<Registered, Refused> {
        self.client_data.judge(relying_party, challenge)?;
        let data = AuthenticatorData::read(&self.authenticator_data, relying_party)?;
        let algorithm = Algorithm::of_number(self.algorithm).ok_or(Refused::Key)?;
        algorithm.key(&self.public_key)?;
        Ok(Registered {
            credential_id: data.credential_id()?.to_vec(),
            public_key: self.public_key.clone(),
            algorithm,
            counter: data.counter,
            backup: data.backup,
        })
    }
}
