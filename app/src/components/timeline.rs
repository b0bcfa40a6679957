//! What happened in order; each step has a shape besides its colour.

use leptos::prelude::*;

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Happened.
    Done,
    /// Sent back.
    Back,
    /// Is waited for.
    Now,
    /// Comes later, or needs no mark.
    Plain,
}

/// The list.
#[component]
pub fn Timeline(#[prop(optional)] class: &'static str, children: Children) -> impl IntoView {
    view! { <ol class=format!("timeline {class}")>{children()}</ol> }
}

/// One step; `when` is a time as a machine reads it, and as a person does.
#[component]
pub fn TimelineStep(
    step: Step,
    #[prop(optional, into)] when: Option<(String, String)>,
    children: Children,
) -> impl IntoView {
    let (class, current) = match step {
        Step::Done => (Some("is-done"), None),
        Step::Back => (Some("is-back"), None),
        Step::Now => (Some("is-now"), Some("step")),
        Step::Plain => (None, None),
    };
    let time = when.map(|(machine, person)| view! { <time datetime=machine>{person}</time> });
    view! { <li class=class aria-current=current><div>{children()}{time}</div></li> }
}
