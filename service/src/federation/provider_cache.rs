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
/// After so many seconds a connection that answers is looked up again: another process may have noted that it does not.
const LOOK_AGAIN: i64 = 600;

/// What is known of providers.
#[derive(Default)]
pub(crate) struct ProviderCache {
    known: Remembered<String, UpstreamMetadata, ProviderFailure, KEPT>,
    contacts: Mutex<HashMap<Connection, Contacts>>,
}

/// What is known of one connection.
struct Contacts {
    last: ProviderContact,
    /// When that was heard first, until it is taken to be noted.
    news: Option<i64>,
    /// What was taken to be noted last, and when.
    noted: Option<(ProviderContact, i64)>,
}

/// How a connection did, to be noted for every process.
pub(super) struct News {
    pub(super) connection: Connection,
    pub(super) contact: ProviderContact,
    /// Since when, in seconds; within the minutes that lie between two notings.
    pub(super) at: i64,
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
            self.hear(connection, ProviderContact::Failed, now);
        }
        found
    }

    /// How the last contact ended; none since this process began.
    pub(crate) fn contact(&self, connection: Connection) -> Option<ProviderContact> {
        let contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
        contacts.get(&connection).map(|known| known.last)
    }

    /// Notes how a sign-in ended. One that was too weak or too old was answered all the same; what we lack ourselves is no
    /// fault of the provider's; and before its ID token is verified only an outage counts: whatever else it says may be said to
    /// a code that somebody who came back here made up.
    pub(super) fn note<T>(&self, connection: Connection, outcome: &Result<T, ProviderFailure>, now: i64) {
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
        self.hear(connection, contact, now);
    }

    /// Notes a contact that says whether people can sign in.
    pub(super) fn hear(&self, connection: Connection, contact: ProviderContact, now: i64) {
        self.change(connection, contact, |known| {
            if known.last != contact || known.news.is_none() {
                known.news = Some(now);
            }
        });
    }

    /// What is to be noted for every process, once: of what goes on as it did, failures each time and answers now and then.
    pub(super) fn take_news(&self, now: i64) -> Vec<News> {
        let mut contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::new();
        for (connection, known) in contacts.iter_mut() {
            let old = (ProviderContact::Answered, now - LOOK_AGAIN);
            let stale = known.noted.is_none_or(|(contact, at)| contact != old.0 || at <= old.1);
            if let Some(at) = known.news.take_if(|_| known.last == ProviderContact::Failed || stale) {
                known.noted = Some((known.last, now));
                taken.push(News { connection: *connection, contact: known.last, at });
            }
        }
        taken
    }

    /// Puts news back that could not be noted.
    pub(super) fn still_news(&self, News { connection, at, .. }: &News) {
        let mut contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = contacts.get_mut(connection) {
            known.noted = None;
            known.news = known.news.or(Some(*at));
        }
    }

    fn keep(&self, connection: Connection, contact: ProviderContact) {
        self.change(connection, contact, |_| {});
    }

    fn change(&self, connection: Connection, contact: ProviderContact, change: impl FnOnce(&mut Contacts)) {
        let mut contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
        if contacts.len() >= KEPT && !contacts.contains_key(&connection) {
            contacts.clear();
        }
        let known = contacts.entry(connection).or_insert(Contacts { last: contact, news: None, noted: None });
        change(known);
        known.last = contact;
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::{IdentityProviderId, OrganisationId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_million_failures_are_one_piece_of_news_a_look() {
        use ProviderContact::{Answered, Failed};
        let (organisation, id) = (OrganisationId::from_uuid(Uuid::nil()), IdentityProviderId::from_uuid(Uuid::nil()));
        let (cache, connection) = (ProviderCache::default(), Connection { organisation, id });
        let news = |now| cache.take_news(now).into_iter().map(|news| (news.contact, news.at)).collect::<Vec<_>>();
        for failed in 0..1_000_000 {
            cache.hear(connection, Failed, 100 + failed / 100_000);
        }
        assert_eq!(news(160), [(Failed, 100)]);
        assert_eq!(news(220), []);
        cache.hear(connection, Failed, 230);
        cache.hear(connection, Answered, 240);
        cache.hear(connection, Answered, 250);
        assert_eq!(news(280), [(Answered, 240)]);
        // While all is well nobody looks each time.
        cache.hear(connection, Answered, 290);
        assert_eq!(news(340), []);
        assert_eq!(news(880), [(Answered, 290)]);
        // What could not be noted is taken once more.
        cache.hear(connection, Failed, 900);
        let failed = cache.take_news(940);
        cache.still_news(&failed[0]);
        assert_eq!(news(1_000), [(Failed, 900)]);
    }
}
