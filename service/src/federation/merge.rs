//! One person with two town IDs, because two providers or two cards made two: the resident, and nobody else, merges the second
//! into the first, by signing in to both. Afterwards either sign-in leads to the first one. The second one ends as if it had been
//! deleted: its services hear of that, and what it was eligible for is determined anew at the next card.

use std::sync::Arc;

use domain::ids::{FlowId, ResidentId};
use domain::locale::{Locale, Localized};
use domain::names::TenantSlug;
use domain::paths;
use entity::{attestation, desk_request, resident, resident_lookup};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Order, Set};
use uuid::Uuid;

use super::flow::{Flow, Home, Kind, Stage};
use super::found_again::FoundAgain;
use super::published::Published;
use super::send::place;
use super::views::TownView;
use super::{Browser, Cookies, Go, Step, Stop, events, found_again, store};
use crate::Service;
use crate::error::Error;
use crate::gate::{ResidentScope, Resource, Scope, WriteScope, action};
use crate::usage::tally;

/// What came of it, as the address of the resident's own page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeNotice {
    /// Either sign-in leads to this town ID now.
    Merged,
    /// The other sign-in leads to no town ID.
    NoOther,
    /// It leads to this one.
    Same,
    /// Something about the other one waits for the desk.
    AtDesk,
}

impl MergeNotice {
    /// The query of the address.
    pub const fn query(self) -> &'static str {
        match self {
            MergeNotice::Merged => "done=merged",
            MergeNotice::NoOther => "done=merge-none",
            MergeNotice::Same => "done=merge-same",
            MergeNotice::AtDesk => "done=merge-desk",
        }
    }

    /// Reads a query; `None` for every other one.
    pub fn of_query(query: &str) -> Option<Self> {
        [Self::Merged, Self::NoOther, Self::Same, Self::AtDesk].into_iter().find(|notice| notice.query() == query)
    }
}

/// The page on which a merge begins.
pub struct MergeStart {
    /// The town.
    pub town: TownView,
    /// The session is new enough: with an older one, whoever finds it open could make the town ID their own.
    pub fresh: bool,
    /// Origins that `form-action` needs beside `'self'`: the providers'.
    pub form_origins: Vec<String>,
}

/// What merging does, before it is done.
pub struct MergeView {
    /// The town.
    pub town: TownView,
    /// Services that know the person by the town ID that stays, and go on doing so.
    pub kept: Vec<Localized>,
    /// Services whose consent ends with the other town ID: they will see somebody new.
    pub ending: Vec<Localized>,
    /// The language of the flow.
    pub locale: Locale,
}

/// A page of a merge.
pub enum MergePage {
    /// The question.
    Ask(Box<MergeView>),
    /// Nothing to show here.
    Stop(Stop),
    /// The page is elsewhere: a path of ours.
    To(String),
}

impl Service {
    /// The page on which a resident begins to merge another town ID into this one.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without an open session, [`Error::NotFound`] without such a town.
    pub async fn merge_start(&self, slug: &TenantSlug, browser: &Browser) -> Result<MergeStart, Error> {
        let (published, session, _) = self.signed_in(slug, browser).await?;
        let fresh = session.is_fresh(self.clock.seconds());
        Ok(MergeStart { town: published.town_view(), fresh, form_origins: published.provider_origins() })
    }

    /// Begins the second sign-in, which is always a fresh one; so must the first be, else this leads back to the page.
    ///
    /// # Errors
    /// As [`Service::merge_start`].
    pub async fn begin_merge(&self, slug: &TenantSlug, browser: &Browser) -> Result<Step, Error> {
        let (published, session, _) = self.signed_in(slug, browser).await?;
        if !session.is_fresh(self.clock.seconds()) {
            return Ok(Step { go: Go::To(paths::me_merge(slug)), cookies: Cookies::default() });
        }
        let flow = self.new_flow(Kind::Merge(session.resident), browser, None)?;
        self.send_to_card(&published, flow, browser).await
    }

    /// The second sign-in said who it is. Nothing is written.
    pub(super) async fn take_other_sign_in(
        &self,
        published: &Published,
        mut flow: Flow,
        into: ResidentId,
        found: Option<FoundAgain>,
        browser: &Browser,
    ) -> Result<Step, Error> {
        if self.session_of(published, browser, into).await?.is_none() {
            return Ok(Step::stop(Stop::FlowGone));
        }
        let Some(found) = found else { return Ok(to_own_page(published, &flow, MergeNotice::NoOther)) };
        if found.resident() == into {
            return Ok(to_own_page(published, &flow, MergeNotice::Same));
        }
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Read, Resource::DeskRequest).await?;
        if waits_at_desk(&scope, &found.row, self.clock.seconds()).await? {
            return Ok(to_own_page(published, &flow, MergeNotice::AtDesk));
        }
        drop(scope);
        flow.stage = Stage::Other(found.resident(), found_again::home(&found.row.subject_digest)?);
        self.show(published, &flow, browser).await
    }

    /// What merging does: the question, which names both town IDs' services.
    ///
    /// # Errors
    /// As [`Service::merge_start`].
    pub async fn merge_page(&self, slug: &TenantSlug, id: FlowId, browser: &Browser) -> Result<MergePage, Error> {
        let (published, flow, merge) = match self.open_merge(slug, id, browser).await? {
            Ok(open) => open,
            Err(step) => {
                return Ok(match step.go {
                    Go::To(path) => MergePage::To(path),
                    Go::Stop(why) => MergePage::Stop(why),
                    Go::Away(_) => MergePage::Stop(Stop::FlowGone),
                });
            }
        };
        let caller = self.sign_in(&published);
        let scope = self.gate.open(&caller, action::Read, Resource::ConsentGrant).await?;
        let grants = events::permitting(&scope, [merge.into, merge.other]).await?;
        let names = |of: ResidentId| -> Vec<Localized> {
            let parties = grants.iter().filter(|(resident, _)| *resident == of);
            parties.filter_map(|(_, party)| Some(published.party(*party)?.content.name.clone())).collect()
        };
        Ok(MergePage::Ask(Box::new(MergeView {
            town: published.town_view(),
            kept: names(merge.into),
            ending: names(merge.other),
            locale: flow.locale,
        })))
    }

    /// Merges, or leaves everything as it was.
    ///
    /// # Errors
    /// As [`Service::merge_start`]; [`Error::Unavailable`].
    pub async fn answer_merge(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        browser: &Browser,
        agreed: bool,
    ) -> Result<Step, Error> {
        let (published, flow, merge) = match self.open_merge(slug, id, browser).await? {
            Ok(open) => open,
            Err(step) => return Ok(step),
        };
        if !agreed {
            let cookies = Cookies { forget: vec![flow.id], ..Cookies::default() };
            return Ok(Step { go: Go::To(paths::me(slug)), cookies });
        }
        let caller = self.gate.resident(merge.other, &published.organisation);
        let scope = self.gate.open_own(&caller, action::Remove, Resource::Resident).await?;
        let (notice, told) = self.merge(scope, &published, merge).await?;
        if told {
            self.ring();
        }
        Ok(to_own_page(&published, &flow, notice))
    }

    async fn merge(
        &self,
        scope: ResidentScope<WriteScope>,
        published: &Published,
        Merge { session, into, other, home }: Merge,
    ) -> Result<(MergeNotice, bool), Error> {
        let everybody = scope.of_everybody();
        let locked = lock_both(everybody, [into, other]).await?;
        if !locked.iter().any(|row| row.id == into.uuid()) || !store::is_open(everybody, session).await? {
            return Err(Error::Unauthenticated);
        }
        // Where another card stands in its place since, the second sign-in leads there no more.
        let stands = |row: &resident::Model| row.id == other.uuid() && row.subject_digest == home.as_slice();
        let Some(row) = locked.into_iter().find(stands) else {
            return Ok((MergeNotice::NoOther, false));
        };
        if waits_at_desk(everybody, &row, self.clock.seconds()).await? {
            return Ok((MergeNotice::AtDesk, false));
        }
        let Dissolved { leading, told } = self.dissolve(&scope, published, &row, into).await?;
        lead(everybody, leading, into).await?;
        scope.commit().await?;
        Ok((MergeNotice::Merged, told))
    }

    /// Ends the town ID of a scope for the sake of another one, which has its ties and its counts from then on. Both are locked.
    pub(super) async fn dissolve(
        &self,
        scope: &ResidentScope<WriteScope>,
        published: &Published,
        row: &resident::Model,
        into: ResidentId,
    ) -> Result<Dissolved, Error> {
        let mut leading = vec![(row.subject_digest.clone(), row.pepper_number)];
        let further = scope.find::<resident_lookup::Entity>().all().await?;
        leading.extend(further.into_iter().map(|lookup| (lookup.subject_digest, lookup.pepper_number)));
        hand_over_ties(scope, into).await?;
        tally::hand_over_marks(scope, into).await?;
        let told = self.erase(scope, published, row).await?;
        Ok(Dissolved { leading, told })
    }

    /// A merge that waits for its answer, in the browser of the resident into whose town ID it goes.
    async fn open_merge(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        browser: &Browser,
    ) -> Result<Result<(Arc<Published>, Flow, Merge), Step>, Error> {
        let (published, session, _) = self.signed_in(slug, browser).await?;
        let Some(flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(Err(Step::stop(Stop::FlowGone)));
        };
        match (&flow.kind, &flow.stage) {
            (Kind::Merge(into), Stage::Other(other, home)) if *into == session.resident => {
                let merge = Merge { session: session.id, into: *into, other: *other, home: home.clone() };
                Ok(Ok((published, flow, merge)))
            }
            // Somebody else signed in here meanwhile.
            (Kind::Merge(_), Stage::Other(..)) => Ok(Err(Step::stop(Stop::FlowGone))),
            _ => Ok(Err(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() })),
        }
    }
}

/// A town ID that ended for the sake of another one.
pub(super) struct Dissolved {
    /// What led to it, with the peppers: its own digest first.
    pub(super) leading: Vec<(Vec<u8>, i64)>,
    /// A service is told.
    pub(super) told: bool,
}

/// Locks two town IDs, in one order, whichever of them goes into which. Less than two if somebody left.
pub(super) async fn lock_both(scope: &WriteScope, both: [ResidentId; 2]) -> Result<Vec<resident::Model>, Error> {
    use resident::{Column, Entity};
    let rows = scope.find::<Entity>().filter(Column::Id.is_in(both.map(ResidentId::uuid)));
    rows.order_by(Column::Id, Order::Asc).locked().all().await
}

/// Has sign-ins lead to a town ID, beside its own.
pub(super) async fn lead(
    scope: &WriteScope,
    digests: impl IntoIterator<Item = (Vec<u8>, i64)>,
    to: ResidentId,
) -> Result<(), Error> {
    let rows = digests.into_iter().map(|(digest, pepper)| resident_lookup::ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        subject_digest: Set(digest),
        pepper_number: Set(pepper),
        resident_id: Set(to.uuid()),
    });
    scope.insert_all::<resident_lookup::Entity, _>(rows.collect()).await
}

/// Which town ID goes into which.
struct Merge {
    session: Uuid,
    into: ResidentId,
    other: ResidentId,
    home: Home,
}

fn to_own_page(published: &Published, flow: &Flow, notice: MergeNotice) -> Step {
    let to = format!("{}?{}", paths::me(&published.slug), notice.query());
    Step { go: Go::To(to), cookies: Cookies { forget: vec![flow.id], ..Cookies::default() } }
}

/// Whether a request of somebody waits for staff, or what staff recorded waits for the card.
async fn waits_at_desk<S: Scope>(scope: &S, row: &resident::Model, now: i64) -> Result<bool, Error> {
    use desk_request::{Column, Entity};
    let own = scope.find::<Entity>().filter(Column::SubjectDigest.eq(row.subject_digest.clone()));
    Ok(own.filter(Column::ExpiresAt.gt(now)).one().await?.is_some())
}

/// What staff attested is about the person, not about a town ID: the longer one of two ties of a kind stays.
async fn hand_over_ties(scope: &ResidentScope<WriteScope>, into: ResidentId) -> Result<(), Error> {
    use attestation::{ActiveModel, Column, Entity};
    let everybody = scope.of_everybody();
    let there = everybody.find::<Entity>().filter(Column::ResidentId.eq(into.uuid())).all().await?;
    for tie in scope.find::<Entity>().all().await? {
        if there.iter().any(|own| own.kind == tie.kind && own.until_month >= tie.until_month) {
            continue;
        }
        let row = ActiveModel {
            organisation_id: Set(everybody.organisation().uuid()),
            resident_id: Set(into.uuid()),
            kind: Set(tie.kind),
            until_month: Set(tie.until_month),
        };
        let key = [Column::OrganisationId, Column::ResidentId, Column::Kind];
        let longer = OnConflict::columns(key).update_column(Column::UntilMonth).to_owned();
        everybody.insert_or::<Entity, _>(row, longer).await?;
    }
    Ok(())
}
