//! What trying a connection out found, as values and as bytes: a part of the flow's format (`flow_format`), under its version.

use domain::assurance::{Assurance, Method};
use domain::attributes::Attributes;
use domain::calendar::Month;
use domain::municipality::MunicipalityCode;
use domain::residency::{AddressSource, Place, Resolution};
use oidc::upstream::id_token::IdTokenRefused;
use oidc::upstream::token::TokenRefused;
use oidc::upstream::userinfo::UserinfoRefused;

use super::flow_format::{level_byte, level_of, method_byte, method_of};
use super::packing::{Malformed, Packer, Unpacker};
use super::provider::ProviderFailure;

/// How a connection that was tried out did.
pub(super) enum Tried {
    Read(Box<TriedRead>),
    Failed(TryOutFailure),
}

/// What came, and how it was read.
pub(super) struct TriedRead {
    pub(super) assurance: Assurance,
    pub(super) method: Method,
    pub(super) source: AddressSource,
    pub(super) verified: Option<Month>,
    /// Something came that could not be read.
    pub(super) incomplete: bool,
    /// A field was sealed to the key that is to be removed.
    pub(super) former_key: bool,
    pub(super) attributes: Attributes,
    pub(super) place: TriedPlace,
}

/// Where the address lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TriedPlace {
    /// None came, or it was too long.
    Nothing,
    /// In this municipality, or ward, and this town where it is known.
    In(MunicipalityCode, Option<String>),
    /// In one of these.
    OneOf(Vec<MunicipalityCode>),
    /// Nobody can say.
    Unknown,
    /// Out of Japan (国外転出).
    Abroad,
}

/// Why nothing was read. Each says where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryOutFailure {
    /// Given up at the provider, or the browser came back by its history.
    Declined,
    /// The provider refused the request: client id, scopes or redirect URI are not as registered there.
    RequestRefused,
    /// It does not answer, or not in time.
    Silent,
    /// Its discovery document cannot be used.
    Discovery,
    /// Its keys cannot be used.
    Keys,
    /// Our secret or key is missing.
    NotSetUp,
    /// It refused how we authenticate.
    ClientRefused,
    /// It refused the code, or what came is no token response.
    Token,
    /// The ID token is signed by another key, or with an algorithm that is not allowed here.
    Signature,
    /// The ID token says something else than it must: issuer, audience, nonce or time.
    IdToken,
    /// The level is not one of those that the connection names.
    Level,
    /// What came about the person is no JSON object with the subject, or a claim has another type than text.
    Attributes,
    /// It is about somebody else.
    OtherSubject,
    /// A field is not sealed to our key.
    Seal,
    /// It must be signed by the provider for us, and is not.
    SignedAttributes,
}

impl TryOutFailure {
    /// In the order of their numbers in the sealed form: new ones go to the end.
    const ALL: [Self; 15] = [
        Self::Declined,
        Self::RequestRefused,
        Self::Silent,
        Self::Discovery,
        Self::Keys,
        Self::NotSetUp,
        Self::ClientRefused,
        Self::Token,
        Self::Signature,
        Self::IdToken,
        Self::Level,
        Self::Attributes,
        Self::OtherSubject,
        Self::Seal,
        Self::SignedAttributes,
    ];
}

impl From<ProviderFailure> for TryOutFailure {
    fn from(failure: ProviderFailure) -> Self {
        match failure {
            ProviderFailure::Fetch(_) => Self::Silent,
            ProviderFailure::Discovery => Self::Discovery,
            ProviderFailure::Keys => Self::Keys,
            ProviderFailure::Token(TokenRefused::ClientRefused) => Self::ClientRefused,
            ProviderFailure::Token(_) => Self::Token,
            ProviderFailure::IdToken(IdTokenRefused::UnknownKey | IdTokenRefused::Signature(_)) => Self::Signature,
            ProviderFailure::IdToken(IdTokenRefused::Assurance) => Self::Level,
            ProviderFailure::IdToken(_) => Self::IdToken,
            ProviderFailure::Userinfo(refused) => match refused {
                UserinfoRefused::Malformed => Self::Attributes,
                UserinfoRefused::OtherSubject => Self::OtherSubject,
                UserinfoRefused::Seal => Self::Seal,
                UserinfoRefused::UnknownKey
                | UserinfoRefused::Signature(_)
                | UserinfoRefused::Issuer
                | UserinfoRefused::Audience
                | UserinfoRefused::Time => Self::SignedAttributes,
            },
            ProviderFailure::Signing | ProviderFailure::NotSetUp => Self::NotSetUp,
        }
    }
}

/// Candidates that are shown.
const MOST: usize = 8;

impl TriedPlace {
    pub(super) fn of(resolution: Option<Resolution>) -> Self {
        match resolution {
            None => Self::Nothing,
            Some(Resolution::Resolved(place)) => Self::In(place.code(), place.town().map(|town| town.name.clone())),
            Some(Resolution::Ambiguous(places)) => Self::OneOf(places.iter().take(MOST).map(Place::code).collect()),
            Some(Resolution::Unknown) => Self::Unknown,
            Some(Resolution::Abroad) => Self::Abroad,
        }
    }

    fn pack(&self, packer: &mut Packer) {
        match self {
            Self::Nothing => packer.byte(0),
            Self::In(code, town) => {
                packer.byte(1);
                packer.ascii(Some(&code.to_string()));
                packer.text(town.as_deref().unwrap_or_default());
            }
            Self::OneOf(codes) => {
                packer.byte(2);
                packer.number(codes.len() as u64);
                for code in codes {
                    packer.ascii(Some(&code.to_string()));
                }
            }
            Self::Unknown => packer.byte(3),
            Self::Abroad => packer.byte(4),
        }
    }

    fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, Malformed> {
        let code = |unpacker: &mut Unpacker<'_>| {
            unpacker.ascii()?.and_then(|text| MunicipalityCode::parse(&text).ok()).ok_or(Malformed)
        };
        Ok(match unpacker.byte()? {
            0 => Self::Nothing,
            1 => Self::In(code(unpacker)?, Some(unpacker.text()?).filter(|town| !town.is_empty())),
            2 => {
                let count = unpacker.number()?.min(MOST as u64);
                Self::OneOf((0..count).map(|_| code(unpacker)).collect::<Result<_, _>>()?)
            }
            3 => Self::Unknown,
            4 => Self::Abroad,
            _ => return Err(Malformed),
        })
    }
}

impl Tried {
    pub(super) fn pack(&self, packer: &mut Packer) {
        match self {
            Self::Failed(failure) => {
                let at = TryOutFailure::ALL.iter().position(|known| known == failure);
                packer.byte(at.and_then(|at| u8::try_from(at).ok()).map_or(u8::MAX, |at| at + 1));
            }
            Self::Read(read) => {
                packer.byte(0);
                packer.byte(level_byte(read.assurance));
                packer.byte(method_byte(read.method));
                let source = AddressSource::ALL.iter().position(|source| *source == read.source);
                packer.byte(source.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX));
                packer.month(read.verified);
                packer.byte(u8::from(read.incomplete));
                packer.byte(u8::from(read.former_key));
                packer.attributes(&read.attributes);
                read.place.pack(packer);
            }
        }
    }

    pub(super) fn unpack(unpacker: &mut Unpacker<'_>) -> Result<Self, Malformed> {
        match unpacker.byte()? {
            0 => Ok(Self::Read(Box::new(TriedRead {
                assurance: level_of(unpacker.byte()?)?,
                method: method_of(unpacker.byte()?)?,
                source: AddressSource::ALL.get(usize::from(unpacker.byte()?)).copied().ok_or(Malformed)?,
                verified: unpacker.month()?,
                incomplete: unpacker.byte()? == 1,
                former_key: unpacker.byte()? == 1,
                attributes: unpacker.attributes()?,
                place: TriedPlace::unpack(unpacker)?,
            }))),
            at => TryOutFailure::ALL.get(usize::from(at) - 1).copied().map(Self::Failed).ok_or(Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(tried: &Tried) -> Tried {
        let mut packer = Packer::new();
        tried.pack(&mut packer);
        let bytes = packer.finish();
        let mut unpacker = Unpacker::new(&bytes);
        let back = Tried::unpack(&mut unpacker).ok().unwrap();
        unpacker.finish().unwrap();
        back
    }

    #[test]
    fn failures_come_back() {
        for failure in TryOutFailure::ALL {
            assert!(matches!(back(&Tried::Failed(failure)), Tried::Failed(found) if found == failure));
        }
    }

    #[test]
    fn what_was_read_comes_back() {
        let code = |text| MunicipalityCode::parse(text).unwrap();
        for place in [
            TriedPlace::Nothing,
            TriedPlace::In(code("074462"), None),
            TriedPlace::In(code("074462"), Some("下中津川".to_owned())),
            TriedPlace::OneOf(vec![code("074462"), code("104485")]),
            TriedPlace::Unknown,
            TriedPlace::Abroad,
        ] {
            let mut attributes = Attributes::none();
            attributes.set_name("昭和 花子".to_owned()).unwrap();
            let read = TriedRead {
                assurance: Assurance::CARD,
                method: Method::ProviderDevice,
                source: AddressSource::StoredByProvider,
                verified: Month::new(2026, 9),
                incomplete: true,
                former_key: true,
                attributes,
                place: place.clone(),
            };
            let Tried::Read(found) = back(&Tried::Read(Box::new(read))) else { panic!() };
            assert_eq!((found.place, found.verified), (place, Month::new(2026, 9)));
            assert!(found.incomplete && found.former_key);
            assert_eq!(found.attributes.name(), Some("昭和 花子"));
        }
    }
}
