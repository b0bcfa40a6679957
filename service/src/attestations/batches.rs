//! Making codes, which are shown once and kept as digests, and revoking those that nobody has redeemed.

use domain::calendar::{Month, iso_date, parse_iso_date, tokyo_midnight};
use domain::disclosure::{DisclosedFigure, DisclosurePolicy, at_least};
use domain::ids::AttestationBatchId;
use domain::locale::Locale;
use domain::residency::{AttestationBatch, AttestationCode, AttestationKind, tie_ends};
use domain::violations::Violation;
use entity::{attestation_batch, attestation_code};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Set};
use time::{Date, Duration};

use super::store;
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::gate::{Caller, Resource, Scope, WriteScope, action};
use crate::jobs;
use crate::usage::policy_of;

/// Days after its last day for redeeming, or after its revocation, for which a batch stays in the list.
pub(super) const KEPT_DAYS: i64 = 365;
/// The most codes of one batch, however often more are made.
const MOST_OF_A_BATCH: i64 = 10_000;
/// Digits below this one of how many were redeemed are not kept when a batch is over.
const ROUNDING: i64 = 10;

/// How a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchStanding {
    /// Its codes can be redeemed.
    Open,
    /// Its last day for redeeming is over.
    Over,
    /// Staff revoked it.
    Revoked,
}

impl BatchStanding {
    /// All of them, in the order of the filter.
    pub const ALL: [BatchStanding; 3] = [BatchStanding::Open, BatchStanding::Over, BatchStanding::Revoked];

    /// The name in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            BatchStanding::Open => "open",
            BatchStanding::Over => "over",
            BatchStanding::Revoked => "revoked",
        }
    }
}

impl std::str::FromStr for BatchStanding {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// A batch as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// Which.
    pub id: AttestationBatchId,
    /// The tie.
    pub kind: AttestationKind,
    /// School or employer; empty for none.
    pub name: String,
    /// Its codes are handed out at the desk, one by one.
    pub desk: bool,
    /// Codes that were made.
    pub total: u32,
    /// How many were redeemed at least; none where that, or the rest, is few.
    pub redeemed: Option<DisclosedFigure>,
    /// The last month of the ties.
    pub until: Month,
    /// The last day for redeeming.
    pub redeem_until: Date,
    /// The day on which it was made.
    pub made_on: Date,
    /// The day on which it was revoked.
    pub ended_on: Option<Date>,
    /// How it stands today.
    pub standing: BatchStanding,
}

/// Codes, the one time that they can be seen.
pub struct IssuedCodes {
    /// Of which batch.
    pub batch: BatchView,
    /// Those that were made now, in no order that is kept.
    pub codes: Vec<AttestationCode>,
}

impl Service {
    /// Makes a batch and its codes.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn create_attestation_batch(
        &self,
        caller: &Caller,
        batch: &AttestationBatch,
    ) -> Result<IssuedCodes, Error> {
        let scope = self.gate.open(caller, action::Create, Resource::AttestationBatch).await?;
        let row = self.new_batch(&scope, batch, false).await?;
        self.make_codes(scope, row, batch.count).await
    }

    /// Makes more codes of a batch that is open; they can be redeemed until the same day.
    ///
    /// # Errors
    /// [`Conflict::State`] if it is not open; [`Conflict::Limit`] beyond 10,000 codes of one batch.
    pub async fn add_attestation_codes(
        &self,
        caller: &Caller,
        id: AttestationBatchId,
        count: u16,
    ) -> Result<IssuedCodes, Error> {
        use attestation_batch::Entity;
        let (scope, row) = self.gate.fetch::<_, Entity>(caller, action::Create, id.uuid()).await?;
        if standing(&row, self.today()) != BatchStanding::Open {
            return Err(Conflict::State.into());
        }
        let total = row.total + i64::from(count);
        if total > MOST_OF_A_BATCH {
            return Err(Conflict::Limit.into());
        }
        set_total(&scope, &row, total).await?;
        self.make_codes(scope, attestation_batch::Model { total, ..row }, count).await
    }

    /// Makes one code for somebody who showed a document at the desk. It belongs to the desk's batch of this kind, month and
    /// term, which is made where there is none; nothing is typed about anybody.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`until`) for a month that is not offered.
    pub async fn issue_desk_code(
        &self,
        caller: &Caller,
        kind: AttestationKind,
        until: Month,
    ) -> Result<IssuedCodes, Error> {
        use attestation_batch::{Column, Entity};
        let today = self.today();
        if !tie_ends(today).contains(&until) {
            return Err(Error::invalid("until", Violation::OutOfRange));
        }
        let scope = self.gate.open(caller, action::Create, Resource::AttestationBatch).await?;
        // The same last day for a whole month's codes: a day of its own would say when somebody was at the desk.
        let redeem_until = Month::of(today).next().last_day().min(until.last_day());
        let of_the_desk = scope
            .find::<Entity>()
            .filter(store::open(today))
            .filter(Column::Desk.eq(true))
            .filter(Column::Kind.eq(kind.as_str()))
            .filter(Column::UntilMonth.eq(until.to_string()))
            .filter(Column::RedeemUntil.eq(iso_date(redeem_until)))
            .filter(Column::Total.lt(MOST_OF_A_BATCH));
        let row = match of_the_desk.locked().one().await? {
            Some(row) => {
                let total = row.total + 1;
                set_total(&scope, &row, total).await?;
                attestation_batch::Model { total, ..row }
            }
            None => {
                let batch = AttestationBatch { kind, name: String::new(), count: 1, until, redeem_until };
                self.new_batch(&scope, &batch, true).await?
            }
        };
        self.make_codes(scope, row, 1).await
    }

    /// Revokes a batch: its codes that nobody has redeemed stop working with this commit. Ties that were attested stay.
    ///
    /// # Errors
    /// [`Conflict::State`] if it is not open.
    pub async fn revoke_attestation_batch(&self, caller: &Caller, id: AttestationBatchId) -> Result<(), Error> {
        use attestation_batch::Entity;
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Remove, id.uuid()).await?;
        let today = self.today();
        if standing(&row, today) != BatchStanding::Open {
            return Err(Conflict::State.into());
        }
        close(&scope, &row, Some(today)).await?;
        let tie = store::read(&row.kind, &row.until_month)?;
        scope.audit(Act {
            kind: ActKind::AttestationBatchRevoked,
            object_kind: Resource::AttestationBatch.as_str(),
            object_id: id.to_string(),
            text: ActText { object: described(tie.kind, row.total, tie.until), ..ActText::default() },
        });
        scope.commit().await
    }

    /// One batch.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn attestation_batch(&self, caller: &Caller, id: AttestationBatchId) -> Result<BatchView, Error> {
        let (scope, row) = self.gate.fetch::<_, attestation_batch::Entity>(caller, action::Read, id.uuid()).await?;
        self.batch_view(&scope, row).await
    }

    pub(super) async fn batch_view<S: Scope>(
        &self,
        scope: &S,
        row: attestation_batch::Model,
    ) -> Result<BatchView, Error> {
        use attestation_code::{Column, Entity};
        let left = scope.find::<Entity>().filter(Column::BatchId.eq(row.id)).count().await?;
        let policy = policy_of(&scope.find::<entity::tenant::Entity>().get().await?);
        view(&row, left, self.today(), &policy)
    }

    async fn new_batch(
        &self,
        scope: &WriteScope,
        batch: &AttestationBatch,
        desk: bool,
    ) -> Result<attestation_batch::Model, Error> {
        let row = attestation_batch::Model {
            organisation_id: scope.organisation().uuid(),
            id: self.rng.uuid_v7(&self.clock)?,
            kind: batch.kind.as_str().to_owned(),
            name: batch.name.clone(),
            desk,
            total: batch.count.into(),
            redeemed: None,
            until_month: batch.until.to_string(),
            redeem_until: iso_date(batch.redeem_until),
            made_on: iso_date(self.today()),
            ended_on: None,
            revision: 1,
        };
        scope.insert::<attestation_batch::Entity, _>(row.clone()).await?;
        // Codes go after their last day, ties after their last month, the batch a year later.
        for day in [
            batch.redeem_until.saturating_add(Duration::DAY),
            batch.until.next().first_day(),
            batch.redeem_until.saturating_add(Duration::days(KEPT_DAYS + 1)),
        ] {
            scope.enqueue(jobs::Kind::ForgetAttestations, tokyo_midnight(day).unix_timestamp()).await?;
        }
        Ok(row)
    }

    async fn make_codes(
        &self,
        mut scope: WriteScope,
        row: attestation_batch::Model,
        count: u16,
    ) -> Result<IssuedCodes, Error> {
        let organisation = scope.organisation();
        let mut codes = Vec::with_capacity(count.into());
        for _ in 0..count {
            codes.push(AttestationCode::of_bytes(self.rng.bytes()?));
        }
        let mut hashes: Vec<_> = codes.iter().map(|code| store::digest(organisation, code)).collect();
        // Not in the order of the sheet: which of its codes are no longer there must say nothing.
        hashes.sort_unstable();
        let codes_of = |hash: [u8; 32]| attestation_code::ActiveModel {
            organisation_id: Set(organisation.uuid()),
            hash: Set(hash.to_vec()),
            batch_id: Set(row.id),
        };
        scope.insert_all::<attestation_code::Entity, _>(hashes.into_iter().map(codes_of).collect()).await?;
        let batch = self.batch_view(&scope, row).await?;
        scope.audit(Act {
            kind: ActKind::AttestationCodesMade,
            object_kind: Resource::AttestationBatch.as_str(),
            object_id: batch.id.to_string(),
            // Without the name: the trail is kept for good, the batch is not.
            text: ActText { object: described(batch.kind, count.into(), batch.until), ..ActText::default() },
        });
        scope.commit().await?;
        Ok(IssuedCodes { batch, codes })
    }
}

/// `在勤 40件 2027年3月まで`, for the trail.
fn described(kind: AttestationKind, count: i64, until: Month) -> String {
    format!("{} {count}件 {}まで", kind.words().get(Locale::Ja), until.text(Locale::Ja))
}

async fn set_total(scope: &WriteScope, row: &attestation_batch::Model, total: i64) -> Result<(), Error> {
    use attestation_batch::{Column, Entity};
    scope
        .update_many::<Entity>()
        .set(Column::Total, total)
        .add(Column::Revision, 1)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Revision.eq(row.revision))
        .exec_one()
        .await
}

/// Deletes the codes of a batch that is over or, with a day, revoked on it, and keeps in coarse numbers how many were redeemed.
pub(super) async fn close(
    scope: &WriteScope,
    row: &attestation_batch::Model,
    revoked_on: Option<Date>,
) -> Result<(), Error> {
    use attestation_batch::{Column, Entity};
    let of_batch = attestation_code::Column::BatchId.eq(row.id);
    let left = scope.delete_many::<attestation_code::Entity>().filter(of_batch).exec().await?;
    let redeemed = row.total.saturating_sub(i64::try_from(left).unwrap_or(row.total)).max(0);
    scope
        .update_many::<Entity>()
        .set(Column::Redeemed, Some(redeemed / ROUNDING * ROUNDING))
        .set(Column::EndedOn, revoked_on.map(iso_date))
        .add(Column::Revision, 1)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Revision.eq(row.revision))
        .exec_one()
        .await
}

fn standing(row: &attestation_batch::Model, today: Date) -> BatchStanding {
    match &row.ended_on {
        Some(_) => BatchStanding::Revoked,
        None if row.redeem_until.as_str() < iso_date(today).as_str() => BatchStanding::Over,
        None => BatchStanding::Open,
    }
}

/// A row as pages show it, of whose codes so many are left.
pub(super) fn view(
    row: &attestation_batch::Model,
    left: u64,
    today: Date,
    policy: &DisclosurePolicy,
) -> Result<BatchView, Error> {
    let day = |text: &str| parse_iso_date(text).map_err(|_| Error::internal("a day of a batch"));
    let tie = store::read(&row.kind, &row.until_month)?;
    let total = u32::try_from(row.total).map_err(|_| Error::internal("the size of a batch"))?;
    let redeemed = match row.redeemed {
        Some(redeemed) => u32::try_from(redeemed).unwrap_or(0),
        None => total.saturating_sub(u32::try_from(left).unwrap_or(total)),
    };
    Ok(BatchView {
        id: AttestationBatchId::from_uuid(row.id),
        kind: tie.kind,
        name: row.name.clone(),
        desk: row.desk,
        total,
        redeemed: at_least(redeemed, Some(total), policy),
        until: tie.until,
        redeem_until: day(&row.redeem_until)?,
        made_on: day(&row.made_on)?,
        ended_on: row.ended_on.as_deref().map(day).transpose()?,
        standing: standing(row, today),
    })
}

/// The ids of batches, for what is counted about all of them at once.
pub(super) fn ids(rows: &[attestation_batch::Model]) -> Vec<Uuid> {
    rows.iter().map(|row| row.id).collect()
}
