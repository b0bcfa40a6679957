//! 起案: handing a draft in for decision, and taking it back. What was handed in does not change any more.

use domain::calendar::{iso_date, tokyo_date};
use domain::configuration::{ChangeRequest, ConfigurationKind, EarlierEligibilities, FourEyes};
use domain::ids::ChangeRequestId;
use domain::names::Reason;
use domain::violations::{Violation, Violations};
use sea_orm::{ColumnTrait, Set};
use time::Date;

use super::authors;
use super::content::{ConfigurationId, Content};
use super::draft::Seen;
use super::linkage;
use super::publish::{change_act, refuse_too_many_rules, set_state};
use super::store::{self, Stored};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::gate::{Caller, Resource, Scope, action};

/// What a submission says beside the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Why.
    pub reason: Reason,
    /// From which day in Japan it is wanted; today or later.
    pub effective_on: Date,
    /// Of a rule that replaces a published version: what becomes of the eligibilities under that and earlier ones. It is part
    /// of what is submitted, so that whoever approves the rule has seen it too.
    pub earlier_eligibilities: EarlierEligibilities,
}

impl Service {
    /// Today in Japan.
    pub fn today(&self) -> Date {
        tokyo_date(self.clock.now())
    }

    /// Hands a draft in for decision.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the form's fields, or `effective_on` in the past; [`Conflict::Stale`]; [`Conflict::State`];
    /// [`Conflict::DependencyUnpublished`] while the rule or the consent text of a relying party is not published;
    /// [`Conflict::Limit`] at one rule too many; [`Error::Invalid`] as well for a rule that fails a saved case (`cases`) or has a
    /// clause that nobody may be subjected to (`findings`), and for a relying party at whose addresses nobody answers as must be.
    pub async fn submit_draft(
        &self,
        caller: &Caller,
        id: impl Into<ConfigurationId>,
        seen: Seen,
        submission: &Submission,
    ) -> Result<ChangeRequestId, Error> {
        let id = id.into();
        if id.kind() == ConfigurationKind::RelyingParty {
            let content = self.content_seen(caller, id, seen).await?;
            self.check_addresses(&content).await?;
        }
        self.hand_in(caller, id, seen, submission).await
    }

    /// The content of a draft that is about to be submitted, as somebody saw it.
    async fn content_seen(&self, caller: &Caller, id: ConfigurationId, seen: Seen) -> Result<Content, Error> {
        let scope = self.gate.open(caller, action::Create, Resource::ChangeRequest).await?;
        let row = store::read_configuration(&scope, id).await?;
        let version = store::version(&scope, row.id, row.latest_number).await?;
        if (version.number, version.revision) != (seen.number, seen.revision) {
            return Err(Conflict::Stale.into());
        }
        store::state(&version)?.submit()?;
        Ok(Stored::of(&version)?.form()?.parse(self.loopback())?)
    }

    /// As [`Service::submit_draft`], without asking at the addresses that it names: for those who set up a town before its
    /// services run.
    pub(super) async fn hand_in(
        &self,
        caller: &Caller,
        id: ConfigurationId,
        seen: Seen,
        submission: &Submission,
    ) -> Result<ChangeRequestId, Error> {
        use entity::{change_request, configuration_version};
        let submitter = caller.actor().account().ok_or(Error::Denied)?;
        let mut scope = self.gate.open(caller, action::Create, Resource::ChangeRequest).await?;
        if submission.effective_on < self.today() {
            return Err(Error::invalid("effective_on", Violation::OutOfRange));
        }
        let row = store::configuration(&scope, id).await?;
        let version = store::version(&scope, row.id, row.latest_number).await?;
        if (version.number, version.revision) != (seen.number, seen.revision) {
            return Err(Conflict::Stale.into());
        }
        let state = store::state(&version)?.submit()?;
        let content = Stored::of(&version)?.form()?.parse(self.loopback())?;
        self.check_dependencies(&scope, id, row.published_number, &content).await?;
        self.check_proof(&scope, id, &content).await?;

        let drafter = version.drafted_by.map_or(submitter, domain::ids::AccountId::from_uuid);
        authors::add(&scope, row.id, version.number, Some(submitter)).await?;
        let authors = authors::of(&scope, row.id, version.number).await?;
        let four_eyes = store::four_eyes(&scope, self.today()).await?;
        let request = ChangeRequest::submit(authors, four_eyes, submission.effective_on);
        let request_id = ChangeRequestId::from_uuid(self.rng.uuid_v7(&self.clock)?);
        let now = self.clock.seconds();
        let title = content.title();
        let replaces = matches!(content, Content::ResidencyRule(_)) && row.published_number.is_some();
        let earlier = replaces.then(|| submission.earlier_eligibilities.as_str().to_owned());
        store::changed(&scope, &version)
            .set(configuration_version::Column::Content, content.write()?)
            .set(configuration_version::Column::EarlierEligibilities, earlier)
            .set(configuration_version::Column::Reason, submission.reason.as_str())
            .exec_one()
            .await?;
        let version = store::version(&scope, row.id, version.number).await?;
        set_state(&scope, id, &version, state, now).await?;
        let inserted = change_request::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(request_id.uuid()),
            configuration_id: Set(row.id),
            number: Set(version.number),
            kind: Set(row.kind.clone()),
            title_ja: Set(title.get(domain::locale::Locale::Ja).to_owned()),
            title_en: Set(title.get(domain::locale::Locale::En).to_owned()),
            state: Set(request.state.as_str().to_owned()),
            reason: Set(submission.reason.to_string()),
            effective_on: Set(iso_date(request.effective_on)),
            four_eyes: Set(request.four_eyes == FourEyes::Required),
            drafted_by: Set(drafter.uuid()),
            submitted_by: Set(submitter.uuid()),
            submitted_at: Set(now),
            decided_by: Set(None),
            decided_at: Set(None),
            comment: Set(None),
            revision: Set(1),
        };
        scope.insert::<change_request::Entity, _>(inserted).await?;
        let names = store::names(&scope).await?;
        let before = match row.published_number {
            None => None,
            Some(number) => Some(store::version(&scope, row.id, number).await?),
        };
        let act = change_act(ActKind::ChangeSubmitted, &version, before.as_ref(), &names, submission.reason.as_str())?;
        scope.audit(act);
        scope.commit().await?;
        Ok(request_id)
    }

    /// 引戻し: takes a request back, before it is in force. Its version stays on record; the next draft begins with it.
    ///
    /// # Errors
    /// [`Error::Denied`] to those who did not work on it; [`Conflict::State`]; [`Conflict::Stale`].
    pub async fn withdraw_request(&self, caller: &Caller, id: ChangeRequestId, revision: i64) -> Result<(), Error> {
        use entity::change_request::{Column, Entity};
        let by = caller.actor().account().ok_or(Error::Denied)?;
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Update, id.uuid()).await?;
        if row.revision != revision {
            return Err(Conflict::Stale.into());
        }
        let request = store::request(&scope, &row).await?.withdraw(by)?;
        let configuration = ConfigurationId::of(store::kind(&row.kind)?, row.configuration_id);
        let version = store::version(&scope, row.configuration_id, row.number).await?;
        // A version that was sent back and submitted again has a later request, which is the one to take back.
        if store::open_request(&scope, &version).await?.is_none_or(|open| open.id != row.id) {
            return Err(Conflict::State.into());
        }
        let state = store::state(&version)?.withdraw()?;
        let now = self.clock.seconds();
        set_state(&scope, configuration, &version, state, now).await?;
        store::changed_request(&scope, &row)
            .set(Column::State, request.state.as_str())
            .set(Column::DecidedAt, Some(now))
            .exec_one()
            .await?;
        scope.audit(Act {
            kind: ActKind::ChangeWithdrawn,
            object_kind: configuration.kind().as_str(),
            object_id: configuration.uuid().to_string(),
            text: ActText { object: row.title_ja, after: vec![format!("第{}版", row.number)], ..ActText::default() },
        });
        scope.commit().await
    }

    /// What a content names must be there, and published where it is used from the first day on.
    pub(crate) async fn check_dependencies<S: Scope>(
        &self,
        scope: &S,
        id: ConfigurationId,
        published: Option<i64>,
        content: &Content,
    ) -> Result<(), Error> {
        match (content, id) {
            (Content::ResidencyRule(_), _) => refuse_too_many_rules(scope, content, published.is_some()).await,
            (Content::ConsentText(text), ConfigurationId::ConsentText(text_id)) => {
                let before = match published {
                    None => None,
                    Some(number) => Some(store::content(&store::version(scope, id.uuid(), number).await?)?),
                };
                let before = match &before {
                    Some(Content::ConsentText(before)) => Some(before),
                    _ => None,
                };
                if text.must_be_material(before) && !text.material {
                    return Err(Error::invalid("material", Violation::Required));
                }
                linkage::check_text(scope, text_id, text).await
            }
            (Content::RelyingParty(content), ConfigurationId::RelyingParty(party)) => {
                let rule = store::published(scope, ConfigurationKind::ResidencyRule).await?;
                let texts = store::published(scope, ConfigurationKind::ConsentText).await?;
                let mut wrong = Violations::default();
                let known = |id| {
                    use entity::configuration::{Column, Entity};
                    scope.find::<Entity>().filter(Column::Id.eq(id)).count()
                };
                if known(content.rule.uuid()).await? == 0 {
                    wrong.add("rule", Violation::Unknown);
                }
                if known(content.consent_text.uuid()).await? == 0 {
                    wrong.add("consent_text", Violation::Unknown);
                }
                wrong.finish(Some(()))?;
                let text = texts.iter().find(|row| row.configuration_id == content.consent_text.uuid());
                let is_rule = rule.iter().any(|row| row.configuration_id == content.rule.uuid());
                let (Some(text), true) = (text, is_rule) else {
                    return Err(Conflict::DependencyUnpublished.into());
                };
                let Content::ConsentText(text) = store::content(text)? else {
                    return Err(Error::internal("the content of a consent text"));
                };
                linkage::check_relying_party(scope, party, published, content, &text).await
            }
            (Content::RelyingParty(_) | Content::ConsentText(_), _) => Err(Error::internal("the id of another kind")),
        }
    }
}
