//! What the card said, as bytes: a part of the flow's format (`flow_format`), under its version.

use domain::calendar::Month;
use domain::ids::{IdentityProviderId, ResidentId};
use domain::residency::{AddressSource, AttestationKinds, Clause, ReasonCode};
use zeroize::Zeroizing;

use super::flow::{Carded, Determined, Person, Term};
use super::flow_format::{level_byte, level_of, method_byte, method_of};
use super::packing::{Malformed, Packer, Unpacker};
use crate::configuration::MAX_PUBLISHED_RULES;

/// Beside the index of the reason, in its byte.
const WITH_TERM: u8 = 0x20;
const WITH_RECHECK: u8 = 0x40;
const WITH_TIES: u8 = 0x80;
const REASON: u8 = 0x1f;
const _: () = assert!(ReasonCode::ALL.len() <= REASON as usize);

impl Determined {
    /// Months are counted from the one of the verification, before which no term ends: a town has many rules, and a cookie
    /// little room.
    fn pack(self, packer: &mut Packer, verified: Option<Month>) {
        let recheck = self.term.and_then(|term| term.recheck);
        let flags = [
            (WITH_TERM, self.term.is_some()),
            (WITH_RECHECK, recheck.is_some()),
            (WITH_TIES, !self.would_do.is_empty()),
        ];
        let flags = flags.into_iter().filter(|(_, set)| *set).fold(0, |byte, (flag, _)| byte | flag);
        packer.byte(self.reason.index() | flags);
        packer.byte(clause_byte(self.clause));
        for month in [self.term.map(|term| term.expires), recheck].into_iter().flatten() {
            let months = verified.map_or(0, |verified| month.months_since(verified));
            packer.number(u64::try_from(months).unwrap_or(0));
        }
        if !self.would_do.is_empty() {
            packer.byte(self.would_do.bits());
        }
    }

    fn unpack(unpacker: &mut Unpacker<'_>, verified: Option<Month>) -> Result<Self, Malformed> {
        let byte = unpacker.byte()?;
        let reason = ReasonCode::of_index(byte & REASON).ok_or(Malformed)?;
        let clause = clause_of(unpacker.byte()?);
        let mut month = |flag: u8| match byte & flag {
            0 => Ok(None),
            _ => {
                let months = u16::try_from(unpacker.number()?).map_err(|_| Malformed)?;
                verified.map(|verified| Some(verified.plus_months(months))).ok_or(Malformed)
            }
        };
        let (expires, recheck) = (month(WITH_TERM)?, month(WITH_RECHECK)?);
        let would_do = match byte & WITH_TIES {
            0 => AttestationKinds::NONE,
            _ => AttestationKinds::of_bits(unpacker.byte()?),
        };
        Ok(Self { reason, clause, term: expires.map(|expires| Term { expires, recheck }), would_do })
    }
}

/// The kind of a clause in two bits and its place in six; a place beyond them is not told.
fn clause_byte(clause: Option<Clause>) -> u8 {
    let (kind, at) = match clause {
        Some(Clause::Admits(at)) => (1, at),
        Some(Clause::Everyone(at)) => (2, at),
        Some(Clause::Excludes(at)) => (3, at),
        None => (0, 0),
    };
    if at < 0x40 { kind << 6 | at } else { 0 }
}

fn clause_of(byte: u8) -> Option<Clause> {
    let at = byte & 0x3f;
    match byte >> 6 {
        1 => Some(Clause::Admits(at)),
        2 => Some(Clause::Everyone(at)),
        3 => Some(Clause::Excludes(at)),
        _ => None,
    }
}

impl Carded {
    pub(super) fn pack(&self, packer: &mut Packer) {
        packer.uuid(self.provider.uuid());
        match &self.person {
            Person::Found(resident, home) => {
                packer.byte(1);
                packer.uuid(resident.uuid());
                packer.bytes(home.as_slice());
            }
            Person::New { digest, pepper } => {
                packer.byte(2);
                packer.bytes(digest.as_slice());
                packer.seconds(*pepper);
            }
        }
        packer.byte(level_byte(self.assurance));
        packer.byte(method_byte(self.method));
        packer.byte(self.level);
        packer.seconds(self.auth_time);
        let source = AddressSource::ALL.iter().position(|source| *source == self.source);
        packer.byte(source.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX));
        packer.month(self.verified);
        packer.bytes(&self.basis);
        packer.number(self.determined.len() as u64);
        for determined in &self.determined {
            determined.pack(packer, self.verified);
        }
        packer.attributes(&self.attributes);
    }

    pub(super) fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, Malformed> {
        let provider = IdentityProviderId::from_uuid(unpacker.uuid()?);
        let person = match unpacker.byte()? {
            1 => Person::Found(ResidentId::from_uuid(unpacker.uuid()?), Zeroizing::new(unpacker.array()?)),
            2 => Person::New { digest: Zeroizing::new(unpacker.array()?), pepper: unpacker.seconds()? },
            _ => return Err(Malformed),
        };
        let assurance = level_of(unpacker.byte()?)?;
        let method = method_of(unpacker.byte()?)?;
        let level = unpacker.byte()?;
        let auth_time = unpacker.seconds()?;
        let source = AddressSource::ALL.get(usize::from(unpacker.byte()?)).copied().ok_or(Malformed)?;
        let verified = unpacker.month()?;
        let basis = unpacker.array()?;
        let rules = unpacker.number()?;
        let mut determined = Vec::new();
        for _ in 0..rules.min(MAX_PUBLISHED_RULES as u64) {
            determined.push(Determined::unpack(unpacker, verified)?);
        }
        let attributes = unpacker.attributes()?;
        Ok(Self {
            provider,
            person,
            assurance,
            method,
            level,
            auth_time,
            source,
            verified,
            basis,
            determined,
            attributes,
        })
    }
}
