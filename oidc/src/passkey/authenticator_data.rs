//! What the device says (section 6.1): a fixed head, and in a registration the credential's id. The credential's key and
//! extensions follow it and are not read here.

use aws_lc_rs::digest::{SHA256, digest};

use super::{Backup, Refused, RelyingParty};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;
/// The longest id of a credential, in bytes (section 4).
const LONGEST_ID: usize = 1_023;

/// The head, judged.
pub(super) struct AuthenticatorData<'a> {
    pub(super) counter: u32,
    pub(super) backup: Backup,
    flags: u8,
    rest: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    pub(super) fn read(bytes: &'a [u8], relying_party: RelyingParty<'_>) -> Result<Self, Refused> {
        let (hash, bytes) = bytes.split_first_chunk::<32>().ok_or(Refused::Malformed)?;
        let (&[flags], bytes) = bytes.split_first_chunk::<1>().ok_or(Refused::Malformed)?;
        let (counter, rest) = bytes.split_first_chunk::<4>().ok_or(Refused::Malformed)?;
        if digest(&SHA256, relying_party.id.as_bytes()).as_ref() != hash {
            return Err(Refused::RelyingParty);
        }
        if flags & PRESENT == 0 || flags & VERIFIED == 0 {
            return Err(Refused::NotVerified);
        }
        let backup = Backup { eligible: flags & BACKUP_ELIGIBLE != 0, made: flags & BACKED_UP != 0 };
        if backup.made && !backup.eligible {
            return Err(Refused::Backup);
        }
        if flags & (HAS_CREDENTIAL | HAS_EXTENSIONS) == 0 && !rest.is_empty() {
            return Err(Refused::Malformed);
        }
        Ok(Self { counter: u32::from_be_bytes(*counter), backup, flags, rest })
    }

    /// The id of the credential that was made; it stands behind the model of the device, which is none of our business.
    pub(super) fn credential_id(&self) -> Result<&'a [u8], Refused> {
        if self.flags & HAS_CREDENTIAL == 0 {
            return Err(Refused::Malformed);
        }
        let (_model, rest) = self.rest.split_first_chunk::<16>().ok_or(Refused::Malformed)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(Refused::Malformed)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let id = rest.get(..length).ok_or(Refused::Malformed)?;
        if (1..=LONGEST_ID).contains(&length) { Ok(id) } else { Err(Refused::Malformed) }
    }
}
