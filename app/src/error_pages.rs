//! One place that says why a page cannot be shown: a status, what happened, what to do, and the request's id.

use axum::response::{IntoResponse, Redirect, Response};
use domain::locale::Locale;
use domain::paths;
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use service::Error;

use crate::components::frame::CardFrame;
use crate::error_code;
use crate::render::{self, Document, Look};
use crate::resident::failure::Failure;
use crate::site::Site;
use crate::text::texts;

texts! {
    Words {
        not_found_title: "ページが見つかりません", "Page not found";
        not_found_text: "アドレスが違うか、見る権限がないか、もうなくなったページです。",
            "The address is wrong, you may not see it, or it is no longer there.";
        denied_title: "この操作はできません", "This is not allowed";
        denied_text: "いまの役割では、この操作はできません。必要なときは、組織の管理者に頼んでください。",
            "Your roles do not allow this. Ask an administrator of your organisation if you need it.";
        refused_title: "保存できませんでした", "It was not saved";
        refused_text: "送られた内容に誤りがあります。前の画面に戻って、確かめてください。",
            "Something in what was sent is wrong. Go back and check it.";
        unread_title: "送られた内容を受け取れません", "This request was not taken";
        unread_text: "前の画面に戻って、もう一度お試しください。", "Go back to the page before and try again.";
        conflict_title: "いまはできません", "Not possible at present";
        unavailable_title: "いまは表示できません", "Not available at the moment";
        unavailable_text: "少し待ってから、もう一度読み込んでください。入力の途中だったものは、前の画面に残っています。",
            "Wait a little, then reload. What you were typing is still on the page before.";
        internal_title: "こちらの不具合です", "A fault of ours";
        internal_text: "操作は取り消されました。くりかえし起きるときは、下の番号を運営者に知らせてください。",
            "Nothing was changed. If it happens again, tell the operator the number below.";
        request_id: "番号", "Number";
        home: "はじめの画面へ", "To the first page";
    }
}

/// The id of a request, as the server's layer wrote it into its headers.
pub fn request_id(headers: &HeaderMap) -> String {
    headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("-").to_owned()
}

/// The status of an error.
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Denied => StatusCode::FORBIDDEN,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Writes a fault into the log, once, at the edge.
pub(crate) fn log(request_id: &str, error: &Error) {
    if let Error::Internal(fault) = error {
        tracing::error!(request_id, %fault, "a request failed");
    }
}

/// The page for an error outside the console.
pub fn of_error(site: &Site, locale: Locale, request_id: &str, error: &Error) -> Response {
    log(request_id, error);
    if matches!(error, Error::Unauthenticated) {
        return Redirect::to(&paths::account_sign_in()).into_response();
    }
    of_status(site, locale, request_id, status(error))
}

/// The page for a status that no use-case made: an unknown address, a panic, a body that is too large.
pub fn of_status(site: &Site, locale: Locale, request_id: &str, status: StatusCode) -> Response {
    let (title, _) = sentences(status, locale);
    let id = request_id.to_owned();
    let body =
        render::to_html(locale, None, || view! { <CardFrame><ErrorView status request_id=id/></CardFrame> }.into_any());
    Document { title: title.to_owned(), look: Look::Console, accent: None, body, form_origins: Vec::new(), status }
        .respond(site, locale)
}

pub(crate) fn sentences(status: StatusCode, locale: Locale) -> (&'static str, &'static str) {
    let words = Words::of(locale);
    match status {
        StatusCode::NOT_FOUND => (words.not_found_title, words.not_found_text),
        StatusCode::FORBIDDEN => (words.denied_title, words.denied_text),
        StatusCode::UNPROCESSABLE_ENTITY => (words.refused_title, words.refused_text),
        StatusCode::BAD_REQUEST => (words.unread_title, words.unread_text),
        StatusCode::CONFLICT => (words.conflict_title, words.refused_text),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            (words.unavailable_title, words.unavailable_text)
        }
        _ => (words.internal_title, words.internal_text),
    }
}

/// The word for a status, the same as that of residents' pages where they say the same.
pub(crate) fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => Failure::NotFound.code(),
        StatusCode::FORBIDDEN => "not_allowed",
        StatusCode::CONFLICT => Failure::AlreadyDone.code(),
        StatusCode::TOO_MANY_REQUESTS => Failure::TooMany.code(),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => Failure::BadRequest.code(),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => Failure::Unavailable.code(),
        _ => Failure::Internal.code(),
    }
}

/// What happened and what to do, with the request's id.
#[component]
pub(crate) fn ErrorView(
    /// Decides the words.
    status: StatusCode,
    /// What to tell the operator.
    request_id: String,
) -> impl IntoView {
    let locale = render::locale();
    let words = Words::of(locale);
    let (title, text) = sentences(status, locale);
    view! {
        <section class="auth__card" aria-labelledby="error-title">
            <h1 id="error-title">{title}</h1>
            <div class="stack stack--tight">
                <p>{text}</p>
                <p class="muted">
                    {words.request_id}": "<code>{request_id}</code><br/>{error_code::said(locale, code(status))}
                </p>
                <p><a href=paths::home()>{words.home}</a></p>
            </div>
        </section>
    }
}
