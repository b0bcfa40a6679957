//! One-time codes that staff made together; what they are for and how many, never who redeemed one.

use sea_orm::entity::prelude::*;

/// A row of `attestation_batch`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attestation_batch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub desk: bool,
    pub total: i64,
    pub redeemed: Option<i64>,
    pub until_month: String,
    pub redeem_until: String,
    pub made_on: String,
    pub ended_on: Option<String>,
    pub revision: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
