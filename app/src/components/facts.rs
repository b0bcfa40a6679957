//! A description list.

use leptos::prelude::*;

/// The list; `class` may be `facts--narrow`, `facts--plain`.
#[component]
pub fn Facts(#[prop(optional)] class: &'static str, children: Children) -> impl IntoView {
    view! { <dl class=format!("facts {class}")>{children()}</dl> }
}

/// One line of it.
#[component]
pub fn Fact(#[prop(into)] term: String, children: Children) -> impl IntoView {
    view! { <div><dt>{term}</dt><dd>{children()}</dd></div> }
}
