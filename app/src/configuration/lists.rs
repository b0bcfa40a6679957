//! What the three lists have in common.

use domain::locale::Locale;
use leptos::prelude::*;
use service::configuration::{ListFilter, ListSort, Listed, Standing};

use super::text::Words;
use super::{day, standing_badge, version_word};
use crate::components::form::Filter;
use crate::components::list::{ListQuery, Order};
use crate::text::fill;

/// What the address asks for.
pub(crate) fn filter(query: &ListQuery) -> ListFilter {
    let (sort, descending) = match query.sort() {
        Some(("title", order)) => (ListSort::Title, order == Order::Descending),
        Some((_, order)) => (ListSort::Updated, order == Order::Descending),
        None => (ListSort::Updated, true),
    };
    ListFilter {
        search: query.get("q").to_owned(),
        standing: query.get("state").parse().ok(),
        sort,
        descending,
        page: u64::try_from(query.page().saturating_sub(1)).unwrap_or(0),
        size: u64::try_from(query.size()).unwrap_or(25),
    }
}

/// The filter by state; only relying parties are ever suspended.
pub(crate) fn state_filter(locale: Locale, suspends: bool) -> Filter {
    let words = Words::of(locale);
    let choices = Standing::ALL
        .into_iter()
        .filter(|standing| suspends || *standing != Standing::Suspended)
        .map(|standing| (standing.as_str().to_owned(), words.standing(standing).to_owned()))
        .collect();
    Filter { name: "state", label: words.state.to_owned(), choices }
}

/// The badge of a row, with what is on its way beside the version in use.
pub(crate) fn standing_cell(row: &Listed, locale: Locale) -> AnyView {
    use domain::configuration::VersionState;
    let words = Words::of(locale);
    let template = match row.latest_state {
        _ if row.published.is_none() => None,
        VersionState::Submitted => Some(words.version_in_review),
        VersionState::Approved => Some(words.version_approved),
        VersionState::ChangesRequested => Some(words.version_sent_back),
        VersionState::Draft => Some(words.version_draft),
        VersionState::Published | VersionState::Archived | VersionState::Withdrawn => None,
    };
    let later = template.map(|template| {
        let text = fill(template, &[("n", &row.latest.to_string())]);
        view! { <span class="sub">{text}</span> }
    });
    view! { <td>{standing_badge(row.standing, locale)}{later}</td> }.into_any()
}

/// When a row changed, and by whom.
pub(crate) fn updated_cell(row: &Listed, locale: Locale) -> AnyView {
    let who = row.updated_by.clone().map(|name| view! { <span class="sub">{name}</span> });
    view! { <td class="nowrap">{day(row.updated_at, locale)}{who}</td> }.into_any()
}

/// The version in use, else the newest.
pub(crate) fn version_cell(row: &Listed, locale: Locale) -> AnyView {
    view! { <td class="nowrap">{version_word(row.published.unwrap_or(row.latest), locale)}</td> }.into_any()
}

/// Nothing to show in a cell.
pub(crate) fn nothing(locale: Locale) -> AnyView {
    let words = Words::of(locale);
    view! { <span class="muted"><span aria-hidden="true">{words.none}</span><span class="visually-hidden">{words.none_word}</span></span> }
        .into_any()
}

/// Who uses a rule or a text.
pub(crate) fn used_by_cell(row: &Listed, locale: Locale) -> AnyView {
    if row.used_by.is_empty() {
        return view! { <td>{nothing(locale)}</td> }.into_any();
    }
    let names: Vec<&str> = row.used_by.iter().map(|(_, name)| name.get(locale)).collect();
    let separator = if locale == Locale::Ja { "、" } else { ", " };
    view! { <td>{names.join(separator)}</td> }.into_any()
}
