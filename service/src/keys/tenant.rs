//! Keys of one municipality: what signs its tokens, names its residents and chains its audit trail. Sealed under the master
//! key at rest, opened once per generation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::OrganisationId;
use oidc::jose::{JwkSet, SigningKey};
use oidc::subject::{LookupPepper, SubjectSalt};

use super::master::MasterKey;
use crate::error::Error;
use crate::gate::{Scope, WriteScope};
use crate::random::Rng;

/// What a municipality's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Signs ID tokens (ES256).
    SignEs256,
    /// Computes the digest under which a resident is found again.
    Pepper,
    /// Computes pairwise subjects and session ids; never rotated.
    SubjectSalt,
    /// Chains the audit trail.
    Audit,
    /// Signs our assertions at the identity provider (ES256).
    UpstreamEs256,
}

impl KeyPurpose {
    /// All of them; each new municipality gets one key of each.
    pub const ALL: [KeyPurpose; 5] = [
        KeyPurpose::SignEs256,
        KeyPurpose::Pepper,
        KeyPurpose::SubjectSalt,
        KeyPurpose::Audit,
        KeyPurpose::UpstreamEs256,
    ];

    /// The name in the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyPurpose::SignEs256 => "sign_es256",
            KeyPurpose::Pepper => "pepper",
            KeyPurpose::SubjectSalt => "subject_salt",
            KeyPurpose::Audit => "audit",
            KeyPurpose::UpstreamEs256 => "upstream_es256",
        }
    }

    fn place(self, number: i64) -> String {
        format!("tenant_key.sealed/{}/{number}", self.as_str())
    }
}

/// A municipality's keys, opened.
pub struct TenantKeys {
    /// Signs; the newest first. The others verify until the last token under them has expired.
    pub signing: Vec<SigningKey>,
    /// Signs our assertions at identity providers.
    pub upstream: SigningKey,
    /// Finds residents again: number and key, the current first.
    pub peppers: Vec<(i64, LookupPepper)>,
    /// Pairwise subjects and session ids.
    pub subject: SubjectSalt,
}

/// Opened keys, by organisation and generation.
#[derive(Default)]
pub struct KeyRing(Mutex<HashMap<OrganisationId, (i64, Arc<TenantKeys>)>>);

/// Municipalities whose opened keys are kept: all of Japan's, with room.
const KEPT: usize = 4_096;

impl KeyRing {
    /// The keys of the scope's organisation as of a generation.
    ///
    /// # Errors
    /// [`Error::Internal`] if a key is missing or does not open.
    pub async fn of<S: Scope>(&self, scope: &S, generation: i64, master: &MasterKey) -> Result<Arc<TenantKeys>, Error> {
        let organisation = scope.organisation();
        if let Some(keys) = self.known(organisation, generation) {
            return Ok(keys);
        }
        let rows = scope.find::<entity::tenant_key::Entity>().all().await?;
        let keys = Arc::new(opened(master, organisation, rows)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(organisation, (generation, Arc::clone(&keys)));
        Ok(keys)
    }

    /// The keys as of a generation, if they are open already.
    pub fn known(&self, organisation: OrganisationId, generation: i64) -> Option<Arc<TenantKeys>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&organisation).filter(|(known, _)| *known == generation).map(|(_, keys)| Arc::clone(keys))
    }
}

fn opened(
    master: &MasterKey,
    organisation: OrganisationId,
    mut rows: Vec<entity::tenant_key::Model>,
) -> Result<TenantKeys, Error> {
    rows.retain(|row| row.retired_at.is_none());
    rows.sort_by_key(|row| std::cmp::Reverse(row.number));
    let all = |purpose: KeyPurpose| {
        rows.iter().filter(move |row| row.purpose == purpose.as_str()).map(move |row| {
            master.open(Some(organisation), &purpose.place(row.number), &row.sealed).map(|secret| (row.number, secret))
        })
    };
    let missing = || Error::internal("a key of the municipality is missing");
    let signing_key = |pkcs8: &[u8]| SigningKey::from_pkcs8(pkcs8).map_err(|_| Error::internal("a signing key"));

    let mut signing = Vec::new();
    for key in all(KeyPurpose::SignEs256) {
        signing.push(signing_key(&key?.1)?);
    }
    let mut peppers = Vec::new();
    for key in all(KeyPurpose::Pepper) {
        let (number, secret) = key?;
        peppers.push((number, LookupPepper::new(thirty_two(&secret)?)));
    }
    let (_, salt) = all(KeyPurpose::SubjectSalt).next().ok_or_else(missing)??;
    let (_, upstream) = all(KeyPurpose::UpstreamEs256).next().ok_or_else(missing)??;
    if signing.is_empty() || peppers.is_empty() {
        return Err(missing());
    }
    Ok(TenantKeys {
        signing,
        upstream: signing_key(&upstream)?,
        peppers,
        subject: SubjectSalt::new(thirty_two(&salt)?),
    })
}

fn thirty_two(bytes: &[u8]) -> Result<&[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::internal("a key has a wrong length"))
}

/// Makes the first key of each purpose for a new municipality.
pub(crate) async fn create(scope: &WriteScope, master: &MasterKey, rng: Rng, now: i64) -> Result<(), Error> {
    let organisation = scope.organisation();
    let mut rows = Vec::with_capacity(KeyPurpose::ALL.len());
    for purpose in KeyPurpose::ALL {
        let sealed = match purpose {
            KeyPurpose::SignEs256 | KeyPurpose::UpstreamEs256 => {
                let pkcs8 = SigningKey::generate().map_err(|_| Error::internal("making a signing key"))?;
                master.seal(rng, Some(organisation), &purpose.place(1), &pkcs8)?
            }
            KeyPurpose::Pepper | KeyPurpose::SubjectSalt | KeyPurpose::Audit => {
                let bytes = zeroize::Zeroizing::new(rng.bytes::<32>()?);
                master.seal(rng, Some(organisation), &purpose.place(1), bytes.as_slice())?
            }
        };
        rows.push(entity::tenant_key::ActiveModel {
            organisation_id: sea_orm::Set(organisation.uuid()),
            purpose: sea_orm::Set(purpose.as_str().to_owned()),
            number: sea_orm::Set(1),
            sealed: sea_orm::Set(sealed),
            created_at: sea_orm::Set(now),
            retired_at: sea_orm::Set(None),
        });
    }
    scope.insert_all::<entity::tenant_key::Entity, _>(rows).await
}

/// Every public key that ever signed for the scope's organisation, retired ones too: what was signed to be kept for years
/// is verified with these. Tokens are not.
pub(crate) async fn signing_keys_ever<S: Scope>(scope: &S, master: &MasterKey) -> Result<JwkSet, Error> {
    use entity::tenant_key::{Column, Entity};
    use sea_orm::ColumnTrait;
    let purpose = KeyPurpose::SignEs256;
    let mut keys = Vec::new();
    for row in scope.find::<Entity>().filter(Column::Purpose.eq(purpose.as_str())).all().await? {
        let secret = master.open(Some(scope.organisation()), &purpose.place(row.number), &row.sealed)?;
        keys.push(SigningKey::from_pkcs8(&secret).map_err(|_| Error::internal("a signing key"))?);
    }
    Ok(JwkSet::of(keys.iter().map(SigningKey::public_jwk)))
}

/// The audit key of the scope's organisation, opened.
pub(crate) async fn audit_key<S: Scope>(scope: &S, master: &MasterKey) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    use entity::tenant_key::{Column, Entity};
    use sea_orm::ColumnTrait;
    let row = scope
        .find::<Entity>()
        .filter(Column::Purpose.eq(KeyPurpose::Audit.as_str()))
        .order_by(Column::Number, sea_orm::Order::Desc)
        .one()
        .await?
        .ok_or_else(|| Error::internal("the audit key is missing"))?;
    master.open(Some(scope.organisation()), &KeyPurpose::Audit.place(row.number), &row.sealed)
}
