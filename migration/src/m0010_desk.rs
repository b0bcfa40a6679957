//! Requests to be looked at at the desk (窓口): somebody about whom a rule could decide nothing, by the digest under which the
//! register would find them. A row has a code until staff cleared it, then a last month and the version that they went by.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0010_desk"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table desk_request (
    organisation_id $uuid not null references organisation (id),
    id $uuid not null,
    subject_digest $bytes not null,
    rule_id $uuid not null,
    reason text not null,
    code_hash $bytes,
    cleared_number bigint,
    cleared_until text,
    expires_at bigint not null,
    primary key (organisation_id, id),
    check ((code_hash is null) = (cleared_until is not null)),
    check ((cleared_number is null) = (cleared_until is null))
) $clustered;
create unique index desk_request_code on desk_request (organisation_id, code_hash);
create index desk_request_subject on desk_request (organisation_id, subject_digest);
create index desk_request_expiry on desk_request (organisation_id, expires_at);
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "desk_request").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
