//! Rows of memberships and their roles.

use std::collections::HashMap;

use domain::access::Role;
use domain::ids::AccountId;
use entity::membership::{Column, Entity, Model};
use entity::membership_role;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, Order, Set};

use super::view::{MembershipFilter, MembershipRow, MembershipSort};
use crate::error::Error;
use crate::gate::{Find, Scope, WriteScope};

/// One page, and how many rows there are on all.
pub(super) async fn page(scope: &impl Scope, filter: &MembershipFilter) -> Result<(Vec<Model>, u64), Error> {
    let total = matching(scope, filter).count().await?;
    let order = if filter.descending { Order::Desc } else { Order::Asc };
    let found = matching(scope, filter);
    let sorted = match filter.sort {
        MembershipSort::Name => found.order_by(Column::DisplayName, order),
        MembershipSort::Department => {
            found.order_by(Column::Department, order).order_by(Column::DisplayName, Order::Asc)
        }
        MembershipSort::Created => found.order_by(Column::CreatedAt, order),
    };
    // The key decides between equals, so that no row is on two pages.
    let sorted = sorted.order_by(Column::AccountId, Order::Asc);
    let rows = sorted.page(filter.offset, filter.limit).all().await?;
    Ok((rows, total))
}

fn matching<'s>(scope: &'s impl Scope, filter: &MembershipFilter) -> Find<'s, Entity> {
    let found = scope.find::<Entity>();
    let ended = if filter.ended { Column::EndedAt.is_not_null() } else { Column::EndedAt.is_null() };
    let mut found = found.filter(ended);
    if let Some(role) = filter.role {
        let holders = Query::select()
            .column((membership_role::Entity, membership_role::Column::AccountId))
            .from(membership_role::Entity)
            .and_where(membership_role::Column::OrganisationId.eq(scope.organisation().uuid()))
            .and_where(membership_role::Column::Role.eq(role.as_str()))
            .to_owned();
        found = found.filter(Column::AccountId.in_subquery(holders));
    }
    let search = filter.search.trim().to_lowercase();
    if !search.is_empty() {
        let escaped = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = format!("%{escaped}%");
        let holds = |column: Column| {
            Expr::expr(Func::lower(Expr::col((Entity, column)))).like(LikeExpr::new(pattern.clone()).escape('\\'))
        };
        let anywhere =
            Condition::any().add(holds(Column::DisplayName)).add(holds(Column::Department)).add(holds(Column::Mail));
        found = found.filter(anywhere);
    }
    found
}

/// The roles of several members at once.
pub(super) async fn roles(scope: &impl Scope, members: &[Model]) -> Result<HashMap<Uuid, Vec<Role>>, Error> {
    let ids = members.iter().map(|member| member.account_id);
    let rows =
        scope.find::<membership_role::Entity>().filter(membership_role::Column::AccountId.is_in(ids)).all().await?;
    let mut held: HashMap<_, Vec<Role>> = HashMap::new();
    for row in rows {
        if let Ok(role) = row.role.parse() {
            held.entry(row.account_id).or_default().push(role);
        }
    }
    held.values_mut().for_each(|roles| roles.sort_unstable());
    Ok(held)
}

pub(super) async fn roles_of(scope: &impl Scope, account: AccountId) -> Result<Vec<Role>, Error> {
    let rows = scope
        .find::<membership_role::Entity>()
        .filter(membership_role::Column::AccountId.eq(account.uuid()))
        .all()
        .await?;
    let mut held: Vec<Role> = rows.iter().filter_map(|row| row.role.parse().ok()).collect();
    held.sort_unstable();
    Ok(held)
}

pub(super) fn row(member: Model, roles: &HashMap<Uuid, Vec<Role>>, factors: &HashMap<AccountId, i64>) -> MembershipRow {
    let account = AccountId::from_uuid(member.account_id);
    MembershipRow {
        account,
        roles: roles.get(&member.account_id).cloned().unwrap_or_default(),
        second_factor_since: factors.get(&account).copied(),
        display_name: member.display_name,
        department: member.department,
        mail: member.mail,
        created_at: member.created_at,
        ended_at: member.ended_at,
    }
}

pub(super) async fn get(scope: &impl Scope, account: AccountId) -> Result<Model, Error> {
    scope.find::<Entity>().filter(Column::AccountId.eq(account.uuid())).get().await
}

fn admins(scope: &impl Scope) -> Find<'_, membership_role::Entity> {
    // Ended memberships have no roles, so every row here counts.
    scope
        .find::<membership_role::Entity>()
        .filter(membership_role::Column::Role.eq(Role::Admin.as_str()))
        .order_by(membership_role::Column::AccountId, Order::Asc)
}

/// Whether this is the only administrator.
pub(super) async fn is_last_admin(scope: &impl Scope, account: AccountId) -> Result<bool, Error> {
    Ok(only(&admins(scope).all().await?, account))
}

/// As [`is_last_admin`], and nobody else can take the role from the others until the transaction ends: two administrators
/// who remove each other at the same moment must not both succeed.
pub(super) async fn is_last_admin_locked(scope: &WriteScope, account: AccountId) -> Result<bool, Error> {
    Ok(only(&admins(scope).locked().all().await?, account))
}

fn only(admins: &[membership_role::Model], account: AccountId) -> bool {
    matches!(admins, [only] if only.account_id == account.uuid())
}

/// Raises revision and generation of a membership that is of this revision; ends it, if a time is given.
pub(super) async fn touch(
    scope: &WriteScope,
    account: AccountId,
    revision: i64,
    ended_at: Option<i64>,
) -> Result<(), Error> {
    let update = scope.update_many::<Entity>().add(Column::Revision, 1).add(Column::Generation, 1);
    let update = if ended_at.is_some() { update.set(Column::EndedAt, ended_at) } else { update };
    update.filter(Column::AccountId.eq(account.uuid())).filter(Column::Revision.eq(revision)).exec_one().await
}

pub(super) async fn delete_roles(scope: &WriteScope, account: AccountId) -> Result<(), Error> {
    scope
        .delete_many::<membership_role::Entity>()
        .filter(membership_role::Column::AccountId.eq(account.uuid()))
        .exec()
        .await?;
    Ok(())
}

/// Writes the roles of a member who has none.
pub(crate) async fn insert_roles(scope: &WriteScope, account: AccountId, roles: &[Role]) -> Result<(), Error> {
    let rows: Vec<_> = roles
        .iter()
        .map(|role| membership_role::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            account_id: Set(account.uuid()),
            role: Set(role.as_str().to_owned()),
        })
        .collect();
    scope.insert_all::<membership_role::Entity, _>(rows).await
}
