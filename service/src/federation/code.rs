//! Authorization codes and access tokens: sealed, so that what a service is to be told travels in them and rests nowhere.
//!
//! A code is bound to its client; what is kept of it is the digest of a random secret inside. An access token names its
//! family, which says whether it still counts.

use domain::assurance::{Assurance, Method};
use domain::attributes::{Attributes, Items};
use domain::calendar::Month;
use oidc::jose::Thumbprint;
use oidc::pkce::CodeChallenge;
use oidc::provider::claims_request::{ClaimsRequest, Scopes};
use oidc::provider::verified_claims::{Verification, VerifiedRequest};
use oidc::sealed::{Context, Purpose};
use uuid::Uuid;

use super::flow_format::{
    level_byte, level_of, method_byte, method_of, pack_challenge, scope_bits, scopes_of, unpack_challenge,
};
use super::packing::{Malformed, Packer, Unpacker};
use super::published::Published;
use crate::Service;
use crate::error::Error;

const VERSION: u8 = 4;
/// How long a code lives, in seconds.
pub(super) const CODE_SECONDS: i64 = 60;
/// How long an access token lives that gives out attributes, in seconds.
pub(super) const TOKEN_WITH_ATTRIBUTES_SECONDS: i64 = 5 * 60;
/// How long any other access token lives, in seconds. Services check eligibility with it; a quarter of an hour is enough for
/// that, and the row that says whether it counts goes soon after.
pub(super) const TOKEN_SECONDS: i64 = 15 * 60;

/// What a code says.
pub(super) struct Code {
    pub(super) family: Uuid,
    pub(super) secret: [u8; 16],
    pub(super) party_number: u32,
    pub(super) redirect_uri: u8,
    /// The port of an app on its own device.
    pub(super) port: Option<u16>,
    pub(super) scopes: Scopes,
    pub(super) claims: ClaimsRequest,
    pub(super) code_challenge: Option<CodeChallenge>,
    /// The key of which whoever redeems it must show possession.
    pub(super) key: Option<Thumbprint>,
    pub(super) nonce: Option<String>,
    pub(super) auth_time: i64,
    pub(super) assurance: Assurance,
    pub(super) method: Method,
    /// What is handed over, narrowed down already.
    pub(super) attributes: Attributes,
    /// How the person was identified, where that is asked for.
    pub(super) verification: Option<Verification>,
}

/// What an access token says.
pub(super) struct AccessToken {
    pub(super) family: Uuid,
    pub(super) expires_at: i64,
    /// What was granted with it, as introspection says.
    pub(super) scopes: Scopes,
    /// Whether userinfo carries the residency claim.
    pub(super) residency: bool,
    /// The month that it carries, beside the one until which it holds.
    pub(super) verified_at: Option<Month>,
    /// The key that it is bound to.
    pub(super) key: Option<Thumbprint>,
    pub(super) attributes: Attributes,
    /// What of them is told as it is.
    pub(super) plain: Items,
    /// What of them is told together with how it was verified.
    pub(super) verified: Vec<VerifiedRequest>,
    pub(super) verification: Option<Verification>,
}

impl Code {
    /// What is kept of the code.
    pub(super) fn hash(&self) -> [u8; 32] {
        super::sha256(&self.secret)
    }

    fn pack(&self) -> Packer {
        let mut packer = Packer::new();
        packer.byte(VERSION);
        packer.uuid(self.family);
        packer.bytes(&self.secret);
        packer.number(self.party_number.into());
        packer.byte(self.redirect_uri);
        packer.byte(scope_bits(self.scopes));
        packer.claims(&self.claims.id_token);
        packer.claims(&self.claims.userinfo);
        pack_challenge(&mut packer, self.code_challenge);
        packer.port(self.port);
        packer.key(self.key);
        packer.ascii(self.nonce.as_deref());
        packer.seconds(self.auth_time);
        packer.byte(level_byte(self.assurance));
        packer.byte(method_byte(self.method));
        packer.attributes(&self.attributes);
        packer.verification(self.verification.as_ref());
        packer
    }

    fn unpack(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut unpacker = Unpacker::new(bytes);
        if unpacker.byte()? != VERSION {
            return Err(Malformed);
        }
        let code = Self {
            family: unpacker.uuid()?,
            secret: unpacker.array()?,
            party_number: u32::try_from(unpacker.number()?).map_err(|_| Malformed)?,
            redirect_uri: unpacker.byte()?,
            scopes: scopes_of(unpacker.byte()?),
            claims: ClaimsRequest { id_token: unpacker.claims()?, userinfo: unpacker.claims()? },
            code_challenge: unpack_challenge(&mut unpacker)?,
            port: unpacker.port()?,
            key: unpacker.key()?,
            nonce: unpacker.ascii()?,
            auth_time: unpacker.seconds()?,
            assurance: level_of(unpacker.byte()?)?,
            method: method_of(unpacker.byte()?)?,
            attributes: unpacker.attributes()?,
            verification: unpacker.verification()?,
        };
        unpacker.finish()?;
        Ok(code)
    }
}

impl AccessToken {
    fn pack(&self) -> Packer {
        let mut packer = Packer::new();
        packer.byte(VERSION);
        packer.uuid(self.family);
        packer.seconds(self.expires_at);
        packer.byte(scope_bits(self.scopes));
        packer.byte(u8::from(self.residency));
        packer.month(self.verified_at);
        packer.key(self.key);
        packer.attributes(&self.attributes);
        packer.items(self.plain);
        packer.verified_requests(&self.verified);
        packer.verification(self.verification.as_ref());
        packer
    }

    fn unpack(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut unpacker = Unpacker::new(bytes);
        if unpacker.byte()? != VERSION {
            return Err(Malformed);
        }
        let token = Self {
            family: unpacker.uuid()?,
            expires_at: unpacker.seconds()?,
            scopes: scopes_of(unpacker.byte()?),
            residency: unpacker.byte()? == 1,
            verified_at: unpacker.month()?,
            key: unpacker.key()?,
            attributes: unpacker.attributes()?,
            plain: unpacker.items()?,
            verified: unpacker.verified_requests()?,
            verification: unpacker.verification()?,
        };
        unpacker.finish()?;
        Ok(token)
    }
}

impl Service {
    /// Seals a code for a client.
    pub(super) async fn seal_code(&self, published: &Published, client_id: &str, code: &Code) -> Result<String, Error> {
        let context = Context::of_tenant(published.id(), Purpose::Code, client_id.as_bytes());
        self.epochs.seal(context, &code.pack().finish()).await
    }

    /// Opens a code that was sealed for this client.
    pub(super) async fn open_code(
        &self,
        published: &Published,
        client_id: &str,
        code: &str,
    ) -> Result<Option<Code>, Error> {
        let context = Context::of_tenant(published.id(), Purpose::Code, client_id.as_bytes());
        let bytes = self.epochs.open(context, code).await?;
        Ok(bytes.and_then(|bytes| Code::unpack(&bytes).ok()))
    }

    /// Seals an access token.
    pub(super) async fn seal_access_token(&self, published: &Published, token: &AccessToken) -> Result<String, Error> {
        let context = Context::of_tenant(published.id(), Purpose::AccessToken, b"");
        self.epochs.seal(context, &token.pack().finish()).await
    }

    /// Opens an access token of this town that has not expired.
    pub(super) async fn open_access_token(
        &self,
        published: &Published,
        token: &str,
    ) -> Result<Option<AccessToken>, Error> {
        let context = Context::of_tenant(published.id(), Purpose::AccessToken, b"");
        let bytes = self.epochs.open(context, token).await?;
        let token = bytes.and_then(|bytes| AccessToken::unpack(&bytes).ok());
        Ok(token.filter(|token| token.expires_at > self.clock.seconds()))
    }
}

#[cfg(test)]
mod tests {
    use domain::assurance::Ial;
    use domain::attributes::{Gender, Item, parse_birthdate};
    use oidc::provider::claims_request::ClaimSet;
    use oidc::provider::verified_claims::{Evidence, TrustFramework};
    use oidc::sealed::{KeyId, SealingKey};

    use super::*;

    /// With the longest name and address that a card holds, all outside the basic plane, and the longest nonce.
    #[test]
    fn the_largest_code_and_token_stay_under_two_kilobytes() {
        let attributes = || {
            let mut person = Attributes::none();
            person.set_name("𠮷".repeat(100)).unwrap();
            person.set_address("𠮷".repeat(200)).unwrap();
            person.set_birthdate(parse_birthdate("19840229").unwrap());
            person.set_gender(Gender::NotStated);
            let coarse = ["municipality", "age_band", "age_over_18", "age_over_20", "age_over_65", "age_over_75"];
            let coarse = coarse.iter().filter_map(|claim| Item::of_claim(claim)).collect();
            person.with_coarse(coarse, "074462".parse().ok(), parse_birthdate("20261122").unwrap())
        };
        let items = attributes().items();
        let request = VerifiedRequest { items, fits: 0x3ffff, told: 31, max_age_seconds: Some(u32::MAX) };
        let all = ClaimSet { items, residency: true, verified: vec![request; 2] };
        let verification = Some(Verification {
            framework: TrustFramework::Ds511,
            ial: Ial::THREE,
            evidence: Evidence::Certificate,
            time: Some(i64::from(u32::MAX)),
        });
        let code = Code {
            family: Uuid::max(),
            secret: [255; 16],
            party_number: u32::MAX,
            redirect_uri: 9,
            port: Some(u16::MAX),
            scopes: Scopes::parse("openid residency name birthdate gender address"),
            claims: ClaimsRequest { id_token: all.clone(), userinfo: all },
            code_challenge: CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            key: Some(Thumbprint::from_bytes([7; 32])),
            nonce: Some("n".repeat(256)),
            auth_time: i64::from(u32::MAX),
            assurance: Assurance::CARD,
            method: Method::Card,
            attributes: attributes(),
            verification,
        };
        let key = SealingKey::new(KeyId(1), &[1; 32]).unwrap();
        let seal = |bytes: &[u8]| key.seal(Context::of_platform(Purpose::Code, b""), [0; 12], bytes).unwrap().len();
        let bytes = code.pack().finish();
        assert!(seal(&bytes) <= 2048, "{}", seal(&bytes));
        let back = Code::unpack(&bytes).ok().unwrap();
        assert_eq!(back.nonce, code.nonce);
        assert_eq!((back.code_challenge, back.key), (code.code_challenge, code.key));
        assert_eq!(back.attributes.address(), code.attributes.address());
        let token = AccessToken {
            family: Uuid::max(),
            expires_at: i64::from(u32::MAX),
            scopes: Scopes::parse("openid residency name birthdate gender address"),
            residency: true,
            verified_at: Month::new(9999, 12),
            key: code.key,
            attributes: attributes(),
            plain: items,
            verified: vec![request; 2],
            verification,
        };
        assert!(seal(&token.pack().finish()) <= 2048);
    }
}
