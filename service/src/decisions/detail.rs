//! One request with everything that somebody needs to decide on it.

use domain::configuration::{ChangeRequestState, EarlierEligibilities, Field, FieldChange, Warning, diff};
use domain::ids::ChangeRequestId;
use domain::locale::{Locale, Localized};

use crate::Service;
use crate::configuration::store::{self, RequestRow, VersionRow};
use crate::configuration::{Ability, Barred, ConfigurationId, Content, Person, withdrawable};
use crate::error::{Conflict, Error};
use crate::gate::{Act, Caller, Resource, action};
use crate::relying_parties::lasting_fields;
use crate::residency_rules::{CASES, FINDINGS};

/// What is looked at by itself before somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Addresses: https (or this machine, where that is allowed), exact, without fragment, wildcard, IP literal, reserved
    /// parameter.
    Addresses,
    /// The rule and the consent text that it names are published.
    Dependencies,
    /// Every text is there in both languages.
    BothLanguages,
    /// The consent text lists everybody who sees the same number.
    Linkage,
    /// There is room for one more published rule.
    RuleLimit,
    /// Every municipality that a rule lists exists.
    Municipalities,
    /// The saved cases of a rule come out as expected.
    Cases,
    /// No clause of a rule contradicts itself or the others.
    Findings,
    /// A change of meaning is marked as material.
    Material,
}

/// A step in the life of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// When, seconds since 1970; none of what has not happened yet.
    pub at: Option<i64>,
    /// Who did it.
    pub who: Option<Person>,
    /// What was said.
    pub comment: Option<String>,
}

/// What happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// 起案.
    Submitted,
    /// 差戻し.
    SentBack,
    /// 承認.
    Approved,
    /// 引戻し.
    Withdrawn,
    /// 施行.
    Published,
    /// It waits for a decision.
    AwaitingDecision,
    /// It waits for its day.
    AwaitingDay,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionView {
    /// Which.
    pub id: ChangeRequestId,
    /// Its revision: deciding names it again.
    pub revision: i64,
    /// What it is about.
    pub configuration: ConfigurationId,
    /// Its title.
    pub title: Localized,
    /// The version that it would put into force.
    pub number: i64,
    /// The version that it replaces.
    pub replaces: Option<i64>,
    /// Where it stands.
    pub state: ChangeRequestState,
    /// Why.
    pub reason: String,
    /// From which day, ISO 8601.
    pub effective_on: String,
    /// Who submitted it.
    pub submitted_by: Option<Person>,
    /// When.
    pub submitted_at: i64,
    /// Who drafted it.
    pub drafted_by: Option<Person>,
    /// What becomes of the eligibilities under the version that it replaces; none where it replaces no rule.
    pub earlier_eligibilities: Option<EarlierEligibilities>,
    /// The difference, field by field.
    pub changes: Vec<FieldChange>,
    /// What to know.
    pub warnings: Vec<Warning>,
    /// What was checked, and whether it holds now.
    pub checks: Vec<(Check, bool)>,
    /// From the first submission of this version on.
    pub timeline: Vec<Event>,
    /// Whether the caller may approve and send back.
    pub decide: Ability,
    /// Whether the caller may take it back.
    pub withdraw: Ability,
}

impl Service {
    /// One request, in the words of one language.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get_decision(
        &self,
        caller: &Caller,
        id: ChangeRequestId,
        locale: Locale,
    ) -> Result<DecisionView, Error> {
        let (scope, row) =
            self.gate.fetch::<_, entity::change_request::Entity>(caller, action::Read, id.uuid()).await?;
        let configuration = ConfigurationId::of(store::kind(&row.kind)?, row.configuration_id);
        let identity = store::read_configuration(&scope, configuration).await?;
        let versions = store::versions(&scope, identity.id).await?;
        let version = versions.iter().find(|version| version.number == row.number).ok_or(Error::NotFound)?;
        let before = versions.iter().find(|version| version.number < row.number && version.published_at.is_some());
        let requests = store::requests(&scope, identity.id).await?;
        let requests: Vec<RequestRow> = requests.into_iter().filter(|request| request.number == row.number).collect();
        let accounts = requests.iter().flat_map(|row| [Some(row.submitted_by), Some(row.drafted_by), row.decided_by]);
        let people = store::people(&scope, accounts.flatten().collect::<Vec<_>>()).await?;
        let person = |id: Option<sea_orm::prelude::Uuid>| id.and_then(|id| people.get(&id)).cloned();

        let names = store::names(&scope).await?;
        let content = self.content_of(version)?;
        let old = match before {
            None => None,
            Some(before) => Some(store::content(before)?),
        };
        let lasting = lasting_fields(&scope, configuration, locale).await?;
        let fields = |content: Option<&Content>| -> Vec<Field> {
            content.map(|content| [content.fields(locale, &names), lasting.clone()].concat()).unwrap_or_default()
        };
        let changes = diff(&fields(old.as_ref()), &fields(content.as_ref()));
        let warnings = content.as_ref().map(|content| content.warnings(old.as_ref())).unwrap_or_default();
        // Also of one that is approved: on its day it may turn out that it cannot be published.
        let waiting =
            [ChangeRequestState::Submitted, ChangeRequestState::Approved].iter().any(|of| of.as_str() == row.state);
        let checks = match &content {
            Some(content) if waiting => {
                let refusal = self.check_dependencies(&scope, configuration, identity.published_number, content).await;
                let proof = self.check_proof(&scope, configuration, content).await;
                checks(content, refusal, proof)?
            }
            _ => Vec::new(),
        };
        let request = store::request(&scope, &row).await?;
        let account = caller.actor().account();
        let decide = match account {
            Some(account) if caller.may(Act::Decide, Resource::ChangeRequest) => {
                request.may_decide(account).map_err(Barred::Refused)
            }
            _ => Err(Barred::Role),
        };
        let withdraw = match account {
            Some(account) if caller.may(Act::Update, Resource::ChangeRequest) => withdrawable(request.clone(), account),
            _ => Err(Barred::Role),
        };
        let mut timeline = Vec::new();
        for request in requests.iter().rev() {
            timeline.push(Event {
                kind: EventKind::Submitted,
                at: Some(request.submitted_at),
                who: person(Some(request.submitted_by)),
                comment: None,
            });
            timeline.extend(outcome(request, version, person(request.decided_by).as_ref())?);
        }
        Ok(DecisionView {
            id,
            revision: row.revision,
            configuration,
            title: Localized::composed(row.title_ja, row.title_en),
            number: row.number,
            replaces: before.map(|before| before.number),
            state: request.state,
            reason: row.reason,
            effective_on: row.effective_on,
            submitted_by: person(Some(row.submitted_by)),
            submitted_at: row.submitted_at,
            drafted_by: person(Some(row.drafted_by)),
            earlier_eligibilities: store::earlier_eligibilities(version)?,
            changes,
            warnings,
            checks,
            timeline,
            decide,
            withdraw,
        })
    }

    /// The content of a version; of one that was sent back and is being changed, as far as it is complete.
    fn content_of(&self, version: &VersionRow) -> Result<Option<Content>, Error> {
        Ok(match store::Stored::of(version)? {
            store::Stored::Content(content) => Some(content),
            store::Stored::Form(form) => form.parse(self.loopback()).ok(),
        })
    }
}

fn outcome(request: &RequestRow, version: &VersionRow, who: Option<&Person>) -> Result<Vec<Event>, Error> {
    let event = |kind, at, who, comment| Event { kind, at, who, comment };
    let decided = |kind| event(kind, request.decided_at, who.cloned(), request.comment.clone());
    Ok(match store::request_state(request)? {
        ChangeRequestState::Submitted => vec![event(EventKind::AwaitingDecision, None, None, None)],
        ChangeRequestState::SentBack => vec![decided(EventKind::SentBack)],
        ChangeRequestState::Approved => {
            vec![decided(EventKind::Approved), event(EventKind::AwaitingDay, None, None, None)]
        }
        ChangeRequestState::Published => {
            vec![decided(EventKind::Approved), event(EventKind::Published, version.published_at, None, None)]
        }
        ChangeRequestState::Withdrawn => vec![event(EventKind::Withdrawn, request.decided_at, None, None)],
    })
}

/// What was checked when it was submitted, and whether it still holds.
fn checks(
    content: &Content,
    refusal: Result<(), Error>,
    proof: Result<(), Error>,
) -> Result<Vec<(Check, bool)>, Error> {
    let (cases, findings) = match proof {
        Ok(()) => (true, true),
        Err(Error::Invalid(wrong)) => (wrong.get(CASES).is_none(), wrong.get(FINDINGS).is_none()),
        Err(other) => return Err(other),
    };
    let (unpublished, linkage, limit, material) = match refusal {
        Ok(()) => (false, false, false, false),
        Err(Error::Conflict(Conflict::DependencyUnpublished)) => (true, false, false, false),
        Err(Error::Conflict(Conflict::Limit)) => (false, false, true, false),
        Err(Error::Invalid(wrong)) => {
            let linkage =
                ["linked", "consent_text", "sector_identifier_uri"].iter().any(|field| wrong.get(field).is_some());
            (wrong.get("rule").is_some(), linkage, false, wrong.get("material").is_some())
        }
        Err(error) => return Err(error),
    };
    Ok(match content {
        Content::RelyingParty(_) => vec![
            (Check::Addresses, true),
            (Check::Dependencies, !unpublished),
            (Check::Linkage, !linkage),
            (Check::BothLanguages, true),
        ],
        Content::ResidencyRule(_) => {
            vec![
                (Check::Cases, cases),
                (Check::Findings, findings),
                (Check::Municipalities, true),
                (Check::RuleLimit, !limit),
                (Check::BothLanguages, true),
            ]
        }
        Content::ConsentText(_) => {
            vec![(Check::BothLanguages, true), (Check::Linkage, !linkage), (Check::Material, !material)]
        }
    })
}
