//! Which identity provider: the one that the town has, or the choice among several, in the town's order. One that cannot attest
//! what the service asks for is not offered.

use domain::assurance::Assurance;
use domain::ids::{FlowId, IdentityProviderId};
use domain::locale::Localized;
use domain::names::TenantSlug;

use super::decide::reaches;
use super::flow::{Ending, Flow, Kind, LevelAsked, Stage};
use super::provider::Provider;
use super::provider_cache::ProviderContact;
use super::published::Published;
use super::send::place;
use super::{Browser, Cookies, Go, Step, Stop};
use crate::Service;
use crate::error::Error;

/// One of several identity providers, as the page offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderChoice {
    /// Which.
    pub id: IdentityProviderId,
    /// Its name.
    pub name: Localized,
    /// The town's words for its button; none where the name stands on it.
    pub button: Option<Localized>,
    /// It did not answer the last time that it was asked.
    pub silent: bool,
}

impl Service {
    /// To the identity provider, or to the page on which one is chosen where several would do.
    pub(super) async fn send_to_card(
        &self,
        published: &Published,
        mut flow: Flow,
        browser: &Browser,
    ) -> Result<Step, Error> {
        match offered(published, &flow.kind).as_slice() {
            [] if published.providers.is_empty() => Ok(Step::stop(Stop::NotSetUp)),
            [] => self.end(published, flow, browser, Ending::TooWeak).await,
            [only] => self.send_to_provider(published, only, flow, browser).await,
            _ => {
                flow.stage = Stage::Choosing { passkey: false };
                self.show(published, &flow, browser).await
            }
        }
    }

    /// From the page of the choice to a provider; to the only one, where none is named.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn choose_provider(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        chosen: Option<IdentityProviderId>,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Some(flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        // Also whoever came back from a provider by the browser's history, to try another one.
        if !matches!(flow.stage, Stage::Choosing { .. } | Stage::Away { .. }) {
            return Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() });
        }
        let named = offered(&published, &flow.kind).into_iter().find(|provider| Some(provider.id) == chosen);
        match named {
            Some(provider) => self.send_to_provider(&published, provider, flow, browser).await,
            // The town took it out of use meanwhile: the page says what is left.
            None => self.send_to_card(&published, flow, browser).await,
        }
    }

    /// The providers that a page offers.
    pub(super) fn choices(&self, published: &Published, kind: &Kind) -> Vec<ProviderChoice> {
        let choice = |provider: &Provider| ProviderChoice {
            id: provider.id,
            name: provider.name.clone(),
            button: provider.settings.button.clone(),
            silent: self.providers.contact(provider.connection()) == Some(ProviderContact::Failed),
        };
        offered(published, kind).into_iter().map(choice).collect()
    }
}

/// The providers that may do for a sign-in, in the town's order: where some attest what it would like, no others.
fn offered<'p>(published: &'p Published, kind: &Kind) -> Vec<&'p Provider> {
    let sought = sought(published, kind);
    published.providers.iter().filter(|provider| provider.settings.attests(&sought)).collect()
}

/// What a provider is asked for: enough, and as strong as the request would like.
pub(super) fn sought<'a>(published: &'a Published, kind: &'a Kind) -> impl Fn(Assurance) -> bool + 'a {
    let wanted = wanted(published, kind);
    move |level| enough(published, kind, level) && wanted.is_none_or(|wanted| level.meets(wanted))
}

/// The level that a request would like, where one of the town's providers attests it.
pub(super) fn wanted(published: &Published, kind: &Kind) -> Option<Assurance> {
    let Kind::Service(asked) = kind else { return None };
    let LevelAsked::Wanted(wanted) = asked.level else { return None };
    let reached = |level: Assurance| level.meets(wanted) && enough(published, kind, level);
    published.providers.iter().any(|provider| provider.settings.attests(reached)).then_some(wanted)
}

/// Whether there is a choice.
pub(super) fn several(published: &Published, kind: &Kind) -> bool {
    offered(published, kind).len() > 1
}

/// Whether a level is enough for what a sign-in is for.
fn enough(published: &Published, kind: &Kind, level: Assurance) -> bool {
    match kind {
        Kind::Service(asked) => published.party(asked.party).is_none_or(|party| reaches(level, party, asked)),
        Kind::Test(party) => published.party(*party).is_none_or(|party| level.meets(party.content.minimum)),
        Kind::TownPage | Kind::Merge(_) | Kind::TryOut(_) => true,
    }
}
