//! The schema, as migrations: one file per change, written once in SQL that both databases read (see [`dialect`]).
//!
//! Expand first, contract later: a migration never breaks the binary that is still running beside it. Migrations of tenant
//! rows set the organisation in a loop, because row-level security holds for the owner too.

use sea_orm_migration::prelude::MigrationTrait;
pub use sea_orm_migration::prelude::{MigratorTrait, SchemaManager};

mod apply;
pub mod dialect;
mod m0001_organisations;
mod m0002_tenants;
mod m0003_configuration;
mod m0004_residents;
mod m0005_usage;
mod m0006_audit;
mod m0007_row_level_security;
mod m0008_rule_cases;
mod m0009_attestations;
mod m0010_desk;
mod m0011_rechecks;
mod m0012_spent_ids;
mod m0013_ties_ended;
mod m0014_key_rotation;
mod m0015_passkeys;
mod m0016_refresh_tokens;
mod m0017_notices;
mod m0018_registration_tokens;
mod m0020_connections;
mod m0021_provider_outages;
mod m0022_events;
mod m0023_former_ids;
mod m0024_resident_lookups;
mod m0025_renewed_cards;
mod m0026_eligibility_ends;
mod m0027_todays_levels;
mod m0028_pushed_only;
mod m0029_outgoing_mails;
mod m0030_first_codes;
mod planner;

pub use apply::{pending, up};

/// Every migration in the order in which it runs.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_organisations::Change),
            Box::new(m0002_tenants::Change),
            Box::new(m0003_configuration::Change),
            Box::new(m0004_residents::Change),
            Box::new(m0005_usage::Change),
            Box::new(m0006_audit::Change),
            Box::new(m0007_row_level_security::Change),
            Box::new(m0008_rule_cases::Change),
            Box::new(m0011_rechecks::Change),
            Box::new(m0009_attestations::Change),
            Box::new(m0010_desk::Change),
            Box::new(m0012_spent_ids::Change),
            Box::new(m0013_ties_ended::Change),
            Box::new(m0014_key_rotation::Change),
            Box::new(m0015_passkeys::Change),
            Box::new(m0016_refresh_tokens::Change),
            Box::new(m0017_notices::Change),
            Box::new(m0018_registration_tokens::Change),
            Box::new(m0020_connections::Change),
            Box::new(m0022_events::Change),
            Box::new(m0023_former_ids::Change),
            Box::new(m0024_resident_lookups::Change),
            Box::new(m0025_renewed_cards::Change),
            Box::new(m0027_todays_levels::Change),
            Box::new(m0021_provider_outages::Change),
            Box::new(m0026_eligibility_ends::Change),
            Box::new(m0028_pushed_only::Change),
            Box::new(m0029_outgoing_mails::Change),
            Box::new(m0030_first_codes::Change),
        ]
    }
}
