//! Identity providers that do not answer, as staff see it: whichever server process noticed, and after a restart too. A sign-in
//! only remembers how its contact ended; what is remembered is noted once a minute, so that a flood of sign-ins that fail costs
//! no more than one.
//!
//! Residents read on their page what they can do; nothing of them is here. Hours are noted, because in a village a minute
//! would tell when somebody signed in.

use std::collections::HashMap;

use domain::ids::IdentityProviderId;
use entity::provider_outage::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Set};

use super::provider::Connection;
use super::provider_cache::{News, ProviderContact};
use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, Resource, Scope, SystemActor, WriteScope, action};
use crate::mails::{provider_away, provider_back};

const HOUR: i64 = 3_600;

/// That a provider did not answer, or not as it must. Moments are the beginnings of hours, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// The hour of the first contact that failed.
    pub since: i64,
    /// The hour of the last one.
    pub last_seen: i64,
    /// The hour in which it answered again, if it did.
    pub ended_at: Option<i64>,
}

impl Outage {
    /// It goes on.
    pub const fn is_open(self) -> bool {
        self.ended_at.is_none()
    }
}

impl Service {
    /// Notes for every server process which providers stopped answering and which answer again, as this one heard since the last
    /// time. Returns how many rows changed.
    ///
    /// # Errors
    /// The last one; what could not be noted is noted the next time.
    pub async fn note_outages(&self) -> Result<u64, Error> {
        let (mut changed, mut outcome) = (0, Ok(()));
        for news in self.providers.take_news(self.clock.seconds()) {
            match self.note_outage(&news).await {
                Ok(rows) => changed += rows,
                // It was deleted with its town.
                Err(Error::NotFound) => {}
                Err(error) => {
                    self.providers.still_news(&news);
                    outcome = Err(error);
                }
            }
        }
        outcome.map(|()| changed)
    }

    async fn note_outage(&self, News { connection, contact, at }: &News) -> Result<u64, Error> {
        let published = self.published_of(connection.organisation).await?;
        // Nobody is sent to one that is not in use.
        if published.provider(connection.id).is_none() {
            return Ok(0);
        }
        let organisation: &Organisation = &published.organisation;
        let caller = self.gate.system(SystemActor::ProviderWatch, organisation);
        let hour = at - at.rem_euclid(HOUR);
        let glance = self.gate.glance(&caller, Resource::ProviderOutage).await?;
        let known = glance.find::<Entity>().filter(of(*connection)).one().await?;
        drop(glance);
        let open = known.filter(|row| row.ended_at.is_none());
        let since = open.as_ref().map(|row| row.since);
        let (seen, ended) = match (contact, open) {
            (ProviderContact::Failed, Some(row)) if row.last_seen >= hour => return Ok(0),
            (ProviderContact::Answered, None) => return Ok(0),
            (ProviderContact::Failed, _) => (hour, None),
            (ProviderContact::Answered, Some(row)) => (row.last_seen, Some(hour.max(row.last_seen))),
        };
        let scope: WriteScope = self.gate.open(&caller, action::Update, Resource::ProviderOutage).await?;
        let update = scope.update_many::<Entity>().set(Column::LastSeen, seen).set(Column::EndedAt, ended);
        let mut changed = update.filter(of(*connection)).filter(Column::EndedAt.is_null()).exec().await?;
        if changed == 0 && ended.is_none() {
            changed = begin(&scope, connection.id, hour).await?;
            provider_away(&scope, connection.id, hour).await?;
        }
        if let (Some(ended_at), Some(since)) = (ended, since) {
            provider_back(&scope, connection.id, since, ended_at).await?;
        }
        scope.commit().await?;
        Ok(changed)
    }
}

fn of(connection: Connection) -> sea_orm::sea_query::SimpleExpr {
    Column::IdentityProviderId.eq(connection.id.uuid())
}

/// In the place of the last one, of which nothing is needed any more.
async fn begin(scope: &WriteScope, id: IdentityProviderId, hour: i64) -> Result<u64, Error> {
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        identity_provider_id: Set(id.uuid()),
        since: Set(hour),
        last_seen: Set(hour),
        ended_at: Set(None),
    };
    let replaced = [Column::Since, Column::LastSeen, Column::EndedAt];
    let key = OnConflict::columns([Column::OrganisationId, Column::IdentityProviderId]);
    scope.insert_or::<Entity, _>(row, key.clone().update_columns(replaced).to_owned()).await
}

/// The last outage of each connection of a town, if it had one.
pub(crate) async fn outages<S: Scope>(scope: &S) -> Result<HashMap<IdentityProviderId, Outage>, Error> {
    let outage = |row: Model| {
        let outage = Outage { since: row.since, last_seen: row.last_seen, ended_at: row.ended_at };
        (IdentityProviderId::from_uuid(row.identity_provider_id), outage)
    };
    Ok(scope.find::<Entity>().all().await?.into_iter().map(outage).collect())
}
