//! What services are told of people that they know, and of themselves (RFC 8417): noted in the transaction of what happened, then
//! pushed by the same job that tells of sessions (RFC 8935), or fetched by the service (RFC 8936).
//!
//! A service is told of nobody who has not agreed to it, and only what it asked for in a version that the town approved.

use std::collections::BTreeMap;

use domain::configuration::{EventDelivery, EventKind, RelyingPartyContent};
use domain::consent::GrantState;
use domain::ids::{RelyingPartyId, ResidentId};
use domain::names::TenantSlug;
use entity::consent_grant;
use entity::service_notice::{ActiveModel, Column, Entity, Model};
use oidc::ProtocolError;
use oidc::provider::security_event::{PollRequest, PollResponse, SecurityEventToken, Subject};
use sea_orm::{ColumnTrait, Condition, Order, Set};
use uuid::Uuid;

use super::client::{Authenticated, PublicClients};
use super::published::{Party, Published};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, Scope, WriteScope, action};
use crate::jobs;

/// We send it.
pub(super) const PUSH: &str = "push";
/// The service fetches it.
pub(super) const POLL: &str = "poll";
/// How long a service may take to fetch what it is told, in seconds.
const FETCH_WITHIN: i64 = 7 * 24 * 3_600;
/// People whose consents are looked for in one statement.
pub(super) const PEOPLE_AT_ONCE: usize = 400;
/// Notices that are written in one statement: databases count its parameters.
const NOTICES_AT_ONCE: usize = 1_000;

/// Something that happened, to whom, and who is to be told.
#[derive(Clone, Copy)]
pub(super) struct Happened {
    pub(super) party: RelyingPartyId,
    pub(super) kind: EventKind,
    pub(super) resident: ResidentId,
}

impl Service {
    /// Notes what happened for each service that wants to be told of it, and says whether one does.
    pub(super) async fn announce_events(
        &self,
        scope: &WriteScope,
        published: &Published,
        happened: impl IntoIterator<Item = Happened>,
    ) -> Result<bool, Error> {
        let mut notices = Vec::new();
        for Happened { party, kind, resident } in happened {
            let Some(party) = published.party(party) else { continue };
            let subject = || party.subject(&published.keys, resident);
            notices.extend(self.notice(scope, party.id, &party.content, kind, subject)?);
        }
        self.keep_notices(scope, notices).await
    }

    /// Notes that the town suspended a service.
    pub(crate) async fn announce_suspension(
        &self,
        scope: &WriteScope,
        party: RelyingPartyId,
        content: &RelyingPartyContent,
    ) -> Result<bool, Error> {
        // It is about nobody.
        let notice = self.notice(scope, party, content, EventKind::RelyingPartySuspended, String::new)?;
        self.keep_notices(scope, notice.into_iter().collect()).await
    }

    /// Notes that people are not eligible under rules any more, for the services that go by these rules and that the people
    /// agreed to.
    pub(crate) async fn announce_lost(
        &self,
        scope: &WriteScope,
        published: &Published,
        lost: &[(ResidentId, Uuid)],
    ) -> Result<bool, Error> {
        let kind = EventKind::EligibilityEnded;
        let wanting: Vec<&Party> =
            published.parties.iter().filter(|party| party.content.client.events.wants(kind)).collect();
        if wanting.is_empty() || lost.is_empty() {
            return Ok(false);
        }
        let mut told = false;
        for people in lost.chunks(PEOPLE_AT_ONCE) {
            let grants = permitting(scope, people.iter().map(|(resident, _)| *resident)).await?;
            let happened = grants.into_iter().filter_map(|(resident, party)| {
                let rule = wanting.iter().find(|wanting| wanting.id == party)?.content.rule.uuid();
                people.contains(&(resident, rule)).then_some(Happened { party, kind, resident })
            });
            told |= self.announce_events(scope, published, happened).await?;
        }
        Ok(told)
    }

    /// Notes that a town ID is about to be deleted, for every service that the person agreed to.
    pub(super) async fn announce_deletion(
        &self,
        scope: &WriteScope,
        published: &Published,
        resident: ResidentId,
    ) -> Result<bool, Error> {
        let grants = permitting(scope, [resident]).await?;
        let kind = EventKind::TownIdDeleted;
        let happened = grants.into_iter().map(|(resident, party)| Happened { party, kind, resident });
        self.announce_events(scope, published, happened).await
    }

    fn notice(
        &self,
        scope: &WriteScope,
        party: RelyingPartyId,
        content: &RelyingPartyContent,
        kind: EventKind,
        subject: impl FnOnce() -> String,
    ) -> Result<Option<ActiveModel>, Error> {
        let now = self.clock.seconds();
        let events = &content.client.events;
        let (delivery, due_at) = match events.delivery {
            EventDelivery::Push if events.wants(kind) => (PUSH, now),
            EventDelivery::Poll if events.wants(kind) => (POLL, now + FETCH_WITHIN),
            EventDelivery::None | EventDelivery::Push | EventDelivery::Poll => return Ok(None),
        };
        Ok(Some(ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(self.rng.uuid_v4()?),
            relying_party_id: Set(party.uuid()),
            kind: Set(kind.as_str().to_owned()),
            subject: Set(subject()),
            sid: Set(None),
            made_at: Set(now),
            attempts: Set(0),
            due_at: Set(due_at),
            delivery: Set(delivery.to_owned()),
        }))
    }

    /// Writes notices with the job that sends them, or deletes them where nobody fetches them. Says whether there is one.
    pub(super) async fn keep_notices(&self, scope: &WriteScope, mut notices: Vec<ActiveModel>) -> Result<bool, Error> {
        let Some(first) = notices.iter().filter_map(|notice| notice.due_at.try_as_ref().copied()).min() else {
            return Ok(false);
        };
        while !notices.is_empty() {
            let some: Vec<ActiveModel> = notices.drain(..notices.len().min(NOTICES_AT_ONCE)).collect();
            scope.insert_all::<Entity, _>(some).await?;
        }
        scope.enqueue(jobs::Kind::TellServices, first).await?;
        Ok(true)
    }

    /// The endpoint at which a service fetches what it is told, and says what it has. Every answer comes at once, whatever
    /// `returnImmediately` says: nobody's connection is kept open.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what the client did wrong is the inner error.
    pub async fn poll_events(
        &self,
        slug: &TenantSlug,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Result<Result<PollResponse, ProtocolError>, Error> {
        let published = self.published(slug).await?;
        let request = match PollRequest::read(body) {
            Ok(request) => request,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let client = self.authenticated(&published, PublicClients::Refused, authorization, &request.credentials).await;
        let Authenticated { party, proof, .. } = match client {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if party.content.client.events.delivery != EventDelivery::Poll {
            let refusal = ProtocolError::new(oidc::ErrorCode::UnauthorizedClient, "this client fetches no events");
            return self.answer_once(&published, proof.as_ref(), Err(refusal)).await;
        }
        if request.refused > 0 {
            tracing::warn!(refused = request.refused, "a service refused what it was told");
        }
        let caller = self.oidc_provider(&published);
        let done: Vec<Uuid> = request.done.iter().filter_map(|id| Uuid::parse_str(id).ok()).collect();
        if proof.is_none() && done.is_empty() {
            let scope = self.gate.open(&caller, action::Read, Resource::ServiceNotice).await?;
            let waiting = waiting(&scope, party, request.max_events).await?;
            drop(scope);
            return Ok(Ok(self.signed(&published, party, waiting, request.max_events)?));
        }
        let scope = self.gate.open(&caller, action::Update, Resource::ServiceNotice).await?;
        if let Some(proof) = &proof
            && !proof.spend(&scope).await?
        {
            return Ok(Err(ProtocolError::invalid_client()));
        }
        if !done.is_empty() {
            scope.delete_many::<Entity>().filter(own(party)).filter(Column::Id.is_in(done)).exec().await?;
        }
        let waiting = waiting(&scope, party, request.max_events).await?;
        scope.commit().await?;
        Ok(Ok(self.signed(&published, party, waiting, request.max_events)?))
    }

    fn signed(
        &self,
        published: &Published,
        party: &Party,
        mut waiting: Vec<Model>,
        most: usize,
    ) -> Result<PollResponse, Error> {
        let more_available = waiting.len() > most;
        waiting.truncate(most);
        let mut sets = BTreeMap::new();
        for notice in waiting {
            let token = self.security_event(published, party, &notice).ok_or_else(|| Error::internal("an event"))?;
            sets.insert(notice.id.to_string(), token);
        }
        Ok(PollResponse { sets, more_available })
    }

    /// The token of a notice, if it is one of an event.
    pub(super) fn security_event(&self, published: &Published, party: &Party, notice: &Model) -> Option<String> {
        let kind = EventKind::of(&notice.kind)?;
        let token = SecurityEventToken {
            issuer: &published.issuer,
            client_id: &party.client_id,
            jti: &notice.id.to_string(),
            iat: notice.made_at,
            kind,
            subject: match kind {
                EventKind::RelyingPartySuspended => Subject::Client,
                EventKind::ConsentWithdrawn | EventKind::TownIdDeleted | EventKind::EligibilityEnded => {
                    Subject::Person(&notice.subject)
                }
            },
        };
        token.sign(self.signer(published, party).ok()?).ok()
    }
}

/// What a service may still be told: once it is suspended, that alone.
pub(super) fn tellable(party: &Party) -> Condition {
    let events = Column::Kind.is_in(EventKind::ALL.iter().map(|kind| kind.as_str()));
    let suspension = Column::Kind.eq(EventKind::RelyingPartySuspended.as_str());
    Condition::all().add(if party.suspended { suspension } else { events })
}

fn own(party: &Party) -> Condition {
    Condition::all().add(Column::RelyingPartyId.eq(party.id.uuid())).add(Column::Delivery.eq(POLL))
}

/// The oldest, and one more than are wanted: to say that there is more.
async fn waiting<S: Scope>(scope: &S, party: &Party, most: usize) -> Result<Vec<Model>, Error> {
    let found = scope.find::<Entity>().filter(own(party)).filter(tellable(party));
    let found = found.order_by(Column::MadeAt, Order::Asc).order_by(Column::Id, Order::Asc);
    found.page(0, u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1)).all().await
}

/// The states of a consent that stands.
pub(super) fn permitting_states() -> impl Iterator<Item = &'static str> {
    GrantState::ALL.into_iter().filter(|state| state.permits()).map(GrantState::as_str)
}

/// The services that people agreed to, person by person.
pub(super) async fn permitting<S: Scope>(
    scope: &S,
    people: impl IntoIterator<Item = ResidentId>,
) -> Result<Vec<(ResidentId, RelyingPartyId)>, Error> {
    use consent_grant::{Column, Entity};
    let grants = scope
        .find::<Entity>()
        .filter(Column::ResidentId.is_in(people.into_iter().map(ResidentId::uuid)))
        .filter(Column::State.is_in(permitting_states()))
        .filter(Column::RelyingPartyId.is_not_null())
        .all()
        .await?;
    let pairs = grants.into_iter().filter_map(|row| {
        Some((ResidentId::from_uuid(row.resident_id), RelyingPartyId::from_uuid(row.relying_party_id?)))
    });
    Ok(pairs.collect())
}
