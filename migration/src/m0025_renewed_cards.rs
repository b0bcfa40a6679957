//! A renewed card at the desk: the number by which a resident's town ID is found once no sign-in leads to it any more, and what
//! somebody with a new card asks of the desk.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0025_renewed_cards"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table recovery_number (
    organisation_id $uuid not null references organisation (id),
    resident_id $uuid not null,
    digest $bytes not null check (length(digest) = 32),
    primary key (organisation_id, resident_id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create unique index recovery_number_digest on recovery_number (organisation_id, digest);
create table relink_request (
    organisation_id $uuid not null references organisation (id),
    id $uuid not null,
    resident_id $uuid not null,
    code_hash $bytes not null,
    expires_at bigint not null,
    primary key (organisation_id, id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create unique index relink_request_resident on relink_request (organisation_id, resident_id);
create unique index relink_request_code on relink_request (organisation_id, code_hash);
create index relink_request_expiry on relink_request (organisation_id, expires_at);
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "recovery_number").await?;
        dialect::keep_to_organisation(manager, "relink_request").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
