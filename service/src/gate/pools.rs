//! The connections, and the transactions that start on them. Nothing outside `gate` owns one.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::prelude::Uuid;
use sea_orm::{DbBackend, DbErr, RuntimeErr, Statement};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, PgConnection, SqliteConnection};

use super::connection::Bound;
use super::lending::Lending;
use super::transaction::{Begin, Transaction, Wire};
use crate::error::Error;

/// How the database is reached.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite://path` or `postgres://…`; may hold a password.
    pub url: SecretString,
    /// Connections at most (readers, on SQLite: it has one writer besides).
    pub max_connections: u32,
}

/// What a transaction is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// One reading by itself.
    Glance,
    /// Read, all of it as of one moment on SQLite.
    Read,
    /// Write.
    Write,
}

pub(super) enum Pools {
    /// One writer on which writers queue, several readers that cannot write.
    Sqlite {
        reader: Lending<SqliteConnection>,
        writer: Lending<SqliteConnection>,
    },
    Postgres(Lending<PgConnection>),
}

/// Statements that a connection keeps prepared: more than there are.
const STATEMENTS: usize = 256;

impl Pools {
    /// Connects. On SQLite: WAL, and deleted content is overwritten.
    pub(super) async fn connect(settings: &DatabaseSettings) -> Result<Self, Error> {
        let url = settings.url.expose_secret();
        if url.starts_with("sqlite:") {
            // Writers queue for the one connection; a queue that long means that something is wrong.
            let wait = Duration::from_secs(30);
            let writer = Lending::open(sqlite(url, false)?, 1, wait).await?;
            let reader = Lending::open(sqlite(url, true)?, settings.max_connections, wait).await?;
            return Ok(Self::Sqlite { reader, writer });
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| Error::internal("the database URL is not one"))?
            .options([("statement_timeout", "10000")])
            .statement_cache_capacity(STATEMENTS)
            .disable_statement_logging();
        let pools = Self::Postgres(Lending::open(options, settings.max_connections, Duration::from_secs(8)).await?);
        pools.refuse_powerful_role().await?;
        Ok(pools)
    }

    /// A transaction that begins with its first statement and commits only when told to. PostgreSQL's row-level security is
    /// told for whom it is.
    pub(super) async fn begin(&self, mode: Mode, bound: Bound) -> Result<Transaction, DbErr> {
        let wire = match self {
            Self::Sqlite { writer, .. } if mode == Mode::Write => Wire::Sqlite(writer.lend().await?),
            Self::Sqlite { reader, .. } => Wire::Sqlite(reader.lend().await?),
            Self::Postgres(pool) => Wire::Postgres(pool.lend().await?),
        };
        let begin = match (self, mode, setting(bound)) {
            (Self::Sqlite { .. }, Mode::Glance, _) | (Self::Postgres(_), Mode::Glance, None) => Begin::Alone,
            (Self::Sqlite { .. }, Mode::Read, _) => Begin::With("BEGIN".to_owned()),
            (Self::Sqlite { .. }, Mode::Write, _) => Begin::With("BEGIN IMMEDIATE".to_owned()),
            (Self::Postgres(_), mode, setting) => {
                let begin = if mode == Mode::Write { "BEGIN" } else { "BEGIN READ ONLY" };
                Begin::With(match setting {
                    // An identifier and a name of ours: nothing in them can end the text.
                    Some((name, id)) => format!("{begin}; SELECT set_config('{name}', '{id}', true)"),
                    None => begin.to_owned(),
                })
            }
        };
        Ok(Transaction::new(wire, begin))
    }

    /// Answers if a connection answers.
    pub(super) async fn ping(&self) -> Result<(), Error> {
        let glance = self.begin(Mode::Read, Bound::Platform).await?;
        glance.run(Statement::from_string(glance.backend(), "select 1")).await?;
        Ok(())
    }

    /// A superuser, or a role with BYPASSRLS, ignores row-level security silently; whoever owns a table, or may become its owner,
    /// switches it off; and whoever makes tables where ours are looked for shadows them. The second layer would not be there.
    async fn refuse_powerful_role(&self) -> Result<(), Error> {
        let refused = [
            (
                "select 1 from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)",
                "DATABASE_URL names a role that ignores row-level security; use machikagi_app",
            ),
            (
                "select 1 from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
                    and pg_has_role(current_user, relowner, 'member') limit 1",
                "DATABASE_URL names a role that owns tables; use machikagi_app",
            ),
            (
                "select 1 where has_schema_privilege(current_user, 'public', 'create')",
                "DATABASE_URL names a role that may create tables; revoke CREATE on schema public from it and from PUBLIC",
            ),
        ];
        for (condition, reason) in refused {
            let statement = Statement::from_string(DbBackend::Postgres, condition);
            let found = self.begin(Mode::Glance, Bound::Platform).await?.run(statement).await?;
            if !found.rows.is_empty() {
                return Err(Error::internal(reason));
            }
        }
        Ok(())
    }
}

/// What row-level security asks for.
fn setting(bound: Bound) -> Option<(&'static str, Uuid)> {
    match bound {
        Bound::Organisation(id) => Some(("app.organisation", id)),
        Bound::Account(id) => Some(("app.account", id)),
        Bound::Platform => None,
    }
}

fn sqlite(url: &str, read_only: bool) -> Result<SqliteConnectOptions, DbErr> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|_| DbErr::Conn(RuntimeErr::Internal("the database URL does not name an SQLite file".to_owned())))?;
    Ok(options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "on")
        .pragma("query_only", if read_only { "on" } else { "off" })
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging())
}
