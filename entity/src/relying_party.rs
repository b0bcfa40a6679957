//! What belongs to a relying party for good: client id, kind of subject, sector, suspension.

use sea_orm::entity::prelude::*;

/// A row of `relying_party`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "relying_party")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub client_id: String,
    pub subject_type: String,
    pub sector: Uuid,
    pub suspended_at: Option<i64>,
    pub suspended_reason: Option<String>,
    pub created_at: i64,
    pub revision: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
