//! Who asks. A `Caller` is made by the gate alone: from a staff session and the organisation that the URL names, from a
//! resident's session, or as one of the named system actors. There is no root.

use domain::access::Role;
use domain::ids::{AccountId, OrganisationId, ResidentId};

use super::policy::Permissions;
use super::resource::{Act, Resource};
use crate::error::Error;

/// Who acts, for the audit trail and for rules such as four eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff.
    Staff(AccountId),
    /// A resident; never audited.
    Resident(ResidentId),
    /// A part of the product.
    System(SystemActor),
}

impl Actor {
    /// The account, if a person of a console acts.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Actor::Staff(account) => Some(*account),
            Actor::Resident(_) | Actor::System(_) => None,
        }
    }
}

/// Parts of the product that act on their own, each with policy lines of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemActor {
    /// Signs residents in.
    SignIn,
    /// Answers token and userinfo requests.
    OidcProvider,
    /// Closes months and publishes their figures.
    MonthClosing,
    /// Publishes approved versions on their day.
    Publisher,
    /// Creates municipalities, first accounts and the demo.
    Provisioner,
    /// Computes and verifies heads of audit chains.
    Auditor,
    /// Deletes codes and ties whose time is over.
    Attestations,
    /// Compares what rules name with new tables of municipalities.
    Gazetteer,
    /// Changes keys on schedule.
    KeyRotation,
    /// Changes keys when the operator says so.
    KeyOperator,
    /// Tells services what ended.
    Messenger,
    /// Takes clients in from a file, or at the registration endpoint of a sandbox.
    Import,
    /// Notes which eligibilities ended with their month.
    EndNoter,
    /// Notes since when an identity provider does not answer.
    ProviderWatch,
    /// Writes mails to staff.
    Mailer,
}

impl SystemActor {
    /// All of them.
    pub const ALL: [SystemActor; 15] = [
        SystemActor::SignIn,
        SystemActor::OidcProvider,
        SystemActor::MonthClosing,
        SystemActor::Publisher,
        SystemActor::Provisioner,
        SystemActor::Auditor,
        SystemActor::Attestations,
        SystemActor::Gazetteer,
        SystemActor::KeyRotation,
        SystemActor::KeyOperator,
        SystemActor::Messenger,
        SystemActor::Import,
        SystemActor::EndNoter,
        SystemActor::ProviderWatch,
        SystemActor::Mailer,
    ];

    /// The subject of its policy lines.
    pub const fn as_str(self) -> &'static str {
        match self {
            SystemActor::SignIn => "system:sign_in",
            SystemActor::OidcProvider => "system:oidc_provider",
            SystemActor::MonthClosing => "system:month_closing",
            SystemActor::Publisher => "system:publisher",
            SystemActor::Provisioner => "system:provisioner",
            SystemActor::Auditor => "system:auditor",
            SystemActor::Gazetteer => "system:gazetteer",
            SystemActor::KeyRotation => "system:key_rotation",
            SystemActor::KeyOperator => "system:key_operator",
            SystemActor::Messenger => "system:messenger",
            SystemActor::Import => "system:import",
            SystemActor::EndNoter => "system:end_noter",
            SystemActor::ProviderWatch => "system:provider_watch",
            SystemActor::Mailer => "system:mailer",
            SystemActor::Attestations => "system:attestations",
        }
    }
}

/// A member of staff, seen from one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The account.
    pub account: AccountId,
    /// The name that colleagues see.
    pub display_name: String,
    /// Department (課・係).
    pub department: String,
    /// Roles, in the order of [`Role::ALL`].
    pub roles: Vec<Role>,
}

/// Somebody who asks something of one organisation.
#[derive(Debug, Clone)]
pub struct Caller {
    pub(super) actor: Actor,
    pub(super) organisation: OrganisationId,
    pub(super) generation: i64,
    pub(super) permissions: Permissions,
    pub(super) colleague: Option<Colleague>,
}

impl Caller {
    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The organisation that is asked about.
    pub fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// The generation of the organisation when the caller was made: the key of caches.
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// The member of staff, if one asks.
    pub fn colleague(&self) -> Option<&Colleague> {
        self.colleague.as_ref()
    }

    /// Whether the policy lets this caller do this: for `abilities` of a view. Doing it still goes through the gate.
    pub fn may(&self, act: Act, resource: Resource) -> bool {
        self.permissions.allow(act, resource)
    }

    /// The decision alone, for a page that would only be looked at or filled in by somebody who may do this. Denied looks like
    /// absent, unless the caller may read the resource.
    ///
    /// # Errors
    /// [`Error::Denied`] to somebody who may at least read the resource, else [`Error::NotFound`].
    pub fn require(&self, act: Act, resource: Resource) -> Result<(), Error> {
        if self.may(act, resource) {
            Ok(())
        } else if self.may(Act::Read, resource) {
            Err(Error::Denied)
        } else {
            Err(Error::NotFound)
        }
    }
}
