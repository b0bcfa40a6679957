//! Somebody about whom a rule could decide nothing, and who goes to the desk with a code.

use sea_orm::entity::prelude::*;

/// A row of `desk_request`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub subject_digest: Vec<u8>,
    pub rule_id: Uuid,
    pub reason: String,
    pub code_hash: Option<Vec<u8>>,
    pub cleared_number: Option<i64>,
    pub cleared_until: Option<String>,
    pub expires_at: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
