//! Where epoch keys rest, wrapped: apart from everything else, so that a copy of the database made yesterday holds no key.
//!
//! On SQLite a second file (rollback journal, overwritten on delete); on PostgreSQL an UNLOGGED table that each rotation
//! truncates and refills with the survivors: in no write-ahead log, and gone after a crash of the database, when flows that
//! were open start again.

use std::time::Duration;

use oidc::sealed::KeyId;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, Statement,
    TransactionTrait, Value,
};
use secrecy::ExposeSecret;

use super::pools::DatabaseSettings;
use crate::error::Error;

/// One epoch key, wrapped.
#[derive(Clone)]
pub(crate) struct EpochRow {
    pub(crate) id: KeyId,
    pub(crate) wrapped: String,
    pub(crate) seals_until: i64,
    pub(crate) opens_until: i64,
}

/// The store of epoch keys.
pub(crate) struct EpochStore(DatabaseConnection);

const SELECT: &str = "select id, wrapped, seals_until, opens_until from epoch_key where opens_until > $1";

impl EpochStore {
    /// Opens the store beside the database that the settings name.
    pub(crate) async fn open(settings: &DatabaseSettings) -> Result<Self, Error> {
        let url = settings.url.expose_secret();
        let sqlite = url.starts_with("sqlite:");
        let beside = if sqlite { beside(url) } else { url.to_owned() };
        let mut options = ConnectOptions::new(beside);
        options
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(8))
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .map_sqlx_sqlite_opts(|options| {
                options
                    .create_if_missing(true)
                    .journal_mode(sqlx::sqlite::SqliteJournalMode::Delete)
                    .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                    .pragma("secure_delete", "on")
            });
        let connection = Database::connect(options).await?;
        if sqlite {
            connection
                .execute_unprepared(
                    "create table if not exists epoch_key (
                        id bigint primary key,
                        wrapped text not null,
                        seals_until bigint not null,
                        opens_until bigint not null
                    )",
                )
                .await?;
        }
        Ok(Self(connection))
    }

    /// The keys that still open something at `now`. Only reads: anybody who sends us a token can make us ask.
    pub(crate) async fn read(&self, now: i64) -> Result<Vec<EpochRow>, Error> {
        rows(&self.0, now).await
    }

    /// Adds `fresh`, unless another process just added one, and destroys what has expired. Returns the keys that are alive.
    pub(crate) async fn rotate(&self, now: i64, fresh: EpochRow) -> Result<Vec<EpochRow>, Error> {
        self.renew(now, Some(fresh)).await
    }

    /// Destroys what has expired. Returns the keys that are alive.
    pub(crate) async fn destroy_expired(&self, now: i64) -> Result<Vec<EpochRow>, Error> {
        let alive = rows(&self.0, now).await?;
        // Nothing is written while nothing has expired, which is nearly always.
        if rows(&self.0, 0).await?.len() == alive.len() { Ok(alive) } else { self.renew(now, None).await }
    }

    /// Wraps again the keys for which `again` makes something new. Returns the keys that are alive.
    pub(crate) async fn rewrap(
        &self,
        now: i64,
        mut again: impl FnMut(&EpochRow) -> Result<Option<String>, Error>,
    ) -> Result<Vec<EpochRow>, Error> {
        let transaction = self.0.begin().await?;
        self.lock(&transaction).await?;
        let mut alive = rows(&transaction, now).await?;
        let mut changed = false;
        for row in &mut alive {
            if let Some(wrapped) = again(row)? {
                row.wrapped = wrapped;
                changed = true;
            }
        }
        if changed {
            self.refill(&transaction, &alive).await?;
        }
        transaction.commit().await?;
        Ok(alive)
    }

    /// Writes the store anew with what is alive: a row that is only deleted would lie in its file until that is overwritten.
    async fn renew(&self, now: i64, fresh: Option<EpochRow>) -> Result<Vec<EpochRow>, Error> {
        let transaction = self.0.begin().await?;
        self.lock(&transaction).await?;
        let mut alive = rows(&transaction, now).await?;
        if !alive.iter().any(|row| row.seals_until > now) {
            alive.extend(fresh);
        }
        self.refill(&transaction, &alive).await?;
        transaction.commit().await?;
        Ok(alive)
    }

    fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Postgres
    }

    async fn lock(&self, transaction: &DatabaseTransaction) -> Result<(), Error> {
        if self.is_postgres() {
            transaction.execute_unprepared("lock table epoch_key in access exclusive mode").await?;
        }
        Ok(())
    }

    async fn refill(&self, transaction: &DatabaseTransaction, alive: &[EpochRow]) -> Result<(), Error> {
        let empty = if self.is_postgres() { "truncate epoch_key" } else { "delete from epoch_key" };
        transaction.execute_unprepared(empty).await?;
        for row in alive {
            let values = [
                i64::from(row.id.0).into(),
                row.wrapped.clone().into(),
                row.seals_until.into(),
                row.opens_until.into(),
            ];
            let insert = "insert into epoch_key (id, wrapped, seals_until, opens_until) values ($1, $2, $3, $4)";
            transaction.execute_raw(self.statement(insert, values)).await?;
        }
        Ok(())
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.0.get_database_backend(), sql, values)
    }
}

async fn rows<C: ConnectionTrait>(connection: &C, now: i64) -> Result<Vec<EpochRow>, Error> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), SELECT, [now.into()]);
    let mut found = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        let id: i64 = row.try_get_by_index(0)?;
        found.push(EpochRow {
            id: KeyId(u32::try_from(id).map_err(|_| Error::internal("an epoch key's number"))?),
            wrapped: row.try_get_by_index(1)?,
            seals_until: row.try_get_by_index(2)?,
            opens_until: row.try_get_by_index(3)?,
        });
    }
    Ok(found)
}

/// `sqlite://data/machikagi.sqlite?x=y` → `sqlite://data/machikagi.sqlite-epochs`.
pub(super) fn beside(url: &str) -> String {
    let path = url.split_once('?').map_or(url, |(path, _)| path);
    format!("{path}-epochs")
}
