//! The editor, beside the page that residents see.

use domain::configuration::{ConfigurationKind, ConsentTextForm};
use domain::ids::{ConsentTextId, RelyingPartyId};
use domain::locale::Localized;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::configuration::{ConfigurationId, Draft, Form as Content, ListFilter, ListSort};

use super::fields;
use super::preview::{self, Preview};
use super::text::Words;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::form::{Form as PageForm, FormActions};
use crate::configuration::editing::{self, SAVE, SUBMIT, THEN};
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form};
use crate::text::fill;

/// What the editor shows.
struct Editor {
    draft: Option<Draft>,
    form: ConsentTextForm,
    town_wide: Vec<(RelyingPartyId, Localized)>,
    preview: Preview,
    back: String,
}

pub(super) async fn show_new(console: Console) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    let list = paths::console_consent_texts(&console.town().tenant);
    let editor = editor(&console, None, list.clone()).await?;
    let locale = console.locale;
    let page = ConsolePage::new(Area::ConsentTexts, words.new_title, move || body(&console, editor));
    Ok(page.below(words.title, list).lead_view(move || editing::lead(None, locale)))
}

pub(super) async fn submit_new(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    if preview::asked(form.get(THEN)).is_some() {
        return show_new(editing::showing(&console, form)).await.map(Answer::Once);
    }
    let content = Content::ConsentText(fields::read(&form));
    let id = console.service().draft_configuration(&console.town().caller, &content).await?;
    Ok(editing::after(&console, id, &form))
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: ConsentTextId = console.param("consent_text")?;
    let draft = console.service().get_draft(&console.town().caller, id).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let name = draft.title.get(locale).to_owned();
    let back = paths::console_consent_text(&tenant, id);
    let lead = draft.clone();
    let editor = editor(&console, Some((id, draft)), back.clone()).await?;
    let title = fill(words.edit_title, &[("name", &name)]);
    let page = ConsolePage::new(Area::ConsentTexts, title, move || body(&console, editor));
    Ok(page
        .below(words.title, paths::console_consent_texts(&tenant))
        .below(name, back)
        .lead_view(move || editing::lead(Some(&lead), locale)))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ConsentTextId = console.param("consent_text")?;
    if preview::asked(form.get(THEN)).is_some() {
        return show(editing::showing(&console, form)).await.map(Answer::Once);
    }
    editing::save(&console, id.into(), &form, &Content::ConsentText(fields::read(&form))).await
}

async fn editor(console: &Console, draft: Option<(ConsentTextId, Draft)>, back: String) -> Result<Editor, Error> {
    let (service, caller) = (console.service(), &console.town().caller);
    let tenant = service.tenant(caller).await?;
    let filter = ListFilter { sort: ListSort::Title, descending: false, size: 100, ..ListFilter::default() };
    let parties = service.list_configurations(caller, ConfigurationKind::RelyingParty, &filter).await?;
    let town_wide = parties.rows.into_iter().filter_map(|row| {
        let shares = row.party.is_some_and(|party| party.may_share);
        match row.id {
            ConfigurationId::RelyingParty(id) if shares => Some((id, row.title)),
            _ => None,
        }
    });
    let town_wide = town_wide.collect();
    let example = match &draft {
        Some((id, _)) => preview::example(console, *id).await?,
        None => None,
    };
    let draft = draft.map(|(_, draft)| draft);
    let typed = editing::typed(console);
    let form = match (typed, &draft) {
        (Some(typed), _) => fields::read(typed),
        (None, Some(Draft { form: Content::ConsentText(form), .. })) => form.clone(),
        (None, _) => {
            let organisation = &console.town().organisation;
            let town = Localized::composed(organisation.name_ja.clone(), organisation.name_en.clone());
            fields::usual(&town, &tenant.contact)
        }
    };
    let locale = typed.and_then(|typed| preview::asked(typed.get(THEN))).unwrap_or(console.locale);
    Ok(Editor { draft, form, town_wide, preview: Preview { tenant, example, locale }, back })
}

fn body(console: &Console, editor: Editor) -> AnyView {
    editing::provide_form(console);
    let locale = console.locale;
    let shared = Shared::of(locale);
    let back = editing::sent_back(editor.draft.as_ref(), locale);
    let seen = editing::seen_fields(editor.draft.as_ref().map(|draft| draft.seen));
    let preview = preview::panel(console, editor.preview, &editor.form, &editor.town_wide);
    let fields = fields::fields(editor.form, editor.town_wide, locale);
    view! {
        {back}
        <PageForm>
            {seen}
            <div class="columns columns--preview">
                <div class="stack stack--tight">
                    {fields}
                    <FormActions>
                        <SubmitButton word=shared.save_draft size=Size::M weight=Weight::Secondary name=THEN value=SAVE/>
                        <SubmitButton word=shared.save_and_submit size=Size::M name=THEN value=SUBMIT/>
                        <LinkButton word=shared.cancel href=editor.back weight=Weight::Quiet size=Size::M/>
                    </FormActions>
                </div>
                {preview}
            </div>
        </PageForm>
    }
    .into_any()
}
