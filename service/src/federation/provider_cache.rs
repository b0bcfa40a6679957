//! What this process knows of providers: their metadata, believed for an hour, and how the last contact with each ended.
//!
//! While a provider is away residents do not wait for it one by one: one asks, the others get what is left or the same
//! failure, and nobody asks again for some seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use oidc::upstream::discovery::UpstreamMetadata;
use oidc::upstream::id_token::IdTokenRefused;
use oidc::upstream::token::TokenRefused;

use super::provider::ProviderFailure;

/// How long a discovery document is believed, in seconds.
const BELIEVED: i64 = 3_600;
/// How long it still serves when a new copy cannot be had: a provider's short outage of metadata stops nobody.
const TOLERATED: i64 = 24 * 3_600;
/// The least time between two tries where it cannot be had.
const RETRY: i64 = 10;
/// Providers that are remembered.
const KEPT: usize = 4_096;

/// What is known of providers, by issuer.
#[derive(Default)]
pub(crate) struct ProviderCache {
    known: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Known>>>>,
    contacts: Mutex<HashMap<String, ProviderContact>>,
}

/// How the last contact with a provider ended, as this process saw it. Never when: in a village that would tell when somebody
/// signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderContact {
    /// It answered as it must.
    Answered,
    /// It did not answer, or not as it must.
    Failed,
}

/// How new a copy must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Newness {
    /// One that is still believed.
    Believed,
    /// One of this moment.
    Now,
}

#[derive(Default)]
struct Known {
    metadata: Option<Arc<UpstreamMetadata>>,
    fetched_at: i64,
    failure: Option<(ProviderFailure, i64)>,
}

impl ProviderCache {
    /// The metadata of an issuer. Of several who want it at the same time one fetches and the others wait.
    pub(super) async fn get<F>(
        &self,
        issuer: &str,
        newness: Newness,
        now: i64,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<UpstreamMetadata>, ProviderFailure>
    where
        F: Future<Output = Result<UpstreamMetadata, ProviderFailure>>,
    {
        let known = self.entry(issuer);
        let mut known = known.lock().await;
        let age = now - known.fetched_at;
        let kept = |within: i64| known.metadata.clone().filter(|_| age < within);
        if newness == Newness::Believed {
            if let Some(metadata) = kept(BELIEVED) {
                return Ok(metadata);
            }
            if let Some((failure, _)) = known.failure.filter(|(_, at)| now - at < RETRY) {
                return kept(TOLERATED).ok_or(failure);
            }
        }
        let left = kept(TOLERATED).filter(|_| newness == Newness::Believed);
        let fetched = fetch().await;
        self.note(issuer, &fetched);
        match fetched {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some(Arc::clone(&metadata)), fetched_at: now, failure: None };
                Ok(metadata)
            }
            Err(failure) => {
                known.failure = Some((failure, now));
                left.ok_or(failure)
            }
        }
    }

    /// How the last contact ended; none since this process began.
    pub(crate) fn contact(&self, issuer: &str) -> Option<ProviderContact> {
        self.contacts.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).copied()
    }

    /// Notes how a contact ended. A sign-in that was too weak or too old was answered all the same; what we lack ourselves is no
    /// fault of the provider's; and a code or nonce that it does not know may have been made up by anybody who came back here.
    pub(super) fn note<T>(&self, issuer: &str, outcome: &Result<T, ProviderFailure>) {
        let contact = match outcome {
            Err(
                ProviderFailure::NotSetUp
                | ProviderFailure::Signing
                | ProviderFailure::Token(TokenRefused::CodeRefused)
                | ProviderFailure::IdToken(IdTokenRefused::Nonce),
            ) => return,
            Ok(_) | Err(ProviderFailure::IdToken(IdTokenRefused::Stale | IdTokenRefused::Assurance)) => {
                ProviderContact::Answered
            }
            Err(_) => ProviderContact::Failed,
        };
        let mut contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
        if contacts.len() >= KEPT && !contacts.contains_key(issuer) {
            contacts.clear();
        }
        contacts.insert(issuer.to_owned(), contact);
    }

    fn entry(&self, issuer: &str) -> Arc<tokio::sync::Mutex<Known>> {
        let mut kept = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT && !kept.contains_key(issuer) {
            kept.clear();
        }
        Arc::clone(kept.entry(issuer.to_owned()).or_default())
    }
}
