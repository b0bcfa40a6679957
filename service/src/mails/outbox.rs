//! The outbox: announcements become mails, and mails are sent.
//!
//! An announcement becomes a row for each recipient, and each of those a mail of its own: an address that is refused, or read in
//! between, keeps nobody else's mail. A row is leased to one process by moving the time at which it is due; who dies with a lease
//! leaves it to another. What a mail server took and we did not hear of is sent again, under the same Message-ID.

use domain::access::Role;
use domain::ids::AccountId;
use entity::outgoing_mail::{ActiveModel, Column, Entity};
use entity::{membership, membership_role};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::post::{Post, Posted};
use super::{Announcement, MailKind};
use crate::Service;
use crate::error::Error;
use crate::federation::sha256;
use crate::gate::{Organisation, ReadScope, Resource, Scope, SystemActor, action};

/// Rows that one process looks at in one go.
const IN_ONE_GO: u32 = 100;
/// A row is left to its process for so long; a mail takes half a minute at most.
const LEASE_SECONDS: i64 = 5 * 60;
/// The longest pause between two attempts.
const LONGEST_PAUSE_SECONDS: i64 = 6 * 60 * 60;
/// Attempts at a mail: three days long.
const MOST_ATTEMPTS: i64 = 20;
/// Attempts at a mail that is refused for good; more than one, because it may be a mistake of the server's settings.
const MOST_REFUSALS: i64 = 3;
/// People who are told of one thing.
const MOST_RECIPIENTS: u64 = 50;
/// Rows are kept for so long after they were last looked at.
const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;
/// After staff were told that a provider answers again they are left alone for so long: one that comes and goes is one nuisance.
const REST_SECONDS: i64 = 6 * 60 * 60;

/// In the place of a recipient, while nobody was looked for who is to hear it.
const NOBODY_YET: Uuid = Uuid::nil();

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is looked at when it is due.
    Waiting,
    /// It was sent; or its recipients have rows of their own.
    Done,
    /// There was nothing to say any more, or nobody to hear it.
    Dropped,
    /// It could not be sent.
    GivenUp,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Done => "done",
            State::Dropped => "dropped",
            State::GivenUp => "given_up",
        }
    }
}

/// A row that this process holds the lease of.
pub(super) struct Mail {
    pub(super) organisation: Organisation,
    pub(super) kind: MailKind,
    pub(super) about: Uuid,
    pub(super) occasion: i64,
    /// None while it is an announcement.
    to: Option<AccountId>,
    attempts: i64,
    leased_until: i64,
}

/// What becomes of a row.
enum Fate {
    Addressed(Vec<AccountId>),
    Posted(Posted),
    Dropped,
    NotBefore(i64),
}

/// Who is to hear of something, and where.
struct Recipient {
    account: AccountId,
    address: String,
}

impl Service {
    /// Sends the mails that are due, and says how many. One that fails is tried again later, each time after a longer pause; while
    /// the mail server is away the others wait for the next look. Without a way for mails none are made.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is no database to find them in.
    pub async fn send_due_mails(&self) -> Result<u32, Error> {
        let Some(post) = &self.post else { return Ok(0) };
        let mut sent = 0;
        for _ in 0..IN_ONE_GO {
            let Some(mail) = self.lease_mail().await? else { break };
            let fate = match self.make_mail(post, &mail).await {
                Ok(fate) => fate,
                Err(error) => {
                    tracing::warn!(mail = mail.kind.as_str(), %error, "a mail could not be made");
                    continue;
                }
            };
            sent += u32::from(matches!(fate, Fate::Posted(Posted::Taken)));
            let away = matches!(fate, Fate::Posted(Posted::Away));
            self.settle(&mail, fate).await?;
            if away {
                break;
            }
        }
        Ok(sent)
    }

    /// Deletes rows about which nothing happened for 90 days. Returns how many.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn sweep_mails(&self) -> Result<u64, Error> {
        let over = Column::DueAt.lte(self.clock.seconds() - KEPT_SECONDS);
        let glance = self.gate.platform_read().await?;
        if glance.one(Entity::find().filter(over.clone())).await?.is_none() {
            return Ok(0);
        }
        drop(glance);
        let scope = self.gate.platform_write().await?;
        let swept = scope.delete(Entity::delete_many().filter(over)).await?;
        scope.commit().await?;
        Ok(swept)
    }

    /// Takes the lease of the row that has been due the longest.
    async fn lease_mail(&self) -> Result<Option<Mail>, Error> {
        let now = self.clock.seconds();
        loop {
            let glance = self.gate.platform_read().await?;
            let due = Entity::find()
                .filter(Column::State.eq(State::Waiting.as_str()))
                .filter(Column::DueAt.lte(now))
                .filter(Column::Attempts.lt(MOST_ATTEMPTS))
                .order_by_asc(Column::DueAt)
                .order_by_asc(Column::AccountId);
            let Some(row) = glance.one(due).await? else { return Ok(None) };
            drop(glance);
            let scope = self.gate.platform_write().await?;
            let leased_until = now + LEASE_SECONDS;
            let lease =
                ActiveModel { due_at: Set(leased_until), attempts: Set(row.attempts + 1), ..Default::default() };
            let same = key(row.organisation_id, &row.kind, row.about, row.occasion, row.account_id);
            let taken = Entity::update_many().set(lease).filter(same).filter(Column::DueAt.eq(row.due_at));
            if scope.update(taken.filter(Column::State.eq(State::Waiting.as_str()))).await? == 0 {
                // Another process was quicker.
                continue;
            }
            let organisation = scope
                .one(entity::organisation::Entity::find_by_id(row.organisation_id))
                .await?
                .map(Organisation::from)
                .ok_or_else(|| Error::internal("a mail of no organisation"))?;
            scope.commit().await?;
            let kind = MailKind::of_column(&row.kind).ok_or_else(|| Error::internal("a mail of no kind"))?;
            return Ok(Some(Mail {
                organisation,
                kind,
                about: row.about,
                occasion: row.occasion,
                to: Some(row.account_id).filter(|id| *id != NOBODY_YET).map(AccountId::from_uuid),
                attempts: row.attempts + 1,
                leased_until,
            }));
        }
    }

    async fn make_mail(&self, post: &Post, mail: &Mail) -> Result<Fate, Error> {
        if mail.to.is_none()
            && let Some(fate) = self.known_already(mail).await?
        {
            return Ok(fate);
        }
        let (act, resource) = mail.kind.addressed_to_who_may();
        let roles = self.gate.roles_that_may(act, resource).await?;
        let caller = self.gate.system(SystemActor::Mailer, &mail.organisation);
        let scope: ReadScope = self.gate.open(&caller, action::Read, Resource::Membership).await?;
        let Some(letter) = self.letter(&scope, mail).await? else { return Ok(Fate::Dropped) };
        let mut recipients = recipients(&scope, &roles, mail.to).await?;
        drop(scope);
        if mail.to.is_none() {
            if recipients.is_empty() {
                tracing::warn!(mail = mail.kind.as_str(), "nobody is there to be told");
            }
            return Ok(Fate::Addressed(recipients.into_iter().map(|recipient| recipient.account).collect()));
        }
        // Nobody, if they left or lost the role since.
        let Some(recipient) = recipients.pop() else { return Ok(Fate::Dropped) };
        let posted = post.send(&recipient.address, letter, &mail.message_id(), self.clock.now()).await;
        Ok(Fate::Posted(posted))
    }

    /// Staff are told what changed since they were told last: that a provider is away if it was not, that it is back if it was.
    async fn known_already(&self, mail: &Mail) -> Result<Option<Fate>, Error> {
        let told = [MailKind::ProviderAway, MailKind::ProviderBack];
        if !told.contains(&mail.kind) {
            return Ok(None);
        }
        let glance = self.gate.platform_read().await?;
        let last = Entity::find()
            .filter(Column::OrganisationId.eq(mail.organisation.id.uuid()))
            .filter(Column::Kind.is_in(told.map(MailKind::as_str)))
            .filter(Column::About.eq(mail.about))
            .filter(Column::AccountId.eq(NOBODY_YET))
            .filter(Column::State.eq(State::Done.as_str()))
            .order_by_desc(Column::DueAt);
        let last = glance.one(last).await?;
        let last_kind = last.as_ref().and_then(|row| MailKind::of_column(&row.kind));
        Ok(match (mail.kind, last_kind) {
            (MailKind::ProviderAway, Some(MailKind::ProviderAway)) => Some(Fate::Dropped),
            (MailKind::ProviderAway, Some(_)) => {
                let rested = last.map_or(0, |row| row.due_at) + REST_SECONDS;
                (rested > self.clock.seconds()).then_some(Fate::NotBefore(rested))
            }
            (MailKind::ProviderBack, Some(MailKind::ProviderAway)) => None,
            (MailKind::ProviderBack, _) => Some(Fate::Dropped),
            _ => None,
        })
    }

    /// Writes what became of a row, unless the lease ran out and another process has it.
    async fn settle(&self, mail: &Mail, fate: Fate) -> Result<(), Error> {
        let now = self.clock.seconds();
        let again = |most: i64| {
            if mail.attempts < most {
                (State::Waiting, now + pause_after(mail.attempts))
            } else {
                (State::GivenUp, now)
            }
        };
        let (state, due_at) = match &fate {
            Fate::Addressed(_) | Fate::Posted(Posted::Taken) => (State::Done, now),
            Fate::Dropped => (State::Dropped, now),
            Fate::NotBefore(at) => (State::Waiting, *at),
            Fate::Posted(Posted::Refused) => again(MOST_REFUSALS),
            Fate::Posted(Posted::NotNow | Posted::Away) => again(MOST_ATTEMPTS),
        };
        if let Fate::Posted(posted @ (Posted::Refused | Posted::NotNow | Posted::Away)) = &fate {
            let last = state == State::GivenUp;
            tracing::warn!(mail = mail.kind.as_str(), outcome = ?posted, attempts = mail.attempts, last, "a mail was not sent");
        }
        // Waiting for its time is no attempt.
        let attempts = if matches!(fate, Fate::NotBefore(_)) { 0 } else { mail.attempts };
        let settled = ActiveModel {
            state: Set(state.as_str().to_owned()),
            due_at: Set(due_at),
            attempts: Set(attempts),
            ..Default::default()
        };
        let scope = self.gate.platform_write().await?;
        let update = Entity::update_many().set(settled).filter(mail.key());
        if scope.update(update.filter(Column::DueAt.eq(mail.leased_until))).await? == 1
            && let Fate::Addressed(accounts) = fate
        {
            for account in accounts {
                let about = Announcement { kind: mail.kind, about: mail.about, occasion: mail.occasion, due_at: now };
                let row = about.row(mail.organisation.id.uuid(), account.uuid());
                scope.insert_or::<Entity, _>(row, once()).await?;
            }
        }
        scope.commit().await
    }
}

impl Mail {
    fn account(&self) -> Uuid {
        self.to.map_or(NOBODY_YET, AccountId::uuid)
    }

    fn key(&self) -> Condition {
        key(self.organisation.id.uuid(), self.kind.as_str(), self.about, self.occasion, self.account())
    }

    /// The same at every attempt.
    fn message_id(&self) -> String {
        let [organisation, account] = [self.organisation.id.uuid(), self.account()];
        let key = format!("{organisation} {} {} {} {account}", self.kind.as_str(), self.about, self.occasion);
        sha256(key.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Announcement {
    /// As it is written with its cause.
    pub(crate) fn first_row(&self, organisation: Uuid) -> ActiveModel {
        self.row(organisation, NOBODY_YET)
    }

    fn row(&self, organisation: Uuid, account: Uuid) -> ActiveModel {
        ActiveModel {
            organisation_id: Set(organisation),
            kind: Set(self.kind.as_str().to_owned()),
            about: Set(self.about),
            occasion: Set(self.occasion),
            account_id: Set(account),
            state: Set(State::Waiting.as_str().to_owned()),
            due_at: Set(self.due_at),
            attempts: Set(0),
        }
    }
}

const KEY: [Column; 5] = [Column::OrganisationId, Column::Kind, Column::About, Column::Occasion, Column::AccountId];

/// Where somebody has a row already, nothing is written.
fn once() -> OnConflict {
    OnConflict::columns(KEY).do_nothing().to_owned()
}

/// Where the same was announced before, it is due anew, unless it was said.
pub(crate) fn anew() -> OnConflict {
    OnConflict::columns(KEY)
        .update_columns([Column::State, Column::DueAt, Column::Attempts])
        .action_and_where(Column::State.ne(State::Done.as_str()))
        .to_owned()
}

fn key(organisation: Uuid, kind: &str, about: Uuid, occasion: i64, account: Uuid) -> Condition {
    Condition::all()
        .add(Column::OrganisationId.eq(organisation))
        .add(Column::Kind.eq(kind))
        .add(Column::About.eq(about))
        .add(Column::Occasion.eq(occasion))
        .add(Column::AccountId.eq(account))
}

fn pause_after(attempts: i64) -> i64 {
    60_i64.saturating_mul(1 << (attempts.clamp(1, 16) - 1)).min(LONGEST_PAUSE_SECONDS)
}

/// The members who hold one of the roles; of them one, where it is about one.
async fn recipients(scope: &ReadScope, roles: &[Role], only: Option<AccountId>) -> Result<Vec<Recipient>, Error> {
    let roles = roles.iter().map(|role| role.as_str());
    let held = scope.find::<membership_role::Entity>().filter(membership_role::Column::Role.is_in(roles)).all().await?;
    let accounts = held.iter().map(|row| row.account_id).filter(|id| only.is_none_or(|only| only.uuid() == *id));
    let members = scope
        .find::<membership::Entity>()
        .filter(membership::Column::AccountId.is_in(accounts))
        .filter(membership::Column::EndedAt.is_null())
        .order_by(membership::Column::AccountId, Order::Asc)
        .page(0, MOST_RECIPIENTS)
        .all()
        .await?;
    let recipient =
        |row: membership::Model| Recipient { account: AccountId::from_uuid(row.account_id), address: row.mail };
    Ok(members.into_iter().map(recipient).collect())
}
