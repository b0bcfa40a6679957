//! One configuration: what is in use, its versions, the difference of any two, who uses it, and what the caller may do.

use domain::configuration::{
    ChangeRequest, ConfigurationKind, FieldChange, Refusal, SubjectType, VersionState, Warning, diff,
};
use domain::ids::{AccountId, ChangeRequestId, RelyingPartyId};
use domain::locale::{Locale, Localized};
use domain::violations::Violations;

use super::content::{ConfigurationId, Content, Form, Names};
use super::draft::Seen;
use super::list::{Standing, used_by};
use super::store::{self, Person, Stored, VersionRow};
use crate::Service;
use crate::error::Error;
use crate::gate::{Act, Caller, Resource, Scope, action};

/// Why something cannot be done now: the words beside a disabled button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// No role of the caller permits it.
    Role,
    /// A version is in review or waits for its day.
    InReview,
    /// There is nothing to do it to.
    Nothing,
    /// The state machine, or four eyes.
    Refused(Refusal),
}

/// Whether something can be done now.
pub type Ability = Result<(), Barred>;

/// Which versions a page compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    /// The older one; the page's own choice if none is named.
    pub from: Option<i64>,
    /// The newer one.
    pub to: Option<i64>,
}

/// The difference of two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The older one; none for a first version.
    pub from: Option<i64>,
    /// The newer one.
    pub to: i64,
    /// Its state.
    pub to_state: VersionState,
    /// Field by field; none if one of the two is a draft that still lacks something.
    pub changes: Option<Vec<FieldChange>>,
}

/// A version in the list of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    /// From 1.
    pub number: i64,
    /// Where it stands.
    pub state: VersionState,
    /// Why it was submitted; empty for a draft.
    pub reason: String,
    /// Who drafted it.
    pub drafted_by: Option<Person>,
    /// When it was saved last.
    pub drafted_at: i64,
    /// Who approved it.
    pub approved_by: Option<Person>,
    /// From when it was in use.
    pub published_at: Option<i64>,
    /// Until when.
    pub archived_at: Option<i64>,
    /// For a consent text: whether it was a material change.
    pub material: bool,
}

/// A request that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// Which.
    pub id: ChangeRequestId,
    /// Its revision, for withdrawing it.
    pub revision: i64,
    /// The version.
    pub number: i64,
    /// Submitted, sent back or approved.
    pub state: domain::configuration::ChangeRequestState,
    /// Who submitted it.
    pub submitted_by: Option<Person>,
    /// When.
    pub submitted_at: i64,
    /// From which day, ISO 8601.
    pub effective_on: String,
    /// What whoever decided said.
    pub comment: Option<String>,
}

/// What a relying party has for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// Its client id.
    pub client_id: String,
    /// By what residents are known to it.
    pub subject_type: SubjectType,
    /// Since when it is suspended.
    pub suspended_at: Option<i64>,
    /// Why.
    pub suspended_reason: Option<String>,
}

/// What the caller may do to a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abilities {
    /// Draft a change, or go on with the draft.
    pub draft: Ability,
    /// Submit the draft.
    pub submit: Ability,
    /// Take the open request back.
    pub withdraw: Ability,
    /// Suspend it (relying parties).
    pub suspend: Ability,
    /// Resume it.
    pub resume: Ability,
    /// Issue and end secrets.
    pub secrets: Ability,
    /// Start a test sign-in.
    pub test: Ability,
}

/// One configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Which.
    pub id: ConfigurationId,
    /// Its title.
    pub title: Localized,
    /// How it stands.
    pub standing: Standing,
    /// The newest version.
    pub latest: i64,
    /// The newest version as it was read, for submitting and discarding it.
    pub seen: Seen,
    /// The version in use.
    pub published: Option<i64>,
    /// The content in use, or of the newest version where none is; none of a draft that still lacks something.
    pub content: Option<Content>,
    /// The form of the newest version while it is a draft.
    pub draft: Option<Form>,
    /// What that draft lacks.
    pub lacks: Violations,
    /// What to know about the newest version.
    pub warnings: Vec<Warning>,
    /// Newest first.
    pub versions: Vec<VersionView>,
    /// The request that is on its way.
    pub request: Option<OpenRequest>,
    /// The versions that were asked for, compared.
    pub comparison: Comparison,
    /// Relying parties in use that name this rule or text.
    pub used_by: Vec<(RelyingPartyId, Localized)>,
    /// What the content names.
    pub names: Names,
    /// A relying party's lasting facts.
    pub party: Option<PartyView>,
    /// What the caller may do.
    pub abilities: Abilities,
}

impl Service {
    /// One configuration with its versions, in the words of one language.
    ///
    /// # Errors
    /// [`Error::NotFound`]; also for a version number that is not there.
    pub async fn get_configuration(
        &self,
        caller: &Caller,
        id: impl Into<ConfigurationId>,
        compared: Compared,
        locale: Locale,
    ) -> Result<Detail, Error> {
        let id = id.into();
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let row = store::read_configuration(&scope, id).await?;
        let versions = store::versions(&scope, row.id).await?;
        let requests = store::requests(&scope, row.id).await?;
        let names = store::names(&scope).await?;
        let people = versions.iter().filter_map(|row| row.drafted_by);
        let people = people.chain(requests.iter().flat_map(|row| [Some(row.submitted_by), row.decided_by]).flatten());
        let people = store::people(&scope, people.collect::<Vec<_>>()).await?;
        let users = match id.kind() {
            ConfigurationKind::RelyingParty => Vec::new(),
            ConfigurationKind::ResidencyRule | ConfigurationKind::ConsentText => {
                store::published(&scope, ConfigurationKind::RelyingParty).await?
            }
        };
        let party = match id {
            ConfigurationId::RelyingParty(party) => {
                use entity::relying_party::{Column, Entity};
                use sea_orm::ColumnTrait;
                Some(scope.find::<Entity>().filter(Column::Id.eq(party.uuid())).get().await?)
            }
            ConfigurationId::ResidencyRule(_) | ConfigurationId::ConsentText(_) => None,
        };

        let find = |number: i64| versions.iter().find(|row| row.number == number).ok_or(Error::NotFound);
        let newest = find(row.latest_number)?;
        let state = store::state(newest)?;
        let (draft, latest_content) = match Stored::of(newest)? {
            Stored::Form(form) => (Some(form), None),
            Stored::Content(content) => (None, Some(content)),
        };
        let parsed = draft.as_ref().map(|form| form.parse(self.loopback()));
        let lacks = parsed.as_ref().and_then(|parsed| parsed.as_ref().err().cloned()).unwrap_or_default();
        let newest_content = latest_content.or_else(|| parsed.and_then(Result::ok));
        let published = match row.published_number {
            None => None,
            Some(number) => Some(store::content(find(number)?)?),
        };
        let warnings = newest_content.as_ref().map(|content| content.warnings(published.as_ref())).unwrap_or_default();
        let comparison = self.compare(&versions, row.published_number, compared, &names, locale)?;
        let open = requests.iter().find(|request| request.number == newest.number).filter(|_| state.is_open());
        let suspended = party.as_ref().is_some_and(|party| party.suspended_at.is_some());
        let request = match open {
            None => None,
            Some(open) => Some(store::request(&scope, open).await?),
        };
        let abilities = abilities(caller, state, request, suspended);
        let request = match open {
            None => None,
            Some(open) => Some(OpenRequest {
                id: ChangeRequestId::from_uuid(open.id),
                revision: open.revision,
                number: open.number,
                state: store::request_state(open)?,
                submitted_by: people.get(&open.submitted_by).cloned(),
                submitted_at: open.submitted_at,
                effective_on: open.effective_on.clone(),
                comment: open.comment.clone(),
            }),
        };
        let mut views = Vec::with_capacity(versions.len());
        for version in &versions {
            let approval = requests.iter().find(|request| {
                request.number == version.number && matches!(request.state.as_str(), "approved" | "published")
            });
            let material = match Stored::of(version)? {
                Stored::Content(Content::ConsentText(content)) => content.material,
                Stored::Form(Form::ConsentText(form)) => form.material == "on",
                _ => false,
            };
            views.push(VersionView {
                number: version.number,
                state: store::state(version)?,
                reason: version.reason.clone(),
                drafted_by: version.drafted_by.and_then(|id| people.get(&id)).cloned(),
                drafted_at: version.drafted_at,
                approved_by: approval.and_then(|row| row.decided_by).and_then(|id| people.get(&id)).cloned(),
                published_at: version.published_at,
                archived_at: version.archived_at,
                material,
            });
        }
        Ok(Detail {
            id,
            title: store::title(&row),
            standing: Standing::of(row.published_number.is_some(), state, suspended),
            latest: row.latest_number,
            seen: Seen { number: newest.number, revision: newest.revision },
            published: row.published_number,
            content: published.or(newest_content),
            draft: draft.filter(|_| state.is_editable()),
            lacks,
            warnings,
            versions: views,
            request,
            comparison,
            used_by: used_by(&users, row.id)?,
            names,
            party: party.map(|party| PartyView {
                client_id: party.client_id,
                subject_type: party.subject_type.parse().unwrap_or_default(),
                suspended_at: party.suspended_at,
                suspended_reason: party.suspended_reason,
            }),
            abilities,
        })
    }

    /// The versions that were asked for; else the one in use with what is on its way, or with the one before it.
    fn compare(
        &self,
        versions: &[VersionRow],
        published: Option<i64>,
        compared: Compared,
        names: &Names,
        locale: Locale,
    ) -> Result<Comparison, Error> {
        let find = |number: i64| versions.iter().find(|row| row.number == number).ok_or(Error::NotFound);
        let newest = versions.first().ok_or(Error::NotFound)?;
        let to = compared.to.map_or(Ok(newest), find)?;
        let usual = published.filter(|number| *number < to.number);
        let from = compared.from.or(usual).or_else(|| {
            let earlier = versions.iter().filter(|row| row.number < to.number && row.published_at.is_some());
            earlier.map(|row| row.number).max()
        });
        let old = match from {
            None => Some(Vec::new()),
            Some(number) => self.fields(find(number)?, names, locale)?,
        };
        let new = self.fields(to, names, locale)?;
        let changes = old.zip(new).map(|(old, new)| diff(&old, &new));
        Ok(Comparison { from, to: to.number, to_state: store::state(to)?, changes })
    }

    fn fields(
        &self,
        row: &VersionRow,
        names: &Names,
        locale: Locale,
    ) -> Result<Option<Vec<domain::configuration::Field>>, Error> {
        let content = match Stored::of(row)? {
            Stored::Content(content) => Some(content),
            Stored::Form(form) => form.parse(self.loopback()).ok(),
        };
        Ok(content.map(|content| content.fields(locale, names)))
    }
}

fn permitted(caller: &Caller, act: Act, resource: Resource) -> Ability {
    if caller.may(act, resource) { Ok(()) } else { Err(Barred::Role) }
}

fn abilities(caller: &Caller, state: VersionState, open: Option<ChangeRequest>, suspended: bool) -> Abilities {
    let when = |holds: bool, why: Barred| if holds { Ok(()) } else { Err(why) };
    let locked = state.is_open() && !state.is_editable();
    let withdraw = match (open, caller.actor().account()) {
        (Some(open), Some(account)) => withdrawable(open, account),
        _ => Err(Barred::Nothing),
    };
    Abilities {
        draft: permitted(caller, Act::Update, Resource::Configuration).and(when(!locked, Barred::InReview)),
        submit: permitted(caller, Act::Create, Resource::ChangeRequest).and(when(state.is_editable(), Barred::Nothing)),
        withdraw: permitted(caller, Act::Update, Resource::ChangeRequest).and(withdraw),
        suspend: permitted(caller, Act::Create, Resource::Suspension).and(when(!suspended, Barred::Nothing)),
        resume: permitted(caller, Act::Remove, Resource::Suspension).and(when(suspended, Barred::Nothing)),
        secrets: permitted(caller, Act::Create, Resource::ClientSecret),
        test: permitted(caller, Act::Create, Resource::TestSignIn),
    }
}

pub(crate) fn withdrawable(open: ChangeRequest, account: AccountId) -> Ability {
    open.withdraw(account).map(|_| ()).map_err(Barred::Refused)
}
