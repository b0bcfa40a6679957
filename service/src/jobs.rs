//! Work that is done later, for one organisation at a time. A job's row holds an organisation and no content; the job opens
//! that organisation's scope as its own system actor.
//!
//! Any server process may do a job: it takes a lease on the row, works, and deletes the row. A process that dies lets its
//! lease run out, and another one takes over; so every job must be harmless when it is done twice.

use std::str::FromStr;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use crate::Service;
use crate::error::Error;
use crate::gate::Organisation;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Publish approved versions whose day has come.
    Publish,
    /// Close the month before the one in which the job is due.
    CloseMonth,
    /// Drop raw counters whose time is over.
    ForgetCounters,
    /// Delete one-time codes and ties whose time is over.
    ForgetAttestations,
    /// Announce, change and destroy signing keys.
    RotateKeys,
    /// Note for services which eligibilities ended with their month.
    TellEnds,
    /// Tell services what ended.
    TellServices,
}

impl Kind {
    /// All of them.
    pub const ALL: &'static [Kind] = &[
        Kind::Publish,
        Kind::CloseMonth,
        Kind::ForgetCounters,
        Kind::ForgetAttestations,
        Kind::RotateKeys,
        Kind::TellEnds,
        Kind::TellServices,
    ];

    /// The name in the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Publish => "publish",
            Kind::CloseMonth => "close_month",
            Kind::ForgetCounters => "forget_counters",
            Kind::ForgetAttestations => "forget_attestations",
            Kind::RotateKeys => "rotate_keys",
            Kind::TellEnds => "tell_ends",
            Kind::TellServices => "tell_services",
        }
    }
}

/// A row names a job that this version of the product does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such job")]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

/// A job is left to its process for so long; no job takes nearly as much.
const LEASE_SECONDS: i64 = 5 * 60;
/// Between two attempts at a job that fails there is at most this.
const LONGEST_PAUSE_SECONDS: i64 = 6 * 60 * 60;

/// A job that this process holds the lease of.
struct Leased {
    organisation: Organisation,
    kind: Kind,
    row: entity::job::Model,
}

impl Service {
    /// Does every job that is due, one after another, and says how many. One that fails is tried again later, each time after
    /// a longer pause; it does not keep the others waiting.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is no database to find jobs in.
    pub async fn run_due_jobs(&self) -> Result<u32, Error> {
        self.run_due(|kind| kind != Kind::TellServices).await
    }

    /// Sends the notices that are due. Apart from the other jobs, because a service that does not answer may take its time.
    ///
    /// # Errors
    /// As [`Service::run_due_jobs`].
    pub async fn send_due_notices(&self) -> Result<u32, Error> {
        self.run_due(|kind| kind == Kind::TellServices).await
    }

    async fn run_due(&self, of: fn(Kind) -> bool) -> Result<u32, Error> {
        let mut done = 0;
        while let Some(job) = self.lease_job(of).await? {
            match Box::pin(self.run_job(&job)).await {
                Ok(()) => {
                    self.finish_job(&job).await?;
                    if job.kind == Kind::TellServices {
                        self.tell_services_again(&job.organisation).await?;
                    }
                    done += 1;
                }
                Err(error) => {
                    tracing::warn!(job = job.kind.as_str(), attempts = job.row.attempts + 1, %error, "a job failed");
                }
            }
        }
        Ok(done)
    }

    async fn run_job(&self, job: &Leased) -> Result<(), Error> {
        match job.kind {
            Kind::Publish => self.publish_due(&job.organisation).await,
            Kind::CloseMonth => self.close_month_due(&job.organisation, job.row.due_at).await,
            Kind::ForgetCounters => self.forget_counters_due(&job.organisation).await,
            Kind::ForgetAttestations => self.forget_attestations_due(&job.organisation).await,
            Kind::RotateKeys => self.rotate_keys_due(&job.organisation).await,
            Kind::TellEnds => self.tell_ends_due(&job.organisation).await,
            Kind::TellServices => self.tell_services_due(&job.organisation).await,
        }
    }

    /// Takes the lease of the job that has been due the longest.
    async fn lease_job(&self, of: fn(Kind) -> bool) -> Result<Option<Leased>, Error> {
        use entity::job::{Column, Entity};
        let now = self.clock.seconds();
        loop {
            let scope = self.gate.platform_write().await?;
            let due = Entity::find()
                .filter(Column::DueAt.lte(now))
                .filter(Column::LeasedUntil.lte(now))
                .filter(Column::Kind.is_in(Kind::ALL.iter().filter(|kind| of(**kind)).map(|kind| kind.as_str())))
                .order_by_asc(Column::DueAt);
            let Some(row) = scope.one(due).await? else { return Ok(None) };
            let pause = LEASE_SECONDS.saturating_mul(1 << row.attempts.clamp(0, 16)).min(LONGEST_PAUSE_SECONDS);
            let taken = scope
                .update(
                    Entity::update_many()
                        .set(entity::job::ActiveModel {
                            leased_until: sea_orm::Set(now.saturating_add(pause)),
                            attempts: sea_orm::Set(row.attempts + 1),
                            ..Default::default()
                        })
                        .filter(key(&row))
                        .filter(Column::LeasedUntil.eq(row.leased_until)),
                )
                .await?;
            if taken == 0 {
                // Another process was quicker.
                continue;
            }
            let organisation = scope
                .one(entity::organisation::Entity::find_by_id(row.organisation_id))
                .await?
                .map(Organisation::from)
                .ok_or_else(|| Error::internal("a job of no organisation"))?;
            scope.commit().await?;
            let kind = row.kind.parse().map_err(|_| Error::internal("a job of no kind"))?;
            return Ok(Some(Leased { organisation, kind, row }));
        }
    }

    async fn finish_job(&self, job: &Leased) -> Result<(), Error> {
        let scope = self.gate.platform_write().await?;
        scope.delete(entity::job::Entity::delete_many().filter(key(&job.row))).await?;
        scope.commit().await
    }
}

fn key(row: &entity::job::Model) -> Condition {
    use entity::job::Column;
    Condition::all()
        .add(Column::OrganisationId.eq(row.organisation_id))
        .add(Column::Kind.eq(row.kind.as_str()))
        .add(Column::DueAt.eq(row.due_at))
}
