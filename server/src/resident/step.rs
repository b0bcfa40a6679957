//! Where a use-case sends the browser.

use app::resident::browser::set_cookies;
use app::resident::failure::Failure;
use axum::response::{IntoResponse, Response};
use domain::web_address::is_of_app;
use http::{HeaderValue, StatusCode, header};
use service::Error;
use service::federation::{Go, Step, Stop};

use super::Visit;

/// The answer to a step: 303, which makes a GET of a form's POST, or a page of ours; with its cookies.
pub(crate) async fn follow(visit: &Visit, step: Result<Step, Error>) -> Response {
    let step = match step {
        Ok(step) => step,
        Err(error) => return visit.refuse(&error).await,
    };
    let mut response = match step.go {
        Go::Away(to) if is_of_app(&to) => visit.open_app(&to).await,
        Go::Away(to) | Go::To(to) => see_other(&to),
        Go::Stop(why) => visit.fail(stopped(why)).await,
    };
    set_cookies(response.headers_mut(), visit.site.is_https(), &visit.slug, &step.cookies);
    response
}

/// 303.
pub(super) fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => {
            let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

pub(super) const fn stopped(why: Stop) -> Failure {
    match why {
        Stop::UnknownClient => Failure::UnknownClient,
        Stop::UnknownRedirectUri => Failure::RedirectUri,
        Stop::UnreadableRequest => Failure::BadRequest,
        Stop::Suspended => Failure::Suspended,
        Stop::FlowGone => Failure::FlowGone,
        Stop::NotAskedFor => Failure::ForeignAnswer,
        Stop::AlreadyDone => Failure::AlreadyDone,
        Stop::NotSetUp => Failure::NotSetUp,
    }
}
