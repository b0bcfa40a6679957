//! That a service's last secret ends.

use domain::calendar::{long_date, tokyo_date};
use domain::ids::RelyingPartyId;
use domain::locale::Locale;
use domain::paths;
use time::OffsetDateTime;
use uuid::Uuid;

use super::letter::{Frame, Letter};
use super::{Announcement, MailKind};
use crate::error::Error;
use crate::gate::{ReadScope, WriteScope};
use crate::overview;
use crate::relying_parties::ending::{ANNOUNCED_DAYS, announced_at, last_secrets};

/// Announces the end of a secret, in the transaction that makes it. A mark that has passed already says nothing new to whoever
/// makes one for so short a time.
///
/// # Errors
/// What the database refused.
pub(crate) async fn secret_made(scope: &WriteScope, secret: Uuid, expires_at: i64, now: i64) -> Result<(), Error> {
    for days in ANNOUNCED_DAYS {
        let due_at = announced_at(expires_at, days);
        if due_at > now {
            scope
                .announce(Announcement { kind: MailKind::ClientSecretEnds, about: secret, occasion: days, due_at })
                .await?;
        }
    }
    Ok(())
}

/// None for a secret that was ended, or has a later one beside it, or is of a service that is not in use; and for a mark in whose
/// place the next one stands by now.
pub(super) async fn letter(
    scope: &ReadScope,
    frame: &Frame<'_>,
    secret: Uuid,
    occasion: i64,
    now: OffsetDateTime,
) -> Result<Option<Letter>, Error> {
    let secrets = last_secrets(scope).await?;
    let Some(row) = secrets.into_values().find(|row| row.id == secret) else { return Ok(None) };
    let seconds = now.unix_timestamp();
    let passed = |days: i64| seconds >= announced_at(row.expires_at, days);
    if seconds >= row.expires_at || ANNOUNCED_DAYS.into_iter().any(|days| days < occasion && passed(days)) {
        return Ok(None);
    }
    let names = overview::in_use(scope).await?;
    let Some(name) = names.get(&row.relying_party_id) else { return Ok(None) };
    let (service_ja, service_en) = (name.get(Locale::Ja), name.get(Locale::En));
    // The end is the first moment at which it is no longer valid.
    let last_moment = OffsetDateTime::from_unix_timestamp(row.expires_at - 1).unwrap_or(now);
    let last_day = tokyo_date(last_moment);
    let (day_ja, day_en) = (long_date(last_day, Locale::Ja), long_date(last_day, Locale::En));
    let days = (last_day - tokyo_date(now)).whole_days();
    let link =
        frame.link(&paths::console_relying_party_secrets(&frame.slug, RelyingPartyId::from_uuid(row.relying_party_id)));
    let subject = format!(
        include_str!("client_secret_ends/subject"),
        organisation_ja = frame.name.get(Locale::Ja),
        service_ja = service_ja,
        service_en = service_en,
        day_ja = day_ja,
        day_en = day_en,
    );
    let text = format!(
        include_str!("client_secret_ends/body.txt"),
        service_ja = service_ja,
        service_en = service_en,
        day_ja = day_ja,
        day_en = day_en,
        days = days,
        link = link,
    );
    Ok(Some(frame.letter(&subject, &text)))
}
