//! What has expired is deleted: token families within minutes of their last token, sessions of residents after their end,
//! epoch keys that open nothing any more.

use sea_orm::{ColumnTrait, Condition};

use super::code::TOKEN_SECONDS;
use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, Resource, Scope, SystemActor, action};

impl Service {
    /// Deletes what has expired, one town after the other. Returns how many rows went.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn sweep_expired(&self) -> Result<u64, Error> {
        self.sweep_part(0, 1).await
    }

    /// As [`Service::sweep_expired`] for one of `parts` equal parts of the towns: so that a thousand of them are not looked
    /// at in one go.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn sweep_part(&self, part: usize, parts: usize) -> Result<u64, Error> {
        self.epochs.destroy_expired().await?;
        let mut swept = 0;
        for organisation in self.gate.tenants().await?.iter().skip(part).step_by(parts.max(1)) {
            swept += self.sweep(organisation).await? + self.sweep_desk(organisation).await?;
            swept += self.sweep_relink_requests(organisation).await?;
        }
        Ok(swept)
    }

    /// Looks first and writes only where something is to go: a quiet town costs three readings.
    async fn sweep(&self, organisation: &Organisation) -> Result<u64, Error> {
        use entity::{resident_session, spent_id, token_family};
        let now = self.clock.seconds();
        let caller = self.gate.system(SystemActor::OidcProvider, organisation);
        let glance = self.gate.glance(&caller, Resource::TokenFamily).await?;
        let family = glance.find::<token_family::Entity>().filter(family_is_over(now)).one().await?;
        drop(glance);
        if family.is_none() {
            let glance = self.gate.glance(&caller, Resource::TokenFamily).await?;
            let ended = resident_session::Column::ExpiresAt.lte(now);
            let session = glance.find::<resident_session::Entity>().filter(ended).one().await?;
            drop(glance);
            let glance = self.gate.glance(&caller, Resource::TokenFamily).await?;
            let over = spent_id::Column::ExpiresAt.lte(now);
            if session.is_none() && glance.find::<spent_id::Entity>().filter(over).one().await?.is_none() {
                return Ok(0);
            }
        }
        let scope = self.gate.open(&caller, action::Remove, Resource::TokenFamily).await?;
        // Their refresh tokens go with them.
        let families = scope.delete_many::<token_family::Entity>().filter(family_is_over(now)).exec().await?;
        let sessions = scope
            .delete_many::<resident_session::Entity>()
            .filter(resident_session::Column::ExpiresAt.lte(now))
            .exec()
            .await?;
        let spent = scope.delete_many::<spent_id::Entity>().filter(spent_id::Column::ExpiresAt.lte(now)).exec().await?;
        scope.commit().await?;
        Ok(families + sessions + spent)
    }
}

/// No token under it counts any more: the last has expired, or it was ended and the last access token has expired since.
fn family_is_over(now: i64) -> Condition {
    use entity::token_family::Column;
    Condition::any().add(Column::ExpiresAt.lte(now)).add(Column::RevokedAt.lte(now - TOKEN_SECONDS))
}
