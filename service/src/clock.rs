//! Time as a parameter. Nothing else in the workspace reads the system's clock (clippy.toml bans it).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::OffsetDateTime;

/// Where the time comes from.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System { offset_seconds: i64 },
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self(Source::System { offset_seconds: 0 })
    }

    /// The system's clock, moved by so many seconds (`development.clock`, on loopback only).
    pub const fn shifted(offset_seconds: i64) -> Self {
        Self(Source::System { offset_seconds })
    }

    /// A clock that stands still until it is moved.
    pub fn fixed(at: OffsetDateTime) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(at.unix_timestamp()))))
    }

    /// Moves a fixed clock; the system's clock stays.
    pub fn advance(&self, seconds: i64) {
        if let Source::Fixed(at) = &self.0 {
            at.fetch_add(seconds, Ordering::SeqCst);
        }
    }

    /// Seconds since 1970, UTC: the form in which columns hold a time.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn seconds(&self) -> i64 {
        match &self.0 {
            Source::System { offset_seconds } => {
                OffsetDateTime::now_utc().unix_timestamp().saturating_add(*offset_seconds)
            }
            Source::Fixed(at) => at.load(Ordering::SeqCst),
        }
    }

    /// The time in UTC, to the second.
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}
