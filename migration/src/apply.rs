//! Applying migrations, and asking which are missing, by the database's address.

use std::collections::HashSet;

use sea_orm_migration::prelude::{DbErr, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::{Migrator, planner};

/// Applies every missing migration.
///
/// # Errors
/// The database's; its text may hold what the address holds, and is not for a log.
pub async fn up(url: &str) -> Result<(), DbErr> {
    let connection = connect(url).await?;
    Migrator::up(&connection, None).await?;
    planner::tell(&connection).await?;
    connection.close().await
}

/// The names of the migrations that were not applied, in order. Only reads, so that the role that owns nothing can ask.
///
/// # Errors
/// The database's, if it cannot be reached.
pub async fn pending(url: &str) -> Result<Vec<String>, DbErr> {
    let connection = connect(url).await?;
    connection.ping().await?;
    let select = Statement::from_string(connection.get_database_backend(), "select version from seaql_migrations");
    // Without the table nothing was applied yet.
    let rows = connection.query_all_raw(select).await.unwrap_or_default();
    let applied: HashSet<String> = rows.iter().filter_map(|row| row.try_get_by_index(0).ok()).collect();
    connection.close().await?;
    let names = Migrator::migrations().into_iter().map(|migration| migration.name().to_owned());
    Ok(names.filter(|name| !applied.contains(name)).collect())
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| options.create_if_missing(true).foreign_keys(true));
    Database::connect(options).await
}
