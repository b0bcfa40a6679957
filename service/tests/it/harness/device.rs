//! A device that makes passkeys and signs with them, and can be made to misbehave.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Where the browser is, and what the device says; each part can be made wrong.
pub(crate) struct Device {
    pub(crate) pair: EcdsaKeyPair,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) user_handle: String,
    pub(crate) origin: String,
    pub(crate) host: String,
    pub(crate) verifies: bool,
    pub(crate) synced: bool,
    pub(crate) counter: u32,
}

impl Device {
    /// A device without a passkey, in a browser on our pages.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            credential_id: name.as_bytes().to_vec(),
            user_handle: String::new(),
            origin: "http://localhost:3000".to_owned(),
            host: "localhost".to_owned(),
            verifies: true,
            synced: false,
            counter: 0,
        }
    }

    /// Makes a passkey as a page asks for it.
    pub(crate) fn make(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        assert_eq!(options["rp"]["id"], "localhost");
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        self.user_handle = options["user"]["id"].as_str().unwrap().to_owned();
        let mut data = self.head(0b0100_0000);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        let key = AsDer::as_der(self.pair.public_key()).unwrap();
        json!({
            "clientDataJSON": encode(self.client_data("webauthn.create", &options)),
            "authenticatorData": encode(data),
            "publicKey": encode(key.as_ref()),
            "publicKeyAlgorithm": -7,
        })
        .to_string()
    }

    /// Signs as a page asks for it.
    #[expect(clippy::disallowed_types, reason = "a device's own randomness")]
    pub(crate) fn sign(&self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        assert_eq!(options["rpId"], "localhost");
        assert_eq!(options["userVerification"], "required");
        assert!(options.get("allowCredentials").is_none(), "nobody is named before the device answers");
        let (data, client_data) = (self.head(0), self.client_data("webauthn.get", &options));
        let message = [&data, digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        json!({
            "id": encode(&self.credential_id),
            "clientDataJSON": encode(client_data),
            "authenticatorData": encode(data),
            "signature": encode(self.pair.sign(&aws_lc_rs::rand::SystemRandom::new(), &message).unwrap()),
            "userHandle": self.user_handle,
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn head(&self, more: u8) -> Vec<u8> {
        let verified = if self.verifies { 0b101 } else { 0b1 };
        let synced = if self.synced { 0b1_1000 } else { 0 };
        let mut data = digest(&SHA256, self.host.as_bytes()).as_ref().to_vec();
        data.push(verified | synced | more);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
