//! Two versions side by side, field by field, the changed words marked.

use domain::configuration::{ChangeKind, FieldChange, FieldKey, segments};
use domain::locale::Locale;
use leptos::prelude::*;

use super::text::Words;
use crate::text::fill;

/// A version that another one is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    /// Its number.
    pub(crate) number: i64,
    /// It is the one in use.
    pub(crate) in_use: bool,
}

/// The rows of what changed and, folded, the names of what did not. `from` is none for a first version.
pub(crate) fn rows(changes: Vec<FieldChange>, from: Option<Before>, to: i64, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let (same, changed): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.kind == ChangeKind::Same);
    let separator = if locale == Locale::Ja { "、" } else { ", " };
    let names: Vec<&str> = same.iter().map(|change| change.field.words().get(locale)).collect();
    let unchanged = (!names.is_empty()).then(|| {
        let title = fill(words.diff_same, &[("n", &names.len().to_string())]);
        let names = names.join(separator);
        view! {
            <details class="disclosure diff__same">
                <summary><span>{title}</span></summary>
                <div class="disclosure__body"><p class="text-14">{names}</p></div>
            </details>
        }
    });
    let rows = changed.into_iter().map(|change| row(change, from, to, locale)).collect_view();
    view! { <div class="diff">{rows}</div>{unchanged} }.into_any()
}

/// How many fields change.
pub(crate) fn count(changes: &[FieldChange]) -> usize {
    changes.iter().filter(|change| change.kind != ChangeKind::Same).count()
}

fn row(change: FieldChange, from: Option<Before>, to: i64, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let badge = match change.kind {
        ChangeKind::Added => "badge badge--success",
        ChangeKind::Removed => "badge badge--error",
        ChangeKind::Changed | ChangeKind::Same => "badge badge--info",
    };
    let code = matches!(change.field, FieldKey::RedirectUris | FieldKey::HomeUrl | FieldKey::ClientId);
    let (old, new) = sides(&change, code);
    let old_label = match from {
        Some(Before { number, in_use }) => {
            fill(if in_use { words.diff_old } else { words.diff_past }, &[("n", &number.to_string())])
        }
        None => words.diff_before.to_owned(),
    };
    let new_label = fill(words.diff_new, &[("n", &to.to_string())]);
    let side = |label: String, lines: Vec<AnyView>, class: &'static str| {
        let (class, content) = if lines.is_empty() {
            ("diff__side diff__side--none", view! { {words.none_word} }.into_any())
        } else {
            (class, lines.into_any())
        };
        view! { <div class=class><span class="diff__label">{label}</span>{content}</div> }
    };
    view! {
        <div class="diff__row">
            <div class="diff__field">
                <h3>{change.field.words().get(locale)}</h3>
                <span class=badge>{change.kind.words().get(locale)}</span>
            </div>
            <div class="diff__body">
                <div class="diff__sides">
                    {side(old_label, old, "diff__side diff__side--old")}
                    {side(new_label, new, "diff__side diff__side--new")}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Lines of both sides. Lists are compared line by line as far as both have one; the rest is deleted or inserted whole.
fn sides(change: &FieldChange, code: bool) -> (Vec<AnyView>, Vec<AnyView>) {
    let line = |content: AnyView| {
        if code { view! { <p><code>{content}</code></p> }.into_any() } else { view! { <p>{content}</p> }.into_any() }
    };
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for index in 0..change.old.len().max(change.new.len()) {
        match (change.old.get(index), change.new.get(index)) {
            (Some(before), Some(after)) => {
                let (before, after) = segments(before, after);
                let deleted = before.into_iter().map(|piece| {
                    if piece.changed { view! { <del>{piece.text}</del> }.into_any() } else { piece.text.into_any() }
                });
                let inserted = after.into_iter().map(|piece| {
                    if piece.changed { view! { <ins>{piece.text}</ins> }.into_any() } else { piece.text.into_any() }
                });
                old.push(line(deleted.collect::<Vec<_>>().into_any()));
                new.push(line(inserted.collect::<Vec<_>>().into_any()));
            }
            (Some(before), None) => old.push(line(view! { <del>{before.clone()}</del> }.into_any())),
            (None, Some(after)) => new.push(line(view! { <ins>{after.clone()}</ins> }.into_any())),
            (None, None) => {}
        }
    }
    (old, new)
}
