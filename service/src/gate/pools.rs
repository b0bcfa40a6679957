//! The connections, and the transactions that start on them. Nothing outside `gate` owns one.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, Select,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use secrecy::{ExposeSecret, SecretString};

use super::guarded::Unowned;
use crate::error::Error;

/// How the database is reached.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite://path` or `postgres://…`; may hold a password.
    pub url: SecretString,
    /// Connections at most (readers, on SQLite: it has one writer besides).
    pub max_connections: u32,
}

#[derive(Debug)]
pub(super) struct Pools {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Pools {
    /// Connects. On SQLite: one writer on which writers queue, several readers that cannot write; WAL; deleted content is
    /// overwritten.
    pub(super) async fn connect(settings: &DatabaseSettings) -> Result<Self, Error> {
        let url = settings.url.expose_secret();
        if url.starts_with("sqlite:") {
            let writer = sqlite(url, 1, false).await?;
            Ok(Self { writer, reader: sqlite(url, settings.max_connections, true).await? })
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(settings.max_connections)
                .acquire_timeout(Duration::from_secs(8))
                .test_before_acquire(false)
                .sqlx_logging(false)
                .record_stmt_in_spans(false)
                .statement_timeout(Duration::from_secs(10));
            let pool = Database::connect(options).await?;
            refuse_all_powerful_role(&pool).await?;
            Ok(Self { reader: pool.clone(), writer: pool })
        }
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Starts a transaction; it commits only when told to.
    pub(super) async fn begin(&self, writes: bool) -> Result<DatabaseTransaction, Error> {
        let postgres = self.backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: (postgres && !writes).then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: (!postgres && writes).then_some(SqliteTransactionMode::Immediate),
        };
        let pool = if writes { &self.writer } else { &self.reader };
        Ok(pool.begin_with_options(options).await?)
    }

    /// Tells PostgreSQL's row-level security for whom this transaction is. `name` is `app.organisation` or `app.account`.
    pub(super) async fn bind(
        &self,
        transaction: &DatabaseTransaction,
        name: &'static str,
        id: sea_orm::prelude::Uuid,
    ) -> Result<(), Error> {
        if self.backend() == DbBackend::Postgres {
            let statement = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "select set_config($1, $2, true)",
                [name.into(), id.to_string().into()],
            );
            transaction.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// One row of a table that belongs to nobody, in a statement of its own: every request asks for its organisation.
    pub(super) async fn one<E>(&self, select: Select<E>) -> Result<Option<E::Model>, Error>
    where
        E: Unowned,
        E::Model: Send + Sync,
    {
        Ok(select.one(&self.reader).await?)
    }

    /// Answers if a connection answers.
    pub(super) async fn ping(&self) -> Result<(), Error> {
        self.reader.ping().await?;
        Ok(())
    }
}

async fn sqlite(url: &str, connections: u32, read_only: bool) -> Result<DatabaseConnection, Error> {
    if sqlx::sqlite::SqliteConnectOptions::from_str(url).is_err() {
        return Err(Error::internal("the database URL does not name an SQLite file"));
    }
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        // Writers queue for the one connection; a queue that long means that something is wrong.
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(true)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("secure_delete", "on")
                .pragma("query_only", if read_only { "on" } else { "off" })
                .statement_cache_capacity(256)
        });
    Ok(Database::connect(options).await?)
}

/// A superuser, or a role with BYPASSRLS, ignores row-level security silently: the second layer would not be there.
async fn refuse_all_powerful_role(pool: &DatabaseConnection) -> Result<(), Error> {
    let statement = Statement::from_string(
        DbBackend::Postgres,
        "select 1 from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)",
    );
    match pool.query_one_raw(statement).await? {
        None => Ok(()),
        Some(_) => Err(Error::internal("DATABASE_URL names a role that ignores row-level security; use machikagi_app")),
    }
}
