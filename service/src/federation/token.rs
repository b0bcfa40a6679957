//! The token endpoint: a code or a refresh token is exchanged for tokens. What each of them is worth is in [`super::redeem`]
//! and [`super::refresh`].

use domain::calendar::Month;
use domain::consent::GrantState;
use domain::ids::{RelyingPartyId, ResidencyRuleId};
use domain::names::TenantSlug;
use entity::token_family::{Column, Entity};
use oidc::jose::Thumbprint;
use oidc::parameters::Parameters;
use oidc::provider::claims::ResidencyClaim;
use oidc::provider::claims_request::Scopes;
use oidc::provider::refresh::RefreshRequest;
use oidc::provider::token::{TokenRequest, TokenResponse, TokenType};
use oidc::{ErrorCode, ProtocolError};
use sea_orm::ColumnTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::client::{Authenticated, Known, PublicClients};
use super::code::{AccessToken, Code};
use super::dpop::Headers;
use super::published::{Party, Published};
use super::redeem::Redemption;
use super::refresh::{Refreshed, Refreshing};
use super::spent::Proofs;
use super::store;
use crate::Service;
use crate::error::Error;
use crate::gate::{FamilyStanding, Resource, WriteScope, action};

/// What is exchanged.
enum Presented {
    Code(Box<Code>),
    RefreshToken(RefreshRequest),
}

impl Service {
    /// Exchanges a code or a refresh token for tokens (RFC 6749, sections 4.1.3 and 6). A refusal that has an effect, such as
    /// the second use of a code, is written before it is answered.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what the client did wrong is the inner error.
    pub async fn exchange(
        &self,
        slug: &TenantSlug,
        headers: Headers<'_>,
        body: &Parameters,
    ) -> Result<Result<TokenResponse, ProtocolError>, Error> {
        let mut published = self.presumed(slug).await?;
        let mut latest = false;
        loop {
            if let Some(answer) = self.exchange_under(&published, latest, headers, body).await? {
                return Ok(answer);
            }
            published = self.published(slug).await?;
            latest = true;
        }
    }

    /// Answers as a configuration has it. `None`, and nothing was written, where that one is not the latest; where nobody
    /// knows yet whether it is, it refuses nobody.
    async fn exchange_under(
        &self,
        published: &Published,
        latest: bool,
        headers: Headers<'_>,
        body: &Parameters,
    ) -> Result<Option<Result<TokenResponse, ProtocolError>>, Error> {
        let public = PublicClients::Admitted(Known::Presenting);
        let Authenticated { party, known, proof } =
            match self.authenticated(published, public, headers.authorization, body).await {
                Ok(client) => client,
                Err(refusal) => return Ok(latest.then_some(Err(refusal))),
            };
        let (possession, presented) = match self.possession_at_token(published, party, headers).await? {
            Ok(possession) => {
                let key = possession.as_ref().map(|possession| possession.key);
                (possession, self.read_token_request(published, party, key, body).await?)
            }
            Err(refusal) => (None, Err(refusal)),
        };
        let key = possession.as_ref().map(|possession| possession.key);
        let proofs = Proofs { client: proof.as_ref(), possession: possession.as_ref() };
        let presented = match presented {
            Ok(presented) => presented,
            Err(refusal) if latest => {
                return self.answer_once(published, proofs.without_grant(known), Err(refusal)).await.map(Some);
            }
            Err(_) => return Ok(None),
        };
        let caller = self.oidc_provider(published);
        if let Presented::RefreshToken(request) = &presented
            && !self.is_known(&caller, &request.token).await?
        {
            // Anybody can make such a token up, and where nothing is proved a writer is not kept waiting for it.
            let refusal = Err(ProtocolError::invalid_grant());
            return self.answer_once(published, proofs.without_grant(known), refusal).await.map(Some);
        }
        let scope = self.gate.open(&caller, action::Update, Resource::TokenFamily).await?;
        if let Err(refusal) = proofs.spend(&scope).await? {
            scope.commit().await?;
            return Ok(Some(Err(refusal)));
        }
        match presented {
            Presented::Code(code) => {
                let redeemed = match self.redeem(&scope, published, party, &code, key).await? {
                    Redemption::OutOfDate => return Ok(None),
                    Redemption::Refused => None,
                    Redemption::Done(redeemed) => Some(redeemed),
                };
                scope.commit().await?;
                Ok(Some(match redeemed {
                    Some(redeemed) => Ok(self.issue(published, party, *code, redeemed, key).await?),
                    None => Err(ProtocolError::invalid_grant()),
                }))
            }
            Presented::RefreshToken(request) => {
                let refreshing = Refreshing { published, party, request: &request, key };
                match self.refresh(&scope, &refreshing).await? {
                    Refreshed::OutOfDate => Ok(None),
                    Refreshed::Refused(refusal) if latest || refusal == ProtocolError::invalid_grant() => {
                        scope.commit().await?;
                        Ok(Some(Err(refusal)))
                    }
                    Refreshed::Refused(_) => Ok(None),
                    Refreshed::Done { access, scopes, next } => {
                        scope.commit().await?;
                        self.issue_again(published, &access, scopes, next).await.map(|tokens| Some(Ok(tokens)))
                    }
                }
            }
        }
    }

    /// What is presented, if it may be exchanged in this way. `key` is the one of which the client showed possession.
    async fn read_token_request(
        &self,
        published: &Published,
        party: &Party,
        key: Option<Thumbprint>,
        body: &Parameters,
    ) -> Result<Result<Presented, ProtocolError>, Error> {
        if party.suspended {
            return Ok(Err(ProtocolError::invalid_grant()));
        }
        if key.is_none() && party.content.client.requires_dpop() {
            let missing = ProtocolError::new(ErrorCode::InvalidDpopProof, "this client must send a DPoP proof");
            return Ok(Err(missing));
        }
        Ok(match TokenRequest::read(body) {
            Ok(TokenRequest::AuthorizationCode(request)) => {
                let code = self.presented_code(published, party, &request, key).await?;
                code.map(|code| Presented::Code(Box::new(code)))
            }
            Ok(TokenRequest::RefreshToken(request)) => Ok(Presented::RefreshToken(request)),
            Err(refusal) => Err(refusal),
        })
    }
}

/// The answer that hands over an access token and nothing else.
pub(super) fn token_response(sealed: String, token: &AccessToken, life: i64, scope: Scopes) -> TokenResponse {
    TokenResponse {
        access_token: sealed.into(),
        token_type: token_type(token),
        expires_in_seconds: u32::try_from(life).unwrap_or(0),
        refresh_token: None,
        id_token: None,
        scope,
    }
}

/// How an access token is used: one that is bound to a key with proofs of possession, any other as it is.
pub(super) fn token_type(token: &AccessToken) -> TokenType {
    if token.key.is_some() { TokenType::DPoP } else { TokenType::Bearer }
}

/// The residency claim of this town. `verified_at` is there where the version has it and the person agreed.
pub(super) fn residency_claim(published: &Published, valid_until: Month, verified_at: Option<Month>) -> ResidencyClaim {
    ResidencyClaim {
        eligible: true,
        municipality: published.tenant.code.clone(),
        valid_until: Some(valid_until),
        verified_at,
    }
}

/// Until when the eligibility behind a family holds, if eligibility and consent stand. `strictly` asks for an eligibility
/// under the version of the rule that is published now.
pub(super) fn stands_until(
    published: &Published,
    family: &FamilyStanding,
    month: Month,
    strictly: bool,
) -> Option<Month> {
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
    let party = owner(published, family)?;
    Some((party, stands_until(published, family, month, false)?))
}

/// The same where the person would not be asked for the card now either: what a refresh needs.
pub(super) fn counting_strictly<'p>(
    published: &'p Published,
    family: &FamilyStanding,
    month: Month,
) -> Option<(&'p Party, Month)> {
    let party = owner(published, family).filter(|party| party.content.rule.uuid() == family.rule_id)?;
    let text = published.text(party.content.consent_text)?;
    // Other words, or a service that was given another rule: the person is asked, so nobody goes on without them.
    let (agreed_to, number) = family.agreed_to?;
    let agreed = agreed_to == text.id.uuid() && number >= i64::from(text.last_material);
    Some((party, stands_until(published, family, month, true).filter(|_| agreed)?))
}

fn owner<'p>(published: &'p Published, family: &FamilyStanding) -> Option<&'p Party> {
    if family.revoked || family.redeemed_at.is_none() {
        return None;
    }
    published.party(RelyingPartyId::from_uuid(family.relying_party_id)).filter(|party| !party.suspended)
}

/// Ends everything that came of a sign-in.
pub(super) async fn revoke(scope: &WriteScope, family: Uuid, now: i64) -> Result<(), Error> {
    scope
        .update_many::<Entity>()
        .set(Column::RevokedAt, now)
        .filter(Column::Id.eq(family))
        .filter(Column::RevokedAt.is_null())
        .exec()
        .await?;
    Ok(())
}

pub(super) fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
