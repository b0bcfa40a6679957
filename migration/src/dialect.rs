//! One SQL text for both databases: a few placeholders stand for what they spell differently.
//!
//! | written | PostgreSQL | SQLite |
//! |---|---|---|
//! | `$uuid` | `uuid` | `blob` (16 bytes) |
//! | `$bytes` | `bytea` | `blob` |
//! | `$bool` | `boolean` | `boolean` |
//! | `$clustered` | nothing | `without rowid`: rows lie in the order of the key, a tenant's beside each other |
//!
//! Times are `bigint` seconds since 1970 (UTC); days and months are `text` in ISO form; amounts are `bigint`.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

/// Runs each statement of a text in which statements end with `;` at the end of a line.
///
/// # Errors
/// What the database refused.
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let connection = manager.get_connection();
    for statement in spelled_for(backend, sql).split(";\n").map(str::trim).filter(|text| !text.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Puts the second layer of isolation around a table whose rows belong to one organisation each (see
/// `m0007_row_level_security`); SQLite has the statement guard instead.
///
/// # Errors
/// What the database refused.
pub async fn keep_to_organisation(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = format!(
        "alter table {table} enable row level security;
         alter table {table} force row level security;
         create policy of_its_organisation on {table}
            using (organisation_id = nullif(current_setting('app.organisation', true), '')::uuid)"
    );
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

/// The text in the words of one database.
fn spelled_for(backend: DbBackend, sql: &str) -> String {
    let words: [(&str, &str); 4] = match backend {
        DbBackend::Postgres => [("$uuid", "uuid"), ("$bytes", "bytea"), ("$bool", "boolean"), ("$clustered", "")],
        _ => [("$uuid", "blob"), ("$bytes", "blob"), ("$bool", "boolean"), ("$clustered", "without rowid")],
    };
    words.iter().fold(sql.to_owned(), |text, (placeholder, word)| text.replace(placeholder, word))
}

/// Declares a migration whose way up is one SQL text. There is no way down: a mistake is mended by the next migration.
#[macro_export]
macro_rules! change {
    ($(#[$doc:meta])* $name:literal, $sql:literal) => {
        use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct Change;

        impl MigrationName for Change {
            fn name(&self) -> &str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl MigrationTrait for Change {
            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                $crate::dialect::run(manager, $sql).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}
