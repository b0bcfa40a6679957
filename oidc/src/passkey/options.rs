//! What a page hands to the browser (sections 5.4 and 5.5), as JSON in which bytes are base64url.

use serde_json::json;

use super::{Algorithm, RelyingParty};
use crate::encoding::base64url;

/// How long the browser waits for the person, in seconds; a challenge lives as long.
pub const PASSKEY_SECONDS: i64 = 5 * 60;

/// Whose credential is made.
#[derive(Debug, Clone, Copy)]
pub struct NewCredential<'a> {
    /// What the device shows as the receiver: the town.
    pub relying_party_name: &'a str,
    /// A random handle; it says nothing about the person.
    pub user_handle: &'a [u8],
    /// What the device shows where it asks which credential to use. It names the town's ID and nobody.
    pub user_name: &'a str,
    /// Credentials that the person has: a device that holds one of them makes no second one.
    pub existing: &'a [Vec<u8>],
}

/// The options of a registration: discoverable, user verification required, no attestation.
pub fn creation_options(relying_party: RelyingParty<'_>, challenge: &[u8], new: &NewCredential<'_>) -> String {
    let algorithms = Algorithm::ALL.map(|algorithm| json!({ "type": "public-key", "alg": algorithm.number() }));
    let existing = new.existing.iter().map(|id| json!({ "type": "public-key", "id": base64url(id) }));
    json!({
        "rp": { "id": relying_party.id, "name": new.relying_party_name },
        "user": { "id": base64url(new.user_handle), "name": new.user_name, "displayName": new.user_name },
        "challenge": base64url(challenge),
        "pubKeyCredParams": algorithms,
        "excludeCredentials": existing.collect::<Vec<_>>(),
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
        "timeout": PASSKEY_SECONDS * 1_000,
    })
    .to_string()
}

/// The options of a sign-in: whichever credential the person chooses, without a name; user verification required.
pub fn request_options(relying_party: RelyingParty<'_>, challenge: &[u8]) -> String {
    json!({
        "rpId": relying_party.id,
        "challenge": base64url(challenge),
        "userVerification": "required",
        "timeout": PASSKEY_SECONDS * 1_000,
    })
    .to_string()
}
