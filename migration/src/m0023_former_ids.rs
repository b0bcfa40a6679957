//! What residents were called at a service before they came with the card: a digest under a key that only the service has.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0023_former_ids"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table former_id (
    organisation_id $uuid not null references organisation (id),
    relying_party_id $uuid not null,
    resident_id $uuid not null,
    handle $bytes not null check (length(handle) = 32),
    primary key (organisation_id, relying_party_id, resident_id),
    foreign key (organisation_id, relying_party_id) references relying_party (organisation_id, id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create unique index former_id_handle on former_id (organisation_id, relying_party_id, handle);
create index former_id_resident on former_id (organisation_id, resident_id);
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "former_id").await
    }
}
