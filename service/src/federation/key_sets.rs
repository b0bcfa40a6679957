//! Public keys of others, fetched from their addresses: a provider's, a service's. They are believed for an hour and fetched
//! anew, but not by everybody who makes a key's name up, where a signature names a key that is not among them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use oidc::jose::JwkSet;
use url::Url;

use crate::http_client::{FetchError, HttpClient};

/// How long keys are believed, in seconds.
const BELIEVED: i64 = 3_600;
/// How long they still serve when a new copy cannot be had: a short outage of the document stops nobody.
const TOLERATED: i64 = 24 * 3_600;
/// The least time between two fetches of the same document, unless its hour is over.
const REFETCH: i64 = 60;
/// The least time between two tries where the document cannot be had.
const RETRY: i64 = 10;
/// Documents that are remembered.
const KEPT: usize = 1_024;

/// Why there are no keys. A word for the log, never a foreign one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoKeys {
    #[error("the keys cannot be fetched: {0}")]
    Fetch(#[from] FetchError),
    #[error("the document is no key set")]
    NotAKeySet,
}

/// What is known of one address.
#[derive(Default)]
struct Known {
    keys: Option<Arc<JwkSet>>,
    fetched_at: i64,
    failure: Option<(NoKeys, i64)>,
}

/// Key sets by their address.
#[derive(Default)]
pub(crate) struct KeySets(Mutex<HashMap<Url, Arc<tokio::sync::Mutex<Known>>>>);

/// How new a copy must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One that is still believed.
    Believed,
    /// A key is missing in the one that was seen: a newer one, if it was not fetched a moment ago.
    Newer,
    /// One of this moment.
    Now,
}

impl KeySets {
    /// The keys at an address. Of several who want the same ones at the same time one fetches and the others wait.
    pub(crate) async fn get(
        &self,
        http: &HttpClient,
        at: &Url,
        wanted: Wanted,
        now: i64,
    ) -> Result<Arc<JwkSet>, NoKeys> {
        let known = self.entry(at);
        let mut known = known.lock().await;
        let age = now - known.fetched_at;
        let believed = match wanted {
            Wanted::Believed => BELIEVED,
            Wanted::Newer => REFETCH,
            Wanted::Now => 0,
        };
        if let Some(keys) = known.keys.as_ref().filter(|_| age < believed) {
            return Ok(Arc::clone(keys));
        }
        let left = known.keys.clone().filter(|_| age < TOLERATED);
        if let Some((failure, _)) = known.failure.filter(|(_, at)| wanted != Wanted::Now && now - at < RETRY) {
            return left.ok_or(failure);
        }
        match fetch(http, at).await {
            Ok(keys) => {
                *known = Known { keys: Some(Arc::clone(&keys)), fetched_at: now, failure: None };
                Ok(keys)
            }
            Err(failure) => {
                known.failure = Some((failure, now));
                left.filter(|_| wanted != Wanted::Now).ok_or(failure)
            }
        }
    }

    fn entry(&self, at: &Url) -> Arc<tokio::sync::Mutex<Known>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT && !kept.contains_key(at) {
            kept.clear();
        }
        Arc::clone(kept.entry(at.clone()).or_default())
    }
}

async fn fetch(http: &HttpClient, at: &Url) -> Result<Arc<JwkSet>, NoKeys> {
    JwkSet::parse(&http.get(at).await?).map(Arc::new).map_err(|_| NoKeys::NotAKeySet)
}
