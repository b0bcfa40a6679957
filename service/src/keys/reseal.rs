//! Changing the master key: everything that is sealed under another one is sealed again under the current one, in small
//! transactions. What was done stays done when the program is killed; the next run goes on.
//!
//! Which master keys seal something is written down, so that no server starts without one that is still needed.

use domain::ids::AccountId;
use oidc::sealed::KeyId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::OnConflict};

use super::tenant;
use crate::Service;
use crate::accounts::totp_place;
use crate::audit::{Act, ActKind, ActText};
use crate::error::Error;
use crate::gate::{Organisation, Resource, Scope, SystemActor, action};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealing {
    /// Secrets that were sealed again by this run.
    pub done: u64,
    /// Secrets that are still sealed under another key.
    pub left: u64,
}

/// Accounts that are looked at in one transaction.
const BATCH: u64 = 100;

impl Service {
    /// Notes that the current master key seals from now on, unless something is sealed under a key that is not configured:
    /// then nothing is written, and the names of these keys are returned.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn adopt_master_key(&self) -> Result<Vec<u32>, Error> {
        use entity::master_key::{ActiveModel, Column, Entity};
        let scope = self.gate.platform_read().await?;
        let rows = scope.all(Entity::find()).await?;
        drop(scope);
        let names: Vec<KeyId> = rows.iter().filter_map(|row| u32::try_from(row.id).ok().map(KeyId)).collect();
        let missing: Vec<u32> = names.iter().filter(|name| !self.master.has(**name)).map(|name| name.0).collect();
        if missing.is_empty() && !names.contains(&self.master.id()) {
            let row = ActiveModel { id: Set(i64::from(self.master.id().0)), first_used_at: Set(self.clock.seconds()) };
            let scope = self.gate.platform_write().await?;
            let known = OnConflict::column(Column::Id).do_nothing_on([Column::Id]).to_owned();
            scope.insert_or::<Entity, _>(row, known).await?;
            scope.commit().await?;
        }
        Ok(missing)
    }

    /// Seals everything again that is not sealed under the current master key, and says after each transaction how far it is.
    /// With nothing left, the other keys are noted as sealing nothing.
    ///
    /// # Errors
    /// [`Error::Internal`] if something does not open; what was done before stays done.
    pub async fn reseal(&self, mut report: impl FnMut(Resealing)) -> Result<Resealing, Error> {
        let towns = self.gate.tenants().await?;
        let mut far = Resealing { done: 0, left: self.count_sealed_otherwise(&towns).await? };
        report(far);
        let mut add = |done: u64| {
            if done > 0 {
                far = Resealing { done: far.done + done, left: far.left.saturating_sub(done) };
                report(far);
            }
        };
        add(self.epochs.reseal().await?);
        let mut last = None;
        while let Some((account, done)) = self.reseal_accounts(last).await? {
            add(done);
            last = Some(account);
        }
        for town in &towns {
            add(self.reseal_town(town).await?);
        }
        // A server that still goes by the configuration from before may have sealed something meanwhile.
        far.left = self.count_sealed_otherwise(&towns).await?;
        if far.left == 0 {
            use entity::master_key::{Column, Entity};
            let scope = self.gate.platform_write().await?;
            scope.delete(Entity::delete_many().filter(Column::Id.ne(i64::from(self.master.id().0)))).await?;
            scope.commit().await?;
        }
        Ok(far)
    }

    async fn count_sealed_otherwise(&self, towns: &[Organisation]) -> Result<u64, Error> {
        let mut left = self.epochs.count_sealed_otherwise().await?;
        let mut last = None;
        loop {
            let rows = self.accounts_after(last).await?;
            let Some(row) = rows.last() else { break };
            last = Some(row.id);
            left += number(rows.iter().filter(|row| self.is_due(row.totp_secret.as_deref())).count());
        }
        for town in towns {
            left += number(self.town_rows(town).await?.len());
        }
        Ok(left)
    }

    fn is_due(&self, sealed: Option<&[u8]>) -> bool {
        sealed.is_some_and(|sealed| !sealed.is_empty() && !self.master.is_current(sealed))
    }

    async fn accounts_after(&self, last: Option<uuid::Uuid>) -> Result<Vec<entity::account::Model>, Error> {
        use entity::account::{Column, Entity};
        let accounts = Entity::find().filter(Column::TotpSecret.is_not_null()).order_by_asc(Column::Id).limit(BATCH);
        let accounts = match last {
            Some(last) => accounts.filter(Column::Id.gt(last)),
            None => accounts,
        };
        self.gate.platform_read().await?.all(accounts).await
    }

    /// The next accounts: the last one that was looked at, and how many secrets were sealed again.
    async fn reseal_accounts(&self, last: Option<uuid::Uuid>) -> Result<Option<(uuid::Uuid, u64)>, Error> {
        use entity::account::{ActiveModel, Column, Entity};
        let rows = self.accounts_after(last).await?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
        let mut again = Vec::new();
        for row in rows {
            let Some(before) = row.totp_secret else { continue };
            let place = totp_place(AccountId::from_uuid(row.id));
            if let Some(sealed) = self.master.reseal(self.rng, None, &place, &before)? {
                again.push((row.id, before, sealed));
            }
        }
        if again.is_empty() {
            return Ok(Some((last, 0)));
        }
        let scope = self.gate.platform_write().await?;
        let mut done = 0;
        for (account, before, sealed) in again {
            let change = Entity::update_many()
                .set(ActiveModel { totp_secret: Set(Some(sealed)), ..Default::default() })
                .filter(Column::Id.eq(account))
                // Enrolled anew meanwhile: that one is sealed under the current key.
                .filter(Column::TotpSecret.eq(before));
            done += scope.update(change).await?;
        }
        scope.commit().await?;
        Ok(Some((last, done)))
    }

    /// What of a municipality is sealed under another key.
    async fn town_rows(&self, town: &Organisation) -> Result<Vec<entity::tenant_key::Model>, Error> {
        let caller = self.gate.system(SystemActor::KeyOperator, town);
        let scope = self.gate.open(&caller, action::Read, Resource::TenantKey).await?;
        let mut rows = scope.find::<entity::tenant_key::Entity>().all().await?;
        rows.retain(|row| self.is_due(Some(&row.sealed)));
        Ok(rows)
    }

    async fn reseal_town(&self, town: &Organisation) -> Result<u64, Error> {
        use entity::tenant_key::{Column, Entity};
        if self.town_rows(town).await?.is_empty() {
            return Ok(0);
        }
        let caller = self.gate.system(SystemActor::KeyOperator, town);
        let mut scope = self.gate.open(&caller, action::Update, Resource::TenantKey).await?;
        let mut done = 0;
        for row in scope.find::<Entity>().locked().all().await? {
            if row.sealed.is_empty() {
                continue;
            }
            let place = tenant::place(&row.purpose, row.number);
            let Some(sealed) = self.master.reseal(self.rng, Some(town.id), &place, &row.sealed)? else { continue };
            scope
                .update_many::<Entity>()
                .set(Column::Sealed, sealed)
                .filter(Column::Purpose.eq(row.purpose))
                .filter(Column::Number.eq(row.number))
                .exec_one()
                .await?;
            done += 1;
        }
        let text = ActText { object: done.to_string(), ..ActText::default() };
        scope.audit(Act {
            kind: ActKind::KeysResealed,
            object_kind: Resource::TenantKey.as_str(),
            object_id: town.slug.clone(),
            text,
        });
        scope.commit().await?;
        Ok(done)
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
