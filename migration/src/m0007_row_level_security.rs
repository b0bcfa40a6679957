//! The second layer of isolation on PostgreSQL: row-level security, forced on the owner too, and the rights of the role that
//! the server runs as. SQLite has neither; its second layer is the statement guard of `service::gate`.
//!
//! Before PostgreSQL 15 everybody may create tables in `public`, where one of theirs could stand before one of ours: that right
//! is taken away here. Where the schema belongs to a superuser, only that one can; then PostgreSQL warns, and `serve` refuses.
//!
//! Epoch keys live here as an UNLOGGED table: in no write-ahead log and in no dump taken with `--no-unlogged-table-data`.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::keep_to_organisation;

/// Every table whose rows belong to one organisation.
const TENANT_OWNED: [&str; 24] = [
    "membership",
    "membership_role",
    "tenant",
    "tenant_key",
    "identity_provider",
    "configuration",
    "configuration_version",
    "version_author",
    "change_request",
    "relying_party",
    "client_secret",
    "resident",
    "eligibility",
    "consent_grant",
    "resident_session",
    "session_client",
    "token_family",
    "usage_mark",
    "usage_counter",
    "usage_figure",
    "closed_period",
    "audit_entry",
    "audit_text",
    "audit_head",
];

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0007_row_level_security"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let connection = manager.get_connection();
        for table in TENANT_OWNED {
            keep_to_organisation(manager, table).await?;
        }
        connection
            .execute_unprepared(
                "create policy of_its_account on membership for select
                    using (account_id = nullif(current_setting('app.account', true), '')::uuid);
                 create policy of_its_account on membership_role for select
                    using (account_id = nullif(current_setting('app.account', true), '')::uuid);
                 create unlogged table epoch_key (
                    id bigint primary key,
                    wrapped text not null,
                    seals_until bigint not null,
                    opens_until bigint not null
                 );
                 revoke create on schema public from public;
                 grant usage on schema public to machikagi_app;
                 grant select, insert, update, delete on all tables in schema public to machikagi_app;
                 grant truncate on epoch_key to machikagi_app;
                 revoke insert, update, delete on seaql_migrations from machikagi_app;
                 alter default privileges in schema public grant select, insert, update, delete on tables to machikagi_app",
            )
            .await?;
        Ok(())
    }
}
