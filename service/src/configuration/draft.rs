//! Drafting: a new configuration, the next version of one, and throwing a draft away. A draft belongs to nobody: any
//! drafter goes on with it, and everybody who saved it worked on it. It may lack anything but a name.

use domain::configuration::{IdTokenSigning, SubjectType, VersionState};
use domain::names::ClientId;
use domain::violations::Violations;
use domain::web_address::LoopbackPolicy;
use sea_orm::{ColumnTrait, Order, Set};

use super::content::{ConfigurationId, Form};
use super::store::{self, Stored};
use super::{authors, push_secret};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::federation::signing_algorithm;
use crate::gate::{Caller, Resource, Scope, WriteScope, action};
use crate::keys::Spare;

/// What a relying party has for good, fixed when it is created.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewRelyingParty {
    /// Its client id; made if there is none.
    pub client_id: Option<ClientId>,
    /// By what residents are known to it.
    pub subject_type: SubjectType,
}

/// The version that somebody read: saving and submitting name it, so that nobody overwrites what they have not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The newest version's number, from 1.
    pub number: i64,
    /// Its revision.
    pub revision: i64,
}

/// A draft as the editor needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What was read; saving names it again.
    pub seen: Seen,
    /// The number that the draft has or will have.
    pub number: i64,
    /// It is saved already; otherwise the form begins with the newest version and saving makes the draft.
    pub saved: bool,
    /// It was sent back, with this comment.
    pub sent_back: Option<String>,
    /// The content as it was typed.
    pub form: Form,
    /// What it still lacks before it can be submitted.
    pub lacks: Violations,
    /// What lists call the configuration.
    pub title: domain::locale::Localized,
    /// The version in use, if there is one.
    pub published: Option<i64>,
    /// When it was saved last, seconds since 1970.
    pub saved_at: i64,
}

impl Service {
    /// Whether http on this machine may be registered.
    pub(crate) fn loopback(&self) -> LoopbackPolicy {
        if self.allow_loopback { LoopbackPolicy::Allowed } else { LoopbackPolicy::Refused }
    }

    /// Drafts a new rule or consent text.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a name.
    pub async fn draft_configuration(&self, caller: &Caller, form: &Form) -> Result<ConfigurationId, Error> {
        if matches!(form, Form::RelyingParty(_)) {
            return self.draft_relying_party(caller, &NewRelyingParty::default(), form).await;
        }
        let mut scope = self.gate.open(caller, action::Create, Resource::Configuration).await?;
        let id = self.insert_draft(&mut scope, caller, form).await?;
        scope.commit().await?;
        Ok(id)
    }

    /// Drafts a new relying party; its client id, kind of subject and sector are fixed here.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a name; [`Conflict::Exists`] if the client id is taken.
    pub async fn draft_relying_party(
        &self,
        caller: &Caller,
        identity: &NewRelyingParty,
        form: &Form,
    ) -> Result<ConfigurationId, Error> {
        let spare = self.spare_for(caller, form).await?;
        let mut scope = self.gate.open(caller, action::Create, Resource::RelyingParty).await?;
        let id = self.insert_draft(&mut scope, caller, form).await?;
        self.insert_relying_party(&scope, id, identity).await?;
        self.keep_signing_key(&mut scope, spare).await?;
        scope.commit().await?;
        Ok(id)
    }

    /// The key pair that a service's tokens are to be signed with, if the municipality has none of its algorithm yet.
    pub(crate) async fn spare_for(&self, caller: &Caller, form: &Form) -> Result<Option<Spare>, Error> {
        let Form::RelyingParty(form) = form else { return Ok(None) };
        match form.client.id_token_signing.parse::<IdTokenSigning>() {
            Ok(signing) => self.spare_signing_key(caller, signing_algorithm(signing)).await,
            Err(_) => Ok(None),
        }
    }

    pub(crate) async fn insert_draft(
        &self,
        scope: &mut WriteScope,
        caller: &Caller,
        form: &Form,
    ) -> Result<ConfigurationId, Error> {
        use entity::{configuration, configuration_version};
        let (title, kind) = (form.title()?, form.kind());
        let form = &*Box::pin(self.with_push_secret(scope, form, None)).await?;
        let id = ConfigurationId::of(kind, self.rng.uuid_v7(&self.clock)?);
        let now = self.clock.seconds();
        let state = VersionState::Draft.as_str().to_owned();
        let row = configuration::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id.uuid()),
            kind: Set(kind.as_str().to_owned()),
            title_ja: Set(title.get(domain::locale::Locale::Ja).to_owned()),
            title_en: Set(title.get(domain::locale::Locale::En).to_owned()),
            latest_number: Set(1),
            latest_state: Set(state.clone()),
            published_number: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
            revision: Set(1),
        };
        let version = configuration_version::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            configuration_id: Set(id.uuid()),
            number: Set(1),
            kind: Set(kind.as_str().to_owned()),
            state: Set(state),
            content: Set(store::draft(form)?),
            reason: Set(String::new()),
            drafted_by: Set(caller.actor().account().map(domain::ids::AccountId::uuid)),
            drafted_at: Set(now),
            published_at: Set(None),
            archived_at: Set(None),
            revision: Set(1),
            earlier_eligibilities: Set(None),
        };
        scope.insert::<configuration::Entity, _>(row).await?;
        scope.insert::<configuration_version::Entity, _>(version).await?;
        authors::add(scope, id.uuid(), 1, caller.actor().account()).await?;
        scope.audit(act(ActKind::VersionDrafted, id, &title, 1));
        Ok(id)
    }

    pub(crate) async fn insert_relying_party(
        &self,
        scope: &WriteScope,
        id: ConfigurationId,
        identity: &NewRelyingParty,
    ) -> Result<String, Error> {
        use entity::relying_party;
        let client_id = match &identity.client_id {
            Some(client_id) => client_id.to_string(),
            None => self.rng.token::<15>()?,
        };
        let row = relying_party::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id.uuid()),
            client_id: Set(client_id.clone()),
            subject_type: Set(identity.subject_type.as_str().to_owned()),
            sector: Set(self.rng.uuid_v4()?),
            suspended_at: Set(None),
            suspended_reason: Set(None),
            created_at: Set(self.clock.seconds()),
            revision: Set(1),
        };
        scope.insert::<relying_party::Entity, _>(row).await?;
        Ok(client_id)
    }

    /// The draft of a configuration, or what a new one would begin with.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Conflict::State`] while a version is in review or waits for its day.
    pub async fn get_draft(&self, caller: &Caller, id: impl Into<ConfigurationId>) -> Result<Draft, Error> {
        let id = id.into();
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let row = store::read_configuration(&scope, id).await?;
        let version = store::version(&scope, row.id, row.latest_number).await?;
        let state = store::state(&version)?;
        let saved = state.is_editable();
        if state.is_open() && !saved {
            return Err(Conflict::State.into());
        }
        let sent_back =
            store::requests(&scope, row.id).await?.into_iter().find(|request| request.number == version.number);
        let form = Stored::of(&version)?.form()?;
        Ok(Draft {
            seen: Seen { number: version.number, revision: version.revision },
            number: if saved { version.number } else { version.number + 1 },
            saved,
            sent_back: sent_back.filter(|_| saved).and_then(|request| request.comment),
            lacks: form.parse(self.loopback()).err().unwrap_or_default(),
            form,
            title: store::title(&row),
            published: row.published_number,
            saved_at: version.drafted_at,
        })
    }

    /// Saves a draft, and makes it where the newest version is not one.
    ///
    /// # Errors
    /// [`Conflict::Stale`] if somebody saved, submitted or discarded meanwhile; [`Error::Invalid`] without a name.
    pub async fn save_draft(
        &self,
        caller: &Caller,
        id: impl Into<ConfigurationId>,
        seen: Seen,
        form: &Form,
    ) -> Result<Seen, Error> {
        let id = id.into();
        if form.kind() != id.kind() {
            return Err(Error::NotFound);
        }
        let spare = self.spare_for(caller, form).await?;
        let mut scope = self.gate.open(caller, action::Update, Resource::Configuration).await?;
        let seen = self.write_draft(&mut scope, caller, id, seen, form).await?;
        Box::pin(push_secret::forget_unnamed(&scope)).await?;
        self.keep_signing_key(&mut scope, spare).await?;
        scope.commit().await?;
        Ok(seen)
    }

    pub(crate) async fn write_draft(
        &self,
        scope: &mut WriteScope,
        caller: &Caller,
        id: ConfigurationId,
        seen: Seen,
        form: &Form,
    ) -> Result<Seen, Error> {
        use entity::{configuration, configuration_version};
        let title = form.title()?;
        let row = store::configuration(scope, id).await?;
        let version = store::version(scope, row.id, row.latest_number).await?;
        if (version.number, version.revision) != (seen.number, seen.revision) {
            return Err(Conflict::Stale.into());
        }
        let state = store::state(&version)?;
        let form = &*Box::pin(self.with_push_secret(scope, form, Some(&version))).await?;
        let now = self.clock.seconds();
        let author = caller.actor().account();
        let mut update = store::changed_configuration(scope, &row, now);
        if row.published_number.is_none() {
            use domain::locale::Locale;
            update = update
                .set(configuration::Column::TitleJa, title.get(Locale::Ja))
                .set(configuration::Column::TitleEn, title.get(Locale::En));
        }
        if state.is_editable() {
            use configuration_version::Column;
            store::changed(scope, &version)
                .set(Column::Content, store::draft(form)?)
                .set(Column::DraftedBy, author.map(domain::ids::AccountId::uuid))
                .set(Column::DraftedAt, now)
                .exec_one()
                .await?;
            update.exec_one().await?;
            authors::add(scope, row.id, version.number, author).await?;
            scope.audit(act(ActKind::VersionDrafted, id, &title, version.number));
            return Ok(Seen { number: version.number, revision: version.revision + 1 });
        }
        if state.is_open() {
            return Err(Conflict::State.into());
        }
        let number = version.number + 1;
        let next = configuration_version::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            configuration_id: Set(row.id),
            number: Set(number),
            kind: Set(row.kind.clone()),
            state: Set(VersionState::Draft.as_str().to_owned()),
            content: Set(store::draft(form)?),
            reason: Set(String::new()),
            drafted_by: Set(author.map(domain::ids::AccountId::uuid)),
            drafted_at: Set(now),
            published_at: Set(None),
            archived_at: Set(None),
            revision: Set(1),
            earlier_eligibilities: Set(None),
        };
        scope.insert::<configuration_version::Entity, _>(next).await?;
        if row.published_number != Some(version.number) {
            authors::carry_over(scope, &version, number).await?;
        }
        authors::add(scope, row.id, number, author).await?;
        update
            .set(configuration::Column::LatestNumber, number)
            .set(configuration::Column::LatestState, VersionState::Draft.as_str())
            .exec_one()
            .await?;
        scope.audit(act(ActKind::VersionDrafted, id, &title, number));
        Ok(Seen { number, revision: 1 })
    }

    /// Throws a draft away that was never submitted; with the last version the configuration goes too. Says whether anything
    /// is left of it. One that was sent back is withdrawn instead, because its request stays on record.
    ///
    /// # Errors
    /// [`Conflict::Stale`], or [`Conflict::State`] if it is not such a draft.
    pub async fn discard_draft(
        &self,
        caller: &Caller,
        id: impl Into<ConfigurationId>,
        seen: Seen,
    ) -> Result<bool, Error> {
        use entity::{client_secret, configuration, configuration_version, relying_party};
        let id = id.into();
        let mut scope = self.gate.open(caller, action::Update, Resource::Configuration).await?;
        let row = store::configuration(&scope, id).await?;
        let version = store::version(&scope, row.id, row.latest_number).await?;
        if (version.number, version.revision) != (seen.number, seen.revision) {
            return Err(Conflict::Stale.into());
        }
        if store::state(&version)? != VersionState::Draft {
            return Err(Conflict::State.into());
        }
        scope
            .delete_many::<configuration_version::Entity>()
            .filter(configuration_version::Column::ConfigurationId.eq(row.id))
            .filter(configuration_version::Column::Number.eq(version.number))
            .exec()
            .await?;
        let before = scope
            .find::<configuration_version::Entity>()
            .filter(configuration_version::Column::ConfigurationId.eq(row.id))
            .order_by(configuration_version::Column::Number, Order::Desc)
            .one()
            .await?;
        let left = before.is_some();
        if let Some(before) = before {
            store::changed_configuration(&scope, &row, self.clock.seconds())
                .set(configuration::Column::LatestNumber, before.number)
                .set(configuration::Column::LatestState, before.state)
                .exec_one()
                .await?;
        } else {
            scope
                .delete_many::<client_secret::Entity>()
                .filter(client_secret::Column::RelyingPartyId.eq(row.id))
                .exec()
                .await?;
            scope.delete_many::<relying_party::Entity>().filter(relying_party::Column::Id.eq(row.id)).exec().await?;
            scope.delete_many::<configuration::Entity>().filter(configuration::Column::Id.eq(row.id)).exec().await?;
        }
        Box::pin(push_secret::forget_unnamed(&scope)).await?;
        scope.audit(act(ActKind::VersionDiscarded, id, &store::title(&row), version.number));
        scope.commit().await?;
        Ok(left)
    }
}

fn act(kind: ActKind, id: ConfigurationId, title: &domain::locale::Localized, number: i64) -> Act {
    let text = ActText {
        object: title.get(domain::locale::Locale::Ja).to_owned(),
        after: vec![format!("第{number}版")],
        ..ActText::default()
    };
    Act { kind, object_kind: id.kind().as_str(), object_id: id.uuid().to_string(), text }
}
