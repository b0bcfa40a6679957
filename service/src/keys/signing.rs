//! The keys with which a municipality signs tokens: which of them signs now, which are published, and by which an old token of
//! ours is still known.

use domain::ids::OrganisationId;
use entity::tenant_key::Model;
use oidc::jose::{Algorithm, Jwk, JwkSet, SigningKey};

use super::master::MasterKey;
use super::schedule::{self, Life};
use super::tenant::{KeyPurpose, life, place};
use crate::error::Error;

/// The signing keys of a municipality. Which of them signs is decided here, at each signature; there is no other way to one.
pub struct SigningKeys {
    published: Vec<Published>,
    /// Public halves that were published once and changed in their time. Those that were replaced in an emergency are not
    /// among them: what they signed may be anybody's.
    retired: Vec<Jwk>,
}

struct Published {
    algorithm: Algorithm,
    life: Life,
    half: Half,
}

pub(super) enum Half {
    Private(Box<SigningKey>),
    /// The private half was destroyed.
    Public(Jwk),
}

impl SigningKeys {
    /// Those among the keys of a municipality.
    pub(super) fn of(master: &MasterKey, organisation: OrganisationId, rows: &[Model]) -> Result<Self, Error> {
        let mut published = Vec::new();
        for algorithm in Algorithm::ALL {
            let purpose = KeyPurpose::signing(algorithm).as_str();
            for row in rows.iter().filter(|row| row.purpose == purpose && row.retired_at.is_none()) {
                published.push(Published {
                    algorithm,
                    life: life(row),
                    half: half(master, organisation, algorithm, row)?,
                });
            }
        }
        Ok(Self { published, retired: retired(rows)? })
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.published.is_empty()
    }

    /// The key of an algorithm that signs at a moment; `None` where the municipality has none of this algorithm.
    pub fn signer(&self, algorithm: Algorithm, now: i64) -> Option<&SigningKey> {
        let of_algorithm = || self.published.iter().filter(move |key| key.algorithm == algorithm);
        let number = schedule::signer(of_algorithm().map(|key| key.life), now)?;
        of_algorithm().filter(|key| key.life.number == number).find_map(|key| match &key.half {
            Half::Private(key) => Some(&**key),
            Half::Public(_) => None,
        })
    }

    /// What the municipality signs with.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(|algorithm| self.published.iter().any(|key| key.algorithm == *algorithm))
    }

    /// The public halves: of what signs, of what will, and of what did lately.
    pub fn key_set(&self) -> JwkSet {
        JwkSet::of(self.public_halves())
    }

    /// The same and those of earlier years, to know an ID token of ours when it is given back as a hint: services keep them for
    /// longer than anybody has to trust them. Nothing else is verified with these.
    pub fn hint_key_set(&self) -> JwkSet {
        JwkSet::of(self.public_halves().chain(&self.retired))
    }

    fn public_halves(&self) -> impl Iterator<Item = &Jwk> {
        self.published.iter().map(|key| match &key.half {
            Half::Private(key) => key.public_jwk(),
            Half::Public(jwk) => jwk,
        })
    }
}

/// The public halves of signing keys that changed in their time: no other key took their place in the moment in which they
/// were taken away.
fn retired(rows: &[Model]) -> Result<Vec<Jwk>, Error> {
    let took_its_place = |row: &Model, retired_at: i64| {
        let at_once = |other: &Model| other.created_at == retired_at && other.signs_from == Some(retired_at);
        rows.iter().any(|other| other.purpose == row.purpose && other.number > row.number && at_once(other))
    };
    let in_time = rows.iter().filter(|row| row.retired_at.is_some_and(|moment| !took_its_place(row, moment)));
    in_time.filter_map(|row| row.public_jwk.as_deref()).map(public_half).collect()
}

pub(super) fn half(
    master: &MasterKey,
    organisation: OrganisationId,
    algorithm: Algorithm,
    row: &Model,
) -> Result<Half, Error> {
    if let Some(text) = &row.public_jwk {
        return public_half(text).map(Half::Public);
    }
    let pkcs8 = master.open(Some(organisation), &place(&row.purpose, row.number), &row.sealed)?;
    let key = SigningKey::from_pkcs8_for(algorithm, &pkcs8).map_err(|_| Error::internal("a signing key"))?;
    Ok(Half::Private(Box::new(key)))
}

fn public_half(text: &str) -> Result<Jwk, Error> {
    let set = JwkSet::parse(format!(r#"{{"keys":[{text}]}}"#).as_bytes());
    let jwk = set.ok().and_then(|set| set.keys().first().cloned());
    jwk.ok_or_else(|| Error::internal("a public key that was kept"))
}
