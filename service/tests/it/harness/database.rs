//! A fresh database per test, copied from one that is migrated once per run.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::ids::OrganisationId;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// One test's database; SQLite's file goes with it, PostgreSQL's goes with the throw-away cluster.
pub(super) enum Database {
    Sqlite { directory: TempDir },
    Postgres { app: String, owner: String },
}

/// A template in a directory that lives as long as the run.
static SQLITE_TEMPLATE: OnceCell<(TempDir, PathBuf)> = OnceCell::const_new();
static POSTGRES_TEMPLATE: OnceCell<Option<Template>> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

struct Template {
    app: String,
    owner: String,
    name: String,
}

impl Database {
    pub(super) async fn sqlite() -> Database {
        let (_, template) = SQLITE_TEMPLATE.get_or_init(migrated_file).await;
        let directory = tempfile::tempdir().unwrap();
        std::fs::copy(template, directory.path().join("test.sqlite")).unwrap();
        Database::Sqlite { directory }
    }

    pub(super) async fn postgres() -> Option<Database> {
        let template = POSTGRES_TEMPLATE.get_or_init(migrated_template).await.as_ref()?;
        let name = format!("{}_{}", template.name, NUMBER.fetch_add(1, Ordering::Relaxed));
        let maintenance = connect(&template.owner).await;
        run(&maintenance, &format!("create database {name} template {}", template.name)).await;
        maintenance.close().await.unwrap();
        Some(Database::Postgres { app: at(&template.app, &name), owner: at(&template.owner, &name) })
    }

    /// As the server connects.
    pub(super) fn url(&self) -> String {
        match self {
            Database::Sqlite { directory } => format!("sqlite://{}", directory.path().join("test.sqlite").display()),
            Database::Postgres { app, .. } => app.clone(),
        }
    }

    /// As another user of the database server.
    pub(super) fn url_of(&self, user: &str) -> String {
        let url = self.url();
        let (_, rest) = url.split_once('@').unwrap();
        format!("postgres://{user}@{rest}")
    }

    /// An organisation's key as SQL writes it.
    pub(super) fn literal(&self, organisation: OrganisationId) -> String {
        match self {
            Database::Sqlite { .. } => format!("x'{}'", organisation.uuid().simple()),
            Database::Postgres { .. } => format!("'{organisation}'"),
        }
    }

    pub(super) async fn count(&self, sql: &str, bound: Option<OrganisationId>) -> i64 {
        let url = match self {
            Database::Sqlite { .. } => self.url(),
            Database::Postgres { owner, .. } => owner.clone(),
        };
        count(&url, sql, bound).await
    }

    pub(super) async fn count_as_app(&self, sql: &str, bound: Option<OrganisationId>) -> i64 {
        count(&self.url(), sql, bound).await
    }

    pub(super) async fn columns(&self) -> Vec<(String, String)> {
        let (url, sql) = match self {
            Database::Sqlite { .. } => (
                self.url(),
                "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c
                 where t.type = 'table' and t.name not like 'seaql%' and t.name not like 'sqlite%'",
            ),
            Database::Postgres { owner, .. } => (
                owner.clone(),
                "select table_name::text, column_name::text from information_schema.columns
                 where table_schema = 'public' and table_name not in ('seaql_migrations', 'epoch_key')",
            ),
        };
        let connection = connect(&url).await;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
    }

    /// SQLite: every file. PostgreSQL: every table as text, and where the superuser of the throw-away cluster can be had the
    /// files of the database and the newest of the write-ahead log.
    pub(super) async fn places(&self, bound: OrganisationId) -> Vec<(String, Vec<u8>)> {
        match self {
            Database::Sqlite { directory } => {
                let files = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap());
                files
                    .map(|file| (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap()))
                    .collect()
            }
            Database::Postgres { owner, .. } => {
                let superuser = self.url_of("postgres");
                match sea_orm::Database::connect(&superuser).await {
                    Ok(connection) => {
                        connection.close().await.unwrap();
                        [tables(&superuser, bound).await, files(&superuser).await].concat()
                    }
                    Err(_) => tables(owner, bound).await,
                }
            }
        }
    }

    pub(super) async fn refuses(&self, sql: &str, bound: OrganisationId) -> bool {
        refused(&self.url(), sql, bound).await
    }

    pub(super) async fn execute(&self, sql: &str, bound: Option<OrganisationId>) {
        let url = match self {
            Database::Sqlite { .. } => self.url(),
            Database::Postgres { owner, .. } => owner.clone(),
        };
        let connection = connect(&url).await;
        let transaction = connection.begin().await.unwrap();
        bind(&transaction, bound).await;
        transaction.execute_unprepared(sql).await.unwrap();
        transaction.commit().await.unwrap();
        connection.close().await.unwrap();
    }
}

async fn tables(url: &str, bound: OrganisationId) -> Vec<(String, Vec<u8>)> {
    let connection = connect(url).await;
    let transaction = connection.begin().await.unwrap();
    bind(&transaction, Some(bound)).await;
    let names = "select tablename::text from pg_tables where schemaname = 'public'";
    let names = transaction.query_all_raw(Statement::from_string(DbBackend::Postgres, names)).await.unwrap();
    let mut tables = Vec::new();
    for name in names {
        let name: String = name.try_get_by_index(0).unwrap();
        let sql = format!("select coalesce(string_agg(t::text, chr(10)), '') from {name} t");
        let row = transaction.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
        let text: String = row.try_get_by_index(0).unwrap();
        tables.push((format!("table {name}"), text.into_bytes()));
    }
    transaction.rollback().await.unwrap();
    connection.close().await.unwrap();
    tables
}

async fn files(url: &str) -> Vec<(String, Vec<u8>)> {
    let connection = connect(url).await;
    run(&connection, "checkpoint").await;
    // `true`: a file may go away meanwhile.
    let sql = "select path, bytes from (
            select 'base/' || d.oid || '/' || f as path,
                   pg_read_binary_file('base/' || d.oid || '/' || f, 0, 1 << 29, true) as bytes
            from pg_database d, pg_ls_dir('base/' || d.oid) f where d.datname = current_database()
            union all
            select 'pg_wal/' || w.name, pg_read_binary_file('pg_wal/' || w.name, 0, 1 << 29, true)
            from (select name from pg_ls_waldir() order by modification desc limit 3) w
        ) found where bytes is not null";
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

async fn refused(url: &str, sql: &str, bound: OrganisationId) -> bool {
    let connection = connect(url).await;
    let transaction = connection.begin().await.unwrap();
    bind(&transaction, Some(bound)).await;
    let refused = transaction.execute_unprepared(sql).await.is_err();
    transaction.rollback().await.unwrap();
    connection.close().await.unwrap();
    refused
}

async fn count(url: &str, sql: &str, bound: Option<OrganisationId>) -> i64 {
    let connection = connect(url).await;
    let transaction = connection.begin().await.unwrap();
    bind(&transaction, bound).await;
    let statement = Statement::from_string(transaction.get_database_backend(), sql);
    let row = transaction.query_one_raw(statement).await.unwrap().unwrap();
    let number = row.try_get_by_index(0).unwrap();
    transaction.rollback().await.unwrap();
    connection.close().await.unwrap();
    number
}

async fn bind<C: ConnectionTrait>(connection: &C, organisation: Option<OrganisationId>) {
    if let (DbBackend::Postgres, Some(organisation)) = (connection.get_database_backend(), organisation) {
        run(connection, &format!("select set_config('app.organisation', '{organisation}', true)")).await;
    }
}

async fn run<C: ConnectionTrait>(connection: &C, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap();
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| options.busy_timeout(std::time::Duration::from_secs(10)));
    sea_orm::Database::connect(options).await.unwrap()
}

async fn migrated_file() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("template.sqlite");
    let connection = connect(&format!("sqlite://{}?mode=rwc", file.display())).await;
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    (directory, file)
}

async fn migrated_template() -> Option<Template> {
    let app = std::env::var("TEST_DATABASE_URL").ok()?;
    let owner = std::env::var("TEST_DATABASE_OWNER_URL").ok()?;
    // Several runs may share a cluster.
    let name = format!("machikagi_test_{}", std::process::id());
    let maintenance = connect(&owner).await;
    run(&maintenance, &format!("drop database if exists {name}")).await;
    run(&maintenance, &format!("create database {name}")).await;
    maintenance.close().await.unwrap();
    let connection = connect(&at(&owner, &name)).await;
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    Some(Template { app, owner, name })
}

/// The same server, another database.
fn at(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
