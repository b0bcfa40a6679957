//! Ids that were used and may not be used again, such as that of a pushed authorization request: their digests, for as long as
//! somebody could present them a second time.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0012_spent_ids"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table spent_id (
    organisation_id $uuid not null references organisation (id),
    digest $bytes not null,
    expires_at bigint not null,
    primary key (organisation_id, digest)
) $clustered;
create index spent_id_expiry on spent_id (organisation_id, expires_at);
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "spent_id").await
    }
}
