//! Pseudonyms: what a service is told about who somebody is, and how a resident is found again without keeping who it is.
//!
//! All of them are HMAC-SHA256 under a secret of the tenant. Each input has a fixed length, or is preceded by its length,
//! so that no two different inputs can be the same bytes.

use aws_lc_rs::{digest, hmac};
use domain::ids::{RelyingPartyId, ResidentId};
use zeroize::Zeroizing;

use crate::encoding::base64url;

/// A tenant's subject salt. Never rotated: every service would see strangers.
pub struct SubjectSalt(hmac::Key);

/// The random id by which a relying party's pseudonyms are told apart; two relying parties that share one are a linkage
/// group. Fixed before the relying party goes live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sector(pub [u8; 16]);

impl Sector {
    /// The sector of all whose `sector_identifier_uri` is at a host (OpenID Connect Core, section 8.1): 16 bytes of
    /// SHA-256("sector" ‖ host). What a pseudonym cannot be guessed by is the tenant's salt, not this.
    pub fn of_host(host: &str) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"sector");
        context.update(host.as_bytes());
        Self(context.finish().as_ref().first_chunk().copied().unwrap_or_default())
    }
}

/// The random id of a resident's session, from which each relying party gets its own `sid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionSeed(pub [u8; 16]);

impl SubjectSalt {
    /// Takes the 32 random bytes that the tenant keeps sealed.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The pairwise `sub` (OpenID Connect Core section 8.1): 43 characters, base64url HMAC(salt, sector ‖ resident).
    pub fn pairwise(&self, sector: Sector, resident: ResidentId) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&sector.0);
        context.update(resident.uuid().as_bytes());
        base64url(context.sign())
    }

    /// The `sid` of a session for one client: 43 characters, base64url HMAC(salt, "sid" ‖ session ‖ client). Two services
    /// cannot find out by it that they serve the same browser.
    pub fn sid(&self, session: SessionSeed, client: RelyingPartyId) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"sid");
        context.update(&session.0);
        context.update(client.uuid().as_bytes());
        base64url(context.sign())
    }

    /// The secret of the refresh token that takes the place of another one: HMAC(salt, "refresh" ‖ token). Pseudonyms are
    /// made of 32 bytes, a `sid` of 35, this of more.
    pub(crate) fn secret_after(&self, token: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"refresh");
        context.update(token);
        context.sign().as_ref().first_chunk().copied().unwrap_or_default()
    }
}

/// A tenant's pepper for finding a resident again; has versions, and is looked up current first, then previous.
pub struct LookupPepper(hmac::Key);

impl LookupPepper {
    /// Takes the 32 random bytes that the tenant keeps sealed.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The digest under which a resident is found: HMAC over the connection's immutable subject namespace and the
    /// provider's `sub`, each preceded by its length in four bytes, big-endian.
    pub fn lookup(&self, subject_namespace: &str, subject: &str) -> Zeroizing<[u8; 32]> {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [subject_namespace, subject] {
            context.update(&length_prefix(part.len()));
            context.update(part.as_bytes());
        }
        let mut digest = Zeroizing::new([0; 32]);
        digest.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        digest
    }
}

/// Four bytes, big-endian. Nothing here comes near 4 GiB; a longer length saturates rather than wraps.
pub(crate) fn length_prefix(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESIDENT: &str = "0191f1d2-8d5e-4c3a-9b1e-2f4a6c8d0e1f";
    const CLIENT: &str = "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f";

    #[test]
    fn a_pseudonym_is_stable_and_differs_by_sector_resident_and_tenant() {
        let salt = SubjectSalt::new(&[1; 32]);
        let sub = salt.pairwise(Sector([2; 16]), RESIDENT.parse().unwrap());
        // The format can never change once a service has seen it: this value is the promise.
        assert_eq!(sub, "zFntFFk5o188y6YKW-8HwbyytiPnsKMPhfKkbo6I66E");
        assert_ne!(sub, salt.pairwise(Sector([3; 16]), RESIDENT.parse().unwrap()));
        assert_ne!(sub, salt.pairwise(Sector([2; 16]), CLIENT.parse().unwrap()));
        assert_ne!(sub, SubjectSalt::new(&[9; 32]).pairwise(Sector([2; 16]), RESIDENT.parse().unwrap()));
    }

    #[test]
    fn a_sector_is_its_host() {
        let salt = SubjectSalt::new(&[1; 32]);
        let of_host = |host| salt.pairwise(Sector::of_host(host), RESIDENT.parse().unwrap());
        assert_eq!(of_host("vendor.example"), of_host("vendor.example"));
        assert_ne!(of_host("vendor.example"), of_host("vendor.example.jp"));
        // SHA-256 of "sectorvendor.example", computed elsewhere: services would see strangers if it changed.
        let hex: String = Sector::of_host("vendor.example").0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "eba502c97145a9fd8b74654cba89b192");
    }

    #[test]
    fn sid_differs_by_client() {
        let salt = SubjectSalt::new(&[1; 32]);
        let one = salt.sid(SessionSeed([2; 16]), CLIENT.parse().unwrap());
        assert_eq!(one, "lbS_25ax5K8aOrbVBrK5cB5wsG4qWyu0-trCDwiKU-0");
        assert_ne!(one, salt.sid(SessionSeed([2; 16]), RESIDENT.parse().unwrap()));
        assert_ne!(one, salt.sid(SessionSeed([3; 16]), CLIENT.parse().unwrap()));
    }

    #[test]
    fn moving_a_character_between_namespace_and_subject_changes_the_digest() {
        let pepper = LookupPepper::new(&[4; 32]);
        assert_ne!(*pepper.lookup("ab", "c"), *pepper.lookup("a", "bc"));
        // HMAC-SHA256 over 00000001 "a" 00000002 "bc", computed elsewhere: it can never change either.
        let hex: String = pepper.lookup("a", "bc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "c261569c7ff4ade7317dbf5e7b17624ee4347480dba5b0d934aab4c37cd646f9");
        assert_ne!(*pepper.lookup("a", "bc"), *LookupPepper::new(&[5; 32]).lookup("a", "bc"));
    }
}
