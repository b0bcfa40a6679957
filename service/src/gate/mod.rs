//! The gate: no decision, no database.
//!
//! Server functions are called directly while a page is rendered, where no router layer runs; a check that each use-case must
//! remember would be forgotten. So the decision lives in types: a store takes a scope, scopes are made here alone, and only
//! after the policy said yes. The pools are private; nothing else in the workspace owns a connection.

mod caller;
mod connection;
mod counted;
mod epochs;
mod files;
mod guarded;
#[cfg(test)]
mod isolation_tests;
mod joined;
mod lending;
mod outbox;
mod platform;
mod policy;
mod pools;
mod resident;
mod resource;
mod scope;
mod soon;
mod statement_guard;
mod transaction;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::access::Role;
use domain::ids::{AccountId, OrganisationId};
use domain::names::TenantSlug;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

pub use caller::{Actor, Caller, Colleague, SystemActor};
pub(crate) use epochs::{EpochRow, EpochStore};
pub use guarded::{Fetched, Guarded};
pub(crate) use joined::{
    AsOf, EligibilityColumns, FamilyStanding, SessionColumns, change_and_find_family_standing, find_family_standing,
    find_standing,
};
pub(crate) use platform::PlatformScope;
pub use pools::DatabaseSettings;
pub(crate) use resident::{ResidentCaller, ResidentScope};
pub use resource::{Act, Action, Resource, action};
pub use scope::{Delete, Find, ReadScope, Scope, Update, WriteScope};

use self::connection::{Bound, Connection};
use self::policy::Permissions;
use self::pools::{Mode, Pools};
use self::scope::{Open, Opened};
use crate::audit;
use crate::error::Error;

/// An organisation as every request needs it: which one, and the generation of its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its identifier.
    pub id: OrganisationId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name, Japanese.
    pub name_ja: String,
    /// Its name, English.
    pub name_en: String,
    /// Rises with every change of configuration, membership or key: the key of caches.
    pub generation: i64,
}

/// One organisation that an account belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belonging {
    /// The organisation.
    pub organisation: Organisation,
    /// The person there.
    pub colleague: Colleague,
}

/// Decides, and opens the database for what was decided.
pub struct Gate {
    pools: Pools,
    audit: audit::Ink,
    /// What a caller may do, by (account, organisation, its generation); a changed role changes the generation.
    permissions: Mutex<HashMap<(AccountId, OrganisationId), (i64, Permissions)>>,
    resident: Permissions,
    system: HashMap<SystemActor, Permissions>,
}

/// Callers whose permissions are kept; beyond, all are forgotten and asked for again.
const PERMISSIONS_KEPT: usize = 10_000;

impl Gate {
    /// Connects to the database and asks the policy about the actors that are always there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is no database; [`Error::Internal`] if the policy is broken or the role too powerful.
    pub(crate) async fn connect(settings: &DatabaseSettings, audit: audit::Ink) -> Result<Self, Error> {
        let mut system = HashMap::new();
        for actor in SystemActor::ALL {
            system.insert(actor, policy::permissions(actor.as_str(), "any", &[actor.as_str()]).await?);
        }
        Ok(Self {
            pools: Pools::connect(settings).await?,
            audit,
            permissions: Mutex::default(),
            resident: policy::permissions("resident", "any", &["resident"]).await?,
            system,
        })
    }

    /// Collections and creation: decides, then opens a scope of the kind that the action needs, bound to the organisation.
    ///
    /// # Errors
    /// [`Error::Denied`] to somebody who may at least read the resource, else [`Error::NotFound`].
    pub async fn open<A: Action>(&self, caller: &Caller, _action: A, on: Resource) -> Result<A::Scope, Error> {
        caller.require(A::ACT, on)?;
        self.scope(caller).await
    }

    /// One row: loads it inside the organisation (locked, if the action writes), decides on what was loaded.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not this organisation's, or may not be read; [`Error::Denied`].
    pub async fn fetch<A: Action, E: Fetched>(
        &self,
        caller: &Caller,
        _action: A,
        id: Uuid,
    ) -> Result<(A::Scope, E::Model), Error>
    where
        E::Model: Send + Sync,
    {
        caller.require(A::ACT, E::RESOURCE)?;
        let scope: A::Scope = self.scope(caller).await?;
        let query = scope.find::<E>().filter(E::id().eq(id));
        let row = if A::Scope::WRITES { query.locked() } else { query }.get().await?;
        Ok((scope, row))
    }

    /// As [`Gate::open`] for one reading by itself, which needs no transaction around it; a second one is refused.
    ///
    /// # Errors
    /// As [`Gate::open`].
    pub(crate) async fn glance(&self, caller: &Caller, on: Resource) -> Result<ReadScope, Error> {
        caller.require(Act::Read, on)?;
        self.scope_of(caller, Mode::Glance).await
    }

    async fn scope<S: Open>(&self, caller: &Caller) -> Result<S, Error> {
        self.scope_of(caller, if S::WRITES { Mode::Write } else { Mode::Read }).await
    }

    async fn scope_of<S: Open>(&self, caller: &Caller, mode: Mode) -> Result<S, Error> {
        let bound = Bound::Organisation(caller.organisation.uuid());
        Ok(S::assemble(Opened {
            connection: Connection::new(self.pools.begin(mode, bound).await?, Some(bound)),
            organisation: caller.organisation,
            actor: caller.actor.clone(),
            pen: self.audit.pen(),
        }))
    }

    /// A transaction over platform tables that reads.
    pub(crate) async fn platform_read(&self) -> Result<PlatformScope, Error> {
        Ok(PlatformScope::new(self.platform(Mode::Read).await?))
    }

    /// A transaction over platform tables that writes.
    pub(crate) async fn platform_write(&self) -> Result<PlatformScope, Error> {
        Ok(PlatformScope::new(self.platform(Mode::Write).await?))
    }

    async fn platform(&self, mode: Mode) -> Result<Connection, Error> {
        Ok(Connection::new(self.pools.begin(mode, Bound::Platform).await?, Some(Bound::Platform)))
    }

    /// What audit entries are written and verified with.
    pub(crate) fn ink(&self) -> &audit::Ink {
        &self.audit
    }

    /// Answers if the database answers.
    pub(crate) async fn ping(&self) -> Result<(), Error> {
        self.pools.ping().await
    }

    /// The organisation that a URL names.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn organisation(&self, slug: &TenantSlug) -> Result<Organisation, Error> {
        use entity::organisation::{Column, Entity};
        let glance = PlatformScope::new(self.platform(Mode::Glance).await?);
        let row = glance.one(Entity::find().filter(Column::Slug.eq(slug.as_str()))).await?;
        row.map(Organisation::from).ok_or(Error::NotFound)
    }

    /// Every municipality, for work that goes through all of them.
    pub(crate) async fn tenants(&self) -> Result<Vec<Organisation>, Error> {
        use entity::organisation::{Column, Entity};
        let scope = self.platform_read().await?;
        let rows = scope.all(Entity::find().filter(Column::Kind.eq("tenant"))).await?;
        Ok(rows.into_iter().map(Organisation::from).collect())
    }

    /// A member of staff as a caller: the account is the session's, the organisation the URL's, the roles are looked up now.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the account does not belong to the organisation (any longer).
    pub(crate) async fn staff(&self, account: AccountId, slug: &TenantSlug) -> Result<(Caller, Organisation), Error> {
        let organisation = self.organisation(slug).await?;
        let colleague = self.colleague(account, organisation.id).await?.ok_or(Error::NotFound)?;
        let permissions = self.permissions(&colleague, &organisation).await?;
        let caller = Caller {
            actor: Actor::Staff(account),
            organisation: organisation.id,
            generation: organisation.generation,
            permissions,
            colleague: Some(colleague),
        };
        Ok((caller, organisation))
    }

    /// The organisations that an account belongs to, by name.
    pub(crate) async fn belongings(&self, account: AccountId) -> Result<Vec<Belonging>, Error> {
        let colleagues = self.colleagues_of(account, None).await?;
        let named = self.organisations(colleagues.iter().map(|(organisation, _)| organisation.uuid())).await?;
        let mut organisations: HashMap<_, Organisation> =
            named.into_iter().map(|organisation| (organisation.id, organisation)).collect();
        let mut belongings: Vec<Belonging> = colleagues
            .into_iter()
            .filter_map(|(id, colleague)| Some(Belonging { organisation: organisations.remove(&id)?, colleague }))
            .collect();
        belongings.sort_by(|one, other| one.organisation.slug.cmp(&other.organisation.slug));
        Ok(belongings)
    }

    /// The organisations that an account belonged to and does not any more.
    pub(crate) async fn formerly(&self, account: AccountId) -> Result<Vec<Organisation>, Error> {
        use entity::membership::{Column, Entity};
        let bound = Bound::Account(account.uuid());
        let connection = Connection::new(self.pools.begin(Mode::Read, bound).await?, Some(bound));
        let ended = Entity::find().filter(Column::AccountId.eq(account.uuid())).filter(Column::EndedAt.is_not_null());
        let ended = ended.all(&connection).await?;
        drop(connection);
        self.organisations(ended.into_iter().map(|row| row.organisation_id)).await
    }

    async fn organisations(&self, ids: impl Iterator<Item = Uuid>) -> Result<Vec<Organisation>, Error> {
        use entity::organisation::{Column, Entity};
        let scope = self.platform_read().await?;
        let rows = scope.all(Entity::find().filter(Column::Id.is_in(ids))).await?;
        Ok(rows.into_iter().map(Organisation::from).collect())
    }

    async fn colleague(&self, account: AccountId, organisation: OrganisationId) -> Result<Option<Colleague>, Error> {
        let mut colleagues = self.colleagues_of(account, Some(organisation)).await?;
        Ok(colleagues.pop().map(|(_, colleague)| colleague))
    }

    /// Memberships by account: the one reading across organisations, by the account's own policy and never for anybody else.
    async fn colleagues_of(
        &self,
        account: AccountId,
        only: Option<OrganisationId>,
    ) -> Result<Vec<(OrganisationId, Colleague)>, Error> {
        use entity::{membership, membership_role};
        let bound = Bound::Account(account.uuid());
        let connection = Connection::new(self.pools.begin(Mode::Read, bound).await?, Some(bound));
        let memberships = membership::Entity::find()
            .filter(membership::Column::AccountId.eq(account.uuid()))
            .filter(membership::Column::EndedAt.is_null());
        let roles = membership_role::Entity::find().filter(membership_role::Column::AccountId.eq(account.uuid()));
        let (memberships, roles) = match only {
            Some(organisation) => (
                memberships.filter(membership::Column::OrganisationId.eq(organisation.uuid())),
                roles.filter(membership_role::Column::OrganisationId.eq(organisation.uuid())),
            ),
            None => (memberships, roles),
        };
        let memberships = memberships.all(&connection).await?;
        let roles = roles.all(&connection).await?;
        Ok(memberships
            .into_iter()
            .map(|row| {
                let mut held: Vec<Role> = roles
                    .iter()
                    .filter(|role| role.organisation_id == row.organisation_id)
                    .filter_map(|role| role.role.parse().ok())
                    .collect();
                held.sort_unstable();
                let colleague =
                    Colleague { account, display_name: row.display_name, department: row.department, roles: held };
                (OrganisationId::from_uuid(row.organisation_id), colleague)
            })
            .collect())
    }

    /// Whether the account belongs to this organisation and to no other. Says nothing more about the others.
    pub(crate) async fn is_sole_membership(
        &self,
        account: AccountId,
        organisation: OrganisationId,
    ) -> Result<bool, Error> {
        let colleagues = self.colleagues_of(account, None).await?;
        Ok(matches!(colleagues.as_slice(), [(only, _)] if *only == organisation))
    }

    async fn permissions(&self, colleague: &Colleague, organisation: &Organisation) -> Result<Permissions, Error> {
        let key = (colleague.account, organisation.id);
        let known = self.permissions.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some((generation, permissions)) = known
            && generation == organisation.generation
        {
            return Ok(permissions);
        }
        let roles: Vec<&str> = colleague.roles.iter().map(|role| role.as_str()).collect();
        let permissions =
            policy::permissions(&colleague.account.to_string(), &organisation.id.to_string(), &roles).await?;
        let mut kept = self.permissions.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= PERMISSIONS_KEPT {
            kept.clear();
        }
        kept.insert(key, (organisation.generation, permissions));
        Ok(permissions)
    }

    /// The roles that the policy lets do this.
    pub(crate) async fn roles_that_may(&self, act: Act, resource: Resource) -> Result<Vec<Role>, Error> {
        let mut roles = Vec::new();
        for role in Role::ALL {
            if policy::permissions(role.as_str(), "any", &[role.as_str()]).await?.allow(act, resource) {
                roles.push(role);
            }
        }
        Ok(roles)
    }

    /// A part of the product as a caller, with its own policy lines.
    pub(crate) fn system(&self, actor: SystemActor, organisation: &Organisation) -> Caller {
        Caller {
            actor: Actor::System(actor),
            organisation: organisation.id,
            generation: organisation.generation,
            permissions: self.system.get(&actor).copied().unwrap_or_default(),
            colleague: None,
        }
    }
}

impl From<entity::organisation::Model> for Organisation {
    fn from(row: entity::organisation::Model) -> Self {
        Self {
            id: OrganisationId::from_uuid(row.id),
            slug: row.slug,
            name_ja: row.name_ja,
            name_en: row.name_en,
            generation: row.generation,
        }
    }
}
