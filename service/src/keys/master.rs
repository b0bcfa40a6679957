//! The master key: it seals other keys and stored secrets, and nothing about residents.
//!
//! While it is changed there are several: the current one seals, the others open what is still sealed under them. Each sealed
//! value names its key, so that `machikagi keys reseal` knows what is left to do (`docs/keys.md`).

use std::sync::Arc;

use aws_lc_rs::digest;
use domain::ids::OrganisationId;
use oidc::sealed::{Context, DoesNotOpen, KeyId, Purpose, SealingFailed, SealingKey};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::random::Rng;

/// The seam for a security module: everything that a master key does, in one place. [`SoftwareKey`] does it in memory.
///
/// What [`Wrapping::wrap`] returns begins as [`oidc::sealed`] lays it out, version and [`Wrapping::id`], because that is how its
/// key is found again; and it opens in the same context only. A call per key is made when the keys of a municipality are first
/// needed after a change (about seven), once an hour for the epoch key, and when somebody of its staff enters a one-time code;
/// none while a resident signs in. A call may take milliseconds: a module at the other end of a network rather hands out the
/// bytes of a [`SoftwareKey`] at the start.
pub trait Wrapping: Send + Sync {
    /// Its name, which differs from that of every other key and from 1.
    fn id(&self) -> KeyId;

    /// Seals a secret for one place.
    ///
    /// # Errors
    /// [`SealingFailed`] when the module refuses.
    fn wrap(&self, context: Context<'_>, nonce: [u8; 12], secret: &[u8]) -> Result<String, SealingFailed>;

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`DoesNotOpen`], whatever the reason.
    fn unwrap(&self, context: Context<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen>;
}

/// The name of every master key before they had names.
const UNNAMED: KeyId = KeyId(1);

/// A master key in the memory of this process: AES-256-GCM, from a file that only the server's user can read.
pub struct SoftwareKey {
    key: SealingKey,
    /// The same key as it was called before keys had names.
    unnamed: SealingKey,
}

impl SoftwareKey {
    /// Takes the 32 bytes. The name is made of them, so that nobody has to number keys, and two with one name are one key.
    ///
    /// # Errors
    /// [`Error::Internal`] if the cryptography library refuses them.
    pub fn new(bytes: &[u8; 32]) -> Result<Self, Error> {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"the name of a master key of Machikagi");
        context.update(bytes);
        let first = context.finish().as_ref().first_chunk().copied().unwrap_or_default();
        // 1 is taken, and 0 says nothing.
        let name = KeyId(u32::from_be_bytes(first).max(2));
        let key = |name| SealingKey::new(name, bytes).map_err(|_| Error::internal("master key"));
        Ok(Self { key: key(name)?, unnamed: key(UNNAMED)? })
    }
}

impl Wrapping for SoftwareKey {
    fn id(&self) -> KeyId {
        self.key.id()
    }

    fn wrap(&self, context: Context<'_>, nonce: [u8; 12], secret: &[u8]) -> Result<String, SealingFailed> {
        self.key.seal(context, nonce, secret)
    }

    fn unwrap(&self, context: Context<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let key = if KeyId::of(sealed) == Some(UNNAMED) { &self.unnamed } else { &self.key };
        key.open(context, sealed)
    }
}

/// The key of the installation, with those that it takes over from or hands over to. Without it no key of a municipality opens;
/// with it alone no code, token or cookie does, because their epoch's key is gone.
#[derive(Clone)]
pub struct MasterKey {
    current: Arc<dyn Wrapping>,
    others: Vec<Arc<dyn Wrapping>>,
}

impl MasterKey {
    /// A single key, as 32 bytes.
    ///
    /// # Errors
    /// [`Error::Internal`] if the cryptography library refuses them.
    pub fn new(bytes: &[u8; 32]) -> Result<Self, Error> {
        Ok(Self::of(SoftwareKey::new(bytes)?))
    }

    /// A single key that does its work itself.
    pub fn of(key: impl Wrapping + 'static) -> Self {
        Self { current: Arc::new(key), others: Vec::new() }
    }

    /// With one more key that opens and does not seal: the one before, or one that is about to be the current one.
    #[must_use]
    pub fn and(mut self, other: impl Wrapping + 'static) -> Self {
        self.others.push(Arc::new(other));
        self
    }

    /// The name of the key that seals.
    pub fn id(&self) -> KeyId {
        self.current.id()
    }

    /// Whether what was sealed under the key of this name can be opened here.
    pub(super) fn has(&self, id: KeyId) -> bool {
        id == UNNAMED || self.all().any(|key| key.id() == id)
    }

    /// Whether this is sealed under the key that seals today.
    pub(super) fn is_current(&self, sealed: &[u8]) -> bool {
        std::str::from_utf8(sealed).ok().and_then(KeyId::of) == Some(self.id())
    }

    fn all(&self) -> impl Iterator<Item = &Arc<dyn Wrapping>> {
        std::iter::once(&self.current).chain(&self.others)
    }

    /// Seals a secret for a column. `place` names table, column and row: moved elsewhere it does not open.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn seal(
        &self,
        rng: Rng,
        organisation: Option<OrganisationId>,
        place: &str,
        secret: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let token = self
            .current
            .wrap(context(organisation, Purpose::StoredSecret, place), rng.bytes()?, secret)
            .map_err(|_| Error::internal("sealing"))?;
        Ok(token.into_bytes())
    }

    /// Opens what [`MasterKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`Error::Internal`]: another master key, or an altered or moved secret.
    pub fn open(
        &self,
        organisation: Option<OrganisationId>,
        place: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let token = std::str::from_utf8(sealed).map_err(|_| Error::internal("a stored secret is not text"))?;
        self.unwrap_in(context(organisation, Purpose::StoredSecret, place), token)
            .ok_or_else(|| Error::internal("a stored secret does not open: is this the right master key?"))
    }

    /// Seals the same secret for the same place under the key that seals today; `None` where it is that already.
    ///
    /// # Errors
    /// As [`MasterKey::open`].
    pub(super) fn reseal(
        &self,
        rng: Rng,
        organisation: Option<OrganisationId>,
        place: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, Error> {
        if self.is_current(sealed) {
            return Ok(None);
        }
        let secret = self.open(organisation, place, sealed)?;
        self.seal(rng, organisation, place, &secret).map(Some)
    }

    /// Wraps an epoch key.
    pub(super) fn wrap(&self, rng: Rng, key: KeyId, bytes: &[u8]) -> Result<String, Error> {
        let place = key.0.to_be_bytes();
        self.current
            .wrap(Context::of_platform(Purpose::EpochKey, &place), rng.bytes()?, bytes)
            .map_err(|_| Error::internal("wrapping an epoch key"))
    }

    /// Unwraps an epoch key.
    pub(super) fn unwrap(&self, key: KeyId, wrapped: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let place = key.0.to_be_bytes();
        self.unwrap_in(Context::of_platform(Purpose::EpochKey, &place), wrapped)
            .ok_or_else(|| Error::internal("an epoch key does not open: is this the right master key?"))
    }

    fn unwrap_in(&self, context: Context<'_>, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let id = KeyId::of(sealed)?;
        let fitting = self.all().filter(|key| id == UNNAMED || key.id() == id);
        fitting.into_iter().find_map(|key| key.unwrap(context, sealed).ok())
    }
}

fn context(organisation: Option<OrganisationId>, purpose: Purpose, place: &str) -> Context<'_> {
    match organisation {
        Some(organisation) => Context::of_tenant(organisation, purpose, place.as_bytes()),
        None => Context::of_platform(purpose, place.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "account.totp_secret/1";

    fn key(byte: u8) -> SoftwareKey {
        SoftwareKey::new(&[byte; 32]).unwrap()
    }

    #[test]
    fn the_others_open_and_the_current_one_seals() {
        let (before, rng) = (MasterKey::new(&[1; 32]).unwrap(), Rng::system());
        let sealed = before.seal(rng, None, PLACE, b"secret").unwrap();
        assert!(MasterKey::new(&[2; 32]).unwrap().open(None, PLACE, &sealed).is_err());
        let both = MasterKey::of(key(2)).and(key(1));
        assert_eq!(both.open(None, PLACE, &sealed).unwrap().as_slice(), b"secret");
        let resealed = both.reseal(rng, None, PLACE, &sealed).unwrap().unwrap();
        assert!(both.is_current(&resealed) && !both.is_current(&sealed));
        assert_eq!(both.reseal(rng, None, PLACE, &resealed).unwrap(), None);
        assert_eq!(MasterKey::new(&[2; 32]).unwrap().open(None, PLACE, &resealed).unwrap().as_slice(), b"secret");
        assert!(before.open(None, PLACE, &resealed).is_err());
    }

    #[test]
    fn names_are_made_of_the_key() {
        assert_eq!(key(1).id(), key(1).id());
        assert_ne!(key(1).id(), key(2).id());
        let both = MasterKey::of(key(2)).and(key(1));
        assert!(both.has(key(1).id()) && both.has(key(2).id()) && !both.has(key(3).id()));
    }

    /// Before keys had names, all called themselves 1.
    #[test]
    fn what_an_unnamed_key_sealed_opens_under_any_that_fits() {
        let context = context(None, Purpose::StoredSecret, PLACE);
        let sealed = SealingKey::new(UNNAMED, &[1; 32]).unwrap().seal(context, [3; 12], b"secret").unwrap();
        let both = MasterKey::of(key(2)).and(key(1));
        assert_eq!(both.open(None, PLACE, sealed.as_bytes()).unwrap().as_slice(), b"secret");
        assert!(both.reseal(Rng::system(), None, PLACE, sealed.as_bytes()).unwrap().is_some());
        assert!(MasterKey::new(&[2; 32]).unwrap().open(None, PLACE, sealed.as_bytes()).is_err());
    }
}
