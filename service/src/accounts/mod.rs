//! Accounts of staff: signing in with a password and a second factor, enrolling that factor, changing the password.
//!
//! Accounts cross organisations; what one may do where comes from memberships, by the gate. Wrong passwords and codes are
//! refusals with an effect: the failure is counted and committed, and the answer is `Ok`. Nothing here says whether an
//! account exists.

mod enrolment;
mod passwords;
mod second_factor;
mod store;
pub(crate) mod throttling;

use domain::ids::AccountId;
use domain::names::{MailAddress, TenantSlug};
use secrecy::SecretString;

pub use enrolment::Enrolment;
pub use passwords::PasswordCost;
pub(crate) use passwords::{Passwords, check_new};
pub(crate) use second_factor::place as totp_place;
pub(crate) use store::NewAccount;

use self::throttling::{Charge, Throttled};
use crate::error::{Conflict, Error};
use crate::gate::{Belonging, Caller, Organisation, PlatformScope};
use crate::{Service, staff_sessions};

/// Why nobody was signed in, without saying what was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Seconds until another attempt is looked at; 0 if the next one is.
    pub retry_after_seconds: u32,
    /// Attempts before the next wait; the page says so, because a wait without warning looks like a fault.
    pub attempts_left: u32,
}

/// What a password led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOutcome {
    /// The second factor is asked for next.
    SecondFactor(AccountId),
    /// The account has no second factor yet and enrols one before anything else.
    Enrol(AccountId),
    /// Not signed in.
    Refused(Refusal),
}

/// What a second factor led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorOutcome {
    /// Signed in: the session's id is to be changed and the account written into it.
    SignedIn,
    /// Signed in with a recovery code; so many are left.
    SignedInByRecovery {
        /// Unused codes.
        codes_left: usize,
    },
    /// Not signed in: wrong, used before, or not to be tried now.
    Refused(Refusal),
}

/// What a change of password led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordChange {
    /// Changed; the other sessions of the account are ended.
    Changed,
    /// The current password was wrong, or is not to be tried now.
    Refused(Refusal),
}

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub id: AccountId,
    /// The address that it signs in with.
    pub mail: String,
    /// Since when it has a second factor, in seconds.
    pub second_factor_since: Option<i64>,
    /// Unused recovery codes.
    pub recovery_codes_left: usize,
}

impl Service {
    /// Judges a mail address and a password. `caller_key` is the edge's key for whoever calls, such as a network prefix; it
    /// is hashed before it is written.
    ///
    /// # Errors
    /// [`Error::Unavailable`], also while too many wait for a hash; a wrong password is an outcome.
    pub async fn sign_in_password(
        &self,
        mail: &str,
        password: &SecretString,
        caller_key: &str,
    ) -> Result<PasswordOutcome, Error> {
        // What is not an address is treated as one that nobody has: same work, same counting, same answer.
        let address = MailAddress::parse(mail).ok();
        let typed = address.as_ref().map_or_else(|| mail.trim().to_lowercase(), ToString::to_string);
        let (by_mail, by_caller) = (Throttled::password(&typed), Throttled::caller(caller_key));

        let turn = self.passwords.turn()?;
        let scope = self.gate.platform_write().await?;
        let refusal = match self.charge(&scope, &by_mail, &by_caller).await? {
            Charge::Taken(refusal) => refusal,
            Charge::Blocked(refusal) => return Ok(PasswordOutcome::Refused(refusal)),
        };
        // What no account can have is looked for as well, by an address that none has: some of it no column can hold.
        let wanted = address.as_ref().map_or("", MailAddress::as_str);
        let row = store::by_mail(&scope, wanted).await?;
        scope.commit().await?;

        // No connection is held while the hash is computed.
        let right = self.passwords.verify(&turn, password, row.as_ref().map(|row| row.password_hash.clone())).await?;
        let scope = self.gate.platform_write().await?;
        // A thousand guesses at a thousand accounts, sent at once, all began before the first of them had failed.
        if let Some(refusal) = throttling::standing(&scope, &by_caller, self.clock.seconds()).await? {
            return Ok(PasswordOutcome::Refused(refusal));
        }
        let outcome = match row.filter(|_| right) {
            None => {
                throttling::charge(&scope, &by_caller, self.clock.seconds()).await?;
                PasswordOutcome::Refused(refusal)
            }
            Some(row) => {
                throttling::refund(&scope, &by_mail).await?;
                let account = AccountId::from_uuid(row.id);
                if row.totp_enrolled_at.is_some() {
                    PasswordOutcome::SecondFactor(account)
                } else {
                    // A secret that somebody was shown and did not enrol must not become the next person's, nor the next
                    // one theirs: whoever was half signed in begins again.
                    store::set_pending(&scope, account, None).await?;
                    store::end_sessions(&scope, account, None).await?;
                    PasswordOutcome::Enrol(account)
                }
            }
        };
        scope.commit().await?;
        Ok(outcome)
    }

    /// Judges a code of the authenticator, after the password. A code is right once.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the account is gone; [`Conflict::State`] if it has no second factor (it was reset meanwhile).
    pub async fn sign_in_code(
        &self,
        account: AccountId,
        code: &str,
        caller_key: &str,
    ) -> Result<SecondFactorOutcome, Error> {
        let now = self.clock.seconds();
        self.judge_second_factor(account, caller_key, async |scope, row| {
            let sealed = row.totp_secret.as_deref().ok_or(Conflict::State)?;
            let secret = self.master.open(None, &second_factor::place(account), sealed)?;
            let totp = second_factor::totp(&secret, &row.mail)?;
            let right = match second_factor::matched_step(&totp, code, now) {
                Some(step) => store::take_step(scope, account, step).await?,
                None => false,
            };
            Ok(right.then_some(SecondFactorOutcome::SignedIn))
        })
        .await
    }

    /// Judges a recovery code, after the password. It is used up by being right.
    ///
    /// # Errors
    /// As [`Service::sign_in_code`].
    pub async fn sign_in_recovery_code(
        &self,
        account: AccountId,
        code: &str,
        caller_key: &str,
    ) -> Result<SecondFactorOutcome, Error> {
        let now = self.clock.seconds();
        self.judge_second_factor(account, caller_key, async |scope, _| {
            let hash = second_factor::recovery_hash(account, code);
            if !store::use_recovery_code(scope, account, hash, now).await? {
                return Ok(None);
            }
            let codes_left = store::recovery_codes_left(scope, account).await?;
            Ok(Some(SecondFactorOutcome::SignedInByRecovery { codes_left }))
        })
        .await
    }

    async fn judge_second_factor(
        &self,
        account: AccountId,
        caller_key: &str,
        judge: impl AsyncFnOnce(&PlatformScope, &entity::account::Model) -> Result<Option<SecondFactorOutcome>, Error>,
    ) -> Result<SecondFactorOutcome, Error> {
        let (by_account, by_caller) = (Throttled::second_factor(account), Throttled::caller(caller_key));
        let scope = self.gate.platform_write().await?;
        let refusal = match self.charge(&scope, &by_account, &by_caller).await? {
            Charge::Taken(refusal) => refusal,
            Charge::Blocked(refusal) => return Ok(SecondFactorOutcome::Refused(refusal)),
        };
        let row = store::get(&scope, account).await?;
        if row.totp_enrolled_at.is_none() {
            return Err(Conflict::State.into());
        }
        let outcome = match judge(&scope, &row).await? {
            Some(signed_in) => {
                throttling::refund(&scope, &by_account).await?;
                signed_in
            }
            None => {
                throttling::charge(&scope, &by_caller, self.clock.seconds()).await?;
                SecondFactorOutcome::Refused(refusal)
            }
        };
        scope.commit().await?;
        Ok(outcome)
    }

    /// Charges the account's attempt, unless the caller is to wait: a caller's own failures are counted when they are known,
    /// because one town hall's right passwords must not use them up.
    async fn charge(&self, scope: &PlatformScope, own: &Throttled, caller: &Throttled) -> Result<Charge, Error> {
        let now = self.clock.seconds();
        match throttling::standing(scope, caller, now).await? {
            Some(refusal) => Ok(Charge::Blocked(refusal)),
            None => throttling::charge(scope, own, now).await,
        }
    }

    /// Changes one's own password. `session` is the one that stays; all others of the account end.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field `new_password`; [`Conflict::Stale`] if the account changed meanwhile.
    pub async fn change_password(
        &self,
        account: AccountId,
        current: &SecretString,
        new: &SecretString,
        session: Option<&tower_sessions::session::Id>,
    ) -> Result<PasswordChange, Error> {
        let turn = self.passwords.turn()?;
        let scope = self.gate.platform_write().await?;
        let row = store::get(&scope, account).await?;
        check_new(new, &row.mail).map_err(|violation| Error::invalid("new_password", violation))?;
        let throttled = Throttled::password(&row.mail);
        let refusal = match throttling::charge(&scope, &throttled, self.clock.seconds()).await? {
            Charge::Taken(refusal) => refusal,
            Charge::Blocked(refusal) => return Ok(PasswordChange::Refused(refusal)),
        };
        scope.commit().await?;

        if !self.passwords.verify(&turn, current, Some(row.password_hash.clone())).await? {
            return Ok(PasswordChange::Refused(refusal));
        }
        let hash = self.passwords.hash(&turn, new).await?;
        let scope = self.gate.platform_write().await?;
        throttling::refund(&scope, &throttled).await?;
        store::set_password(&scope, &row, hash).await?;
        store::end_sessions(&scope, account, session.map(staff_sessions::hash)).await?;
        scope.commit().await?;
        Ok(PasswordChange::Changed)
    }

    /// One's own account.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if it is gone.
    pub async fn account(&self, account: AccountId) -> Result<AccountView, Error> {
        let scope = self.gate.platform_read().await?;
        let row = store::get(&scope, account).await.map_err(|error| match error {
            Error::NotFound => Error::Unauthenticated,
            other => other,
        })?;
        let recovery_codes_left = store::recovery_codes_left(&scope, account).await?;
        Ok(AccountView { id: account, mail: row.mail, second_factor_since: row.totp_enrolled_at, recovery_codes_left })
    }

    /// The organisations that an account belongs to, by their names in URLs.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn belongings(&self, account: AccountId) -> Result<Vec<Belonging>, Error> {
        self.gate.belongings(account).await
    }

    /// The member of staff whose session this is, as a caller of the organisation that the URL names.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such organisation, or the account does not belong to it (any longer).
    pub async fn staff(&self, account: AccountId, slug: &TenantSlug) -> Result<(Caller, Organisation), Error> {
        self.gate.staff(account, slug).await
    }

    /// Deletes counted failures and sessions whose time is over.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn sweep_accounts(&self) -> Result<(), Error> {
        let now = self.clock.seconds();
        let scope = self.gate.platform_write().await?;
        throttling::sweep(&scope, now).await?;
        staff_sessions::sweep(&scope, now).await?;
        scope.commit().await
    }

    /// Writes a new account; whether the address is free is the unique key's to say.
    pub(crate) async fn insert_account(&self, account: NewAccount) -> Result<(), Error> {
        let scope = self.gate.platform_write().await?;
        store::insert(&scope, account).await?;
        scope.commit().await
    }

    /// Empties an account, for good.
    pub(crate) async fn empty_account(&self, account: AccountId) -> Result<(), Error> {
        let scope = self.gate.platform_write().await?;
        store::empty(&scope, account).await?;
        scope.commit().await
    }

    /// The account of a mail address: for provisioning only, never for an answer to somebody who signs in.
    pub(crate) async fn find_account(&self, mail: &MailAddress) -> Result<Option<AccountId>, Error> {
        let scope = self.gate.platform_read().await?;
        Ok(store::by_mail(&scope, mail.as_str()).await?.map(|row| AccountId::from_uuid(row.id)))
    }

    /// Since when each of these accounts has a second factor.
    pub(crate) async fn second_factors(
        &self,
        accounts: &[AccountId],
    ) -> Result<std::collections::HashMap<AccountId, i64>, Error> {
        let scope = self.gate.platform_read().await?;
        store::second_factors(&scope, accounts).await
    }
}
