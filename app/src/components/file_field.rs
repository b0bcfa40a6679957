//! A file to send along. What was chosen cannot be shown again: browsers forget it with the page.

use leptos::prelude::*;

use super::error_summary::Labels;
use super::field::field_id;
use crate::render::{locale, submitted};
use crate::text::{Shared, violation_words};

/// A file, which may be left out. Its form must be one that uploads.
#[component]
pub fn FileField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into)] help: String,
    /// Endings and media types that the browser offers first.
    accept: &'static str,
) -> impl IntoView {
    let locale = locale();
    let error = submitted().and_then(|submitted| submitted.violation(&name)).map(|found| violation_words(found, locale));
    Labels::note(&name, &label, error);
    let id = field_id(&name);
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described_by = if error.is_some() { format!("{help_id} {error_id}") } else { help_id.clone() };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                {label}<span class="field__optional">{Shared::of(locale).optional}</span>
            </label>
            <span class="field__help" id=help_id>{help}</span>
            {error.map(|error| view! { <p class="field__error" id=error_id>"＊"{error}</p> })}
            <input
                class="input input--file"
                type="file"
                id=id
                name=name
                accept=accept
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by
            />
        </div>
    }
}
