//! Who did not answer is left alone for a minute. A server that takes no connection is left alone by every service and town, so
//! that a vendor whose machine is away costs each server process one wait a minute. One that takes connections and lets us wait
//! may be many services' and answer them well: it is left alone where that one service pointed to, so that no service can
//! silence another on the same host.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::ids::RelyingPartyId;
use url::Url;

/// How long somebody who did not answer is left alone, in seconds.
const LEFT_ALONE: i64 = 60;
/// So many are remembered. There are not nearly as many that are silent at a time.
const KEPT: usize = 4_096;

/// Who is silent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Silent {
    /// A server, by its origin.
    Server(String),
    /// What a service pointed to.
    Service(RelyingPartyId, Url),
}

impl Silent {
    pub(super) fn server(address: &Url) -> Self {
        Self::Server(address.origin().ascii_serialization())
    }

    pub(super) fn service(party: RelyingPartyId, address: &Url) -> Self {
        Self::Service(party, address.clone())
    }
}

/// Who is left alone, and until when.
#[derive(Default)]
pub(crate) struct Silence(Mutex<HashMap<Silent, i64>>);

impl Silence {
    /// Whether a service did not answer a moment ago, or its server was not there.
    pub(super) fn of(&self, party: RelyingPartyId, address: &Url, now: i64) -> bool {
        let silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut either = [Silent::server(address), Silent::service(party, address)].into_iter();
        either.any(|who| silent.get(&who).is_some_and(|until| *until > now))
    }

    /// They did not answer.
    pub(super) fn begins(&self, who: Silent, now: i64) {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.len() >= KEPT {
            silent.clear();
        }
        silent.retain(|_, until| *until > now);
        silent.insert(who, now + LEFT_ALONE);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn no_service_silences_another_on_its_host() {
        let [one, other] = [1, 2].map(|number| RelyingPartyId::from_uuid(Uuid::from_u128(number)));
        let [slow, quick] = ["https://host.jp/slow", "https://host.jp/quick"].map(|url| Url::parse(url).unwrap());
        let silence = Silence::default();
        silence.begins(Silent::service(one, &slow), 100);
        assert!(silence.of(one, &slow, 159) && !silence.of(one, &slow, 160));
        assert!(!silence.of(other, &slow, 101) && !silence.of(other, &quick, 101));
        // Nobody is there: that holds for all of them.
        silence.begins(Silent::server(&slow), 200);
        assert!(silence.of(other, &quick, 201));
    }
}
