//! Rows of accounts and of their recovery codes. Both belong to no organisation, so they need a platform scope.

use std::collections::HashMap;

use domain::ids::AccountId;
use entity::account::{ActiveModel, Column, Entity, Model};
use entity::{account_recovery_code, staff_session};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, UpdateMany};

use crate::error::{Conflict, Error};
use crate::gate::PlatformScope;

pub(super) async fn by_mail(scope: &PlatformScope, mail: &str) -> Result<Option<Model>, Error> {
    scope.one(Entity::find().filter(Column::Mail.eq(mail))).await
}

pub(super) async fn get(scope: &PlatformScope, account: AccountId) -> Result<Model, Error> {
    scope.one(Entity::find().filter(Column::Id.eq(account.uuid()))).await?.ok_or(Error::NotFound)
}

/// Everything that is new about an account.
pub(crate) struct NewAccount {
    pub(crate) id: AccountId,
    pub(crate) mail: String,
    pub(crate) password_hash: String,
    /// Sealed; with the time of enrolment. None: enrolled at the first sign-in.
    pub(crate) totp: Option<(Vec<u8>, i64)>,
    pub(crate) created_at: i64,
}

pub(super) async fn insert(scope: &PlatformScope, account: NewAccount) -> Result<(), Error> {
    let (secret, enrolled_at) = account.totp.unzip();
    let row = ActiveModel {
        id: Set(account.id.uuid()),
        mail: Set(account.mail),
        password_hash: Set(account.password_hash),
        totp_secret: Set(secret),
        totp_enrolled_at: Set(enrolled_at),
        totp_last_step: Set(0),
        revision: Set(1),
        created_at: Set(account.created_at),
    };
    scope.insert::<Entity, _>(row).await
}

/// A change of the account; its revision rises with it.
fn update(account: AccountId) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(account.uuid()))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
}

/// Keeps a secret that waits for its first code, or forgets the one that waited. An enrolled one stays.
pub(super) async fn set_pending(
    scope: &PlatformScope,
    account: AccountId,
    sealed: Option<Vec<u8>>,
) -> Result<(), Error> {
    let change = update(account)
        .filter(Column::TotpEnrolledAt.is_null())
        .col_expr(Column::TotpSecret, Expr::value(sealed))
        .col_expr(Column::TotpLastStep, Expr::value(0));
    if scope.update(change).await? == 1 { Ok(()) } else { Err(Conflict::State.into()) }
}

/// Enrols the waiting secret. False if somebody was faster, or changed the account since it was read.
pub(super) async fn enrol(scope: &PlatformScope, row: &Model, step: i64, now: i64) -> Result<bool, Error> {
    let change = update(AccountId::from_uuid(row.id))
        .filter(Column::TotpEnrolledAt.is_null())
        .filter(Column::Revision.eq(row.revision))
        .col_expr(Column::TotpEnrolledAt, Expr::value(now))
        .col_expr(Column::TotpLastStep, Expr::value(step));
    Ok(scope.update(change).await? == 1)
}

/// Takes a step of an enrolled account: true for the first who does.
pub(super) async fn take_step(scope: &PlatformScope, account: AccountId, step: i64) -> Result<bool, Error> {
    let change = update(account)
        .filter(Column::TotpEnrolledAt.is_not_null())
        .filter(Column::TotpLastStep.lt(step))
        .col_expr(Column::TotpLastStep, Expr::value(step));
    Ok(scope.update(change).await? == 1)
}

/// Forgets the second factor and its recovery codes.
pub(super) async fn forget_second_factor(scope: &PlatformScope, account: AccountId) -> Result<(), Error> {
    let change = update(account)
        .col_expr(Column::TotpSecret, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::TotpEnrolledAt, Expr::value(None::<i64>))
        .col_expr(Column::TotpLastStep, Expr::value(0));
    scope.update(change).await?;
    delete_recovery_codes(scope, account).await
}

/// Empties an account: nobody signs in with it any more, and nothing of the person is left in it. The row stays, because memberships
/// of the past name it. No mail address is an id, so that the next account may have the address.
pub(super) async fn empty(scope: &PlatformScope, account: AccountId) -> Result<(), Error> {
    forget_second_factor(scope, account).await?;
    end_sessions(scope, account, None).await?;
    let change = update(account)
        .col_expr(Column::Mail, Expr::value(account.to_string()))
        .col_expr(Column::PasswordHash, Expr::value(""));
    scope.update(change).await.map(drop)
}

pub(super) async fn set_password(scope: &PlatformScope, row: &Model, hash: String) -> Result<(), Error> {
    let change = update(AccountId::from_uuid(row.id))
        .filter(Column::Revision.eq(row.revision))
        .col_expr(Column::PasswordHash, Expr::value(hash));
    if scope.update(change).await? == 1 { Ok(()) } else { Err(Conflict::Stale.into()) }
}

async fn delete_recovery_codes(scope: &PlatformScope, account: AccountId) -> Result<(), Error> {
    use account_recovery_code::{Column, Entity};
    scope.delete(Entity::delete_many().filter(Column::AccountId.eq(account.uuid()))).await?;
    Ok(())
}

pub(super) async fn replace_recovery_codes(
    scope: &PlatformScope,
    account: AccountId,
    hashes: impl IntoIterator<Item = Vec<u8>>,
) -> Result<(), Error> {
    use account_recovery_code::{ActiveModel, Entity};
    delete_recovery_codes(scope, account).await?;
    for code_hash in hashes {
        let row = ActiveModel { account_id: Set(account.uuid()), code_hash: Set(code_hash), used_at: Set(None) };
        scope.insert::<Entity, _>(row).await?;
    }
    Ok(())
}

/// Uses a recovery code up: true for the first who does.
pub(super) async fn use_recovery_code(
    scope: &PlatformScope,
    account: AccountId,
    hash: Vec<u8>,
    now: i64,
) -> Result<bool, Error> {
    use account_recovery_code::{Column, Entity};
    let change = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::CodeHash.eq(hash))
        .filter(Column::UsedAt.is_null());
    Ok(scope.update(change).await? == 1)
}

/// How many recovery codes are unused.
pub(super) async fn recovery_codes_left(scope: &PlatformScope, account: AccountId) -> Result<usize, Error> {
    use account_recovery_code::{Column, Entity};
    let unused = Entity::find().filter(Column::AccountId.eq(account.uuid())).filter(Column::UsedAt.is_null());
    Ok(scope.all(unused).await?.len())
}

/// Ends the sessions of an account, all but the one with this hash.
pub(super) async fn end_sessions(
    scope: &PlatformScope,
    account: AccountId,
    except: Option<Vec<u8>>,
) -> Result<(), Error> {
    use staff_session::{Column, Entity};
    let mut sessions = Entity::delete_many().filter(Column::AccountId.eq(account.uuid()));
    if let Some(hash) = except {
        sessions = sessions.filter(Column::IdHash.ne(hash));
    }
    scope.delete(sessions).await?;
    Ok(())
}

/// Since when each of these accounts has a second factor; those without are left out.
pub(super) async fn second_factors(
    scope: &PlatformScope,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, i64>, Error> {
    let ids = accounts.iter().map(|account| account.uuid());
    let rows = scope.all(Entity::find().filter(Column::Id.is_in(ids))).await?;
    Ok(rows.into_iter().filter_map(|row| Some((AccountId::from_uuid(row.id), row.totp_enrolled_at?))).collect())
}
