//! Buttons: what a form does, where a link leads as an action, and what may not be done now, with the reason.

use leptos::prelude::*;

use super::icon::{Drawing, Icon};

/// How much a button weighs. One primary per view; danger is an outline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Weight {
    /// The one main action.
    #[default]
    Primary,
    /// Its alternative.
    Secondary,
    /// In rows and toolbars.
    Quiet,
    /// Ends or removes something.
    Danger,
}

/// 48 px for forms, 40 in toolbars and page heads, 28 in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Size {
    /// 48 px.
    M,
    /// 40 px.
    #[default]
    S,
    /// 28 px.
    Xs,
}

fn class(weight: Weight, size: Size, block: bool) -> String {
    let weight = match weight {
        Weight::Primary => "button--primary",
        Weight::Secondary => "button--secondary",
        Weight::Quiet => "button--quiet",
        Weight::Danger => "button--danger",
    };
    let size = match size {
        Size::M => " button--m",
        Size::S => "",
        Size::Xs => " button--xs",
    };
    format!("button {weight}{size}{}", if block { " button--block" } else { "" })
}

/// Sends its form. With a `name`, the form says which of its buttons was pressed.
#[component]
pub fn SubmitButton(
    #[prop(into)] word: String,
    #[prop(optional)] weight: Weight,
    #[prop(optional)] size: Size,
    #[prop(optional)] block: bool,
    #[prop(optional)] icon: Option<Drawing>,
    /// Said to screen readers after the word: the object of a button that is repeated in rows.
    #[prop(optional, into)] object: Option<String>,
    #[prop(optional)] name: Option<&'static str>,
    #[prop(optional, into)] value: Option<String>,
) -> impl IntoView {
    view! {
        <button class=class(weight, size, block) type="submit" name=name value=value>
            {icon.map(|of| view! { <Icon of/> })}
            {word}
            {object.map(|object| view! { <span class="visually-hidden">": "{object}</span> })}
        </button>
    }
}

/// Leads to a page, as an action.
#[component]
pub fn LinkButton(
    #[prop(into)] word: String,
    #[prop(into)] href: String,
    #[prop(optional)] weight: Weight,
    #[prop(optional)] size: Size,
    #[prop(optional)] block: bool,
    #[prop(optional)] icon: Option<Drawing>,
    /// Said to screen readers after the word: the object of a button that is repeated in rows.
    #[prop(optional, into)] object: Option<String>,
) -> impl IntoView {
    view! {
        <a class=class(weight, size, block) href=href>
            {icon.map(|of| view! { <Icon of/> })}
            {word}
            {object.map(|object| view! { <span class="visually-hidden">": "{object}</span> })}
        </a>
    }
}

/// Cannot be pressed now; stays in the tab order, and the reason stands beside it.
#[component]
pub fn DisabledButton(
    #[prop(into)] word: String,
    #[prop(into)] reason: String,
    /// An id that the page uses once.
    #[prop(into)] id: String,
    #[prop(optional)] weight: Weight,
    #[prop(optional)] size: Size,
    #[prop(optional)] icon: Option<Drawing>,
) -> impl IntoView {
    let reason_id = format!("{id}-reason");
    view! {
        <span class="cluster">
            <button class=class(weight, size, false) type="button" id=id aria-disabled="true" aria-describedby=reason_id.clone()>
                {icon.map(|of| view! { <Icon of/> })}
                {word}
            </button>
            <span class="muted text-14" id=reason_id>{reason}</span>
        </span>
    }
}
