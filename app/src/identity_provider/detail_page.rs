//! One connection: what is in use, what is proposed beside it, and what can be done.

use domain::ids::IdentityProviderId;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::identity_providers::{Abilities, Activation, DraftView, IdentityProviderView, ProviderCheck};

use super::facts::{facts, kind_word, preset_word};
use super::list_page::{badge, contact};
use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{DisabledButton, LinkButton, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::form::{Form as PageForm, Hidden};
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    let provider = console.service().identity_provider(&console.town().caller, id).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let callback = console.service().provider_callback(&tenant, &provider);
    let words = Words::of(locale);
    let list = paths::console_identity_providers(&tenant);
    let mark = badge(&provider, words);
    let title = provider.name.get(locale).to_owned();
    let page = ConsolePage::new(Area::IdentityProvider, title, move || body(provider, callback, &tenant, locale));
    Ok(page.below(words.title, list).mark(move || mark))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    let words = Words::of(console.locale);
    let (service, town) = (console.service(), console.town());
    let here = paths::console_identity_provider(&town.tenant, id);
    let (to, flash) = match form.get("do") {
        "activate" => match service.activate_identity_provider(&town.caller, id, form.revision()).await? {
            Activation::Done => (here, Flash::success(words.activated)),
            Activation::Refused(check) => (here, Flash::error(check_words(check, words))),
        },
        "discard" => {
            service.discard_identity_provider_draft(&town.caller, id).await?;
            (paths::console_identity_providers(&town.tenant), Flash::success(words.discarded))
        }
        _ => match service.test_identity_provider(&town.caller, id).await? {
            ProviderCheck::Answers => (here, Flash::success(words.answers)),
            check => (here, Flash::error(check_words(check, words))),
        },
    };
    Ok(Answer::to(to).saying(flash))
}

const fn check_words(check: ProviderCheck, words: &'static Words) -> &'static str {
    match check {
        ProviderCheck::Answers => words.answers,
        ProviderCheck::Silent => words.silent,
        ProviderCheck::Unusable => words.unusable,
    }
}

fn body(provider: IdentityProviderView, callback: String, tenant: &TenantSlug, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let abilities = provider.abilities;
    let state = contact(&provider, locale);
    let edit = paths::console_identity_provider_edit(tenant, provider.id);
    let try_out = paths::console_identity_provider_try_out(tenant, provider.id);
    let stop = paths::console_identity_provider_stop(tenant, provider.id);
    let revision = provider.revision.to_string();
    let link = |may: bool, word: &'static str, href: String, id: &'static str, icon: Drawing| {
        if may {
            let weight = if id == "stop" { Weight::Danger } else { Weight::Secondary };
            view! { <LinkButton word href weight icon/> }.into_any()
        } else {
            view! { <DisabledButton word reason=words.only_admin id weight=Weight::Secondary/> }.into_any()
        }
    };
    let setup = (!provider.sandbox).then(|| link(abilities.change, words.change, edit, "change", Drawing::Pencil));
    let stop = provider.active.then(|| link(abilities.change, words.stop, stop, "stop", Drawing::Pause));
    let check = if abilities.change {
        view! { <PageForm><SubmitButton word=words.test_now weight=Weight::Secondary/></PageForm> }.into_any()
    } else {
        view! { <DisabledButton id="test" word=words.test_now reason=words.only_admin/> }.into_any()
    };
    let restart = (!provider.active && provider.draft.is_none())
        .then(|| activate(abilities.decide, provider.needs_other, &revision, words));
    let proposed =
        provider.draft.map(|draft| proposal(draft, callback.clone(), provider.fixed, abilities, &revision, locale));
    let in_use = provider.fixed.then(|| {
        view! {
            <Panel id="connection" title=words.set_up>
                {provider.sandbox.then(|| view! { <Banner tone=Tone::Info class="page-banner">{words.sandbox}</Banner> })}
                {facts(kind_word(provider.sandbox, provider.settings.preset, words), callback, provider.issuer, provider.client_id, &provider.settings, locale)}
            </Panel>
        }
    });
    view! {
        <div class="stack">
            {state.map(|state| view! { <p>{state}</p> })}
            {proposed}
            {in_use}
            <Panel id="acts" title=words.acts note=words.acts_note>
                <div class="cluster">
                    {link(abilities.try_out, words.try_out, try_out, "try-out", Drawing::Flask)}
                    {check}
                    {setup}
                    {stop}
                    {restart}
                </div>
            </Panel>
        </div>
    }
    .into_any()
}

/// What is proposed, and the buttons that put it into use or throw it away.
fn proposal(
    draft: DraftView,
    callback: String,
    fixed: bool,
    abilities: Abilities,
    revision: &str,
    locale: Locale,
) -> AnyView {
    let words = Words::of(locale);
    let note = if fixed { words.proposal_of_change } else { words.proposal_of_new };
    let secret = draft.new_secret.then(|| {
        view! { <Facts><Fact term=words.secret>{words.secret_replaced}</Fact></Facts> }
    });
    let put = activate(abilities.decide, draft.needs_other, revision, words);
    let discard = abilities.change.then(|| {
        view! { <PageForm><SubmitButton word=words.discard weight=Weight::Quiet name="do" value="discard"/></PageForm> }
    });
    view! {
        <Panel id="proposal" title=words.proposal note=note>
            <div class="stack stack--tight">
                <Banner tone=Tone::Info>{words.try_first}</Banner>
                {secret}
                {facts(preset_word(draft.settings.preset, words), callback, draft.issuer, draft.client_id, &draft.settings, locale)}
                <div class="cluster">{put}{discard}</div>
            </div>
        </Panel>
    }
    .into_any()
}

fn activate(may: bool, needs_other: bool, revision: &str, words: &'static Words) -> AnyView {
    if !may || needs_other {
        let reason = if needs_other { words.needs_other } else { words.only_deciders };
        return view! { <DisabledButton id="activate" word=words.activate reason/> }.into_any();
    }
    let revision = revision.to_owned();
    view! {
        <PageForm>
            <Hidden name="revision" value=revision/>
            <SubmitButton word=words.activate name="do" value="activate"/>
        </PageForm>
    }
    .into_any()
}
