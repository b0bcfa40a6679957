//! Keys of one municipality: what signs its tokens, names its residents and chains its audit trail. Sealed under the master
//! key at rest, opened once per generation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::OrganisationId;
use entity::tenant_key::{Column, Entity, Model};
use oidc::jose::{Algorithm, Jwk, JwkSet, SigningKey};
use oidc::subject::{LookupPepper, SubjectSalt};
use oidc::upstream::sealed_fields::FieldKey;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Condition};
use secrecy::{ExposeSecret, SecretString};

use super::master::MasterKey;
use super::schedule::{self, Life, Rotation};
use super::signing::{Half, SigningKeys, half};
use crate::error::Error;
use crate::gate::{Scope, WriteScope};
use crate::jobs;
use crate::random::Rng;

/// What a municipality's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Signs tokens (ES256).
    SignEs256,
    /// Signs tokens (RS256), where a service asks for it.
    SignRs256,
    /// Signs tokens (PS256), where a service asks for it.
    SignPs256,
    /// Computes the digest under which a resident is found again.
    Pepper,
    /// Computes pairwise subjects and session ids; never rotated.
    SubjectSalt,
    /// Chains the audit trail.
    Audit,
    /// Signs our assertions at the identity provider (ES256).
    UpstreamEs256,
    /// Opens the fields that an identity provider seals to us.
    UpstreamX25519,
    /// A secret that an identity provider gave us; its connection names it by its number.
    UpstreamSecret,
    /// An address to which events are pushed, and what goes with them as `Authorization`; versions of the service name it by its
    /// number.
    PushSecret,
}

impl KeyPurpose {
    /// Each new municipality gets one key of each of these.
    pub const FIRST: [KeyPurpose; 5] = [
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
            KeyPurpose::SignRs256 => "sign_rs256",
            KeyPurpose::SignPs256 => "sign_ps256",
            KeyPurpose::Pepper => "pepper",
            KeyPurpose::SubjectSalt => "subject_salt",
            KeyPurpose::Audit => "audit",
            KeyPurpose::UpstreamEs256 => "upstream_es256",
            KeyPurpose::UpstreamX25519 => "upstream_x25519",
            KeyPurpose::UpstreamSecret => "upstream_secret",
            KeyPurpose::PushSecret => "push_secret",
        }
    }

    /// Signing tokens with an algorithm.
    pub const fn signing(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::ES256 => KeyPurpose::SignEs256,
            Algorithm::RS256 => KeyPurpose::SignRs256,
            Algorithm::PS256 => KeyPurpose::SignPs256,
        }
    }
}

/// What a key is sealed for: its purpose and number.
pub(super) fn place(purpose: &str, number: i64) -> String {
    format!("tenant_key.sealed/{purpose}/{number}")
}

/// A municipality's keys, opened.
pub struct TenantKeys {
    /// Sign tokens.
    pub signing: SigningKeys,
    /// Signs our assertions at identity providers.
    pub upstream: SigningKey,
    /// What such an assertion may be verified with: while the key changes, the next one stands beside it.
    pub upstream_key_set: JwkSet,
    /// Open the fields that an identity provider seals to us: none, one, or while it changes two, the next one first.
    pub fields: Vec<FieldKey>,
    /// Finds residents again: number and key, the current first.
    pub peppers: Vec<(i64, LookupPepper)>,
    /// Pairwise subjects and session ids.
    pub subject: SubjectSalt,
    provider_secrets: Vec<(i64, SecretString)>,
    push_secrets: Vec<(i64, SecretString)>,
}

impl TenantKeys {
    /// A secret that an identity provider gave us.
    pub fn provider_secret(&self, number: i64) -> Option<&SecretString> {
        self.provider_secrets.iter().find(|(known, _)| *known == number).map(|(_, secret)| secret)
    }

    /// What goes with events that are pushed to an address. A secret is for the address that it was typed for, and for no other.
    pub fn push_secret(&self, number: i64, address: &str) -> Option<&str> {
        let (_, secret) = self.push_secrets.iter().find(|(known, _)| *known == number)?;
        secret.expose_secret().strip_prefix(address)?.strip_prefix('\n')
    }
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
        let signing = Algorithm::ALL.map(|algorithm| KeyPurpose::signing(algorithm).as_str());
        let wanted = Condition::any().add(Column::RetiredAt.is_null()).add(Column::Purpose.is_in(signing));
        let rows = scope.find::<Entity>().filter(wanted).all().await?;
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

fn opened(master: &MasterKey, organisation: OrganisationId, mut rows: Vec<Model>) -> Result<TenantKeys, Error> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.number));
    let signing = SigningKeys::of(master, organisation, &rows)?;
    rows.retain(|row| row.retired_at.is_none());
    let all = |purpose: KeyPurpose| {
        rows.iter().filter(move |row| row.purpose == purpose.as_str()).map(move |row| {
            master.open(Some(organisation), &place(&row.purpose, row.number), &row.sealed).map(|key| (row.number, key))
        })
    };
    let missing = || Error::internal("a key of the municipality is missing");

    let mut peppers = Vec::new();
    for key in all(KeyPurpose::Pepper) {
        let (number, secret) = key?;
        peppers.push((number, LookupPepper::new(thirty_two(&secret)?)));
    }
    let (_, salt) = all(KeyPurpose::SubjectSalt).next().ok_or_else(missing)??;
    let mut assertion_keys = Vec::new();
    for key in all(KeyPurpose::UpstreamEs256) {
        assertion_keys.push(SigningKey::from_pkcs8(&key?.1).map_err(|_| Error::internal("a signing key"))?);
    }
    let upstream_key_set = JwkSet::of(assertion_keys.iter().map(SigningKey::public_jwk));
    let mut fields = Vec::new();
    for key in all(KeyPurpose::UpstreamX25519) {
        fields.push(FieldKey::new(thirty_two(&key?.1)?));
    }
    let texts = |purpose: KeyPurpose| -> Result<Vec<(i64, SecretString)>, Error> {
        let text = |secret: Result<(i64, zeroize::Zeroizing<Vec<u8>>), Error>| {
            let (number, secret) = secret?;
            let text = std::str::from_utf8(&secret).map_err(|_| Error::internal("a secret that others gave us"))?;
            Ok((number, SecretString::from(text)))
        };
        all(purpose).map(text).collect()
    };
    if signing.is_empty() || peppers.is_empty() {
        return Err(missing());
    }
    Ok(TenantKeys {
        signing,
        // The next one, which the providers may not know yet, signs once this one is gone.
        upstream: assertion_keys.pop().ok_or_else(missing)?,
        upstream_key_set,
        fields,
        peppers,
        subject: SubjectSalt::new(thirty_two(&salt)?),
        provider_secrets: texts(KeyPurpose::UpstreamSecret)?,
        push_secrets: texts(KeyPurpose::PushSecret)?,
    })
}

/// The life of a signing key. One from before lives were written signs since it was made.
pub(super) fn life(row: &Model) -> Life {
    Life { number: row.number, signs_from: row.signs_from.unwrap_or(row.created_at), whole: row.public_jwk.is_none() }
}

pub(super) fn thirty_two(bytes: &[u8]) -> Result<&[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::internal("a key has a wrong length"))
}

/// A public half as the column holds it.
pub(super) fn public_text(jwk: &Jwk) -> Result<String, Error> {
    serde_json::to_string(jwk).map_err(|_| Error::internal("a public key"))
}

/// Makes the first key of each purpose for a new municipality.
pub(crate) async fn create(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    rotation: Rotation,
    now: i64,
) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(KeyPurpose::FIRST.len());
    for purpose in KeyPurpose::FIRST {
        let secret = match purpose {
            KeyPurpose::Pepper | KeyPurpose::SubjectSalt | KeyPurpose::Audit => {
                zeroize::Zeroizing::new(rng.bytes::<32>()?.to_vec())
            }
            _ => SigningKey::generate().map_err(|_| Error::internal("making a signing key"))?,
        };
        rows.push(row(
            scope,
            master,
            rng,
            &New { purpose, number: 1, secret: &secret, made_at: now, signs_from: now, made_by: None },
        )?);
    }
    scope.insert_all::<Entity, _>(rows).await?;
    scope.enqueue(jobs::Kind::RotateKeys, schedule::first_due(rotation, now)).await
}

/// A key that is about to be written.
pub(super) struct New<'a> {
    pub(super) purpose: KeyPurpose,
    pub(super) number: i64,
    pub(super) secret: &'a [u8],
    pub(super) made_at: i64,
    pub(super) signs_from: i64,
    /// The account that asked for it, where somebody else has a say.
    pub(super) made_by: Option<Uuid>,
}

/// Its row, sealed.
pub(super) fn row(
    scope: &WriteScope,
    master: &MasterKey,
    rng: Rng,
    new: &New<'_>,
) -> Result<entity::tenant_key::ActiveModel, Error> {
    let organisation = scope.organisation();
    let purpose = new.purpose.as_str();
    Ok(entity::tenant_key::ActiveModel {
        organisation_id: sea_orm::Set(organisation.uuid()),
        purpose: sea_orm::Set(purpose.to_owned()),
        number: sea_orm::Set(new.number),
        sealed: sea_orm::Set(master.seal(rng, Some(organisation), &place(purpose, new.number), new.secret)?),
        created_at: sea_orm::Set(new.made_at),
        retired_at: sea_orm::Set(None),
        signs_from: sea_orm::Set(Some(new.signs_from)),
        public_jwk: sea_orm::Set(None),
        made_by: sea_orm::Set(new.made_by),
    })
}

/// The public half of a signing key, whether its private half is there or was destroyed.
pub(super) fn public_half_of(
    master: &MasterKey,
    organisation: OrganisationId,
    algorithm: Algorithm,
    row: &Model,
) -> Result<Jwk, Error> {
    Ok(match half(master, organisation, algorithm, row)? {
        Half::Private(key) => key.public_jwk().clone(),
        Half::Public(jwk) => jwk,
    })
}

/// Every public key that ever signed heads of the audit trail for the scope's organisation, retired ones too: what was signed
/// to be kept for years is verified with these. Tokens are not.
pub(crate) async fn signing_keys_ever<S: Scope>(scope: &S, master: &MasterKey) -> Result<JwkSet, Error> {
    let purpose = KeyPurpose::SignEs256.as_str();
    let mut keys = Vec::new();
    for row in scope.find::<Entity>().filter(Column::Purpose.eq(purpose)).all().await? {
        keys.push(public_half_of(master, scope.organisation(), Algorithm::ES256, &row)?);
    }
    Ok(JwkSet::of(&keys))
}

/// The audit key of the scope's organisation, opened.
pub(crate) async fn audit_key<S: Scope>(scope: &S, master: &MasterKey) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    let row = scope
        .find::<Entity>()
        .filter(Column::Purpose.eq(KeyPurpose::Audit.as_str()))
        .order_by(Column::Number, sea_orm::Order::Desc)
        .one()
        .await?
        .ok_or_else(|| Error::internal("the audit key is missing"))?;
    master.open(Some(scope.organisation()), &place(&row.purpose, row.number), &row.sealed)
}
