//! The town's page, and a resident's own: what is agreed to, what is open, and the ways to end it.

use std::cmp::Reverse;

use domain::assurance::Method;
use domain::calendar::{Month, parse_iso_date};
use domain::configuration::{ConsentTextContent, EventKind};
use domain::ids::{ConsentGrantId, RelyingPartyId, ResidentId};
use domain::names::TenantSlug;
use entity::{
    attestation, configuration_version, consent_grant, desk_request, eligibility, recovery_number, resident,
    resident_lookup, resident_session, token_family,
};
use sea_orm::ColumnTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Browser;
use super::events::Happened;
use super::former_ids;
use super::published::Published;
use super::sessions::Session;
use super::store;
use super::views::{GrantView, MyPage, SessionView, TieView, TownPage};
use crate::Service;
use crate::attestations::store as attestations;
use crate::error::{Conflict, Error};
use crate::gate::{ReadScope, ResidentCaller, ResidentScope, Resource, Scope, WriteScope, action};
use crate::usage::tally;

impl Service {
    /// The town's page.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn town_page(&self, slug: &TenantSlug, browser: &Browser) -> Result<TownPage, Error> {
        use domain::locale::Localized;
        let published = self.published(slug).await?;
        let tenant = &published.tenant;
        Ok(TownPage {
            town: published.town_view(),
            title: Localized::composed(tenant.page_title_ja.clone(), tenant.page_title_en.clone()),
            lead: Localized::composed(tenant.page_lead_ja.clone(), tenant.page_lead_en.clone()),
            services: published.parties.iter().filter(|party| !party.suspended).map(|party| party.view()).collect(),
            can_sign_in: !published.providers.is_empty() && published.town_page().is_some(),
            signed_in: self.session(&published, browser).await?.is_some(),
            provider: published.providers.first().map(|provider| provider.name.clone()),
            form_origins: published.provider_origins(),
        })
    }

    /// A resident's own page.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without an open session, [`Error::NotFound`] without such a town.
    pub async fn my_page(&self, slug: &TenantSlug, browser: &Browser) -> Result<MyPage, Error> {
        let (published, session, caller) = self.signed_in(slug, browser).await?;
        let scope = self.gate.open_own(&caller, action::Read, Resource::Resident).await?;
        let row = scope.find::<resident::Entity>().get().await?;
        let grants = scope.find::<consent_grant::Entity>().all().await?;
        let eligibilities = scope.find::<eligibility::Entity>().all().await?;
        let ties = scope.find::<attestation::Entity>().all().await?;
        let merged = scope.find::<resident_lookup::Entity>().one().await?.is_some();
        let has_recovery_number = scope.find::<recovery_number::Entity>().one().await?.is_some();
        let sessions = self.session_views(&scope, &session).await?;
        drop(scope);
        let (passkeys, may_add_passkey) = self.own_passkeys(&caller, &session).await?;
        // The words that were agreed to are the town's, whoever reads them.
        let scope = self.gate.open(&self.sign_in(&published), action::Read, Resource::Configuration).await?;
        let month = Month::at(self.clock.now());
        let mut grant_views = Vec::with_capacity(grants.len());
        for grant in &grants {
            grant_views.push(grant_view(&scope, &published, grant).await?);
        }
        grant_views.sort_by_key(|grant| (!grant.state.permits(), Reverse(grant.given_on)));
        Ok(MyPage {
            town: published.town_view(),
            town_id: session.resident,
            since: row.since_month.parse().ok(),
            relinked: row.relinked_month.as_deref().and_then(|month| month.parse().ok()),
            merged,
            has_recovery_number,
            eligible_until: eligibilities
                .iter()
                .filter_map(|row| store::holds_until(&row.outcome, &row.expires_month, month))
                .max(),
            card_from: eligibilities.iter().filter_map(|row| card_from(row, month)).min(),
            ties: tie_views(&ties, month)?,
            grants: grant_views,
            passkeys,
            may_add_passkey,
            sessions,
        })
    }

    async fn session_views(
        &self,
        scope: &ResidentScope<ReadScope>,
        session: &Session,
    ) -> Result<Vec<SessionView>, Error> {
        use resident_session::{Column, Entity};
        let rows = scope.find::<Entity>().filter(Column::ExpiresAt.gt(self.clock.seconds())).all().await?;
        let mut views: Vec<SessionView> = rows
            .into_iter()
            .map(|row| SessionView {
                id: row.id,
                current: row.id == session.id,
                by_passkey: row.amr.parse::<Method>().is_ok_and(Method::is_passkey),
                expires_at: OffsetDateTime::from_unix_timestamp(row.expires_at).unwrap_or(OffsetDateTime::UNIX_EPOCH),
            })
            .collect();
        views.sort_by_key(|view| (!view.current, Reverse(view.expires_at)));
        Ok(views)
    }

    /// Withdraws a consent. Every token that rests on it is dead in the same moment.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::NotFound`] if it is not this person's, [`Conflict::State`] if it ended before.
    pub async fn withdraw_consent(
        &self,
        slug: &TenantSlug,
        browser: &Browser,
        grant: ConsentGrantId,
    ) -> Result<(), Error> {
        use consent_grant::{Column, Entity};
        let (published, session, caller) = self.signed_in(slug, browser).await?;
        let scope = self.gate.open_own(&caller, action::Update, Resource::ConsentGrant).await?;
        let row = scope.find::<Entity>().filter(Column::Id.eq(grant.uuid())).locked().get().await?;
        let state = store::existing(&row)?.state.withdraw().map_err(|_| Error::from(Conflict::State))?;
        let today = domain::calendar::iso_date(domain::calendar::tokyo_date(self.clock.now()));
        scope
            .update_many::<Entity>()
            .set(Column::State, state.as_str())
            .set(Column::EndedOn, today)
            .set(Column::Revision, row.revision + 1)
            .filter(Column::Id.eq(row.id))
            .filter(Column::Revision.eq(row.revision))
            .exec_one()
            .await?;
        revoke_families_of_grant(&scope, row.id, self.clock.seconds()).await?;
        let withdrawn = row.relying_party_id.map(|party| Happened {
            party: RelyingPartyId::from_uuid(party),
            kind: EventKind::ConsentWithdrawn,
            resident: session.resident,
        });
        if let Some(withdrawn) = &withdrawn {
            former_ids::forget(scope.of_everybody(), withdrawn.party, session.resident).await?;
        }
        let told = self.announce_events(scope.of_everybody(), &published, withdrawn).await?;
        scope.commit().await?;
        if told {
            self.ring();
        }
        Ok(())
    }

    /// Ends another session of the same person.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::NotFound`] if it is not this person's.
    pub async fn end_session(&self, slug: &TenantSlug, browser: &Browser, session: Uuid) -> Result<(), Error> {
        use resident_session::{Column, Entity};
        let (published, own, caller) = self.signed_in(slug, browser).await?;
        let scope = self.gate.open_own(&caller, action::Remove, Resource::ResidentSession).await?;
        let Some(row) = scope.find::<Entity>().filter(Column::Id.eq(session)).one().await? else {
            return Err(Error::NotFound);
        };
        let told = self.announce_end(scope.of_everybody(), &published, row.id, own.resident).await?;
        if scope.delete_many::<Entity>().filter(Column::Id.eq(session)).exec().await? == 0 {
            return Err(Error::NotFound);
        }
        scope.commit().await?;
        if told {
            self.ring();
        }
        Ok(())
    }

    /// Deletes the town ID and everything that hangs on it: eligibility, consents, passkeys, sessions, tokens, marks of use. What was
    /// handed over stays with the receivers.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn delete_town_id(&self, slug: &TenantSlug, browser: &Browser) -> Result<(), Error> {
        let (published, _, caller) = self.signed_in(slug, browser).await?;
        let scope = self.gate.open_own(&caller, action::Remove, Resource::Resident).await?;
        let row = scope.find::<resident::Entity>().locked().get().await?;
        let told = self.erase(&scope, &published, &row).await?;
        let at_the_desk = desk_request::Column::SubjectDigest.eq(row.subject_digest);
        scope.of_everybody().delete_many::<desk_request::Entity>().filter(at_the_desk).exec().await?;
        scope.commit().await?;
        if told {
            self.ring();
        }
        Ok(())
    }

    /// Deletes the resident of a scope, and says whether a service is told.
    pub(super) async fn erase(
        &self,
        scope: &ResidentScope<WriteScope>,
        published: &Published,
        row: &resident::Model,
    ) -> Result<bool, Error> {
        let (everybody, resident) = (scope.of_everybody(), ResidentId::from_uuid(row.id));
        let mut told = self.announce_deletion(everybody, published, resident).await?;
        told |= self.end_sessions(everybody, published, resident).await?;
        tally::forget_resident(scope, self.rng).await?;
        // Everything else refers to the row and goes with it.
        scope.delete_many::<resident::Entity>().exec().await?;
        Ok(told)
    }

    /// Ends every session of a resident, and says whether a service is told.
    pub(super) async fn end_sessions(
        &self,
        scope: &WriteScope,
        published: &Published,
        resident: ResidentId,
    ) -> Result<bool, Error> {
        let own = || resident_session::Column::ResidentId.eq(resident.uuid());
        let mut told = false;
        for open in scope.find::<resident_session::Entity>().filter(own()).all().await? {
            told |= self.announce_end(scope, published, open.id, resident).await?;
        }
        scope.delete_many::<resident_session::Entity>().filter(own()).exec().await?;
        Ok(told)
    }

    pub(super) async fn signed_in(
        &self,
        slug: &TenantSlug,
        browser: &Browser,
    ) -> Result<(std::sync::Arc<Published>, Session, ResidentCaller), Error> {
        let published = self.published(slug).await?;
        let session = self.session(&published, browser).await?.ok_or(Error::Unauthenticated)?;
        let caller = self.gate.resident(session.resident, &published.organisation);
        Ok((published, session, caller))
    }
}

/// The month from which the card is asked for although the eligibility holds.
fn card_from(row: &eligibility::Model, month: Month) -> Option<Month> {
    let expires = store::holds_until(&row.outcome, &row.expires_month, month)?;
    let recheck: Month = row.recheck_month.as_deref()?.parse().ok()?;
    (recheck < expires).then(|| recheck.next())
}

fn tie_views(rows: &[attestation::Model], month: Month) -> Result<Vec<TieView>, Error> {
    let ties = rows.iter().map(|row| attestations::read(&row.kind, &row.until_month));
    let mut ties: Vec<_> = ties.collect::<Result<_, _>>()?;
    ties.sort_by_key(|tie| (tie.until, tie.kind));
    Ok(ties.into_iter().filter_map(|tie| TieView::of(tie, month)).collect())
}

async fn grant_view(scope: &ReadScope, published: &Published, row: &consent_grant::Model) -> Result<GrantView, Error> {
    use configuration_version::{Column, Entity};
    let existing = store::existing(row)?;
    let text = scope
        .find::<Entity>()
        .filter(Column::ConfigurationId.eq(row.consent_text_id))
        .filter(Column::Number.eq(row.consent_text_number))
        .one()
        .await?;
    let party = row.relying_party_id.map(RelyingPartyId::from_uuid);
    Ok(GrantView {
        id: ConsentGrantId::from_uuid(row.id),
        service: party.and_then(|party| published.party(party)).map(|party| party.view()),
        of_town: party.is_none(),
        state: existing.state,
        text_number: existing.text_version,
        text: text.and_then(|text| serde_json::from_str::<ConsentTextContent>(&text.content).ok()),
        items: existing.items.all().iter().collect(),
        given_on: parse_iso_date(&row.given_on).ok(),
        ended_on: row.ended_on.as_deref().and_then(|day| parse_iso_date(day).ok()),
    })
}

async fn revoke_families_of_grant(scope: &ResidentScope<WriteScope>, grant: Uuid, now: i64) -> Result<(), Error> {
    use token_family::{Column, Entity};
    scope
        .update_many::<Entity>()
        .set(Column::RevokedAt, now)
        .filter(Column::GrantId.eq(grant))
        .filter(Column::RevokedAt.is_null())
        .exec()
        .await?;
    Ok(())
}
