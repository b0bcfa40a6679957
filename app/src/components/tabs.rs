//! Parts of a subject as links.

use leptos::prelude::*;

/// One tab.
#[derive(Debug, Clone)]
pub struct Tab {
    pub word: String,
    pub href: String,
    pub current: bool,
}

/// The tabs; `label` says of what they are parts.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    let links = tabs
        .into_iter()
        .map(|tab| view! { <a href=tab.href aria-current=tab.current.then_some("page")>{tab.word}</a> })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{links}</nav> }
}
