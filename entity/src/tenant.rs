//! What is particular to a municipality as a customer.

use sea_orm::entity::prelude::*;

/// A row of `tenant`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    pub code: String,
    pub mode: String,
    pub population: Option<i64>,
    pub population_source: Option<String>,
    pub population_on: Option<String>,
    pub threshold: Option<i64>,
    pub yearly_band: bool,
    pub four_eyes_off_from: Option<String>,
    pub four_eyes_reason: Option<String>,
    pub contact_ja: String,
    pub contact_en: String,
    pub contact_phone: String,
    pub town_id_ja: String,
    pub town_id_en: String,
    pub page_title_ja: String,
    pub page_title_en: String,
    pub page_lead_ja: String,
    pub page_lead_en: String,
    pub page_consent_text_id: Option<Uuid>,
    pub page_rule_id: Option<Uuid>,
    pub accent_light: String,
    pub accent_dark: String,
    pub session_seconds: i64,
    pub ties_ended: i64,
    pub pushed_only: bool,
    pub revision: i64,
}

/// Rows refer to each other by key; joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
