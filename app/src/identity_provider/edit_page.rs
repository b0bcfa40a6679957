//! Setting a connection up: a new one from one of the presets, or one that is there. What is saved is proposed, not in use.

use domain::ids::IdentityProviderId;
use domain::locale::Locale;
use domain::paths;
use leptos::prelude::*;
use secrecy::SecretString;
use service::Error;
use service::federation::Preset;
use service::identity_providers::{IdentityProviderView, ProviderForm};

use super::facts::preset_word;
use super::fields;
use super::text::Words;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};
use crate::text::fill;

pub(super) async fn show_new(console: Console) -> Result<ConsolePage, Error> {
    let preset = Preset::of(console.query("preset")).ok_or(Error::NotFound)?;
    let (locale, words) = (console.locale, Words::of(console.locale));
    let list = paths::console_identity_providers(&console.town().tenant);
    let back = list.clone();
    let title = fill(words.add, &[("kind", preset_word(preset, words))]);
    let form = ProviderForm::of_preset(preset);
    let callback = console.service().new_provider_callback(&console.town().tenant)?;
    let page = ConsolePage::new(Area::IdentityProvider, title, move || editor(&form, None, callback, back, locale));
    Ok(page.below(words.title, list).lead(words.edit_lead))
}

pub(super) async fn submit_new(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    save(&console, None, &form).await
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    let (form, provider) = console.service().identity_provider_form(&console.town().caller, id).await?;
    let (locale, words) = (console.locale, Words::of(console.locale));
    let tenant = &console.town().tenant;
    let (list, back) = (paths::console_identity_providers(tenant), paths::console_identity_provider(tenant, id));
    let (name, above) = (provider.name.get(locale).to_owned(), back.clone());
    let title = fill(words.edit_title, &[("name", &name)]);
    let callback = console.service().provider_callback(tenant, &provider);
    let editor = move || editor(&form, Some(provider), callback, back, locale);
    let page = ConsolePage::new(Area::IdentityProvider, title, editor);
    Ok(page.below(words.title, list).below(name, above).lead(words.edit_lead))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    save(&console, Some((id, form.revision())), &form).await
}

async fn save(
    console: &Console,
    of: Option<(IdentityProviderId, i64)>,
    form: &Form,
) -> Result<Answer<ConsolePage>, Error> {
    let secret = SecretString::from(form.get("secret").to_owned());
    let typed: ProviderForm = form.iter().filter(|(name, _)| *name != "secret").collect();
    let id = console.service().draft_identity_provider(&console.town().caller, of, &typed, &secret).await?;
    let flash = Flash::success(Words::of(console.locale).saved);
    Ok(Answer::to(paths::console_identity_provider(&console.town().tenant, id)).saying(flash))
}

fn editor(
    form: &ProviderForm,
    provider: Option<IdentityProviderView>,
    callback: String,
    back: String,
    locale: Locale,
) -> AnyView {
    let words = Words::of(locale);
    let fixed = provider.as_ref().is_some_and(|provider| provider.fixed);
    let known_secret = provider.as_ref().is_some_and(|provider| {
        let settings = provider.draft.as_ref().map_or(&provider.settings, |draft| &draft.settings);
        settings.authentication.secret().is_some()
    });
    let revision = provider.map(|provider| provider.revision.to_string());
    let fields = fields::fields(form, callback, fixed, known_secret, locale);
    view! {
        <PageForm class="form--page">
            {revision.map(|revision| view! { <Hidden name="revision" value=revision/> })}
            {fields}
            <FormActions>
                <SubmitButton word=words.save size=Size::M/>
                <LinkButton word=words.cancel href=back weight=Weight::Quiet size=Size::M/>
            </FormActions>
        </PageForm>
    }
    .into_any()
}
