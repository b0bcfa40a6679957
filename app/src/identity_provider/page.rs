//! The connection's facts, and a button that asks the provider whether it is there.

use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::identity_providers::{IdentityProviderView, ProviderCheck};

use super::text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::button::{DisabledButton, SubmitButton, Weight};
use crate::components::code_block::CopyValue;
use crate::components::empty_state::EmptyState;
use crate::components::facts::{Fact, Facts};
use crate::components::form::Form as PageForm;
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};
use crate::text::dot;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let town = console.town();
    let provider = console.service().identity_provider(&town.caller, &town.tenant).await?;
    let words = Words::of(console.locale);
    let Some(provider) = provider else {
        let empty = move || view! { <EmptyState title=words.none_title text=words.none_text/> };
        return Ok(ConsolePage::new(Area::IdentityProvider, words.title, empty).lead(words.lead));
    };
    let active = provider.active;
    let page = ConsolePage::new(Area::IdentityProvider, words.title, move || body(&console, provider));
    Ok(page.lead(words.lead).mark(move || {
        let (mark, word) = if active { (Mark::Live, words.in_use) } else { (Mark::Paused, words.not_in_use) };
        view! { <Badge mark word/> }
    }))
}

pub(super) async fn submit(console: Console, _form: Form) -> Result<Answer<ConsolePage>, Error> {
    let words = Words::of(console.locale);
    let flash = match console.service().test_identity_provider(&console.town().caller).await? {
        ProviderCheck::Answers => Flash::success(words.answers),
        ProviderCheck::Silent => Flash::error(words.silent),
        ProviderCheck::Unusable => Flash::error(words.unusable),
    };
    Ok(Answer::to(paths::console_identity_provider(&console.town().tenant)).saying(flash))
}

fn body(console: &Console, provider: IdentityProviderView) -> impl IntoView + use<> {
    let locale = console.locale;
    let words = Words::of(locale);
    let levels: Vec<_> = provider
        .levels
        .into_iter()
        .map(|(acr, assurance)| {
            let meaning = format!("IAL{}{}AAL{}", assurance.ial, dot(locale), assurance.aal);
            view! { <span>{meaning}" "<code>{acr}</code></span> }
        })
        .collect();
    let test = if provider.may_test {
        view! { <PageForm><SubmitButton word=words.test_now weight=Weight::Secondary/></PageForm> }.into_any()
    } else {
        view! { <DisabledButton id="test" word=words.test_now reason=words.only_admin/> }.into_any()
    };
    view! {
        <div class="stack">
            <Panel id="connection" title=provider.name.get(locale).to_owned() note=words.connection_note>
                {provider.sandbox.then(|| view! { <p class="notes">{words.sandbox}</p> })}
                <Facts>
                    <Fact term=words.issuer><CopyValue value=provider.issuer/></Fact>
                    <Fact term=words.client_id><CopyValue value=provider.client_id/></Fact>
                    <Fact term=words.callback>
                        <CopyValue value=provider.callback/>
                        <small>{words.callback_note}</small>
                    </Fact>
                    <Fact term=words.scopes>
                        <code>{provider.scopes.join(" ")}</code>
                        <small>{words.scopes_note}</small>
                    </Fact>
                    <Fact term=words.levels>{levels}</Fact>
                    <Fact term=words.source>{provider.address_source.words().get(locale)}</Fact>
                    <Fact term=words.method>{words.method_value}</Fact>
                </Facts>
            </Panel>
            <Panel id="test-connection" title=words.test note=words.test_note>{test}</Panel>
        </div>
    }
}
