//! The connection to the provider that reads the card: what it is set up as, and whether it answers at the moment.

use domain::assurance::Assurance;
use domain::ids::IdentityProviderId;
use domain::locale::Localized;
use domain::names::TenantSlug;
use domain::paths;
use domain::residency::AddressSource;
use sea_orm::Order;

use crate::Service;
use crate::audit::{Act as Entry, ActKind, ActText};
use crate::error::Error;
use crate::federation::{ProviderFailure, ProviderSettings};
use crate::gate::{Act, Caller, Resource, Scope, action};

/// The connection as a page shows it.
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
    /// The address that it sends people back to, to be registered there.
    pub callback: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Its words for its levels, and what they are worth here.
    pub levels: Vec<(String, Assurance)>,
    /// Where it has addresses from.
    pub address_source: AddressSource,
    /// Whether it is used.
    pub active: bool,
    /// Whether the caller may test it.
    pub may_test: bool,
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

impl Service {
    /// The municipality's connection, if it has one.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read it.
    pub async fn identity_provider(
        &self,
        caller: &Caller,
        slug: &TenantSlug,
    ) -> Result<Option<IdentityProviderView>, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::IdentityProvider).await?;
        let Some(row) = newest(&scope).await? else { return Ok(None) };
        let settings = ProviderSettings::parse(&row.settings)?;
        Ok(Some(IdentityProviderView {
            id: IdentityProviderId::from_uuid(row.id),
            name: Localized::composed(row.name_ja, row.name_en),
            sandbox: row.kind == "sandbox_card",
            issuer: row.issuer,
            client_id: row.client_id,
            callback: self.base_url.join(&paths::callback(slug)),
            scopes: settings.scopes.split(' ').map(str::to_owned).collect(),
            levels: settings.levels.into_iter().map(|level| (level.acr, level.assurance)).collect(),
            address_source: settings.address_source,
            active: row.active,
            may_test: caller.may(Act::Update, Resource::IdentityProvider),
        }))
    }

    /// Asks the provider for its discovery document and keys, now and not from memory. No resident is involved.
    ///
    /// # Errors
    /// [`Error::NotFound`] without a connection; [`Error::Denied`].
    pub async fn test_identity_provider(&self, caller: &Caller) -> Result<ProviderCheck, Error> {
        let row = {
            let scope = self.gate.open(caller, action::Update, Resource::IdentityProvider).await?;
            newest(&scope).await?.ok_or(Error::NotFound)?
        };
        // No transaction is open while the network is waited for.
        let found = match self.check_provider(&row.issuer).await {
            Ok(()) => ProviderCheck::Answers,
            Err(ProviderFailure::Fetch(_)) => ProviderCheck::Silent,
            Err(_) => ProviderCheck::Unusable,
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

async fn newest<S: Scope>(scope: &S) -> Result<Option<entity::identity_provider::Model>, Error> {
    use entity::identity_provider::{Column, Entity};
    scope.find::<Entity>().order_by(Column::Active, Order::Desc).order_by(Column::CreatedAt, Order::Desc).one().await
}
