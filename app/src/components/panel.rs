//! A section of a page in a frame, with its heading.

use leptos::prelude::*;

/// The section. `head` stands at the right of the heading; `bare` leaves the body without padding (tables, lists).
#[component]
pub fn Panel(
    /// An id that the page uses once, for the heading.
    id: &'static str,
    #[prop(into)] title: String,
    #[prop(optional, into)] note: Option<String>,
    #[prop(optional)] class: &'static str,
    #[prop(optional)] bare: bool,
    #[prop(optional)] line: bool,
    #[prop(optional)] head: Option<Children>,
    children: Children,
) -> impl IntoView {
    let head_class = if line { "panel__head panel__head--line" } else { "panel__head" };
    let content = children();
    view! {
        <section class=format!("panel {class}") aria-labelledby=id>
            <div class=head_class>
                <div><h2 id=id>{title}</h2>{note.map(|note| view! { <p>{note}</p> })}</div>
                {head.map(|head| head())}
            </div>
            {if bare { content.into_any() } else { view! { <div class="panel__body">{content}</div> }.into_any() }}
        </section>
    }
}
