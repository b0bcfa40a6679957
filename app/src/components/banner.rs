//! A message about the page or a part of it, and the answer to what was just done.

use leptos::prelude::*;

use super::icon::{Drawing, Icon};
use crate::forms::{Flash, Tone};

const fn look(tone: Tone) -> (&'static str, Drawing) {
    match tone {
        Tone::Info => ("banner", Drawing::Information),
        Tone::Success => ("banner banner--success", Drawing::Done),
        Tone::Warning => ("banner banner--warning", Drawing::Warning),
        Tone::Error => ("banner banner--error", Drawing::Stop),
    }
}

/// A message with an optional title.
#[component]
pub fn Banner(
    tone: Tone,
    #[prop(optional, into)] title: Option<String>,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let (look, drawing) = look(tone);
    view! {
        <div class=format!("{look} {class}")>
            <Icon of=drawing/>
            <div>
                {title.map(|title| view! { <p class="banner__title">{title}</p> })}
                <div class="banner__text">{children()}</div>
            </div>
        </div>
    }
}

/// What was just done, above the page head; read out by screen readers.
#[component]
pub fn FlashBanner(flash: Flash) -> impl IntoView {
    let (look, drawing) = look(flash.tone);
    let role = if flash.tone == Tone::Error { "alert" } else { "status" };
    view! {
        <div class=format!("{look} flash") role=role>
            <Icon of=drawing/>
            <div><p class="banner__text">{flash.text}</p></div>
        </div>
    }
}
