//! A form that posts to its own page, with its errors on top, and the toolbar that asks for a list.

use leptos::prelude::*;

use super::error_summary::{Labels, summary};
use super::icon::{Drawing, Icon};
use super::list::ListQuery;
use crate::render::{locale, submitted};
use crate::text::Shared;

/// A form. Without `action` it posts to the page that it is on.
#[component]
pub fn Form(
    #[prop(optional, into)] action: Option<String>,
    /// `form--tight`, `form--page`.
    #[prop(optional)]
    class: &'static str,
    /// Names the form for screen readers where a page has several.
    #[prop(optional, into)]
    label: Option<String>,
    /// Sends files along.
    #[prop(optional)]
    upload: bool,
    children: Children,
) -> impl IntoView {
    let enctype = upload.then_some("multipart/form-data");
    let labels: Labels = use_context().unwrap_or_default();
    // The fields first: they say what they are called, and the summary above them names them.
    let fields = children();
    let summary = summary(submitted(), &labels);
    view! {
        <form class=format!("form {class}") method="post" action=action enctype=enctype aria-label=label novalidate>
            {summary}
            {fields}
        </form>
    }
}

/// The buttons at the foot of a form.
#[component]
pub fn FormActions(children: Children) -> impl IntoView {
    view! { <div class="form__actions">{children()}</div> }
}

/// A value that travels along unseen: a revision, a row's id. Shown values win over it nowhere.
#[component]
pub fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// A filter of a list.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The parameter.
    pub name: &'static str,
    /// What is filtered by.
    pub label: String,
    /// Value and word of each choice; everything is added by itself.
    pub choices: Vec<(String, String)>,
}

/// Search word and filters above a list, in the address; `children` stand at the end of the second line.
#[component]
pub fn Toolbar(
    list: ListQuery,
    /// What the search word is looked for in.
    #[prop(into)]
    search_label: String,
    #[prop(optional)] filters: Vec<Filter>,
    /// `14件のうち 1〜10件を表示`.
    #[prop(into)]
    range: String,
) -> impl IntoView {
    let words = Shared::of(locale());
    let mut names: Vec<&str> = filters.iter().map(|filter| filter.name).collect();
    names.push("q");
    let hidden = list
        .others(&names)
        .map(|(key, value)| view! { <input type="hidden" name=key.to_owned() value=value.to_owned()/> })
        .collect_view();
    let selects = filters
        .iter()
        .map(|filter| {
            let chosen = list.get(filter.name);
            let options = filter
                .choices
                .iter()
                .map(|(value, word)| view! { <option value=value.clone() selected=value == chosen>{word.clone()}</option> })
                .collect_view();
            let id = format!("filter-{}", filter.name);
            view! {
                <div class="field">
                    <label class="field__label" for=id.clone()>{filter.label.clone()}</label>
                    <select class="input" id=id name=filter.name>
                        <option value="">{words.all}</option>
                        {options}
                    </select>
                </div>
            }
        })
        .collect_view();
    let clear = list.is_filtered().then(|| view! { <a href=list.cleared().to_owned()>{words.clear_filters}</a> });
    view! {
        <form class="toolbar" role="search" method="get">
            {hidden}
            <div class="field grow">
                <label class="field__label" for="q">{search_label}</label>
                <span class="search">
                    <Icon of=Drawing::Search/>
                    <input class="input" id="q" name="q" type="search" autocomplete="off" value=list.get("q").to_owned()/>
                </span>
            </div>
            {selects}
            <button class="button button--secondary" type="submit">{words.search}</button>
        </form>
        <div class="toolbar__applied"><span class="muted">{range}</span>{clear}</div>
    }
}
