//! Adding a relying party and drafting a change of one.

use domain::configuration::{ConfigurationKind, SubjectType};
use domain::ids::RelyingPartyId;
use domain::names::ClientId;
use domain::paths;
use domain::violations::Violations;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Draft, Form as Content, ListFilter, ListSort, NewRelyingParty};

use super::fields::{self, Named};
use super::text::Words;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::Choice;
use crate::components::form::{Form as PageForm, FormActions};
use crate::configuration::editing::{self, SAVE, SUBMIT, THEN};
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form};
use crate::text::fill;

pub(super) async fn show_new(console: Console) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    let named = named(&console).await?;
    let list = paths::console_relying_parties(&console.town().tenant);
    let back = list.clone();
    let page = ConsolePage::new(Area::RelyingParties, words.new_title, move || editor(&console, None, named, back));
    Ok(page.below(words.title, list).lead(words.new_lead))
}

pub(super) async fn submit_new(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let mut wrong = Violations::default();
    let client_id = match form.get("client_id").trim() {
        "" => None,
        text => wrong.check("client_id", ClientId::parse(text)),
    };
    let subject_type = wrong.check("subject_type", form.get("subject_type").parse::<SubjectType>());
    let subject_type = wrong.finish(subject_type)?;
    let identity = NewRelyingParty { client_id, subject_type };
    let content = Content::RelyingParty(fields::read(&form));
    check(&console, &form, &content).await?;
    let id = console.service().draft_relying_party(&console.town().caller, &identity, &content).await?;
    Ok(editing::after(&console, id, &form))
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let draft = console.service().get_draft(&console.town().caller, id).await?;
    let named = named(&console).await?;
    let (locale, words) = (console.locale, Words::of(console.locale));
    let name = draft.title.get(locale).to_owned();
    let tenant = console.town().tenant.clone();
    let back = paths::console_relying_party(&tenant, id);
    let above = back.clone();
    let lead = draft.clone();
    let title = fill(words.edit_title, &[("name", &name)]);
    let page = ConsolePage::new(Area::RelyingParties, title, move || editor(&console, Some(draft), named, back));
    Ok(page
        .below(words.title, paths::console_relying_parties(&tenant))
        .below(name, above)
        .lead_view(move || editing::lead(Some(&lead), locale)))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let content = Content::RelyingParty(fields::read(&form));
    check(&console, &form, &content).await?;
    editing::save(&console, id.into(), &form, &content).await
}

/// Whoever goes on to the submission reads beside the fields what would stop it; a draft may lack anything.
async fn check(console: &Console, form: &Form, content: &Content) -> Result<(), Error> {
    if form.get(THEN) == SUBMIT { console.service().check_form(&console.town().caller, content).await } else { Ok(()) }
}

/// The rules and texts of the town that are not given up.
async fn named(console: &Console) -> Result<Named, Error> {
    let words = Words::of(console.locale);
    let choices = async |kind| {
        let filter = ListFilter { sort: ListSort::Title, descending: false, size: 100, ..ListFilter::default() };
        let found = console.service().list_configurations(&console.town().caller, kind, &filter).await?;
        let mut choices = vec![Choice::new("", words.choose)];
        choices.extend(found.rows.into_iter().map(|row| {
            let state = if row.published.is_none() { words.unpublished } else { "" };
            Choice::new(row.id.uuid().to_string(), format!("{}{state}", row.title.get(console.locale)))
        }));
        Ok::<Vec<Choice>, Error>(choices)
    };
    Ok(Named {
        rules: choices(ConfigurationKind::ResidencyRule).await?,
        texts: choices(ConfigurationKind::ConsentText).await?,
    })
}

fn editor(console: &Console, draft: Option<Draft>, named: Named, back: String) -> AnyView {
    let locale = console.locale;
    let shared = Shared::of(locale);
    let form = match &draft {
        Some(Draft { form: Content::RelyingParty(form), .. }) => form.clone(),
        _ => fields::usual(),
    };
    let is_new = draft.is_none();
    let seen = editing::seen_fields(draft.as_ref().map(|draft| draft.seen));
    view! {
        {editing::sent_back(draft.as_ref(), locale)}
        <PageForm class="form--page">
            {seen}
            {fields::fields(form, named, locale)}
            {is_new.then(|| fields::identity_fields(locale))}
            <FormActions>
                <SubmitButton word=shared.save_draft size=Size::M weight=Weight::Secondary name=THEN value=SAVE/>
                <SubmitButton word=shared.save_and_submit size=Size::M name=THEN value=SUBMIT/>
                <LinkButton word=shared.cancel href=back weight=Weight::Quiet size=Size::M/>
            </FormActions>
        </PageForm>
    }
    .into_any()
}
