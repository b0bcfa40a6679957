//! The builder as a page: a new rule, or a change of one.

use domain::configuration::ResidencyRuleForm;
use domain::ids::ResidencyRuleId;
use domain::locale::Localized;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Draft, Form as Content};
use service::residency_rules::Trial;

use super::text::Words;
use super::{builder, trying};
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::form::{Form as PageForm, FormActions};
use crate::configuration::editing::{self, SAVE, SUBMIT, THEN};
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form};
use crate::text::fill;

/// What the builder shows.
struct Editor {
    draft: Option<Draft>,
    rule: ResidencyRuleForm,
    sentence: Option<Localized>,
    trial: Option<Trial>,
    back: String,
}

pub(super) async fn show_new(console: Console) -> Result<ConsolePage, Error> {
    page_new(console, None).await
}

async fn page_new(console: Console, trial: Option<Trial>) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    let list = paths::console_residency_rules(&console.town().tenant);
    let editor = editor(&console, None, trial, list.clone()).await?;
    let locale = console.locale;
    let page = ConsolePage::new(Area::ResidencyRules, words.new_title, move || body(&console, editor));
    Ok(page.below(words.title, list).lead_view(move || editing::lead(None, locale)))
}

pub(super) async fn submit_new(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    if let Some(changed) = builder::changed(&form) {
        return page_new(editing::showing(&console, changed), None).await.map(Answer::Once);
    }
    let caller = &console.town().caller;
    let rule = builder::read(&form);
    if form.get(THEN) == trying::TRY {
        let trial = attempt(&console, &rule, &form).await?;
        return page_new(editing::showing(&console, form), Some(trial)).await.map(Answer::Once);
    }
    let id = console.service().draft_configuration(caller, &Content::ResidencyRule(rule)).await?;
    Ok(editing::after(&console, id, &form))
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    page(console, None).await
}

async fn page(console: Console, trial: Option<Trial>) -> Result<ConsolePage, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let draft = console.service().get_draft(&console.town().caller, id).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let name = draft.title.get(locale).to_owned();
    let back = paths::console_residency_rule(&tenant, id);
    let lead = draft.clone();
    let editor = editor(&console, Some(draft), trial, back.clone()).await?;
    let title = fill(words.edit_title, &[("name", &name)]);
    let page = ConsolePage::new(Area::ResidencyRules, title, move || body(&console, editor));
    Ok(page
        .below(words.title, paths::console_residency_rules(&tenant))
        .below(name, back)
        .lead_view(move || editing::lead(Some(&lead), locale)))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    if let Some(changed) = builder::changed(&form) {
        return page(editing::showing(&console, changed), None).await.map(Answer::Once);
    }
    let rule = builder::read(&form);
    if form.get(THEN) == trying::TRY {
        let trial = attempt(&console, &rule, &form).await?;
        return page(editing::showing(&console, form), Some(trial)).await.map(Answer::Once);
    }
    editing::save(&console, id.into(), &form, &Content::ResidencyRule(rule)).await
}

async fn attempt(console: &Console, rule: &ResidencyRuleForm, form: &Form) -> Result<Trial, Error> {
    let (address, birthdate) = (form.get("try_address"), form.get("try_birthdate"));
    console.service().try_rule(&console.town().caller, rule, address, birthdate).await
}

async fn editor(console: &Console, draft: Option<Draft>, trial: Option<Trial>, back: String) -> Result<Editor, Error> {
    let rule = match (editing::typed(console), &draft) {
        (Some(typed), _) => builder::read(typed),
        (None, Some(Draft { form: Content::ResidencyRule(rule), .. })) => rule.clone(),
        (None, _) => builder::usual(),
    };
    let sentence = console.service().describe_rule(&console.town().caller, &rule).await?;
    Ok(Editor { draft, rule, sentence, trial, back })
}

fn body(console: &Console, editor: Editor) -> AnyView {
    editing::provide_form(console);
    let locale = console.locale;
    let (words, shared) = (Words::of(locale), Shared::of(locale));
    let sentence = match editor.sentence {
        Some(sentence) => {
            let text = sentence.get(locale).to_owned();
            view! { <p class="sentence-large">{text}</p> }.into_any()
        }
        None => view! { <p class="muted">{words.sentence_missing}</p> }.into_any(),
    };
    let back = editing::sent_back(editor.draft.as_ref(), locale);
    let seen = editing::seen_fields(editor.draft.as_ref().map(|draft| draft.seen));
    let fields = builder::fields(editor.rule, editing::typed(console), locale);
    let trial = trying::panel(editor.trial, locale);
    view! {
        {back}
        <PageForm class="rule">
            {builder::enter_saves()}
            {seen}
            <div class="columns columns--rule">
                <div class="stack stack--tight">
                    {fields}
                    <FormActions>
                        <SubmitButton word=shared.save_draft size=Size::M weight=Weight::Secondary name=THEN value=SAVE/>
                        <SubmitButton word=shared.save_and_submit size=Size::M name=THEN value=SUBMIT/>
                        <LinkButton word=shared.cancel href=editor.back weight=Weight::Quiet size=Size::M/>
                    </FormActions>
                </div>
                <div class="stack stack--tight sticky-aside">
                    <section class="panel panel--subtle" aria-labelledby="sentence">
                        <div class="panel__head"><h2 id="sentence">{words.sentence}</h2></div>
                        <div class="panel__body">{sentence}</div>
                    </section>
                    {trial}
                </div>
            </div>
        </PageForm>
    }
    .into_any()
}
