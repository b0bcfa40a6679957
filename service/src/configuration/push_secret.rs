//! What a service wants to be sent with the events that are pushed to it (RFC 8935, section 3): the value of an `Authorization`
//! header. It is typed where the address is, sealed at once, and decided about with the version that names it by a number.
//!
//! It goes to the address that it was typed for. Whoever drafts another address types it anew: otherwise a drafter could have
//! it sent to a server of their own.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::configuration::{ConfigurationKind, EventsForm, SecretNumber, TypedSecret, VersionState};
use domain::violations::Violation;
use sea_orm::ColumnTrait;
use sea_orm::prelude::Uuid;

use super::content::{Content, Form};
use super::store::{Stored, VersionRow};
use crate::Service;
use crate::error::Error;
use crate::gate::{Scope, WriteScope};
use crate::keys;

/// The field.
const FIELD: &str = "events_authorization";

impl Service {
    /// The form as it is stored: with the number of a secret in the place of what was typed. `before` is the version
    /// that the draft begins with; a number in `form` itself says nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no such header, and where the address is another one and the secret was not typed anew.
    pub(super) async fn with_push_secret<'f>(
        &self,
        scope: &WriteScope,
        form: &'f Form,
        before: Option<&VersionRow>,
    ) -> Result<Cow<'f, Form>, Error> {
        let Form::RelyingParty(typed) = form else { return Ok(Cow::Borrowed(form)) };
        let events = &typed.client.events;
        events.check_typed().map_err(|wrong| Error::invalid(FIELD, wrong))?;
        let before = match before.map(|row| Stored::of(row)?.form()).transpose()? {
            Some(Form::RelyingParty(before)) => before.client.events,
            _ => EventsForm::default(),
        };
        let known = before.authorization.filter(|_| events.is_push());
        let authorization = match &events.typed {
            TypedSecret::New(secret) => {
                let (both, now) = ((address(events), secret.as_str()), self.clock.seconds());
                let number = keys::keep_push_secret(scope, &self.master, self.rng, both, now).await?;
                Some(SecretNumber(number))
            }
            TypedSecret::AsBefore if known.is_some() && address(&before) != address(events) => {
                return Err(Error::invalid(FIELD, Violation::Required));
            }
            TypedSecret::AsBefore => known,
            TypedSecret::None => None,
        };
        if events.typed == TypedSecret::AsBefore && events.authorization == authorization {
            return Ok(Cow::Borrowed(form));
        }
        let mut stored = typed.clone();
        stored.client.events = EventsForm { authorization, typed: TypedSecret::AsBefore, ..events.clone() };
        Ok(Cow::Owned(Form::RelyingParty(stored)))
    }
}

/// Where events are pushed to, letter by letter as the published version will have it.
fn address(events: &EventsForm) -> &str {
    events.uri.trim()
}

/// Deletes secrets that no version names any more that is in force, may come into force, or is what the next draft begins with.
pub(super) async fn forget_unnamed(scope: &WriteScope) -> Result<(), Error> {
    use entity::configuration_version::{Column, Entity};
    if !keys::hold_push_secrets(scope).await? {
        return Ok(());
    }
    let services = entity::configuration::Column::Kind.eq(ConfigurationKind::RelyingParty.as_str());
    let services = scope.find::<entity::configuration::Entity>().filter(services).all().await?;
    let latest: HashMap<Uuid, i64> = services.into_iter().map(|row| (row.id, row.latest_number)).collect();
    let versions = scope
        .find::<Entity>()
        .filter(Column::Kind.eq(ConfigurationKind::RelyingParty.as_str()))
        .filter(Column::State.ne(VersionState::Archived.as_str()))
        .all()
        .await?;
    let mut named = Vec::new();
    for version in versions {
        if version.state == VersionState::Withdrawn.as_str()
            && latest.get(&version.configuration_id) != Some(&version.number)
        {
            continue;
        }
        let number = match Stored::of(&version)? {
            Stored::Form(Form::RelyingParty(form)) => form.client.events.authorization,
            Stored::Content(Content::RelyingParty(content)) => content.client.events.authorization,
            Stored::Form(_) | Stored::Content(_) => None,
        };
        named.extend(number.map(|SecretNumber(number)| number));
    }
    keys::forget_push_secrets(scope, &named).await
}
