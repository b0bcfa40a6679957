//! When a signing key does what. A key is *announced* (published, so that services that keep the JWKS have it), then it
//! *signs*, until a newer one does; then its private half is destroyed, and its public half stays *published* until the last
//! token under it has expired. What replaces a key at once, in an emergency, is not here: that takes the others away.
//!
//! Which key signs follows from the moments that are written beside the keys and from the clock alone. No process has to be told
//! at that moment, and one whose job runs late does nothing wrong.

use std::time::Duration;

/// How often keys change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// A key signs for so long.
    pub every: Duration,
    /// It is published for so long before it signs: longer than services keep a JWKS without looking again.
    pub announced: Duration,
}

impl Default for Rotation {
    fn default() -> Self {
        Self { every: Duration::from_secs(90 * DAY), announced: Duration::from_secs(2 * DAY) }
    }
}

const DAY: u64 = 24 * 60 * 60;

/// A key that signs no more is published for so long, in seconds. ID tokens are read within minutes; as a hint
/// (`id_token_hint`) one comes back for as long as a session lives, eight hours at most.
pub(super) const PUBLISHED_AFTER: i64 = 24 * 60 * 60;
/// Clocks of server processes may differ by so much, in seconds: only then is a private half destroyed.
const CLOCKS_DIFFER: i64 = 15 * 60;

/// One key pair of an algorithm, as far as its life goes. Moments are seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    /// Rises with each key of the purpose, for good.
    pub(super) number: i64,
    /// From when it signs.
    pub(super) signs_from: i64,
    /// It has its private half.
    pub(super) whole: bool,
}

/// What is to be done about the keys of one algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Due {
    /// A new key is announced, which signs from then.
    pub(super) announce: Option<i64>,
    /// Their private halves go.
    pub(super) destroy: Vec<i64>,
    /// They are published no more.
    pub(super) retire: Vec<i64>,
}

/// The number of the key that signs at a moment: the newest whose time has come. Where this clock is behind, and the private
/// half of that one is gone already, the next one.
pub(super) fn signer(lives: impl Iterator<Item = Life> + Clone, now: i64) -> Option<i64> {
    let whole = lives.filter(|life| life.whole);
    let come = whole.clone().filter(|life| life.signs_from <= now).map(|life| life.number).max();
    come.or_else(|| whole.map(|life| life.number).min())
}

/// What is due now. `lives` are the published keys of one algorithm.
pub(super) fn due(lives: &[Life], rotation: Rotation, now: i64) -> Due {
    let mut due = Due::default();
    for life in lives {
        let Some(until) = superseded(lives, life) else { continue };
        if life.whole && until.saturating_add(CLOCKS_DIFFER) <= now {
            due.destroy.push(life.number);
        }
        if until.saturating_add(PUBLISHED_AFTER) <= now {
            due.retire.push(life.number);
        }
    }
    if let Some(newest) = lives.iter().max_by_key(|life| life.number) {
        let takes_over = newest.signs_from.saturating_add(seconds(rotation.every));
        let announced = seconds(rotation.announced);
        if takes_over.saturating_sub(announced) <= now {
            due.announce = Some(takes_over.max(now.saturating_add(announced)));
        }
    }
    due
}

/// The next moment at which something is due; `None` without keys.
pub(super) fn next(lives: &[Life], rotation: Rotation, now: i64) -> Option<i64> {
    let newest = lives.iter().max_by_key(|life| life.number)?;
    let announcement =
        newest.signs_from.saturating_add(seconds(rotation.every)).saturating_sub(seconds(rotation.announced));
    let endings = lives
        .iter()
        .filter_map(|life| superseded(lives, life))
        .flat_map(|until| [until.saturating_add(CLOCKS_DIFFER), until.saturating_add(PUBLISHED_AFTER)]);
    endings.chain([announcement]).filter(|moment| *moment > now).min()
}

/// When something is due about the keys of a municipality that gets its first ones now.
pub(super) fn first_due(rotation: Rotation, now: i64) -> i64 {
    let first = Life { number: 1, signs_from: now, whole: true };
    next(&[first], rotation, now).unwrap_or(now)
}

/// From when a key signs no more: when the one after it signs.
fn superseded(lives: &[Life], life: &Life) -> Option<i64> {
    lives.iter().filter(|other| other.number > life.number).map(|other| other.signs_from).min()
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
