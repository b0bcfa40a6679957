//! What is asked for and told about a person, as bytes: a part of the formats of flows, codes and access tokens.

use domain::assurance::Ial;
use domain::attributes::{AgeLimit, Item, Items};
use oidc::provider::claims_request::ClaimSet;
use oidc::provider::verified_claims::{Evidence, MAX_VERIFIED_REQUESTS, TrustFramework, Verification, VerifiedRequest};

use super::packing::{Malformed, Packer, Unpacker};

/// Beside the items, in their byte, where no item has a bit.
const RESIDENCY: u8 = 0x40;
const WITH_LIMITS: u8 = 0x80;

const FRAMEWORKS: [TrustFramework; 2] = [TrustFramework::Ds511, TrustFramework::Sandbox];
const EVIDENCE: [Evidence; 3] = [Evidence::NotStated, Evidence::Card, Evidence::Certificate];

impl Packer {
    /// A set of items.
    pub(super) fn items(&mut self, items: Items) {
        self.items_beside(items, 0);
    }

    fn items_beside(&mut self, items: Items, mark: u8) {
        let limits: Vec<u8> = items.limits().map(AgeLimit::years).collect();
        self.byte(items.flags() | mark | if limits.is_empty() { 0 } else { WITH_LIMITS });
        if !limits.is_empty() {
            self.number(limits.len() as u64);
            self.bytes(&limits);
        }
    }

    /// What is asked for at one place.
    pub(super) fn claims(&mut self, claims: &ClaimSet) {
        self.items_beside(claims.items, if claims.residency { RESIDENCY } else { 0 });
        self.verified_requests(&claims.verified);
    }

    /// What is asked for together with how it was verified.
    pub(super) fn verified_requests(&mut self, requests: &[VerifiedRequest]) {
        self.number(requests.len() as u64);
        for request in requests {
            self.items(request.items);
            self.number(request.fits.into());
            self.byte(request.told);
            self.number(request.max_age_seconds.map_or(0, |seconds| u64::from(seconds) + 1));
        }
    }

    /// How somebody was identified, or nothing.
    pub(super) fn verification(&mut self, verification: Option<&Verification>) {
        let Some(verification) = verification else { return self.byte(0) };
        let place = |at: Option<usize>| at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX);
        self.byte(verification.ial.number());
        self.byte(place(FRAMEWORKS.iter().position(|known| *known == verification.framework)));
        self.byte(place(EVIDENCE.iter().position(|known| *known == verification.evidence)));
        self.seconds(verification.time.map_or(0, |seconds| seconds + 1));
    }
}

impl Unpacker<'_> {
    pub(super) fn items(&mut self) -> Result<Items, Malformed> {
        self.items_beside(0).map(|(items, _)| items)
    }

    fn items_beside(&mut self, mark: u8) -> Result<(Items, bool), Malformed> {
        let byte = self.byte()?;
        let mut items = Items::of_flags(byte & !(WITH_LIMITS | mark)).ok_or(Malformed)?;
        if byte & WITH_LIMITS != 0 {
            for _ in 0..self.number()? {
                items = items.with(Item::AgeOver(AgeLimit::try_from(self.byte()?).map_err(|_| Malformed)?));
            }
        }
        Ok((items, byte & mark != 0))
    }

    pub(super) fn claims(&mut self) -> Result<ClaimSet, Malformed> {
        let (items, residency) = self.items_beside(RESIDENCY)?;
        Ok(ClaimSet { items, residency, verified: self.verified_requests()? })
    }

    pub(super) fn verified_requests(&mut self) -> Result<Vec<VerifiedRequest>, Malformed> {
        let count = usize::try_from(self.number()?).ok().filter(|count| *count <= MAX_VERIFIED_REQUESTS);
        let one = |_| {
            Ok(VerifiedRequest {
                items: self.items()?,
                fits: u32::try_from(self.number()?).map_err(|_| Malformed)?,
                told: self.byte()?,
                max_age_seconds: match self.number()?.checked_sub(1) {
                    None => None,
                    Some(seconds) => Some(u32::try_from(seconds).map_err(|_| Malformed)?),
                },
            })
        };
        (0..count.ok_or(Malformed)?).map(one).collect()
    }

    pub(super) fn verification(&mut self) -> Result<Option<Verification>, Malformed> {
        let ial = match self.byte()? {
            0 => return Ok(None),
            number => Ial::try_from(number).map_err(|_| Malformed)?,
        };
        Ok(Some(Verification {
            ial,
            framework: FRAMEWORKS.get(usize::from(self.byte()?)).copied().ok_or(Malformed)?,
            evidence: EVIDENCE.get(usize::from(self.byte()?)).copied().ok_or(Malformed)?,
            time: self.seconds()?.checked_sub(1).filter(|seconds| *seconds >= 0),
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn requests_and_verifications_come_back() {
        let over = |years: u8| Item::AgeOver(AgeLimit::try_from(years).unwrap());
        let items: Items = [Item::Name, Item::AgeBand, over(1), over(120)].into_iter().collect();
        let request = VerifiedRequest { items, fits: 0x3ffff, told: 31, max_age_seconds: Some(u32::MAX) };
        let verified = vec![request, VerifiedRequest { max_age_seconds: None, ..request }];
        let claims = ClaimSet { items, residency: true, verified };
        let verification = Verification {
            framework: TrustFramework::Sandbox,
            ial: Ial::TWO,
            evidence: Evidence::Certificate,
            time: Some(1_795_000_000),
        };
        let undated = Verification { time: None, ..verification };
        let mut packer = Packer::new();
        packer.claims(&claims);
        packer.claims(&ClaimSet::default());
        packer.verification(Some(&verification));
        packer.verification(Some(&undated));
        packer.verification(None);
        let bytes = packer.finish();
        let mut unpacker = Unpacker::new(&bytes);
        assert_eq!(unpacker.claims(), Ok(claims));
        assert_eq!(unpacker.claims(), Ok(ClaimSet::default()));
        assert_eq!(unpacker.verification(), Ok(Some(verification)));
        assert_eq!(unpacker.verification(), Ok(Some(undated)));
        assert_eq!(unpacker.verification(), Ok(None));
        assert_eq!(unpacker.finish(), Ok(()));
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes: Vec<u8>) {
            let _ = Unpacker::new(&bytes).claims();
            let _ = Unpacker::new(&bytes).verification();
        }
    }
}
