//! What the browser says about the page on which it was asked (section 5.8.1); the device signs a digest of it.

use serde::Deserialize;

use super::{Refused, RelyingParty};
use crate::encoding::{from_base64url, from_json_object};

/// Which ceremony it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    Registration,
    SignIn,
}

/// The client data, as far as it is judged.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

impl ClientData {
    pub(super) fn read(json: &[u8], ceremony: Ceremony) -> Result<Self, Refused> {
        let read: Self = from_json_object(json).ok_or(Refused::Malformed)?;
        let expected = match ceremony {
            Ceremony::Registration => "webauthn.create",
            Ceremony::SignIn => "webauthn.get",
        };
        if read.r#type == expected { Ok(read) } else { Err(Refused::Malformed) }
    }

    /// The challenge that it answers.
    pub(super) fn challenge(&self) -> Result<Vec<u8>, Refused> {
        from_base64url(&self.challenge).ok_or(Refused::Malformed)
    }

    pub(super) fn judge(&self, relying_party: RelyingParty<'_>, challenge: &[u8]) -> Result<(), Refused> {
        if self.challenge()? != challenge {
            return Err(Refused::Challenge);
        }
        if self.origin != relying_party.origin || self.cross_origin || self.top_origin.is_some() {
            return Err(Refused::Origin);
        }
        Ok(())
    }
}
