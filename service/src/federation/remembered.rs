//! What was fetched from others, believed for an hour. What is fresh is read without waiting for anybody; of several who want
//! what is not, one fetches and the others wait for that; and where it cannot be had nobody asks again for some seconds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long a copy is believed, in seconds.
const BELIEVED: i64 = 3_600;
/// How long it still serves when a new one cannot be had: a short outage of the document stops nobody.
const TOLERATED: i64 = 24 * 3_600;
/// The least time between two fetches for what a copy lacks, unless its hour is over.
const REFETCH: i64 = 60;
/// The least time between two tries where it cannot be had, and between two checks.
const RETRY: i64 = 10;

/// How new a copy must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newness {
    /// One that is still believed.
    Believed,
    /// Something is missing in the one that was seen: a newer one, if it was not fetched a moment ago.
    Newer,
    /// Whether it can be had: one of the last seconds, and no older one instead. Whoever checks again and again keeps nobody
    /// else from the document.
    Now,
}

/// Copies by key, at most `KEPT` of them.
pub(crate) struct Remembered<K, T, E, const KEPT: usize>(Mutex<HashMap<K, Arc<Entry<T, E>>>>);

impl<K, T, E, const KEPT: usize> Default for Remembered<K, T, E, KEPT> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

struct Entry<T, E> {
    known: Mutex<Known<T, E>>,
    /// Held by the one who fetches.
    turn: tokio::sync::Mutex<()>,
}

struct Known<T, E> {
    copy: Option<(Arc<T>, i64)>,
    failure: Option<(E, i64)>,
}

impl<T, E: Copy> Known<T, E> {
    fn copy(&self, within: i64, now: i64) -> Option<Arc<T>> {
        self.copy.as_ref().filter(|(_, at)| now - at < within).map(|(copy, _)| Arc::clone(copy))
    }

    /// What is answered without asking; none if somebody has to ask.
    fn answer(&self, newness: Newness, now: i64) -> Option<Result<Arc<T>, E>> {
        let fresh = match newness {
            Newness::Believed => BELIEVED,
            Newness::Newer => REFETCH,
            Newness::Now => RETRY,
        };
        if let Some(copy) = self.copy(fresh, now) {
            return Some(Ok(copy));
        }
        let (failure, _) = self.failure.filter(|(_, at)| now - at < RETRY)?;
        Some(self.instead(newness, now).ok_or(failure))
    }

    /// What serves where a new copy cannot be had.
    fn instead(&self, newness: Newness, now: i64) -> Option<Arc<T>> {
        self.copy(TOLERATED, now).filter(|_| newness != Newness::Now)
    }
}

impl<T, E> Entry<T, E> {
    fn known(&self) -> MutexGuard<'_, Known<T, E>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone, T, E: Copy, const KEPT: usize> Remembered<K, T, E, KEPT> {
    /// A copy that is new enough, fetched if there is none.
    pub(crate) async fn get<F>(
        &self,
        key: &K,
        newness: Newness,
        now: i64,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let entry = self.entry(key);
        let answer = entry.known().answer(newness, now);
        if let Some(answer) = answer {
            return answer;
        }
        let _turn = entry.turn.lock().await;
        let answer = entry.known().answer(newness, now);
        if let Some(answer) = answer {
            return answer;
        }
        let fetched = fetch().await;
        let mut known = entry.known();
        match fetched {
            Ok(copy) => {
                let copy = Arc::new(copy);
                *known = Known { copy: Some((Arc::clone(&copy), now)), failure: None };
                Ok(copy)
            }
            Err(failure) => {
                known.failure = Some((failure, now));
                known.instead(newness, now).ok_or(failure)
            }
        }
    }

    fn entry(&self, key: &K) -> Arc<Entry<T, E>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT && !kept.contains_key(key) {
            kept.clear();
        }
        let unknown = || {
            let known = Mutex::new(Known { copy: None, failure: None });
            Arc::new(Entry { known, turn: tokio::sync::Mutex::default() })
        };
        Arc::clone(kept.entry(key.clone()).or_insert_with(unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Copies = Remembered<&'static str, u8, &'static str, 4>;

    #[tokio::test]
    async fn a_check_that_hangs_keeps_nobody_from_what_is_fresh() {
        let copies = Copies::default();
        let first = copies.get(&"issuer", Newness::Believed, 0, async || Ok(1)).await;
        assert_eq!(first.as_deref(), Ok(&1));
        let (held, let_go) = tokio::sync::oneshot::channel::<()>();
        let check = copies.get(&"issuer", Newness::Now, 20, async || {
            let _ = let_go.await;
            Err("silent")
        });
        let resident = async {
            let read = copies.get(&"issuer", Newness::Believed, 20, async || Err("asked")).await;
            held.send(()).unwrap();
            read
        };
        let (check, resident) = tokio::join!(check, resident);
        assert_eq!((check, resident.as_deref()), (Err("silent"), Ok(&1)));
        // The failure is told to who checks next, for some seconds, and to nobody who may have the copy.
        assert_eq!(copies.get(&"issuer", Newness::Now, 29, async || Ok(2)).await, Err("silent"));
        let read = copies.get(&"issuer", Newness::Believed, 29, async || Ok(3)).await;
        assert_eq!(read.as_deref(), Ok(&1));
        assert_eq!(copies.get(&"issuer", Newness::Now, 30, async || Ok(4)).await.as_deref(), Ok(&4));
        assert_eq!(copies.get(&"issuer", Newness::Now, 39, async || Ok(5)).await.as_deref(), Ok(&4));
    }
}
