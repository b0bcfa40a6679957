//! That an identity provider does not answer, and that it answers again.
//!
//! A mail must not tell in a village when somebody signed in: these go out at set minutes of an hour, and hours are what they say.

use domain::calendar::{long_date, tokyo, tokyo_date};
use domain::ids::IdentityProviderId;
use domain::locale::{Locale, Localized};
use domain::paths;
use entity::identity_provider;
use sea_orm::ColumnTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::letter::{Frame, Letter};
use super::{Announcement, MailKind};
use crate::error::Error;
use crate::federation::{Outage, outages};
use crate::gate::{ReadScope, Scope, WriteScope};

const HOUR: i64 = 3_600;
/// After the beginning of the hour in which a provider stopped to answer: it was away for a quarter of an hour at least.
const PATIENCE: i64 = HOUR + 15 * 60;

/// In the transaction that notes the outage; `since` is the beginning of the hour.
///
/// # Errors
/// What the database refused.
pub(crate) async fn provider_away(scope: &WriteScope, provider: IdentityProviderId, since: i64) -> Result<(), Error> {
    let due_at = since + PATIENCE;
    scope.announce(of(MailKind::ProviderAway, provider, since, due_at)).await
}

/// In the transaction that notes the end of the outage that began in the hour `since`; `ended_at` is an hour too.
///
/// # Errors
/// What the database refused.
pub(crate) async fn provider_back(
    scope: &WriteScope,
    provider: IdentityProviderId,
    since: i64,
    ended_at: i64,
) -> Result<(), Error> {
    scope.announce(of(MailKind::ProviderBack, provider, since, ended_at + HOUR)).await
}

fn of(kind: MailKind, provider: IdentityProviderId, since: i64, due_at: i64) -> Announcement {
    Announcement { kind, about: provider.uuid(), occasion: since, due_at }
}

/// What stands between a connection's state and both mails.
struct State {
    name: Localized,
    outage: Outage,
    link: String,
}

/// None for a connection that is not in use, and for another outage than the one that was announced.
async fn state(scope: &ReadScope, frame: &Frame<'_>, provider: Uuid, since: i64) -> Result<Option<State>, Error> {
    let column = identity_provider::Column::Id;
    let row = scope.find::<identity_provider::Entity>().filter(column.eq(provider)).one().await?;
    let Some(row) = row.filter(|row| row.active) else { return Ok(None) };
    let id = IdentityProviderId::from_uuid(provider);
    let outage = outages(scope).await?.remove(&id).filter(|outage| outage.since == since);
    let link = frame.link(&paths::console_identity_provider(&frame.slug, id));
    Ok(outage.map(|outage| State { name: Localized::composed(row.name_ja, row.name_en), outage, link }))
}

/// None if it answers again meanwhile.
pub(super) async fn away(
    scope: &ReadScope,
    frame: &Frame<'_>,
    provider: Uuid,
    since: i64,
) -> Result<Option<Letter>, Error> {
    let Some(state) = state(scope, frame, provider, since).await?.filter(|state| state.outage.is_open()) else {
        return Ok(None);
    };
    let (provider_ja, provider_en) = (state.name.get(Locale::Ja), state.name.get(Locale::En));
    let [since_ja, since_en] = hour(state.outage.since);
    let [last_seen_ja, last_seen_en] = hour(state.outage.last_seen);
    let subject = format!(
        include_str!("provider_away/subject"),
        organisation_ja = frame.name.get(Locale::Ja),
        provider_ja = provider_ja,
        provider_en = provider_en,
    );
    let text = format!(
        include_str!("provider_away/body.txt"),
        provider_ja = provider_ja,
        provider_en = provider_en,
        since_ja = since_ja,
        since_en = since_en,
        last_seen_ja = last_seen_ja,
        last_seen_en = last_seen_en,
        link = state.link,
    );
    Ok(Some(frame.letter(&subject, &text)))
}

/// None if it is away again meanwhile.
pub(super) async fn back(
    scope: &ReadScope,
    frame: &Frame<'_>,
    provider: Uuid,
    since: i64,
) -> Result<Option<Letter>, Error> {
    let Some(state) = state(scope, frame, provider, since).await? else { return Ok(None) };
    let Some(ended_at) = state.outage.ended_at else { return Ok(None) };
    let (provider_ja, provider_en) = (state.name.get(Locale::Ja), state.name.get(Locale::En));
    let [since_ja, since_en] = hour(state.outage.since);
    let [ended_ja, ended_en] = hour(ended_at);
    let subject = format!(
        include_str!("provider_back/subject"),
        organisation_ja = frame.name.get(Locale::Ja),
        provider_ja = provider_ja,
        provider_en = provider_en,
    );
    let text = format!(
        include_str!("provider_back/body.txt"),
        provider_ja = provider_ja,
        provider_en = provider_en,
        since_ja = since_ja,
        since_en = since_en,
        ended_ja = ended_ja,
        ended_en = ended_en,
        link = state.link,
    );
    Ok(Some(frame.letter(&subject, &text)))
}

/// An hour in Japan, in both languages: no minute of it is known.
fn hour(begins: i64) -> [String; 2] {
    let moment = OffsetDateTime::from_unix_timestamp(begins).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (day, hour) = (tokyo_date(moment), tokyo(moment).hour());
    [
        format!("{}{hour}時台", long_date(day, Locale::Ja)),
        format!("{hour}–{} o'clock on {}", hour + 1, long_date(day, Locale::En)),
    ]
}
