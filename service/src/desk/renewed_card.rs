//! At the desk, with a renewed card: the clerk sees no person's data and no town ID. Two clerks look at the card and at the recovery
//! number on the person's paper; the number is typed, and what led to its town ID is replaced by the new card.

use domain::configuration::FourEyes;
use domain::desk::ActReference;
use domain::ids::RelinkRequestId;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::renewed_card::{RecoveryNumber, RelinkReason};
use domain::violations::Violations;
use time::OffsetDateTime;

use super::SecondClerk;
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration;
use crate::error::{Conflict, Error};
use crate::federation::{former_of_number, waiting_relink};
use crate::gate::{self, Caller, Resource, action};

/// A request as the clerk sees it, which says nothing about who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelinkRequestView {
    /// The request.
    pub id: RelinkRequestId,
    /// When the code ends.
    pub expires_at: OffsetDateTime,
    /// Somebody else confirms.
    pub four_eyes: bool,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Relinking {
    /// Done, under this reference.
    Done(ActReference),
    /// Nobody else confirmed it; as [`super::Clearance::NotConfirmed`].
    NotConfirmed,
}

impl Service {
    /// A request of somebody with a renewed card.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it was dealt with or is over, and to everybody else's staff.
    pub async fn relink_request(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        id: RelinkRequestId,
    ) -> Result<RelinkRequestView, Error> {
        caller.require(gate::Act::Read, Resource::RelinkRequest)?;
        self.rules_of(caller, tenant).await?;
        let scope = self.gate.open(caller, action::Read, Resource::RelinkRequest).await?;
        let row = waiting_relink(&scope, id, self.clock.seconds()).get().await?;
        let four_eyes = configuration::store::four_eyes(&scope, self.today()).await?;
        let expires_at = OffsetDateTime::from_unix_timestamp(row.expires_at)
            .map_err(|_| Error::internal("the end of a request at the desk"))?;
        Ok(RelinkRequestView { id, expires_at, four_eyes: four_eyes == FourEyes::Required })
    }

    /// Puts the new card in the place of whatever led to the number's town ID. Unless four eyes are off, the second clerk confirms
    /// it here and now. What is wrong with the number is said before anybody's password is looked at.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the fields `number` (`Required`, `Malformed`, `Unknown`; `Duplicate` for the town ID that the new card
    /// made itself; `NotAllowed` where the former card is still in use) and `reason`; [`Error::NotFound`] as
    /// [`Service::relink_request`]; [`Conflict::State`] where somebody was faster; [`Error::Unavailable`].
    pub async fn take_renewed_card_over(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        id: RelinkRequestId,
        typed: (&str, &str),
        second: &SecondClerk<'_>,
    ) -> Result<Relinking, Error> {
        caller.require(gate::Act::Update, Resource::RelinkRequest)?;
        let view = self.relink_request(caller, tenant, id).await?;
        let (number, reason) = read(typed)?;
        let now = self.clock.seconds();
        let scope = self.gate.open(caller, action::Read, Resource::RelinkRequest).await?;
        let row = waiting_relink(&scope, id, now).get().await?;
        former_of_number(&scope, &row, &number, now).await?;
        drop(scope);
        let second = match view.four_eyes {
            false => None,
            true => match self.second_clerk(caller, tenant, second, Resource::RelinkRequest).await? {
                Some(second) => Some(second),
                None => return Ok(Relinking::NotConfirmed),
            },
        };
        let published = self.rules_of(caller, tenant).await?;
        let reference = ActReference::of_bytes(self.rng.bytes()?);
        let mut scope = self.gate.open(caller, action::Update, Resource::RelinkRequest).await?;
        scope.audit(act(ActKind::RenewedCardTakenOver, reference, Some(reason)));
        if let Some(second) = &second {
            scope.audit(act(ActKind::RenewedCardConfirmed, reference, Some(reason)).by(second));
        }
        self.take_over(scope, &published, id, &number).await?;
        Ok(Relinking::Done(reference))
    }

    /// Records that the new card takes nothing over: the code is over, and both town IDs stay as they are.
    ///
    /// # Errors
    /// [`Error::NotFound`] as [`Service::relink_request`]; [`Conflict::State`] where somebody was faster.
    pub async fn refuse_renewed_card(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        id: RelinkRequestId,
    ) -> Result<ActReference, Error> {
        use entity::relink_request::{Column, Entity};
        use sea_orm::ColumnTrait;
        caller.require(gate::Act::Update, Resource::RelinkRequest)?;
        self.rules_of(caller, tenant).await?;
        let mut scope = self.gate.open(caller, action::Update, Resource::RelinkRequest).await?;
        waiting_relink(&scope, id, self.clock.seconds()).locked().one().await?.ok_or(Conflict::State)?;
        scope.delete_many::<Entity>().filter(Column::Id.eq(id.uuid())).exec().await?;
        let reference = ActReference::of_bytes(self.rng.bytes()?);
        scope.audit(act(ActKind::RenewedCardRefused, reference, None));
        scope.commit().await?;
        Ok(reference)
    }
}

fn read((number, reason): (&str, &str)) -> Result<(RecoveryNumber, RelinkReason), Error> {
    let mut wrong = Violations::default();
    let number = wrong.check("number", number.parse());
    let reason = wrong.check("reason", reason.parse());
    number.zip(reason).ok_or(Error::Invalid(wrong))
}

/// An act at the desk. It names the reason, and neither of the town IDs.
fn act(kind: ActKind, reference: ActReference, reason: Option<RelinkReason>) -> Act {
    let reason = reason.map(|reason| reason.words().get(Locale::Ja).to_owned());
    Act {
        kind,
        object_kind: Resource::RelinkRequest.as_str(),
        object_id: reference.to_string(),
        text: ActText { reason: reason.unwrap_or_default(), ..ActText::default() },
    }
}
