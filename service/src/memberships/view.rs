//! Colleagues as pages show them.

use domain::access::Role;
use domain::ids::AccountId;

use crate::gate::{Act, Caller, Resource};

/// In which order colleagues are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum MembershipSort {
    /// By name.
    #[default]
    Name,
    /// By department, then name.
    Department,
    /// By when access was given.
    Created,
}

/// Which colleagues a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipFilter {
    /// Part of a name, a department or a mail address; case does not matter.
    pub search: String,
    /// Those who hold this role.
    pub role: Option<Role>,
    /// Those whose access was ended, instead of those who have it.
    pub ended: bool,
    /// In which order.
    pub sort: MembershipSort,
    /// The other way round.
    pub descending: bool,
    /// Colleagues to skip.
    pub offset: u64,
    /// Colleagues to show.
    pub limit: u64,
}

impl Default for MembershipFilter {
    /// The first 25 by name.
    fn default() -> Self {
        Self {
            search: String::new(),
            role: None,
            ended: false,
            sort: MembershipSort::Name,
            descending: false,
            offset: 0,
            limit: 25,
        }
    }
}

/// A colleague in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipRow {
    /// The account.
    pub account: AccountId,
    /// Name.
    pub display_name: String,
    /// Department (課・係).
    pub department: String,
    /// Mail address.
    pub mail: String,
    /// Roles, in the order of [`Role::ALL`].
    pub roles: Vec<Role>,
    /// Since when there is a second factor, in seconds.
    pub second_factor_since: Option<i64>,
    /// Since when there is access, in seconds.
    pub created_at: i64,
    /// When access was ended, in seconds.
    pub ended_at: Option<i64>,
}

/// A page of colleagues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipList {
    /// The rows of this page.
    pub rows: Vec<MembershipRow>,
    /// How many there are on all pages.
    pub total: u64,
}

/// Why an act on a colleague is not offered. The page disables the button and says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// The caller's roles do not permit it.
    Role,
    /// It is the caller's own.
    Oneself,
    /// It is the last administrator.
    LastAdmin,
    /// The account belongs to other organisations too; the operator does it.
    SharedAccount,
    /// There is no second factor to reset.
    NothingToReset,
    /// Access was ended.
    Ended,
}

/// A colleague with what the caller may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipView {
    /// Who it is.
    pub row: MembershipRow,
    /// The revision that a change names.
    pub revision: i64,
    /// What stands against changing roles.
    pub change_roles: Result<(), Obstacle>,
    /// What stands against ending access.
    pub end_access: Result<(), Obstacle>,
    /// What stands against resetting the second factor.
    pub reset_second_factor: Result<(), Obstacle>,
}

impl MembershipView {
    pub(super) fn of(caller: &Caller, row: MembershipRow, revision: i64, last_admin: bool, shared: bool) -> Self {
        let oneself = caller.actor().account() == Some(row.account);
        let ended = row.ended_at.is_some();
        let stands = |permitted: bool, obstacles: &[(bool, Obstacle)]| {
            let always = [(!permitted, Obstacle::Role), (ended, Obstacle::Ended)];
            let first = always.iter().chain(obstacles).find(|(stands, _)| *stands);
            first.map_or(Ok(()), |(_, obstacle)| Err(*obstacle))
        };
        Self {
            change_roles: stands(caller.may(Act::Update, Resource::Membership), &[]),
            end_access: stands(
                caller.may(Act::Remove, Resource::Membership),
                &[(oneself, Obstacle::Oneself), (last_admin, Obstacle::LastAdmin)],
            ),
            reset_second_factor: stands(
                caller.may(Act::Remove, Resource::SecondFactor),
                &[
                    (oneself, Obstacle::Oneself),
                    (row.second_factor_since.is_none(), Obstacle::NothingToReset),
                    (shared, Obstacle::SharedAccount),
                ],
            ),
            revision,
            row,
        }
    }
}
