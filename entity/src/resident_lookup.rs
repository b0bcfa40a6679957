//! A further sign-in that leads to a town ID: that of another one, which its resident merged into this.

use sea_orm::entity::prelude::*;

/// A row of `resident_lookup`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resident_lookup")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_digest: Vec<u8>,
    pub pepper_number: i64,
    pub resident_id: Uuid,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
