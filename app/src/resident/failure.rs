//! Pages for what went wrong before, or apart from, a decision: each says what happened and what to do. No codes without
//! words, and nothing that came from outside.

use axum::http::StatusCode;
use domain::paths;
use leptos::prelude::*;

use super::frame::Setting;
use super::words::FailureWords;
use crate::error_code;
use crate::text::fill;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The flow's half hour is over, its cookie made way for newer ones or was altered, or it never was in this browser.
    FlowGone,
    /// The flow ended already: it cannot happen twice.
    AlreadyDone,
    /// `client_id` names no service of this town.
    UnknownClient,
    /// The address to return to is not registered.
    RedirectUri,
    /// The service is suspended.
    Suspended,
    /// The town has no identity provider, or no page to sign in on.
    NotSetUp,
    /// The answer of the identity provider belongs to no sign-in of this browser.
    ForeignAnswer,
    /// Nobody is signed in here, or no longer.
    SignedOut,
    /// The address leads nowhere.
    NotFound,
    /// The request is malformed, or came from another site.
    BadRequest,
    /// Try again later.
    Unavailable,
    /// So many requests came that some have to wait.
    TooMany,
    /// A fault of ours.
    Internal,
}

impl Failure {
    /// All of them.
    pub const ALL: [Failure; 13] = [
        Failure::FlowGone,
        Failure::AlreadyDone,
        Failure::UnknownClient,
        Failure::RedirectUri,
        Failure::Suspended,
        Failure::NotSetUp,
        Failure::ForeignAnswer,
        Failure::SignedOut,
        Failure::NotFound,
        Failure::BadRequest,
        Failure::Unavailable,
        Failure::TooMany,
        Failure::Internal,
    ];

    /// What a status says that was given before a town's page was reached.
    pub const fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Failure::NotFound,
            StatusCode::TOO_MANY_REQUESTS => Failure::TooMany,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => Failure::Unavailable,
            StatusCode::INTERNAL_SERVER_ERROR => Failure::Internal,
            _ => Failure::BadRequest,
        }
    }

    /// The status of the answer.
    pub const fn status(self) -> StatusCode {
        match self {
            Failure::FlowGone | Failure::AlreadyDone => StatusCode::GONE,
            Failure::UnknownClient | Failure::RedirectUri | Failure::ForeignAnswer | Failure::BadRequest => {
                StatusCode::BAD_REQUEST
            }
            Failure::Suspended => StatusCode::FORBIDDEN,
            Failure::SignedOut => StatusCode::UNAUTHORIZED,
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::Unavailable | Failure::NotSetUp => StatusCode::SERVICE_UNAVAILABLE,
            Failure::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Failure::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for whoever connects a service, the same in every language.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Failure::FlowGone => "flow_gone",
            Failure::AlreadyDone => "already_done",
            Failure::UnknownClient => "unknown_client",
            Failure::RedirectUri => "unknown_redirect_uri",
            Failure::Suspended => "suspended",
            Failure::NotSetUp => "not_set_up",
            Failure::ForeignAnswer => "not_asked_for",
            Failure::SignedOut => "signed_out",
            Failure::NotFound => "not_found",
            Failure::BadRequest => "bad_request",
            Failure::Unavailable => "unavailable",
            Failure::TooMany => "too_many_requests",
            Failure::Internal => "internal",
        }
    }

    const fn sentences(self, words: &'static FailureWords) -> (&'static str, &'static str) {
        match self {
            Failure::FlowGone => (words.gone_title, words.gone),
            Failure::AlreadyDone => (words.done_title, words.done),
            Failure::UnknownClient => (words.unknown_client_title, words.unknown_client),
            Failure::RedirectUri => (words.redirect_uri_title, words.redirect_uri),
            Failure::Suspended => (words.suspended_title, words.suspended),
            Failure::NotSetUp => (words.not_set_up_title, words.not_set_up),
            Failure::ForeignAnswer => (words.foreign_title, words.foreign),
            Failure::SignedOut => (words.signed_out_title, words.signed_out),
            Failure::NotFound => (words.not_found_title, words.not_found),
            Failure::BadRequest => (words.bad_request_title, words.bad_request),
            Failure::Unavailable => (words.unavailable_title, words.unavailable),
            Failure::TooMany => (words.too_many_title, words.too_many),
            Failure::Internal => (words.internal_title, words.internal),
        }
    }
}

/// The page as a document. The request's id is shown where telling it helps.
pub fn failure_page(setting: &Setting<'_>, failure: Failure, request_id: &str) -> String {
    let words = FailureWords::of(setting.locale);
    let (title, text) = failure.sentences(words);
    let number =
        matches!(failure, Failure::Internal | Failure::Unavailable | Failure::UnknownClient | Failure::RedirectUri)
            .then(|| view! { <p class="r-note">{words.number}<strong>{request_id.to_owned()}</strong></p> });
    let back = setting.town.map(|town| {
        let label = fill(words.to_town, &[("town", &town.name)]);
        let sign_in = (failure == Failure::SignedOut).then(|| view! {
            <form method="post" action=paths::town_sign_in(&town.slug)><button class="r-button" type="submit" id="sign-in">{words.sign_in}</button></form>
        });
        view! {
            <div class="r-actions">{sign_in}<a class="r-button r-button--plain" href=paths::town(&town.slug)>{label}</a></div>
        }
    });
    let code = view! { <p class="r-small r-section">{error_code::said(setting.locale, failure.code())}</p> };
    let main = view! { <h1 class="r-title">{title}</h1><p class="r-lead">{text}</p>{number}{back}{code} };
    setting.page(title, main.into_any())
}
