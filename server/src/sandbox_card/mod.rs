//! The sandbox card reader (試験用カードリーダー): a second OpenID provider in the same binary that plays the Digital
//! Agency's profile with invented residents, for sandbox municipalities and for tests.
//!
//! It knows nothing of the gateway but the clients that may call it, and writes nothing: sign-ins, codes and tokens live in
//! memory for minutes and end with the process. The gateway treats it as any other provider.

mod attempts;
mod authorize;
mod clients;
mod discovery;
mod expiring;
mod read;
mod residents;
mod token;
mod userinfo;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::resident::document::Sheets;
use axum::routing::{MethodRouter, get, post};
use domain::paths::{self, Route};
use domain::web_address::BaseUrl;
use oidc::jose::SigningKey;
use oidc::subject::LookupPepper;
use service::{Clock, Error, Rng};

use self::attempts::Memory;
pub use self::clients::{CardClient, Clients, Found};
use crate::endpoints::{Endpoint, Kind};

/// The level that every sign-in here has, in the profile's words.
const ACR: &str = "aal3";
/// The PIN of every test resident; the page shows it.
const PIN: &str = "1234";
/// How often a PIN may be wrong in one attempt, as with a real card.
const MAX_WRONG_PINS: u8 = 3;
/// Derives `sub`. No secret: the people are invented, and they must come back as the same people after a restart.
const SUBJECT_KEY: &[u8; 32] = b"machikagi sandbox card subjects!";

/// The provider: its name, its key, what it remembers for the moment.
pub struct SandboxCard {
    issuer: String,
    key: SigningKey,
    subjects: LookupPepper,
    clock: Clock,
    rng: Rng,
    clients: Arc<dyn Clients>,
    sheets: Sheets,
    memory: Mutex<Memory>,
}

impl SandboxCard {
    /// A provider with a new key, which lives as long as the process.
    ///
    /// # Errors
    /// [`Error::Internal`] when the cryptography library fails.
    pub fn new(base: &BaseUrl, sheets: Sheets, clients: Arc<dyn Clients>, clock: Clock) -> Result<Self, Error> {
        let fault = |_| Error::internal("the key of the sandbox card reader");
        let key = SigningKey::from_pkcs8(&SigningKey::generate().map_err(fault)?).map_err(fault)?;
        Ok(Self {
            issuer: paths::sandbox_card_issuer(base),
            key,
            subjects: LookupPepper::new(SUBJECT_KEY),
            clock,
            rng: Rng::system(),
            clients,
            sheets,
            memory: Mutex::default(),
        })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Its pages and endpoints. The form with the PIN is a page of our own origin, behind the CSRF check; services of other
/// origins call the rest.
pub(crate) fn endpoints(card: &Arc<SandboxCard>) -> Vec<Endpoint> {
    table(card).into_iter().map(|(route, kind, handler)| Endpoint { route, kind, handler }).collect()
}

fn table<S: Clone + Send + Sync + 'static>(card: &Arc<SandboxCard>) -> Vec<(Route, Kind, MethodRouter<S>)> {
    let with = |handler: MethodRouter<Arc<SandboxCard>>| handler.with_state(Arc::clone(card));
    vec![
        (Route::SandboxCardConfiguration, Kind::Protocol, with(get(discovery::configuration))),
        (Route::SandboxCardJwks, Kind::Protocol, with(get(discovery::jwks))),
        (Route::SandboxCardAuthorize, Kind::Protocol, with(get(authorize::by_query).post(authorize::by_form))),
        (Route::SandboxCardRead, Kind::Resident, with(get(read::show).post(read::submit))),
        (Route::SandboxCardToken, Kind::Protocol, with(post(token::exchange))),
        (Route::SandboxCardUserinfo, Kind::Protocol, with(get(userinfo::by_get).post(userinfo::by_post))),
    ]
}

#[cfg(test)]
mod tests;
