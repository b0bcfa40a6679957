//! Reading the trail, newest first.

use domain::ids::AccountId;
use sea_orm::sea_query::LikeExpr;
use sea_orm::{ColumnTrait, Condition, Order};

use super::verification::texts_of;
use super::{Act, ActKind, ActText, Head};
use crate::Service;
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, action};

/// Which entries a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailFilter {
    /// Words of the text beside an entry, or an entry's number; empty is everything.
    pub words: String,
    /// Acts of one member of staff.
    pub account: Option<AccountId>,
    /// Acts of these kinds; empty is every kind.
    pub kinds: Vec<ActKind>,
    /// From this second on.
    pub since: Option<i64>,
    /// Before this second.
    pub until: Option<i64>,
    /// Entries to skip, newest first.
    pub offset: u64,
    /// Entries to show.
    pub limit: u64,
}

/// One entry as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEntry {
    /// From 1, without gaps.
    pub number: i64,
    /// Seconds since 1970, UTC.
    pub at: i64,
    /// The colleague's name at present, if staff acted and still has a membership row.
    pub actor_name: Option<String>,
    /// `staff`, or the name of a system actor.
    pub actor_kind: String,
    /// What was done; `None` if a newer version of the product wrote it.
    pub kind: Option<ActKind>,
    /// To what kind of thing.
    pub object_kind: String,
    /// To which one.
    pub object_id: String,
    /// What was said beside it; `None` after an erasure.
    pub text: Option<ActText>,
    /// The MAC of the entry before, empty for the first.
    pub previous_mac: Vec<u8>,
    /// This entry's MAC.
    pub mac: Vec<u8>,
}

/// When the chain was verified last, by what the trail says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastVerification {
    /// Seconds since 1970, UTC.
    pub at: i64,
    /// Entries that it found connected; `None` if it found the chain broken.
    pub whole: Option<i64>,
}

/// A page of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// Newest first.
    pub entries: Vec<TrailEntry>,
    /// Entries that the filter lets through, on all pages.
    pub matching: u64,
    /// The head before this reading was itself noted.
    pub head: Head,
    /// The last verification by somebody of the console.
    pub verified: Option<LastVerification>,
    /// Colleagues that the filter can name: account and name.
    pub colleagues: Vec<(AccountId, String)>,
}

/// Texts that a search looks at; a search that matches more is too wide to be read anyway.
const MATCHES: u64 = 5_000;

impl Service {
    /// A page of the trail. Reading it is an act that the trail notes.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read it.
    pub async fn read_audit_trail(&self, caller: &Caller, filter: &TrailFilter) -> Result<Trail, Error> {
        use entity::audit_entry::{Column, Entity};
        let mut scope = self.gate.open(caller, action::Inspect, Resource::AuditTrail).await?;
        let condition = narrowed(&scope, filter).await?;
        let head = stored_head(&scope).await?;
        let matching = scope.find::<Entity>().filter(condition.clone()).count().await?;
        let rows = scope
            .find::<Entity>()
            .filter(condition)
            .order_by(Column::Number, Order::Desc)
            .page(filter.offset, filter.limit)
            .all()
            .await?;
        let mut texts = texts_of(&scope, rows.iter().map(|row| row.number)).await?;
        let before =
            scope.find::<Entity>().filter(Column::Number.is_in(rows.iter().map(|row| row.number - 1))).all().await?;
        let colleagues = colleagues(&scope).await?;
        let entries = rows
            .into_iter()
            .map(|row| TrailEntry {
                number: row.number,
                at: row.at,
                actor_name: row.actor_id.and_then(|id| {
                    let id = AccountId::from_uuid(id);
                    colleagues.iter().find(|(account, _)| *account == id).map(|(_, name)| name.clone())
                }),
                actor_kind: row.actor_kind,
                kind: ActKind::parse(&row.action),
                object_kind: row.object_kind,
                object_id: row.object_id,
                text: texts.remove(&row.number).and_then(|text| serde_json::from_str(&text.body).ok()),
                previous_mac: before
                    .iter()
                    .find(|before| before.number + 1 == row.number)
                    .map(|before| before.mac.clone())
                    .unwrap_or_default(),
                mac: row.mac,
            })
            .collect();
        let verified = last_verification(&scope).await?;
        scope.audit(act_on_trail(ActKind::AuditRead, String::new(), ActText::default()));
        scope.commit().await?;
        Ok(Trail { entries, matching, head, verified, colleagues })
    }
}

async fn narrowed<S: Scope>(scope: &S, filter: &TrailFilter) -> Result<Condition, Error> {
    use entity::audit_entry::Column;
    let mut condition = Condition::all();
    if let Some(account) = filter.account {
        condition = condition.add(Column::ActorId.eq(account.uuid()));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Action.is_in(filter.kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some(since) = filter.since {
        condition = condition.add(Column::At.gte(since));
    }
    if let Some(until) = filter.until {
        condition = condition.add(Column::At.lt(until));
    }
    let words = filter.words.trim();
    if !words.is_empty() {
        condition = condition.add(Column::Number.is_in(numbers_with(scope, words).await?));
    }
    Ok(condition)
}

/// Entries whose text holds the words, and the one whose number they are.
async fn numbers_with<S: Scope>(scope: &S, words: &str) -> Result<Vec<i64>, Error> {
    use entity::audit_text::{Column, Entity};
    // The text rests as JSON, which writes quotes and backslashes with a backslash of its own.
    let written = serde_json::to_string(words).map_err(|_| Error::internal("a search word"))?;
    let inner = written.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&written);
    let mut pattern = String::from("%");
    for character in inner.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    let like = LikeExpr::new(pattern).escape('!');
    let rows = scope
        .find::<Entity>()
        .filter(Column::Body.like(like))
        .order_by(Column::Number, Order::Desc)
        .page(0, MATCHES)
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.number).chain(words.parse()).collect())
}

async fn last_verification<S: Scope>(scope: &S) -> Result<Option<LastVerification>, Error> {
    use entity::audit_entry::{Column, Entity};
    let row = scope
        .find::<Entity>()
        .filter(Column::Action.eq(ActKind::AuditVerified.as_str()))
        .order_by(Column::Number, Order::Desc)
        .one()
        .await?;
    Ok(row.map(|row| LastVerification {
        at: row.at,
        whole: row.object_id.strip_prefix("whole/").and_then(|entries| entries.parse().ok()),
    }))
}

pub(super) fn act_on_trail(kind: ActKind, object_id: String, text: ActText) -> Act {
    Act { kind, object_kind: Resource::AuditTrail.as_str(), object_id, text }
}

pub(super) async fn stored_head<S: Scope>(scope: &S) -> Result<Head, Error> {
    let row = scope.find::<entity::audit_head::Entity>().one().await?;
    Ok(row.as_ref().map_or_else(Head::empty, Head::of))
}

async fn colleagues<S: Scope>(scope: &S) -> Result<Vec<(AccountId, String)>, Error> {
    use entity::membership::{Column, Entity};
    let rows = scope.find::<Entity>().order_by(Column::DisplayName, Order::Asc).all().await?;
    Ok(rows.into_iter().map(|row| (AccountId::from_uuid(row.account_id), row.display_name)).collect())
}
