//! Suspending a relying party and letting it work again: at once, without a draft, with a reason.

use domain::configuration::RelyingPartyContent;
use domain::ids::RelyingPartyId;
use domain::locale::Locale;
use domain::names::Reason;
use sea_orm::ColumnTrait;

use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration::{Content, store};
use crate::error::{Conflict, Error};
use crate::gate::{Caller, Resource, Scope, WriteScope, action};

impl Service {
    /// Suspends a relying party: no new sign-ins, and everything that was issued to it stops working with this commit.
    ///
    /// # Errors
    /// [`Conflict::State`] if it is suspended already.
    pub async fn suspend_relying_party(
        &self,
        caller: &Caller,
        id: RelyingPartyId,
        reason: &Reason,
    ) -> Result<(), Error> {
        use entity::token_family;
        let scope = self.gate.open(caller, action::Create, Resource::Suspension).await?;
        let now = self.clock.seconds();
        let row = party(&scope, id).await?;
        if row.suspended_at.is_some() {
            return Err(Conflict::State.into());
        }
        set(&scope, &row, Some(now), Some(reason.as_str())).await?;
        scope
            .update_many::<token_family::Entity>()
            .set(token_family::Column::RevokedAt, Some(now))
            .filter(token_family::Column::RelyingPartyId.eq(id.uuid()))
            .filter(token_family::Column::RevokedAt.is_null())
            .exec()
            .await?;
        let content = published_content(&scope, id).await?;
        let told = match &content {
            Some(content) => self.announce_suspension(&scope, id, content).await?,
            None => false,
        };
        finish(scope, ActKind::RelyingPartySuspended, id, reason).await?;
        if told {
            self.ring();
        }
        Ok(())
    }

    /// Lets a suspended relying party work again. What was revoked stays revoked.
    ///
    /// # Errors
    /// [`Conflict::State`] if it is not suspended.
    pub async fn resume_relying_party(
        &self,
        caller: &Caller,
        id: RelyingPartyId,
        reason: &Reason,
    ) -> Result<(), Error> {
        let scope = self.gate.open(caller, action::Remove, Resource::Suspension).await?;
        let row = party(&scope, id).await?;
        if row.suspended_at.is_none() {
            return Err(Conflict::State.into());
        }
        set(&scope, &row, None, None).await?;
        finish(scope, ActKind::RelyingPartyResumed, id, reason).await
    }
}

async fn party(scope: &WriteScope, id: RelyingPartyId) -> Result<entity::relying_party::Model, Error> {
    use entity::relying_party::{Column, Entity};
    scope.find::<Entity>().filter(Column::Id.eq(id.uuid())).locked().get().await
}

/// The version in use, if there is one.
async fn published_content(scope: &WriteScope, id: RelyingPartyId) -> Result<Option<RelyingPartyContent>, Error> {
    let row = store::read_configuration(scope, id.into()).await?;
    let Some(number) = row.published_number else { return Ok(None) };
    match store::content(&store::version(scope, row.id, number).await?)? {
        Content::RelyingParty(content) => Ok(Some(content)),
        Content::ResidencyRule(_) | Content::ConsentText(_) => Err(Error::internal("the content of a relying party")),
    }
}

async fn set(
    scope: &WriteScope,
    row: &entity::relying_party::Model,
    at: Option<i64>,
    reason: Option<&str>,
) -> Result<(), Error> {
    use entity::relying_party::{Column, Entity};
    scope
        .update_many::<Entity>()
        .set(Column::SuspendedAt, at)
        .set(Column::SuspendedReason, reason.map(str::to_owned))
        .add(Column::Revision, 1)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Revision.eq(row.revision))
        .exec_one()
        .await
}

async fn finish(mut scope: WriteScope, kind: ActKind, id: RelyingPartyId, reason: &Reason) -> Result<(), Error> {
    let title = store::title(&store::read_configuration(&scope, id.into()).await?);
    scope.audit(Act {
        kind,
        object_kind: Resource::RelyingParty.as_str(),
        object_id: id.to_string(),
        text: ActText { object: title.get(Locale::Ja).to_owned(), reason: reason.to_string(), ..ActText::default() },
    });
    scope.bump_generation().await?;
    scope.commit().await
}
