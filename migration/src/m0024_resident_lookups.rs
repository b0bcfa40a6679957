//! A town ID may be reached by more than one sign-in: that of a second town ID which the resident merged into it. And since when a
//! provider's new name for the resident stands in the place of a former one.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0024_resident_lookups"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table resident_lookup (
    organisation_id $uuid not null references organisation (id),
    subject_digest $bytes not null,
    pepper_number bigint not null,
    resident_id $uuid not null,
    primary key (organisation_id, subject_digest),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create index resident_lookup_resident on resident_lookup (organisation_id, resident_id);
alter table resident add column relinked_month text;
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "resident_lookup").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
