//! The token endpoint: a code becomes an ID token and an access token, once.

use domain::calendar::Month;
use domain::consent::GrantState;
use domain::ids::{RelyingPartyId, ResidencyRuleId, ResidentId};
use domain::names::TenantSlug;
use entity::token_family::{Column, Entity};
use oidc::jose::at_hash;
use oidc::parameters::Parameters;
use oidc::provider::claims::{AttributeClaims, IdTokenClaims, ResidencyClaim};
use oidc::provider::claims_request::Claim;
use oidc::provider::token::{CodeRequest, TokenRequest, TokenResponse, TokenType};
use oidc::subject::SessionSeed;
use oidc::{ProtocolError, pkce};
use sea_orm::ColumnTrait;
use secrecy::ExposeSecret;
use time::OffsetDateTime;
use uuid::Uuid;

use super::client::{Authenticated, PublicClients};
use super::code::{AccessToken, Code, TOKEN_SECONDS, TOKEN_WITH_ATTRIBUTES_SECONDS};
use super::finish::granted;
use super::published::{Party, Published};
use super::store;
use crate::Service;
use crate::error::Error;
use crate::gate::{FamilyStanding, Resource, WriteScope, action, change_and_find_family_standing};

/// How long an ID token may be looked at, in seconds: services read it at once.
const ID_TOKEN_SECONDS: i64 = 5 * 60;

/// What a redeemed code stands for.
struct Redeemed {
    resident: ResidentId,
    session: Option<Uuid>,
    valid_until: Month,
}

/// What became of a code.
enum Redemption {
    Done(Redeemed),
    Refused,
    /// It was looked at under a configuration that is not the latest.
    OutOfDate,
}

impl Service {
    /// Redeems a code (RFC 6749, section 4.1.3). A refusal that has an effect, such as the second use of a code, is written
    /// before it is answered.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what the client did wrong is the inner error.
    pub async fn redeem_code(
        &self,
        slug: &TenantSlug,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Result<TokenResponse, ProtocolError>, Error> {
        let mut published = self.presumed(slug).await?;
        let mut latest = false;
        loop {
            if let Some(answer) = self.redeem_under(&published, latest, authorization, body).await? {
                return Ok(answer);
            }
            published = self.published(slug).await?;
            latest = true;
        }
    }

    /// Redeems a code as a configuration has it. `None`, and nothing was written, where that one is not the latest; where
    /// nobody knows yet whether it is, it refuses nobody.
    async fn redeem_under(
        &self,
        published: &Published,
        latest: bool,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Option<Result<TokenResponse, ProtocolError>>, Error> {
        let Authenticated { party, proof } =
            match self.authenticated(published, PublicClients::Admitted, authorization, body).await {
                Ok(client) => client,
                Err(refusal) => return Ok(latest.then_some(Err(refusal))),
            };
        let code = match self.read_token_request(published, party, body).await? {
            Ok(code) => code,
            Err(refusal) if latest => {
                return self.answer_once(published, proof.as_ref(), Err(refusal)).await.map(Some);
            }
            Err(_) => return Ok(None),
        };
        let caller = self.oidc_provider(published);
        let scope = self.gate.open(&caller, action::Update, Resource::TokenFamily).await?;
        if let Some(proof) = &proof
            && !proof.spend(&scope).await?
        {
            return Ok(Some(Err(ProtocolError::invalid_client())));
        }
        let redeemed = match self.redeem(&scope, published, party, &code).await? {
            Redemption::OutOfDate => return Ok(None),
            Redemption::Refused => None,
            Redemption::Done(redeemed) => Some(redeemed),
        };
        scope.commit().await?;
        Ok(Some(match redeemed {
            Some(redeemed) => Ok(self.issue(published, party, code, &redeemed).await?),
            None => Err(ProtocolError::invalid_grant()),
        }))
    }

    /// The code that is presented, if it may be redeemed in this way.
    async fn read_token_request(
        &self,
        published: &Published,
        party: &Party,
        body: &Parameters,
    ) -> Result<Result<Code, ProtocolError>, Error> {
        let request = match TokenRequest::read(body) {
            Ok(TokenRequest::AuthorizationCode(request)) => request,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let code = self.open_code(published, &party.client_id, request.code.expose_secret()).await?;
        let Some(code) = code.filter(|_| !party.suspended) else { return Ok(Err(ProtocolError::invalid_grant())) };
        Ok(fits(&code, &request, party).map(|()| code))
    }

    /// Spends the code, if it can be spent; a code that is presented a second time takes back what it produced.
    async fn redeem(
        &self,
        scope: &WriteScope,
        published: &Published,
        party: &Party,
        code: &Code,
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
            if family.redeemed && family.code_hash == code.hash() {
                revoke(scope, code.family, now).await?;
            }
            return Ok(Redemption::Refused);
        }
        Ok(match stands_until(published, &family, Month::at(self.clock.now()), true) {
            Some(valid_until) => Redemption::Done(Redeemed {
                resident: ResidentId::from_uuid(family.resident_id),
                session: family.session_id,
                valid_until,
            }),
            None => Redemption::Refused,
        })
    }

    async fn issue(
        &self,
        published: &Published,
        party: &Party,
        code: Code,
        redeemed: &Redeemed,
    ) -> Result<TokenResponse, Error> {
        let now = self.clock.seconds();
        let life = life(&code);
        let subject = party.subject(&published.keys, redeemed.resident);
        let sid = redeemed.session.map(|id| published.keys.subject.sid(SessionSeed(*id.as_bytes()), party.id));
        let by_default = party.content.residency_claim_by_default;
        let in_scope = code.scopes.claims().contains(Claim::Residency) || by_default;
        let residency = residency_claim(published, redeemed.valid_until);
        let wanted_here = code.claims.id_token.items();
        let scope = granted(party, code.scopes);
        let attributes = code.attributes;
        let here = super::copy_of(&attributes).only(wanted_here);
        let wanted_there = code.scopes.claims().items().union(code.claims.userinfo.items());
        let token = AccessToken {
            family: code.family,
            expires_at: now + life,
            residency: in_scope || code.claims.userinfo.contains(Claim::Residency),
            attributes: attributes.only(wanted_there),
        };
        let access_token = self.seal_access_token(published, &token).await?;
        let hash = at_hash(&access_token);
        let acr = code.assurance.acr();
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
            residency: (in_scope || code.claims.id_token.contains(Claim::Residency)).then_some(&residency),
            sandbox: published.sandbox(),
            attributes: AttributeClaims::of(&here),
        };
        let key = published.keys.signing.first().ok_or_else(|| Error::internal("no signing key"))?;
        let id_token = key.sign(&claims).map_err(|_| Error::internal("signing"))?;
        Ok(TokenResponse {
            access_token: access_token.into(),
            token_type: TokenType::Bearer,
            expires_in_seconds: u32::try_from(life).unwrap_or(0),
            id_token: id_token.into(),
            scope,
        })
    }
}

/// The residency claim of this town.
pub(super) fn residency_claim(published: &Published, valid_until: Month) -> ResidencyClaim {
    ResidencyClaim {
        eligible: true,
        municipality: published.tenant.code.clone(),
        valid_until: Some(valid_until),
        verified_at: None,
    }
}

/// Until when the eligibility behind a family holds, if eligibility and consent stand. `strictly` asks for an eligibility
/// under the version of the rule that is published now.
fn stands_until(published: &Published, family: &FamilyStanding, month: Month, strictly: bool) -> Option<Month> {
    family.grant_state.as_deref().and_then(|state| state.parse::<GrantState>().ok()).filter(|state| state.permits())?;
    let row = family.eligibility.as_ref()?;
    let (_, rule) = published.rule(ResidencyRuleId::from_uuid(family.rule_id))?;
    if strictly {
        store::holds_under(row, rule, month)
    } else {
        store::holds_until(&row.outcome, &row.expires_month, month)
    }
}

/// The relying party of a family whose token counts at this moment, with the last month of the eligibility behind it.
pub(super) fn counting<'p>(
    published: &'p Published,
    family: &FamilyStanding,
    month: Month,
) -> Option<(&'p Party, Month)> {
    if family.revoked || !family.redeemed {
        return None;
    }
    let party = published.party(RelyingPartyId::from_uuid(family.relying_party_id)).filter(|party| !party.suspended)?;
    Some((party, stands_until(published, family, month, false)?))
}

async fn revoke(scope: &WriteScope, family: Uuid, now: i64) -> Result<(), Error> {
    scope
        .update_many::<Entity>()
        .set(Column::RevokedAt, now)
        .filter(Column::Id.eq(family))
        .filter(Column::RevokedAt.is_null())
        .exec()
        .await?;
    Ok(())
}

/// The redirect URI and the verifier are those of the authorization request. A refusal here spends nothing: whoever has a
/// code without its verifier must not be able to take it from its owner.
fn fits(code: &Code, request: &CodeRequest, party: &Party) -> Result<(), ProtocolError> {
    let registered = party.content.redirect_uris.get(usize::from(code.redirect_uri));
    let same = party.number == code.party_number && registered.is_some_and(|uri| uri.as_str() == request.redirect_uri);
    if !same {
        return Err(ProtocolError::invalid_grant());
    }
    pkce::verify(code.code_challenge, request.code_verifier.as_ref())
}

fn life(code: &Code) -> i64 {
    if code.attributes.items().is_empty() { TOKEN_SECONDS } else { TOKEN_WITH_ATTRIBUTES_SECONDS }
}

pub(super) fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
