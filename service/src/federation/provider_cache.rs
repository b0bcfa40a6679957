//! What this process knows of providers: their metadata by issuer, and how the last contact of each connection ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use oidc::upstream::discovery::UpstreamMetadata;
use oidc::upstream::id_token::IdTokenRefused;

use super::provider::{Connection, ProviderFailure};
use super::remembered::{Newness, Remembered};
use crate::http_client::FetchError;

/// Providers, and connections to them, that are remembered.
const KEPT: usize = 4_096;

/// What is known of providers.
#[derive(Default)]
pub(crate) struct ProviderCache {
    known: Remembered<String, UpstreamMetadata, ProviderFailure, KEPT>,
    contacts: Mutex<HashMap<Connection, ProviderContact>>,
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

impl ProviderCache {
    /// The metadata of an issuer, for a connection whose contact is noted with it.
    pub(super) async fn get<F>(
        &self,
        connection: Connection,
        issuer: &str,
        newness: Newness,
        now: i64,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<UpstreamMetadata>, ProviderFailure>
    where
        F: Future<Output = Result<UpstreamMetadata, ProviderFailure>>,
    {
        let fetch = async || {
            let fetched = fetch().await;
            let answered = fetched.is_ok();
            self.keep(connection, if answered { ProviderContact::Answered } else { ProviderContact::Failed });
            fetched
        };
        let found = self.known.get(&issuer.to_owned(), newness, now, fetch).await;
        if found.is_err() {
            self.keep(connection, ProviderContact::Failed);
        }
        found
    }

    /// How the last contact ended; none since this process began.
    pub(crate) fn contact(&self, connection: Connection) -> Option<ProviderContact> {
        self.contacts.lock().unwrap_or_else(PoisonError::into_inner).get(&connection).copied()
    }

    /// Notes how a sign-in ended. One that was too weak or too old was answered all the same; what we lack ourselves is no
    /// fault of the provider's; and before its ID token is verified only an outage counts: whatever else it says may be said to
    /// a code that somebody who came back here made up.
    pub(super) fn note<T>(&self, connection: Connection, outcome: &Result<T, ProviderFailure>) {
        let contact = match outcome {
            Ok(_) | Err(ProviderFailure::IdToken(IdTokenRefused::Stale | IdTokenRefused::Assurance)) => {
                ProviderContact::Answered
            }
            Err(ProviderFailure::Fetch(FetchError::Status(400..=499))) => return,
            Err(
                ProviderFailure::Fetch(_)
                | ProviderFailure::Discovery
                | ProviderFailure::Keys
                | ProviderFailure::Userinfo(_),
            ) => ProviderContact::Failed,
            Err(
                ProviderFailure::NotSetUp
                | ProviderFailure::Signing
                | ProviderFailure::Token(_)
                | ProviderFailure::IdToken(_),
            ) => return,
        };
        self.keep(connection, contact);
    }

    fn keep(&self, connection: Connection, contact: ProviderContact) {
        let mut contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
        if contacts.len() >= KEPT && !contacts.contains_key(&connection) {
            contacts.clear();
        }
        contacts.insert(connection, contact);
    }
}
