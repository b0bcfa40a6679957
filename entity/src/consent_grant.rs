//! What a resident agreed to, in which version of the text.

use sea_orm::entity::prelude::*;

/// A row of `consent_grant`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent_grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub resident_id: Uuid,
    pub relying_party_id: Option<Uuid>,
    pub consent_text_id: Uuid,
    pub consent_text_number: i64,
    pub language: String,
    pub items: i64,
    pub state: String,
    pub given_on: String,
    pub ended_on: Option<String>,
    pub revision: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
