//! Many addresses in parts, with progress: the same form posts part after part and asks for the CSV of each. Without a script
//! the form's two buttons do it in one go. Nothing leaves the browser but the parts, and nothing of them comes back.

#![expect(missing_docs, reason = "properties of an island are its parameters")]

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Lines that go along at once: few enough that the bar moves, and that nobody else waits for them.
const PART: usize = 2_000;

/// What the island says; it does not know the language.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MassWords {
    pub(super) start: String,
    pub(super) csv: String,
    pub(super) cancel: String,
    pub(super) progress: String,
    pub(super) of: String,
    pub(super) done: String,
    pub(super) cancelled: String,
    pub(super) failed: String,
    pub(super) too_many: String,
    pub(super) download: String,
    pub(super) counts: String,
    pub(super) outcome: String,
    pub(super) reason: String,
    pub(super) lines: String,
    /// Name and words of each outcome.
    pub(super) outcomes: Vec<(String, String)>,
    /// Name and words of each reason.
    pub(super) reasons: Vec<(String, String)>,
}

/// How many lines came to each outcome and reason, by their names.
pub(super) type Counts = BTreeMap<(String, String), usize>;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Idle,
    Running,
    Done,
    Cancelled,
    Failed,
    TooMany,
}

/// Buttons of the form, and below them what came of it.
#[island]
pub fn MassTrialRunner(
    /// Its words.
    words: MassWords,
    /// The most lines.
    most: u32,
) -> impl IntoView {
    let stage = RwSignal::new(Stage::Idle);
    let (done, total) = (RwSignal::new(0_usize), RwSignal::new(0_usize));
    let counts = RwSignal::new(Counts::new());
    let file = RwSignal::new(None::<String>);
    let running = StoredValue::new_local(None::<web_sys::AbortController>);
    let start = move |event: leptos::ev::MouseEvent| {
        let Some(form) = form_of(&event) else { return };
        // From here on the browser does not send it itself.
        event.prevent_default();
        let Ok(abort) = web_sys::AbortController::new() else { return };
        running.set_value(Some(abort.clone()));
        counts.set(Counts::new());
        forget(file);
        done.set(0);
        total.set(0);
        stage.set(Stage::Running);
        spawn_local(async move {
            let lines = typed(&form).await;
            total.set(lines.iter().filter(|line| !line.trim().is_empty()).count());
            if total.get_untracked() > most as usize {
                stage.set(Stage::TooMany);
                return;
            }
            if total.get_untracked() == 0 {
                // The page says what is missing.
                form.submit().unwrap_or_default();
                return;
            }
            let version = web_sys::FormData::new_with_form(&form).ok().and_then(|data| data.get("version").as_string());
            let mut csv = String::new();
            let mut first = 1;
            for part in lines.chunks(PART) {
                let empty = part.iter().all(|line| line.trim().is_empty());
                let answer =
                    if empty { Some(String::new()) } else { ask(&abort, version.as_deref(), first, part).await };
                let Some(answer) = answer else {
                    stage.set(if abort.signal().aborted() { Stage::Cancelled } else { Stage::Failed });
                    return;
                };
                let answered = counts.try_update(|counts| count(&answer, counts)).unwrap_or_default();
                done.update(|done| *done += answered);
                // One head for all.
                let body =
                    if csv.is_empty() { answer.as_str() } else { answer.split_once('\n').map_or("", |(_, rest)| rest) };
                csv.push_str(body);
                first += part.len();
            }
            file.set(saved(&csv));
            stage.set(Stage::Done);
        });
    };
    let cancel =
        move |_| running.with_value(|abort| abort.as_ref().map(web_sys::AbortController::abort).unwrap_or_default());
    let busy = move || stage.get() == Stage::Running;
    let said = {
        let words = words.clone();
        move || match stage.get() {
            Stage::Idle | Stage::Running => String::new(),
            Stage::Done => words.done.clone(),
            Stage::Cancelled => words.cancelled.clone(),
            Stage::Failed => words.failed.clone(),
            Stage::TooMany => words.too_many.clone(),
        }
    };
    let figures = words.clone();
    let of = words.of.clone();
    view! {
        <div class="form__actions">
            <button class="button button--primary button--m" type="submit" name="then" value="count" disabled=busy on:click=start>
                {words.start}
            </button>
            <button class="button button--secondary button--m" type="submit" name="then" value="csv" disabled=busy>{words.csv}</button>
        </div>
        <div class="progress" hidden=move || !busy()>
            <span class="progress__label">
                <span id="mass-progress">{words.progress}</span>
                <span>{move || format!("{} {of} {}", done.get(), total.get())}</span>
            </span>
            <progress
                class="progress__bar"
                aria-labelledby="mass-progress"
                max=move || total.get().max(1).to_string()
                value=move || done.get().to_string()
            ></progress>
            <div><button class="button button--quiet" type="button" on:click=cancel>{words.cancel}</button></div>
        </div>
        <p role="status" class="muted">{said}</p>
        <p hidden=move || file.get().is_none()>
            <a class="button button--secondary" download="answers.csv" href=move || file.get().unwrap_or_default()>{words.download}</a>
        </p>
        {move || counts.with(|counts| (!counts.is_empty()).then(|| figures_of(counts, &figures)))}
    }
}

/// The counts as two tables' worth of facts: outcomes large, reasons in a table.
pub(super) fn figures_of(counts: &Counts, words: &MassWords) -> AnyView {
    let number =
        |name: &str| counts.iter().filter(|((outcome, _), _)| outcome == name).map(|(_, count)| count).sum::<usize>();
    let outcomes = words
        .outcomes
        .iter()
        .map(|(name, word)| view! { <div><dt>{word.clone()}</dt><dd>{number(name)}</dd></div> })
        .collect_view();
    let word = |of: &[(String, String)], name: &str| {
        of.iter().find(|(known, _)| known == name).map_or_else(|| name.to_owned(), |(_, word)| word.clone())
    };
    let rows = counts
        .iter()
        .map(|((outcome, reason), count)| {
            view! {
                <tr>
                    <th scope="row">{word(&words.outcomes, outcome)}</th>
                    <td>{word(&words.reasons, reason)}</td>
                    <td class="num">{*count}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <dl class="counts">{outcomes}</dl>
        <div class="table-scroll" role="region" aria-labelledby="mass-counts" tabindex="0">
            <table class="table table--compact">
                <caption id="mass-counts">{words.counts.clone()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.outcome.clone()}</th>
                        <th scope="col">{words.reason.clone()}</th>
                        <th scope="col" class="num">{words.lines.clone()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Adds a part's answers; says how many there were. A field of this CSV holds neither comma nor quote.
fn count(csv: &str, counts: &mut Counts) -> usize {
    let mut answered = 0;
    for line in csv.lines().skip(1) {
        let mut fields = line.split(',').skip(1);
        if let (Some(outcome), Some(reason)) = (fields.next(), fields.next()) {
            *counts.entry((outcome.to_owned(), reason.to_owned())).or_default() += 1;
            answered += 1;
        }
    }
    answered
}

fn form_of(event: &leptos::ev::MouseEvent) -> Option<web_sys::HtmlFormElement> {
    event.current_target()?.dyn_into::<web_sys::HtmlButtonElement>().ok()?.form()
}

/// The lines of the chosen file, else those that were typed.
async fn typed(form: &web_sys::HtmlFormElement) -> Vec<String> {
    let chosen =
        form.elements().named_item("file").and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
    let text = match chosen.and_then(|input| input.files()).and_then(|files| files.get(0)) {
        Some(file) => read(&file).await.unwrap_or_default(),
        None => {
            let area = form
                .elements()
                .named_item("lines")
                .and_then(|area| area.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
            area.map(|area| area.value()).unwrap_or_default()
        }
    };
    text.lines().map(str::to_owned).collect()
}

/// A file in UTF-8, or else in Shift_JIS, as spreadsheets of town halls write it.
async fn read(file: &web_sys::File) -> Option<String> {
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    let bytes = js_sys::Uint8Array::new(&bytes);
    let options = web_sys::TextDecoderOptions::new();
    options.set_fatal(true);
    let utf8 = web_sys::TextDecoder::new_with_label_and_options("utf-8", &options).ok()?;
    match utf8.decode_with_buffer_source(&bytes) {
        Ok(text) => Some(text),
        Err(_) => web_sys::TextDecoder::new_with_label("shift_jis").ok()?.decode_with_buffer_source(&bytes).ok(),
    }
}

/// Posts a part to the page's own address; the answer is its CSV, or nothing where something went wrong.
async fn ask(abort: &web_sys::AbortController, version: Option<&str>, first: usize, part: &[String]) -> Option<String> {
    let window = web_sys::window()?;
    let form = web_sys::FormData::new().ok()?;
    let pairs = [
        ("then", "csv"),
        ("version", version.unwrap_or_default()),
        ("first", &first.to_string()),
        ("lines", &part.join("\n")),
    ];
    for (name, value) in pairs {
        form.append_with_str(name, value).ok()?;
    }
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_body(&form);
    request.set_signal(Some(&abort.signal()));
    let path = window.location().pathname().ok()?;
    let response = JsFuture::from(window.fetch_with_str_and_init(&path, &request)).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    if response.status() != 200 || response.redirected() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// The address of a file that exists in this page only.
fn saved(csv: &str) -> Option<String> {
    let parts = js_sys::Array::of1(&csv.into());
    let blob = web_sys::Blob::new_with_str_sequence(&parts).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}

fn forget(file: RwSignal<Option<String>>) {
    if let Some(address) = file.get_untracked() {
        web_sys::Url::revoke_object_url(&address).unwrap_or_default();
    }
    file.set(None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_by_outcome_and_reason() {
        let mut counts = Counts::new();
        let part = "line,outcome,reason,clause,municipality_code,level\r\n1,eligible,meets,admits 1,074462,town\r\n\
                    2,not_eligible,lives_elsewhere,,104485,municipality\r\n4,eligible,meets,admits 1,074462,town\r\n";
        assert_eq!(count(part, &mut counts), 3);
        assert_eq!(count("", &mut counts), 0);
        let counts: Vec<_> =
            counts.iter().map(|((outcome, reason), n)| (outcome.as_str(), reason.as_str(), *n)).collect();
        assert_eq!(counts, [("eligible", "meets", 2), ("not_eligible", "lives_elsewhere", 1)]);
    }
}
