//! What is over is deleted: codes after their last day, ties after their last month, batches a year after their end.

use domain::calendar::{Month, iso_date};
use entity::{attestation, attestation_batch};
use sea_orm::{ColumnTrait, Condition};
use time::Duration;

use super::batches::{KEPT_DAYS, close};
use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, Resource, Scope, SystemActor, action};

impl Service {
    /// The job of the days on which something of a municipality's codes and ties is over.
    pub(crate) async fn forget_attestations_due(&self, organisation: &Organisation) -> Result<(), Error> {
        use attestation_batch::{Column, Entity};
        let today = self.today();
        let caller = self.gate.system(SystemActor::Attestations, organisation);
        let scope = self.gate.open(&caller, action::Remove, Resource::Attestation).await?;
        let over = attestation::Column::UntilMonth.lt(Month::of(today).to_string());
        scope.delete_many::<attestation::Entity>().filter(over).exec().await?;
        let open_no_more = scope
            .find::<Entity>()
            .filter(Column::Redeemed.is_null())
            .filter(Column::RedeemUntil.lt(iso_date(today)))
            .locked()
            .all()
            .await?;
        for batch in &open_no_more {
            close(&scope, batch, None).await?;
        }
        let a_year_ago = iso_date(today.saturating_sub(Duration::days(KEPT_DAYS)));
        let forgotten =
            Condition::any().add(Column::RedeemUntil.lt(a_year_ago.clone())).add(Column::EndedOn.lt(a_year_ago));
        scope.delete_many::<Entity>().filter(forgotten).exec().await?;
        scope.commit().await
    }
}
