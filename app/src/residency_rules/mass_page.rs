//! Many made-up addresses at once: counts on the page, answers by line number as CSV. Nothing of it is kept.

use std::collections::BTreeMap;

use domain::ids::ResidencyRuleId;
use domain::locale::Locale;
use domain::residency::{Outcome, ReasonCode};
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Compared, Detail};
use service::residency_rules::{MAX_MASS_LINES, MassTrial, RuleVersion};

use super::mass_island::{Counts, MassTrialRunner, MassWords, figures_of};
use super::parts::{self, Part};
use super::proof_text::Words;
use crate::components::banner::Banner;
use crate::components::field::{Choice, Select, TextArea};
use crate::components::file_field::FileField;
use crate::components::form::Form as PageForm;
use crate::components::panel::Panel;
use crate::configuration::{editing, version_word};
use crate::console::{Console, ConsolePage};
use crate::forms::{Answer, File, Form, Refusal, Tone};

/// Typed text is shown again up to here; a longer one is in its file.
const SHOWN_AGAIN: usize = 100_000;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    page(console, None).await
}

async fn page(console: Console, trial: Option<MassTrial>) -> Result<ConsolePage, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let caller = &console.town().caller;
    let detail = console.service().get_configuration(caller, id, Compared::default(), console.locale).await?;
    let (at, about) = (console.clone(), detail.clone());
    Ok(parts::page(&at, &about, id, Part::MassTrial, move || body(&console, &detail, trial)))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let words = Words::of(console.locale);
    let file = form.get("file");
    let text = if file.trim().is_empty() { form.get("lines") } else { file };
    let version = form.get("version").parse().map_or(RuleVersion::Newest, RuleVersion::Number);
    let first = form.get("first").parse().unwrap_or(1);
    let tried = console.service().try_many(&console.town().caller, id, version, text.to_owned(), first).await;
    let trial = match tried {
        Err(Error::Invalid(wrong)) if wrong.get("lines") == Some(Violation::TooLong) => {
            return Ok(Answer::Refused(Refusal::of("lines", Violation::TooLong, words.mass_too_many)));
        }
        other => other?,
    };
    if form.get("then") == "csv" {
        let content = trial.csv().into_bytes();
        return Ok(Answer::File(File {
            name: "answers.csv".to_owned(),
            media_type: "text/csv; charset=utf-8",
            content,
        }));
    }
    let again: Form = form.iter().filter(|(name, value)| *name != "file" && value.len() <= SHOWN_AGAIN).collect();
    page(editing::showing(&console, again), Some(trial)).await.map(Answer::Once)
}

fn body(console: &Console, detail: &Detail, trial: Option<MassTrial>) -> AnyView {
    editing::provide_form(console);
    let locale = console.locale;
    let words = Words::of(locale);
    let spoken = spoken(locale);
    let result = trial.map(|trial| {
        let figures = figures_of(&counts(&trial), &spoken);
        view! { <Panel id="mass-result" title=words.mass_result>{figures}</Panel> }
    });
    let versions = parts::complete_versions(detail);
    let choices =
        versions.iter().map(|number| Choice::new(number.to_string(), version_word(*number, locale))).collect();
    let newest = versions.first().map(ToString::to_string).unwrap_or_default();
    if versions.is_empty() {
        return view! { <Banner tone=Tone::Info>{words.nothing_complete}</Banner> }.into_any();
    }
    let most = u32::try_from(MAX_MASS_LINES).unwrap_or(u32::MAX);
    view! {
        <div class="stack">
            <Banner tone=Tone::Warning title=words.invented_title>{words.invented}</Banner>
            {result}
            <Panel id="mass" title=words.mass_title note=words.mass_note>
                <PageForm class="form--tight" upload=true>
                    <Select name="version" label=words.version choices value=newest class="input--short"/>
                    <TextArea name="lines" label=words.mass_lines help=words.mass_lines_help rows=10 optional=true/>
                    <FileField name="file" label=words.mass_file help=words.mass_file_help accept=".txt,.csv,text/plain,text/csv"/>
                    <MassTrialRunner words=spoken most/>
                </PageForm>
            </Panel>
        </div>
    }
    .into_any()
}

fn counts(trial: &MassTrial) -> Counts {
    let named = |reason: ReasonCode| (reason.outcome().as_str().to_owned(), reason.as_str().to_owned());
    trial.by_reason().into_iter().map(|(reason, count)| (named(reason), count)).collect::<BTreeMap<_, _>>()
}

fn spoken(locale: Locale) -> MassWords {
    let words = Words::of(locale);
    let outcomes = [Outcome::Eligible, Outcome::NotEligible, Outcome::Undecidable];
    MassWords {
        start: words.mass_start.to_owned(),
        csv: words.mass_csv.to_owned(),
        cancel: words.mass_cancel.to_owned(),
        progress: words.mass_progress.to_owned(),
        of: "/".to_owned(),
        done: words.mass_done.to_owned(),
        cancelled: words.mass_cancelled.to_owned(),
        failed: words.mass_failed.to_owned(),
        too_many: words.mass_too_many.to_owned(),
        download: words.mass_download.to_owned(),
        counts: words.mass_counts.to_owned(),
        outcome: words.outcome.to_owned(),
        reason: words.reason.to_owned(),
        lines: words.mass_count.to_owned(),
        outcomes: outcomes.map(|of| (of.as_str().to_owned(), of.words().get(locale).to_owned())).to_vec(),
        reasons: ReasonCode::ALL
            .into_iter()
            .map(|of| (of.as_str().to_owned(), of.for_clerk().get(locale).to_owned()))
            .collect(),
    }
}
