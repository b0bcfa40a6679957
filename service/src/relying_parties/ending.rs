//! When the secret of a service ends: said on the overview and by mail, from the same days on.

use std::collections::HashMap;

use entity::client_secret::{Column, Entity, Model};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use crate::error::Error;
use crate::gate::Scope;

const DAY: i64 = 24 * 60 * 60;
/// Days before its end from which on a service's last secret needs attention.
const SOON_DAYS: i64 = 30;
/// Days before its end at which a service's last secret is announced by mail.
pub(crate) const ANNOUNCED_DAYS: [i64; 2] = [SOON_DAYS, 7];

/// The moment at which the end of a secret is announced that many days before.
pub(crate) const fn announced_at(expires_at: i64, days: i64) -> i64 {
    expires_at - days * DAY
}

/// Whether a service whose last secret ends then needs attention.
pub(crate) const fn ends_soon(expires_at: i64, now: i64) -> bool {
    now >= announced_at(expires_at, SOON_DAYS)
}

/// By service the secret that ends last. One that overlaps with a later one needs nothing; neither does a service whose secrets
/// were all ended on purpose.
pub(crate) async fn last_secrets<S: Scope>(scope: &S) -> Result<HashMap<Uuid, Model>, Error> {
    let mut last: HashMap<Uuid, Model> = HashMap::new();
    for row in scope.find::<Entity>().filter(Column::EndedAt.is_null()).all().await? {
        let later = last.get(&row.relying_party_id).is_none_or(|known| known.expires_at < row.expires_at);
        if later {
            last.insert(row.relying_party_id, row);
        }
    }
    Ok(last)
}
