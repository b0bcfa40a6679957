//! A request to publish one version, and its decision.

use sea_orm::entity::prelude::*;

/// A row of `change_request`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub configuration_id: Uuid,
    pub number: i64,
    pub kind: String,
    pub title_ja: String,
    pub title_en: String,
    pub state: String,
    pub reason: String,
    pub effective_on: String,
    pub four_eyes: bool,
    pub drafted_by: Uuid,
    pub submitted_by: Uuid,
    pub submitted_at: i64,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<i64>,
    pub comment: Option<String>,
    pub revision: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
