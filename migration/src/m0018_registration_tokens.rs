//! Initial access tokens (RFC 7591, section 1.2): whoever holds one may register clients at a sandbox, so many and until then.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0018_registration_tokens"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table registration_token (
    organisation_id $uuid not null references organisation (id),
    hash $bytes not null,
    uses_left bigint not null,
    expires_at bigint not null,
    primary key (organisation_id, hash),
    check (uses_left >= 0)
) $clustered;
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "registration_token").await
    }
}
