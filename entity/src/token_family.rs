//! One row per authorization code: everything that was issued from it.

use sea_orm::entity::prelude::*;

/// A row of `token_family`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "token_family")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub relying_party_id: Uuid,
    pub resident_id: Uuid,
    pub grant_id: Uuid,
    pub session_id: Option<Uuid>,
    pub rule_id: Uuid,
    pub code_hash: Vec<u8>,
    pub code_expires_at: i64,
    pub expires_at: i64,
    pub redeemed_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
