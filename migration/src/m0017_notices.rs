//! What a service is still to be told from server to server: that a session ended (OpenID Connect Back-Channel Logout). A row
//! goes when the service has taken it, or after a day.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0017_notices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table service_notice (
    organisation_id $uuid not null references organisation (id),
    id $uuid not null,
    relying_party_id $uuid not null,
    kind text not null,
    subject text not null,
    sid text,
    made_at bigint not null,
    attempts bigint not null,
    due_at bigint not null,
    primary key (organisation_id, id),
    foreign key (organisation_id, relying_party_id) references relying_party (organisation_id, id)
) $clustered;
create index service_notice_due on service_notice (organisation_id, due_at);
create index service_notice_party on service_notice (organisation_id, relying_party_id);
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "service_notice").await
    }
}
