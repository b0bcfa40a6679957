//! Which tables belong to an organisation, and what the policy calls their rows.

use sea_orm::EntityTrait;

use super::resource::Resource;

/// A table whose rows belong to exactly one organisation. Only a scope reads or writes it, and adds the organisation's key.
pub trait Guarded: EntityTrait {
    /// What the policy is asked when a row is fetched.
    const RESOURCE: Resource;

    /// The column with the organisation's key.
    fn organisation() -> Self::Column;

    /// The table's name, for the statement guard.
    const TABLE: &'static str;
}

/// A guarded table of which one row can be fetched by an id of its own.
pub trait Fetched: Guarded {
    /// The column with the row's own id.
    fn id() -> Self::Column;
}

macro_rules! guarded {
    ($($table:ident => $resource:ident),+ $(,)?) => {
        $(impl Guarded for entity::$table::Entity {
            const RESOURCE: Resource = Resource::$resource;
            const TABLE: &'static str = stringify!($table);

            fn organisation() -> Self::Column {
                entity::$table::Column::OrganisationId
            }
        })+

        /// Every guarded table's name.
        pub(super) const TABLES: &[&str] = &[$(stringify!($table)),+];
    };
}

guarded! {
    membership => Membership,
    membership_role => Membership,
    tenant => Tenant,
    tenant_key => TenantKey,
    identity_provider => IdentityProvider,
    provider_outage => ProviderOutage,
    configuration => Configuration,
    configuration_version => Configuration,
    version_author => Configuration,
    rule_case => Configuration,
    change_request => ChangeRequest,
    relying_party => RelyingParty,
    client_secret => ClientSecret,
    registration_token => ClientSecret,
    resident => Resident,
    resident_lookup => Resident,
    eligibility => Eligibility,
    told_ends => Eligibility,
    consent_grant => ConsentGrant,
    resident_session => ResidentSession,
    resident_passkey => ResidentPasskey,
    session_client => ResidentSession,
    token_family => TokenFamily,
    refresh_token => TokenFamily,
    spent_id => TokenFamily,
    service_notice => ServiceNotice,
    former_id => FormerId,
    desk_request => DeskRequest,
    recovery_number => RecoveryNumber,
    relink_request => RelinkRequest,
    attestation_batch => AttestationBatch,
    attestation_code => AttestationBatch,
    attestation => Attestation,
    usage_mark => UsageMark,
    usage_counter => UsageCounter,
    usage_figure => UsageReport,
    closed_period => UsageReport,
    audit_entry => AuditTrail,
    audit_text => AuditTrail,
    audit_head => AuditTrail,
}

macro_rules! fetched {
    ($($table:ident by $column:ident),+ $(,)?) => {$(
        impl Fetched for entity::$table::Entity {
            fn id() -> Self::Column {
                entity::$table::Column::$column
            }
        }
    )+};
}

fetched! {
    tenant by OrganisationId,
    membership by AccountId,
    identity_provider by Id,
    configuration by Id,
    change_request by Id,
    relying_party by Id,
    client_secret by Id,
    desk_request by Id,
    attestation_batch by Id,
}

/// A table that belongs to nobody: organisations, accounts, sessions of staff, jobs. Only a platform scope reads or writes it.
pub(crate) trait Unowned: EntityTrait {}

impl Unowned for entity::organisation::Entity {}
impl Unowned for entity::account::Entity {}
impl Unowned for entity::account_recovery_code::Entity {}
impl Unowned for entity::staff_session::Entity {}
impl Unowned for entity::throttle::Entity {}
impl Unowned for entity::job::Entity {}
impl Unowned for entity::outgoing_mail::Entity {}
impl Unowned for entity::master_key::Entity {}
