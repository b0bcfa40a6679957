//! Copies a text. An island: without JavaScript the text beside it can still be selected, and no button stands there.

use leptos::prelude::*;

/// The button. The words are the page's, because an island does not know the language.
#[island]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// The word on the button.
    label: String,
    /// The word after it was copied.
    copied: String,
) -> impl IntoView {
    let (done, set_done) = signal(false);
    // The server does not draw the button: it could not do anything before the island is awake.
    let (awake, set_awake) = signal(false);
    Effect::new(move || set_awake.set(true));
    let copy = move |_| {
        if let Some(window) = web_sys::window() {
            // The promise is not awaited: a browser that refuses says so itself.
            drop(window.navigator().clipboard().write_text(&text));
            set_done.set(true);
        }
    };
    view! {
        <button type="button" class="button button--quiet button--xs" hidden=move || !awake.get() on:click=copy>
            {move || if done.get() { copied.clone() } else { label.clone() }}
        </button>
        <span class="visually-hidden" role="status">{move || if done.get() { "✓" } else { "" }}</span>
    }
}
