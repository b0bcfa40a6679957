//! The record of a consent: who agreed to which words, and what may be handed over under them.

use domain::attributes::AgreedItems;
use domain::consent::GrantState;
use domain::ids::ResidentId;
use domain::locale::Locale;
use entity::consent_grant;
use sea_orm::{ColumnTrait, Set};
use uuid::Uuid;

use super::published::{Party, Text};
use super::store;
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{Scope, WriteScope};

/// A consent to be written.
pub(super) struct Agreed<'a> {
    pub(super) resident: ResidentId,
    /// The receiver; the town itself, if none is named.
    pub(super) party: Option<&'a Party>,
    pub(super) text: &'a Text,
    pub(super) language: Locale,
    pub(super) items: AgreedItems,
}

impl Service {
    /// Writes a consent: the same words agreed to again are confirmed; other words, more items or another delivery are a
    /// record of their own.
    pub(super) async fn write_grant(
        &self,
        scope: &WriteScope,
        agreed: &Agreed<'_>,
        existing: Option<consent_grant::Model>,
    ) -> Result<Uuid, Error> {
        use consent_grant::{ActiveModel, Column, Entity};
        let today = domain::calendar::iso_date(domain::calendar::tokyo_date(self.clock.now()));
        let text = agreed.text;
        if let Some(row) = existing {
            let before = store::existing(&row)?;
            let same = row.consent_text_id == text.id.uuid()
                && before.text_version == text.number
                && before.items.in_common(agreed.items) == agreed.items;
            let next = if same { before.state.reaffirm() } else { before.state.terminate() };
            let next = next.map_err(|_| Error::from(Conflict::State))?;
            let mut update = scope
                .update_many::<Entity>()
                .set(Column::State, next.as_str())
                .set(Column::Revision, row.revision + 1)
                .filter(Column::Id.eq(row.id))
                .filter(Column::Revision.eq(row.revision));
            if !same {
                update = update.set(Column::EndedOn, today.clone());
            }
            update.exec_one().await?;
            if same {
                return Ok(row.id);
            }
        }
        let id = self.rng.uuid_v4()?;
        let given = GrantState::Requested.give().map_err(|_| Error::from(Conflict::State))?;
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id),
            resident_id: Set(agreed.resident.uuid()),
            relying_party_id: Set(agreed.party.map(|party| party.id.uuid())),
            consent_text_id: Set(text.id.uuid()),
            consent_text_number: Set(text.number.into()),
            language: Set(agreed.language.as_str().to_owned()),
            items: Set(agreed.items.bits()),
            state: Set(given.as_str().to_owned()),
            given_on: Set(today),
            ended_on: Set(None),
            revision: Set(1),
        };
        scope.insert_soon::<Entity, _>(row)?;
        Ok(id)
    }
}
