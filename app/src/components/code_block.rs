//! A value to be copied exactly, and a text of several lines.

use leptos::prelude::*;

use super::copy_button::CopyButton;
use crate::render::locale;
use crate::text::Shared;

/// One value (a client id, an address) with a button that copies it.
#[component]
pub fn CopyValue(#[prop(into)] value: String) -> impl IntoView {
    let words = Shared::of(locale());
    view! {
        <span class="copy">
            <code class="mono">{value.clone()}</code>
            <CopyButton text=value label=words.copy.to_owned() copied=words.copied.to_owned()/>
        </span>
    }
}

/// Lines of code or JSON, in a focusable region that scrolls.
#[component]
pub fn CodeBlock(#[prop(into)] text: String, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <div class="code-block" role="region" aria-label=label tabindex="0">
            <pre class="mono"><code>{text}</code></pre>
        </div>
    }
}
