//! Rows of requests at the desk.

use domain::calendar::Month;
use domain::desk::DeskCode;
use domain::ids::{DeskRequestId, RelinkRequestId};
use entity::desk_request::{Column, Entity, Model};
use entity::relink_request;
use sea_orm::ColumnTrait;

use super::AtDesk;
use crate::error::Error;
use crate::gate::{Find, Scope, WriteScope};
use crate::keys::TenantKeys;

/// In the place of a provider's namespace: a code's digest is no resident's.
const NAMESPACE: &str = "desk code";

/// What is kept of a code, under every pepper that is in use, the current one's first. It is keyed because 40 bits are soon
/// tried through by whoever stole the database.
pub(crate) fn code_hashes(keys: &TenantKeys, code: DeskCode) -> Vec<Vec<u8>> {
    let text = code.to_string();
    keys.peppers.iter().map(|(_, pepper)| pepper.lookup(NAMESPACE, &text).to_vec()).collect()
}

/// A moment, late enough to be a whole hour: it says less about when somebody signed in.
pub(crate) const fn whole_hour(seconds: i64) -> i64 {
    (seconds + 3_599).div_euclid(3_600) * 3_600
}

fn waiting<S: Scope>(scope: &S, now: i64) -> Find<'_, Entity> {
    scope.find::<Entity>().filter(Column::CodeHash.is_not_null()).filter(Column::ExpiresAt.gt(now))
}

/// The request of a code that waits for the desk.
pub(super) async fn find_by_code<S: Scope>(
    scope: &S,
    keys: &TenantKeys,
    code: DeskCode,
    now: i64,
) -> Result<Option<AtDesk>, Error> {
    let hashes = code_hashes(keys, code);
    if let Some(row) = waiting(scope, now).filter(Column::CodeHash.is_in(hashes.clone())).one().await? {
        return Ok(Some(AtDesk::Undecided(DeskRequestId::from_uuid(row.id))));
    }
    let row = scope
        .find::<relink_request::Entity>()
        .filter(relink_request::Column::CodeHash.is_in(hashes))
        .filter(relink_request::Column::ExpiresAt.gt(now))
        .one()
        .await?;
    Ok(row.map(|row| AtDesk::RenewedCard(RelinkRequestId::from_uuid(row.id))))
}

/// A request that waits for the desk.
pub(super) async fn find_open<S: Scope>(scope: &S, id: DeskRequestId, now: i64) -> Result<Option<Model>, Error> {
    waiting(scope, now).filter(Column::Id.eq(id.uuid())).one().await
}

/// The same, for somebody who deals with it: nobody else does until the end of the transaction.
pub(super) async fn find_open_locked(scope: &WriteScope, id: DeskRequestId, now: i64) -> Result<Option<Model>, Error> {
    waiting(scope, now).filter(Column::Id.eq(id.uuid())).locked().one().await
}

/// Uses the code up, and keeps until when somebody is eligible under which version.
pub(super) async fn clear(
    scope: &WriteScope,
    row: &Model,
    number: u32,
    until: Month,
    expires_at: i64,
) -> Result<(), Error> {
    scope
        .update_many::<Entity>()
        .set(Column::CodeHash, None::<Vec<u8>>)
        .set(Column::ClearedNumber, i64::from(number))
        .set(Column::ClearedUntil, until.to_string())
        .set(Column::ExpiresAt, expires_at)
        .filter(Column::Id.eq(row.id))
        .filter(Column::CodeHash.is_not_null())
        .exec_one()
        .await
}

/// Deletes a request that waits for the desk.
pub(super) async fn delete(scope: &WriteScope, row: &Model) -> Result<(), Error> {
    scope.delete_many::<Entity>().filter(Column::Id.eq(row.id)).exec().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_whole_hour() {
        assert_eq!([0, 1, 3_599, 3_600, 3_601].map(whole_hour), [0, 3_600, 3_600, 3_600, 7_200]);
    }
}
