//! How often a service hands in former ids: every person who agreed to it may have to be looked at for it.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use domain::ids::RelyingPartyId;

use crate::limits::Limiter;

/// What one service hands in within a minute: 20,000 lines.
const A_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Who hands something in at this moment, and who did a moment ago.
pub(crate) struct Uploads {
    under_way: Mutex<HashSet<RelyingPartyId>>,
    recent: Limiter,
}

/// One that is under way, until it is dropped.
pub(super) struct Upload<'u> {
    uploads: &'u Uploads,
    party: RelyingPartyId,
}

impl Uploads {
    /// Begins one, unless the service is at another, or had many a moment ago.
    pub(super) fn begin(&self, party: RelyingPartyId) -> Option<Upload<'_>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = !under_way.contains(&party) && self.recent.admits(party);
        begun.then(|| {
            under_way.insert(party);
            Upload { uploads: self, party }
        })
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self { under_way: Mutex::default(), recent: Limiter::per_minute(A_MINUTE) }
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        self.uploads.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.party);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_service_hands_in_one_after_the_other_and_not_too_often() {
        let uploads = Uploads::default();
        let [one, other] = [1, 2].map(|number| RelyingPartyId::from_uuid(Uuid::from_u128(number)));
        let first = uploads.begin(one);
        assert!(first.is_some() && uploads.begin(one).is_none() && uploads.begin(other).is_some());
        drop(first);
        let admitted = (0..100).filter(|_| uploads.begin(one).is_some()).count();
        assert_eq!(admitted, 9);
    }
}
