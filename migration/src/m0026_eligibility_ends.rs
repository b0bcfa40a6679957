//! How far services were told of eligibilities that ended with their month: up to which month wholly, and up to which resident
//! within the next. The eligibilities themselves are not marked: a town in which nobody wants to be told costs one row. Every
//! town gets the job; that of a new town comes with the town.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0026_eligibility_ends"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table told_ends (
    organisation_id $uuid not null references organisation (id),
    through_month text not null,
    resident_id $uuid,
    primary key (organisation_id)
) $clustered;
create index eligibility_end on eligibility (organisation_id, expires_month, resident_id);
insert into job (organisation_id, kind, due_at, leased_until, attempts)
    select id, 'tell_ends', 0, 0, 0 from organisation where kind = 'tenant';
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "told_ends").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
