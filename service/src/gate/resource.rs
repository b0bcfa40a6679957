//! What the policy speaks about: resources, and the few things that can be done to one.

use super::scope::{ReadScope, WriteScope};

macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($(#[$variant_doc])* $variant,)+ }

        impl $type {
            /// All of them, in the order of the policy matrix.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// The name in policy lines.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $name,)+ }
            }

            pub(super) const fn index(self) -> usize {
                self as usize
            }
        }
    };
}

names! {
    /// Something that a decision is about. New concepts become new resources, not new actions.
    Resource {
        /// The municipality's own settings and town page.
        Tenant = "tenant",
        /// Colleagues and their roles.
        Membership = "membership",
        /// A colleague's second factor.
        SecondFactor = "second_factor",
        /// An upstream provider of identities.
        IdentityProvider = "identity_provider",
        /// Since when one does not answer.
        ProviderOutage = "provider_outage",
        /// Drafts and versions of relying parties, residency rules and consent texts.
        Configuration = "configuration",
        /// A request to publish a version.
        ChangeRequest = "change_request",
        /// A relying party's identity: client id, sector.
        RelyingParty = "relying_party",
        /// The suspension of a relying party: created and removed.
        Suspension = "suspension",
        /// Secrets of a relying party, and tokens with which one is registered at a sandbox.
        ClientSecret = "client_secret",
        /// A sign-in that shows its claims in the console and writes nothing.
        TestSignIn = "test_sign_in",
        /// One-time codes for people who work in the municipality or go to school there, in batches.
        AttestationBatch = "attestation_batch",
        /// Ties of residents that staff attested.
        Attestation = "attestation",
        /// Requests at the desk: of people about whom nothing could be decided.
        DeskRequest = "desk_request",
        /// Requests at the desk: of people with a renewed card, who want their former town ID back.
        RelinkRequest = "relink_request",
        /// Published figures.
        UsageReport = "usage_report",
        /// The audit trail.
        AuditTrail = "audit_trail",
        /// Sealed keys of the municipality.
        TenantKey = "tenant_key",
        /// A pseudonym.
        Resident = "resident",
        /// What a resident is eligible for.
        Eligibility = "eligibility",
        /// What a resident agreed to.
        ConsentGrant = "consent_grant",
        /// A resident's session.
        ResidentSession = "resident_session",
        /// A resident's passkey.
        ResidentPasskey = "resident_passkey",
        /// The number by which a resident's town ID is found at the desk.
        RecoveryNumber = "recovery_number",
        /// Everything issued from one authorization code.
        TokenFamily = "token_family",
        /// What a service is still to be told.
        ServiceNotice = "service_notice",
        /// What a resident was called at a service before.
        FormerId = "former_id",
        /// Whether a resident used a service in the open period.
        UsageMark = "usage_mark",
        /// Tallies of the open periods.
        UsageCounter = "usage_counter",
    }
}

names! {
    /// What can be done to a resource.
    Act {
        /// Looking at it.
        Read = "read",
        /// Making a new one.
        Create = "create",
        /// Changing it.
        Update = "update",
        /// Ending or deleting it.
        Remove = "remove",
        /// Saying yes or no to what somebody else prepared.
        Decide = "decide",
    }
}

/// An act as a type, so that the scope that it opens is known to the compiler.
pub trait Action: Copy + Send + Sync {
    /// [`ReadScope`] or [`WriteScope`].
    type Scope: super::scope::Open;
    /// What the policy is asked.
    const ACT: Act;
}

/// The actions.
pub mod action {
    use super::{Act, Action, ReadScope, WriteScope};

    macro_rules! actions {
        ($($(#[$doc:meta])* $name:ident: $act:ident -> $scope:ty;)+) => {$(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Action for $name {
                type Scope = $scope;
                const ACT: Act = Act::$act;
            }
        )+};
    }

    actions! {
        /// Reading without a trace.
        Read: Read -> ReadScope;
        /// Reading that is itself audited (statistics, exports, the audit trail): needs a scope that can write.
        Inspect: Read -> WriteScope;
        /// Making a new one.
        Create: Create -> WriteScope;
        /// Changing it.
        Update: Update -> WriteScope;
        /// Ending or deleting it.
        Remove: Remove -> WriteScope;
        /// Deciding on what somebody else prepared.
        Decide: Decide -> WriteScope;
    }
}
