//! Mails to staff that are to be made: which, about what, to whom. No content and no address; both are read when a mail is sent.
//!
//! Secrets that are there already are announced as those that are made from now on.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{DbBackend, Statement};

use crate::dialect;

/// Days before its end at which a secret is announced, as `service` has them at the time of this change.
const ANNOUNCED_DAYS: [i64; 2] = [30, 7];

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0029_outgoing_mails"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table outgoing_mail (
    organisation_id $uuid not null references organisation (id),
    kind text not null,
    about $uuid not null,
    occasion bigint not null,
    account_id $uuid not null,
    state text not null,
    due_at bigint not null,
    attempts bigint not null,
    primary key (organisation_id, kind, about, occasion, account_id)
) $clustered;
create index outgoing_mail_due on outgoing_mail (state, due_at);
",
        )
        .await?;
        let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
        let organisations = Statement::from_string(backend, "select id from organisation");
        for row in connection.query_all_raw(organisations).await? {
            let id: Uuid = row.try_get_by_index(0)?;
            bind(manager, &id.to_string()).await?;
            for days in ANNOUNCED_DAYS {
                let sql = match backend {
                    DbBackend::Postgres => ANNOUNCE_POSTGRES,
                    _ => ANNOUNCE_SQLITE,
                };
                let values = [days.into(), Uuid::nil().into(), (days * 86_400).into(), id.into()];
                connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
            }
        }
        bind(manager, "").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const ANNOUNCE_SQLITE: &str =
    "insert into outgoing_mail (organisation_id, kind, about, occasion, account_id, state, due_at, attempts)
    select organisation_id, 'client_secret_ends', id, ?, ?, 'waiting', expires_at - ?, 0
    from client_secret where organisation_id = ? and ended_at is null";
const ANNOUNCE_POSTGRES: &str =
    "insert into outgoing_mail (organisation_id, kind, about, occasion, account_id, state, due_at, attempts)
    select organisation_id, 'client_secret_ends', id, $1, $2, 'waiting', expires_at - $3, 0
    from client_secret where organisation_id = $4 and ended_at is null";

/// Whose rows row-level security lets the transaction see.
async fn bind(manager: &SchemaManager<'_>, organisation: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "select set_config('app.organisation', $1, true)";
    let bound = Statement::from_sql_and_values(DbBackend::Postgres, sql, [organisation.into()]);
    manager.get_connection().execute_raw(bound).await.map(|_| ())
}
