//! Passwords: argon2id, on a thread that may block, few at a time, and the same work whether the account exists or not.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use domain::violations::Violation;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;
use crate::random::Rng;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PasswordCost {
    /// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
    pub const OWASP: PasswordCost = PasswordCost { memory_kib: 19 * 1024, passes: 2 };
    /// As little as argon2 permits. Only a test may ask for it: such a hash protects nobody.
    pub const TRIVIAL: PasswordCost = PasswordCost { memory_kib: 8, passes: 1 };
}

/// Hashes at once: each takes 19 MiB, and a crowd at the door must not take the machine's memory.
const AT_ONCE: usize = 4;
/// Those that wait for one of them; whoever comes after these is asked to try again. At some 40 ms each nobody waits longer than
/// a page may take, and a flood of sign-ins holds no more than this.
const WAITING: usize = 124;

/// Fewest characters of a new password. Length is what helps; no rule asks for signs and digits.
const SHORTEST: usize = 12;
/// Most bytes of one: argon2 takes any length, a server should not.
const LONGEST_BYTES: usize = 256;

/// A place in the queue of those who wait for a hash.
pub(crate) struct Turn(#[expect(dead_code, reason = "held, and given back when it is dropped")] OwnedSemaphorePermit);

/// Makes and checks hashes.
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    places: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    rng: Rng,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost, rng: Rng) -> Result<Self, Error> {
        let params =
            Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|_| Error::internal("password cost"))?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            rng,
        })
    }

    /// A place in the queue, taken before anything is written: whoever is sent away has lost no attempt.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while too many wait.
    pub(crate) fn turn(&self) -> Result<Turn, Error> {
        Arc::clone(&self.places).try_acquire_owned().map(Turn).map_err(|_| Error::Unavailable)
    }

    /// A hash in PHC form.
    pub(crate) async fn hash(&self, _turn: &Turn, password: &SecretString) -> Result<String, Error> {
        let salt = self.rng.bytes::<16>()?;
        let argon2 = self.argon2.clone();
        self.blocking(password, move |password| {
            let hash = argon2.hash_password_with_salt(password, &salt);
            hash.map(|hash| hash.to_string()).map_err(|_| Error::internal("hashing a password"))
        })
        .await?
    }

    /// Whether the password is the one that was hashed. Without a hash the same work is done, and the answer is no; so it is for
    /// what is longer than any password, of which nothing is hashed.
    pub(crate) async fn verify(
        &self,
        turn: &Turn,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        let fits = password.expose_secret().len() <= LONGEST_BYTES;
        let Some(hash) = hash.filter(|_| fits) else {
            let nothing = SecretString::default();
            self.hash(turn, if fits { password } else { &nothing }).await?;
            return Ok(false);
        };
        let argon2 = self.argon2.clone();
        self.blocking(password, move |password| {
            PasswordHash::new(&hash).is_ok_and(|hash| argon2.verify_password(password, &hash).is_ok())
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        password: &SecretString,
        work: impl FnOnce(&[u8]) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Error::Unavailable)?;
        let password = password.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(password.expose_secret().as_bytes());
            drop(permit);
            result
        });
        done.await.map_err(|_| Error::internal("the thread that hashes passwords"))
    }
}

/// Whether a new password is good enough: long, and not the mail address.
pub(crate) fn check_new(password: &SecretString, mail: &str) -> Result<(), Violation> {
    let text = password.expose_secret();
    if text.is_empty() {
        Err(Violation::Required)
    } else if text.chars().count() < SHORTEST {
        Err(Violation::TooShort)
    } else if text.len() > LONGEST_BYTES {
        Err(Violation::TooLong)
    } else if text.eq_ignore_ascii_case(mail) {
        Err(Violation::NotAllowed)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::new(PasswordCost::TRIVIAL, Rng::system()).unwrap();
        let turn = passwords.turn().unwrap();
        let hash = passwords.hash(&turn, &"correct horse battery".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert!(passwords.verify(&turn, &"correct horse battery".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(&turn, &"correct horse batterx".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify(&turn, &"correct horse battery".into(), None).await.unwrap());
        assert!(!passwords.verify(&turn, &"correct horse battery".into(), Some("nonsense".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn nothing_of_what_is_too_long_is_hashed() {
        let passwords = Passwords::new(PasswordCost::TRIVIAL, Rng::system()).unwrap();
        let turn = passwords.turn().unwrap();
        let longest = SecretString::from("x".repeat(LONGEST_BYTES));
        let hash = passwords.hash(&turn, &longest).await.unwrap();
        assert!(passwords.verify(&turn, &longest, Some(hash)).await.unwrap());
        let longer = SecretString::from("x".repeat(LONGEST_BYTES + 1));
        let hash = passwords.hash(&turn, &longer).await.unwrap();
        assert!(!passwords.verify(&turn, &longer, Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_asked_to_try_again() {
        let passwords = Passwords::new(PasswordCost::TRIVIAL, Rng::system()).unwrap();
        let mut waiting: Vec<Turn> = (0..AT_ONCE + WAITING).map(|_| passwords.turn().unwrap()).collect();
        assert!(matches!(passwords.turn(), Err(Error::Unavailable)));
        waiting.pop();
        assert!(passwords.turn().is_ok());
    }

    #[test]
    fn new_passwords_are_long() {
        let check = |text: &str| check_new(&text.into(), "sato@town.example.jp");
        assert_eq!(check("十二文字ちょうどの長さです"), Ok(()));
        assert_eq!(check(""), Err(Violation::Required));
        assert_eq!(check("elevenchars"), Err(Violation::TooShort));
        assert_eq!(check("Sato@Town.Example.JP"), Err(Violation::NotAllowed));
        assert_eq!(check(&"x".repeat(257)), Err(Violation::TooLong));
    }
}
