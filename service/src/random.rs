//! Randomness as a parameter. Nothing else in the workspace draws random bytes (clippy.toml bans it).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::Error;

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rng(());

impl Rng {
    /// The system's generator.
    pub const fn system() -> Self {
        Self(())
    }

    /// Random bytes.
    ///
    /// # Errors
    /// [`Error::Internal`] when the system has no randomness to give.
    #[expect(clippy::disallowed_methods, reason = "the one place that draws random bytes")]
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::internal("randomness"))?;
        Ok(bytes)
    }

    /// `N` random bytes as base64url without padding: `[A-Za-z0-9_-]` only.
    ///
    /// # Errors
    /// As [`Rng::bytes`].
    pub fn token<const N: usize>(&self) -> Result<String, Error> {
        Ok(URL_SAFE_NO_PAD.encode(self.bytes::<N>()?))
    }

    /// An identifier of something about a resident: random in every bit, so that it says nothing about when.
    ///
    /// # Errors
    /// As [`Rng::bytes`].
    pub fn uuid_v4(&self) -> Result<Uuid, Error> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }

    /// An identifier of configuration: sorts by age.
    ///
    /// # Errors
    /// As [`Rng::bytes`].
    pub fn uuid_v7(&self, clock: &Clock) -> Result<Uuid, Error> {
        let milliseconds = u64::try_from(clock.seconds()).unwrap_or(0).saturating_mul(1000);
        Ok(uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.bytes()?).into_uuid())
    }
}
