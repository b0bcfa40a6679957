//! What services are told from server to server: that a session ended (OpenID Connect Back-Channel Logout 1.0), and events
//! ([`super::events`]).
//!
//! A notice is written in the transaction of what it tells about, and sent afterwards by a job: a service that is away is asked
//! again for a day, each time after a longer pause, and keeps nobody waiting. It names the person as this service knows them.

use std::time::Duration;

use domain::configuration::{EventDelivery, SecretNumber};
use domain::ids::{RelyingPartyId, ResidentId};
use domain::names::TenantSlug;
use entity::service_notice::{ActiveModel, Column, Entity, Model};
use entity::session_client;
use futures::StreamExt;
use oidc::provider::logout::LogoutToken;
use oidc::provider::security_event::Complaint;
use oidc::subject::SessionSeed;
use sea_orm::{ColumnTrait, Condition, Set};
use tokio::sync::futures::Notified;
use url::Url;
use uuid::Uuid;

use super::events::{POLL, PUSH, tellable};
use super::published::{Party, Published};
use super::silence::Silent;
use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, ReadScope, Resource, Scope, SystemActor, WriteScope, action};
use crate::http_client::{FetchError, Pushed};
use crate::jobs;

/// The kind of a notice that is no event.
const SESSION_ENDED: &str = "session_ended";
/// Notices that one service is sent by one job: what it has beyond that waits behind those of other services and towns.
const FOR_EACH: u64 = 10;
/// Services that are spoken to at a time.
const AT_A_TIME: usize = 8;
/// How long a job speaks to one service.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a service that is away is asked again, in seconds.
const GIVE_UP: i64 = 24 * 3_600;
/// The longest pause between two attempts, in seconds.
const LONGEST_PAUSE: i64 = 3_600;

/// A service that is told something, and where.
struct Line<'p> {
    party: &'p Party,
    to: Url,
    about: About,
}

/// What a line is for. The two may be different servers: one that is away does not keep the other from being told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Sessions,
    Events,
}

/// What became of an attempt to send one notice.
enum Told {
    /// There is nothing more to do about it.
    Done,
    /// The service does not take this one now.
    NotNow,
    /// The service is away.
    Away,
}

/// What became of a line.
struct Outcome<'p> {
    line: Line<'p>,
    done: Vec<Uuid>,
    /// It is left alone for so many seconds, and whether it was asked at all.
    pause: Option<(i64, bool)>,
}

impl Service {
    /// Writes a notice for each service that the session reached and that wants to be told, and says whether there is one. To be
    /// called before the session's row goes.
    pub(super) async fn announce_end(
        &self,
        scope: &WriteScope,
        published: &Published,
        session: Uuid,
        resident: ResidentId,
    ) -> Result<bool, Error> {
        let reached = session_client::Column::SessionId.eq(session);
        let rows = scope.find::<session_client::Entity>().filter(reached).all().await?;
        let now = self.clock.seconds();
        let mut notices = Vec::new();
        for row in rows {
            let party = published.party(RelyingPartyId::from_uuid(row.relying_party_id));
            let Some(party) = party.filter(|party| address(party).is_some()) else { continue };
            notices.push(ActiveModel {
                organisation_id: Set(scope.organisation().uuid()),
                id: Set(self.rng.uuid_v4()?),
                relying_party_id: Set(party.id.uuid()),
                kind: Set(SESSION_ENDED.to_owned()),
                subject: Set(party.subject(&published.keys, resident)),
                sid: Set(Some(published.keys.subject.sid(SessionSeed(*session.as_bytes()), party.id))),
                made_at: Set(now),
                attempts: Set(0),
                due_at: Set(now),
                delivery: Set(PUSH.to_owned()),
            });
        }
        self.keep_notices(scope, notices).await
    }

    /// Wakes whoever sends notices; to be called after the transaction that wrote some.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Waits until this process has written a notice.
    pub fn notices_written(&self) -> Notified<'_> {
        self.bell.notified()
    }

    /// The job of a municipality that has notices to send, or to delete because nobody fetched them.
    pub(crate) async fn tell_services_due(&self, organisation: &Organisation) -> Result<(), Error> {
        let now = self.clock.seconds();
        let slug = TenantSlug::parse(&organisation.slug).map_err(|_| Error::internal("the name of a municipality"))?;
        let published = self.published(&slug).await?;
        let caller = self.gate.system(SystemActor::Messenger, organisation);
        let scope: ReadScope = self.gate.open(&caller, action::Read, Resource::ServiceNotice).await?;
        let mut backlog = Vec::new();
        for line in lines(&published) {
            let due = scope.find::<Entity>().filter(line.notices()).filter(Column::DueAt.lte(now));
            let due = due.order_by(Column::DueAt, sea_orm::Order::Asc).page(0, FOR_EACH).all().await?;
            if !due.is_empty() {
                backlog.push((line, due));
            }
        }
        drop(scope);
        let published = &published;
        let mut telling = Vec::with_capacity(backlog.len());
        for (line, due) in backlog {
            telling.push(self.tell(published, line, due));
        }
        let outcomes: Vec<Outcome<'_>> = futures::stream::iter(telling).buffer_unordered(AT_A_TIME).collect().await;
        let scope: WriteScope = self.gate.open(&caller, action::Update, Resource::ServiceNotice).await?;
        for outcome in outcomes {
            note(&scope, outcome, now).await?;
        }
        scope.delete_many::<Entity>().filter(over(published, now)).exec().await?;
        scope.commit().await
    }

    /// Asks for the next job of a municipality that has notices left. To be called once the row of the last job is gone: what
    /// was written meanwhile found that row, and asked for no job of its own. What is due already waits behind the jobs of
    /// others that were due before.
    pub(crate) async fn tell_services_again(&self, organisation: &Organisation) -> Result<(), Error> {
        let caller = self.gate.system(SystemActor::Messenger, organisation);
        let scope: WriteScope = self.gate.open(&caller, action::Update, Resource::ServiceNotice).await?;
        let left = scope.find::<Entity>().order_by(Column::DueAt, sea_orm::Order::Asc).one().await?;
        let Some(next) = left else { return Ok(()) };
        scope.enqueue(jobs::Kind::TellServices, next.due_at.max(self.clock.seconds())).await?;
        scope.commit().await
    }

    /// Tells one service, one notice after the other, until it is away.
    async fn tell<'p>(&self, published: &Published, line: Line<'p>, due: Vec<Model>) -> Outcome<'p> {
        let now = self.clock.seconds();
        let pause = due.first().map_or(LONGEST_PAUSE, |oldest| pause_after(oldest.attempts));
        if self.silence.of(line.party.id, &line.to, now) {
            return Outcome { line, done: Vec::new(), pause: Some((pause, false)) };
        }
        let mut done = Vec::new();
        let mut away = false;
        let talk = async {
            for notice in &due {
                match self.send(published, &line, notice).await {
                    Told::Done => done.push(notice.id),
                    Told::NotNow => away = true,
                    Told::Away => {
                        away = true;
                        return;
                    }
                }
            }
        };
        // Who answers slowly has the rest later, and takes our time once a minute.
        if tokio::time::timeout(PATIENCE, talk).await.is_err() {
            self.silence.begins(Silent::service(line.party.id, &line.to), now);
            away |= done.is_empty();
        }
        Outcome { line, done, pause: away.then_some((pause, true)) }
    }

    async fn send(&self, published: &Published, line: &Line<'_>, notice: &Model) -> Told {
        let sent = match line.about {
            About::Sessions => match self.logout_form(published, line.party, notice) {
                Some(form) => self.http_to_services.tell(&line.to, &form).await,
                None => return Told::Away,
            },
            About::Events => match self.security_event(published, line.party, notice) {
                Some(token) => {
                    let Ok(authorization) = authorization(published, line.party) else {
                        tracing::error!("a secret of a service is not there");
                        return Told::Away;
                    };
                    match self.http_to_services.push_event(&line.to, authorization, token).await {
                        Ok(Pushed::Taken) => Ok(()),
                        Ok(Pushed::Refused(body)) => {
                            let complaint = Complaint::read(&body);
                            count_refusal(complaint.code());
                            match complaint {
                                Complaint::Final(_) => Ok(()),
                                Complaint::Passing(_) => return Told::NotNow,
                            }
                        }
                        Err(failure) => {
                            if let FetchError::Status(401 | 403) = failure {
                                count_refusal("unauthorized");
                            }
                            Err(failure)
                        }
                    }
                }
                None => return Told::Away,
            },
        };
        match sent {
            Ok(()) => Told::Done,
            Err(failure) => {
                tracing::warn!(%failure, "a service could not be told");
                let silent = match failure {
                    FetchError::Unconnected => Some(Silent::server(&line.to)),
                    FetchError::Unreachable => Some(Silent::service(line.party.id, &line.to)),
                    FetchError::Address | FetchError::Status(_) | FetchError::TooLarge => None,
                };
                if let Some(silent) = silent {
                    self.silence.begins(silent, self.clock.seconds());
                }
                Told::Away
            }
        }
    }

    fn logout_form(&self, published: &Published, party: &Party, notice: &Model) -> Option<String> {
        let token = LogoutToken {
            issuer: &published.issuer,
            client_id: &party.client_id,
            sub: &notice.subject,
            sid: notice.sid.as_deref(),
            jti: &self.rng.token::<16>().ok()?,
            now: self.clock.now(),
        };
        let signed = token.sign(self.signer(published, party).ok()?).ok()?;
        Some(url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &signed).finish())
    }
}

impl Line<'_> {
    /// Its notices.
    fn notices(&self) -> Condition {
        let own = Condition::all().add(Column::RelyingPartyId.eq(self.party.id.uuid())).add(Column::Delivery.eq(PUSH));
        match self.about {
            About::Sessions => own.add(Column::Kind.eq(SESSION_ENDED)),
            About::Events => own.add(tellable(self.party)),
        }
    }
}

/// Every service that is told something, and where.
fn lines(published: &Published) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for party in &published.parties {
        if let Some(to) = address(party) {
            lines.push(Line { party, to, about: About::Sessions });
        }
        let events = &party.content.client.events;
        let to = events.uri.as_ref().filter(|_| events.delivery == EventDelivery::Push);
        if let Some(to) = to.and_then(|uri| Url::parse(uri.as_str()).ok()) {
            lines.push(Line { party, to, about: About::Events });
        }
    }
    lines
}

/// What the service wants to be sent with events, if it wants anything. Without it they are not sent at all.
fn authorization<'p>(published: &'p Published, party: &Party) -> Result<Option<&'p str>, ()> {
    let events = &party.content.client.events;
    let (Some(SecretNumber(number)), Some(address)) = (events.authorization, &events.uri) else { return Ok(None) };
    published.keys.push_secret(number, address.as_str()).map(Some).ok_or(())
}

/// Whose it is stands nowhere: how often a service is told something is about people.
fn count_refusal(code: &'static str) {
    metrics::counter!("event_pushes_refused_total", "err" => code).increment(1);
}

/// Where the service wants to be told that a session ended, if it does and may be: one that was suspended is not.
fn address(party: &Party) -> Option<Url> {
    let wanted = party.content.client.backchannel_logout_uri.as_ref().filter(|_| !party.suspended)?;
    Url::parse(wanted.as_str()).ok()
}

/// Notices that nobody is told of any more: too old, never fetched, or of a service that does not want them now.
fn over(published: &Published, now: i64) -> Condition {
    let wanted = lines(published).iter().fold(Condition::any(), |wanted, line| wanted.add(line.notices()));
    let fetched = published.parties.iter().filter(|party| party.content.client.events.delivery == EventDelivery::Poll);
    let unfetched = Column::RelyingPartyId.is_not_in(fetched.map(|party| party.id.uuid()));
    let pushed = Condition::all().add(Column::Delivery.eq(PUSH));
    let waiting = Condition::all().add(Column::Delivery.eq(POLL));
    Condition::any()
        .add(pushed.clone().add(Column::MadeAt.lte(now - GIVE_UP)))
        .add(if wanted.is_empty() { pushed } else { pushed.add(wanted.not()) })
        .add(waiting.clone().add(Column::DueAt.lte(now)))
        .add(waiting.add(unfetched))
}

fn pause_after(attempts: i64) -> i64 {
    60_i64.saturating_mul(1 << attempts.clamp(0, 16)).min(LONGEST_PAUSE)
}

/// What becomes of a service's notices: those that it took go, and while it is away all of them wait.
async fn note(scope: &WriteScope, outcome: Outcome<'_>, now: i64) -> Result<(), Error> {
    if !outcome.done.is_empty() {
        scope.delete_many::<Entity>().filter(Column::Id.is_in(outcome.done)).exec().await?;
    }
    let Some((pause, asked)) = outcome.pause else { return Ok(()) };
    scope
        .update_many::<Entity>()
        .add(Column::Attempts, i64::from(asked))
        .set(Column::DueAt, now + pause)
        .filter(outcome.line.notices())
        .filter(Column::DueAt.lte(now))
        .exec()
        .await?;
    Ok(())
}
