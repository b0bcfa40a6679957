//! What opens doors at identity providers: secrets that they gave us, and the key to which they seal fields.

use entity::tenant_key::{Column, Entity};
use oidc::upstream::sealed_fields::FieldKey;
use sea_orm::ColumnTrait;
use zeroize::Zeroizing;

use super::master::MasterKey;
use super::tenant::{self, KeyPurpose, New};
use crate::error::Error;
use crate::gate::{Scope, WriteScope};
use crate::random::Rng;

/// Seals a secret, and returns the number by which its connection names it.
pub(crate) async fn keep_provider_secret(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    secret: &[u8],
    now: i64,
) -> Result<i64, Error> {
    keep(scope, master, rng, KeyPurpose::UpstreamSecret, secret, now).await
}

/// Makes the town's key for sealed fields, unless it has one.
pub(crate) async fn ensure_field_key(scope: &WriteScope, master: &MasterKey, rng: Rng, now: i64) -> Result<(), Error> {
    let purpose = KeyPurpose::UpstreamX25519;
    if scope.find::<Entity>().filter(Column::Purpose.eq(purpose.as_str())).one().await?.is_none() {
        let secret = Zeroizing::new(rng.bytes::<32>()?);
        keep(scope, master, rng, purpose, secret.as_slice(), now).await?;
    }
    Ok(())
}

/// Deletes secrets that no connection names any more.
pub(crate) async fn forget_provider_secrets(scope: &WriteScope, named: &[i64]) -> Result<(), Error> {
    scope
        .delete_many::<Entity>()
        .filter(Column::Purpose.eq(KeyPurpose::UpstreamSecret.as_str()))
        .filter(Column::Number.is_not_in(named.iter().copied()))
        .exec()
        .await?;
    Ok(())
}

/// The public half of the key for sealed fields, in base64.
pub(crate) async fn public_field_key<S: Scope>(scope: &S, master: &MasterKey) -> Result<Option<String>, Error> {
    let purpose = KeyPurpose::UpstreamX25519.as_str();
    let row = scope.find::<Entity>().filter(Column::Purpose.eq(purpose)).one().await?;
    let Some(row) = row else { return Ok(None) };
    let secret = master.open(Some(scope.organisation()), &tenant::place(&row.purpose, row.number), &row.sealed)?;
    let secret = secret.as_slice().try_into().map_err(|_| Error::internal("a key has a wrong length"))?;
    Ok(Some(FieldKey::new(secret).public_key()))
}

async fn keep(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    purpose: KeyPurpose,
    secret: &[u8],
    now: i64,
) -> Result<i64, Error> {
    let last = scope.find::<Entity>().filter(Column::Purpose.eq(purpose.as_str())).all().await?;
    let number = last.iter().map(|row| row.number).max().unwrap_or(0) + 1;
    let new = New { purpose, number, secret, made_at: now, signs_from: now };
    scope.insert::<Entity, _>(tenant::row(scope, master, rng, &new)?).await?;
    Ok(number)
}
