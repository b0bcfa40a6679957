//! The second factor: time-based codes (RFC 6238: SHA-1, six digits, 30 seconds, one step of grace) and recovery codes.

use aws_lc_rs::digest::{Context, SHA256};
use domain::ids::AccountId;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::random::Rng;

/// Recovery codes handed out at enrolment.
pub(super) const RECOVERY_CODES: usize = 10;

/// Where an account's secret is sealed for.
pub(crate) fn place(account: AccountId) -> String {
    format!("account.totp_secret/{account}")
}

/// The generator of an account.
pub(super) fn totp(secret: &[u8], mail: &str) -> Result<Totp, Error> {
    Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(mail)
        .with_issuer(Some("Machikagi"))
        .build()
        .map_err(|_| Error::internal("a second factor's secret"))
}

/// The time step of a code that is right at `now`, as a column holds it; spaces that people type are no matter.
pub(super) fn matched_step(totp: &Totp, code: &str, now: i64) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = totp.check(&digits, u64::try_from(now).ok()?)?;
    i64::try_from(step).ok()
}

/// The letters of recovery codes, Crockford's base 32: none looks like another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Sixteen letters in groups of four, 80 random bits: too many to guess from a stolen hash.
pub(super) fn recovery_code(rng: Rng) -> Result<Zeroizing<String>, Error> {
    let mut code = Zeroizing::new(String::with_capacity(19));
    for (position, byte) in rng.bytes::<16>()?.into_iter().enumerate() {
        if position > 0 && position % 4 == 0 {
            code.push('-');
        }
        let letter = ALPHABET.get(usize::from(byte % 32)).ok_or_else(|| Error::internal("a recovery code"))?;
        code.push(char::from(*letter));
    }
    Ok(code)
}

/// What is kept of a recovery code. Hyphens, spaces and capitals are no matter, nor is O for 0 or I and L for 1.
pub(super) fn recovery_hash(account: AccountId, code: &str) -> Vec<u8> {
    let letters = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    });
    let letters: Zeroizing<String> = Zeroizing::new(letters.collect());
    let mut context = Context::new(&SHA256);
    context.update(account.uuid().as_bytes());
    context.update(letters.as_bytes());
    context.finish().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_right_for_a_step_on_either_side() {
        let totp = totp(b"12345678901234567890", "sato@town.example.jp").unwrap();
        // RFC 6238, appendix B: at 59 seconds the code is 94287082, of which six digits are 287082.
        for now in [0, 29, 30, 59, 60, 89] {
            assert_eq!(matched_step(&totp, "287 082", now), Some(1), "{now}");
        }
        assert_eq!(matched_step(&totp, "287082", 90), None);
        assert_eq!(matched_step(&totp, "287083", 59), None);
        assert!(totp.to_url().unwrap().starts_with("otpauth://totp/Machikagi:sato"));
    }

    #[test]
    fn recovery_codes_forgive_how_they_are_typed() {
        let account = AccountId::from_uuid(uuid::Uuid::nil());
        let code = recovery_code(Rng::system()).unwrap();
        assert_eq!(code.len(), 19);
        let typed = code.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l");
        assert_eq!(recovery_hash(account, &code), recovery_hash(account, &typed));
        assert_ne!(recovery_hash(account, &code), recovery_hash(AccountId::from_uuid(uuid::Uuid::max()), &code));
    }
}
