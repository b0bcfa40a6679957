//! The builder while somebody works in it. The form is the server's; this island tells the rule anew at every touch, sends the
//! buttons that only change the form without leaving the page, lists places while their names are typed, and tries the person
//! who is made up. What it sends goes in the body of a POST to the builder's own address, and nothing is kept.
#![expect(missing_docs, reason = "the properties of an island are its parameters, which say it")]

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod combobox;
#[cfg(feature = "hydrate")]
mod marks;
#[cfg(feature = "hydrate")]
mod page;

use domain::locale::Locale;
use domain::violations::Violation;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::told::Told;

/// What the island says; it does not know the tables of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellerWords {
    pub(super) missing: String,
    pub(super) which_of: String,
    pub(super) of_these: String,
    pub(super) but_not: String,
    pub(super) no_answer: String,
    pub(super) wrong: Vec<(Violation, String)>,
}

/// The rule in words, as the form says it now.
#[island]
pub fn RuleTeller(
    /// As the server read the form.
    told: Told,
    /// The municipality whose rule it is, by its code.
    own: String,
    /// The page's language.
    locale: Locale,
    /// Where parts of the builder come from.
    endpoint: String,
    /// Its words.
    words: TellerWords,
) -> impl IntoView {
    let told = RwSignal::new(told);
    let said = RwSignal::new(String::new());
    let failed = RwSignal::new(false);
    let place = NodeRef::<leptos::html::Div>::new();
    let no_answer = words.no_answer.clone();
    #[cfg(feature = "hydrate")]
    {
        let words = words.clone();
        Effect::new(move || {
            if let Some(place) = place.get() {
                let facts = page::Facts { own: own.clone(), locale, endpoint: endpoint.clone(), words: words.clone() };
                page::wake(&place, facts, page::Signals { told, said, failed });
            }
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (own, locale, endpoint);
    view! {
        <div class="told" node_ref=place aria-live="polite">{move || sentences(told.get(), &words)}</div>
        <p class="visually-hidden" role="status">{move || said.get()}</p>
        <p class="field__error" role="alert">{move || failed.get().then(|| no_answer.clone())}</p>
    }
}

/// The sentences, with a list where there are several clauses.
pub(super) fn sentences(told: Told, words: &TellerWords) -> AnyView {
    if told.who.is_empty() {
        return view! { <p class="muted">{words.missing.clone()}</p> }.into_any();
    }
    let rest = told.rest.into_iter().map(|line| view! { <p>{line}</p> }.into_any()).collect::<Vec<_>>();
    if told.admits.is_empty() {
        return view! { <p class="sentence-large">{told.who}</p>{rest} }.into_any();
    }
    let list = |lead: &str, phrases: Vec<String>, numbered: bool| {
        if phrases.is_empty() {
            return ().into_any();
        }
        let lead = lead.to_owned();
        let items = phrases.into_iter().map(|phrase| view! { <li>{phrase}</li> }.into_any()).collect::<Vec<_>>();
        let class = if numbered { "sentence-list" } else { "sentence-list sentence-list--plain" };
        view! { <p class="sentence-large">{lead}</p><ol class=class>{items}</ol> }.into_any()
    };
    view! {
        {list(&words.which_of, told.admits, true)}
        {list(&words.of_these, told.everyone, false)}
        {list(&words.but_not, told.excludes, false)}
        {rest}
    }
    .into_any()
}
