//! Tables: a caption, sortable heads as links, a focusable region that scrolls on phones.

use leptos::prelude::*;

use super::list::{ListQuery, Order};
use crate::render::locale;
use crate::text::Shared;

/// One head.
#[derive(Debug, Clone)]
pub struct Column {
    word: String,
    key: Option<&'static str>,
    numeric: bool,
    hidden: bool,
}

impl Column {
    /// A head that only names its column.
    pub fn new(word: impl Into<String>) -> Self {
        Self { word: word.into(), key: None, numeric: false, hidden: false }
    }

    /// Sorts by this key.
    pub fn sorts(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Holds numbers: aligned to the right.
    pub fn numeric(self) -> Self {
        Self { numeric: true, ..self }
    }

    /// Named for screen readers only (a column of buttons).
    pub fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }
}

/// A table; `children` are its rows, the first cell of each a `th scope="row"`. With a `list`, heads that sort are links.
#[component]
pub fn Table(
    /// An id that the page uses once.
    id: &'static str,
    #[prop(into)] caption: String,
    columns: Vec<Column>,
    #[prop(optional)] list: Option<ListQuery>,
    /// `table--wide`, `table--compact`, `table--top`.
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let heads = columns.into_iter().map(|column| head(column, list.as_ref())).collect_view();
    view! {
        <div class="table-scroll" role="region" aria-labelledby=id tabindex="0">
            <table class=format!("table table--sticky {class}")>
                <caption class="visually-hidden" id=id>{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

fn head(column: Column, list: Option<&ListQuery>) -> AnyView {
    let class = column.numeric.then_some("num");
    let (Some(key), Some(list)) = (column.key, list) else {
        let word_class = column.hidden.then_some("visually-hidden");
        return view! { <th scope="col" class=class><span class=word_class>{column.word}</span></th> }.into_any();
    };
    let sorted = list.sort().filter(|(sorted, _)| *sorted == key).map(|(_, order)| order);
    let (state, next) = match sorted {
        Some(Order::Ascending) => (Some("ascending"), format!("-{key}")),
        Some(Order::Descending) => (Some("descending"), key.to_owned()),
        None => (None, key.to_owned()),
    };
    view! {
        <th scope="col" class=class aria-sort=state>
            <a class="sort" href=list.with("sort", &next)>
                {column.word}
                <svg viewBox="0 0 10 14" aria-hidden="true" inner_html=r#"<path d="M5 1l4 5H1z"/><path d="M5 13L1 8h8z"/>"#></svg>
            </a>
        </th>
    }
    .into_any()
}

/// Nothing matches the filters, with a link that removes them.
#[component]
pub fn NothingFound(list: ListQuery) -> impl IntoView {
    let words = Shared::of(locale());
    let cleared = list.cleared().to_owned();
    view! {
        <super::empty_state::EmptyInline
            title=words.nothing_found
            text=words.nothing_found_hint
            icon=super::icon::Drawing::Search
        >
            <a class="button button--secondary" href=cleared>{words.clear_filters}</a>
        </super::empty_state::EmptyInline>
    }
}
