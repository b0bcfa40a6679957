//! Saved cases of residency rules: people whom the product made up, each with the outcome that the rule must reach.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0008_rule_cases"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table rule_case (
    organisation_id $uuid not null,
    rule_id $uuid not null,
    id $uuid not null,
    municipality text not null,
    town text not null,
    age bigint not null,
    birthday text not null,
    ties text not null,
    on_day text not null,
    expected text not null check (expected in ('eligible', 'not_eligible', 'undecidable')),
    created_at bigint not null,
    primary key (organisation_id, rule_id, id),
    foreign key (organisation_id, rule_id) references configuration (organisation_id, id) on delete cascade
);
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "rule_case").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
