//! The versions of a configuration, and the difference of any two of them.

use domain::locale::Locale;
use leptos::prelude::*;
use service::configuration::{Comparison, Detail, VersionView};

use super::diff::Before;
use super::text::Words;
use super::{day, diff, state_badge, version_word};
use crate::components::panel::Panel;
use crate::text::{dot, fill};

/// The difference that the address asks for, with the choice of another one.
pub(crate) fn comparison(detail: &Detail, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let Comparison { from, to, to_state, changes } = detail.comparison.clone();
    // A first version differs from nothing; its content stands on the page.
    let Some(from) = from else { return ().into_any() };
    let numbers: Vec<i64> = detail.versions.iter().map(|version| version.number).collect();
    let (title, note) = match &changes {
        None => (version_word(to, locale), words.diff_incomplete.to_owned()),
        Some(changes) => {
            let values = [("from", from.to_string()), ("to", to.to_string())];
            let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let note = match diff::count(changes) {
                0 => words.diff_none.to_owned(),
                count => fill(words.diff_count, &[("n", &count.to_string())]),
            };
            (fill(words.diff_title, &values), note)
        }
    };
    let before = Before { number: from, in_use: detail.published == Some(from) };
    let rows = changes.map(|changes| diff::rows(changes, Some(before), to, locale));
    let choice = (numbers.len() > 1).then(|| choose(&numbers, Some(from), to, locale));
    view! {
        <section class="panel" id="versions" aria-labelledby="versions-h">
            <div class="panel__head panel__head--line">
                <div><h2 id="versions-h">{title}" "{state_badge(to_state, locale)}</h2><p>{note}</p></div>
                {choice}
            </div>
            {rows}
        </section>
    }
    .into_any()
}

fn choose(numbers: &[i64], from: Option<i64>, to: i64, locale: Locale) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let options = |chosen: Option<i64>| {
        numbers
            .iter()
            .map(|number| {
                view! {
                    <option value=number.to_string() selected=Some(*number) == chosen>{version_word(*number, locale)}</option>
                }
            })
            .collect_view()
    };
    view! {
        <form class="inline-field" method="get">
            <label for="compare-from">{words.compare_from}</label>
            <select class="input input--short" id="compare-from" name="from">{options(from)}</select>
            <label for="compare-to">{words.compare_with}</label>
            <select class="input input--short" id="compare-to" name="to">{options(Some(to))}</select>
            <button class="button button--quiet" type="submit">{words.compare}</button>
        </form>
    }
}

/// Every version, newest first.
pub(crate) fn history(detail: &Detail, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let rows = detail.versions.iter().map(|version| row(version, locale)).collect_view();
    // The link to versions leads here where there is nothing to compare.
    let anchor = detail.comparison.from.is_none().then_some("versions");
    view! {
        <div id=anchor>
            <Panel id="history" title=words.versions><ol class="versions" reversed>{rows}</ol></Panel>
        </div>
    }
    .into_any()
}

fn row(version: &VersionView, locale: Locale) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let mut facts: Vec<String> = Vec::new();
    if let Some(person) = &version.drafted_by {
        facts.push(fill(words.by, &[("name", &person.name)]));
    }
    if let Some(person) = &version.approved_by {
        facts.push(fill(words.approved_by, &[("name", &person.name)]));
    }
    match (version.published_at, version.archived_at) {
        (Some(from), None) => facts.push(fill(words.since, &[("day", &day(from, locale))])),
        (Some(from), Some(until)) => {
            facts.push(fill(words.since, &[("day", &day(from, locale))]));
            facts.push(fill(words.until, &[("day", &day(until, locale))]));
        }
        (None, _) => facts.push(fill(words.saved_on, &[("day", &day(version.drafted_at, locale))])),
    }
    let reason = if version.reason.is_empty() { words.no_reason.to_owned() } else { version.reason.clone() };
    let material = version.material.then(|| format!("({})", words.material));
    view! {
        <li>
            <strong>{version_word(version.number, locale)}</strong>
            <span>{reason}{material}<small>{facts.join(dot(locale))}</small></span>
            {state_badge(version.state, locale)}
        </li>
    }
}
