//! The second pair of eyes at the desk: a colleague who stands beside the clerk types mail address, password and a code into
//! the clerk's own screen. The attempt is judged and throttled as a sign-in is, and opens no session.

use domain::names::TenantSlug;
use secrecy::SecretString;

use crate::Service;
use crate::accounts::{PasswordOutcome, SecondFactorOutcome};
use crate::error::{Conflict, Error};
use crate::gate::{Act, Caller, Resource};

/// What the second clerk typed.
pub struct SecondClerk<'a> {
    /// Mail address.
    pub mail: &'a str,
    /// Password.
    pub password: &'a SecretString,
    /// The authenticator's six digits, or a recovery code.
    pub code: &'a str,
    /// The edge's key for whoever calls, as at sign-in.
    pub caller_key: &'a str,
}

impl Service {
    /// The second clerk: somebody else of the same municipality who may decide on such requests. `None` whatever was wrong.
    pub(super) async fn second_clerk(
        &self,
        first: &Caller,
        tenant: &TenantSlug,
        given: &SecondClerk<'_>,
        on: Resource,
    ) -> Result<Option<Caller>, Error> {
        let judged = self.sign_in_password(given.mail, given.password, given.caller_key).await?;
        let PasswordOutcome::SecondFactor(account) = judged else { return Ok(None) };
        let digits = given.code.chars().filter(|c| !c.is_whitespace());
        let judged = if digits.clone().all(|c| c.is_ascii_digit()) && digits.count() <= 6 {
            self.sign_in_code(account, given.code, given.caller_key).await
        } else {
            self.sign_in_recovery_code(account, given.code, given.caller_key).await
        };
        match judged {
            Ok(SecondFactorOutcome::SignedIn | SecondFactorOutcome::SignedInByRecovery { .. }) => {}
            // The second factor was reset, or the account deleted, between the password and the code.
            Ok(SecondFactorOutcome::Refused(_)) | Err(Error::NotFound | Error::Conflict(Conflict::State)) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        if first.actor().account() == Some(account) {
            return Ok(None);
        }
        match self.staff(account, tenant).await {
            Ok((second, _)) => {
                let fits = second.organisation() == first.organisation() && second.may(Act::Decide, on);
                Ok(fits.then_some(second))
            }
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
