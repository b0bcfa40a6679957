//! Roles of the people who work in a console. What a role may do is the policy's (`service::gate`), not this crate's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A role within one organisation; a person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 管理者: staff, settings, credentials; drafts as well.
    Admin,
    /// 起案者: drafts configuration and submits it.
    Drafter,
    /// 決裁者: approves or sends back what others drafted.
    Approver,
    /// 統計閲覧者: reads the published figures.
    Analyst,
    /// 監査人: reads configuration and the audit trail.
    Auditor,
    /// A vendor's administrator.
    VendorAdmin,
    /// A vendor's developer.
    VendorDeveloper,
    /// 運営者: creates municipalities, watches health and keys.
    Operator,
    /// The operator's help desk.
    Support,
}

impl Role {
    /// Every role, in the order in which pages list them.
    pub const ALL: [Role; 9] = [
        Role::Admin,
        Role::Drafter,
        Role::Approver,
        Role::Analyst,
        Role::Auditor,
        Role::VendorAdmin,
        Role::VendorDeveloper,
        Role::Operator,
        Role::Support,
    ];

    /// The roles that a municipality gives.
    pub const OF_A_TENANT: [Role; 5] = [Role::Admin, Role::Drafter, Role::Approver, Role::Analyst, Role::Auditor];

    /// The name in policy lines, columns and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Drafter => "drafter",
            Role::Approver => "approver",
            Role::Analyst => "analyst",
            Role::Auditor => "auditor",
            Role::VendorAdmin => "vendor_admin",
            Role::VendorDeveloper => "vendor_developer",
            Role::Operator => "operator",
            Role::Support => "support",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No role has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}
