//! An upstream OpenID provider of a municipality.

use sea_orm::entity::prelude::*;

/// A row of `identity_provider`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_provider")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_mode: String,
    pub kind: String,
    pub name_ja: String,
    pub name_en: String,
    pub issuer: String,
    pub client_id: String,
    pub subject_namespace: String,
    pub settings: String,
    pub active: bool,
    pub created_at: i64,
    pub revision: i64,
    pub position: i64,
    pub draft: Option<String>,
    pub first_active_at: Option<i64>,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
