//! Time and randomness of the outside world. Elsewhere both are parameters, so that tests can set them; a program whose
//! only subject is time takes the real ones, and takes them here.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Failure;

/// When something began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Since then.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Seconds since 1970, for one-time codes.
#[expect(clippy::disallowed_methods, reason = "the server, which checks one-time codes, runs on real time as well")]
pub(crate) fn seconds_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// 256 random bits as 43 characters of base64url: a state, a nonce or a PKCE verifier.
///
/// # Errors
/// If the cryptography library has no randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "a state is to be as unpredictable, and as dear, as that of a real client"
)]
pub(crate) fn random_token() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Failure::new("no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What signatures are made with.
#[expect(clippy::disallowed_types, reason = "a signature is to be as dear as that of a real client")]
pub(crate) fn randomness() -> aws_lc_rs::rand::SystemRandom {
    aws_lc_rs::rand::SystemRandom::new()
}
