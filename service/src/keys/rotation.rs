//! Changing the keys that sign tokens: on schedule, asked for, or at once; and the first key of an algorithm.

use domain::names::{Reason, TenantSlug};
use entity::tenant_key::{Column, Entity, Model};
use oidc::jose::{Algorithm, Pkcs8, SigningKey};
use sea_orm::ColumnTrait;

use super::schedule::{self, Due, Life};
use super::tenant::{self, KeyPurpose, New};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::Error;
use crate::gate::{Caller, Organisation, Resource, Scope, SystemActor, WriteScope, action};
use crate::jobs;

/// How soon a new key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// After services have had the time to fetch it; the one before stays published until its last token has expired.
    Announced,
    /// At once. All others are published no more and their private halves destroyed: for a key that somebody else may have.
    Emergency,
}

/// What became of the keys of one algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The `kid` of the newest key.
    pub key_id: String,
    /// From when it signs, seconds since 1970.
    pub signs_from: i64,
    /// It had been announced before, and nothing was changed.
    pub known: bool,
    /// How many keys are published no more.
    pub removed: usize,
}

/// A new key pair, made before the transaction that writes it: the search for primes takes its time, and on SQLite nobody else
/// writes meanwhile.
pub(crate) struct Spare {
    algorithm: Algorithm,
    secret: Pkcs8,
}

impl Service {
    /// The job of the moments at which something is due about an organisation's signing keys. Doing it twice is doing it once.
    pub(crate) async fn rotate_keys_due(&self, organisation: &Organisation) -> Result<(), Error> {
        let caller = self.gate.system(SystemActor::KeyRotation, organisation);
        let now = self.clock.seconds();
        let scope = self.gate.open(&caller, action::Read, Resource::TenantKey).await?;
        let mut spares = Vec::new();
        for algorithm in Algorithm::ALL {
            let rows = rows_of(&scope, algorithm).await?;
            if schedule::due(&published(&rows), self.rotation, now).announce.is_some() {
                spares.push(algorithm);
            }
        }
        drop(scope);
        let mut spares = made(spares).await?;
        let mut scope = self.gate.open(&caller, action::Update, Resource::TenantKey).await?;
        let mut changed = false;
        for algorithm in Algorithm::ALL {
            let rows = rows_of(&scope, algorithm).await?;
            let mut due = schedule::due(&published(&rows), self.rotation, now);
            if let Some(signs_from) = due.announce.take() {
                let spare = spares.iter().position(|spare| spare.algorithm == algorithm);
                let spare = match spare {
                    Some(at) => spares.swap_remove(at),
                    // It became due since it was looked at.
                    None => made_one(algorithm).await?,
                };
                self.announce(&mut scope, &rows, &spare, signs_from).await?;
                changed = true;
            }
            changed |= self.end_keys(&mut scope, &rows, &due).await?;
        }
        if changed {
            scope.bump_generation().await?;
        }
        self.enqueue_next(&scope).await?;
        scope.commit().await
    }

    /// Changes the signing keys of a municipality, of each algorithm that it signs with.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a municipality.
    pub async fn rotate_signing_keys(
        &self,
        slug: &TenantSlug,
        urgency: Urgency,
        reason: Option<&Reason>,
    ) -> Result<Vec<Rotated>, Error> {
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::KeyOperator, &organisation);
        let scope = self.gate.open(&caller, action::Read, Resource::TenantKey).await?;
        let mut algorithms = Vec::new();
        for algorithm in Algorithm::ALL {
            if !published(&rows_of(&scope, algorithm).await?).is_empty() {
                algorithms.push(algorithm);
            }
        }
        drop(scope);
        let spares = made(algorithms).await?;
        let now = self.clock.seconds();
        let mut scope = self.gate.open(&caller, action::Update, Resource::TenantKey).await?;
        let mut rotated = Vec::with_capacity(spares.len());
        for spare in spares {
            let rows = rows_of(&scope, spare.algorithm).await?;
            rotated.push(match urgency {
                Urgency::Announced => self.announce_unless_known(&mut scope, &rows, &spare, now).await?,
                Urgency::Emergency => self.replace(&mut scope, &rows, &spare, now, reason).await?,
            });
        }
        scope.bump_generation().await?;
        self.enqueue_next(&scope).await?;
        scope.commit().await?;
        Ok(rotated)
    }

    /// A key pair for what a draft asks for, if the organisation has none of that kind yet. To be called before the draft's
    /// transaction, and handed to [`Service::keep_signing_key`] inside it.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read drafts.
    pub(crate) async fn spare_signing_key(
        &self,
        caller: &Caller,
        algorithm: Algorithm,
    ) -> Result<Option<Spare>, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let has = has_one(&scope, algorithm).await?;
        drop(scope);
        if has { Ok(None) } else { made_one(algorithm).await.map(Some) }
    }

    /// Keeps the first key of an algorithm, unless somebody else just did. It signs at once: nobody waits for it yet, because
    /// the draft that asks for it is not published.
    ///
    /// # Errors
    /// What the database refused.
    pub(crate) async fn keep_signing_key(&self, scope: &mut WriteScope, spare: Option<Spare>) -> Result<(), Error> {
        let Some(spare) = spare else { return Ok(()) };
        if has_one(scope, spare.algorithm).await? {
            return Ok(());
        }
        let rows = rows_of(scope, spare.algorithm).await?;
        self.announce(scope, &rows, &spare, self.clock.seconds()).await?;
        scope.bump_generation().await?;
        self.enqueue_next(scope).await
    }

    async fn announce_unless_known(
        &self,
        scope: &mut WriteScope,
        rows: &[Model],
        spare: &Spare,
        now: i64,
    ) -> Result<Rotated, Error> {
        let waiting = rows.iter().filter(|row| row.retired_at.is_none() && tenant::life(row).signs_from > now);
        if let Some(row) = waiting.max_by_key(|row| row.number) {
            return Ok(Rotated {
                algorithm: spare.algorithm,
                key_id: self.public_half(scope, row)?.key_id().to_owned(),
                signs_from: tenant::life(row).signs_from,
                known: true,
                removed: 0,
            });
        }
        let announced = i64::try_from(self.rotation.announced.as_secs()).unwrap_or(i64::MAX);
        let signs_from = now.saturating_add(announced);
        let key_id = self.announce(scope, rows, spare, signs_from).await?;
        Ok(Rotated { algorithm: spare.algorithm, key_id, signs_from, known: false, removed: 0 })
    }

    /// A new key that signs at once, in place of all others of its algorithm.
    async fn replace(
        &self,
        scope: &mut WriteScope,
        rows: &[Model],
        spare: &Spare,
        now: i64,
        reason: Option<&Reason>,
    ) -> Result<Rotated, Error> {
        let mut removed = Vec::new();
        for row in rows.iter().filter(|row| row.retired_at.is_none()) {
            removed.push(self.public_half(scope, row)?.key_id().to_owned());
            self.destroy(scope, row).await?;
            retire(scope, row, now).await?;
        }
        let key_id = self.write(scope, rows, spare, now).await?;
        let text = ActText {
            object: spare.algorithm.as_str().to_owned(),
            reason: reason.map(Reason::to_string).unwrap_or_default(),
            before: removed.clone(),
            after: vec![key_id.clone()],
        };
        scope.audit(act(ActKind::SigningKeysReplaced, spare.algorithm, text));
        let removed = removed.len();
        Ok(Rotated { algorithm: spare.algorithm, key_id, signs_from: now, known: false, removed })
    }

    async fn announce(
        &self,
        scope: &mut WriteScope,
        rows: &[Model],
        spare: &Spare,
        signs_from: i64,
    ) -> Result<String, Error> {
        let key_id = self.write(scope, rows, spare, signs_from).await?;
        let day = time::OffsetDateTime::from_unix_timestamp(signs_from).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
        let text = ActText {
            object: spare.algorithm.as_str().to_owned(),
            after: vec![key_id.clone(), domain::calendar::iso_date(domain::calendar::tokyo_date(day))],
            ..ActText::default()
        };
        scope.audit(act(ActKind::SigningKeyAnnounced, spare.algorithm, text));
        Ok(key_id)
    }

    /// Writes a new key under the number after the last that ever was.
    async fn write(&self, scope: &WriteScope, rows: &[Model], spare: &Spare, signs_from: i64) -> Result<String, Error> {
        let key = SigningKey::from_pkcs8_for(spare.algorithm, &spare.secret)
            .map_err(|_| Error::internal("a new signing key"))?;
        let new = New {
            purpose: KeyPurpose::signing(spare.algorithm),
            number: rows.iter().map(|row| row.number).max().unwrap_or(0) + 1,
            secret: &spare.secret,
            made_at: self.clock.seconds(),
            signs_from,
            made_by: None,
        };
        scope.insert::<Entity, _>(tenant::row(scope, &self.master, self.rng, &new)?).await?;
        Ok(key.public_jwk().key_id().to_owned())
    }

    /// Destroys private halves, and takes public ones out of the JWKS.
    async fn end_keys(&self, scope: &mut WriteScope, rows: &[Model], due: &Due) -> Result<bool, Error> {
        for row in rows.iter().filter(|row| due.destroy.contains(&row.number)) {
            self.destroy(scope, row).await?;
        }
        for row in rows.iter().filter(|row| due.retire.contains(&row.number)) {
            retire(scope, row, self.clock.seconds()).await?;
            let algorithm = algorithm_of(row)?;
            let text = ActText {
                object: algorithm.as_str().to_owned(),
                before: vec![self.public_half(scope, row)?.key_id().to_owned()],
                ..ActText::default()
            };
            scope.audit(act(ActKind::SigningKeyRetired, algorithm, text));
        }
        Ok(!due.destroy.is_empty() || !due.retire.is_empty())
    }

    /// Nothing can be signed with the key any more, by nobody.
    async fn destroy(&self, scope: &WriteScope, row: &Model) -> Result<(), Error> {
        if row.public_jwk.is_some() {
            return Ok(());
        }
        let public = tenant::public_text(&self.public_half(scope, row)?)?;
        scope
            .update_many::<Entity>()
            .set(Column::Sealed, Vec::<u8>::new())
            .set(Column::PublicJwk, Some(public))
            .filter(Column::Purpose.eq(row.purpose.as_str()))
            .filter(Column::Number.eq(row.number))
            .exec_one()
            .await
    }

    fn public_half(&self, scope: &WriteScope, row: &Model) -> Result<oidc::jose::Jwk, Error> {
        tenant::public_half_of(&self.master, scope.organisation(), algorithm_of(row)?, row)
    }

    /// Asks for the job again when something will be due.
    async fn enqueue_next(&self, scope: &WriteScope) -> Result<(), Error> {
        let now = self.clock.seconds();
        let mut moments = Vec::new();
        for algorithm in Algorithm::ALL {
            moments.extend(schedule::next(&published(&rows_of(scope, algorithm).await?), self.rotation, now));
        }
        match moments.into_iter().min() {
            Some(moment) => scope.enqueue(jobs::Kind::RotateKeys, moment).await,
            None => Ok(()),
        }
    }
}

async fn rows_of<S: Scope>(scope: &S, algorithm: Algorithm) -> Result<Vec<Model>, Error> {
    let purpose = KeyPurpose::signing(algorithm).as_str();
    scope.find::<Entity>().filter(Column::Purpose.eq(purpose)).all().await
}

async fn has_one<S: Scope>(scope: &S, algorithm: Algorithm) -> Result<bool, Error> {
    Ok(rows_of(scope, algorithm).await?.iter().any(|row| row.retired_at.is_none()))
}

fn published(rows: &[Model]) -> Vec<Life> {
    rows.iter().filter(|row| row.retired_at.is_none()).map(tenant::life).collect()
}

fn algorithm_of(row: &Model) -> Result<Algorithm, Error> {
    let found = Algorithm::ALL.into_iter().find(|algorithm| KeyPurpose::signing(*algorithm).as_str() == row.purpose);
    found.ok_or_else(|| Error::internal("a key that signs nothing"))
}

async fn retire(scope: &WriteScope, row: &Model, now: i64) -> Result<(), Error> {
    scope
        .update_many::<Entity>()
        .set(Column::RetiredAt, Some(now))
        .filter(Column::Purpose.eq(row.purpose.as_str()))
        .filter(Column::Number.eq(row.number))
        .exec_one()
        .await
}

async fn made(algorithms: Vec<Algorithm>) -> Result<Vec<Spare>, Error> {
    let mut spares = Vec::with_capacity(algorithms.len());
    for algorithm in algorithms {
        spares.push(made_one(algorithm).await?);
    }
    Ok(spares)
}

/// Makes a key pair on a thread that nobody waits for.
async fn made_one(algorithm: Algorithm) -> Result<Spare, Error> {
    let made = tokio::task::spawn_blocking(move || SigningKey::generate_for(algorithm)).await;
    let secret = made.ok().and_then(Result::ok).ok_or_else(|| Error::internal("making a signing key"))?;
    Ok(Spare { algorithm, secret })
}

fn act(kind: ActKind, algorithm: Algorithm, text: ActText) -> Act {
    Act { kind, object_kind: Resource::TenantKey.as_str(), object_id: algorithm.as_str().to_owned(), text }
}
