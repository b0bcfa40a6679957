//! Sessions of residents, by the hash of their token.

use sea_orm::entity::prelude::*;

/// A row of `resident_session`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resident_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub token_hash: Vec<u8>,
    pub resident_id: Uuid,
    pub auth_time: i64,
    pub ial: i64,
    pub aal: i64,
    pub amr: String,
    pub expires_at: i64,
    pub identity_provider_id: Option<Uuid>,
    pub level_word: Option<String>,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
