//! Clients from outside: an operator's file of client metadata (RFC 7591), or a registration request at a sandbox.
//!
//! In a sandbox the client is published at once by the actor `Import`, with the town page's rule and consent text; elsewhere it
//! is a draft like any other, which two people decide about.

use std::collections::HashSet;

use domain::configuration::{ClientAuthentication, RelyingPartyContent, SubjectType, VersionState};
use domain::names::{ClientId, Reason, TenantSlug};
use domain::violations::{Violation, Violations};
use entity::{client_secret, configuration, configuration_version};
use oidc::provider::client_authentication::{client_secret as made_secret, secret_digest};
use oidc::provider::client_metadata::{ClientMetadata, RegisteredClient};
use sea_orm::Set;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::metadata_form::form;
use super::registered::registered_metadata;
use crate::Service;
use crate::audit::ActKind;
use crate::configuration::publish::change_act;
use crate::configuration::{ConfigurationId, Content, Form, NewRelyingParty, store};
use crate::error::{Conflict, Error};
use crate::federation::Published;
use crate::gate::{Caller, Resource, Scope, SystemActor, WriteScope, action};
use crate::keys::Spare;
use crate::mails::secret_made;

/// Days that the secret of an imported client is valid.
const SECRET_DAYS: i64 = 365;
/// The longest secret that may be brought along.
const LONGEST_SECRET: usize = 255;

/// What became of one client.
#[derive(Debug)]
pub enum Imported {
    /// It is in force, in a sandbox.
    Published(Box<RegisteredClient>),
    /// It waits as a draft; its client id.
    Drafted(String),
}

/// Why none of several clients was taken in.
#[derive(Debug)]
pub struct NotImported {
    /// The first that is refused, counted from 1; none where it is about no client.
    pub number: Option<usize>,
    /// Why.
    pub error: Error,
}

impl NotImported {
    /// For a place counted from 0.
    fn at(place: usize) -> impl FnOnce(Error) -> Self {
        move |error| Self { number: Some(place + 1), error }
    }
}

impl From<Error> for NotImported {
    fn from(error: Error) -> Self {
        Self { number: None, error }
    }
}

/// A client that could be taken in, as far as its metadata and the addresses that it names go.
struct Wanted<'m> {
    metadata: &'m ClientMetadata,
    identity: NewRelyingParty,
    form: Form,
    /// What will be in force, in a sandbox.
    content: Option<Content>,
}

/// Which member of the metadata a field of our form came from.
const MEMBERS: [(&str, &str); 22] = [
    ("name_ja", "client_name"),
    ("name_en", "client_name"),
    ("provider", "client_name"),
    ("contact", "contacts"),
    ("home_url", "client_uri"),
    ("pkce", "urn:machikagi:pkce"),
    ("authentication", "token_endpoint_auth_method"),
    ("id_token_signing", "id_token_signed_response_alg"),
    ("encryption", "id_token_encrypted_response_alg"),
    ("profile", "urn:machikagi:profile"),
    ("pushed_only", "require_pushed_authorization_requests"),
    ("signed_only", "require_signed_request_object"),
    ("dpop_only", "dpop_bound_access_tokens"),
    ("offline_access", "grant_types"),
    ("item_name", "scope"),
    ("item_age_over", "urn:machikagi:claims"),
    ("age_limits", "urn:machikagi:claims"),
    ("acr_words", "urn:machikagi:acr_words"),
    ("events_delivery", "urn:machikagi:events_delivery"),
    ("events_uri", "urn:machikagi:events_uri"),
    ("events_authorization", "urn:machikagi:events_authorization"),
    ("event_kinds", "urn:machikagi:events"),
];

impl Service {
    /// Takes clients in, as the actor `Import`: all of them, or none.
    ///
    /// # Errors
    /// The first that is refused: [`Error::Invalid`] by the members of its metadata, [`Conflict::Exists`] if its client id is
    /// taken. About none: [`Error::NotFound`] without such a town; [`Conflict::DependencyUnpublished`] in a sandbox whose page has
    /// no rule and no consent text.
    pub async fn import_clients(
        &self,
        slug: &TenantSlug,
        clients: &[ClientMetadata],
    ) -> Result<Vec<Imported>, NotImported> {
        let published = self.published(slug).await?;
        self.take_in(&published, clients, None).await
    }

    /// The same for whoever holds an initial access token, of which one use is taken.
    pub(super) async fn take_in(
        &self,
        published: &Published,
        clients: &[ClientMetadata],
        token: Option<[u8; 32]>,
    ) -> Result<Vec<Imported>, NotImported> {
        let page = (published.tenant.page_rule_id, published.tenant.page_consent_text_id);
        if published.sandbox() && (page.0.is_none() || page.1.is_none()) {
            return Err(Error::from(Conflict::DependencyUnpublished).into());
        }
        let mut wanted = Vec::with_capacity(clients.len());
        for (place, metadata) in clients.iter().enumerate() {
            wanted.push(self.wanted(published, metadata).await.map_err(NotImported::at(place))?);
        }
        let caller = self.gate.system(SystemActor::Import, &published.organisation);
        let spares = self.spares_for(&caller, &wanted).await?;
        let mut scope = self.gate.open(&caller, action::Create, Resource::RelyingParty).await?;
        if let Some(token) = &token {
            self.use_registration_token(&scope, token).await?;
        }
        // One at a time, as for every publication: two that each may share no number would share one.
        scope.find::<entity::tenant::Entity>().locked().get().await?;
        let mut imported = Vec::with_capacity(wanted.len());
        for (place, client) in wanted.iter().enumerate() {
            let written = Box::pin(self.write_client(&mut scope, &caller, client)).await;
            imported.push(written.map_err(NotImported::at(place))?);
        }
        for spare in spares {
            self.keep_signing_key(&mut scope, Some(spare)).await?;
        }
        if published.sandbox() {
            scope.bump_generation().await?;
        }
        scope.commit().await?;
        Ok(imported)
    }

    /// Everything that can be known of a client before anything is written. No scope is held: servers are asked.
    async fn wanted<'m>(&self, published: &Published, metadata: &'m ClientMetadata) -> Result<Wanted<'m>, Error> {
        let identity = identity(metadata, published.sandbox())?;
        let page = (published.tenant.page_rule_id, published.tenant.page_consent_text_id);
        let (rule, text) = (page.0.map(id_text).unwrap_or_default(), page.1.map(id_text).unwrap_or_default());
        let form = Form::RelyingParty(form(metadata, rule, text, self.loopback())?);
        if !published.sandbox() {
            return Ok(Wanted { metadata, identity, form, content: None });
        }
        let content = form.parse(self.loopback()).map_err(|wrong| in_words_of_metadata(&wrong))?;
        self.check_addresses(&content).await.map_err(by_member)?;
        Ok(Wanted { metadata, identity, form, content: Some(content) })
    }

    /// The key pairs that their tokens are to be signed with and that the municipality has not got: one of each algorithm.
    async fn spares_for(&self, caller: &Caller, wanted: &[Wanted<'_>]) -> Result<Vec<Spare>, Error> {
        let (mut seen, mut spares) = (HashSet::new(), Vec::new());
        for Wanted { form, .. } in wanted {
            let Form::RelyingParty(party) = form else { continue };
            if seen.insert(party.client.id_token_signing.as_str()) {
                spares.extend(self.spare_for(caller, form).await?);
            }
        }
        Ok(spares)
    }

    /// A draft; in a sandbox its first version in force, and its secret.
    async fn write_client(
        &self,
        scope: &mut WriteScope,
        caller: &Caller,
        client: &Wanted<'_>,
    ) -> Result<Imported, Error> {
        let id = self.insert_draft(scope, caller, &client.form).await?;
        let client_id = self.insert_relying_party(scope, id, &client.identity).await?;
        let Some(content) = &client.content else { return Ok(Imported::Drafted(client_id)) };
        let metadata = client.metadata;
        let checked = self.check_dependencies(scope, id, None, content).await;
        checked.map_err(|error| sharing_by_member(error, metadata))?;
        self.put_in_force(scope, id).await?;
        let Content::RelyingParty(content) = content else { return Err(Error::internal("the kind of a form")) };
        let secret = match content.client.authentication {
            ClientAuthentication::Secret => Some(self.keep_secret(scope, id.uuid(), metadata).await?),
            ClientAuthentication::PrivateKeyJwt | ClientAuthentication::None => None,
        };
        let now = self.clock.seconds();
        let registered = registered(client_id, secret, content, client.identity.subject_type, now, metadata);
        Ok(Imported::Published(Box::new(registered)))
    }

    /// Walks the first version through its states: nobody but the importer had a part in it.
    async fn put_in_force(&self, scope: &mut WriteScope, id: ConfigurationId) -> Result<(), Error> {
        let (row, now) = (store::configuration(scope, id).await?, self.clock.seconds());
        let version = store::version(scope, row.id, row.latest_number).await?;
        let state = VersionState::Draft.submit()?.approve()?.publish()?;
        // As it was stored: with the number of a secret in its place.
        let content = store::Stored::of(&version)?.form()?.parse(self.loopback())?;
        store::changed(scope, &version)
            .set(configuration_version::Column::Content, content.write()?)
            .set(configuration_version::Column::State, state.as_str())
            .set(configuration_version::Column::PublishedAt, Some(now))
            .exec_one()
            .await?;
        store::changed_configuration(scope, &row, now)
            .set(configuration::Column::LatestState, state.as_str())
            .set(configuration::Column::PublishedNumber, Some(version.number))
            .exec_one()
            .await?;
        let version = store::version(scope, row.id, version.number).await?;
        let names = store::names(scope).await?;
        let reason = Reason::parse("試験環境への取り込み").map_err(|_| Error::internal("a reason"))?;
        scope.audit(change_act(ActKind::VersionPublished, &version, None, &names, reason.as_str())?);
        Ok(())
    }

    async fn keep_secret(
        &self,
        scope: &WriteScope,
        party: Uuid,
        metadata: &ClientMetadata,
    ) -> Result<(SecretString, i64), Error> {
        let secret = match &metadata.client_secret {
            Some(given) => given.clone(),
            None => made_secret(&self.rng.bytes::<32>()?),
        };
        let now = self.clock.seconds();
        let expires_at = now + SECRET_DAYS * 24 * 3_600;
        let id = self.rng.uuid_v7(&self.clock)?;
        let hint = secret.expose_secret().chars().take(if metadata.client_secret.is_some() { 0 } else { 4 }).collect();
        let row = client_secret::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id),
            relying_party_id: Set(party),
            hash: Set(secret_digest(&secret).to_vec()),
            hint: Set(hint),
            created_at: Set(now),
            expires_at: Set(expires_at),
            ended_at: Set(None),
        };
        scope.insert::<client_secret::Entity, _>(row).await?;
        secret_made(scope, id, expires_at, now).await?;
        Ok((secret, expires_at))
    }
}

fn id_text(id: Uuid) -> String {
    id.to_string()
}

/// What is fixed for good. A secret may be brought along to a sandbox only: elsewhere we make it.
fn identity(metadata: &ClientMetadata, sandbox: bool) -> Result<NewRelyingParty, Violations> {
    let mut wrong = Violations::default();
    let client_id = metadata.client_id.as_deref().map(ClientId::parse).transpose();
    let client_id = wrong.check("client_id", client_id).flatten();
    let subject_type = match metadata.subject_type.as_deref() {
        None | Some("pairwise") => Ok(SubjectType::Pairwise),
        Some("public") => Ok(SubjectType::TownWide),
        Some(_) => Err(Violation::Unknown),
    };
    let subject_type = wrong.check("subject_type", subject_type).unwrap_or_default();
    if metadata.sector_identifier_uri.is_some() && subject_type == SubjectType::TownWide {
        wrong.add("sector_identifier_uri", Violation::NotAllowed);
    }
    if let Some(secret) = &metadata.client_secret {
        let secret = secret.expose_secret();
        if !sandbox {
            wrong.add("client_secret", Violation::NotAllowed);
        } else if secret.is_empty() || secret.len() > LONGEST_SECRET || !secret.bytes().all(|b| b.is_ascii_graphic()) {
            wrong.add("client_secret", Violation::Malformed);
        }
    }
    wrong.finish(Some(NewRelyingParty { client_id, subject_type }))
}

/// Violations under the names of the members that they came from.
fn in_words_of_metadata(violations: &Violations) -> Violations {
    let mut wrong = Violations::default();
    for (field, violation) in violations.iter() {
        let member = MEMBERS.iter().find(|(ours, _)| *ours == field).map_or(field, |(_, member)| member);
        wrong.add(member, violation);
    }
    wrong
}

fn by_member(error: Error) -> Error {
    match error {
        Error::Invalid(violations) => Error::Invalid(in_words_of_metadata(&violations)),
        other => other,
    }
}

/// The town page's text lists nobody, so that the second client with a number in common is refused: by the member that would give
/// it that number.
fn sharing_by_member(error: Error, metadata: &ClientMetadata) -> Error {
    match error {
        Error::Invalid(wrong) if wrong.get("consent_text") == Some(Violation::Mismatch) => {
            let shares = metadata.sector_identifier_uri.is_some();
            Error::invalid(if shares { "sector_identifier_uri" } else { "subject_type" }, Violation::NotAllowed)
        }
        other => other,
    }
}

fn registered(
    client_id: String,
    secret: Option<(SecretString, i64)>,
    content: &RelyingPartyContent,
    subject_type: SubjectType,
    now: i64,
    metadata: &ClientMetadata,
) -> RegisteredClient {
    let (secret, expires_at) = secret.unzip();
    RegisteredClient {
        client_id,
        client_secret: secret.map(|secret| secret.expose_secret().to_owned()),
        client_id_issued_at: now,
        client_secret_expires_at: expires_at,
        metadata: registered_metadata(content, subject_type, metadata),
    }
}
