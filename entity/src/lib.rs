//! Entities: the rows of the tables, one file per table, nothing else.
//!
//! Columns are described once, with their purpose and retention, in `docs/data-at-rest.md`, which a test keeps complete.
#![expect(missing_docs, reason = "columns are described once, in docs/data-at-rest.md")]

pub mod account;
pub mod account_recovery_code;
pub mod attestation;
pub mod attestation_batch;
pub mod attestation_code;
pub mod audit_entry;
pub mod audit_head;
pub mod audit_text;
pub mod change_request;
pub mod client_secret;
pub mod closed_period;
pub mod configuration;
pub mod configuration_version;
pub mod consent_grant;
pub mod desk_request;
pub mod eligibility;
pub mod former_id;
pub mod identity_provider;
pub mod job;
pub mod master_key;
pub mod membership;
pub mod membership_role;
pub mod organisation;
pub mod outgoing_mail;
pub mod provider_outage;
pub mod recovery_number;
pub mod refresh_token;
pub mod registration_token;
pub mod relink_request;
pub mod relying_party;
pub mod resident;
pub mod resident_lookup;
pub mod resident_passkey;
pub mod resident_session;
pub mod rule_case;
pub mod service_notice;
pub mod session_client;
pub mod spent_id;
pub mod staff_session;
pub mod tenant;
pub mod tenant_key;
pub mod throttle;
pub mod token_family;
pub mod told_ends;
pub mod usage_counter;
pub mod usage_figure;
pub mod usage_mark;
pub mod version_author;
