//! How long things took. Every measurement is kept: a run has some ten thousand, and percentiles are then exact.

use std::time::Duration;

use serde::Serialize;

use crate::report::rounded;

/// Measurements of one kind.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

/// What they say together, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Summary {
    /// How many.
    pub(crate) count: usize,
    /// Half took no longer.
    pub(crate) p50_ms: f64,
    /// 90 of 100 took no longer.
    pub(crate) p90_ms: f64,
    /// 99 of 100 took no longer.
    pub(crate) p99_ms: f64,
    /// The slowest.
    pub(crate) max_ms: f64,
}

impl Latencies {
    /// Adds one.
    pub(crate) fn add(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What they say together.
    pub(crate) fn summary(&mut self) -> Summary {
        self.0.sort_unstable();
        Summary {
            count: self.0.len(),
            p50_ms: self.percentile(50),
            p90_ms: self.percentile(90),
            p99_ms: self.percentile(99),
            max_ms: self.percentile(100),
        }
    }

    /// The nearest rank: the smallest measurement that `percent` of all do not exceed. Sorted before.
    fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100);
        let measured = self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default();
        rounded(measured.as_secs_f64() * 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(milliseconds: impl Iterator<Item = u64>) -> Latencies {
        Latencies(milliseconds.map(Duration::from_millis).collect())
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let summary = of((1..=200).rev()).summary();
        assert_eq!((summary.p50_ms, summary.p90_ms, summary.p99_ms, summary.max_ms), (100.0, 180.0, 198.0, 200.0));
        assert_eq!(summary.count, 200);
    }

    #[test]
    fn few_and_none() {
        let summary = of([7].into_iter()).summary();
        assert_eq!((summary.p50_ms, summary.p99_ms, summary.max_ms), (7.0, 7.0, 7.0));
        assert_eq!(of([].into_iter()).summary().p99_ms, 0.0);
    }
}
