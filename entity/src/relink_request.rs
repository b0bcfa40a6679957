//! Somebody with a renewed card, who goes to the desk with a code to have the former town ID back.

use sea_orm::entity::prelude::*;

/// A row of `relink_request`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "relink_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub resident_id: Uuid,
    pub code_hash: Vec<u8>,
    pub expires_at: i64,
    /// The first of the codes of which this is the last; whole hours.
    pub asked_at: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
