//! Rows of `configuration`, `configuration_version` and `change_request`.

use domain::calendar::parse_iso_date;
use domain::configuration::{
    ChangeRequest, ChangeRequestState, ConfigurationKind, EarlierEligibilities, FourEyes, InvalidTransition, Refusal,
    VersionState,
};
use domain::ids::AccountId;
use domain::locale::Localized;
use domain::municipality::MunicipalityCode;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Order};
use time::Date;

use super::authors;
use super::content::{ConfigurationId, Content, Form, Names};
use crate::error::{Conflict, Error};
use crate::gate::{Scope, WriteScope};

pub(crate) type Row = entity::configuration::Model;
pub(crate) type VersionRow = entity::configuration_version::Model;
pub(crate) type RequestRow = entity::change_request::Model;

impl From<InvalidTransition> for Error {
    fn from(_: InvalidTransition) -> Self {
        Conflict::State.into()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InvalidTransition(_) => Conflict::State.into(),
            Refusal::OwnWork => Conflict::FourEyes.into(),
            Refusal::NotOwnWork => Error::Denied,
            Refusal::NotYetEffective => Conflict::TooEarly.into(),
        }
    }
}

/// A configuration of this kind; another kind's id is not found.
pub(crate) async fn configuration<S: Scope>(scope: &S, id: ConfigurationId) -> Result<Row, Error> {
    use entity::configuration::{Column, Entity};
    scope
        .find::<Entity>()
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::Kind.eq(id.kind().as_str()))
        .locked()
        .get()
        .await
}

/// As [`configuration`], without a lock, for pages.
pub(crate) async fn read_configuration<S: Scope>(scope: &S, id: ConfigurationId) -> Result<Row, Error> {
    use entity::configuration::{Column, Entity};
    scope.find::<Entity>().filter(Column::Id.eq(id.uuid())).filter(Column::Kind.eq(id.kind().as_str())).get().await
}

pub(crate) async fn version<S: Scope>(scope: &S, configuration: Uuid, number: i64) -> Result<VersionRow, Error> {
    use entity::configuration_version::{Column, Entity};
    scope
        .find::<Entity>()
        .filter(Column::ConfigurationId.eq(configuration))
        .filter(Column::Number.eq(number))
        .get()
        .await
}

pub(crate) async fn versions<S: Scope>(scope: &S, configuration: Uuid) -> Result<Vec<VersionRow>, Error> {
    use entity::configuration_version::{Column, Entity};
    scope
        .find::<Entity>()
        .filter(Column::ConfigurationId.eq(configuration))
        .order_by(Column::Number, Order::Desc)
        .all()
        .await
}

/// What a version of a rule makes of eligibilities under earlier ones; none of one that replaced nothing.
pub(crate) fn earlier_eligibilities(version: &VersionRow) -> Result<Option<EarlierEligibilities>, Error> {
    let choice = version.earlier_eligibilities.as_deref().map(str::parse).transpose();
    choice.map_err(|_| Error::internal("what becomes of earlier eligibilities"))
}

/// The published versions of one kind.
pub(crate) async fn published<S: Scope>(scope: &S, kind: ConfigurationKind) -> Result<Vec<VersionRow>, Error> {
    use entity::configuration_version::{Column, Entity};
    scope
        .find::<Entity>()
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::State.eq(VersionState::Published.as_str()))
        .all()
        .await
}

/// The requests of one configuration, newest first.
pub(crate) async fn requests<S: Scope>(scope: &S, configuration: Uuid) -> Result<Vec<RequestRow>, Error> {
    use entity::change_request::{Column, Entity};
    scope
        .find::<Entity>()
        .filter(Column::ConfigurationId.eq(configuration))
        .order_by(Column::SubmittedAt, Order::Desc)
        .order_by(Column::Id, Order::Desc)
        .all()
        .await
}

/// The request that is still on its way, of which a version has at most one.
pub(crate) async fn open_request<S: Scope>(scope: &S, row: &VersionRow) -> Result<Option<RequestRow>, Error> {
    use domain::configuration::ChangeRequestState as State;
    use entity::change_request::{Column, Entity};
    scope
        .find::<Entity>()
        .filter(Column::ConfigurationId.eq(row.configuration_id))
        .filter(Column::Number.eq(row.number))
        .filter(Column::State.is_in([State::Submitted, State::SentBack, State::Approved].map(State::as_str)))
        .order_by(Column::SubmittedAt, Order::Desc)
        .order_by(Column::Id, Order::Desc)
        .one()
        .await
}

/// Titles of everything that is configured here, and the municipality.
pub(crate) async fn names<S: Scope>(scope: &S) -> Result<Names, Error> {
    let rows = scope.find::<entity::configuration::Entity>().all().await?;
    let titles = rows.into_iter().map(|row| (row.id, title(&row))).collect();
    Ok(Names { own: own_code(scope).await?, titles })
}

/// The municipality's own code.
pub(crate) async fn own_code<S: Scope>(scope: &S) -> Result<MunicipalityCode, Error> {
    let tenant = scope.find::<entity::tenant::Entity>().get().await?;
    MunicipalityCode::parse(&tenant.code).map_err(|_| Error::internal("the code of a municipality"))
}

/// Whether somebody else must decide on what is submitted today.
pub(crate) async fn four_eyes<S: Scope>(scope: &S, today: Date) -> Result<FourEyes, Error> {
    let tenant = scope.find::<entity::tenant::Entity>().get().await?;
    Ok(FourEyes::on(today, off_from(&tenant)?))
}

/// The day from which nobody else must decide, where the municipality has set one.
pub(crate) fn off_from(tenant: &entity::tenant::Model) -> Result<Option<Date>, Error> {
    let day = tenant.four_eyes_off_from.as_deref().map(parse_iso_date).transpose();
    day.map_err(|_| Error::internal("the day from which four eyes are off"))
}

/// Names of colleagues, also of those whose access has ended.
pub(crate) async fn people<S: Scope>(
    scope: &S,
    accounts: impl IntoIterator<Item = Uuid>,
) -> Result<std::collections::HashMap<Uuid, Person>, Error> {
    use entity::membership::{Column, Entity};
    let mut accounts: Vec<Uuid> = accounts.into_iter().collect();
    accounts.sort_unstable();
    accounts.dedup();
    if accounts.is_empty() {
        return Ok(Default::default());
    }
    let rows = scope.find::<Entity>().filter(Column::AccountId.is_in(accounts)).all().await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.account_id, Person { name: row.display_name, department: row.department }))
        .collect())
}

/// A colleague as pages name one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name that colleagues see.
    pub name: String,
    /// Department (課・係).
    pub department: String,
}

/// Changes a version that was read; nobody else has changed it since.
pub(crate) fn changed<'s>(
    scope: &'s WriteScope,
    row: &VersionRow,
) -> crate::gate::Update<'s, entity::configuration_version::Entity> {
    use entity::configuration_version::{Column, Entity};
    scope
        .update_many::<Entity>()
        .add(Column::Revision, 1)
        .filter(Column::ConfigurationId.eq(row.configuration_id))
        .filter(Column::Number.eq(row.number))
        .filter(Column::Revision.eq(row.revision))
}

/// Changes a configuration that was read; nobody else has changed it since.
pub(crate) fn changed_configuration<'s>(
    scope: &'s WriteScope,
    row: &Row,
    now: i64,
) -> crate::gate::Update<'s, entity::configuration::Entity> {
    use entity::configuration::{Column, Entity};
    scope
        .update_many::<Entity>()
        .add(Column::Revision, 1)
        .set(Column::UpdatedAt, now)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Revision.eq(row.revision))
}

/// Changes a request that was read; nobody else has changed it since.
pub(crate) fn changed_request<'s>(
    scope: &'s WriteScope,
    row: &RequestRow,
) -> crate::gate::Update<'s, entity::change_request::Entity> {
    use entity::change_request::{Column, Entity};
    scope
        .update_many::<Entity>()
        .add(Column::Revision, 1)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Revision.eq(row.revision))
}

/// The state of a version.
pub(crate) fn state(row: &VersionRow) -> Result<VersionState, Error> {
    row.state.parse().map_err(|_| Error::internal("the state of a version"))
}

/// The kind of a configuration.
pub(crate) fn kind(text: &str) -> Result<ConfigurationKind, Error> {
    text.parse().map_err(|_| Error::internal("the kind of a configuration"))
}

/// Where a request stands.
pub(crate) fn request_state(row: &RequestRow) -> Result<ChangeRequestState, Error> {
    row.state.parse().map_err(|_| Error::internal("the state of a request"))
}

/// The request as the state machine knows it.
pub(crate) async fn request<S: Scope>(scope: &S, row: &RequestRow) -> Result<ChangeRequest, Error> {
    Ok(ChangeRequest {
        state: request_state(row)?,
        authors: authors::of(scope, row.configuration_id, row.number).await?,
        four_eyes: if row.four_eyes { FourEyes::Required } else { FourEyes::Off },
        decider: row.decided_by.map(AccountId::from_uuid),
        effective_on: parse_iso_date(&row.effective_on).map_err(|_| Error::internal("the day of a request"))?,
    })
}

/// What is stored in a version: the form that was typed until it is submitted, from then on the checked content.
#[expect(clippy::large_enum_variant, reason = "few are alive at a time, and a box would be in everybody's way")]
pub(crate) enum Stored {
    Form(Form),
    Content(Content),
}

/// How the JSON of a form is told from that of a content.
const DRAFT: (&str, &str) = ("{\"draft\":", "}");

impl Stored {
    pub(crate) fn of(row: &VersionRow) -> Result<Self, Error> {
        let kind = kind(&row.kind)?;
        match row.content.strip_prefix(DRAFT.0).and_then(|json| json.strip_suffix(DRAFT.1)) {
            Some(json) => Form::read(kind, json).map(Stored::Form),
            None => Content::read(kind, &row.content).map(Stored::Content),
        }
    }

    /// The form of a draft that begins with it.
    pub(crate) fn form(self) -> Result<Form, Error> {
        match self {
            Stored::Form(form) => Ok(form),
            Stored::Content(content) => content.form(),
        }
    }
}

/// The column's text for a draft.
pub(crate) fn draft(form: &Form) -> Result<String, Error> {
    Ok(format!("{}{}{}", DRAFT.0, form.write()?, DRAFT.1))
}

/// The checked content of a version that was submitted.
pub(crate) fn content(row: &VersionRow) -> Result<Content, Error> {
    Content::read(kind(&row.kind)?, &row.content)
}

/// What lists call a configuration.
pub(crate) fn title(row: &Row) -> Localized {
    Localized::composed(row.title_ja.clone(), row.title_en.clone())
}
