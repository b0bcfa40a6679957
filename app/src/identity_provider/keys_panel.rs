//! What providers are told about us, and the two steps in which a key changes that they know.

use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::identity_providers::{AtProvider, NextKey, ProviderKey, ProviderKeyView};

use super::text::Words;
use crate::components::button::{DisabledButton, Size, SubmitButton, Weight};
use crate::components::code_block::CopyValue;
use crate::components::facts::{Fact, Facts};
use crate::components::field::Checkbox;
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::console::{Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};

/// The box that says that providers were told; the page has one for each key.
fn told(key: ProviderKey) -> String {
    format!("told.{}", key.as_str())
}

pub(super) async fn submit(console: &Console, key: ProviderKey, form: &Form) -> Result<Answer<ConsolePage>, Error> {
    let (words, town) = (Words::of(console.locale), console.town());
    let flash = match form.get("do") {
        // Nothing was typed that could be lost, and the page has other forms above this one.
        "remove" if !form.has(&told(key)) => Flash::error(words.key_told_first),
        "remove" => {
            console.service().remove_former_provider_key(&town.caller, key, form.get("next")).await?;
            Flash::success(words.former_removed)
        }
        "discard" => {
            console.service().discard_next_provider_key(&town.caller, key, form.get("next")).await?;
            Flash::success(words.next_discarded)
        }
        _ => {
            console.service().make_next_provider_key(&town.caller, key).await?;
            Flash::success(words.next_made)
        }
    };
    Ok(Answer::to(paths::console_identity_providers(&town.tenant)).saying(flash))
}

pub(super) fn registered(at: AtProvider, words: &'static Words) -> AnyView {
    let keys: Vec<_> = at.keys.into_iter().map(|view| key(view, words)).collect();
    view! {
        <Facts>
            <Fact term=words.key_set><CopyValue value=at.key_set/><small>{words.key_set_note}</small></Fact>
            {keys}
        </Facts>
    }
    .into_any()
}

fn key(view: ProviderKeyView, words: &'static Words) -> AnyView {
    let (term, note) = match view.key {
        ProviderKey::Assertion => (words.assertion_key, words.assertion_key_note),
        ProviderKey::Fields => (words.field_key, words.field_key_note),
    };
    let make = view.next.is_none().then(|| {
        if !view.may_make {
            let id = format!("make-{}", view.key.as_str());
            return view! { <DisabledButton word=words.make_next reason=words.only_admin id/> }.into_any();
        }
        view! {
            <PageForm class="form--tight">
                <Hidden name="key" value=view.key.as_str()/>
                <FormActions><SubmitButton word=words.make_next object=term weight=Weight::Secondary size=Size::S/></FormActions>
            </PageForm>
        }
        .into_any()
    });
    let next = view.next.map(|next| next_key(view.key, next, words));
    view! {
        <Fact term=term><div class="stack stack--tight"><div><CopyValue value=view.public/><small>{note}</small></div>{make}</div></Fact>
        {next}
    }
    .into_any()
}

fn next_key(key: ProviderKey, next: NextKey, words: &'static Words) -> AnyView {
    let note = match key {
        ProviderKey::Assertion => words.next_assertion_note,
        ProviderKey::Fields => words.next_field_note,
    };
    let object = format!("{} ({})", words.next_key, key.as_str());
    // Each form says again which key it is about.
    let [removed, discarded] = [next.public.clone(), next.public.clone()];
    let remove = if next.may_decide && !next.needs_other {
        view! {
            <PageForm class="form--tight">
                <Hidden name="key" value=key.as_str()/>
                <Hidden name="next" value=removed/>
                <Checkbox name=told(key) label=words.key_told help=words.key_told_help/>
                <FormActions>
                    <SubmitButton word=words.remove_former object=key.as_str() weight=Weight::Danger size=Size::S name="do" value="remove"/>
                </FormActions>
            </PageForm>
        }
        .into_any()
    } else {
        let reason = if next.needs_other { words.key_needs_other } else { words.key_only_deciders };
        view! { <DisabledButton word=words.remove_former reason id=format!("remove-{}", key.as_str())/> }.into_any()
    };
    let discard = if next.may_discard {
        view! {
            <PageForm class="form--tight">
                <Hidden name="key" value=key.as_str()/>
                <Hidden name="next" value=discarded/>
                <small>{words.discard_next_note}</small>
                <FormActions>
                    <SubmitButton word=words.discard_next object=key.as_str() weight=Weight::Quiet size=Size::S name="do" value="discard"/>
                </FormActions>
            </PageForm>
        }
        .into_any()
    } else {
        view! { <DisabledButton word=words.discard_next reason=words.only_admin id=format!("discard-{}", key.as_str())/> }
            .into_any()
    };
    view! {
        <Fact term=object>
            <div class="stack stack--tight">
                <div><CopyValue value=next.public/><small>{note}</small></div>
                {remove}{discard}
            </div>
        </Fact>
    }
    .into_any()
}
