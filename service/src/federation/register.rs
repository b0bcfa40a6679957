//! The resident's row: found again or written, with the eligibilities that may be kept.

use domain::calendar::Month;
use domain::ids::{ResidencyRuleId, ResidentId};
use entity::resident;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Set};

use super::finish::Who;
use super::flow::{Carded, Offered, Person};
use super::published::Published;
use super::{desk, determine, found_again, store};
use crate::Service;
use crate::error::Error;
use crate::gate::{Scope, WriteScope};

/// A resident's row.
pub(super) struct Registered {
    pub(super) resident: ResidentId,
    /// It was written just now: nothing else is known about the person.
    pub(super) newcomer: bool,
}

/// What came of it.
pub(super) enum Registering {
    /// The person is in the register.
    Done(Registered),
    /// The person left the register while the flow ran.
    Gone,
    /// The one-time code on which the eligibility rests went to somebody else.
    CodeTaken,
}

impl Service {
    /// The resident's row: found again, or written now, with the tie that was offered and the eligibilities that may be kept.
    pub(super) async fn register(
        &self,
        scope: &WriteScope,
        published: &Published,
        who: Who<'_>,
        consented: Option<ResidencyRuleId>,
        tie: Option<Offered>,
    ) -> Result<Registering, Error> {
        let (registered, carded) = match who {
            Who::Session(session) => {
                return Ok(Registering::Done(Registered { resident: session.resident, newcomer: false }));
            }
            Who::Card(carded) => match &carded.person {
                Person::Found(resident, home) => {
                    if !store::lock_found(scope, *resident, home).await? {
                        return Ok(Registering::Gone);
                    }
                    (Registered { resident: *resident, newcomer: false }, carded)
                }
                Person::New { digest, pepper } => {
                    match self.insert_resident(scope, published, carded, (digest.as_slice(), *pepper)).await? {
                        Some(registered) => (registered, carded),
                        None => return Ok(Registering::Gone),
                    }
                }
            },
        };
        if let Some(tie) = tie
            && !self.spend_code(scope, registered.resident, tie).await?
        {
            return Ok(Registering::CodeTaken);
        }
        let mut eligible = Vec::new();
        for (rule, determined) in published.rules.iter().zip(&carded.determined) {
            let by_place_alone = matches!(carded.person, Person::New { .. }) && !rule.content.rule.depends_on_age();
            if determined.eligible().is_some() && (consented == Some(rule.id) || by_place_alone) {
                eligible.push((rule, *determined));
            }
        }
        determine::keep_eligibilities(scope, registered.resident, &eligible, carded)?;
        desk::use_up(scope, registered.resident, &eligible).await?;
        Ok(Registering::Done(registered))
    }

    /// `None` where this sign-in leads to another town ID since a moment ago: its own was merged into that one, or deleted.
    async fn insert_resident(
        &self,
        scope: &WriteScope,
        published: &Published,
        carded: &Carded,
        (digest, pepper): (&[u8], i64),
    ) -> Result<Option<Registered>, Error> {
        use resident::{ActiveModel, Column, Entity};
        let id = self.rng.uuid_v4()?;
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id),
            identity_provider_id: Set(carded.provider.uuid()),
            subject_digest: Set(digest.to_vec()),
            pepper_number: Set(pepper),
            ial: Set(carded.assurance.ial.number().into()),
            relinked_month: Set(None),
            level_word: Set(published.attested_by(carded).word),
            since_month: Set(Month::at(self.clock.now()).to_string()),
        };
        let key = [Column::OrganisationId, Column::SubjectDigest];
        let inserted =
            scope.insert_or::<Entity, _>(row, OnConflict::columns(key).do_nothing_on(key).to_owned()).await?;
        if inserted == 1 {
            let merged = found_again::leads_to(scope, digest).await?;
            return Ok(merged.is_none().then_some(Registered { resident: ResidentId::from_uuid(id), newcomer: true }));
        }
        // Another tab of the same person was quicker; its row is locked until we are done.
        let row = scope.find::<Entity>().filter(Column::SubjectDigest.eq(digest.to_vec())).locked().one().await?;
        Ok(row.map(|row| Registered { resident: ResidentId::from_uuid(row.id), newcomer: false }))
    }
}
