//! What services are told from server to server: that a session ended (OpenID Connect Back-Channel Logout 1.0).
//!
//! A notice is written in the transaction of what it tells about, and sent afterwards by a job: a service that is away is asked
//! again for a day, each time after a longer pause, and keeps nobody waiting. It names the person as this service knows them.

use domain::ids::{RelyingPartyId, ResidentId};
use domain::names::TenantSlug;
use entity::service_notice::{ActiveModel, Column, Entity, Model};
use entity::session_client;
use futures::StreamExt;
use oidc::provider::logout::LogoutToken;
use oidc::subject::SessionSeed;
use sea_orm::{ColumnTrait, Set};
use tokio::sync::futures::Notified;
use url::Url;
use uuid::Uuid;

use super::published::{Party, Published};
use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, ReadScope, Resource, Scope, SystemActor, WriteScope, action};
use crate::jobs;

/// The only kind of notice so far.
const SESSION_ENDED: &str = "session_ended";
/// Notices that one job takes along: so few that a town whose services do not answer keeps the next one waiting for less than
/// a minute.
const BATCH: u64 = 40;
/// Services that are spoken to at a time.
const AT_A_TIME: usize = 8;
/// How long a service that is away is asked again, in seconds.
const GIVE_UP: i64 = 24 * 3_600;
/// The longest pause between two attempts, in seconds.
const LONGEST_PAUSE: i64 = 3_600;

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
            });
        }
        if notices.is_empty() {
            return Ok(false);
        }
        scope.insert_all::<Entity, _>(notices).await?;
        scope.enqueue(jobs::Kind::TellServices, now).await?;
        Ok(true)
    }

    /// Wakes whoever sends notices; to be called after the transaction that wrote some.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Waits until this process has written a notice.
    pub fn notices_written(&self) -> Notified<'_> {
        self.bell.notified()
    }

    /// The job of a municipality that has notices to send.
    pub(crate) async fn tell_services_due(&self, organisation: &Organisation) -> Result<(), Error> {
        let now = self.clock.seconds();
        let caller = self.gate.system(SystemActor::Messenger, organisation);
        let scope: ReadScope = self.gate.open(&caller, action::Read, Resource::ServiceNotice).await?;
        let due = scope.find::<Entity>().filter(Column::DueAt.lte(now)).order_by(Column::DueAt, sea_orm::Order::Asc);
        let due = due.page(0, BATCH).all().await?;
        drop(scope);
        let slug = TenantSlug::parse(&organisation.slug).map_err(|_| Error::internal("the name of a municipality"))?;
        let published = self.published(&slug).await?;
        let published = &published;
        let told: Vec<(Model, bool)> = futures::stream::iter(due)
            .map(|notice| async move {
                let done = self.tell(published, &notice).await;
                (notice, done)
            })
            .buffer_unordered(AT_A_TIME)
            .collect()
            .await;
        let scope: WriteScope = self.gate.open(&caller, action::Update, Resource::ServiceNotice).await?;
        for (notice, done) in told {
            self.note(&scope, &notice, done).await?;
        }
        scope.commit().await
    }

    /// Asks for the next job of a municipality that has notices left. To be called once the row of the last job is gone: what
    /// was written meanwhile found that row, and asked for no job of its own.
    pub(crate) async fn tell_services_again(&self, organisation: &Organisation) -> Result<(), Error> {
        let caller = self.gate.system(SystemActor::Messenger, organisation);
        let scope: WriteScope = self.gate.open(&caller, action::Update, Resource::ServiceNotice).await?;
        let left = scope.find::<Entity>().order_by(Column::DueAt, sea_orm::Order::Asc).one().await?;
        let Some(next) = left else { return Ok(()) };
        scope.enqueue(jobs::Kind::TellServices, next.due_at).await?;
        scope.commit().await
    }

    /// What becomes of a notice after an attempt.
    async fn note(&self, scope: &WriteScope, notice: &Model, done: bool) -> Result<(), Error> {
        let now = self.clock.seconds();
        if done || now - notice.made_at >= GIVE_UP {
            scope.delete_many::<Entity>().filter(Column::Id.eq(notice.id)).exec().await?;
            return Ok(());
        }
        let pause = 60_i64.saturating_mul(1 << notice.attempts.clamp(0, 16)).min(LONGEST_PAUSE);
        scope
            .update_many::<Entity>()
            .set(Column::Attempts, notice.attempts + 1)
            .set(Column::DueAt, now + pause)
            .filter(Column::Id.eq(notice.id))
            .exec()
            .await?;
        Ok(())
    }

    /// Tells one service. True if there is nothing more to do about it.
    async fn tell(&self, published: &Published, notice: &Model) -> bool {
        let party = published.party(RelyingPartyId::from_uuid(notice.relying_party_id));
        // One that was suspended, or that does not want to be told any more, is not told.
        let Some((party, to)) = party.and_then(|party| Some((party, address(party)?))) else { return true };
        let Some(form) = self.logout_form(published, party, notice) else { return false };
        match self.http.tell(&to, &form).await {
            Ok(()) => true,
            Err(failure) => {
                tracing::warn!(%failure, "a service could not be told that a session ended");
                false
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

/// Where the service wants to be told, if it does and may be.
fn address(party: &Party) -> Option<Url> {
    let wanted = party.content.client.backchannel_logout_uri.as_ref().filter(|_| !party.suspended)?;
    Url::parse(wanted.as_str()).ok()
}
