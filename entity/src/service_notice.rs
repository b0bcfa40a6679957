//! What a service is still to be told from server to server.

use sea_orm::entity::prelude::*;

/// A row of `service_notice`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub relying_party_id: Uuid,
    pub kind: String,
    pub subject: String,
    pub sid: Option<String>,
    pub made_at: i64,
    pub attempts: i64,
    pub due_at: i64,
    pub delivery: String,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
