//! Redeeming a code: it is spent once, and becomes an ID token, an access token and, where it was agreed to, a refresh token.

use domain::calendar::Month;
use domain::ids::ResidentId;
use entity::token_family::{Column, Entity};
use oidc::jose::{Thumbprint, at_hash};
use oidc::provider::claims::{AttributeClaims, IdTokenClaims};
use oidc::provider::claims_request::Scope;
use oidc::provider::refresh::RefreshToken;
use oidc::provider::token::{CodeRequest, TokenResponse};
use oidc::provider::verified_claims::VerifiedAnswer;
use oidc::subject::SessionSeed;
use oidc::{ProtocolError, pkce};
use sea_orm::ColumnTrait;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::code::{AccessToken, Code, TOKEN_SECONDS, TOKEN_WITH_ATTRIBUTES_SECONDS};
use super::finish::granted;
use super::published::{Party, Published};
use super::token::{moment, residency_claim, revoke, stands_until, token_response};
use crate::Service;
use crate::error::Error;
use crate::gate::{WriteScope, change_and_find_family_standing};

/// How long an ID token may be looked at, in seconds: services read it at once.
const ID_TOKEN_SECONDS: i64 = 5 * 60;

/// What a redeemed code stands for.
pub(super) struct Redeemed {
    resident: ResidentId,
    session: Option<Uuid>,
    valid_until: Month,
    verified_at: Option<Month>,
    refresh_token: Option<RefreshToken>,
}

/// What became of a code.
pub(super) enum Redemption {
    Done(Redeemed),
    Refused,
    /// It was looked at under a configuration that is not the latest.
    OutOfDate,
}

impl Service {
    /// The code that is presented, if it may be redeemed in this way.
    pub(super) async fn presented_code(
        &self,
        published: &Published,
        party: &Party,
        request: &CodeRequest,
        key: Option<Thumbprint>,
    ) -> Result<Result<Code, ProtocolError>, Error> {
        let code = self.open_code(published, &party.client_id, request.code.expose_secret()).await?;
        let Some(code) = code else { return Ok(Err(ProtocolError::invalid_grant())) };
        if let Err(refusal) = fits(&code, request, party, key) {
            return Ok(Err(refusal));
        }
        Ok(self.require_recipient(party).await.map(|()| code))
    }

    /// Spends the code, if it can be spent; a code that is presented a second time takes back what it produced.
    pub(super) async fn redeem(
        &self,
        scope: &WriteScope,
        published: &Published,
        party: &Party,
        code: &Code,
        key: Option<Thumbprint>,
    ) -> Result<Redemption, Error> {
        let now = self.clock.seconds();
        let spend = scope
            .update_many::<Entity>()
            .set(Column::RedeemedAt, now)
            .set(Column::ExpiresAt, now + life(code))
            .filter(Column::Id.eq(code.family))
            .filter(Column::CodeHash.eq(code.hash().to_vec()))
            .filter(Column::RelyingPartyId.eq(party.id.uuid()))
            .filter(Column::RedeemedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .filter(Column::CodeExpiresAt.gt(now));
        let (spent, family) = change_and_find_family_standing(scope, spend, code.family).await?;
        if family.generation != published.organisation.generation {
            return Ok(Redemption::OutOfDate);
        }
        let Some(family) = family.found else { return Ok(Redemption::Refused) };
        if spent == 0 {
            if family.redeemed_at.is_some() && family.code_hash == code.hash() {
                revoke(scope, code.family, now).await?;
            }
            return Ok(Redemption::Refused);
        }
        // Somebody ended it, or another card took the town ID over, while the code was being written.
        if family.session_ended {
            return Ok(Redemption::Refused);
        }
        let Some(valid_until) = stands_until(published, &family, Month::at(self.clock.now()), true) else {
            return Ok(Redemption::Refused);
        };
        // The version is the one under which the person agreed.
        let told = party.content.residency_verified_at;
        let verified_at = family.verified_month.as_deref().filter(|_| told).and_then(|month| month.parse().ok());
        let granted = granted(party, code.scopes);
        let refresh_token = if granted.contains(Scope::OfflineAccess) {
            // A client that proves who it is at every refresh needs no second proof (RFC 9449, section 5).
            let key = key.filter(|_| party.content.client.is_public());
            Some(self.begin_refreshing(scope, code.family, granted, key, valid_until).await?)
        } else {
            None
        };
        Ok(Redemption::Done(Redeemed {
            resident: ResidentId::from_uuid(family.resident_id),
            session: family.session_id,
            valid_until,
            verified_at,
            refresh_token,
        }))
    }

    pub(super) async fn issue(
        &self,
        published: &Published,
        party: &Party,
        code: Code,
        redeemed: Redeemed,
        key: Option<Thumbprint>,
    ) -> Result<TokenResponse, Error> {
        let now = self.clock.seconds();
        let life = life(&code);
        let subject = party.subject(&published.keys, redeemed.resident);
        let sid = redeemed.session.map(|id| published.keys.subject.sid(SessionSeed(*id.as_bytes()), party.id));
        let by_default = party.content.residency_claim_by_default;
        let in_scope = code.scopes.contains(Scope::Residency) || by_default;
        let residency = residency_claim(published, redeemed.valid_until, redeemed.verified_at);
        let scope = granted(party, code.scopes);
        let (id_token, userinfo) = (&code.claims.id_token, code.claims.userinfo);
        let verified_claims =
            VerifiedAnswer::to(&id_token.verified, code.verification.as_ref(), &code.attributes, moment(now));
        // A name or an address twice would make the token too long.
        let here = AttributeClaims::some(&code.attributes, id_token.items.minus(verified_claims.items()));
        let plain = code.scopes.items().union(userinfo.items);
        let there = userinfo.verified.iter().fold(plain, |items, request| items.union(request.items));
        let token = AccessToken {
            family: code.family,
            expires_at: now + life,
            scopes: scope,
            residency: in_scope || userinfo.residency,
            verified_at: redeemed.verified_at,
            key,
            attributes: super::copy_of(&code.attributes).only(there),
            plain,
            verification: code.verification.filter(|_| !userinfo.verified.is_empty()),
            verified: userinfo.verified,
        };
        let access_token = self.seal_access_token(published, &token).await?;
        let hash = at_hash(&access_token);
        let acr = party.content.client.acr_words.word(code.assurance);
        let claims = IdTokenClaims {
            iss: &published.issuer,
            sub: &subject,
            aud: &party.client_id,
            exp: moment(now + ID_TOKEN_SECONDS),
            iat: moment(now),
            auth_time: moment(code.auth_time),
            nonce: code.nonce.as_deref(),
            acr: &acr,
            amr: code.method.amr(),
            sid: sid.as_deref(),
            at_hash: Some(&hash),
            residency: (in_scope || id_token.residency).then_some(&residency),
            sandbox: published.sandbox(),
            attributes: here,
            verified_claims,
        };
        let id_token = self.protected_id_token(published, party, &claims).await?;
        Ok(TokenResponse {
            refresh_token: redeemed.refresh_token.map(|token| token.to_text()),
            id_token: Some(id_token.into()),
            ..token_response(access_token, &token, life, scope)
        })
    }
}

/// The redirect URI and the verifier are those of the authorization request, and so is the key, where it named one. A refusal here spends nothing: whoever has a
/// code without its verifier must not be able to take it from its owner.
fn fits(code: &Code, request: &CodeRequest, party: &Party, key: Option<Thumbprint>) -> Result<(), ProtocolError> {
    let registered = party.content.redirect_uris.get(usize::from(code.redirect_uri));
    let same = party.number == code.party_number
        && registered.is_some_and(|uri| uri.at_port(code.port) == request.redirect_uri);
    if !same || code.key.is_some_and(|bound| key != Some(bound)) {
        return Err(ProtocolError::invalid_grant());
    }
    pkce::verify(code.code_challenge, request.code_verifier.as_ref())
}

fn life(code: &Code) -> i64 {
    if code.attributes.items().is_empty() { TOKEN_SECONDS } else { TOKEN_WITH_ATTRIBUTES_SECONDS }
}
