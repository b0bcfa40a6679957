//! Municipalities, first accounts and memberships, as the operator's command line and the demo's seed create them.
//!
//! Everything here can be said twice: what is there already stays as it is and is reported as such, and a creation that was cut
//! off between its transactions is finished by the next.

mod departure;
mod new;

use domain::calendar::Month;
use domain::ids::AccountId;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::violations::Violation;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

pub use departure::AccountDeletion;
pub use new::{NewMembership, NewStaffAccount, NewTenant, Population, Provisioned, TenantMode};

use crate::Service;
use crate::accounts::{NewAccount, check_new};
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::gate::{Caller, Organisation, Resource, Scope, SystemActor, WriteScope, action};
use crate::{federation, jobs, keys, usage};

impl Service {
    /// Creates a municipality with its keys and the first entry of its audit trail.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a code that no municipality has; [`Conflict::Exists`] if another municipality has the slug.
    pub async fn create_tenant(&self, new: &NewTenant) -> Result<Provisioned<Organisation>, Error> {
        new::municipality(new.code)?;
        for (field, colour) in [("accent_light", &new.accent_light), ("accent_dark", &new.accent_dark)] {
            let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6);
            if !digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())) {
                return Err(Error::invalid(field, Violation::Malformed));
            }
        }
        let organisation = self.find_or_create_organisation(new).await?;
        let caller = self.provisioner(&organisation);
        let mut scope = self.gate.open(&caller, action::Create, Resource::Tenant).await?;
        if let Some(row) = scope.find::<entity::tenant::Entity>().one().await? {
            let same = row.code == new.code.to_string() && row.mode == new.mode.as_str();
            return if same { Ok(Provisioned::Existed(organisation)) } else { Err(Conflict::Exists.into()) };
        }
        scope.insert::<entity::tenant::Entity, _>(new.row()).await?;
        keys::create(&scope, &self.master, self.rng, self.rotation, self.clock.seconds()).await?;
        scope.enqueue(jobs::Kind::CloseMonth, usage::first_closing(self.clock.now())).await?;
        federation::watch_ends(&scope, Month::at(self.clock.now())).await?;
        scope.audit(Act {
            kind: ActKind::TenantCreated,
            object_kind: Resource::Tenant.as_str(),
            object_id: new.slug.to_string(),
            text: ActText {
                object: new.name.get(Locale::Ja).to_owned(),
                after: vec![format!("code: {}", new.code), format!("mode: {}", new.mode.as_str())],
                ..ActText::default()
            },
        });
        scope.commit().await?;
        Ok(Provisioned::Created(organisation))
    }

    /// The row that everything of the municipality hangs on. It belongs to nobody and so has a transaction of its own.
    async fn find_or_create_organisation(&self, new: &NewTenant) -> Result<Organisation, Error> {
        use entity::organisation::{ActiveModel, Column, Entity};
        let scope = self.gate.platform_write().await?;
        let find = || Entity::find().filter(Column::Slug.eq(new.slug.as_str()));
        if let Some(row) = scope.one(find()).await? {
            return if row.kind == "tenant" { Ok(row.into()) } else { Err(Conflict::Exists.into()) };
        }
        let row = ActiveModel {
            id: Set(self.rng.uuid_v7(&self.clock)?),
            kind: Set("tenant".to_owned()),
            slug: Set(new.slug.to_string()),
            name_ja: Set(new.name.get(Locale::Ja).to_owned()),
            name_en: Set(new.name.get(Locale::En).to_owned()),
            generation: Set(1),
            created_at: Set(self.clock.seconds()),
        };
        scope.insert::<Entity, _>(row).await?;
        let row = scope.one(find()).await?.ok_or_else(|| Error::internal("an organisation that was just written"))?;
        scope.commit().await?;
        Ok(row.into())
    }

    /// Creates an account. One that is there keeps its password and second factor.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`password`).
    pub async fn create_account(&self, new: &NewStaffAccount) -> Result<Provisioned<AccountId>, Error> {
        check_new(&new.password, new.mail.as_str()).map_err(|violation| Error::invalid("password", violation))?;
        if let Some(account) = self.find_account(&new.mail).await? {
            return Ok(Provisioned::Existed(account));
        }
        let now = self.clock.seconds();
        let id = AccountId::from_uuid(self.rng.uuid_v7(&self.clock)?);
        let totp = match &new.totp_secret {
            Some(secret) => Some((self.seal_totp_secret(id, secret.as_slice())?, now)),
            None => None,
        };
        let password_hash = self.passwords.hash(&self.passwords.turn()?, &new.password).await?;
        let account = NewAccount { id, mail: new.mail.to_string(), password_hash, totp, created_at: now };
        self.insert_account(account).await?;
        Ok(Provisioned::Created(id))
    }

    /// Gives an account access to a municipality, again if it was ended. One that has access keeps its roles.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a municipality; [`Error::Invalid`] (`roles`) for no role or a foreign one.
    pub async fn create_membership(
        &self,
        slug: &TenantSlug,
        new: &NewMembership,
    ) -> Result<Provisioned<AccountId>, Error> {
        use entity::membership::{Column, Entity};
        let roles = crate::memberships::roles_of_a_tenant(&new.roles)?;
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.provisioner(&organisation);
        let mut scope = self.gate.open(&caller, action::Create, Resource::Membership).await?;
        let before = scope.find::<Entity>().filter(Column::AccountId.eq(new.account.uuid())).locked().one().await?;
        match before {
            Some(row) if row.ended_at.is_none() => return Ok(Provisioned::Existed(new.account)),
            Some(row) => {
                scope
                    .update_many::<Entity>()
                    .set(Column::DisplayName, new.display_name.as_str())
                    .set(Column::Department, new.department.as_str())
                    .set(Column::Mail, new.mail.as_str())
                    .set(Column::EndedAt, None::<i64>)
                    .add(Column::Generation, 1)
                    .add(Column::Revision, 1)
                    .filter(Column::AccountId.eq(new.account.uuid()))
                    .filter(Column::Revision.eq(row.revision))
                    .exec_one()
                    .await?;
            }
            None => insert_membership(&scope, new, self.clock.seconds()).await?,
        }
        crate::memberships::insert_roles(&scope, new.account, &roles).await?;
        scope.audit(Act {
            kind: ActKind::MembershipCreated,
            object_kind: Resource::Membership.as_str(),
            object_id: new.account.to_string(),
            text: ActText {
                object: new.display_name.to_string(),
                after: roles.iter().map(|role| role.as_str().to_owned()).collect(),
                ..ActText::default()
            },
        });
        scope.bump_generation().await?;
        scope.commit().await?;
        Ok(Provisioned::Created(new.account))
    }

    fn provisioner(&self, organisation: &Organisation) -> Caller {
        self.gate.system(SystemActor::Provisioner, organisation)
    }
}

async fn insert_membership(scope: &WriteScope, new: &NewMembership, now: i64) -> Result<(), Error> {
    use entity::membership::{ActiveModel, Entity};
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        account_id: Set(new.account.uuid()),
        display_name: Set(new.display_name.to_string()),
        department: Set(new.department.clone()),
        mail: Set(new.mail.to_string()),
        generation: Set(1),
        created_at: Set(now),
        ended_at: Set(None),
        revision: Set(1),
    };
    scope.insert::<Entity, _>(row).await
}
