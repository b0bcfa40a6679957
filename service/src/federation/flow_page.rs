//! What the pages of a flow show.

use domain::attributes::{Delivery, Item};
use domain::calendar;
use domain::configuration::SubjectType;
use domain::consent;
use domain::ids::{FlowId, ResidentId};
use domain::locale::{Locale, Localized};
use domain::municipality::MunicipalityTable;
use domain::names::TenantSlug;
use domain::residency;
use oidc::provider::authorize::Prompt;
use time::OffsetDateTime;

use super::decide::parts;
use super::finish::{agreement_asked, items_asked, offline_asked, residency_asked, response, verified_at_asked};
use super::flow::{Asked, Determined, Ending, Flow, Kind, Stage};
use super::provider::Provider;
use super::published::{Party, Published, Rule, Text};
use super::recognise::determined;
use super::send::place;
use super::views::{ClauseView, ConsentView, DeskView, EndedView, EndsSoonView, FlowPage};
use super::{Browser, Stop, choose, desk, passkey_sign_in, store};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, action};

impl Service {
    /// The page on which a flow stands: consent or outcome. The view says which, also where the browser
    /// asked for the other one.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn flow_page(&self, slug: &TenantSlug, id: FlowId, browser: &Browser) -> Result<FlowPage, Error> {
        let published = self.published(slug).await?;
        let Some(flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(FlowPage::Stop(Stop::FlowGone));
        };
        if flow.answered {
            return Ok(FlowPage::Stop(Stop::AlreadyDone));
        }
        match (&flow.stage, &flow.kind) {
            _ if flow.offers_passkey => self.passkey_offer_view(&published, &flow, browser).await,
            (Stage::Choosing { passkey }, _) => self.sign_in_view(&published, &flow, *passkey).await,
            // A clerk's test is the console's to show.
            (Stage::Other(..) | Stage::Carded(_), Kind::Merge(_)) | (_, Kind::Test(_) | Kind::TryOut(_)) => {
                Ok(FlowPage::To(place(&published, &flow)))
            }
            (Stage::Ended(ending) | Stage::Held(ending, _), _) => {
                Ok(FlowPage::Ended(Box::new(ended_view(&published, &flow, *ending))))
            }
            (Stage::Carded(_) | Stage::Known(_), Kind::Service(asked)) => {
                self.consent_to_service(&published, &flow, asked, browser).await
            }
            (Stage::Carded(carded), Kind::TownPage) => {
                let begins = self.begins_session(&published, carded.person.found(), browser).await?;
                Ok(consent_to_town(&published, &flow, begins))
            }
            // The browser came back from the provider by its history: the request goes there once more.
            (Stage::Away { .. }, _) => {
                Ok(FlowPage::Ended(Box::new(ended_view(&published, &flow, Ending::ProviderDeclined))))
            }
            (Stage::Arrived, _) => Ok(FlowPage::To(format!("{}?flow={}", domain::paths::authorize(slug), flow.id))),
            (Stage::Known(_) | Stage::Other(..) | Stage::Tried(_), _) => Ok(FlowPage::To(place(&published, &flow))),
        }
    }

    async fn consent_to_service(
        &self,
        published: &Published,
        flow: &Flow,
        asked: &Asked,
        browser: &Browser,
    ) -> Result<FlowPage, Error> {
        let Some((party, _, text)) = parts(published, asked) else { return Ok(FlowPage::Stop(Stop::NotSetUp)) };
        if party.suspended {
            return Ok(FlowPage::Stop(Stop::Suspended));
        }
        let resident = match &flow.stage {
            Stage::Known(resident) => Some(*resident),
            Stage::Carded(carded) => carded.person.found(),
            _ => None,
        };
        let existing = match resident {
            None => None,
            Some(resident) => {
                let caller = self.sign_in(published);
                let scope = self.gate.open(&caller, action::Read, Resource::ConsentGrant).await?;
                let row = store::find_grant(&scope, resident, Some(party.id)).await?;
                row.map(|row| store::existing_under(&row, text.id)).transpose()?
            }
        };
        let items = items_asked(party, asked);
        let prompt_consent = asked.prompt.contains(Prompt::Consent);
        let of = |delivery| {
            consent::items_by_delivery(&party.content.items, delivery).filter(|item| items.contains(*item)).collect()
        };
        let due =
            consent::consent_due(existing.as_ref(), text.version(), agreement_asked(party, asked), prompt_consent);
        if let (consent::ConsentDue::None, Stage::Carded(carded)) = (due, &flow.stage)
            && let Some(term) = determined(published, &flow.kind, carded).and_then(Determined::eligible)
        {
            return Ok(FlowPage::EndsSoon(Box::new(EndsSoonView {
                town: published.town_view(),
                service: party.view(),
                until: term.expires,
                contact: text.content.contact.clone(),
                locale: flow.locale,
                form_origins: origins(published, flow),
            })));
        }
        let begins = self.begins_session(published, resident, browser).await?;
        let linked = text.content.linked.iter().filter_map(|id| published.party(*id));
        let view = ConsentView {
            due,
            once: of(Delivery::Once),
            every_time: of(Delivery::EveryTime),
            withheld: Item::ATTRIBUTES.into_iter().filter(|item| !items.contains(*item)).collect(),
            residency: residency_asked(party, asked),
            verified_at: verified_at_asked(party, asked),
            offline: offline_asked(party, asked),
            linked: linked.map(|party| party.content.name.clone()).collect(),
            of_sector: party.subject_type == SubjectType::Pairwise,
            service: Some(party.view()),
            form_origins: origins(published, flow),
            ..consent_view(published, flow, text, begins)
        };
        Ok(FlowPage::Consent(Box::new(view)))
    }

    /// Whether a consent begins a session: the one that is open here, if any, is somebody else's.
    async fn begins_session(
        &self,
        published: &Published,
        resident: Option<ResidentId>,
        browser: &Browser,
    ) -> Result<bool, Error> {
        let Some(resident) = resident else { return Ok(true) };
        Ok(self.session_of(published, browser, resident).await?.is_none())
    }
}

fn consent_view(published: &Published, flow: &Flow, text: &Text, may_keep_session: bool) -> ConsentView {
    let published_at = OffsetDateTime::from_unix_timestamp(text.published_at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    ConsentView {
        town: published.town_view(),
        service: None,
        text: text.content.clone(),
        shown: text.shown(),
        text_published_on: calendar::tokyo_date(published_at),
        due: consent::ConsentDue::FirstTime,
        once: Vec::new(),
        every_time: Vec::new(),
        withheld: Item::ATTRIBUTES.to_vec(),
        residency: true,
        verified_at: false,
        offline: false,
        linked: Vec::new(),
        of_sector: false,
        may_keep_session,
        locale: flow.locale,
        form_origins: Vec::new(),
    }
}

fn consent_to_town(published: &Published, flow: &Flow, begins_session: bool) -> FlowPage {
    match published.town_page() {
        Some((.., text)) => FlowPage::Consent(Box::new(consent_view(published, flow, text, begins_session))),
        None => FlowPage::Stop(Stop::NotSetUp),
    }
}

fn ended_view(published: &Published, flow: &Flow, ending: Ending) -> EndedView {
    let party = flow.party().and_then(|id| published.party(id));
    let rule = match (&flow.kind, party) {
        (Kind::TownPage, _) => published.town_page().map(|(_, rule, _)| rule),
        (_, Some(party)) => published.rule(party.content.rule).map(|(_, rule)| rule),
        (_, None) => None,
    };
    let contact =
        party.and_then(|party| published.text(party.content.consent_text)).map(|text| text.content.contact.clone());
    EndedView {
        town: published.town_view(),
        service: party.map(Party::view),
        ending,
        can_retry: ending.can_retry(),
        others: choose::several(published, &flow.kind),
        may_use_passkey: passkey_sign_in::offers_passkey(published, flow),
        would_do: match &flow.stage {
            Stage::Held(_, carded) => determined(published, &flow.kind, carded).map(|found| found.would_do),
            _ => None,
        }
        .unwrap_or_default(),
        desk: desk_view(published, flow),
        rule: rule.map(|rule| who(published, rule)),
        clauses: rule.map(|rule| clauses(published, rule)).unwrap_or_default(),
        contact,
        locale: flow.locale,
        form_origins: origins(published, flow),
    }
}

/// What the page says about the desk.
fn desk_view(published: &Published, flow: &Flow) -> DeskView {
    match (desk::offered(published, flow), &flow.desk) {
        (None, _) => DeskView::None,
        (Some(_), None) => DeskView::Offered,
        (Some(_), Some(given)) => DeskView::Given {
            code: given.code.to_string(),
            until: OffsetDateTime::from_unix_timestamp(given.expires_at).unwrap_or(OffsetDateTime::UNIX_EPOCH),
        },
    }
}

/// The clauses that let somebody in, where nothing else is asked and nobody is excluded.
fn clauses(published: &Published, rule: &Rule) -> Vec<ClauseView> {
    let rule = &rule.content.rule;
    let parts = rule.clauses();
    if !parts.everyone.is_empty() || !parts.excludes.is_empty() {
        return Vec::new();
    }
    let people = |locale| residency::people(rule, published.code, MunicipalityTable::japan(), locale).admits;
    let both = people(Locale::Ja).into_iter().zip(people(Locale::En));
    let view = |((ja, en), condition): ((String, String), &&residency::Condition)| ClauseView {
        people: Localized::composed(ja, en),
        asks_for_tie: !condition.kinds_named().is_empty(),
    };
    both.zip(&parts.admits).map(view).collect()
}

/// Who is eligible under a rule, as a sentence: the first of its description, without term and evidence.
fn who(published: &Published, rule: &Rule) -> Localized {
    let table = MunicipalityTable::japan();
    let sentence = |locale| {
        residency::lines(&rule.content.rule, published.code, table, locale).into_iter().next().unwrap_or_default()
    };
    Localized::composed(sentence(Locale::Ja), sentence(Locale::En))
}

/// Where the forms of a flow's pages may end: Chromium holds `form-action` against every redirect that follows a POST.
pub(super) fn origins(published: &Published, flow: &Flow) -> Vec<String> {
    let mut origins = Vec::new();
    if let Kind::Service(asked) = &flow.kind
        && let Some(party) = published.party(asked.party)
        && response(published, party, asked).is_some()
        && let Some(uri) = party.content.redirect_uris.get(usize::from(asked.redirect_uri))
    {
        origins.extend(uri.form_origin(asked.port));
    }
    origins.extend(published.provider_origins());
    origins.dedup();
    origins
}

impl Published {
    /// The origins of the town's identity providers, to which the button of its page leads.
    pub(super) fn provider_origins(&self) -> Vec<String> {
        let mut origins: Vec<String> = self.providers.iter().flat_map(Provider::origins).collect();
        origins.sort_unstable();
        origins.dedup();
        origins
    }
}
