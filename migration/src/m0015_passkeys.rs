//! Passkeys of residents: what a device's signature is checked with, and nothing about the device.

use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::dialect;

#[derive(Debug)]
pub(crate) struct Change;

impl MigrationName for Change {
    fn name(&self) -> &str {
        "m0015_passkeys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            "
create table resident_passkey (
    organisation_id $uuid not null,
    id $uuid not null,
    resident_id $uuid not null,
    credential_id $bytes not null,
    user_handle $bytes not null,
    public_key $bytes not null,
    algorithm bigint not null,
    counter bigint not null,
    backup_eligible $bool not null,
    backed_up $bool not null,
    number bigint not null,
    added_month text not null,
    primary key (organisation_id, id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create unique index resident_passkey_credential on resident_passkey (organisation_id, credential_id);
create unique index resident_passkey_number on resident_passkey (organisation_id, resident_id, number);
",
        )
        .await?;
        dialect::keep_to_organisation(manager, "resident_passkey").await
    }
}
