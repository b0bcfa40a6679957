//! Frames of pages that are not in the console: one card in the middle.

use leptos::prelude::*;

use super::icon::Mark;
use crate::render::locale;
use crate::text::Shared;
use domain::paths;

/// The product above, one card below. `switch` leads to the same page in the other language.
#[component]
pub fn CardFrame(#[prop(optional, into)] switch: Option<String>, children: Children) -> impl IntoView {
    let locale = locale();
    let words = Shared::of(locale);
    let other = locale.other();
    let switch = switch.map(|href| {
        view! { <a href=href lang=other.as_str() hreflang=other.as_str()>{language_name(other)}</a> }
    });
    view! {
        <a class="skip-link" href="#main">{words.skip}</a>
        <div class="auth">
            <header class="auth__top">
                <a class="brand" href=paths::home()><Mark/><b>{words.product}</b></a>
                {switch}
            </header>
            <main class="auth__main" id="main" tabindex="-1">{children()}</main>
        </div>
    }
}

/// A language by its own name.
pub const fn language_name(locale: domain::locale::Locale) -> &'static str {
    match locale {
        domain::locale::Locale::Ja => "日本語",
        domain::locale::Locale::En => "English",
    }
}
