//! The connections in the order in which residents choose among them.

use domain::ids::IdentityProviderId;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::federation::{Preset, ProviderContact};
use service::identity_providers::{AtProvider, IdentityProviderView, ProviderKey};

use super::facts::{kind_word, preset_word};
use super::keys_panel;
use super::text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::banner::Banner;
use crate::components::button::{DisabledButton, LinkButton, Size, SubmitButton, Weight};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Form as PageForm, Hidden};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::configuration::minute;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::text::fill;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let town = console.town();
    let providers = console.service().identity_providers(&town.caller).await?;
    let at = console.service().at_provider(&town.caller, &town.tenant).await?;
    let (locale, tenant) = (console.locale, town.tenant.clone());
    let may_add = console.may(service::gate::Act::Create, service::gate::Resource::IdentityProvider);
    let words = Words::of(locale);
    let page =
        ConsolePage::new(Area::IdentityProvider, words.title, move || body(providers, at, may_add, &tenant, locale));
    Ok(page.lead(words.lead))
}

/// One place up in the order, or a step in the change of a key.
pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    if let Some(key) = ProviderKey::of(form.get("key")) {
        return keys_panel::submit(&console, key, &form).await;
    }
    let id: IdentityProviderId = form.get("raise").parse().map_err(|_| Error::NotFound)?;
    console.service().raise_identity_provider(&console.town().caller, id).await?;
    let flash = Flash::success(Words::of(console.locale).raised);
    Ok(Answer::to(paths::console_identity_providers(&console.town().tenant)).saying(flash))
}

fn body(
    providers: Vec<IdentityProviderView>,
    at: AtProvider,
    may_add: bool,
    tenant: &TenantSlug,
    locale: Locale,
) -> AnyView {
    let words = Words::of(locale);
    let silent: Vec<String> = providers
        .iter()
        .filter(|provider| provider.active && provider.contact == Some(ProviderContact::Failed))
        .map(|provider| provider.name.get(locale).to_owned())
        .collect();
    let notice = (!silent.is_empty()).then(|| {
        let text = fill(words.outage, &[("names", &silent.join(if locale == Locale::Ja { "、" } else { ", " }))]);
        view! { <Banner tone=Tone::Warning title=words.outage_title>{text}</Banner> }
    });
    let list = if providers.is_empty() {
        view! { <EmptyState title=words.none_title text=words.none_text/> }.into_any()
    } else {
        let rows: Vec<_> =
            providers.iter().enumerate().map(|(at, provider)| row(provider, at, tenant, locale)).collect();
        view! { <ol class="checks">{rows}</ol> }.into_any()
    };
    let add: Vec<_> = Preset::ALL
        .into_iter()
        .map(|preset| {
            let word = fill(words.add, &[("kind", preset_word(preset, words))]);
            if may_add {
                let href = format!("{}?preset={}", paths::console_identity_provider_new(tenant), preset.as_str());
                view! { <LinkButton word href weight=Weight::Secondary icon=Drawing::Plus/> }.into_any()
            } else {
                let id = format!("add-{}", preset.as_str());
                view! { <DisabledButton word reason=words.only_admin id weight=Weight::Secondary/> }.into_any()
            }
        })
        .collect();
    view! {
        <div class="stack">
            {notice}
            <Panel id="connections" title=words.connections note=words.connections_note>{list}</Panel>
            <Panel id="add" title=words.add_title note=words.add_note><div class="cluster">{add}</div></Panel>
            <Panel id="registered" title=words.register_title note=words.register_note>{keys_panel::registered(at, words)}</Panel>
        </div>
    }
    .into_any()
}

/// In use, stopped, or not yet in use.
pub(super) fn badge(provider: &IdentityProviderView, words: &'static Words) -> AnyView {
    let (mark, word) = match (provider.active, provider.fixed) {
        (true, _) => (Mark::Live, words.in_use),
        (false, true) => (Mark::Paused, words.not_in_use),
        (false, false) => (Mark::Draft, words.proposed),
    };
    view! { <Badge mark word/> }.into_any()
}

/// How the last contact ended, and since when it does not answer, or when it last did not; none for one that nobody is sent to.
pub(super) fn contact(provider: &IdentityProviderView, locale: Locale) -> Option<AnyView> {
    let words = Words::of(locale);
    let (drawing, class, word) = match provider.contact.filter(|_| provider.active)? {
        ProviderContact::Answered => (Drawing::Done, "icon--success", words.contact_fine),
        ProviderContact::Failed => (Drawing::Warning, "icon--warning", words.contact_failed),
    };
    let outage = provider.outage.map(|outage| {
        let (template, until) = match outage.ended_at {
            None => (words.outage_goes_on, outage.last_seen),
            Some(ended) => (words.outage_over, ended),
        };
        let text = fill(template, &[("since", &minute(outage.since, locale)), ("until", &minute(until, locale))]);
        view! { <br/><small class="muted">{text}</small> }
    });
    Some(view! { <Icon of=drawing class/>" "{word}{outage} }.into_any())
}

fn row(provider: &IdentityProviderView, at: usize, tenant: &TenantSlug, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let name = provider.name.get(locale).to_owned();
    let href = paths::console_identity_provider(tenant, provider.id);
    let pending =
        (provider.fixed && provider.draft.is_some()).then(|| view! { <Badge mark=Mark::Waiting word=words.changed/> });
    let kind = kind_word(provider.sandbox, provider.settings.preset, words);
    let raise = (at > 0 && provider.abilities.change).then(|| {
        let (object, id) = (name.clone(), provider.id.to_string());
        view! {
            <PageForm>
                <Hidden name="raise" value=id/>
                <SubmitButton word=words.raise object weight=Weight::Quiet size=Size::S/>
            </PageForm>
        }
    });
    let (badge, contact) = (badge(provider, words), contact(provider, locale));
    view! {
        <li class="checks__item">
            <Icon of=Drawing::Card/>
            <div>
                <p class="checks__title cluster"><a href=href>{name}</a>{badge}{pending}</p>
                <p class="checks__text muted">{kind}</p>
                {contact.map(|contact| view! { <p class="checks__text">{contact}</p> })}
            </div>
            {raise}
        </li>
    }
    .into_any()
}
