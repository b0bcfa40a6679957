//! A list without anything in it says what to do next.

use leptos::prelude::*;

use super::icon::{Drawing, Icon};

/// Nothing yet: the first step. `children` are the buttons.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <svg
                viewBox="0 0 120 88"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                aria-hidden="true"
                inner_html=r#"<path d="M4 84h112M16 84V46l20-16 20 16v38M28 84V64h16v20M72 84V22h32v62M80 34h4M92 34h4M80 48h4M92 48h4M80 62h4M92 62h4"/><path d="M56 56h16" stroke-dasharray="3 4"/><circle cx="64" cy="12" r="7"/><path d="M64 19v14M64 26h5M64 31h4"/>"#
            ></svg>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="cluster">{children()}</div> })}
        </div>
    }
}

/// Nothing here, inside a page: no result of a search, nothing to do. No heading: it stands under whichever the page has there.
#[component]
pub fn EmptyInline(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    icon: Drawing,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty empty--inline">
            <Icon of=icon/>
            <p class="empty__title">{title}</p>
            <p>{text}</p>
            {children.map(|children| view! { <div class="cluster">{children()}</div> })}
        </div>
    }
}
