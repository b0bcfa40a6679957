//! Refresh tokens: an app goes on without the person, for as long as what the person agreed to stands.
//!
//! They come with `offline_access`, where the town allows it and the consent page said so. A client that can keep a secret
//! keeps its token; a public one gets the next with each answer, and an old one that comes back ends everything that came of
//! the sign-in (RFC 9700, section 4.14.2). One row holds them all, see [`RefreshToken`].

use domain::calendar::{Month, tokyo_midnight};
use domain::ids::ResidentId;
use entity::refresh_token::{ActiveModel, Column, Entity, Model};
use entity::token_family;
use oidc::ProtocolError;
use oidc::jose::Thumbprint;
use oidc::provider::claims_request::{Scope as OauthScope, Scopes};
use oidc::provider::refresh::{RefreshRequest, RefreshToken};
use oidc::provider::token::TokenResponse;
use sea_orm::{ColumnTrait, Set};
use uuid::Uuid;

use super::about_tokens::Standing;
use super::code::{AccessToken, TOKEN_SECONDS};
use super::finish::granted;
use super::flow_format::{scope_bits, scopes_of};
use super::published::{Party, Published};
use super::token::{counting_strictly, revoke, token_response};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{Caller, FamilyStanding, Resource, Scope, WriteScope, find_family_standing};

/// For how long after a sign-in tokens can be refreshed at most: half a year.
pub(super) const LONGEST_SECONDS: i64 = 180 * DAY;
/// A token that is not used for so long ends.
const UNUSED_SECONDS: i64 = 30 * DAY;
/// For how long the request that was answered last is answered again in the same way: its answer may have been lost.
const GRACE_SECONDS: i64 = 30;
const DAY: i64 = 24 * 60 * 60;
/// Two requests that meet decide in the database who is first; the other looks once more.
const ATTEMPTS: usize = 3;

/// A request that may be answered, as far as that can be told without the database.
pub(super) struct Refreshing<'a> {
    pub(super) published: &'a Published,
    pub(super) party: &'a Party,
    pub(super) request: &'a RefreshRequest,
    /// The key of which the client showed possession.
    pub(super) key: Option<Thumbprint>,
}

/// What became of a refresh token.
pub(super) enum Refreshed {
    Done {
        access: Box<AccessToken>,
        scopes: Scopes,
        /// The token that takes its place.
        next: Option<RefreshToken>,
    },
    /// The refusal; what it did is to be kept.
    Refused(ProtocolError),
    /// It was looked at under a configuration that is not the latest.
    OutOfDate,
}

/// Which of its line a token is.
enum Place {
    Current,
    /// The one before, in a request like the one that was answered a moment ago.
    Repeated,
    /// One that was used up.
    Old,
}

impl Service {
    /// Writes the first refresh token of a sign-in, together with the redemption of its code.
    pub(super) async fn begin_refreshing(
        &self,
        scope: &WriteScope,
        family: Uuid,
        granted: Scopes,
        key: Option<Thumbprint>,
        valid_until: Month,
    ) -> Result<RefreshToken, Error> {
        let token = RefreshToken::of(self.rng.bytes()?);
        let now = self.clock.seconds();
        let expires_at = expiry(now, now, valid_until);
        keep_family(scope, family, expires_at, now).await?;
        scope.insert_soon::<Entity, _>(ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            family_id: Set(family),
            handle_hash: Set(token.handle_digest().to_vec()),
            token_hash: Set(token.digest().to_vec()),
            previous_hash: Set(None),
            previous_scopes: Set(None),
            used_at: Set(None),
            generation: Set(1),
            scopes: Set(scope_bits(granted).into()),
            key_thumbprint: Set(key.map(|key| key.bytes().to_vec())),
            expires_at: Set(expires_at),
        })?;
        Ok(token)
    }

    /// Whether a token is one of ours, whichever of its line.
    pub(super) async fn is_known(&self, caller: &Caller, token: &RefreshToken) -> Result<bool, Error> {
        let scope = self.gate.glance(caller, Resource::TokenFamily).await?;
        Ok(find(&scope, token).await?.is_some())
    }

    /// Exchanges a refresh token (RFC 6749, section 6).
    pub(super) async fn refresh(&self, scope: &WriteScope, refreshing: &Refreshing<'_>) -> Result<Refreshed, Error> {
        for _ in 0..ATTEMPTS {
            if let Some(refreshed) = self.try_to_refresh(scope, refreshing).await? {
                return Ok(refreshed);
            }
        }
        Err(Conflict::Stale.into())
    }

    /// `None` where another request was quicker.
    async fn try_to_refresh(
        &self,
        scope: &WriteScope,
        refreshing: &Refreshing<'_>,
    ) -> Result<Option<Refreshed>, Error> {
        let Refreshing { published, party, request, key } = *refreshing;
        let refused = |error| Ok(Some(Refreshed::Refused(error)));
        let no_grant = || refused(ProtocolError::invalid_grant());
        let now = self.clock.seconds();
        let Some(row) = find(scope, &request.token).await? else { return no_grant() };
        let family = find_family_standing(scope, row.family_id).await?;
        if family.generation != published.organisation.generation {
            return Ok(Some(Refreshed::OutOfDate));
        }
        let Some((family, valid_until)) = self.usable(published, party, family.found, &row) else {
            return no_grant();
        };
        if key_of(&row).is_some_and(|bound| key != Some(bound)) {
            return no_grant();
        }
        let granted = granted(party, scopes_of(u8::try_from(row.scopes).unwrap_or(0)));
        let scopes = match request.narrowed(granted) {
            Ok(scopes) => scopes,
            Err(refusal) => return refused(refusal),
        };
        let expires_at = expiry(now, family.redeemed_at.unwrap_or(now), valid_until);
        let rotates = party.content.client.is_public();
        let next = request.token.successor(&published.keys.subject);
        match place(&row, &request.token, scopes, now) {
            Place::Current if rotates => {
                keep_family(scope, row.family_id, expires_at, now).await?;
                if !replace(scope, &row, &next, scopes, now, expires_at).await? {
                    return Ok(None);
                }
            }
            Place::Current if row.expires_at != expires_at => {
                keep_family(scope, row.family_id, expires_at, now).await?;
                let update = scope.update_many::<Entity>().set(Column::ExpiresAt, expires_at);
                update.filter(Column::FamilyId.eq(row.family_id)).exec().await?;
            }
            Place::Current | Place::Repeated => {}
            Place::Old => {
                revoke(scope, row.family_id, now).await?;
                return no_grant();
            }
        }
        let by_default = party.content.residency_claim_by_default;
        let access = AccessToken {
            family: row.family_id,
            expires_at: now + TOKEN_SECONDS,
            scopes,
            residency: by_default || scopes.contains(OauthScope::Residency),
            // The month is told with the sign-in that was agreed to, not by itself afterwards.
            verified_at: None,
            key,
            attributes: domain::attributes::Attributes::none(),
            plain: domain::attributes::Items::NONE,
            verified: Vec::new(),
            verification: None,
        };
        Ok(Some(Refreshed::Done { access: Box::new(access), scopes, next: rotates.then_some(next) }))
    }

    /// A sign-in under which tokens can be refreshed still, with the last month of the eligibility behind it.
    fn usable(
        &self,
        published: &Published,
        party: &Party,
        family: Option<FamilyStanding>,
        row: &Model,
    ) -> Option<(FamilyStanding, Month)> {
        let family = family.filter(|_| row.expires_at > self.clock.seconds() && party.content.client.offline_access)?;
        let (owner, valid_until) = counting_strictly(published, &family, Month::at(self.clock.now()))?;
        (owner.id == party.id).then_some((family, valid_until))
    }

    /// The answer to a refresh: an access token without attributes, and no ID token.
    pub(super) async fn issue_again(
        &self,
        published: &Published,
        access: &AccessToken,
        scopes: Scopes,
        next: Option<RefreshToken>,
    ) -> Result<TokenResponse, Error> {
        let sealed = self.seal_access_token(published, access).await?;
        let refresh_token = next.map(|next| next.to_text());
        Ok(TokenResponse { refresh_token, ..token_response(sealed, access, TOKEN_SECONDS, scopes) })
    }

    /// Who a refresh token is of, and when it ends, if it counts for this client.
    pub(super) fn live_refresh_token(
        &self,
        published: &Published,
        party: &Party,
        token: &RefreshToken,
        row: &Model,
        family: Option<FamilyStanding>,
    ) -> Option<Standing> {
        let (family, _) = self.usable(published, party, family, row)?;
        let current = row.token_hash == token.digest();
        current.then(|| Standing {
            resident: ResidentId::from_uuid(family.resident_id),
            expires_at: row.expires_at,
            scopes: granted(party, scopes_of(u8::try_from(row.scopes).unwrap_or(0))),
            token_type: None,
            key: key_of(row),
        })
    }
}

/// The row of a token's line, whichever of the line it is.
pub(super) async fn find<S: Scope>(scope: &S, token: &RefreshToken) -> Result<Option<Model>, Error> {
    scope.find::<Entity>().filter(Column::HandleHash.eq(token.handle_digest().to_vec())).one().await
}

fn key_of(row: &Model) -> Option<Thumbprint> {
    let bytes = row.key_thumbprint.as_deref()?;
    // What cannot be a thumbprint is none that anybody has the key of.
    Some(Thumbprint::from_bytes(bytes.try_into().unwrap_or_default()))
}

fn place(row: &Model, token: &RefreshToken, scopes: Scopes, now: i64) -> Place {
    let digest = token.digest();
    if row.token_hash == digest {
        return Place::Current;
    }
    let same = row.previous_hash.as_deref() == Some(digest.as_slice())
        && row.previous_scopes == Some(scope_bits(scopes).into())
        && row.used_at.is_some_and(|used_at| now < used_at + GRACE_SECONDS);
    if same { Place::Repeated } else { Place::Old }
}

/// Puts the next token in the place of the one that was presented. False if that is not the current one any more.
async fn replace(
    scope: &WriteScope,
    row: &Model,
    next: &RefreshToken,
    scopes: Scopes,
    now: i64,
    expires_at: i64,
) -> Result<bool, Error> {
    let update = scope
        .update_many::<Entity>()
        .set(Column::TokenHash, next.digest().to_vec())
        .set(Column::PreviousHash, row.token_hash.clone())
        .set(Column::PreviousScopes, i64::from(scope_bits(scopes)))
        .set(Column::UsedAt, now)
        .set(Column::ExpiresAt, expires_at)
        .add(Column::Generation, 1)
        .filter(Column::FamilyId.eq(row.family_id))
        .filter(Column::TokenHash.eq(row.token_hash.clone()));
    Ok(update.exec().await? == 1)
}

/// The family lives as long as the last token under it. Its row comes first: whoever ends it takes the rows in this order too.
async fn keep_family(scope: &WriteScope, family: Uuid, expires_at: i64, now: i64) -> Result<(), Error> {
    use token_family::{Column, Entity};
    let update = scope.update_many::<Entity>().set(Column::ExpiresAt, expires_at.max(now + TOKEN_SECONDS));
    update.filter(Column::Id.eq(family)).exec().await?;
    Ok(())
}

/// When a token that is given now ends: after a month without use, counted in whole days because the day says enough; with
/// the eligibility; half a year after the sign-in.
fn expiry(now: i64, signed_in_at: i64, valid_until: Month) -> i64 {
    let unused = now + UNUSED_SECONDS;
    let unused = unused + (DAY - unused.rem_euclid(DAY)) % DAY;
    let eligible = tokyo_midnight(valid_until.next().first_day()).unix_timestamp();
    unused.min(eligible).min(signed_in_at + LONGEST_SECONDS)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_token_ends_with_whatever_ends_first() {
        let now = datetime!(2026-11-16 10:00 +9).unix_timestamp();
        let (far, near) = (Month::new(2027, 10).unwrap(), Month::new(2026, 11).unwrap());
        assert_eq!(expiry(now, now, far), datetime!(2026-12-17 00:00 UTC).unix_timestamp());
        assert_eq!(expiry(now, now, near), datetime!(2026-12-01 00:00 +9).unix_timestamp());
        let long_ago = now - LONGEST_SECONDS + 60;
        assert_eq!(expiry(now, long_ago, far), now + 60);
    }
}
