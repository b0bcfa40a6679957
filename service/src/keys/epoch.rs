//! Epoch keys: random, a new one each hour, destroyed when the last thing sealed under one has expired. What they seal (flow
//! cookies, codes, access tokens) is then noise for everybody, us included.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use oidc::sealed::{Context, KeyId, SealingKey};
use zeroize::Zeroizing;

use super::master::MasterKey;
use crate::clock::Clock;
use crate::error::Error;
use crate::gate::{EpochRow, EpochStore};
use crate::random::Rng;

/// How long a key seals, in seconds.
const SEALS_FOR: i64 = 3_600;
/// The longest life of anything sealed under one, in seconds: an access token's, twice a flow's.
const LONGEST_LIFE: i64 = 3_600;

struct Epoch {
    key: SealingKey,
    seals_until: i64,
    opens_until: i64,
}

/// The epoch keys that are alive.
pub struct EpochKeys {
    store: EpochStore,
    master: Arc<MasterKey>,
    clock: Clock,
    rng: Rng,
    alive: RwLock<Vec<Arc<Epoch>>>,
    /// One rotation at a time: the others find its key.
    rotating: tokio::sync::Mutex<()>,
    /// The second in which the store was last asked for a key that is not here.
    asked_at: AtomicI64,
}

impl EpochKeys {
    pub(crate) fn new(store: EpochStore, master: Arc<MasterKey>, clock: Clock, rng: Rng) -> Self {
        Self {
            store,
            master,
            clock,
            rng,
            alive: RwLock::default(),
            rotating: tokio::sync::Mutex::default(),
            asked_at: AtomicI64::new(i64::MIN),
        }
    }

    /// Seals under the key of this hour.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a new key is due and cannot be stored.
    pub async fn seal(&self, context: Context<'_>, plaintext: &[u8]) -> Result<String, Error> {
        let epoch = match self.sealing() {
            Some(epoch) => epoch,
            None => {
                self.rotate().await?;
                self.sealing().ok_or_else(|| Error::internal("no epoch key"))?
            }
        };
        epoch.key.seal(context, self.rng.bytes()?, plaintext).map_err(|_| Error::internal("sealing"))
    }

    /// Opens a token, if its key is alive and it is for this place; `None` whatever else is the matter.
    ///
    /// The number of its key is whatever its sender wrote. One that is not known here may be a key that another server process
    /// just made, so the store is asked; but not for each: while a key seals here, nobody makes another (unless the database lost
    /// them), and the store is asked once a second however much rubbish comes in.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the keys of another server process cannot be read.
    pub async fn open(&self, context: Context<'_>, token: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let Some(id) = KeyId::of(token) else { return Ok(None) };
        let epoch = match self.opening(id) {
            Some(epoch) => Some(epoch),
            None => {
                self.look_for_others().await?;
                self.opening(id)
            }
        };
        Ok(epoch.and_then(|epoch| epoch.key.open(context, token).ok()))
    }

    async fn look_for_others(&self) -> Result<(), Error> {
        if self.sealing().is_none() {
            return self.rotate().await;
        }
        let now = self.clock.seconds();
        if self.asked_at.swap(now, Ordering::Relaxed) == now {
            return Ok(());
        }
        self.adopt(self.store.read(now).await?)
    }

    /// Destroys the keys whose time is over, here and in the store. Called by the clock; making a key does it too.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn destroy_expired(&self) -> Result<(), Error> {
        self.adopt(self.store.destroy_expired(self.clock.seconds()).await?)
    }

    /// Wraps the keys again that are not wrapped under the current master key; says how many.
    pub(super) async fn reseal(&self) -> Result<u64, Error> {
        let mut done = 0;
        let alive = self
            .store
            .rewrap(self.clock.seconds(), |row| {
                if self.master.is_current(row.wrapped.as_bytes()) {
                    return Ok(None);
                }
                done += 1;
                let bytes = self.master.unwrap(row.id, &row.wrapped)?;
                self.master.wrap(self.rng, row.id, &bytes).map(Some)
            })
            .await?;
        self.adopt(alive)?;
        Ok(done)
    }

    /// How many keys are not wrapped under the current master key.
    pub(super) async fn count_sealed_otherwise(&self) -> Result<u64, Error> {
        let rows = self.store.read(self.clock.seconds()).await?;
        let others = rows.iter().filter(|row| !self.master.is_current(row.wrapped.as_bytes())).count();
        Ok(u64::try_from(others).unwrap_or(u64::MAX))
    }

    async fn rotate(&self) -> Result<(), Error> {
        let _one_at_a_time = self.rotating.lock().await;
        if self.sealing().is_some() {
            return Ok(());
        }
        let now = self.clock.seconds();
        let id = KeyId(u32::from_be_bytes(self.rng.bytes()?));
        let bytes = Zeroizing::new(self.rng.bytes::<32>()?);
        let fresh = EpochRow {
            id,
            wrapped: self.master.wrap(self.rng, id, bytes.as_slice())?,
            seals_until: now + SEALS_FOR,
            opens_until: now + SEALS_FOR + LONGEST_LIFE,
        };
        self.adopt(self.store.rotate(now, fresh).await?)
    }

    fn sealing(&self) -> Option<Arc<Epoch>> {
        let now = self.clock.seconds();
        self.alive().iter().filter(|epoch| epoch.seals_until > now).max_by_key(|epoch| epoch.seals_until).cloned()
    }

    fn opening(&self, id: KeyId) -> Option<Arc<Epoch>> {
        let now = self.clock.seconds();
        self.alive().iter().find(|epoch| epoch.key.id() == id && epoch.opens_until > now).cloned()
    }

    fn alive(&self) -> std::sync::RwLockReadGuard<'_, Vec<Arc<Epoch>>> {
        self.alive.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what the store holds; keys that are no longer there are dropped from memory.
    fn adopt(&self, rows: Vec<EpochRow>) -> Result<(), Error> {
        let mut alive = Vec::with_capacity(rows.len());
        for row in rows {
            let bytes = self.master.unwrap(row.id, &row.wrapped)?;
            let bytes: &[u8; 32] =
                bytes.as_slice().try_into().map_err(|_| Error::internal("an epoch key has a wrong length"))?;
            let key = SealingKey::new(row.id, bytes).map_err(|_| Error::internal("an epoch key"))?;
            alive.push(Arc::new(Epoch { key, seals_until: row.seals_until, opens_until: row.opens_until }));
        }
        *self.alive.write().unwrap_or_else(PoisonError::into_inner) = alive;
        Ok(())
    }
}
