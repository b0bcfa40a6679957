//! Counting failed sign-ins. An attempt is charged before it is judged, so that a thousand guesses sent at once count as a
//! thousand; what is right is refunded. Rows hold the hash of what is throttled and are forgotten after a day.

use aws_lc_rs::digest::{SHA256, digest};
use domain::ids::FlowId;
use domain::throttle;
use entity::throttle::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::Refusal;
use crate::error::Error;
use crate::gate::PlatformScope;

/// After so many seconds without a failure all is forgotten.
const FORGOTTEN_AFTER: i64 = 24 * 3_600;

/// A caller may fail so many times as often as an account: a whole town hall can stand behind one address.
const CALLER_ALLOWANCE: u32 = 10;

/// Something whose failures are counted.
pub(crate) struct Throttled {
    hash: Vec<u8>,
    allowance: u32,
}

impl Throttled {
    /// Passwords for a mail address, whether an account has it or not.
    pub(super) fn password(mail: &str) -> Self {
        Self { hash: hash("password", mail), allowance: 1 }
    }

    /// Second factors of an account.
    pub(super) fn second_factor(account: domain::ids::AccountId) -> Self {
        Self { hash: hash("second factor", &account.to_string()), allowance: 1 }
    }

    /// Whoever calls: the edge's own key for it, such as a network prefix under a key of its own.
    pub(super) fn caller(key: &str) -> Self {
        Self { hash: hash("caller", key), allowance: CALLER_ALLOWANCE }
    }

    /// One-time codes of ties that are typed in one sign-in of a resident.
    pub(crate) fn codes_of_flow(flow: FlowId) -> Self {
        Self { hash: hash("codes of a sign-in", &flow.to_string()), allowance: 1 }
    }

    fn wait_seconds(&self, failures: u32) -> u32 {
        if failures.is_multiple_of(self.allowance) { throttle::wait_seconds(failures / self.allowance) } else { 0 }
    }

    fn attempts_left(&self, failures: u32) -> u32 {
        throttle::attempts_left(failures / self.allowance)
    }
}

fn hash(kind: &str, what: &str) -> Vec<u8> {
    digest(&SHA256, format!("{kind}\n{what}").as_bytes()).as_ref().to_vec()
}

/// What an attempt may do.
pub(crate) enum Charge {
    /// It may be judged; if it was wrong, this is the answer.
    Taken(Refusal),
    /// It is not looked at.
    Blocked(Refusal),
}

/// Charges an attempt.
pub(crate) async fn charge(scope: &PlatformScope, what: &Throttled, now: i64) -> Result<Charge, Error> {
    let fresh = ActiveModel {
        key_hash: Set(what.hash.clone()),
        failures: Set(1),
        blocked_until: Set(0),
        forget_at: Set(now + FORGOTTEN_AFTER),
    };
    let of_row = |column: Column| Expr::col((Entity, column));
    let counted: SimpleExpr =
        Expr::case(of_row(Column::ForgetAt).lte(now), 1).finally(of_row(Column::Failures).add(1)).into();
    let conflict = OnConflict::column(Column::KeyHash)
        .value(Column::Failures, counted)
        .value(Column::ForgetAt, now + FORGOTTEN_AFTER)
        .action_and_where(of_row(Column::BlockedUntil).lte(now))
        .to_owned();
    let charged = scope.insert_or::<Entity, _>(fresh, conflict).await? > 0;
    let row = scope.one(find(what)).await?.ok_or_else(|| Error::internal("a throttle that was just written"))?;
    let failures = u32::try_from(row.failures).unwrap_or(u32::MAX);
    if !charged {
        return Ok(Charge::Blocked(blocked(row.blocked_until, now)));
    }
    let wait = what.wait_seconds(failures);
    if wait > 0 {
        let update = Entity::update_many()
            .col_expr(Column::BlockedUntil, Expr::value(now + i64::from(wait)))
            .filter(Column::KeyHash.eq(what.hash.clone()));
        scope.update(update).await?;
    }
    Ok(Charge::Taken(Refusal { retry_after_seconds: wait, attempts_left: what.attempts_left(failures) }))
}

/// Says whether attempts are refused at the moment, without charging one.
pub(super) async fn standing(scope: &PlatformScope, what: &Throttled, now: i64) -> Result<Option<Refusal>, Error> {
    let row = scope.one(find(what)).await?;
    Ok(row.filter(|row| row.blocked_until > now).map(|row| blocked(row.blocked_until, now)))
}

/// Forgets the failures: the attempt was right.
pub(crate) async fn refund(scope: &PlatformScope, what: &Throttled) -> Result<(), Error> {
    scope.delete(Entity::delete_many().filter(Column::KeyHash.eq(what.hash.clone()))).await?;
    Ok(())
}

/// Deletes what is forgotten.
pub(super) async fn sweep(scope: &PlatformScope, now: i64) -> Result<(), Error> {
    scope.delete(Entity::delete_many().filter(Column::ForgetAt.lte(now))).await?;
    Ok(())
}

fn find(what: &Throttled) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::KeyHash.eq(what.hash.clone()))
}

fn blocked(until: i64, now: i64) -> Refusal {
    Refusal { retry_after_seconds: u32::try_from(until - now).unwrap_or(0), attempts_left: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_may_fail_ten_times_as_often() {
        let caller = Throttled::caller("192.0.2.0/24");
        let waits: Vec<u32> = [5, 10, 49, 50, 51, 99, 100, 150].map(|failures| caller.wait_seconds(failures)).into();
        assert_eq!(waits, [0, 0, 0, 900, 0, 0, 3600, 14400]);
        assert_eq!(Throttled::password("a@b.jp").wait_seconds(5), 900);
    }
}
