//! What waits for a decision, and what was decided.

use domain::configuration::{ChangeRequestState, ConfigurationKind};
use domain::ids::ChangeRequestId;
use domain::locale::Localized;
use domain::violations::Violation;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, Order};

use crate::Service;
use crate::configuration::authors;
use crate::configuration::store::{self, RequestRow};
use crate::configuration::{ConfigurationId, Person};
use crate::error::Error;
use crate::gate::{Act, Caller, Resource, Scope, action};

/// Which requests the queue shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Queue {
    /// Those that wait for this very person.
    #[default]
    ForMe,
    /// All that wait for somebody.
    Waiting,
    /// Approved, and waiting for their day.
    Scheduled,
    /// Decided: in force, sent back or taken back.
    Decided,
}

impl Queue {
    /// All of them, in the order of the tabs.
    pub const ALL: [Queue; 4] = [Queue::ForMe, Queue::Waiting, Queue::Scheduled, Queue::Decided];

    /// The name in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Queue::ForMe => "for-me",
            Queue::Waiting => "waiting",
            Queue::Scheduled => "scheduled",
            Queue::Decided => "decided",
        }
    }
}

impl std::str::FromStr for Queue {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|queue| queue.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// Which page of which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueFilter {
    /// Which requests.
    pub queue: Queue,
    /// Only of one kind.
    pub kind: Option<ConfigurationKind>,
    /// From 0.
    pub page: u64,
}

/// Rows of a page.
pub const QUEUE_PAGE: u64 = 25;

/// A page of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePage {
    /// The rows: waiting ones oldest first, others newest first.
    pub rows: Vec<QueueRow>,
    /// Rows on all pages.
    pub matching: u64,
    /// How many wait for this very person.
    pub for_me: u64,
    /// How many wait for somebody.
    pub waiting: u64,
    /// The caller may decide at all.
    pub may_decide: bool,
}

/// A row of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// Which.
    pub id: ChangeRequestId,
    /// What it is about.
    pub configuration: ConfigurationId,
    /// Its title when it was submitted.
    pub title: Localized,
    /// The version.
    pub number: i64,
    /// Where it stands.
    pub state: ChangeRequestState,
    /// Why.
    pub reason: String,
    /// From which day, ISO 8601.
    pub effective_on: String,
    /// Who submitted it.
    pub submitted_by: Option<Person>,
    /// When, seconds since 1970.
    pub submitted_at: i64,
    /// Who decided.
    pub decided_by: Option<Person>,
    /// When.
    pub decided_at: Option<i64>,
}

impl Service {
    /// A page of the queue.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read requests.
    pub async fn list_decisions(&self, caller: &Caller, filter: &QueueFilter) -> Result<QueuePage, Error> {
        use entity::change_request::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::ChangeRequest).await?;
        let mut condition = match filter.queue {
            Queue::ForMe => for_me(caller, &scope),
            Queue::Waiting => in_state(&[ChangeRequestState::Submitted]),
            Queue::Scheduled => in_state(&[ChangeRequestState::Approved]),
            Queue::Decided => {
                in_state(&[ChangeRequestState::Published, ChangeRequestState::SentBack, ChangeRequestState::Withdrawn])
            }
        };
        if let Some(kind) = filter.kind {
            condition = condition.add(Column::Kind.eq(kind.as_str()));
        }
        let matching = scope.find::<Entity>().filter(condition.clone()).count().await?;
        let order = if filter.queue == Queue::Decided { Order::Desc } else { Order::Asc };
        let rows = scope
            .find::<Entity>()
            .filter(condition)
            .order_by(Column::SubmittedAt, order.clone())
            .order_by(Column::Id, order)
            .page(filter.page.saturating_mul(QUEUE_PAGE), QUEUE_PAGE)
            .all()
            .await?;
        let people = rows.iter().flat_map(|row| [Some(row.submitted_by), row.decided_by]).flatten();
        let people = store::people(&scope, people.collect::<Vec<_>>()).await?;
        let view = |row: RequestRow| -> Result<QueueRow, Error> {
            Ok(QueueRow {
                id: ChangeRequestId::from_uuid(row.id),
                configuration: ConfigurationId::of(store::kind(&row.kind)?, row.configuration_id),
                title: Localized::composed(row.title_ja, row.title_en),
                number: row.number,
                state: row.state.parse().map_err(|_| Error::internal("the state of a request"))?,
                reason: row.reason,
                effective_on: row.effective_on,
                submitted_by: people.get(&row.submitted_by).cloned(),
                submitted_at: row.submitted_at,
                decided_by: row.decided_by.and_then(|id| people.get(&id)).cloned(),
                decided_at: row.decided_at,
            })
        };
        Ok(QueuePage {
            rows: rows.into_iter().map(view).collect::<Result<_, _>>()?,
            matching,
            for_me: scope.find::<Entity>().filter(for_me(caller, &scope)).count().await?,
            waiting: scope.find::<Entity>().filter(in_state(&[ChangeRequestState::Submitted])).count().await?,
            may_decide: caller.may(Act::Decide, Resource::ChangeRequest),
        })
    }

    /// How many requests wait for this very person, for the side navigation; 0 for somebody who decides nothing.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn count_decisions(&self, caller: &Caller) -> Result<u64, Error> {
        if !caller.may(Act::Decide, Resource::ChangeRequest) {
            return Ok(0);
        }
        let scope = self.gate.open(caller, action::Read, Resource::ChangeRequest).await?;
        scope.find::<entity::change_request::Entity>().filter(for_me(caller, &scope)).count().await
    }
}

fn in_state(states: &[ChangeRequestState]) -> Condition {
    use entity::change_request::Column;
    Condition::all().add(Column::State.is_in(states.iter().map(|state| state.as_str())))
}

/// Waiting for this very person: who may decide, and did not work on it where four eyes are required.
fn for_me<S: Scope>(caller: &Caller, scope: &S) -> Condition {
    use entity::change_request::Column;
    let account = match caller.actor().account() {
        Some(account) if caller.may(Act::Decide, Resource::ChangeRequest) => account,
        _ => return in_state(&[]),
    };
    in_state(&[ChangeRequestState::Submitted])
        .add(Condition::any().add(Column::FourEyes.eq(false)).add(authors::worked_on(scope, account).not()))
}
