//! Setting a connection up, and putting it into use: what is proposed stands beside what residents use, and becomes it only
//! when somebody says so who did not write it (four eyes, unless the municipality has switched that off).

use domain::configuration::FourEyes;
use domain::ids::{AccountId, IdentityProviderId};
use domain::locale::{Locale, Localized};
use domain::names::Reason;
use domain::paths;
use domain::violations::Violation;
use domain::web_address::LoopbackPolicy;
use entity::identity_provider::{ActiveModel, Column, Entity, Model};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Set};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::form::{Checked, ProviderForm};
use super::{ProviderCheck, in_order, is_fixed, secrets};
use crate::Service;
use crate::audit::{Act as Entry, ActKind, ActText};
use crate::configuration::store;
use crate::error::{Conflict, Error};
use crate::federation::{AttributesFrom, ClientAuthentication, Connection, ProviderSettings};
use crate::gate::{Caller, Resource, Scope, WriteScope, action};
use crate::keys;

/// Connections that a municipality may have: residents are to read the choice.
const MOST: usize = 8;
/// The longest secret, in bytes.
const MAX_SECRET_BYTES: usize = 400;

/// What is proposed: the JSON of `identity_provider.draft`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    pub(crate) name: Localized,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) settings: ProviderSettings,
    /// The accounts that wrote it.
    pub(crate) authors: Vec<Uuid>,
}

/// What became of putting a connection into use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Residents are sent there from now on.
    Done,
    /// It did not answer as it must; nothing was changed.
    Refused(ProviderCheck),
}

impl Draft {
    /// What is proposed for a connection, if something is.
    pub(crate) fn of(row: &Model) -> Result<Option<Self>, Error> {
        let read = |text: &String| serde_json::from_str(text).map_err(|_| Error::internal("the draft of a provider"));
        row.draft.as_ref().map(read).transpose()
    }

    /// What is in use, in the same form; what was stopped is proposed again by whoever stopped it.
    pub(super) fn in_use(row: &Model) -> Result<Self, Error> {
        let settings = ProviderSettings::parse(&row.settings)?;
        Ok(Self {
            name: Localized::composed(row.name_ja.clone(), row.name_en.clone()),
            issuer: row.issuer.clone(),
            client_id: row.client_id.clone(),
            authors: settings.stopped_by.into_iter().collect(),
            settings: ProviderSettings { stopped_by: None, ..settings },
        })
    }

    fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|_| Error::internal("the draft of a provider"))
    }
}

impl Service {
    /// Proposes a new connection, or another set-up of one. Nothing changes for residents. The callback of a new one may have
    /// been registered before ([`Service::new_provider_callback`]): then it is in the form.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field (`secret` where one is needed, also where issuer or client id are others than before; `issuer` and `client_id` where residents were sent there
    /// before: `NotAllowed`); [`Conflict::Limit`]; [`Conflict::Stale`]; [`Conflict::State`] for the card sandbox.
    pub async fn draft_identity_provider(
        &self,
        caller: &Caller,
        of: Option<(IdentityProviderId, i64)>,
        form: &ProviderForm,
        secret: &SecretString,
    ) -> Result<IdentityProviderId, Error> {
        let loopback = if self.allow_loopback { LoopbackPolicy::Allowed } else { LoopbackPolicy::Refused };
        let checked = form.check(loopback)?;
        // The card sandbox has a kind of its own, which only a sandbox may have.
        if checked.issuer == paths::sandbox_card_issuer(&self.base_url) {
            return Err(Error::invalid("issuer", Violation::NotAllowed));
        }
        let (mut scope, row) = match of {
            None => (self.gate.open(caller, action::Create, Resource::IdentityProvider).await?, None),
            Some((id, revision)) => {
                let (scope, row) = self.gate.fetch::<_, Entity>(caller, action::Update, id.uuid()).await?;
                if row.revision != revision {
                    return Err(Conflict::Stale.into());
                }
                (scope, Some(row))
            }
        };
        let author = caller.actor().account().ok_or_else(|| Error::internal("a draft without an author"))?.uuid();
        let before = match &row {
            Some(row) if row.kind != "openid" => return Err(Conflict::State.into()),
            Some(row) => Some(Draft::of(row)?.map_or_else(|| Draft::in_use(row), Ok)?),
            None => None,
        };
        let Checked { name, issuer, client_id, mut settings } = checked;
        if let Some(row) = row.as_ref().filter(|row| is_fixed(row)) {
            let fixed = [("issuer", row.issuer == issuer), ("client_id", row.client_id == client_id)];
            if let Some((field, _)) = fixed.into_iter().find(|(_, same)| !same) {
                return Err(Error::invalid(field, Violation::NotAllowed));
            }
        }
        // A secret goes to whom it was typed for, as whom it was typed for.
        let same = before.as_ref().filter(|draft| draft.issuer == issuer && draft.client_id == client_id);
        let known = same.and_then(|draft| draft.settings.authentication.secret());
        let new_secret = !secret.expose_secret().is_empty();
        settings.authentication = self.with_secret(&scope, settings.authentication, known, secret).await?;
        settings.form_origin = before.as_ref().and_then(|draft| draft.settings.form_origin.clone());
        if matches!(settings.attributes, AttributesFrom::SealedUserdata(_)) {
            keys::ensure_field_key(&scope, &self.master, self.rng, self.clock.seconds()).await?;
        }
        let mut authors: Vec<Uuid> = match &row {
            Some(row) => Draft::of(row)?.map(|draft| draft.authors).unwrap_or_default(),
            None => Vec::new(),
        };
        if !authors.contains(&author) {
            authors.push(author);
        }
        let draft = Draft { name, issuer, client_id, settings, authors };
        let id = match &row {
            Some(row) => {
                let update = scope.update_many::<Entity>().set(Column::Draft, draft.to_text()?);
                let update = update.add(Column::Revision, 1).filter(Column::Id.eq(row.id));
                update.filter(Column::Revision.eq(row.revision)).exec_one().await?;
                row.id
            }
            None => self.insert_connection(&scope, &draft, form.callback_id()).await?,
        };
        let (before, after) = changes(before.as_ref(), &draft, new_secret);
        note(&mut scope, ActKind::IdentityProviderDrafted, id, &draft.name, String::new(), (before, after));
        // Whoever tries it out needs its secret, which is read with the generation.
        scope.bump_generation().await?;
        scope.commit().await?;
        Ok(IdentityProviderId::from_uuid(id))
    }

    async fn insert_connection(
        &self,
        scope: &WriteScope,
        draft: &Draft,
        id: Option<IdentityProviderId>,
    ) -> Result<Uuid, Error> {
        let rows = scope.find::<Entity>().all().await?;
        if rows.len() >= MOST {
            return Err(Conflict::Limit.into());
        }
        let tenant = scope.find::<entity::tenant::Entity>().get().await?;
        let id = match id.map(IdentityProviderId::uuid) {
            // The form was sent twice.
            Some(id) if rows.iter().any(|row| row.id == id) => return Err(Conflict::Stale.into()),
            Some(id) => id,
            None => self.rng.uuid_v7(&self.clock)?,
        };
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id),
            tenant_mode: Set(tenant.mode),
            kind: Set("openid".to_owned()),
            name_ja: Set(draft.name.get(Locale::Ja).to_owned()),
            name_en: Set(draft.name.get(Locale::En).to_owned()),
            issuer: Set(draft.issuer.clone()),
            client_id: Set(draft.client_id.clone()),
            // Subjects of two connections are never one another's, whatever their issuers say; nothing writes it again.
            subject_namespace: Set(id.to_string()),
            settings: Set(draft.settings.to_text()?),
            active: Set(false),
            created_at: Set(self.clock.seconds()),
            revision: Set(1),
            position: Set(rows.iter().map(|row| row.position + 1).max().unwrap_or(0)),
            draft: Set(Some(draft.to_text()?)),
            first_active_at: Set(None),
        };
        scope.insert::<Entity, _>(row).await?;
        Ok(id)
    }

    /// The way to authenticate with the number of its secret: the one that was typed, or the one that is known.
    async fn with_secret(
        &self,
        scope: &WriteScope,
        authentication: ClientAuthentication,
        known: Option<i64>,
        typed: &SecretString,
    ) -> Result<ClientAuthentication, Error> {
        if authentication == ClientAuthentication::PrivateKeyJwt {
            return Ok(authentication);
        }
        let text = typed.expose_secret().trim();
        let number = match (text.is_empty(), known) {
            (true, Some(number)) => number,
            (true, None) => return Err(Error::invalid("secret", Violation::Required)),
            (false, _) if text.len() > MAX_SECRET_BYTES => return Err(Error::invalid("secret", Violation::TooLong)),
            (false, _) => {
                let now = self.clock.seconds();
                keys::keep_provider_secret(scope, &self.master, self.rng, text.as_bytes(), now).await?
            }
        };
        Ok(match authentication {
            ClientAuthentication::ClientSecretPost(_) => ClientAuthentication::ClientSecretPost(number),
            _ => ClientAuthentication::ClientSecretBasic(number),
        })
    }

    /// Puts what is proposed into use, or a connection that was stopped back into it. The provider is asked first whether it
    /// is there.
    ///
    /// # Errors
    /// [`Conflict::FourEyes`] for what the caller wrote or stopped; [`Conflict::State`] where nothing is to be put into use;
    /// [`Conflict::Stale`].
    pub async fn activate_identity_provider(
        &self,
        caller: &Caller,
        id: IdentityProviderId,
        revision: i64,
    ) -> Result<Activation, Error> {
        let (scope, row) = self.gate.fetch::<_, Entity>(caller, action::Decide, id.uuid()).await?;
        drop(scope);
        let connection = Connection::of(&row);
        let issuer = Draft::of(&row)?.map_or(row.issuer, |draft| draft.issuer);
        // No transaction is open while the network is waited for.
        let metadata = match self.check_provider(connection, &issuer).await {
            Ok(metadata) => metadata,
            Err(failure) => return Ok(Activation::Refused(ProviderCheck::of(failure))),
        };
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Decide, id.uuid()).await?;
        if row.revision != revision {
            return Err(Conflict::Stale.into());
        }
        let before = Draft::in_use(&row)?;
        let mut draft = match Draft::of(&row)? {
            Some(draft) => draft,
            None if row.active => return Err(Conflict::State.into()),
            None => before.clone(),
        };
        if draft.issuer != issuer {
            return Err(Conflict::Stale.into());
        }
        let own = caller.actor().account().is_none_or(|account| draft.authors.contains(&account.uuid()));
        if own && store::four_eyes(&scope, self.today()).await? == FourEyes::Required {
            return Err(Conflict::FourEyes.into());
        }
        draft.settings.form_origin = Some(metadata.authorization_endpoint.origin().ascii_serialization());
        let first = row.first_active_at.or(Some(self.clock.seconds()));
        let update = scope
            .update_many::<Entity>()
            .set(Column::NameJa, draft.name.get(Locale::Ja).to_owned())
            .set(Column::NameEn, draft.name.get(Locale::En).to_owned())
            .set(Column::Issuer, draft.issuer.clone())
            .set(Column::ClientId, draft.client_id.clone())
            .set(Column::Settings, draft.settings.to_text()?)
            .set(Column::Draft, None::<String>)
            .set(Column::Active, true)
            .set(Column::FirstActiveAt, first)
            .add(Column::Revision, 1);
        update.filter(Column::Id.eq(row.id)).filter(Column::Revision.eq(row.revision)).exec_one().await?;
        secrets::forget_unnamed(&scope).await?;
        let fresh = before.settings.authentication.secret() != draft.settings.authentication.secret();
        let lines = changes(Some(&before).filter(|_| row.active), &draft, fresh);
        note(&mut scope, ActKind::IdentityProviderActivated, row.id, &draft.name, String::new(), lines);
        scope.bump_generation().await?;
        scope.commit().await?;
        Ok(Activation::Done)
    }

    /// Takes a connection out of use, at once. Residents who were found by it are found again when it is put back.
    ///
    /// # Errors
    /// [`Conflict::State`] if it is not in use; [`Conflict::Stale`].
    pub async fn stop_identity_provider(
        &self,
        caller: &Caller,
        id: IdentityProviderId,
        revision: i64,
        reason: &Reason,
    ) -> Result<(), Error> {
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Update, id.uuid()).await?;
        if row.revision != revision {
            return Err(Conflict::Stale.into());
        }
        if !row.active {
            return Err(Conflict::State.into());
        }
        let settings = ProviderSettings {
            stopped_by: caller.actor().account().map(AccountId::uuid),
            ..ProviderSettings::parse(&row.settings)?
        };
        let update = scope.update_many::<Entity>().set(Column::Active, false).add(Column::Revision, 1);
        let update = update.set(Column::Settings, settings.to_text()?);
        // One from before this was noted was in use all the same.
        let update = update.set(Column::FirstActiveAt, row.first_active_at.or(Some(row.created_at)));
        update.filter(Column::Id.eq(row.id)).filter(Column::Revision.eq(row.revision)).exec_one().await?;
        let name = Localized::composed(row.name_ja, row.name_en);
        let reason = reason.as_str().to_owned();
        note(&mut scope, ActKind::IdentityProviderStopped, row.id, &name, reason, Default::default());
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// Throws away what is proposed; a connection that was never in use goes with it.
    ///
    /// # Errors
    /// [`Conflict::State`] where nothing is proposed.
    pub async fn discard_identity_provider_draft(&self, caller: &Caller, id: IdentityProviderId) -> Result<(), Error> {
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Remove, id.uuid()).await?;
        let draft = Draft::of(&row)?.ok_or(Conflict::State)?;
        if is_fixed(&row) {
            let update = scope.update_many::<Entity>().set(Column::Draft, None::<String>).add(Column::Revision, 1);
            update.filter(Column::Id.eq(row.id)).exec_one().await?;
        } else {
            scope.delete_many::<Entity>().filter(Column::Id.eq(row.id)).exec().await?;
        }
        secrets::forget_unnamed(&scope).await?;
        let before = vec!["draft".to_owned()];
        note(&mut scope, ActKind::IdentityProviderChanged, row.id, &draft.name, String::new(), (before, Vec::new()));
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// Moves a connection one place up among those that residents choose from.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn raise_identity_provider(&self, caller: &Caller, id: IdentityProviderId) -> Result<(), Error> {
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Update, id.uuid()).await?;
        let mut rows = in_order(&scope).await?;
        let Some(at) = rows.iter().position(|other| other.id == row.id).filter(|at| *at > 0) else { return Ok(()) };
        let names = |rows: &[Model]| rows.iter().map(|row| row.name_ja.clone()).collect();
        let before = names(&rows);
        rows.swap(at, at - 1);
        for (position, other) in (0_i64..).zip(&rows) {
            let update = scope.update_many::<Entity>().set(Column::Position, position);
            update.filter(Column::Id.eq(other.id)).exec().await?;
        }
        let name = Localized::composed(row.name_ja, row.name_en);
        let lines = (before, names(&rows));
        note(&mut scope, ActKind::IdentityProviderChanged, row.id, &name, String::new(), lines);
        scope.bump_generation().await?;
        scope.commit().await
    }
}

/// The fields that differ, as they were and as they are. A secret is named, never shown.
fn changes(before: Option<&Draft>, after: &Draft, new_secret: bool) -> (Vec<String>, Vec<String>) {
    let (old, new) = (before.map(ProviderForm::of).unwrap_or_default(), ProviderForm::of(after));
    let lines = |form: &ProviderForm, other: &ProviderForm| -> Vec<String> {
        let differs = |(name, value): &(&str, &str)| other.get(name) != *value;
        form.iter().filter(differs).map(|(name, value)| format!("{name}: {value}")).collect()
    };
    let (gone, mut come) = (lines(&old, &new), lines(&new, &old));
    if new_secret {
        come.push("secret: ***".to_owned());
    }
    (gone, come)
}

fn note(
    scope: &mut WriteScope,
    kind: ActKind,
    id: Uuid,
    name: &Localized,
    reason: String,
    (before, after): (Vec<String>, Vec<String>),
) {
    scope.audit(Entry {
        kind,
        object_kind: Resource::IdentityProvider.as_str(),
        object_id: id.to_string(),
        text: ActText { object: name.get(Locale::Ja).to_owned(), reason, before, after },
    });
}
