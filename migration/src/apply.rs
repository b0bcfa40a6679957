//! Applying migrations, and asking which are missing, by the database's address.

use std::collections::HashSet;

use sea_orm_migration::prelude::{DbErr, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::Migrator;

/// What SQLite's planner is told of every index: the organisation's key alone finds many rows, each further column few. Every
/// index begins with that key, and by SQLite's own guess ten rows have it: reading all of a municipality would seem as cheap
/// as finding one row by an index. Told once and for all databases alike, so that a plan never changes with the data.
const SQLITE_STATISTICS: &str = "
analyze seaql_migrations;
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat)
select tbl, idx, '1000000 ' || group_concat(matches, ' ') from (
    select t.name as tbl, iif(i.origin = 'pk' and t.wr, t.name, i.name) as idx,
        case
            when i.\"unique\" and c.seqno = (select max(seqno) from pragma_index_info(i.name)) then 1
            when c.seqno > 1 then 3
            when c.name = 'organisation_id' then 10000
            else 10
        end as matches
    from pragma_table_list as t, pragma_index_list(t.name) as i, pragma_index_info(i.name) as c
    where t.schema = 'main' and t.type = 'table'
    order by t.name, i.name, c.seqno
) group by tbl, idx";

/// Applies every missing migration.
///
/// # Errors
/// The database's; its text may hold what the address holds, and is not for a log.
pub async fn up(url: &str) -> Result<(), DbErr> {
    let connection = connect(url).await?;
    Migrator::up(&connection, None).await?;
    if connection.get_database_backend() == DbBackend::Sqlite {
        connection.execute_unprepared(SQLITE_STATISTICS).await?;
    }
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
