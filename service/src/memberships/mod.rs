//! Colleagues: who has access to a municipality's console, with which roles, and with which second factor.
//!
//! An organisation ends only its own access and resets a second factor only where it is the account's sole organisation. The last
//! administrator stays: otherwise nobody could let anybody in.

mod store;
mod view;

use domain::access::Role;
use domain::ids::AccountId;
use domain::names::Reason;
use domain::violations::{Violation, Violations};

use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::gate::{Caller, Resource, action};

pub(crate) use store::insert_roles;
pub use view::{MembershipFilter, MembershipList, MembershipRow, MembershipSort, MembershipView, Obstacle};

impl Service {
    /// Colleagues: filtered, sorted and paged, with two queries whatever the number of rows.
    ///
    /// # Errors
    /// [`Error::NotFound`] to a role that may not see colleagues.
    pub async fn list_memberships(&self, caller: &Caller, filter: &MembershipFilter) -> Result<MembershipList, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Membership).await?;
        let (members, total) = store::page(&scope, filter).await?;
        let roles = store::roles(&scope, &members).await?;
        drop(scope);
        let accounts: Vec<AccountId> = members.iter().map(|row| AccountId::from_uuid(row.account_id)).collect();
        let factors = self.second_factors(&accounts).await?;
        let rows = members.into_iter().map(|member| store::row(member, &roles, &factors)).collect();
        Ok(MembershipList { rows, total })
    }

    /// One colleague, with what stands against each act on them.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn membership(&self, caller: &Caller, account: AccountId) -> Result<MembershipView, Error> {
        let (scope, member) =
            self.gate.fetch::<_, entity::membership::Entity>(caller, action::Read, account.uuid()).await?;
        let roles = store::roles(&scope, std::slice::from_ref(&member)).await?;
        let last_admin = store::is_last_admin(&scope, account).await?;
        drop(scope);
        let factors = self.second_factors(&[account]).await?;
        let shared = !self.gate.is_sole_membership(account, caller.organisation()).await?;
        let revision = member.revision;
        Ok(MembershipView::of(caller, store::row(member, &roles, &factors), revision, last_admin, shared))
    }

    /// Gives a colleague exactly these roles.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`roles`, `reason`); [`Conflict::LastAdmin`]; [`Conflict::State`] if access was ended;
    /// [`Conflict::Stale`] if the row is not of this revision.
    pub async fn change_roles(
        &self,
        caller: &Caller,
        account: AccountId,
        revision: i64,
        roles: &[Role],
        reason: &str,
    ) -> Result<(), Error> {
        let mut violations = Violations::default();
        let reason = violations.check("reason", Reason::parse(reason));
        let roles = violations.check("roles", tenant_roles(roles));
        let (reason, roles) = violations.finish(reason.zip(roles))?;
        let (mut scope, member) =
            self.gate.fetch::<_, entity::membership::Entity>(caller, action::Update, account.uuid()).await?;
        if member.ended_at.is_some() {
            return Err(Conflict::State.into());
        }
        let before = store::roles_of(&scope, account).await?;
        if !roles.contains(&Role::Admin) && store::is_last_admin_locked(&scope, account).await? {
            return Err(Conflict::LastAdmin.into());
        }
        store::touch(&scope, account, revision, None).await?;
        store::delete_roles(&scope, account).await?;
        insert_roles(&scope, account, &roles).await?;
        scope.audit(Act {
            kind: ActKind::RolesChanged,
            object_kind: Resource::Membership.as_str(),
            object_id: account.to_string(),
            text: ActText {
                object: member.display_name,
                reason: reason.into(),
                before: lines(&before),
                after: lines(&roles),
            },
        });
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// Ends a colleague's access to this organisation; the account and its other organisations stay.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`reason`); [`Error::Denied`] for one's own access; [`Conflict::LastAdmin`]; [`Conflict::State`] if it
    /// was ended; [`Conflict::Stale`] if the row is not of this revision.
    pub async fn end_access(
        &self,
        caller: &Caller,
        account: AccountId,
        revision: i64,
        reason: &str,
    ) -> Result<(), Error> {
        let reason = Reason::parse(reason).map_err(|violation| Error::invalid("reason", violation))?;
        let (mut scope, member) =
            self.gate.fetch::<_, entity::membership::Entity>(caller, action::Remove, account.uuid()).await?;
        if caller.actor().account() == Some(account) {
            return Err(Error::Denied);
        }
        if member.ended_at.is_some() {
            return Err(Conflict::State.into());
        }
        let before = store::roles_of(&scope, account).await?;
        if store::is_last_admin_locked(&scope, account).await? {
            return Err(Conflict::LastAdmin.into());
        }
        store::touch(&scope, account, revision, Some(self.clock.seconds())).await?;
        store::delete_roles(&scope, account).await?;
        scope.audit(Act {
            kind: ActKind::MembershipEnded,
            object_kind: Resource::Membership.as_str(),
            object_id: account.to_string(),
            text: ActText {
                object: member.display_name,
                reason: reason.into(),
                before: lines(&before),
                after: Vec::new(),
            },
        });
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// Forgets a colleague's second factor and ends their sessions; the next sign-in enrols a new one.
    ///
    /// The entry in the audit trail comes first and in a transaction of its own, because accounts are no organisation's: an entry
    /// without its effect is asked for again, an effect without its entry would be hidden.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`reason`); [`Error::Denied`] for one's own; [`Conflict::SharedAccount`]; [`Conflict::State`] if access
    /// was ended; [`Error::NotFound`].
    pub async fn reset_second_factor(&self, caller: &Caller, account: AccountId, reason: &str) -> Result<(), Error> {
        let reason = Reason::parse(reason).map_err(|violation| Error::invalid("reason", violation))?;
        let sole = self.gate.is_sole_membership(account, caller.organisation()).await?;
        let mut scope = self.gate.open(caller, action::Remove, Resource::SecondFactor).await?;
        let member = store::get(&scope, account).await?;
        if caller.actor().account() == Some(account) {
            return Err(Error::Denied);
        }
        if member.ended_at.is_some() {
            return Err(Conflict::State.into());
        }
        if !sole {
            return Err(Conflict::SharedAccount.into());
        }
        scope.audit(Act {
            kind: ActKind::SecondFactorReset,
            object_kind: Resource::SecondFactor.as_str(),
            object_id: account.to_string(),
            text: ActText { object: member.display_name, reason: reason.into(), ..ActText::default() },
        });
        scope.commit().await?;
        self.forget_second_factor(account).await
    }
}

/// The roles in their order, each once: at least one, and none of another kind of organisation.
///
/// # Errors
/// [`Error::Invalid`] (`roles`).
pub(crate) fn roles_of_a_tenant(roles: &[Role]) -> Result<Vec<Role>, Error> {
    tenant_roles(roles).map_err(|violation| Error::invalid("roles", violation))
}

fn tenant_roles(roles: &[Role]) -> Result<Vec<Role>, Violation> {
    let mut held = roles.to_vec();
    held.sort_unstable();
    held.dedup();
    if held.is_empty() {
        Err(Violation::Required)
    } else if held.iter().any(|role| !Role::OF_A_TENANT.contains(role)) {
        Err(Violation::NotAllowed)
    } else {
        Ok(held)
    }
}

fn lines(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|role| role.as_str().to_owned()).collect()
}
