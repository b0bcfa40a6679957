//! How often somebody may ask.
//!
//! Counted in memory, by each server process for itself. The table that counts has a fixed size: nobody makes it grow by
//! asking from many addresses. Two who meet in one cell of it share what each would have; who meets whom is drawn at start, so
//! that nobody can be aimed at.

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;

use governor::clock::DefaultClock;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

/// So many are told apart: half a megabyte.
const CELLS: usize = 65_536;
/// Somebody who was quiet may send so many seconds' worth at once.
const BURST_SECONDS: u32 = 10;

/// Requests a second that each may go on sending, of those who can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One subscriber's addresses: an address of IPv4, 64 bits of IPv6. An office, or everybody on one carrier's gateway, is one.
    pub address: NonZeroU32,
    /// One relying party, at all of a town's endpoints together where it proves who it is; by its name alone, at each kind of them.
    pub client: NonZeroU32,
    /// One municipality, so that a flood at its door leaves the others theirs.
    pub tenant: NonZeroU32,
}

impl Limits {
    /// A town's festival behind one carrier's gateway fits in, and a machine of two cores stands it.
    pub const STANDARD: Self = Self {
        address: NonZeroU32::new(200).unwrap(),
        client: NonZeroU32::new(500).unwrap(),
        tenant: NonZeroU32::new(1_000).unwrap(),
    };
}

/// Counts the requests of everybody by one measure.
pub struct Limiter {
    rates: RateLimiter<usize, Cells, DefaultClock>,
    seed: RandomState,
}

impl Limiter {
    /// A limiter that lets each send so many requests a second, and ten seconds' worth at once.
    pub fn new(per_second: NonZeroU32) -> Self {
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
        Self::by(Quota::per_second(per_second).allow_burst(burst))
    }

    /// A limiter for what is dear: each may ask so many times a minute, or all of them at once.
    pub fn per_minute(times: NonZeroU32) -> Self {
        Self::by(Quota::per_minute(times))
    }

    fn by(quota: Quota) -> Self {
        let cells = std::iter::repeat_with(InMemoryState::default).take(CELLS).collect();
        Self { rates: RateLimiter::new(quota, Cells(cells), DefaultClock::default()), seed: RandomState::new() }
    }

    /// Whether one more request of theirs is taken; if so it counts.
    pub fn admits(&self, who: impl Hash) -> bool {
        let cell = usize::try_from(self.seed.hash_one(who) % CELLS as u64).unwrap_or_default();
        self.rates.check_key(&cell).is_ok()
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limiter")
    }
}

/// A table of a fixed size; governor's own grow with everybody who asks.
struct Cells(Box<[InMemoryState]>);

impl StateStore for Cells {
    type Key = usize;

    fn measure_and_replace<T, F, E>(&self, cell: &usize, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        match self.0.get(*cell) {
            Some(state) => state.measure_and_replace(&NotKeyed::NonKey, f),
            None => f(None).map(|(outcome, _)| outcome),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_too_often_waits_and_nobody_else_does() {
        let limiter = Limiter::new(NonZeroU32::new(2).unwrap());
        let admitted = (0..100).filter(|_| limiter.admits("192.0.2.1")).count();
        assert!((20..30).contains(&admitted), "{admitted}");
        assert!(limiter.admits("192.0.2.2"));
    }
}
