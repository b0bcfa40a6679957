//! Ties that staff attest (在勤・在学): batches of one-time codes, the codes as digests, and what a redeemed code leaves.
//!
//! Nothing leads from an attestation back to the batch that it came from: a code's row goes when it is redeemed, nothing else
//! is written about that moment, and no row of a batch is touched. On PostgreSQL a deleted row stays in the file until it is
//! vacuumed, with the number of the transaction that deleted it, which is also that of the attestation: so every few
//! deletions are a reason to vacuum.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0009_attestations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table attestation_batch (
    organisation_id $uuid not null references organisation (id),
    id $uuid not null,
    kind text not null check (kind in ('work', 'school', 'other')),
    name text not null,
    desk $bool not null,
    total bigint not null,
    redeemed bigint,
    until_month text not null,
    redeem_until text not null,
    made_on text not null,
    ended_on text,
    revision bigint not null default 1,
    primary key (organisation_id, id)
) $clustered;
create index attestation_batch_redeem_until on attestation_batch (organisation_id, redeem_until);
create table attestation_code (
    organisation_id $uuid not null,
    hash $bytes not null,
    batch_id $uuid not null,
    primary key (organisation_id, hash),
    foreign key (organisation_id, batch_id) references attestation_batch (organisation_id, id) on delete cascade
) $clustered;
create index attestation_code_batch on attestation_code (organisation_id, batch_id);
create table attestation (
    organisation_id $uuid not null,
    resident_id $uuid not null,
    kind text not null check (kind in ('work', 'school', 'other')),
    until_month text not null,
    primary key (organisation_id, resident_id, kind),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create index attestation_kind on attestation (organisation_id, kind, until_month);
",
        )
        .await?;
        for table in ["attestation_batch", "attestation_code", "attestation"] {
            dialect::keep_to_organisation(manager, table).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let vacuumed = "alter table attestation_code
                set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1)";
            manager.get_connection().execute_unprepared(vacuumed).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
