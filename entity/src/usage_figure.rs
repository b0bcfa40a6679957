//! Figures that passed disclosure control.

use sea_orm::entity::prelude::*;

/// A row of `usage_figure`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_figure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub relying_party_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: String,
    pub people: Option<i64>,
    pub sign_ins: Option<i64>,
    pub band: Option<String>,
    pub hidden: Option<String>,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
