//! The builder as a page: a new rule, or a change of one.

use domain::configuration::ResidencyRuleForm;
use domain::ids::ResidencyRuleId;
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::names::TenantSlug;
use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use service::configuration::{Draft, Form as Content};
use service::{Conflict, Error};

use super::builder::{self, Shown};
use super::findings;
use super::living::{RuleTeller, TellerWords};
use super::text::Words;
use super::told::tell;
use super::trying::{self, Tried};
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::form::{Form as PageForm, FormActions};
use crate::configuration::editing::{self, SAVE, SUBMIT, THEN};
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form, Tone};
use crate::text::{fill, violation_words};

/// What the island asks for when somebody types the name of a place.
const PLACES: &str = "places";

/// What the builder shows.
struct Editor {
    draft: Option<Draft>,
    rule: ResidencyRuleForm,
    tried: Tried,
    back: String,
}

pub(super) async fn show_new(console: Console) -> Result<ConsolePage, Error> {
    page_new(console, Tried::Nobody).await
}

async fn page_new(console: Console, tried: Tried) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    let list = paths::console_residency_rules(&console.town().tenant);
    let editor = editor(&console, None, tried, list.clone());
    let locale = console.locale;
    let page = ConsolePage::new(Area::ResidencyRules, words.new_title, move || body(&console, editor));
    Ok(page.below(words.title, list).lead_view(move || editing::lead(None, locale)))
}

pub(super) async fn submit_new(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    if let Some(changed) = changed(&console, &form) {
        return page_new(editing::showing(&console, changed), Tried::Nobody).await.map(Answer::Once);
    }
    let caller = &console.town().caller;
    let rule = builder::read(&form);
    if form.get(THEN) == trying::TRY {
        let trial = trying::attempt(&console, &rule, &form).await?;
        return page_new(editing::showing(&console, form), Tried::Answer(trial)).await.map(Answer::Once);
    }
    let id = console.service().draft_configuration(caller, &Content::ResidencyRule(rule)).await?;
    Ok(editing::after(&console, id, &form))
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    page(console, Tried::Nobody).await
}

async fn page(console: Console, tried: Tried) -> Result<ConsolePage, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let draft = match console.service().get_draft(&console.town().caller, id).await {
        Err(Error::Conflict(Conflict::BeyondForm)) => return Ok(beyond(&tenant, id, locale)),
        draft => draft?,
    };
    if matches!(&draft.form, Content::ResidencyRule(form) if !form.json.is_empty()) {
        return Ok(beyond(&tenant, id, locale));
    }
    let name = draft.title.get(locale).to_owned();
    let back = paths::console_residency_rule(&tenant, id);
    let lead = draft.clone();
    let editor = editor(&console, Some(draft), tried, back.clone());
    let title = fill(words.edit_title, &[("name", &name)]);
    let page = ConsolePage::new(Area::ResidencyRules, title, move || body(&console, editor));
    Ok(page
        .below(words.title, paths::console_residency_rules(&tenant))
        .below(name, back)
        .lead_view(move || editing::lead(Some(&lead), locale)))
}

/// A rule that came from JSON and is nested deeper than a form can be.
fn beyond(tenant: &TenantSlug, id: ResidencyRuleId, locale: Locale) -> ConsolePage {
    let words = Words::of(locale);
    let import = paths::console_residency_rule_import_next(tenant, id);
    let page = ConsolePage::new(Area::ResidencyRules, words.not_in_builder, move || {
        view! {
            <Banner tone=Tone::Info>
                <p>{words.not_in_builder_text}</p>
                <p><a href=import>{words.to_import}</a></p>
            </Banner>
        }
    });
    page.below(words.title, paths::console_residency_rules(tenant))
        .below(words.to_rule, paths::console_residency_rule(tenant, id))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    if let Some(changed) = changed(&console, &form) {
        return page(editing::showing(&console, changed), Tried::Nobody).await.map(Answer::Once);
    }
    let rule = builder::read(&form);
    if form.get(THEN) == trying::TRY {
        let trial = trying::attempt(&console, &rule, &form).await?;
        return page(editing::showing(&console, form), Tried::Answer(trial)).await.map(Answer::Once);
    }
    editing::save(&console, id.into(), &form, &Content::ResidencyRule(rule)).await
}

/// Parts of the builder, for its island: places that fit what is typed, or the form as a button changed it, with what follows
/// from the rule as it then is.
pub(super) async fn submit_parts(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let (own, locale) = (own(&console)?, console.locale);
    if form.get(THEN) == PLACES {
        let (clause, typed) = (form.get("at").to_owned(), form.get("typed").to_owned());
        let chosen: Vec<String> = form.get("chosen").split_whitespace().map(str::to_owned).collect();
        return Ok(Answer::Parts(Box::new(move || builder::options(&clause, &typed, &chosen, own, locale))));
    }
    let looks = [builder::LOOK, trying::TRY].contains(&form.get(THEN));
    let form = if looks { form } else { builder::changed(&form, own, locale).ok_or(Error::NotFound)? };
    let rule = builder::read(&form);
    let tried = match form.get("try_address").trim() {
        "" => Tried::Nobody,
        _ => match trying::attempt(&console, &rule, &form).await {
            Ok(trial) => Tried::Answer(trial),
            Err(Error::Invalid(_)) => Tried::Lacking,
            Err(error) => return Err(error),
        },
    };
    Ok(Answer::Parts(Box::new(move || {
        let deciding = deciding(&rule, &tried);
        let shown = Shown::of(Some(&form), deciding.clone());
        let changing = (!looks).then(|| builder::changing(rule.clone(), &shown, own, locale));
        view! { {changing}{findings::of_form(&rule, own, locale)}{trying::answer(&tried, deciding, locale)} }.into_any()
    })))
}

fn own(console: &Console) -> Result<MunicipalityCode, Error> {
    MunicipalityCode::parse(&console.town().settings.code).map_err(|_| Error::internal("a municipality's code"))
}

fn changed(console: &Console, form: &Form) -> Option<Form> {
    builder::changed(form, own(console).ok()?, console.locale)
}

/// The part of the form that decided a trial.
fn deciding(rule: &ResidencyRuleForm, tried: &Tried) -> Option<String> {
    tried.clause().map(|clause| builder::part_of(rule, clause))
}

fn editor(console: &Console, draft: Option<Draft>, tried: Tried, back: String) -> Editor {
    let rule = match (editing::typed(console), &draft) {
        (Some(typed), _) => builder::read(typed),
        (None, Some(Draft { form: Content::ResidencyRule(rule), .. })) => rule.clone(),
        (None, _) => builder::usual(),
    };
    Editor { draft, rule, tried, back }
}

/// The words around a rule's sentences.
pub(super) fn teller_words(locale: Locale) -> TellerWords {
    let words = Words::of(locale);
    let wrong = [
        Violation::Required,
        Violation::Malformed,
        Violation::OutOfRange,
        Violation::Duplicate,
        Violation::Unknown,
        Violation::TooLong,
    ];
    TellerWords {
        missing: words.sentence_missing.to_owned(),
        which_of: words.which_of.to_owned(),
        of_these: words.of_these.to_owned(),
        but_not: words.but_not.to_owned(),
        no_answer: words.no_answer.to_owned(),
        wrong: wrong.map(|violation| (violation, violation_words(violation, locale).to_owned())).to_vec(),
    }
}

fn body(console: &Console, editor: Editor) -> AnyView {
    editing::provide_form(console);
    let locale = console.locale;
    let (words, shared) = (Words::of(locale), Shared::of(locale));
    let Ok(own) = own(console) else { return ().into_any() };
    let (told, _) = tell(&editor.rule, own, MunicipalityTable::japan(), locale);
    let back = editing::sent_back(editor.draft.as_ref(), locale);
    let seen = editing::seen_fields(editor.draft.as_ref().map(|draft| draft.seen));
    let typed = editing::typed(console);
    let deciding = deciding(&editor.rule, &editor.tried);
    let shown = Shown::of(typed, deciding.clone());
    let trial = trying::panel(&editor.tried, typed, deciding, locale);
    let found = findings::of_form(&editor.rule, own, locale);
    let naming = builder::naming(&editor.rule, locale);
    let changing = builder::changing(editor.rule.clone(), &shown, own, locale);
    let terms = builder::terms(editor.rule, locale);
    let endpoint = paths::console_residency_rule_builder(&console.town().tenant);
    view! {
        {back}
        <PageForm class="rule">
            {builder::enter_saves()}
            {seen}
            <div class="columns columns--rule">
                <div class="stack stack--tight">
                    {naming}
                    {changing}
                    {terms}
                    <FormActions>
                        <SubmitButton word=shared.save_draft size=Size::M weight=Weight::Secondary name=THEN value=SAVE/>
                        <SubmitButton word=shared.save_and_submit size=Size::M name=THEN value=SUBMIT/>
                        <LinkButton word=shared.cancel href=editor.back weight=Weight::Quiet size=Size::M/>
                    </FormActions>
                </div>
                <div class="stack stack--tight sticky-aside">
                    <section class="panel panel--subtle" aria-labelledby="sentence">
                        <div class="panel__head"><h2 id="sentence">{words.sentence}</h2></div>
                        <div class="panel__body">
                            <RuleTeller told own=own.to_string() locale endpoint words=teller_words(locale)/>
                            <p class="no-script">
                                <SubmitButton word=words.look weight=Weight::Quiet name=THEN value=builder::LOOK/>
                            </p>
                        </div>
                    </section>
                    <section class="panel" aria-labelledby="findings">
                        <div class="panel__head"><h2 id="findings">{words.findings}</h2></div>
                        <div class="panel__body">{found}</div>
                    </section>
                    {trial}
                </div>
            </div>
        </PageForm>
    }
    .into_any()
}
