//! Rules as JSON: a version as a file, and a draft from one. What is wrong in a file is said with its place and its line.

use domain::ids::ResidencyRuleId;
use domain::locale::Locale;
use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::configuration::Seen;
use service::residency_rules::{BeforeImport, Imported};

use super::proof_text::Words;
use super::text::Words as Rules;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::{TextArea, TextField};
use crate::components::file_field::FileField;
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::panel::Panel;
use crate::configuration::editing;
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, File, Flash, Form, Refusal, Tone};
use crate::pages::Shown;
use crate::text::{fill, violation_words};

/// A version as a file.
pub(super) async fn export(console: Console) -> Result<Shown<ConsolePage>, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let number: i64 = console.param("version")?;
    let json = console.service().export_rule(&console.town().caller, id, number).await?;
    let name = format!("rule-{}-{id}-{number}.json", console.town().tenant);
    Ok(Shown::File(File { name, media_type: "application/json", content: json.into_bytes() }))
}

pub(super) async fn show_new(console: Console) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    let list = paths::console_residency_rules(&console.town().tenant);
    let (locale, back) = (console.locale, list.clone());
    let page = ConsolePage::new(Area::ResidencyRules, words.import_new, move || form(None, back, locale));
    Ok(page.below(Rules::of(locale).title, list))
}

pub(super) async fn submit_new(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let name = (form.get("name_ja"), form.get("name_en"));
    let imported = console.service().import_new_rule(&console.town().caller, json(&form), name).await?;
    Ok(answer(&console, imported))
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let before = console.service().before_import(&console.town().caller, id).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let name = before.title.get(locale).to_owned();
    let back = paths::console_residency_rule(&tenant, id);
    let above = back.clone();
    let title = fill(words.import_next, &[("name", &name)]);
    let page = ConsolePage::new(Area::ResidencyRules, title, move || form(Some(&before), back, locale));
    Ok(page.below(Rules::of(locale).title, paths::console_residency_rules(&tenant)).below(name, above))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let number = |name: &str| form.get(name).parse::<i64>().unwrap_or(-1);
    let seen = Seen { number: number("number"), revision: number("seen") };
    let imported = console.service().import_next_version(&console.town().caller, id, seen, json(&form)).await?;
    Ok(answer(&console, imported))
}

/// The file takes precedence over what was pasted.
fn json(form: &Form) -> &str {
    let file = form.get("file");
    if file.trim().is_empty() { form.get("json") } else { file }
}

fn answer(console: &Console, imported: Imported) -> Answer<ConsolePage> {
    let locale = console.locale;
    let words = Words::of(locale);
    match imported {
        Imported::Drafted(id) => {
            let path = paths::console_residency_rule(&console.town().tenant, id);
            Answer::to(path).saying(Flash::success(words.imported))
        }
        Imported::Refused { misplaced, line } => {
            let place = if misplaced.pointer.is_empty() { words.whole_json } else { misplaced.pointer.as_str() };
            let why = match misplaced.violation {
                Violation::Malformed => words.json_malformed,
                Violation::Required => words.json_required,
                Violation::NotAllowed => words.json_not_allowed,
                Violation::Unknown => words.json_unknown,
                other => violation_words(other, locale),
            };
            let sentence = fill(words.json_wrong, &[("line", &line.to_string()), ("place", place), ("why", why)]);
            Answer::Refused(Refusal::of("json", misplaced.violation, sentence))
        }
    }
}

fn form(before: Option<&BeforeImport>, back: String, locale: Locale) -> AnyView {
    let (words, rules) = (Words::of(locale), Rules::of(locale));
    let replaces = before.filter(|before| before.replaces_draft).map(|before| {
        let text = fill(words.replaces_draft, &[("n", &before.number.to_string())]);
        view! { <Banner tone=Tone::Warning>{text}</Banner> }
    });
    let names = before.is_none().then(|| {
        view! {
            <div class="form__pair">
                <TextField name="name_ja" label=rules.name_ja help=rules.name_help/>
                <TextField name="name_en" label=rules.name_en help=rules.name_help optional=true/>
            </div>
        }
    });
    let (schema, seen) = (paths::residency_rule_schema(), editing::seen_fields(before.map(|before| before.seen)));
    view! {
        <Panel id="import" title=words.import_title note=words.import_note>
            <PageForm upload=true>
                {replaces}
                {seen}
                {names}
                <TextArea name="json" label=words.json help=words.json_help rows=12 optional=true/>
                <FileField name="file" label=words.json_file help=words.json_file_help accept=".json,application/json"/>
                <p class="text-14"><a href=schema>{words.schema}</a></p>
                <FormActions>
                    <SubmitButton word=words.import size=Size::M/>
                    <LinkButton word=Shared::of(locale).cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        </Panel>
    }
    .into_any()
}
