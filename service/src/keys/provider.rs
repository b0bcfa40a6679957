//! What opens doors at others: secrets that identity providers and services gave us, and the keys of ours that providers know.
//! Those keys change in two steps, because a provider takes its time to hear of the next one: first the next stands beside the one
//! in force, then that one goes for good. In between fields open that are sealed to either; assertions are signed with the one that
//! every provider knows.

use domain::ids::AccountId;
use entity::tenant_key::{Column, Entity, Model};
use oidc::jose::SigningKey;
use oidc::upstream::sealed_fields::FieldKey;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ExprTrait, Order};
use zeroize::Zeroizing;

use super::master::MasterKey;
use super::tenant::{self, KeyPurpose, New, thirty_two};
use crate::error::{Conflict, Error};
use crate::gate::{Scope, WriteScope};
use crate::random::Rng;

/// A key of ours that identity providers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKey {
    /// Signs assertions (`private_key_jwt`, ES256).
    Assertion,
    /// Fields are sealed to it (X25519).
    Fields,
}

impl ProviderKey {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Assertion, Self::Fields];

    /// The word in forms and in the audit trail.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "ES256",
            Self::Fields => "X25519",
        }
    }

    /// The key of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == word)
    }

    const fn purpose(self) -> KeyPurpose {
        match self {
            Self::Assertion => KeyPurpose::UpstreamEs256,
            Self::Fields => KeyPurpose::UpstreamX25519,
        }
    }

    fn make(self, rng: Rng) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self {
            Self::Assertion => SigningKey::generate().map_err(|_| Error::internal("making a signing key")),
            Self::Fields => Ok(Zeroizing::new(Zeroizing::new(rng.bytes::<32>()?).to_vec())),
        }
    }

    /// What a provider is told: the public key in base64, or the name under which it stands in the JWKS.
    fn public(self, secret: &[u8]) -> Result<String, Error> {
        match self {
            Self::Assertion => {
                let key = SigningKey::from_pkcs8(secret).map_err(|_| Error::internal("a signing key"))?;
                Ok(key.public_jwk().key_id().to_owned())
            }
            Self::Fields => Ok(FieldKey::new(thirty_two(secret)?).public_key()),
        }
    }
}

/// One of those keys without its private half.
pub(crate) struct KnownKey {
    pub(crate) number: i64,
    pub(crate) public: String,
    pub(crate) made_by: Option<AccountId>,
}

/// The keys that are there, the one in force first and the next one, where there is one, after it.
pub(crate) async fn provider_keys<S: Scope>(
    scope: &S,
    master: &MasterKey,
    key: ProviderKey,
) -> Result<Vec<KnownKey>, Error> {
    let known = |row: Model| {
        let secret = master.open(Some(scope.organisation()), &tenant::place(&row.purpose, row.number), &row.sealed)?;
        let made_by = row.made_by.map(AccountId::from_uuid);
        Ok(KnownKey { number: row.number, public: key.public(&secret)?, made_by })
    };
    rows(scope, key.purpose()).await?.into_iter().map(known).collect()
}

/// The same, and nobody else makes or takes one away before the transaction is over: of two who each take another one, the second
/// finds that there is one left.
pub(crate) async fn hold_provider_keys(
    scope: &WriteScope,
    master: &MasterKey,
    key: ProviderKey,
) -> Result<Vec<KnownKey>, Error> {
    one_at_a_time(scope).await?;
    provider_keys(scope, master, key).await
}

/// Makes the next key.
///
/// # Errors
/// [`Conflict::State`] where there is none yet, or a next one already.
pub(crate) async fn make_next_provider_key(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    key: ProviderKey,
    by: AccountId,
    now: i64,
) -> Result<KnownKey, Error> {
    one_at_a_time(scope).await?;
    if rows(scope, key.purpose()).await?.len() != 1 {
        return Err(Conflict::State.into());
    }
    let secret = key.make(rng)?;
    let number = keep(scope, master, rng, key.purpose(), &secret, (Some(by.uuid()), now)).await?;
    Ok(KnownKey { number, public: key.public(&secret)?, made_by: Some(by) })
}

/// Removes a key, so that nobody has it any more. They are held (see [`hold_provider_keys`]).
pub(crate) async fn remove_provider_key(scope: &WriteScope, key: ProviderKey, number: i64) -> Result<(), Error> {
    let of_number = Column::Purpose.eq(key.purpose().as_str()).and(Column::Number.eq(number));
    scope.delete_many::<Entity>().filter(of_number).exec().await?;
    Ok(())
}

/// Makes the town's key for sealed fields, unless it has one.
pub(crate) async fn ensure_field_key(scope: &WriteScope, master: &MasterKey, rng: Rng, now: i64) -> Result<(), Error> {
    let key = ProviderKey::Fields;
    if rows(scope, key.purpose()).await?.is_empty() {
        keep(scope, master, rng, key.purpose(), &key.make(rng)?, (None, now)).await?;
    }
    Ok(())
}

/// Seals a secret, and returns the number by which its connection names it.
pub(crate) async fn keep_provider_secret(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    secret: &[u8],
    now: i64,
) -> Result<i64, Error> {
    one_at_a_time(scope).await?;
    keep(scope, master, rng, KeyPurpose::UpstreamSecret, secret, (None, now)).await
}

/// Whether any connection has such a secret. Until the transaction is over nobody else keeps one: what names it would be seen too
/// late.
pub(crate) async fn hold_provider_secrets(scope: &WriteScope) -> Result<bool, Error> {
    hold(scope, KeyPurpose::UpstreamSecret).await
}

/// Deletes secrets that no connection names any more. They are held (see [`hold_provider_secrets`]).
pub(crate) async fn forget_provider_secrets(scope: &WriteScope, named: &[i64]) -> Result<(), Error> {
    forget(scope, KeyPurpose::UpstreamSecret, named).await
}

/// Seals what goes with events that are pushed to an address, and returns the number by which versions name it.
pub(crate) async fn keep_push_secret(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    (address, secret): (&str, &str),
    now: i64,
) -> Result<i64, Error> {
    one_at_a_time(scope).await?;
    let both = Zeroizing::new(format!("{address}\n{secret}"));
    keep(scope, master, rng, KeyPurpose::PushSecret, both.as_bytes(), (None, now)).await
}

/// Whether any service has such a secret. As [`hold_provider_secrets`].
pub(crate) async fn hold_push_secrets(scope: &WriteScope) -> Result<bool, Error> {
    hold(scope, KeyPurpose::PushSecret).await
}

/// Deletes those that no version names any more. They are held.
pub(crate) async fn forget_push_secrets(scope: &WriteScope, named: &[i64]) -> Result<(), Error> {
    forget(scope, KeyPurpose::PushSecret, named).await
}

async fn hold(scope: &WriteScope, purpose: KeyPurpose) -> Result<bool, Error> {
    // Where there is none, nothing is looked for: what somebody keeps meanwhile stays.
    if rows(scope, purpose).await?.is_empty() {
        return Ok(false);
    }
    one_at_a_time(scope).await?;
    Ok(true)
}

/// Has whoever keeps a secret and whoever looks for those that are named no more wait for each other. A secret is written a moment
/// before what names it: who reads the names in between and deletes afterwards would take it away. And of two who keep one at the
/// same moment, both would number it alike. Whoever locks a configuration as well locks it first, as a publication does.
async fn one_at_a_time(scope: &WriteScope) -> Result<(), Error> {
    scope.find::<entity::tenant::Entity>().locked().get().await.map(drop)
}

async fn forget(scope: &WriteScope, purpose: KeyPurpose, named: &[i64]) -> Result<(), Error> {
    scope
        .delete_many::<Entity>()
        .filter(Column::Purpose.eq(purpose.as_str()))
        .filter(Column::Number.is_not_in(named.iter().copied()))
        .exec()
        .await?;
    Ok(())
}

async fn rows<S: Scope>(scope: &S, purpose: KeyPurpose) -> Result<Vec<Model>, Error> {
    let rows = scope.find::<Entity>().filter(Column::Purpose.eq(purpose.as_str()));
    rows.order_by(Column::Number, Order::Asc).all().await
}

async fn keep(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    purpose: KeyPurpose,
    secret: &[u8],
    (made_by, now): (Option<Uuid>, i64),
) -> Result<i64, Error> {
    let number = rows(scope, purpose).await?.last().map_or(0, |row| row.number) + 1;
    let new = New { purpose, number, secret, made_at: now, signs_from: now, made_by };
    scope.insert::<Entity, _>(tenant::row(scope, master, rng, &new)?).await?;
    Ok(number)
}
