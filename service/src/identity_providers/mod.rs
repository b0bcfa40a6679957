//! The connections to the providers that attest who residents are: which there are, how each is set up, what is proposed, and
//! whether it answers at the moment.

mod draft;
mod form;
mod form_claims;
mod keys;
mod secrets;

use std::collections::HashMap;

use domain::configuration::FourEyes;
use domain::ids::IdentityProviderId;
use domain::locale::Localized;
use domain::names::TenantSlug;
use entity::identity_provider::{Column, Entity, Model};
use sea_orm::Order;

pub use self::draft::Activation;
pub(crate) use self::draft::Draft;
pub use self::form::{LEVELS, METHODS, ProviderForm, VERIFIED, verified_word};
pub use self::keys::{AtProvider, NextKey, ProviderKeyView};
use crate::Service;
use crate::audit::{Act as Entry, ActKind, ActText};
use crate::configuration::store;
use crate::error::Error;
use crate::federation::{
    AttributesFrom, Connection, Outage, ProviderContact, ProviderFailure, ProviderSettings, callback_path, is_sandbox,
    outages,
};
use crate::gate::{Act, Caller, Resource, Scope, action};
pub use crate::keys::ProviderKey;
pub use oidc::jose::Algorithm;
pub use oidc::upstream::claim_map::{BirthdateForm, ClaimPath, ClaimPaths};

/// A connection as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProviderView {
    /// Its identifier.
    pub id: IdentityProviderId,
    /// Its name.
    pub name: Localized,
    /// It is the sandbox card reader.
    pub sandbox: bool,
    /// Where it is.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// How it is set up.
    pub settings: ProviderSettings,
    /// Whether it is used.
    pub active: bool,
    /// Its issuer and our client id there do not change any more: residents were sent there.
    pub fixed: bool,
    /// What is proposed, where something is.
    pub draft: Option<DraftView>,
    /// The caller took it out of use, and somebody else must put it back.
    pub needs_other: bool,
    /// How the last contact ended, as any server process noted it; none that this one knows of.
    pub contact: Option<ProviderContact>,
    /// The last time that it did not answer, if it ever did not.
    pub outage: Option<Outage>,
    /// What every edit carries.
    pub revision: i64,
    /// What the caller may do.
    pub abilities: Abilities,
}

/// What is proposed for a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftView {
    /// The name.
    pub name: Localized,
    /// Where it is.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// How it is set up.
    pub settings: ProviderSettings,
    /// Another secret than the one in use goes with it.
    pub new_secret: bool,
    /// The caller wrote it, or a part of it, and somebody else must put it into use.
    pub needs_other: bool,
}

/// What the caller may do with connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Set up, stop, test.
    pub change: bool,
    /// Put into use what somebody else wrote.
    pub decide: bool,
    /// Try out.
    pub try_out: bool,
}

/// What a test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderCheck {
    /// Discovery and keys are as they must be.
    Answers,
    /// It does not answer, or not in time.
    Silent,
    /// It answers, but its discovery document or keys cannot be used.
    Unusable,
}

impl ProviderCheck {
    fn of(failure: ProviderFailure) -> Self {
        match failure {
            ProviderFailure::Fetch(_) => Self::Silent,
            _ => Self::Unusable,
        }
    }
}

impl Service {
    /// The municipality's connections, in its order.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read them.
    pub async fn identity_providers(&self, caller: &Caller) -> Result<Vec<IdentityProviderView>, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::IdentityProvider).await?;
        let four_eyes = store::four_eyes(&scope, self.today()).await?;
        let (rows, outages) = (in_order(&scope).await?, outages(&scope).await?);
        rows.into_iter().map(|row| self.connection_view(caller, row, four_eyes, &outages)).collect()
    }

    /// One connection.
    ///
    /// # Errors
    /// [`Error::NotFound`], also to those who may not read it.
    pub async fn identity_provider(
        &self,
        caller: &Caller,
        id: IdentityProviderId,
    ) -> Result<IdentityProviderView, Error> {
        let (scope, row) = self.gate.fetch::<_, Entity>(caller, action::Read, id.uuid()).await?;
        let four_eyes = store::four_eyes(&scope, self.today()).await?;
        self.connection_view(caller, row, four_eyes, &outages(&scope).await?)
    }

    /// The form that says how a connection is set up, as proposed where something is.
    ///
    /// # Errors
    /// As [`Service::identity_provider`]; [`crate::Conflict::State`] for the card sandbox.
    pub async fn identity_provider_form(
        &self,
        caller: &Caller,
        id: IdentityProviderId,
    ) -> Result<(ProviderForm, IdentityProviderView), Error> {
        let (scope, row) = self.gate.fetch::<_, Entity>(caller, action::Read, id.uuid()).await?;
        let four_eyes = store::four_eyes(&scope, self.today()).await?;
        if row.kind != "openid" {
            return Err(crate::error::Conflict::State.into());
        }
        let draft = Draft::of(&row)?.map_or_else(|| Draft::in_use(&row), Ok)?;
        let view = self.connection_view(caller, row, four_eyes, &outages(&scope).await?)?;
        Ok((ProviderForm::of(&draft), view))
    }

    /// Where the provider of a connection sends people back to.
    pub fn provider_callback(&self, slug: &TenantSlug, provider: &IdentityProviderView) -> String {
        self.base_url.join(&callback_path(slug, (!provider.sandbox).then_some(provider.id)))
    }

    /// The callback of a connection that is not set up yet: providers want it before they give a client id. Set up with the
    /// form's `callback`, the connection is the one that it names.
    ///
    /// # Errors
    /// [`Error::Internal`] without randomness.
    pub fn new_provider_callback(&self, slug: &TenantSlug) -> Result<String, Error> {
        let id = IdentityProviderId::from_uuid(self.rng.uuid_v7(&self.clock)?);
        Ok(self.base_url.join(&callback_path(slug, Some(id))))
    }

    fn connection_view(
        &self,
        caller: &Caller,
        row: Model,
        four_eyes: FourEyes,
        outages: &HashMap<IdentityProviderId, Outage>,
    ) -> Result<IdentityProviderView, Error> {
        let own =
            |draft: &Draft| caller.actor().account().is_none_or(|account| draft.authors.contains(&account.uuid()));
        let needs_other = |draft: &Draft| four_eyes == FourEyes::Required && own(draft);
        let in_use = Draft::in_use(&row)?;
        let outage = outages.get(&IdentityProviderId::from_uuid(row.id)).copied();
        let (sandbox, contact) = (is_sandbox(&row), self.contact_with(&row, outage));
        let draft = Draft::of(&row)?.map(|draft| DraftView {
            needs_other: needs_other(&draft),
            new_secret: is_fixed(&row)
                && draft.settings.authentication.secret() != in_use.settings.authentication.secret(),
            name: draft.name,
            issuer: draft.issuer,
            client_id: draft.client_id,
            settings: draft.settings,
        });
        Ok(IdentityProviderView {
            id: IdentityProviderId::from_uuid(row.id),
            fixed: is_fixed(&row),
            name: Localized::composed(row.name_ja, row.name_en),
            needs_other: needs_other(&in_use),
            sandbox,
            contact,
            outage,
            issuer: row.issuer,
            client_id: row.client_id,
            settings: in_use.settings,
            active: row.active,
            draft,
            revision: row.revision,
            abilities: Abilities {
                change: caller.may(Act::Update, Resource::IdentityProvider),
                decide: caller.may(Act::Decide, Resource::IdentityProvider),
                try_out: caller.may(Act::Create, Resource::TestSignIn),
            },
        })
    }

    /// How the last contact ended, as this process heard it, or as another one noted.
    pub(crate) fn contact_with(&self, row: &Model, outage: Option<Outage>) -> Option<ProviderContact> {
        match outage {
            Some(outage) if outage.is_open() => Some(ProviderContact::Failed),
            Some(_) => Some(self.providers.contact(Connection::of(row)).unwrap_or(ProviderContact::Answered)),
            None => self.providers.contact(Connection::of(row)),
        }
    }

    /// Asks a provider for its discovery document and keys, now and not from memory. No resident is involved.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Denied`].
    pub async fn test_identity_provider(
        &self,
        caller: &Caller,
        id: IdentityProviderId,
    ) -> Result<ProviderCheck, Error> {
        let (scope, row) = self.gate.fetch::<_, Entity>(caller, action::Update, id.uuid()).await?;
        drop(scope);
        let connection = Connection::of(&row);
        let issuer = Draft::of(&row)?.map_or(row.issuer, |draft| draft.issuer);
        // No transaction is open while the network is waited for.
        let found = match self.check_provider(connection, &issuer).await {
            Ok(_) => ProviderCheck::Answers,
            Err(failure) => ProviderCheck::of(failure),
        };
        let mut scope = self.gate.open(caller, action::Update, Resource::IdentityProvider).await?;
        scope.audit(Entry {
            kind: ActKind::IdentityProviderTested,
            object_kind: Resource::IdentityProvider.as_str(),
            object_id: row.id.to_string(),
            text: ActText { object: row.name_ja, after: vec![format!("{found:?}")], ..ActText::default() },
        });
        scope.commit().await?;
        Ok(found)
    }
}

/// Once residents were sent there, who they are depends on it.
fn is_fixed(row: &Model) -> bool {
    row.active || row.first_active_at.is_some()
}

/// Every connection, in the order of the town.
async fn in_order<S: Scope>(scope: &S) -> Result<Vec<Model>, Error> {
    let rows = scope.find::<Entity>().order_by(Column::Position, Order::Asc).order_by(Column::CreatedAt, Order::Asc);
    rows.all().await
}

/// Whether a connection seals its fields to our key.
pub fn seals_fields(settings: &ProviderSettings) -> bool {
    matches!(settings.attributes, AttributesFrom::SealedUserdata(_))
}
