//! Sessions of staff: the store behind tower-sessions.
//!
//! A session's identifier is in the browser's cookie and nowhere else: rows are found by its SHA-256. Creating inserts and
//! saving updates, never one for the other: a request that was under way while somebody signed out must not bring the session
//! back to life. Lifetimes are the row's and go by our clock: twelve hours, or 45 minutes without a request.
//!
//! The account is written with a new identifier only (`cycle_id` at sign-in), so that an identifier somebody planted in a
//! browser never becomes a signed-in one; saving an account into an existing session is a fault.

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use entity::staff_session::{ActiveModel, Column, Entity, Model};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as StoreError, Result as StoreResult};
use tower_sessions::{ExpiredDeletion, SessionStore};

use crate::Service;
use crate::error::Error;
use crate::gate::PlatformScope;

/// The key under which a session holds its account, as text; a session without it is signed in as nobody.
pub const ACCOUNT: &str = "account";

/// The key under which a session holds the account whose password was right and whose second factor is due. The row belongs to
/// that account too: what ends the account's sessions ends those that are half signed in, which could otherwise enrol a second
/// factor after a password was changed because somebody else knew it.
pub const PENDING_ACCOUNT: &str = "pending_account";

/// The key under which the row's revision travels with the record.
const REVISION: &str = "_revision";

/// Seconds after which a session ends, whatever is done with it.
pub const ABSOLUTE_LIFETIME: i64 = 12 * 3_600;
/// Seconds without a request after which it ends.
pub const INACTIVITY: i64 = 45 * 60;
/// Seconds before another request is noted as activity.
const TOUCHED_EVERY: i64 = 5 * 60;

/// The store of staff sessions.
#[derive(Clone)]
pub struct Store(Arc<Service>);

impl Store {
    /// A store within the service's database.
    pub fn new(service: Arc<Service>) -> Self {
        Self(service)
    }

    fn now(&self) -> i64 {
        self.0.clock.seconds()
    }

    async fn insert(&self, record: &Record) -> Result<(), Error> {
        let now = self.now();
        let row = ActiveModel {
            id_hash: Set(hash(&record.id)),
            account_id: Set(account(&record.data)?),
            data: Set(data(&record.data)?),
            revision: Set(1),
            created_at: Set(now),
            touched_at: Set(now),
            expires_at: Set(now + ABSOLUTE_LIFETIME),
        };
        let scope = self.0.gate.platform_write().await?;
        scope.insert::<Entity, _>(row).await?;
        scope.commit().await
    }

    async fn update(&self, record: &Record) -> Result<(), Error> {
        let now = self.now();
        let account = account(&record.data)?;
        let revision = record.data.get(REVISION).and_then(Value::as_i64).unwrap_or(1);
        let scope = self.0.gate.platform_write().await?;
        let Some(row) = scope.one(Entity::find().filter(Column::IdHash.eq(hash(&record.id)))).await? else {
            // Signed out meanwhile: what this request wanted to remember is lost, and that is right.
            return Ok(());
        };
        if row.account_id != account {
            return Err(Error::internal("a session's account changes with its identifier only"));
        }
        let update = Entity::update_many()
            .col_expr(Column::Data, Expr::value(data(&record.data)?))
            .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
            .col_expr(Column::TouchedAt, Expr::value(now))
            .filter(Column::IdHash.eq(row.id_hash))
            .filter(Column::Revision.eq(revision));
        if scope.update(update).await? == 0 {
            // Two requests of one browser at once: the first one's messages stay, the later one's are dropped.
            tracing::debug!("a session was changed by another request");
        }
        scope.commit().await
    }

    async fn find(&self, id: &Id) -> Result<Option<Record>, Error> {
        let now = self.now();
        let scope = self.0.gate.platform_read().await?;
        let found = scope.one(Entity::find().filter(Column::IdHash.eq(hash(id)))).await?;
        drop(scope);
        let Some(row) = found.filter(|row| is_alive(row, now)) else { return Ok(None) };
        if row.touched_at + TOUCHED_EVERY <= now {
            self.touch(&row, now).await?;
        }
        let mut data: HashMap<String, Value> =
            serde_json::from_str(&row.data).map_err(|_| Error::internal("a session's content"))?;
        data.insert(REVISION.to_owned(), row.revision.into());
        let expiry_date =
            OffsetDateTime::from_unix_timestamp(row.expires_at).map_err(|_| Error::internal("a session's end"))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn touch(&self, row: &Model, now: i64) -> Result<(), Error> {
        let scope = self.0.gate.platform_write().await?;
        let update = Entity::update_many()
            .col_expr(Column::TouchedAt, Expr::value(now))
            .filter(Column::IdHash.eq(row.id_hash.clone()))
            .filter(Column::TouchedAt.eq(row.touched_at));
        scope.update(update).await?;
        scope.commit().await
    }

    async fn remove(&self, id: &Id) -> Result<(), Error> {
        let scope = self.0.gate.platform_write().await?;
        scope.delete(Entity::delete_many().filter(Column::IdHash.eq(hash(id)))).await?;
        scope.commit().await
    }
}

/// What a row is found by.
pub(crate) fn hash(id: &Id) -> Vec<u8> {
    digest(&SHA256, &id.0.to_le_bytes()).as_ref().to_vec()
}

/// Deletes sessions whose time is over.
pub(crate) async fn sweep(scope: &PlatformScope, now: i64) -> Result<(), Error> {
    let over = Column::ExpiresAt.lte(now).or(Column::TouchedAt.lte(now - INACTIVITY));
    scope.delete(Entity::delete_many().filter(over)).await?;
    Ok(())
}

fn is_alive(row: &Model, now: i64) -> bool {
    row.expires_at > now && row.touched_at + INACTIVITY > now
}

fn account(data: &HashMap<String, Value>) -> Result<Option<Uuid>, Error> {
    match data.get(ACCOUNT).or_else(|| data.get(PENDING_ACCOUNT)) {
        None => Ok(None),
        Some(value) => {
            let text = value.as_str().ok_or_else(|| Error::internal("a session's account"))?;
            Uuid::parse_str(text).map(Some).map_err(|_| Error::internal("a session's account"))
        }
    }
}

fn data(data: &HashMap<String, Value>) -> Result<String, Error> {
    let kept: HashMap<&String, &Value> = data.iter().filter(|(key, _)| *key != REVISION).collect();
    serde_json::to_string(&kept).map_err(|_| Error::internal("a session's content"))
}

fn failed(error: &Error) -> StoreError {
    StoreError::Backend(error.to_string())
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

#[async_trait::async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        record.data.insert(REVISION.to_owned(), 1.into());
        self.insert(record).await.map_err(|error| failed(&error))
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        self.update(record).await.map_err(|error| failed(&error))
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        self.find(id).await.map_err(|error| failed(&error))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        self.remove(id).await.map_err(|error| failed(&error))
    }
}

#[async_trait::async_trait]
impl ExpiredDeletion for Store {
    async fn delete_expired(&self) -> StoreResult<()> {
        self.0.sweep_accounts().await.map_err(|error| failed(&error))
    }
}
