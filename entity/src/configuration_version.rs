//! One immutable version of a configuration.

use sea_orm::entity::prelude::*;

/// A row of `configuration_version`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "configuration_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub configuration_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub kind: String,
    pub state: String,
    pub content: String,
    pub reason: String,
    pub drafted_by: Option<Uuid>,
    pub drafted_at: i64,
    pub published_at: Option<i64>,
    pub archived_at: Option<i64>,
    pub revision: i64,
    pub earlier_eligibilities: Option<String>,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
