//! How the sign-ins of a service go: a state of three words and never a number. Failures have no people behind them that could
//! be counted, so nothing of them is published; a month's tallies are compared with those of the month before and go with them.

/// Tallies of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// Sign-ins that reached their end.
    pub done: u64,
    /// Those that did not.
    pub failed: u64,
}

/// How sign-ins go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum SignInHealth {
    /// ふだんどおり.
    #[default]
    Usual,
    /// ふだんより多い.
    MoreThanUsual,
    /// ほとんど失敗しています.
    MostFail,
}

/// Fewer failures say nothing: one person may have tried again and again.
const FEW: u64 = 10;
/// One in so many is usual anywhere.
const USUAL_ONE_IN: u64 = 20;

impl SignInHealth {
    /// Compares a month that is still open with the one before it: more than usual is more than twice that month's share.
    pub const fn of(now: Attempts, before: Attempts) -> Self {
        let all = now.done.saturating_add(now.failed);
        let all_before = before.done.saturating_add(before.failed);
        if now.failed < FEW {
            return SignInHealth::Usual;
        }
        if now.failed > now.done {
            return SignInHealth::MostFail;
        }
        let above_any = now.failed.saturating_mul(USUAL_ONE_IN) > all.saturating_mul(2);
        // Shares are compared crosswise; without a month before there is only what is usual anywhere.
        let above_own = now.failed.saturating_mul(all_before) > before.failed.saturating_mul(2).saturating_mul(all)
            || all_before == 0;
        if above_any && above_own { SignInHealth::MoreThanUsual } else { SignInHealth::Usual }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(now: (u64, u64), before: (u64, u64)) -> SignInHealth {
        let attempts = |(done, failed)| Attempts { done, failed };
        SignInHealth::of(attempts(now), attempts(before))
    }

    #[test]
    fn a_few_failures_say_nothing() {
        assert_eq!(health((0, 9), (100, 0)), SignInHealth::Usual);
        assert_eq!(health((0, 0), (0, 0)), SignInHealth::Usual);
    }

    #[test]
    fn twice_the_month_before_is_more_than_usual() {
        assert_eq!(health((70, 30), (90, 10)), SignInHealth::MoreThanUsual);
        assert_eq!(health((80, 20), (90, 10)), SignInHealth::Usual, "twice and no more");
        assert_eq!(health((950, 50), (1_000, 0)), SignInHealth::Usual, "one in twenty is usual anywhere");
        assert_eq!(health((80, 20), (0, 0)), SignInHealth::MoreThanUsual, "nothing to compare with");
    }

    #[test]
    fn more_than_half_is_most() {
        assert_eq!(health((10, 11), (10, 11)), SignInHealth::MostFail);
        assert_eq!(health((10, 10), (0, 0)), SignInHealth::MoreThanUsual);
        assert_eq!(health((u64::MAX - 1, u64::MAX), (u64::MAX, 0)), SignInHealth::MostFail, "no overflow");
    }
}
