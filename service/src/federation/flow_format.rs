//! The state of a flow as bytes. Tags, bits and the order of fields are a format; a changed one needs a new `VERSION`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::assurance::{Assurance, Method};
use domain::desk::DeskCode;
use domain::ids::{FlowId, IdentityProviderId, RelyingPartyId, ResidentId};
use domain::locale::Locale;
use domain::residency::{Attestation, AttestationKinds, ReasonCode};
use oidc::pkce::CodeChallenge;
use oidc::provider::authorize::Prompt;
use oidc::provider::claims_request::{ClaimsRequest, Scope, Scopes};
use zeroize::Zeroizing;

use super::desk::Given;
use super::flow::{Asked, Carded, ENDINGS, Ending, Flow, Kind, LevelAsked, Offered, Stage};
use super::packing::{Malformed, Packer, Unpacker};
use super::tried::Tried;

const VERSION: u8 = 7;
/// Beside the language, in its byte.
const ANSWERED: u8 = 0b10;
const TIE: u8 = 0b100;
const DESK: u8 = 0b1000;
const OFFERS_PASSKEY: u8 = 0b1_0000;
/// Beside a level, in its byte.
const ESSENTIAL: u8 = 0x80;
/// Endings without a reason follow those with one.
const AFTER_REASONS: u8 = 0x80;

impl Flow {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        self.encode_as(self.started_at, self.answered)
    }

    /// The same flow after its code was handed over, as if it had started at another moment: its life ends with that.
    pub(super) fn encode_answered(&self, started_at: i64) -> Zeroizing<Vec<u8>> {
        self.encode_as(started_at, true)
    }

    fn encode_as(&self, started_at: i64, answered: bool) -> Zeroizing<Vec<u8>> {
        let mut packer = Packer::new();
        packer.byte(VERSION);
        packer.seconds(started_at);
        let locale = match self.locale {
            Locale::Ja => 0,
            Locale::En => 1,
        };
        let mark = |there: bool, bit: u8| if there { bit } else { 0 };
        packer.byte(
            locale
                | mark(answered, ANSWERED)
                | mark(self.tie.is_some(), TIE)
                | mark(self.desk.is_some(), DESK)
                | mark(self.offers_passkey, OFFERS_PASSKEY),
        );
        if let Some(offered) = &self.tie {
            packer.byte(AttestationKinds::from_iter([offered.tie.kind]).bits());
            packer.month(Some(offered.tie.until));
            packer.bytes(&offered.code_hash);
        }
        if let Some(given) = &self.desk {
            packer.bytes(&given.code.bytes());
            packer.seconds(given.expires_at);
        }
        match &self.kind {
            Kind::Service(asked) => {
                packer.byte(1);
                asked.pack(&mut packer);
            }
            Kind::TownPage => packer.byte(2),
            Kind::Test(party) => {
                packer.byte(3);
                packer.uuid(party.uuid());
            }
            Kind::TryOut(provider) => {
                packer.byte(4);
                packer.uuid(provider.uuid());
            }
            Kind::Merge(into) => {
                packer.byte(5);
                packer.uuid(into.uuid());
            }
        }
        self.stage.pack(&mut packer);
        packer.finish()
    }

    pub(super) fn decode(id: FlowId, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut unpacker = Unpacker::new(bytes);
        if unpacker.byte()? != VERSION {
            return Err(Malformed);
        }
        let started_at = unpacker.seconds()?;
        let byte = unpacker.byte()?;
        let locale = match byte & !(ANSWERED | TIE | DESK | OFFERS_PASSKEY) {
            0 => Locale::Ja,
            1 => Locale::En,
            _ => return Err(Malformed),
        };
        let tie = match byte & TIE {
            0 => None,
            _ => Some(Offered::unpack(&mut unpacker)?),
        };
        let desk = match byte & DESK {
            0 => None,
            _ => Some(Given { code: DeskCode::of_bytes(unpacker.array()?), expires_at: unpacker.seconds()? }),
        };
        let kind = match unpacker.byte()? {
            1 => Kind::Service(Box::new(Asked::unpack(&mut unpacker)?)),
            2 => Kind::TownPage,
            3 => Kind::Test(RelyingPartyId::from_uuid(unpacker.uuid()?)),
            4 => Kind::TryOut(IdentityProviderId::from_uuid(unpacker.uuid()?)),
            5 => Kind::Merge(ResidentId::from_uuid(unpacker.uuid()?)),
            _ => return Err(Malformed),
        };
        let stage = Stage::unpack(&mut unpacker)?;
        unpacker.finish()?;
        let answered = byte & ANSWERED != 0;
        let offers_passkey = byte & OFFERS_PASSKEY != 0;
        Ok(Self { id, started_at, locale, answered, tie, desk, offers_passkey, kind, stage })
    }
}

fn bits(words: impl Iterator<Item = bool>) -> u8 {
    words.enumerate().fold(0, |bits, (at, there)| bits | u8::from(there) << at)
}

pub(super) fn scope_bits(scopes: Scopes) -> u8 {
    bits(Scope::ALL.iter().map(|scope| scopes.contains(*scope)))
}

pub(super) fn scopes_of(bits: u8) -> Scopes {
    Scope::ALL.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, scope)| *scope).collect()
}

/// Both levels in one byte, as two digits.
pub(super) const fn level_byte(level: Assurance) -> u8 {
    level.ial.number() * 10 + level.aal.number()
}

pub(super) fn level_of(byte: u8) -> Result<Assurance, Malformed> {
    let ial = (byte / 10).try_into().map_err(|_| Malformed)?;
    let aal = (byte % 10).try_into().map_err(|_| Malformed)?;
    Ok(Assurance { ial, aal })
}

const METHODS: [Method; 6] = [
    Method::Card,
    Method::PhoneCertificate,
    Method::ProviderDevice,
    Method::Session,
    Method::DevicePasskey,
    Method::SyncedPasskey,
];

pub(super) fn method_byte(method: Method) -> u8 {
    METHODS.iter().position(|known| *known == method).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

pub(super) fn method_of(byte: u8) -> Result<Method, Malformed> {
    METHODS.get(usize::from(byte)).copied().ok_or(Malformed)
}

pub(super) fn pack_challenge(packer: &mut Packer, challenge: Option<CodeChallenge>) {
    let bytes: Option<Vec<u8>> = challenge.and_then(|challenge| URL_SAFE_NO_PAD.decode(challenge.to_text()).ok());
    packer.byte(u8::from(bytes.is_some()));
    packer.bytes(&bytes.unwrap_or_default());
}

pub(super) fn unpack_challenge(unpacker: &mut Unpacker<'_>) -> Result<Option<CodeChallenge>, Malformed> {
    match unpacker.byte()? {
        0 => Ok(None),
        1 => {
            let bytes = unpacker.array::<32>()?;
            CodeChallenge::parse(&URL_SAFE_NO_PAD.encode(bytes)).map(Some).ok_or(Malformed)
        }
        _ => Err(Malformed),
    }
}

impl Asked {
    pub(super) fn pack(&self, packer: &mut Packer) {
        packer.uuid(self.party.uuid());
        packer.number(self.party_number.into());
        packer.byte(self.redirect_uri);
        packer.byte(scope_bits(self.scopes));
        packer.claims(&self.claims.id_token);
        packer.claims(&self.claims.userinfo);
        packer.byte(bits(Prompt::ALL.iter().map(|prompt| self.prompt.contains(*prompt))));
        packer.number(self.max_age_seconds.map_or(0, |seconds| u64::from(seconds) + 1));
        packer.byte(match self.level {
            LevelAsked::None => 0,
            LevelAsked::Wanted(level) => level_byte(level),
            LevelAsked::Essential(level) => level_byte(level) | ESSENTIAL,
        });
        packer.ascii(self.state.as_deref());
        packer.ascii(self.nonce.as_deref());
        pack_challenge(packer, self.code_challenge);
        packer.key(self.key);
        packer.port(self.port);
        packer.byte(u8::from(self.subject.is_some()));
        packer.bytes(self.subject.as_ref().map_or(&[], |digest| digest.as_slice()));
        packer.byte(u8::from(self.pushed.is_some()));
        packer.bytes(self.pushed.as_ref().map_or(&[], |id| id.as_slice()));
    }

    pub(super) fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, Malformed> {
        let party = RelyingPartyId::from_uuid(unpacker.uuid()?);
        let party_number = u32::try_from(unpacker.number()?).map_err(|_| Malformed)?;
        let redirect_uri = unpacker.byte()?;
        let scopes = scopes_of(unpacker.byte()?);
        let claims = ClaimsRequest { id_token: unpacker.claims()?, userinfo: unpacker.claims()? };
        let prompt_bits = unpacker.byte()?;
        let prompt =
            Prompt::ALL.iter().enumerate().filter(|(at, _)| prompt_bits >> at & 1 == 1).map(|(_, prompt)| *prompt);
        Ok(Self {
            party,
            party_number,
            redirect_uri,
            scopes,
            claims,
            prompt: prompt.collect(),
            max_age_seconds: unpacker
                .number()?
                .checked_sub(1)
                .map(|seconds| u32::try_from(seconds).map_err(|_| Malformed))
                .transpose()?,
            level: match unpacker.byte()? {
                0 => LevelAsked::None,
                byte if byte & ESSENTIAL == 0 => LevelAsked::Wanted(level_of(byte)?),
                byte => LevelAsked::Essential(level_of(byte & !ESSENTIAL)?),
            },
            state: unpacker.ascii()?,
            nonce: unpacker.ascii()?,
            code_challenge: unpack_challenge(unpacker)?,
            key: unpacker.key()?,
            port: unpacker.port()?,
            subject: match unpacker.byte()? {
                0 => None,
                _ => Some(unpacker.array()?),
            },
            pushed: match unpacker.byte()? {
                0 => None,
                _ => Some(unpacker.array()?),
            },
        })
    }
}

impl Offered {
    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, Malformed> {
        let kind = AttestationKinds::of_bits(unpacker.byte()?).iter().next().ok_or(Malformed)?;
        let until = unpacker.month()?.ok_or(Malformed)?;
        Ok(Self { tie: Attestation { kind, until }, code_hash: unpacker.array()? })
    }
}

impl Ending {
    fn pack(self, packer: &mut Packer) {
        packer.byte(match self {
            Ending::Determined(reason) => reason.index(),
            other => {
                let at = ENDINGS.iter().position(|known| *known == other);
                at.and_then(|at| u8::try_from(at).ok()).map_or(u8::MAX, |at| AFTER_REASONS + at)
            }
        });
    }

    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, Malformed> {
        let byte = unpacker.byte()?;
        match byte.checked_sub(AFTER_REASONS) {
            None => ReasonCode::of_index(byte).map(Ending::Determined).ok_or(Malformed),
            Some(at) => ENDINGS.get(usize::from(at)).copied().ok_or(Malformed),
        }
    }
}

impl Stage {
    fn pack(&self, packer: &mut Packer) {
        match self {
            Stage::Arrived => packer.byte(1),
            Stage::Away { provider, seed, sent_at, fresh } => {
                packer.byte(2);
                packer.uuid(provider.uuid());
                packer.bytes(seed.as_slice());
                packer.seconds(*sent_at);
                packer.byte(u8::from(*fresh));
            }
            Stage::Carded(carded) => {
                packer.byte(3);
                carded.pack(packer);
            }
            Stage::Known(resident) => {
                packer.byte(4);
                packer.uuid(resident.uuid());
            }
            Stage::Other(resident, home) => {
                packer.byte(10);
                packer.uuid(resident.uuid());
                packer.bytes(home.as_slice());
            }
            Stage::Ended(ending) => {
                packer.byte(5);
                ending.pack(packer);
            }
            Stage::Held(ending, carded) => {
                packer.byte(6);
                ending.pack(packer);
                carded.pack(packer);
            }
            Stage::Choosing { passkey: true } => packer.byte(7),
            Stage::Choosing { passkey: false } => packer.byte(8),
            Stage::Tried(tried) => {
                packer.byte(9);
                tried.pack(packer);
            }
        }
    }

    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, Malformed> {
        Ok(match unpacker.byte()? {
            1 => Stage::Arrived,
            2 => Stage::Away {
                provider: IdentityProviderId::from_uuid(unpacker.uuid()?),
                seed: Zeroizing::new(unpacker.array()?),
                sent_at: unpacker.seconds()?,
                fresh: unpacker.byte()? == 1,
            },
            3 => Stage::Carded(Box::new(Carded::unpack(unpacker)?)),
            4 => Stage::Known(ResidentId::from_uuid(unpacker.uuid()?)),
            10 => Stage::Other(ResidentId::from_uuid(unpacker.uuid()?), Zeroizing::new(unpacker.array()?)),
            5 => Stage::Ended(Ending::unpack(unpacker)?),
            6 => Stage::Held(Ending::unpack(unpacker)?, Box::new(Carded::unpack(unpacker)?)),
            7 => Stage::Choosing { passkey: true },
            8 => Stage::Choosing { passkey: false },
            9 => Stage::Tried(Box::new(Tried::unpack(unpacker)?)),
            _ => return Err(Malformed),
        })
    }
}
