//! The refresh token of a sign-in.

use sea_orm::entity::prelude::*;

/// A row of `refresh_token`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub family_id: Uuid,
    pub handle_hash: Vec<u8>,
    pub token_hash: Vec<u8>,
    pub previous_hash: Option<Vec<u8>>,
    pub previous_scopes: Option<i64>,
    pub used_at: Option<i64>,
    pub generation: i64,
    pub scopes: i64,
    pub key_thumbprint: Option<Vec<u8>>,
    pub expires_at: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
