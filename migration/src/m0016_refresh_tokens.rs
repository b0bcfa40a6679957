//! Refresh tokens: at most one row for each sign-in, however often its token was exchanged for the next. Earlier tokens are
//! known by their handle; rows of theirs would tell when somebody used an app.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0016_refresh_tokens"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table refresh_token (
    organisation_id $uuid not null,
    family_id $uuid not null,
    handle_hash $bytes not null,
    token_hash $bytes not null,
    previous_hash $bytes,
    previous_scopes bigint,
    used_at bigint,
    generation bigint not null,
    scopes bigint not null,
    key_thumbprint $bytes,
    expires_at bigint not null,
    primary key (organisation_id, family_id),
    foreign key (organisation_id, family_id) references token_family (organisation_id, id) on delete cascade
) $clustered;
create unique index refresh_token_handle on refresh_token (organisation_id, handle_hash);
create index token_family_revoked on token_family (organisation_id, revoked_at) where revoked_at is not null;
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "refresh_token").await
    }
}
