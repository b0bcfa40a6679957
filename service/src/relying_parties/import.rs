//! Clients from outside: an operator's file of client metadata (RFC 7591), or a registration request at a sandbox.
//!
//! In a sandbox the client is published at once by the actor `Import`, with the town page's rule and consent text; elsewhere it
//! is a draft like any other, which two people decide about.

use domain::configuration::{
    ApplicationType, ClientAuthentication, ClientForm, Encryption, IdTokenSigning, RelyingPartyContent,
    RelyingPartyForm, SubjectType, VersionState,
};
use domain::locale::Locale;
use domain::names::{ClientId, Reason, TenantSlug};
use domain::violations::{Violation, Violations};
use domain::web_address::{LoopbackPolicy, RedirectUri};
use entity::{client_secret, configuration, configuration_version};
use oidc::provider::client_authentication::{client_secret as made_secret, secret_digest};
use oidc::provider::client_metadata::{ClientMetadata, RegisteredClient};
use sea_orm::Set;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::Service;
use crate::audit::ActKind;
use crate::configuration::publish::change_act;
use crate::configuration::{ConfigurationId, Content, Form, NewRelyingParty, store};
use crate::error::{Conflict, Error};
use crate::federation::Published;
use crate::gate::{Caller, Resource, Scope, SystemActor, WriteScope, action};

/// Days that the secret of an imported client is valid.
const SECRET_DAYS: i64 = 365;
/// The longest secret that may be brought along.
const LONGEST_SECRET: usize = 255;

/// What became of one client.
#[derive(Debug)]
pub enum Imported {
    /// It is in force, in a sandbox.
    Published(Box<RegisteredClient>),
    /// It waits as a draft.
    Drafted(ClientId),
}

/// Which member of the metadata a field of our form came from.
const MEMBERS: [(&str, &str); 15] = [
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
];

impl Service {
    /// Takes a client in, as the actor `Import`.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the members of the metadata; [`Error::NotFound`] without such a town; [`Conflict::Exists`] if the
    /// client id is taken; [`Conflict::DependencyUnpublished`] in a sandbox whose page has no rule and no consent text.
    pub async fn import_client(&self, slug: &TenantSlug, metadata: &ClientMetadata) -> Result<Imported, Error> {
        let published = self.published(slug).await?;
        self.take_in(&published, metadata, None).await
    }

    /// The same for whoever holds an initial access token, of which one use is taken.
    pub(super) async fn take_in(
        &self,
        published: &Published,
        metadata: &ClientMetadata,
        token: Option<[u8; 32]>,
    ) -> Result<Imported, Error> {
        let caller = self.gate.system(SystemActor::Import, &published.organisation);
        let identity = identity(metadata, published.sandbox())?;
        let page = (published.tenant.page_rule_id, published.tenant.page_consent_text_id);
        let (rule, text) = (page.0.map(id_text).unwrap_or_default(), page.1.map(id_text).unwrap_or_default());
        let form = form(metadata, rule, text, self.loopback())?;
        if !published.sandbox() {
            let id = self.draft_relying_party(&caller, &identity, &Form::RelyingParty(form)).await?;
            return Ok(Imported::Drafted(self.client_id_of(&caller, id).await?));
        }
        if page.0.is_none() || page.1.is_none() {
            return Err(Conflict::DependencyUnpublished.into());
        }
        self.publish_client(&caller, &identity, form, metadata, token).await.map(Box::new).map(Imported::Published)
    }

    async fn client_id_of(&self, caller: &Caller, id: ConfigurationId) -> Result<ClientId, Error> {
        use entity::relying_party::{Column, Entity};
        use sea_orm::ColumnTrait;
        let scope = self.gate.open(caller, action::Read, Resource::RelyingParty).await?;
        let row = scope.find::<Entity>().filter(Column::Id.eq(id.uuid())).get().await?;
        ClientId::parse(&row.client_id).map_err(|_| Error::internal("a client id"))
    }

    /// Everything of a client in one transaction: identity, first version in force, secret.
    async fn publish_client(
        &self,
        caller: &Caller,
        identity: &NewRelyingParty,
        form: RelyingPartyForm,
        metadata: &ClientMetadata,
        token: Option<[u8; 32]>,
    ) -> Result<RegisteredClient, Error> {
        let form = Form::RelyingParty(form);
        let content = form.parse(self.loopback()).map_err(|wrong| in_words_of_metadata(&wrong))?;
        self.check_addresses(&content).await.map_err(by_member)?;
        let spare = self.spare_for(caller, &form).await?;
        let mut scope = self.gate.open(caller, action::Create, Resource::RelyingParty).await?;
        if let Some(token) = &token {
            self.use_registration_token(&scope, token).await?;
        }
        let id = self.insert_draft(&mut scope, caller, &form).await?;
        let client_id = self.insert_relying_party(&scope, id, identity).await?;
        self.keep_signing_key(&mut scope, spare).await?;
        self.check_dependencies(&scope, id, None, &content).await?;
        self.put_in_force(&mut scope, id, &content).await?;
        let Content::RelyingParty(content) = &content else { return Err(Error::internal("the kind of a form")) };
        let secret = match content.client.authentication {
            ClientAuthentication::Secret => Some(self.keep_secret(&scope, id.uuid(), metadata).await?),
            ClientAuthentication::PrivateKeyJwt | ClientAuthentication::None => None,
        };
        scope.bump_generation().await?;
        scope.commit().await?;
        Ok(registered(client_id, secret, content, identity.subject_type, self.clock.seconds(), metadata))
    }

    /// Walks the first version through its states: nobody but the importer had a part in it.
    async fn put_in_force(&self, scope: &mut WriteScope, id: ConfigurationId, content: &Content) -> Result<(), Error> {
        let (row, now) = (store::configuration(scope, id).await?, self.clock.seconds());
        let version = store::version(scope, row.id, row.latest_number).await?;
        let state = VersionState::Draft.submit()?.approve()?.publish()?;
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
        let hint = secret.expose_secret().chars().take(if metadata.client_secret.is_some() { 0 } else { 4 }).collect();
        let row = client_secret::ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(self.rng.uuid_v7(&self.clock)?),
            relying_party_id: Set(party),
            hash: Set(secret_digest(&secret).to_vec()),
            hint: Set(hint),
            created_at: Set(now),
            expires_at: Set(expires_at),
            ended_at: Set(None),
        };
        scope.insert::<client_secret::Entity, _>(row).await?;
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
    if metadata.sector_identifier_uri.is_some() {
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

/// The form that a clerk would have filled in.
fn form(
    metadata: &ClientMetadata,
    rule: String,
    consent_text: String,
    loopback: LoopbackPolicy,
) -> Result<RelyingPartyForm, Violations> {
    let mut wrong = Violations::default();
    let name = |language| metadata.name_in(language).or(metadata.client_id.as_deref()).unwrap_or("Client").to_owned();
    let first = metadata.redirect_uris.first().map(String::as_str).unwrap_or_default();
    // The scheme of an app is no page: an app says itself where its home is.
    let is_app = metadata.application_type.as_deref() == Some(ApplicationType::Native.as_str());
    let origin = match RedirectUri::parse(first, loopback) {
        Ok(uri) => Some(format!("{}/", uri.origin())),
        Err(_) if is_app => None,
        Err(violation) => {
            wrong.add("redirect_uris", violation);
            None
        }
    };
    let scopes: Vec<&str> = metadata.scope.as_deref().unwrap_or_default().split(' ').collect();
    let item = |scope: &str| if scopes.contains(&scope) { "once".to_owned() } else { String::new() };
    let client = client_form(metadata, &mut wrong);
    let form = RelyingPartyForm {
        name_ja: name("ja"),
        name_en: name("en"),
        description_ja: "OpenID Connect でつながるサービス".to_owned(),
        description_en: "A service connected by OpenID Connect".to_owned(),
        provider: name("ja"),
        contact: if metadata.contacts.is_empty() { "未登録".to_owned() } else { metadata.contacts.join(", ") },
        home_url: metadata.client_uri.clone().or(origin).unwrap_or_default(),
        redirect_uris: metadata.redirect_uris.join("\n"),
        pkce: metadata.pkce.clone().unwrap_or_else(|| {
            // Who has no secret, or keeps to FAPI 2.0, has no choice.
            let required = client.authentication == "none" || client.profile == "fapi2";
            if required { "required".to_owned() } else { "when_offered".to_owned() }
        }),
        rule,
        consent_text,
        item_name: item("name"),
        item_address: item("address"),
        item_birthdate: item("birthdate"),
        item_gender: item("gender"),
        residency_claim: "on".to_owned(),
        minimum_ial: "3".to_owned(),
        minimum_aal: "2".to_owned(),
        icon: "other".to_owned(),
        client,
    };
    wrong.finish(Some(form))
}

fn client_form(metadata: &ClientMetadata, wrong: &mut Violations) -> ClientForm {
    let authentication = match metadata.auth_method() {
        "client_secret_basic" | "client_secret_post" => ClientAuthentication::Secret.as_str(),
        method @ ("private_key_jwt" | "none") => method,
        _ => {
            wrong.add("token_endpoint_auth_method", Violation::NotAllowed);
            ""
        }
    };
    let grants = metadata.grant_types.as_deref().unwrap_or_default();
    if grants.iter().any(|grant| !matches!(grant.as_str(), "authorization_code" | "refresh_token")) {
        wrong.add("grant_types", Violation::NotAllowed);
    }
    if metadata.response_types.as_ref().is_some_and(|types| types.iter().any(|kind| kind != "code")) {
        wrong.add("response_types", Violation::NotAllowed);
    }
    let encryption = encryption(metadata, wrong);
    let signed_userinfo = metadata.userinfo_signed_response_alg.as_deref();
    let signing = metadata.id_token_signed_response_alg.as_deref().unwrap_or(IdTokenSigning::Rs256.as_str());
    if signed_userinfo.is_some_and(|alg| encryption == Encryption::None.as_str() || alg != signing) {
        wrong.add("userinfo_signed_response_alg", Violation::NotAllowed);
    }
    let on = |switch: bool| if switch { "on".to_owned() } else { String::new() };
    ClientForm {
        application_type: metadata.application_type.clone().unwrap_or_default(),
        authentication: authentication.to_owned(),
        jwks_uri: metadata.jwks_uri.clone().unwrap_or_default(),
        jwks: metadata.jwks.as_ref().map(serde_json::Value::to_string).unwrap_or_default(),
        id_token_signing: signing.to_owned(),
        encryption: encryption.to_owned(),
        profile: metadata.profile.clone().unwrap_or_default(),
        pushed_only: on(metadata.require_pushed_authorization_requests),
        signed_only: on(metadata.require_signed_request_object),
        dpop_only: on(metadata.dpop_bound_access_tokens),
        offline_access: on(grants.iter().any(|grant| grant == "refresh_token")),
        post_logout_redirect_uris: metadata.post_logout_redirect_uris.join("\n"),
        backchannel_logout_uri: metadata.backchannel_logout_uri.clone().unwrap_or_default(),
    }
}

/// ID tokens and userinfo are encrypted alike, always with A256GCM; the default of the standard is another one, so it must be
/// said.
fn encryption<'m>(metadata: &'m ClientMetadata, wrong: &mut Violations) -> &'m str {
    let id_token = (&metadata.id_token_encrypted_response_alg, &metadata.id_token_encrypted_response_enc);
    let userinfo = (&metadata.userinfo_encrypted_response_alg, &metadata.userinfo_encrypted_response_enc);
    for (member, (alg, enc)) in
        [("id_token_encrypted_response_enc", id_token), ("userinfo_encrypted_response_enc", userinfo)]
    {
        if alg.is_some() && enc.as_deref() != Some("A256GCM") {
            wrong.add(member, Violation::NotAllowed);
        }
    }
    match (id_token.0, userinfo.0) {
        (None, None) => Encryption::None.as_str(),
        (Some(one), Some(other)) if one == other => one,
        _ => {
            wrong.add("userinfo_encrypted_response_alg", Violation::Mismatch);
            Encryption::None.as_str()
        }
    }
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

fn registered(
    client_id: String,
    secret: Option<(SecretString, i64)>,
    content: &RelyingPartyContent,
    subject_type: SubjectType,
    now: i64,
    metadata: &ClientMetadata,
) -> RegisteredClient {
    let client = &content.client;
    let (secret, expires_at) = secret.unzip();
    let mut grant_types = vec!["authorization_code"];
    if client.offline_access {
        grant_types.push("refresh_token");
    }
    RegisteredClient {
        client_id,
        client_secret: secret.map(|secret| secret.expose_secret().to_owned()),
        client_id_issued_at: now,
        client_secret_expires_at: expires_at,
        client_name: content.name.get(Locale::En).to_owned(),
        redirect_uris: content.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
        token_endpoint_auth_method: metadata.auth_method().to_owned(),
        grant_types,
        response_types: ["code"],
        subject_type: match subject_type {
            SubjectType::Pairwise => "pairwise",
            SubjectType::TownWide => "public",
        },
        id_token_signed_response_alg: client.id_token_signing.as_str(),
        require_pushed_authorization_requests: client.requires_pushed(),
        require_signed_request_object: client.signed_only,
        dpop_bound_access_tokens: client.requires_dpop(),
    }
}
