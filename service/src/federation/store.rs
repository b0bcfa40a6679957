//! Rows of the register, as the gateway reads and writes them.

use domain::attributes::AgreedItems;
use domain::calendar::Month;
use domain::consent::{ExistingGrant, GrantState};
use domain::ids::{ConsentTextId, RelyingPartyId, ResidentId};
use domain::residency::Outcome;
use entity::{consent_grant, resident, resident_session, token_family};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use super::flow::{CardDue, Home};
use super::published::Rule;
use crate::error::Error;
use crate::gate::{EligibilityColumns, Scope, WriteScope};

/// The live session of a token's digest.
pub(super) async fn find_session<S: Scope>(
    scope: &S,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<resident_session::Model>, Error> {
    use resident_session::{Column, Entity};
    scope.find::<Entity>().filter(Column::TokenHash.eq(token_hash)).filter(Column::ExpiresAt.gt(now)).one().await
}

/// The consent that permits release to a relying party (to the town itself, if none is named), if there is one.
pub(super) async fn find_grant<S: Scope>(
    scope: &S,
    resident: ResidentId,
    party: Option<RelyingPartyId>,
) -> Result<Option<consent_grant::Model>, Error> {
    use consent_grant::{Column, Entity};
    let permitting = GrantState::ALL.into_iter().filter(|state| state.permits()).map(GrantState::as_str);
    let receiver = match party {
        Some(party) => Column::RelyingPartyId.eq(party.uuid()),
        None => Column::RelyingPartyId.is_null(),
    };
    scope
        .find::<Entity>()
        .filter(Column::ResidentId.eq(resident.uuid()))
        .filter(receiver)
        .filter(Column::State.is_in(permitting))
        .order_by(Column::GivenOn, sea_orm::Order::Desc)
        .one()
        .await
}

/// Whether a relying party works, now and until the end of the transaction: a suspension at the same moment waits, and then
/// revokes what was written.
pub(super) async fn works(scope: &WriteScope, party: RelyingPartyId) -> Result<bool, Error> {
    use entity::relying_party::{Column, Entity};
    let row = scope.find::<Entity>().filter(Column::Id.eq(party.uuid())).held().one().await?;
    Ok(row.is_some_and(|row| row.suspended_at.is_none()))
}

/// Locks a resident's row, so that two sign-ins of one person write one after the other. False if the person is gone.
pub(super) async fn lock_resident(scope: &WriteScope, resident: ResidentId) -> Result<bool, Error> {
    Ok(lock_row(scope, resident).await?.is_some())
}

/// Keeps a resident's row as it is: whoever ends all that somebody has open, or the person's town ID, waits. False if the person is
/// gone.
pub(super) async fn hold_resident(scope: &WriteScope, resident: ResidentId) -> Result<bool, Error> {
    use resident::{Column, Entity};
    Ok(scope.find::<Entity>().filter(Column::Id.eq(resident.uuid())).held().one().await?.is_some())
}

/// The same as locked for whom a card found a moment ago: no longer where another card stands in its place, however long the sign-in waited.
pub(super) async fn lock_found(scope: &WriteScope, resident: ResidentId, home: &Home) -> Result<bool, Error> {
    Ok(lock_row(scope, resident).await?.is_some_and(|row| row.subject_digest == home.as_slice()))
}

/// The same, with what the row says once it is locked.
pub(super) async fn lock_row(scope: &WriteScope, resident: ResidentId) -> Result<Option<resident::Model>, Error> {
    use resident::{Column, Entity};
    scope.find::<Entity>().filter(Column::Id.eq(resident.uuid())).locked().one().await
}

/// Whether a session is open still. What ends all that somebody has open locks the resident's row first: whoever has locked it asks
/// once more.
pub(super) async fn is_open<S: Scope>(scope: &S, session: Uuid) -> Result<bool, Error> {
    use resident_session::{Column, Entity};
    Ok(scope.find::<Entity>().filter(Column::Id.eq(session)).one().await?.is_some())
}

/// A family by the flow that it came from.
pub(super) async fn find_family<S: Scope>(scope: &S, id: Uuid) -> Result<Option<token_family::Model>, Error> {
    use token_family::{Column, Entity};
    scope.find::<Entity>().filter(Column::Id.eq(id)).one().await
}

/// Ends everything that was issued to a resident under a rule.
pub(super) async fn revoke_families_of_rule(
    scope: &WriteScope,
    resident: ResidentId,
    rule: Uuid,
    now: i64,
) -> Result<(), Error> {
    use token_family::{Column, Entity};
    scope
        .update_many::<Entity>()
        .set(Column::RevokedAt, now)
        .filter(Column::ResidentId.eq(resident.uuid()))
        .filter(Column::RuleId.eq(rule))
        .filter(Column::RevokedAt.is_null())
        .exec()
        .await?;
    Ok(())
}

/// A grant as the rules of consent see it where `text` is what is agreed to now.
pub(super) fn existing_under(row: &consent_grant::Model, text: ConsentTextId) -> Result<ExistingGrant, Error> {
    Ok(under(existing(row)?, row.consent_text_id, text))
}

/// The same of a grant to the text `agreed_to`. Numbers of versions compare within one text: somebody who agreed to another
/// one, which the service used before, agreed to none of this one's versions.
pub(super) fn under(grant: ExistingGrant, agreed_to: Uuid, text: ConsentTextId) -> ExistingGrant {
    let text_version = if agreed_to == text.uuid() { grant.text_version } else { 0 };
    ExistingGrant { text_version, ..grant }
}

/// A grant as it was given.
pub(super) fn existing(row: &consent_grant::Model) -> Result<ExistingGrant, Error> {
    existing_of(&row.state, row.consent_text_number, row.items)
}

/// The same, of its columns.
pub(super) fn existing_of(state: &str, text_number: i64, items: i64) -> Result<ExistingGrant, Error> {
    let unreadable = || Error::internal("a consent cannot be read");
    Ok(ExistingGrant {
        state: state.parse().map_err(|_| unreadable())?,
        text_version: u32::try_from(text_number).map_err(|_| unreadable())?,
        items: AgreedItems::of_bits(items).ok_or_else(unreadable)?,
    })
}

/// The last month of an eligibility that holds in `month`: determined as eligible, not over.
pub(super) fn holds_until(outcome: &str, expires_month: &str, month: Month) -> Option<Month> {
    let expires: Month = expires_month.parse().ok()?;
    (outcome == Outcome::Eligible.as_str() && expires >= month).then_some(expires)
}

/// What an eligibility says of a sign-in without the card.
pub(super) enum Holding {
    /// It holds, until this month.
    Until(Month),
    /// It was there, and the card is due.
    Over(CardDue),
    /// There is none.
    No,
}

/// What the eligibility under a rule says in `month`, as the published version of the rule has it: one that was determined
/// under an earlier version holds where the versions since let it run on.
pub(super) fn holding(row: &EligibilityColumns, rule: &Rule, month: Month) -> Holding {
    if row.outcome != Outcome::Eligible.as_str() {
        return Holding::No;
    }
    let Some(until) = holds_until(&row.outcome, &row.expires_month, month) else {
        return Holding::Over(CardDue::Expired);
    };
    if row.rule_number < i64::from(rule.since) {
        return Holding::Over(CardDue::NewRule);
    }
    let recheck = row.recheck_month.as_deref().map(str::parse::<Month>);
    match recheck {
        Some(Ok(recheck)) if recheck >= month => Holding::Until(until),
        Some(_) => Holding::Over(CardDue::Recheck),
        None => Holding::Until(until),
    }
}

/// Until when it holds, if it does.
pub(super) fn holds_under(row: &EligibilityColumns, rule: &Rule, month: Month) -> Option<Month> {
    match holding(row, rule, month) {
        Holding::Until(until) => Some(until),
        Holding::Over(_) | Holding::No => None,
    }
}
