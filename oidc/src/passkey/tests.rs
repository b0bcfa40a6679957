use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::encoding::base64url;

const HERE: RelyingParty<'_> = RelyingParty { id: "id.example.jp", origin: "https://id.example.jp" };
const CHALLENGE: &[u8] = b"a challenge of ours";
const HANDLE: &[u8] = b"0123456789abcdef";
/// Present, verified; with a new credential.
const MADE: u8 = 0b0100_0101;
const USED: u8 = 0b0000_0101;

enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

impl Key {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
            Algorithm::EdDsa => Self::EdDsa(Ed25519KeyPair::generate().unwrap()),
            Algorithm::Rs256 => Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        }
    }

    fn public(&self) -> Vec<u8> {
        match self {
            Self::Es256(pair) => AsDer::as_der(pair.public_key()).unwrap().as_ref().to_vec(),
            Self::EdDsa(pair) => AsDer::as_der(pair.public_key()).unwrap().as_ref().to_vec(),
            Self::Rs256(pair) => AsDer::as_der(pair.public_key()).unwrap().as_ref().to_vec(),
        }
    }

    #[expect(clippy::disallowed_types, reason = "a device's own randomness")]
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let rng = aws_lc_rs::rand::SystemRandom::new();
        match self {
            Self::Es256(pair) => pair.sign(&rng, message).unwrap().as_ref().to_vec(),
            Self::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

fn client_data(kind: &str, challenge: &[u8], origin: &str) -> Value {
    json!({ "type": kind, "challenge": base64url(challenge), "origin": origin, "crossOrigin": false, "other": [1] })
}

fn data(host: &str, flags: u8, counter: u32, credential: &[u8]) -> Vec<u8> {
    let mut data = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, host.as_bytes()).as_ref().to_vec();
    data.push(flags);
    data.extend(counter.to_be_bytes());
    if !credential.is_empty() {
        data.extend([0; 16]);
        data.extend(u16::try_from(credential.len()).unwrap().to_be_bytes());
        data.extend(credential);
        // In place of the key's CBOR, which nobody reads.
        data.extend([0xa5, 1, 2]);
    }
    data
}

fn register(client: &Value, data: &[u8], key: &[u8], algorithm: i64) -> Result<Registered, Refused> {
    let answer = json!({
        "id": "ignored", "clientDataJSON": base64url(client.to_string()), "authenticatorData": base64url(data),
        "publicKey": base64url(key), "publicKeyAlgorithm": algorithm,
    });
    let answer = RegistrationAnswer::parse(&answer.to_string())?;
    answer.judge(HERE, CHALLENGE)
}

struct Used<'a> {
    client: Value,
    data: Vec<u8>,
    handle: &'a [u8],
    counter: u32,
    backup_eligible: bool,
}

impl Used<'_> {
    fn well() -> Self {
        Used {
            client: client_data("webauthn.get", CHALLENGE, HERE.origin),
            data: data(HERE.id, USED, 0, &[]),
            handle: HANDLE,
            counter: 0,
            backup_eligible: false,
        }
    }

    fn judge(&self, algorithm: Algorithm) -> Result<SignedIn, Refused> {
        let key = Key::new(algorithm);
        self.judge_signed(&key, algorithm, |_| {})
    }

    fn judge_signed(&self, key: &Key, algorithm: Algorithm, alter: fn(&mut Value)) -> Result<SignedIn, Refused> {
        let client = self.client.to_string();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, client.as_bytes());
        let mut answer = json!({
            "id": base64url(b"credential"), "clientDataJSON": base64url(&client),
            "authenticatorData": base64url(&self.data), "userHandle": base64url(self.handle),
            "signature": base64url(key.sign(&[&self.data, digest.as_ref()].concat())),
        });
        alter(&mut answer);
        let public_key = key.public();
        let credential = Credential {
            user_handle: HANDLE,
            public_key: &public_key,
            algorithm,
            counter: self.counter,
            backup_eligible: self.backup_eligible,
        };
        let answer = SignInAnswer::parse(&answer.to_string())?;
        assert_eq!(answer.credential_id(), b"credential");
        answer.judge(HERE, CHALLENGE, &credential)
    }
}

#[test]
fn a_credential_of_each_algorithm_is_made_and_used() {
    for algorithm in Algorithm::ALL {
        let key = Key::new(algorithm);
        let client = client_data("webauthn.create", CHALLENGE, HERE.origin);
        let made = register(&client, &data(HERE.id, MADE | 8, 7, b"credential"), &key.public(), algorithm.number());
        let made = made.unwrap();
        assert_eq!((made.credential_id.as_slice(), made.algorithm, made.counter), (&b"credential"[..], algorithm, 7));
        assert_eq!(made.backup, Backup { eligible: true, made: false });
        assert_eq!(made.public_key, key.public());
        let used = Used { data: data(HERE.id, USED, 9, &[]), counter: 8, ..Used::well() };
        let signed_in = used.judge_signed(&key, algorithm, |_| {}).unwrap();
        assert_eq!(signed_in.counter, 9);
        assert_eq!(Algorithm::of_number(algorithm.number()), Some(algorithm));
    }
}

#[test]
fn a_registration_elsewhere_or_of_something_else_is_refused() {
    let key = Key::new(Algorithm::Es256).public();
    let here = || client_data("webauthn.create", CHALLENGE, HERE.origin);
    let well = || data(HERE.id, MADE, 0, b"credential");
    let refused = |client: Value, data: Vec<u8>| register(&client, &data, &key, -7).unwrap_err();
    assert_eq!(refused(client_data("webauthn.get", CHALLENGE, HERE.origin), well()), Refused::Malformed);
    assert_eq!(refused(client_data("webauthn.create", b"another", HERE.origin), well()), Refused::Challenge);
    for origin in ["https://id.example.jp.evil.example", "http://id.example.jp", "https://id.example.jp:8443", ""] {
        assert_eq!(refused(client_data("webauthn.create", CHALLENGE, origin), well()), Refused::Origin, "{origin}");
    }
    let mut framed = here();
    framed["crossOrigin"] = json!(true);
    assert_eq!(refused(framed, well()), Refused::Origin);
    let mut framed = here();
    framed["topOrigin"] = json!("https://evil.example");
    assert_eq!(refused(framed, well()), Refused::Origin);
    assert_eq!(refused(here(), data("example.jp", MADE, 0, b"credential")), Refused::RelyingParty);
    // Present, but nobody verified who it was; and the other way round.
    assert_eq!(refused(here(), data(HERE.id, MADE & !4, 0, b"credential")), Refused::NotVerified);
    assert_eq!(refused(here(), data(HERE.id, MADE & !1, 0, b"credential")), Refused::NotVerified);
    assert_eq!(refused(here(), data(HERE.id, MADE | 16, 0, b"credential")), Refused::Backup);
    assert_eq!(refused(here(), data(HERE.id, USED, 0, &[])), Refused::Malformed);
    assert_eq!(refused(here(), data(HERE.id, MADE, 0, &[7; 1_024])), Refused::Malformed);
    let whole = well();
    for cut in 0..whole.len() - 3 {
        assert_eq!(refused(here(), whole[..cut].to_vec()), Refused::Malformed, "{cut}");
    }
    assert_eq!(register(&here(), &well(), &key, -37).unwrap_err(), Refused::Key);
    assert_eq!(register(&here(), &well(), &key, -257).unwrap_err(), Refused::Key);
    assert_eq!(register(&here(), &well(), b"no key", -7).unwrap_err(), Refused::Key);
}

#[test]
fn a_sign_in_elsewhere_or_by_something_else_is_refused() {
    let refused = |used: Used<'_>| used.judge(Algorithm::Es256).unwrap_err();
    let client = |kind, challenge, origin| Used { client: client_data(kind, challenge, origin), ..Used::well() };
    let of = |data| Used { data, ..Used::well() };
    assert!(Used::well().judge(Algorithm::Es256).is_ok());
    assert_eq!(refused(client("webauthn.create", CHALLENGE, HERE.origin)), Refused::Malformed);
    assert_eq!(refused(client("webauthn.get", b"another", HERE.origin)), Refused::Challenge);
    assert_eq!(refused(client("webauthn.get", CHALLENGE, "https://evil.example")), Refused::Origin);
    assert_eq!(refused(of(data("evil.example", USED, 0, &[]))), Refused::RelyingParty);
    assert_eq!(refused(of(data(HERE.id, USED & !4, 0, &[]))), Refused::NotVerified);
    assert_eq!(refused(of(data(HERE.id, USED | 8, 0, &[]))), Refused::Backup);
    assert_eq!(refused(of([data(HERE.id, USED, 0, &[]), vec![0]].concat())), Refused::Malformed);
    assert_eq!(refused(Used { handle: b"somebody else", ..Used::well() }), Refused::UserHandle);
}

#[test]
fn a_counter_goes_up_or_was_never_there() {
    let judge = |before, now| Used { data: data(HERE.id, USED, now, &[]), counter: before, ..Used::well() };
    for (before, now, taken) in [(0, 0, true), (0, 1, true), (5, 6, true), (5, 5, false), (5, 4, false), (5, 0, false)]
    {
        let judged = judge(before, now).judge(Algorithm::Es256);
        assert_eq!(judged.err(), (!taken).then_some(Refused::Counter), "{before} {now}");
    }
}

#[test]
fn what_was_signed_is_not_altered() {
    let key = Key::new(Algorithm::Es256);
    let alter = |alter| Used::well().judge_signed(&key, Algorithm::Es256, alter);
    assert!(alter(|_| {}).is_ok());
    let other = alter(|answer| {
        let counted = data(HERE.id, USED, 1, &[]);
        answer["authenticatorData"] = json!(base64url(counted));
    });
    assert_eq!(other.unwrap_err(), Refused::Signature);
    assert_eq!(alter(|answer| answer["signature"] = json!("AAAA")).unwrap_err(), Refused::Signature);
    assert_eq!(alter(|answer| answer["signature"] = json!("A")).unwrap_err(), Refused::Malformed);
    let spaced = alter(|answer| {
        let client = client_data("webauthn.get", CHALLENGE, HERE.origin).to_string().replace(",", ", ");
        answer["clientDataJSON"] = json!(base64url(client));
    });
    assert_eq!(spaced.unwrap_err(), Refused::Signature);
}

proptest! {
    #[test]
    fn arbitrary_answers_are_read_or_refused(json in ".*", rest in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = RegistrationAnswer::parse(&json);
        let _ = SignInAnswer::parse(&json);
        let key = [0_u8; 4];
        let client = client_data("webauthn.create", CHALLENGE, HERE.origin);
        let _ = register(&client, &rest, &key, -7);
        let mut head = data(HERE.id, MADE, 0, &[]);
        head.extend(rest);
        let _ = register(&client, &head, &key, -7);
    }
}
