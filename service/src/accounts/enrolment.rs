//! Enrolling a second factor, and forgetting it when somebody lost theirs.

use domain::ids::AccountId;
use zeroize::Zeroizing;

use super::{second_factor, store};
use crate::Service;
use crate::error::{Conflict, Error};

/// What is shown to somebody who enrols an authenticator.
pub struct Enrolment {
    /// The secret in base 32, for typing.
    pub secret_base32: Zeroizing<String>,
    /// The `otpauth:` URL, for the picture.
    pub otpauth_url: Zeroizing<String>,
}

impl Service {
    /// The secret that an account without a second factor enrols: a new one, or the one that it was just shown.
    ///
    /// # Errors
    /// [`Conflict::State`] if it has one already.
    pub async fn begin_totp_enrolment(&self, account: AccountId) -> Result<Enrolment, Error> {
        let scope = self.gate.platform_write().await?;
        let row = store::get(&scope, account).await?;
        if row.totp_enrolled_at.is_some() {
            return Err(Conflict::State.into());
        }
        let place = second_factor::place(account);
        let secret = match &row.totp_secret {
            Some(sealed) => self.master.open(None, &place, sealed)?,
            None => {
                let secret = Zeroizing::new(self.rng.bytes::<20>()?.to_vec());
                let sealed = self.master.seal(self.rng, None, &place, &secret)?;
                store::set_pending(&scope, account, Some(sealed)).await?;
                scope.commit().await?;
                secret
            }
        };
        let totp = second_factor::totp(&secret, &row.mail)?;
        Ok(Enrolment {
            secret_base32: Zeroizing::new(totp.secret().to_base32()),
            otpauth_url: Zeroizing::new(totp.to_url().map_err(|_| Error::internal("an otpauth URL"))?),
        })
    }

    /// Enrols the authenticator with its first code, which signs in as well. Returns the recovery codes, shown this once;
    /// `None` for a wrong code.
    ///
    /// # Errors
    /// [`Conflict::State`] if nothing was begun, or a second factor is there already.
    pub async fn finish_totp_enrolment(
        &self,
        account: AccountId,
        code: &str,
    ) -> Result<Option<Vec<Zeroizing<String>>>, Error> {
        let now = self.clock.seconds();
        let scope = self.gate.platform_write().await?;
        let row = store::get(&scope, account).await?;
        let sealed = row.totp_secret.as_deref().filter(|_| row.totp_enrolled_at.is_none()).ok_or(Conflict::State)?;
        let secret = self.master.open(None, &second_factor::place(account), sealed)?;
        let totp = second_factor::totp(&secret, &row.mail)?;
        let Some(step) = second_factor::matched_step(&totp, code, now) else { return Ok(None) };
        if !store::enrol(&scope, &row, step, now).await? {
            return Err(Conflict::State.into());
        }
        let mut codes = Vec::with_capacity(second_factor::RECOVERY_CODES);
        for _ in 0..second_factor::RECOVERY_CODES {
            codes.push(second_factor::recovery_code(self.rng)?);
        }
        // Collected: a closure held across the `await` would make the future's `Send` unprovable for callers.
        let hashes: Vec<_> = codes.iter().map(|code| second_factor::recovery_hash(account, code)).collect();
        store::replace_recovery_codes(&scope, account, hashes).await?;
        scope.commit().await?;
        Ok(Some(codes))
    }

    /// Forgets an account's second factor and ends its sessions; who may ask for that is the caller's to decide.
    pub(crate) async fn forget_second_factor(&self, account: AccountId) -> Result<(), Error> {
        let scope = self.gate.platform_write().await?;
        store::forget_second_factor(&scope, account).await?;
        store::end_sessions(&scope, account, None).await?;
        scope.commit().await
    }

    /// Where a second factor's secret is sealed for.
    pub(crate) fn seal_totp_secret(&self, account: AccountId, secret: &[u8]) -> Result<Vec<u8>, Error> {
        self.master.seal(self.rng, None, &second_factor::place(account), secret)
    }
}
