//! Publishing: the approved version takes the place of the one in use, at once or on its day.

use domain::calendar::{iso_date, tokyo_date};
use domain::configuration::{ChangeKind, ChangeRequestState, ConfigurationKind, FieldChange, VersionState, diff};
use domain::locale::Locale;
use sea_orm::ColumnTrait;

use super::content::{ConfigurationId, Content, Names};
use super::push_secret;
use super::store::{self, RequestRow, VersionRow};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::federation::forget_unwanted_former_ids;
use crate::gate::{Caller, Organisation, Resource, Scope, SystemActor, WriteScope, action};

/// Every published rule is decided at each card sign-in and its outcome travels in the flow: a town has no more than this.
pub const MAX_PUBLISHED_RULES: usize = 32;

impl Service {
    /// Publishes what was approved for today or earlier, each in a transaction of its own. One that cannot be published does
    /// not keep the others.
    ///
    /// # Errors
    /// The last refusal, after all have been tried.
    pub(crate) async fn publish_due(&self, organisation: &Organisation) -> Result<(), Error> {
        let caller = self.gate.system(SystemActor::Publisher, organisation);
        let mut outcome = Ok(());
        for request in self.requests_due(&caller).await? {
            if let Err(error) = self.publish_request(&caller, request).await {
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn requests_due(&self, caller: &Caller) -> Result<Vec<RequestRow>, Error> {
        use entity::change_request::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::ChangeRequest).await?;
        scope
            .find::<Entity>()
            .filter(Column::State.eq(ChangeRequestState::Approved.as_str()))
            .filter(Column::EffectiveOn.lte(iso_date(tokyo_date(self.clock.now()))))
            .all()
            .await
    }

    async fn publish_request(&self, caller: &Caller, request: RequestRow) -> Result<(), Error> {
        let id = request.id;
        let (mut scope, request) =
            self.gate.fetch::<_, entity::change_request::Entity>(caller, action::Update, id).await?;
        if request.state != ChangeRequestState::Approved.as_str() {
            return Ok(());
        }
        self.publish(&mut scope, &request).await?;
        scope.commit().await
    }

    /// Puts an approved version into force within a transaction: its predecessor is archived, the request closed, every
    /// server process told.
    pub(crate) async fn publish(&self, scope: &mut WriteScope, request: &RequestRow) -> Result<(), Error> {
        use entity::{change_request, configuration, configuration_version};
        let today = tokyo_date(self.clock.now());
        let now = self.clock.seconds();
        let next = store::request(scope, request).await?.publish(today)?;
        let id = ConfigurationId::of(store::kind(&request.kind)?, request.configuration_id);
        let row = store::configuration(scope, id).await?;
        let version = store::version(scope, row.id, request.number).await?;
        let state = store::state(&version)?.publish()?;
        let content = store::content(&version)?;
        // What was checked when it was approved may hold no longer on its day. One publication of a town at a time: of two that
        // each may be published, both may be one rule too many, or two services with a number that no text tells of.
        scope.find::<entity::tenant::Entity>().locked().get().await?;
        self.check_dependencies(scope, id, row.published_number, &content).await?;
        let before = match row.published_number {
            None => None,
            Some(number) => Some(store::version(scope, row.id, number).await?),
        };
        if let Some(before) = &before {
            let archived = store::state(before)?.archive()?;
            store::changed(scope, before)
                .set(configuration_version::Column::State, archived.as_str())
                .set(configuration_version::Column::ArchivedAt, Some(now))
                .exec_one()
                .await?;
        }
        store::changed(scope, &version)
            .set(configuration_version::Column::State, state.as_str())
            .set(configuration_version::Column::PublishedAt, Some(now))
            .exec_one()
            .await?;
        let title = content.title();
        store::changed_configuration(scope, &row, now)
            .set(configuration::Column::TitleJa, title.get(Locale::Ja))
            .set(configuration::Column::TitleEn, title.get(Locale::En))
            .set(configuration::Column::LatestState, state.as_str())
            .set(configuration::Column::PublishedNumber, Some(version.number))
            .exec_one()
            .await?;
        store::changed_request(scope, request)
            .set(change_request::Column::State, next.state.as_str())
            .exec_one()
            .await?;
        if id.kind() == ConfigurationKind::RelyingParty {
            forget_unwanted_former_ids(scope).await?;
            Box::pin(push_secret::forget_unnamed(scope)).await?;
        }
        let names = store::names(scope).await?;
        scope.audit(change_act(ActKind::VersionPublished, &version, before.as_ref(), &names, &request.reason)?);
        scope.bump_generation().await
    }
}

/// At most [`MAX_PUBLISHED_RULES`] rules are published at a time; a new version of one takes no further place.
pub(crate) async fn refuse_too_many_rules<S: Scope>(scope: &S, content: &Content, replaces: bool) -> Result<(), Error> {
    if replaces || !matches!(content, Content::ResidencyRule(_)) {
        return Ok(());
    }
    let published = store::published(scope, ConfigurationKind::ResidencyRule).await?.len();
    if published >= MAX_PUBLISHED_RULES { Err(Conflict::Limit.into()) } else { Ok(()) }
}

/// An act on a version with what changed, line by line, in the language of the office.
pub(crate) fn change_act(
    kind: ActKind,
    version: &VersionRow,
    before: Option<&VersionRow>,
    names: &Names,
    reason: &str,
) -> Result<Act, Error> {
    let content = store::content(version)?;
    let old = match before {
        None => Vec::new(),
        Some(before) => store::content(before)?.fields(Locale::Ja, names),
    };
    let mut text =
        ActText { object: content.title().get(Locale::Ja).to_owned(), reason: reason.to_owned(), ..ActText::default() };
    for change in diff(&old, &content.fields(Locale::Ja, names)) {
        if change.kind != ChangeKind::Same {
            text.before.extend(line(&change, &change.old));
            text.after.extend(line(&change, &change.new));
        }
    }
    if let Some(earlier) = store::earlier_eligibilities(version)? {
        text.after.push(format!("前の版で決まった資格: {}", earlier.words().ja));
    }
    let object_kind = store::kind(&version.kind)?.as_str();
    Ok(Act { kind, object_kind, object_id: version.configuration_id.to_string(), text })
}

fn line(change: &FieldChange, lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| format!("{}: {}", change.field.words().ja, lines.join(" / ")))
}

/// The state that a version and its configuration have in common after a step.
pub(crate) async fn set_state(
    scope: &WriteScope,
    id: ConfigurationId,
    version: &VersionRow,
    state: VersionState,
    now: i64,
) -> Result<(), Error> {
    use entity::{configuration, configuration_version};
    let row = store::configuration(scope, id).await?;
    store::changed(scope, version).set(configuration_version::Column::State, state.as_str()).exec_one().await?;
    store::changed_configuration(scope, &row, now)
        .set(configuration::Column::LatestState, state.as_str())
        .exec_one()
        .await
}
