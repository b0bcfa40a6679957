//! Servers of services that did not answer: for a minute no other notice waits for them, whichever town it is of. So a vendor whose
//! machine is away, or who lets everybody wait, costs each server process one wait a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use url::Url;

/// How long a server that did not answer is left alone, in seconds.
const LEFT_ALONE: i64 = 60;
/// Servers that are remembered. There are not nearly as many that are silent at a time.
const KEPT: usize = 4_096;

/// Origins, and until when they are left alone.
#[derive(Default)]
pub(crate) struct Silence(Mutex<HashMap<String, i64>>);

impl Silence {
    /// Whether a server did not answer a moment ago.
    pub(super) fn of(&self, address: &Url, now: i64) -> bool {
        let origin = address.origin().ascii_serialization();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&origin).is_some_and(|until| *until > now)
    }

    /// It did not answer.
    pub(super) fn begins(&self, address: &Url, now: i64) {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.len() >= KEPT {
            silent.clear();
        }
        silent.retain(|_, until| *until > now);
        silent.insert(address.origin().ascii_serialization(), now + LEFT_ALONE);
    }
}
