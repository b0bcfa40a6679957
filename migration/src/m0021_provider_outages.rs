//! Since when a provider does not answer, so that staff see it whichever server process noticed, and after a restart. Hours, not
//! moments: in a village those would tell when somebody signed in.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0021_provider_outages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table provider_outage (
    organisation_id $uuid not null references organisation (id),
    identity_provider_id $uuid not null,
    since bigint not null,
    last_seen bigint not null,
    ended_at bigint,
    primary key (organisation_id, identity_provider_id),
    foreign key (organisation_id, identity_provider_id)
        references identity_provider (organisation_id, id) on delete cascade
) $clustered;
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "provider_outage").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
