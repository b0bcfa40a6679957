//! Use-cases: everything that reads or writes. The only crate that sees entities, casbin and keys.
//!
//! A use-case is a method of [`Service`], in the file of its area: it asks the [`gate`] for a scope, calls its store, and
//! commits. One use-case is one transaction; none takes a second connection while it holds one.

pub mod accounts;
pub mod attestations;
pub mod audit;
pub mod clock;
pub mod configuration;
pub mod decisions;
pub mod demo;
pub mod desk;
pub mod error;
pub mod federation;
pub mod gate;
pub mod http_client;
pub mod identity_providers;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod mails;
pub mod memberships;
pub mod overview;
pub mod provisioning;
pub mod random;
pub mod relying_parties;
pub mod residency_rules;
pub mod staff_sessions;
pub mod tenants;
pub mod usage;

use std::sync::Arc;

use crate::accounts::{PasswordCost, Passwords};
use domain::web_address::BaseUrl;

pub use crate::clock::Clock;
pub use crate::error::{Conflict, Error};
use crate::federation::{KeySets, ProviderCache, PublishedCache, Silence, Uploads};
use crate::gate::{DatabaseSettings, EpochStore, Gate};
pub use crate::http_client::Outgoing;
use crate::http_client::{HttpClient, Whom};
use crate::keys::{EpochKeys, KeyRing, MasterKey, Rotation};
pub use crate::limits::{Limiter, Limits};
use crate::mails::{MailSettings, Post};
pub use crate::random::Rng;

/// What the service needs to start.
pub struct Settings {
    /// Where the data is.
    pub database: DatabaseSettings,
    /// The master key, with those that it takes over from.
    pub master_key: MasterKey,
    /// How often signing keys change.
    pub rotation: Rotation,
    /// Where the time comes from.
    pub clock: Clock,
    /// `https://host` (or `http://localhost:3000`): issuers and links are made from it, never from a request.
    pub public_base_url: url::Url,
    /// Permits http loopback URLs of relying parties and providers.
    pub allow_loopback: bool,
    /// Certificate authorities and networks of the operator's own, for requests that we make.
    pub outgoing: Outgoing,
    /// How mails to staff leave; none are made without.
    pub mail: Option<MailSettings>,
    /// How often somebody may ask.
    pub limits: Limits,
    /// What hashing a password costs: [`PasswordCost::OWASP`], except in tests.
    pub password_cost: PasswordCost,
}

/// All use-cases.
pub struct Service {
    pub(crate) gate: Gate,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) master: Arc<MasterKey>,
    pub(crate) epochs: EpochKeys,
    pub(crate) tenant_keys: KeyRing,
    pub(crate) rotation: Rotation,
    pub(crate) base_url: BaseUrl,
    pub(crate) allow_loopback: bool,
    pub(crate) passwords: Passwords,
    /// To identity providers.
    pub(crate) http: HttpClient,
    pub(crate) http_to_services: HttpClient,
    /// What mails to staff leave by.
    pub(crate) post: Option<Post>,
    pub(crate) clients: Limiter,
    pub(crate) providers: ProviderCache,
    pub(crate) key_sets: KeySets,
    pub(crate) published: PublishedCache,
    /// Rings when there is a notice to send.
    pub(crate) bell: tokio::sync::Notify,
    /// Services that do not answer.
    pub(crate) silence: Silence,
    /// Who hands in former ids.
    pub(crate) uploads: Uploads,
}

impl Service {
    /// Connects to the database and the store of epoch keys.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without a database; [`Error::Internal`] if the policy, the role or a key is unfit.
    pub async fn connect(settings: Settings) -> Result<Self, Error> {
        let rng = Rng::system();
        let master = Arc::new(settings.master_key);
        let ink = audit::Ink::new(Arc::clone(&master), settings.clock.clone(), rng);
        let gate = Gate::connect(&settings.database, ink).await?;
        let epochs = EpochStore::open(&settings.database).await?;
        let base_url = BaseUrl::parse(settings.public_base_url.as_str())
            .map_err(|_| Error::internal("the public base URL is not one"))?;
        Ok(Self {
            gate,
            epochs: EpochKeys::new(epochs, Arc::clone(&master), settings.clock.clone(), rng),
            clock: settings.clock,
            rng,
            master,
            tenant_keys: KeyRing::default(),
            rotation: settings.rotation,
            post: settings.mail.map(|mail| Post::new(mail, base_url.host())),
            base_url,
            allow_loopback: settings.allow_loopback,
            passwords: Passwords::new(settings.password_cost, rng)?,
            http: HttpClient::new(Whom::Provider, settings.allow_loopback, &settings.outgoing)?,
            http_to_services: HttpClient::new(Whom::Service, settings.allow_loopback, &settings.outgoing)?,
            clients: Limiter::new(settings.limits.client),
            providers: ProviderCache::default(),
            key_sets: KeySets::default(),
            published: PublishedCache::default(),
            bell: tokio::sync::Notify::new(),
            silence: Silence::default(),
            uploads: Uploads::default(),
        })
    }

    /// The clock that everything here goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Answers if the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn ready(&self) -> Result<(), Error> {
        self.gate.ping().await
    }
}
