//! The master key: it seals other keys and stored secrets, and nothing about residents.

use domain::ids::OrganisationId;
use oidc::sealed::{Context, KeyId, Purpose, SealingKey};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::random::Rng;

/// The key of the installation. Without it no key of a municipality opens; with it alone no code, token or cookie does,
/// because their epoch's key is gone.
pub struct MasterKey(SealingKey);

/// The one master key so far; a second one comes with its rotation.
const FIRST: KeyId = KeyId(1);

impl MasterKey {
    /// Takes the 32 bytes.
    ///
    /// # Errors
    /// [`Error::Internal`] if the cryptography library refuses them.
    pub fn new(bytes: &[u8; 32]) -> Result<Self, Error> {
        SealingKey::new(FIRST, bytes).map(Self).map_err(|_| Error::internal("master key"))
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
            .0
            .seal(context(organisation, Purpose::StoredSecret, place), rng.bytes()?, secret)
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
        self.0
            .open(context(organisation, Purpose::StoredSecret, place), token)
            .map_err(|_| Error::internal("a stored secret does not open: is this the right master key?"))
    }

    /// Wraps an epoch key.
    pub(super) fn wrap(&self, rng: Rng, key: KeyId, bytes: &[u8; 32]) -> Result<String, Error> {
        let place = key.0.to_be_bytes();
        self.0
            .seal(Context::of_platform(Purpose::EpochKey, &place), rng.bytes()?, bytes)
            .map_err(|_| Error::internal("wrapping an epoch key"))
    }

    /// Unwraps an epoch key.
    pub(super) fn unwrap(&self, key: KeyId, wrapped: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let place = key.0.to_be_bytes();
        self.0
            .open(Context::of_platform(Purpose::EpochKey, &place), wrapped)
            .map_err(|_| Error::internal("an epoch key does not open: is this the right master key?"))
    }
}

fn context(organisation: Option<OrganisationId>, purpose: Purpose, place: &str) -> Context<'_> {
    match organisation {
        Some(organisation) => Context::of_tenant(organisation, purpose, place.as_bytes()),
        None => Context::of_platform(purpose, place.as_bytes()),
    }
}
