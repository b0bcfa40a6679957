//! What browsers answer for a passkey.

use oidc::passkey::{Algorithm, Credential, Refused, RegistrationAnswer, RelyingParty, SignInAnswer};
use serde_json::{Value, json};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::signer::SIGNER;
use super::text;

const HERE: RelyingParty<'_> = RelyingParty { id: "id.example.jp", origin: "https://id.example.jp" };
const ELSEWHERE: RelyingParty<'_> = RelyingParty { id: "evil.example", origin: "https://evil.example" };
const CHALLENGE: &[u8] = b"a challenge of ours";
const HANDLE: &[u8] = b"0123456789abcdef";

/// What the client data of an accepted answer must say. Members that nobody reads need not make sense.
fn is_of_this_page(client_data: &[u8], kind: &str) {
    let Ok(said) = serde_json::from_slice::<Value>(client_data) else { return };
    assert_eq!(said["type"], kind);
    assert_eq!(said["challenge"], URL_SAFE_NO_PAD.encode(CHALLENGE));
    assert_eq!(said["origin"], HERE.origin);
    assert!(said["crossOrigin"] != true && said["topOrigin"].is_null());
}

fn is_verified(flags: u8) -> bool {
    flags & 0b101 == 0b101
}

pub(super) fn registration(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(answer) = RegistrationAnswer::parse(text) else { return };
    let Ok(made) = answer.judge(HERE, CHALLENGE) else { return };
    assert_eq!(answer.challenge().as_deref(), Ok(CHALLENGE));
    assert!((1..=1_023).contains(&made.credential_id.len()));
    assert!(made.backup.eligible || !made.backup.made);
    assert!(answer.judge(HERE, b"another challenge").is_err() && answer.judge(ELSEWHERE, CHALLENGE).is_err());
    let Ok(sent) = serde_json::from_str::<Value>(text) else { return };
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(sent[name].as_str().unwrap()).unwrap();
    is_of_this_page(&bytes("clientDataJSON"), "webauthn.create");
    assert!(is_verified(bytes("authenticatorData")[32]));
    assert_eq!(sent["publicKeyAlgorithm"], made.algorithm.number());
}

fn judged(answer: &SignInAnswer, here: RelyingParty<'_>, challenge: &[u8], counter: u32) -> Result<u32, Refused> {
    let credential = Credential {
        user_handle: HANDLE,
        public_key: &SIGNER.device_key(),
        algorithm: Algorithm::Es256,
        counter,
        backup_eligible: false,
    };
    answer.judge(here, challenge, &credential).map(|signed_in| signed_in.counter)
}

/// As it came: the key signs nothing here but what is in [`signed`].
pub(super) fn sign_in(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(answer) = SignInAnswer::parse(text) else { return };
    let _ = (answer.challenge(), answer.credential_id());
    assert!(judged(&answer, ELSEWHERE, CHALLENGE, 0).is_err() && judged(&answer, HERE, b"another", 0).is_err());
    if judged(&answer, HERE, CHALLENGE, 0).is_ok() {
        let Ok(sent) = serde_json::from_str::<Value>(text) else { return };
        let client_data = URL_SAFE_NO_PAD.decode(sent["clientDataJSON"].as_str().unwrap()).unwrap();
        is_of_this_page(&client_data, "webauthn.get");
    }
}

/// A line of client data, and what the device says, which it then signs.
pub(super) fn signed(data: &[u8]) {
    let Some(at) = data.iter().position(|byte| *byte == b'\n') else { return };
    let (client_data, device_data) = (&data[..at], &data[at + 1..]);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, client_data);
    let signature = SIGNER.device_signature(&[device_data, digest.as_ref()].concat());
    let sent = json!({
        "id": URL_SAFE_NO_PAD.encode(b"credential"), "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
        "authenticatorData": URL_SAFE_NO_PAD.encode(device_data), "userHandle": URL_SAFE_NO_PAD.encode(HANDLE),
        "signature": URL_SAFE_NO_PAD.encode(signature),
    });
    let Ok(answer) = SignInAnswer::parse(&sent.to_string()) else { return };
    let Ok(counter) = judged(&answer, HERE, CHALLENGE, 0) else { return };
    is_of_this_page(client_data, "webauthn.get");
    assert!(is_verified(device_data[32]));
    // The same answer, or an older one, does not count again where the device counts.
    assert_eq!(judged(&answer, HERE, CHALLENGE, counter).is_ok(), counter == 0);
    assert!(judged(&answer, ELSEWHERE, CHALLENGE, 0).is_err() && judged(&answer, HERE, b"another", 0).is_err());
}
