//! A mail to staff that is to be made; holds neither its content nor an address.

use sea_orm::entity::prelude::*;

/// A row of `outgoing_mail`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outgoing_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub about: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub occasion: i64,
    /// Nil while nobody was looked for whom it is for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub state: String,
    pub due_at: i64,
    pub attempts: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
