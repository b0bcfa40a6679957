//! 窓口 in a sign-in: somebody about whom the card decides nothing gets a desk code on the outcome page, and what staff found
//! counts at the next card, or here and now while the flow still lives.
//!
//! It counts where a rule decides nothing and nowhere else: what the card says against somebody stands. Once it is an
//! eligibility it is kept like any other, and stands for what the card still does not say until it ends.

use domain::calendar::Month;
use domain::desk::{CODE_SECONDS, DeskCode};
use domain::ids::{FlowId, ResidentId};
use domain::names::TenantSlug;
use domain::residency::{AttestationKinds, ReasonCode};
use entity::desk_request::{ActiveModel, Column, Entity, Model};
use entity::{eligibility, resident};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, Set};

use super::flow::{Carded, Determined, Ending, Flow, Kind, Person, Stage, Term};
use super::found_again::{FoundAgain, Lookup};
use super::published::{Published, Rule};
use super::recognise::{Way, way};
use super::send::place;
use super::ties::{is_current, needs_attributes};
use super::{Browser, Cookies, Go, Step, Stop, determine, store};
use crate::Service;
use crate::desk::store as requests;
use crate::error::Error;
use crate::gate::{Organisation, Resource, Scope, SystemActor, WriteScope, action};

/// Requests that may wait at one municipality's desk. Each costs somebody a card, so this is far more than a town has; beyond
/// it people are asked to call.
const MOST_WAITING: u64 = 500;

/// What the address of the outcome page says after a form of it: the two words that are known here, and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskNotice {
    /// Nobody recorded anything at the desk yet.
    NotYet,
    /// No code could be given now.
    Full,
}

impl DeskNotice {
    /// The query of the address.
    pub const fn query(self) -> &'static str {
        match self {
            DeskNotice::NotYet => "desk=not-yet",
            DeskNotice::Full => "desk=full",
        }
    }

    /// Reads a query; `None` for every other one.
    pub fn of_query(query: Option<&str>) -> Option<Self> {
        [DeskNotice::NotYet, DeskNotice::Full].into_iter().find(|notice| query == Some(notice.query()))
    }
}

/// A code that was given in a flow, which alone remembers it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) code: DeskCode,
    pub(super) expires_at: i64,
}

impl Service {
    /// Gives a desk code on the outcome page of somebody about whom nothing was decided. Asked for again in the same flow it is
    /// the same one; in another flow a new one takes its place.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn ask_desk_code(&self, slug: &TenantSlug, id: FlowId, browser: &Browser) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Some(mut flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        if is_suspended(&published, &flow.kind) {
            return Ok(Step::stop(Stop::Suspended));
        }
        let (Some((rule, reason)), None) = (offered(&published, &flow), &flow.desk) else {
            return Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() });
        };
        let Stage::Held(_, carded) = &flow.stage else { return Err(Error::internal("a code without its card")) };
        let caller = self.sign_in(&published);
        let scope = self.gate.open(&caller, action::Create, Resource::DeskRequest).await?;
        let Some(digest) = digest_of(&scope, &carded.person).await? else { return Ok(Step::stop(Stop::FlowGone)) };
        let own = Condition::all()
            .add(Column::SubjectDigest.eq(digest.clone()))
            .add(Column::RuleId.eq(rule.id.uuid()))
            .add(Column::CodeHash.is_not_null());
        scope.delete_many::<Entity>().filter(own).exec().await?;
        if scope.find::<Entity>().filter(Column::CodeHash.is_not_null()).count().await? >= MOST_WAITING {
            return Ok(notice(&published, &flow, DeskNotice::Full));
        }
        let code = DeskCode::of_bytes(self.rng.bytes()?);
        let expires_at = requests::whole_hour(self.clock.seconds() + CODE_SECONDS);
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(self.rng.uuid_v4()?),
            subject_digest: Set(digest),
            rule_id: Set(rule.id.uuid()),
            reason: Set(reason.as_str().to_owned()),
            code_hash: Set(requests::code_hashes(&published.keys, code).into_iter().next()),
            cleared_number: Set(None),
            cleared_until: Set(None),
            expires_at: Set(expires_at),
        };
        scope.insert::<Entity, _>(row).await?;
        scope.commit().await?;
        flow.desk = Some(Given { code, expires_at });
        self.show(&published, &flow, browser).await
    }

    /// Goes on after the desk: without the card, where nothing of it is needed that the flow did not keep.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn go_on_after_desk(&self, slug: &TenantSlug, id: FlowId, browser: &Browser) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Some(mut flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        if is_suspended(&published, &flow.kind) {
            return Ok(Step::stop(Stop::Suspended));
        }
        let Some((rule, _)) = offered(&published, &flow) else {
            return Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() });
        };
        let Stage::Held(_, carded) = &flow.stage else { return Err(Error::internal("an offer without its card")) };
        if carded.basis != published.basis(carded.provider) || !is_current(&published, &flow.kind) {
            return self.end(&published, flow, browser, Ending::Changed).await;
        }
        let caller = self.sign_in(&published);
        let scope = self.gate.open(&caller, action::Read, Resource::DeskRequest).await?;
        let rows = match digest_of(&scope, &carded.person).await? {
            Some(digest) => clearances(&scope, [digest.as_slice()], self.clock.seconds()).await?,
            None => return Ok(Step::stop(Stop::FlowGone)),
        };
        drop(scope);
        let month = Month::at(self.clock.now());
        if !rows.iter().any(|row| clears(row, rule, month).is_some()) {
            return Ok(notice(&published, &flow, DeskNotice::NotYet));
        }
        if needs_attributes(&published, &flow.kind, None) {
            return self.send_to_card(&published, flow, browser).await;
        }
        let Stage::Held(_, mut carded) = std::mem::replace(&mut flow.stage, Stage::Arrived) else {
            return Err(Error::internal("an offer without its card"));
        };
        flow.desk = None;
        settle(&published, &mut carded, &rows, month);
        match carded.person {
            Person::New { .. } => self.go_on_as_stranger(&published, flow, *carded, browser).await,
            Person::Found(resident, _) => self.go_on_as_resident(&published, flow, *carded, resident, browser).await,
        }
    }

    /// Somebody who is in the register has the eligibility at once.
    async fn go_on_as_resident(
        &self,
        published: &Published,
        mut flow: Flow,
        mut carded: Carded,
        resident: ResidentId,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Update, Resource::Resident).await?;
        if !store::lock_found(&scope, resident, carded.person.home()).await? {
            return Ok(Step::stop(Stop::FlowGone));
        }
        let now = self.clock.now();
        let written = determine::write_outcomes(&scope, published, resident, &mut carded, now).await?;
        self.announce_lost(&scope, published, &written.lost).await?;
        let existing = self.agreed_by(&scope, published, &flow.kind, resident).await?;
        let way: Way = way(published, &flow.kind, &mut carded, Some(resident), existing.as_ref())?;
        flow.stage = Stage::Carded(Box::new(carded));
        self.follow_written(published, scope, flow, browser, way).await
    }

    /// Lets what was found at the desk count for somebody who is not in the register.
    pub(super) async fn settle_stranger(
        &self,
        published: &Published,
        carded: &mut Carded,
        lookup: &Lookup,
    ) -> Result<(), Error> {
        if !is_undecided(carded) {
            return Ok(());
        }
        let caller = self.sign_in(published);
        let scope = self.gate.glance(&caller, Resource::DeskRequest).await?;
        let rows = clearances(&scope, lookup.all(), self.clock.seconds()).await?;
        drop(scope);
        settle(published, carded, &rows, Month::at(self.clock.now()));
        if rows.iter().any(|row| row.subject_digest != lookup.current()) {
            let scope = self.gate.open(&caller, action::Update, Resource::DeskRequest).await?;
            renew(&scope, &rows, lookup.current()).await?;
            scope.commit().await?;
        }
        Ok(())
    }

    /// The same for a resident whose row is locked.
    pub(super) async fn settle_resident(
        &self,
        scope: &WriteScope,
        published: &Published,
        carded: &mut Carded,
        found: &FoundAgain,
        lookup: &Lookup,
    ) -> Result<(), Error> {
        if !is_undecided(carded) {
            return Ok(());
        }
        // Under whatever the person signed in: what was found out is about the resident.
        let known = lookup.all().chain([found.row.subject_digest.as_slice()]);
        let rows = clearances(scope, known, self.clock.seconds()).await?;
        settle(published, carded, &rows, Month::at(self.clock.now()));
        renew(scope, &rows, found.home(lookup)?.as_slice()).await
    }

    /// Deletes requests whose time is over. Looks first: a quiet town costs one reading.
    pub(super) async fn sweep_desk(&self, organisation: &Organisation) -> Result<u64, Error> {
        let over = || Column::ExpiresAt.lte(self.clock.seconds());
        let caller = self.gate.system(SystemActor::OidcProvider, organisation);
        let glance = self.gate.glance(&caller, Resource::DeskRequest).await?;
        if glance.find::<Entity>().filter(over()).one().await?.is_none() {
            return Ok(0);
        }
        drop(glance);
        let scope = self.gate.open(&caller, action::Remove, Resource::DeskRequest).await?;
        let swept = scope.delete_many::<Entity>().filter(over()).exec().await?;
        scope.commit().await?;
        Ok(swept)
    }
}

/// The rule of a flow that ended undecided, and why, where that is for the desk.
pub(super) fn offered<'p>(published: &'p Published, flow: &Flow) -> Option<(&'p Rule, ReasonCode)> {
    match flow.stage {
        Stage::Held(ending, _) => offers(published, &flow.kind, ending),
        _ => None,
    }
}

/// The same of an ending.
pub(super) fn offers<'p>(published: &'p Published, kind: &Kind, ending: Ending) -> Option<(&'p Rule, ReasonCode)> {
    let Ending::Determined(reason) = ending else { return None };
    let (_, rule) = match kind {
        Kind::Service(asked) => published.rule(published.party(asked.party)?.content.rule)?,
        Kind::TownPage => published.town_page().map(|(at, rule, _)| (at, rule))?,
        Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => return None,
    };
    rule.content.rule.offers_desk_code(reason).then_some((rule, reason))
}

fn is_suspended(published: &Published, kind: &Kind) -> bool {
    match kind {
        Kind::Service(asked) => published.party(asked.party).is_some_and(|party| party.suspended),
        Kind::TownPage | Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => false,
    }
}

/// The outcome page as it is, with a sentence more.
fn notice(published: &Published, flow: &Flow, notice: DeskNotice) -> Step {
    let to = format!("{}?{}", place(published, flow), notice.query());
    Step { go: Go::To(to), cookies: Cookies::default() }
}

/// The digest under which the person is found, or will be. `None` if the person left the register, or another card
/// stands in the place of the one that was read.
async fn digest_of<S: Scope>(scope: &S, person: &Person) -> Result<Option<Vec<u8>>, Error> {
    match person {
        Person::New { digest, .. } => Ok(Some(digest.to_vec())),
        Person::Found(resident, home) => {
            let row = scope.find::<resident::Entity>().filter(resident::Column::Id.eq(resident.uuid())).one().await?;
            Ok(row.map(|row| row.subject_digest).filter(|digest| *digest == home.as_slice()))
        }
    }
}

/// What staff recorded about whoever is found by these digests.
async fn clearances<S: Scope>(
    scope: &S,
    digests: impl IntoIterator<Item = &[u8]>,
    now: i64,
) -> Result<Vec<Model>, Error> {
    scope
        .find::<Entity>()
        .filter(Column::SubjectDigest.is_in(digests.into_iter().map(<[u8]>::to_vec)))
        .filter(Column::ClearedUntil.is_not_null())
        .filter(Column::ExpiresAt.gt(now))
        .all()
        .await
}

/// Until when a clearance counts under a rule, if it is of this rule and of a version that runs on.
fn clears(row: &Model, rule: &Rule, month: Month) -> Option<Month> {
    let until: Month = row.cleared_until.as_deref()?.parse().ok()?;
    let counts = row.rule_id == rule.id.uuid() && row.cleared_number? >= i64::from(rule.since) && until >= month;
    counts.then_some(until)
}

fn is_undecided(carded: &Carded) -> bool {
    carded.determined.iter().any(|determined| determined.reason.is_settled_at_desk())
}

/// What was not decided becomes eligible where staff found so.
fn settle(published: &Published, carded: &mut Carded, rows: &[Model], month: Month) {
    for (rule, determined) in published.rules.iter().zip(&mut carded.determined) {
        let until = rows.iter().filter_map(|row| clears(row, rule, month)).max();
        if let Some(until) = until.filter(|_| determined.reason.is_settled_at_desk()) {
            *determined = checked(rule, until, month);
        }
    }
}

/// What the register says of somebody whom staff checked before, where the card still decides nothing.
pub(super) fn stands(row: &eligibility::Model, rule: &Rule, month: Month) -> Option<Determined> {
    let checked_before = row.reason == ReasonCode::CheckedAtDesk.as_str() && row.rule_number >= i64::from(rule.since);
    let until = store::holds_until(&row.outcome, &row.expires_month, month).filter(|_| checked_before)?;
    Some(checked(rule, until, month))
}

/// Eligible by the desk until a month; the card is asked for again as the rule says.
fn checked(rule: &Rule, until: Month, month: Month) -> Determined {
    let recheck = rule.content.rule.recheck_months().map(|months| month.plus_months(months.into()).min(until));
    Determined {
        reason: ReasonCode::CheckedAtDesk,
        clause: None,
        term: Some(Term { expires: until, recheck }),
        would_do: AttestationKinds::NONE,
    }
}

/// Puts clearances under the digest that the person's own row has, or will have.
async fn renew(scope: &WriteScope, rows: &[Model], digest: &[u8]) -> Result<(), Error> {
    let stale: Vec<_> = rows.iter().filter(|row| row.subject_digest != digest).map(|row| row.id).collect();
    if stale.is_empty() {
        return Ok(());
    }
    let digest = digest.to_vec();
    scope.update_many::<Entity>().set(Column::SubjectDigest, digest).filter(Column::Id.is_in(stale)).exec().await?;
    Ok(())
}

/// Deletes what staff recorded about a resident once it is an eligibility.
pub(super) async fn use_up(
    scope: &WriteScope,
    resident: ResidentId,
    written: &[(&Rule, Determined)],
) -> Result<(), Error> {
    let rules: Vec<_> = written
        .iter()
        .filter(|(_, determined)| determined.reason == ReasonCode::CheckedAtDesk)
        .map(|(rule, _)| rule.id.uuid())
        .collect();
    if rules.is_empty() {
        return Ok(());
    }
    let own = Condition::all()
        .add(resident::Column::Id.eq(resident.uuid()))
        .add(Expr::col((resident::Entity, resident::Column::SubjectDigest)).equals((Entity, Column::SubjectDigest)));
    let own = scope.exists::<resident::Entity>(own);
    scope.delete_many::<Entity>().filter(Column::RuleId.is_in(rules)).filter(own).exec().await?;
    Ok(())
}
