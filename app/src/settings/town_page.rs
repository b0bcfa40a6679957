//! The words of the town page: a form for administrators, the words alone for everybody else.

use domain::locale::{Locale, Localized};
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::tenants::{TenantView, TownPageInput};

use super::text::Words;
use crate::components::button::{DisabledButton, LinkButton, Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::{TextArea, TextField};
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};
use crate::text::fill;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let tenant = console.service().tenant(&console.town().caller).await?;
    let words = Words::of(console.locale);
    let lead = fill(words.town_page_lead, &[("town", console.organisation_name())]);
    let preview = paths::town(&console.town().tenant);
    let page = ConsolePage::new(Area::TownPage, words.town_page, move || {
        if tenant.may_change { words_form(words, &tenant) } else { words_alone(words, &tenant) }
    });
    let open = move || view! { <LinkButton word=words.preview href=preview weight=Weight::Secondary/> };
    Ok(page.lead(lead).actions(open))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let both = |field: &str| (form.get(&format!("{field}.ja")).to_owned(), form.get(&format!("{field}.en")).to_owned());
    let input = TownPageInput { town_id: both("town_id"), title: both("title"), lead: both("lead") };
    console.service().update_town_page(&console.town().caller, form.revision(), &input).await?;
    let words = Words::of(console.locale);
    let flash = Flash::success(fill(words.saved, &[("name", words.town_page)]));
    Ok(Answer::to(paths::console_town_page(&console.town().tenant)).saying(flash))
}

fn words_form(words: &'static Words, tenant: &TenantView) -> AnyView {
    let both = |text: &Localized| (text.get(Locale::Ja).to_owned(), text.get(Locale::En).to_owned());
    let (id, title, lead) = (both(&tenant.town_id), both(&tenant.page_title), both(&tenant.page_lead));
    let revision = tenant.revision.to_string();
    view! {
        <PageForm class="form--page">
            <Hidden name="revision" value=revision/>
            <TextField name="town_id.ja" label=words.id_name_ja help=words.id_help value=id.0/>
            <TextField name="town_id.en" label=words.id_name_en value=id.1/>
            <TextField name="title.ja" label=words.heading_ja value=title.0/>
            <TextField name="title.en" label=words.heading_en value=title.1/>
            <TextArea name="lead.ja" label=words.lead_ja help=words.lead_help lang="ja" value=lead.0/>
            <TextArea name="lead.en" label=words.lead_en lang="en" value=lead.1/>
            <FormActions><SubmitButton word=words.save size=Size::M/></FormActions>
        </PageForm>
    }
    .into_any()
}

fn words_alone(words: &'static Words, tenant: &TenantView) -> AnyView {
    let panel = |id: &'static str, title: &'static str, locale: Locale| {
        let text = |text: &Localized| text.get(locale).to_owned();
        let (name, heading, lead) = (text(&tenant.town_id), text(&tenant.page_title), text(&tenant.page_lead));
        view! {
            <Panel id title>
                <Facts>
                    <Fact term=words.id_name>{name}</Fact>
                    <Fact term=words.heading>{heading}</Fact>
                    <Fact term=words.first_paragraph>{lead}</Fact>
                </Facts>
            </Panel>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            {panel("words-ja", words.language_ja, Locale::Ja)}
            {panel("words-en", words.language_en, Locale::En)}
            <div><DisabledButton word=words.change reason=words.only_admin id="change-words" weight=Weight::Secondary/></div>
        </div>
    }
    .into_any()
}
