//! A key that everybody knows. Tokens are signed with it on the way to a reader, so that the fuzzer gets past the signature and
//! to what is behind it.

use std::sync::LazyLock;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use oidc::jose::{Jwk, JwkSet, SigningKey};

const PKCS8: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxqhcZsN/QuAylUw3bPoEjKjZp/kIBIgj4LFl1NdnhLehRANCAAR9\
                     R1T+V+DjLMeZ0mCPbgclEVW+UFJeZrcVyQljkvb2P54b7AaE49t3bZ1+AcOoRqVHNTCsBz6iChrkKr3c7aeN";

/// Tokens that this key signed, one a line: the only ones that may count where they are not signed on the way.
const KNOWN: &str = include_str!("known_tokens.txt");

pub(super) struct Signer {
    pkcs8: Vec<u8>,
    pair: EcdsaKeyPair,
    pub(super) jwk: Jwk,
    pub(super) keys: JwkSet,
}

pub(super) static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let pkcs8 = STANDARD.decode(PKCS8).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).unwrap();
    let jwk = SigningKey::from_pkcs8(&pkcs8).unwrap().public_jwk().clone();
    Signer { pair, keys: JwkSet::of([&jwk]), jwk, pkcs8 }
});

/// A token on its way to a reader.
pub(super) struct Token<'a> {
    pub(super) text: String,
    /// The claims that were signed just now; none where the token is as it came.
    claims: Option<&'a str>,
}

impl Signer {
    /// Input of two lines is a header and claims, which are signed: whatever they are, also where neither is JSON. In the header
    /// `$kid` and `$jwk` stand for those of the key. Anything else is a token as it is.
    pub(super) fn token<'a>(&self, input: &'a str) -> Token<'a> {
        let Some((header, claims)) = input.split_once('\n') else {
            return Token { text: input.to_owned(), claims: None };
        };
        let header = header
            .replace("$kid", self.jwk.key_id())
            .replace("\"$jwk\"", &serde_json::to_string(self.jwk.material()).unwrap());
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = signature(&self.pair, signed.as_bytes());
        Token { text: format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)), claims: Some(claims) }
    }

    /// A signature as devices make it: in DER.
    pub(super) fn device_signature(&self, message: &[u8]) -> Vec<u8> {
        signature(&EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.pkcs8).unwrap(), message)
    }

    /// The public key as devices hand it out.
    pub(super) fn device_key(&self) -> Vec<u8> {
        use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
        use aws_lc_rs::signature::KeyPair;
        let der: PublicKeyX509Der<'_> = self.pair.public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }
}

#[expect(clippy::disallowed_types, reason = "a signature of ECDSA needs fresh randomness, whatever is signed")]
fn signature(pair: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    pair.sign(&aws_lc_rs::rand::SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

impl Token<'_> {
    /// What a token that was accepted said. One that was not signed on the way has to be known, but for its signature: of a
    /// signature of ECDSA anybody can make a second one over the same content.
    pub(super) fn content(&self) -> serde_json::Value {
        match self.claims {
            Some(claims) => serde_json::from_str(claims).unwrap(),
            None => {
                let (signed, signature) = self.text.rsplit_once('.').unwrap();
                assert!(
                    KNOWN.lines().any(|known| known.rsplit_once('.').is_some_and(|(known, _)| known == signed)),
                    "nobody signed this"
                );
                // One spelling of each signature.
                let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
                assert_eq!((bytes.len(), URL_SAFE_NO_PAD.encode(bytes).as_str()), (64, signature));
                let payload = signed.split_once('.').unwrap().1;
                serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
            }
        }
    }
}
