//! Sealed objects: flow cookies, codes and access tokens that carry what must not be stored, and secrets at rest.
//!
//! AES-256-GCM. A token is `version ‖ key id ‖ nonce ‖ ciphertext and tag`, as base64url. The key id names an epoch key (or
//! a master key); who holds the key of that id may open the token, and nobody may once the key is destroyed.
//!
//! Nonces are 96 random bits. NIST SP 800-38D section 8.3 allows 2³² seals under one key that way; an epoch key lives an
//! hour, so the bound is a million seals each second.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use domain::ids::OrganisationId;
use zeroize::Zeroizing;

use crate::encoding::{base64url, from_base64url};
use crate::subject::length_prefix;

/// The version of the layout. A reader that meets another one refuses.
const VERSION: u8 = 1;
const KEY_ID_LEN: usize = 4;
const TAG_LEN: usize = 16;

/// What a sealed object is for. A code can never be opened as a token, although the same key sealed both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The state of a flow, in its cookie.
    Flow,
    /// An authorization code.
    Code,
    /// An access token.
    AccessToken,
    /// A pushed authorization request.
    PushedRequest,
    /// A request to sign out, while the person is asked.
    Leaving,
    /// A secret in a column: signing keys, salts, peppers, TOTP secrets, secrets of our own at providers.
    StoredSecret,
    /// An epoch key, wrapped by the master key.
    EpochKey,
    /// State of the sandbox card reader.
    SandboxCard,
    /// A challenge that a passkey answers.
    PasskeyChallenge,
    /// A nonce for proofs of possession.
    DpopNonce,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Flow => b"flow",
            Self::Code => b"code",
            Self::AccessToken => b"access_token",
            Self::PushedRequest => b"pushed_request",
            Self::Leaving => b"leaving",
            Self::StoredSecret => b"stored_secret",
            Self::EpochKey => b"epoch_key",
            Self::SandboxCard => b"sandbox_card",
            Self::PasskeyChallenge => b"passkey_challenge",
            Self::DpopNonce => b"dpop_nonce",
        }
    }
}

/// Where a sealed object is valid. It is authenticated, not contained: opening in another place fails like a wrong key.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    tenant: Option<OrganisationId>,
    purpose: Purpose,
    bound_to: &'a [u8],
}

impl<'a> Context<'a> {
    /// An object of one tenant. `bound_to` is what the opener already knows apart from the object: the client of a code, the
    /// id of a flow, the row and column of a stored secret. It is empty for access tokens, whose bearer has only the token;
    /// they name their family inside.
    pub const fn of_tenant(tenant: OrganisationId, purpose: Purpose, bound_to: &'a [u8]) -> Self {
        Self { tenant: Some(tenant), purpose, bound_to }
    }

    /// An object of the platform, which belongs to no organisation.
    pub const fn of_platform(purpose: Purpose, bound_to: &'a [u8]) -> Self {
        Self { tenant: None, purpose, bound_to }
    }

    /// What is authenticated beside the content: version and key, then tenant, purpose and what it is bound to, each after its
    /// length. For a master key that seals elsewhere than in [`SealingKey`].
    pub fn associated_data(&self, key: KeyId) -> Vec<u8> {
        let mut data = vec![VERSION];
        data.extend(key.0.to_be_bytes());
        let tenant = self.tenant.map(OrganisationId::uuid);
        let tenant = tenant.as_ref().map_or(&[][..], |uuid| uuid.as_bytes());
        for part in [tenant, self.purpose.label(), self.bound_to] {
            data.extend(length_prefix(part.len()));
            data.extend(part);
        }
        data
    }
}

/// Names the key of a sealed object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);

impl KeyId {
    /// The key that a token says it was sealed under; `None` when it is no token of ours. Says nothing about who made it.
    pub fn of(token: &str) -> Option<Self> {
        Token::parse(token).map(|token| token.key)
    }
}

/// The object does not open: altered, cut, for another place, or under another key. Which of these is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed object does not open")]
pub struct DoesNotOpen;

/// The cryptography library refused to seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealing failed")]
pub struct SealingFailed;

/// A key that seals and opens. Shows nothing of itself.
pub struct SealingKey {
    id: KeyId,
    key: LessSafeKey,
}

impl SealingKey {
    /// Takes 32 random bytes; the caller keeps them [`Zeroizing`].
    ///
    /// # Errors
    /// Only when the cryptography library fails.
    pub fn new(id: KeyId, bytes: &[u8; 32]) -> Result<Self, SealingFailed> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| SealingFailed)?;
        Ok(Self { id, key: LessSafeKey::new(key) })
    }

    /// The name of this key, which every token under it carries.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Seals `plaintext`. `nonce` is fresh random bytes, never used before under this key.
    ///
    /// # Errors
    /// Only when the cryptography library fails.
    pub fn seal(
        &self,
        context: Context<'_>,
        nonce: [u8; NONCE_LEN],
        plaintext: &[u8],
    ) -> Result<String, SealingFailed> {
        let aad = Aad::from(context.associated_data(self.id));
        let mut body = Vec::with_capacity(1 + KEY_ID_LEN + NONCE_LEN + plaintext.len() + TAG_LEN);
        body.extend([VERSION]);
        body.extend(self.id.0.to_be_bytes());
        body.extend(nonce);
        let mut ciphertext = Vec::with_capacity(plaintext.len() + TAG_LEN);
        ciphertext.extend_from_slice(plaintext);
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut ciphertext)
            .map_err(|_| SealingFailed)?;
        body.extend(ciphertext);
        Ok(base64url(body))
    }

    /// Opens a token that was sealed under this key for the same context.
    ///
    /// # Errors
    /// [`DoesNotOpen`], whatever the reason.
    pub fn open(&self, context: Context<'_>, token: &str) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let token = Token::parse(token).filter(|token| token.key == self.id).ok_or(DoesNotOpen)?;
        let aad = Aad::from(context.associated_data(self.id));
        let mut body = Zeroizing::new(token.ciphertext);
        let length = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(token.nonce), aad, body.as_mut_slice())
            .map_err(|_| DoesNotOpen)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

struct Token {
    key: KeyId,
    nonce: [u8; NONCE_LEN],
    ciphertext: Vec<u8>,
}

impl Token {
    fn parse(text: &str) -> Option<Self> {
        let bytes = from_base64url(text)?;
        let (version, rest) = bytes.split_first()?;
        let (key, rest) = rest.split_first_chunk::<KEY_ID_LEN>()?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>()?;
        (*version == VERSION && ciphertext.len() >= TAG_LEN).then(|| Self {
            key: KeyId(u32::from_be_bytes(*key)),
            nonce: *nonce,
            ciphertext: ciphertext.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONCE: [u8; 12] = [3; 12];

    fn key() -> SealingKey {
        SealingKey::new(KeyId(7), &[1; 32]).unwrap()
    }

    fn tenant(last: &str) -> OrganisationId {
        format!("0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e{last}").parse().unwrap()
    }

    #[test]
    fn layout_is_version_key_nonce_ciphertext_tag() {
        let context = Context::of_tenant(tenant("1f"), Purpose::Code, b"library");
        let token = key().seal(context, NONCE, b"x").unwrap();
        let bytes = from_base64url(&token).unwrap();
        assert_eq!(bytes.len(), 1 + 4 + 12 + 1 + 16);
        assert_eq!(bytes[..17], [1, 0, 0, 0, 7, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
        assert_eq!(KeyId::of(&token), Some(KeyId(7)));
    }

    #[test]
    fn opens_only_in_its_own_place() {
        let context = Context::of_tenant(tenant("1f"), Purpose::Code, b"library");
        let token = key().seal(context, NONCE, b"secret").unwrap();
        assert_eq!(key().open(context, &token).unwrap().as_slice(), b"secret");
        for elsewhere in [
            Context::of_tenant(tenant("2f"), Purpose::Code, b"library"),
            Context::of_tenant(tenant("1f"), Purpose::AccessToken, b"library"),
            Context::of_tenant(tenant("1f"), Purpose::Code, b"health"),
            Context::of_tenant(tenant("1f"), Purpose::Code, b""),
            Context::of_platform(Purpose::Code, b"library"),
        ] {
            assert_eq!(key().open(elsewhere, &token).unwrap_err(), DoesNotOpen);
        }
    }

    #[test]
    fn another_key_of_the_same_name_does_not_open() {
        let context = Context::of_platform(Purpose::Flow, b"");
        let token = key().seal(context, NONCE, b"secret").unwrap();
        let other = SealingKey::new(KeyId(7), &[2; 32]).unwrap();
        assert_eq!(other.open(context, &token).unwrap_err(), DoesNotOpen);
        let renamed = SealingKey::new(KeyId(8), &[1; 32]).unwrap();
        assert_eq!(renamed.open(context, &token).unwrap_err(), DoesNotOpen);
    }

    #[test]
    fn every_altered_or_missing_byte_is_noticed() {
        let context = Context::of_tenant(tenant("1f"), Purpose::Flow, b"flow");
        let bytes = from_base64url(key().seal(context, NONCE, b"secret").unwrap()).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert_eq!(key().open(context, &base64url(altered)).unwrap_err(), DoesNotOpen, "byte {at}");
            assert_eq!(key().open(context, &base64url(&bytes[..at])).unwrap_err(), DoesNotOpen, "cut at {at}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(plaintext: Vec<u8>, nonce: [u8; 12], bound_to: Vec<u8>) {
            let context = Context::of_tenant(tenant("1f"), Purpose::Flow, &bound_to);
            let token = key().seal(context, nonce, &plaintext).unwrap();
            let opened = key().open(context, &token).unwrap();
            prop_assert_eq!(opened.as_slice(), plaintext.as_slice());
        }

        #[test]
        fn foreign_text_never_opens_and_never_panics(text in ".*") {
            let context = Context::of_platform(Purpose::Flow, b"");
            prop_assert!(key().open(context, &text).is_err());
        }
    }
}
