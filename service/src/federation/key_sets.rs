//! Public keys of others, fetched from their addresses: a provider's, a service's. They are fetched anew, but not by everybody
//! who makes a key's name up, where a signature names a key that is not among them.

use std::sync::Arc;

use oidc::jose::JwkSet;
use url::Url;

use super::remembered::{Newness, Remembered};
use crate::http_client::{FetchError, HttpClient};

/// Why there are no keys. A word for the log, never a foreign one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoKeys {
    #[error("the keys cannot be fetched: {0}")]
    Fetch(#[from] FetchError),
    #[error("the document is no key set")]
    NotAKeySet,
}

/// Key sets by their address.
#[derive(Default)]
pub(crate) struct KeySets(Remembered<Url, JwkSet, NoKeys, 1_024>);

impl KeySets {
    /// The keys at an address.
    pub(crate) async fn get(
        &self,
        http: &HttpClient,
        at: &Url,
        wanted: Newness,
        now: i64,
    ) -> Result<Arc<JwkSet>, NoKeys> {
        let fetch = async || JwkSet::parse(&http.get(at).await?).map_err(|_| NoKeys::NotAKeySet);
        self.0.get(at, wanted, now, fetch).await
    }
}
