//! Where the page is: links to what is above it, and its own name.

use leptos::prelude::*;

use crate::render::locale;
use crate::text::Shared;

/// One step: a word and its address.
#[derive(Debug, Clone)]
pub struct Crumb {
    pub word: String,
    pub href: String,
}

/// The way to this page; its last step is the page itself.
#[component]
pub fn Breadcrumb(trail: Vec<Crumb>, here: String) -> impl IntoView {
    let links = trail.into_iter().map(|crumb| view! { <li><a href=crumb.href>{crumb.word}</a></li> }).collect_view();
    view! {
        <nav class="breadcrumb" aria-label=Shared::of(locale()).page_position>
            <ol>{links}<li><span aria-current="page">{here}</span></li></ol>
        </nav>
    }
}
