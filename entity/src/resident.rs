//! A pseudonym within one municipality.

use sea_orm::entity::prelude::*;

/// A row of `resident`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resident")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub identity_provider_id: Uuid,
    pub subject_digest: Vec<u8>,
    pub pepper_number: i64,
    pub ial: i64,
    pub since_month: String,
    pub relinked_month: Option<String>,
    pub level_word: Option<String>,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
