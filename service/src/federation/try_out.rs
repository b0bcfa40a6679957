//! Trying a connection out: a clerk goes to the provider and sees how what it says was read, before residents are sent there or
//! after its settings changed. What is set up anew is tried, where something is; nothing about the person is written; that
//! somebody tried is an act of staff and stands in the audit trail.

use domain::assurance::{Assurance, Method};
use domain::attributes::{Item, Items};
use domain::calendar::{Month, iso_date};
use domain::ids::{FlowId, IdentityProviderId};
use domain::locale::{Locale, Localized};
use domain::names::TenantSlug;
use domain::paths;
use domain::residency::AddressSource;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::callback::AwayAt;
use super::determine;
use super::flow::{Ending, Flow, Kind, Stage};
use super::provider::{Provider, ProviderFailure};
use super::published::Published;
use super::tried::{Tried, TriedPlace, TriedRead, TryOutFailure};
use super::views::SecretClaim;
use super::{Browser, Step};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::Error;
use crate::gate::{self, Caller, Resource, Scope, action};
use crate::identity_providers::Draft;

/// The page of a connection that is tried out, before and after.
pub struct TryOutPage {
    /// Its name.
    pub provider: Localized,
    /// What is set up anew is tried, and is not in use yet.
    pub draft: bool,
    /// How far it is.
    pub standing: TryOutStanding,
    /// Origins that `form-action` needs beside `'self'`: the provider's.
    pub form_origins: Vec<String>,
}

/// How far trying out is.
pub enum TryOutStanding {
    /// It was not begun.
    Ready,
    /// Something came and was read.
    Read(Box<TryOutView>),
    /// Nothing could be read.
    Failed(TryOutFailure),
    /// The browser has no such flow any more: half an hour is over, or more than three sign-ins were begun.
    Gone,
}

/// What came from the provider, as it was read. The values are the clerk's own.
pub struct TryOutView {
    /// The level.
    pub assurance: Assurance,
    /// How the person proved to be there.
    pub method: Method,
    /// Where the provider has the address from, as the connection says.
    pub source: AddressSource,
    /// As of which month.
    pub verified: Option<Month>,
    /// Something came in a form that could not be read, or was too long.
    pub incomplete: bool,
    /// A field was sealed to the key that is to be removed: the provider does not use the next one yet.
    pub former_key: bool,
    /// The items that came, each with its value as it was understood, in words of the page.
    pub found: Vec<(Item, SecretClaim)>,
    /// The items that did not.
    pub missing: Vec<Item>,
    /// Where the address lies.
    pub place: TriedPlace,
}

impl Service {
    /// Begins a sign-in at a connection, in use or not.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a connection, or to those who may not try it.
    pub async fn begin_try_out(
        &self,
        caller: &Caller,
        slug: &TenantSlug,
        id: IdentityProviderId,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let published = self.published_to(caller, slug).await?;
        let provider = self.connection_to_try(&published, id).await?.ok_or(Error::NotFound)?;
        let mut scope = self.gate.open(caller, action::Create, Resource::TestSignIn).await?;
        scope.audit(Act {
            kind: ActKind::IdentityProviderTried,
            object_kind: Resource::IdentityProvider.as_str(),
            object_id: id.to_string(),
            text: ActText { object: provider.name.get(Locale::Ja).to_owned(), ..ActText::default() },
        });
        scope.commit().await?;
        let flow = self.new_flow(Kind::TryOut(id), browser, None)?;
        self.send_to_provider(&published, &provider, flow, browser).await
    }

    /// The page, or after it where `flow` names a flow that this browser has.
    ///
    /// # Errors
    /// As [`Service::begin_try_out`].
    pub async fn try_out_page(
        &self,
        caller: &Caller,
        slug: &TenantSlug,
        id: IdentityProviderId,
        flow: Option<FlowId>,
        browser: &Browser,
    ) -> Result<TryOutPage, Error> {
        caller.require(gate::Act::Create, Resource::TestSignIn)?;
        let published = self.published_to(caller, slug).await?;
        let (provider, draft) = self.connection(&published, id).await?.ok_or(Error::NotFound)?;
        let standing = match flow {
            None => TryOutStanding::Ready,
            Some(flow) => match self.open_flow(&published, browser, flow).await? {
                Some(flow) if matches!(flow.kind, Kind::TryOut(of) if of == id) => standing(flow.stage, browser.locale),
                _ => TryOutStanding::Gone,
            },
        };
        let mut form_origins: Vec<String> = provider.origins().collect();
        // The provider may have its authorization endpoint elsewhere; a form's policy names where it leads.
        if let Ok(metadata) = self.provider_metadata(&provider).await {
            form_origins.push(metadata.authorization_endpoint.origin().ascii_serialization());
        }
        form_origins.dedup();
        Ok(TryOutPage { provider: provider.name, draft, standing, form_origins })
    }

    /// The connection with what is set up anew, where something is.
    pub(super) async fn connection_to_try(
        &self,
        published: &Published,
        id: IdentityProviderId,
    ) -> Result<Option<Provider>, Error> {
        Ok(self.connection(published, id).await?.map(|(provider, _)| provider))
    }

    async fn connection(
        &self,
        published: &Published,
        id: IdentityProviderId,
    ) -> Result<Option<(Provider, bool)>, Error> {
        use entity::identity_provider::{Column, Entity};
        use sea_orm::ColumnTrait;
        let caller = self.sign_in(published);
        let scope = self.gate.glance(&caller, Resource::IdentityProvider).await?;
        let Some(row) = scope.find::<Entity>().filter(Column::Id.eq(id.uuid())).one().await? else { return Ok(None) };
        drop(scope);
        let draft = Draft::of(&row)?;
        let mut provider = Provider::of(row)?;
        let drafted = draft.is_some();
        if let Some(draft) = draft {
            provider = Provider {
                name: draft.name,
                issuer: draft.issuer,
                client_id: draft.client_id,
                settings: draft.settings,
                ..provider
            };
        }
        Ok(Some((provider, drafted)))
    }

    /// What came back from the provider is read and shown; nobody is looked up.
    pub(super) async fn take_try_out(
        &self,
        published: &Published,
        provider: &Provider,
        flow: Flow,
        browser: &Browser,
        away: &AwayAt,
        code: &SecretString,
    ) -> Result<Step, Error> {
        let tried = match self.read_tried(published, provider, &flow, away, code).await {
            Ok(read) => Tried::Read(Box::new(read)),
            Err(failure) => Tried::failed(failure),
        };
        self.show_tried(published, flow, browser, tried).await
    }

    async fn read_tried(
        &self,
        published: &Published,
        provider: &Provider,
        flow: &Flow,
        away: &AwayAt,
        code: &SecretString,
    ) -> Result<TriedRead, ProviderFailure> {
        let attested = self.attest(published, provider, flow, away, code).await?;
        let given = attested.upstream.address.as_ref().filter(|_| attested.upstream.attributes.address().is_some());
        Ok(TriedRead {
            assurance: attested.level.assurance,
            method: attested.level.method,
            source: provider.settings.address_source,
            verified: attested.verified,
            incomplete: attested.upstream.incomplete,
            former_key: attested.upstream.former_key,
            place: TriedPlace::of(given.map(determine::resolve)),
            attributes: attested.upstream.attributes,
        })
    }

    pub(super) async fn show_tried(
        &self,
        published: &Published,
        mut flow: Flow,
        browser: &Browser,
        tried: Tried,
    ) -> Result<Step, Error> {
        flow.stage = Stage::Tried(Box::new(tried));
        self.show(published, &flow, browser).await
    }
}

impl Tried {
    pub(super) fn failed(failure: ProviderFailure) -> Self {
        Self::Failed(failure.into())
    }
}

/// Where it goes on: its own page in the console, with the flow that it is about.
pub(super) fn place(slug: &TenantSlug, provider: IdentityProviderId, flow: FlowId) -> String {
    format!("{}?flow={flow}", paths::console_identity_provider_try_out(slug, provider))
}

fn standing(stage: Stage, locale: Locale) -> TryOutStanding {
    match stage {
        Stage::Tried(tried) => match *tried {
            Tried::Read(read) => TryOutStanding::Read(Box::new(view(*read, locale))),
            Tried::Failed(failure) => TryOutStanding::Failed(failure),
        },
        Stage::Ended(Ending::ProviderFailed) => TryOutStanding::Failed(TryOutFailure::RequestRefused),
        Stage::Ended(_) | Stage::Held(..) | Stage::Away { .. } => TryOutStanding::Failed(TryOutFailure::Declined),
        Stage::Arrived | Stage::Choosing { .. } | Stage::Known(_) | Stage::Other(..) | Stage::Carded(_) => {
            TryOutStanding::Gone
        }
    }
}

fn view(read: TriedRead, locale: Locale) -> TryOutView {
    let attributes = &read.attributes;
    let value = |item: Item| {
        let text = match item {
            Item::Name => attributes.name().map(str::to_owned),
            Item::Address => attributes.address().map(str::to_owned),
            Item::Birthdate => attributes.birthdate().map(iso_date),
            Item::Gender => attributes.gender().map(|gender| gender.words().get(locale).to_owned()),
            _ => None,
        };
        text.map(|text| (item, Zeroizing::new(text)))
    };
    let asked: [Item; 4] = [Item::Name, Item::Address, Item::Birthdate, Item::Gender];
    let there: Items = attributes.items();
    TryOutView {
        assurance: read.assurance,
        method: read.method,
        source: read.source,
        verified: read.verified,
        incomplete: read.incomplete,
        former_key: read.former_key,
        found: asked.into_iter().filter_map(value).collect(),
        missing: asked.into_iter().filter(|item| !there.contains(*item)).collect(),
        place: read.place,
    }
}
