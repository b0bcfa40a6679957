//! How long a sign-in waits after wrong passwords or codes. The counting is the store's; the policy is here.

/// Wrong attempts in a row before the first wait.
pub const ATTEMPTS: u32 = 5;

/// Attempts that remain before the next wait, given the failures in a row so far. The page says so, because a lock
/// that comes without warning looks like a fault.
pub const fn attempts_left(failures: u32) -> u32 {
    ATTEMPTS - failures % ATTEMPTS
}

/// Seconds to wait after the latest failure, given the failures in a row including it: none while attempts are left,
/// then 15 minutes, 1 hour and, from the third time on, 4 hours. It never locks for good: anybody could lock out a
/// colleague by typing nonsense.
pub const fn wait_seconds(failures: u32) -> u32 {
    if failures == 0 || !failures.is_multiple_of(ATTEMPTS) {
        return 0;
    }
    match failures / ATTEMPTS {
        1 => 15 * 60,
        2 => 60 * 60,
        _ => 4 * 60 * 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fifth_failure_waits_longer() {
        let waits: Vec<u32> = (0..=16).map(wait_seconds).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 900, 0, 0, 0, 0, 3600, 0, 0, 0, 0, 14400, 0]);
        assert_eq!((attempts_left(0), attempts_left(2), attempts_left(5)), (5, 3, 5));
    }
}
