//! What stands around every answer: the request's id and its line in the log, headers for the browser, limits, and a page in
//! place of a bare error.

use std::any::Any;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use app::resident::failure::Failure;
use app::site::Site;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::paths::Route;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::resident;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// No form of ours is larger, but one.
const BODY_BYTES: usize = 256 * 1024;
/// Fifty thousand addresses.
const MASS_TRIAL_BYTES: usize = 8 * 1024 * 1024;
/// Whoever sends or takes an answer more slowly is cut.
pub(crate) const TIME: Duration = Duration::from_secs(30);

/// Gives the request an id of ours (a sent one is not trusted), writes one line when it is answered, and counts it.
#[expect(clippy::disallowed_methods, reason = "a duration for the log; no rule depends on it")]
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = service::Rng::system().token::<12>().unwrap_or_else(|_| "-".to_owned());
    let id_value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"));
    request.headers_mut().insert(REQUEST_ID, id_value.clone());
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let mut response = next.run(request).await;
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    tracing::info!(request_id = id, method, route, status, milliseconds = seconds * 1000.0, "answered");
    // Neither tenant nor status: together with the time they would tell how somebody's sign-in ended.
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route).record(seconds);
    if status >= 500 {
        metrics::counter!("http_failures_total").increment(1);
    }
    response.headers_mut().insert(REQUEST_ID, id_value);
    response
}

/// Headers for every answer; a page has set a content security policy of its own.
pub(crate) async fn security_headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    set("referrer-policy", "same-origin");
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("cross-origin-opener-policy", "same-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if site.is_https() {
        set("strict-transport-security", "max-age=63072000; includeSubDomains");
    }
    response
}

/// A page in place of a bare error, for people: whoever accepts HTML and would get a line of plain text or nothing.
pub(crate) async fn error_pages(State(site): State<Site>, request: Request, next: Next) -> Response {
    let wants_html = wants_html(request.headers());
    let locale = app::language::of(request.headers());
    let id = app::error_pages::request_id(request.headers());
    let of_a_town = request.uri().path().starts_with("/t/").then(|| request.uri().clone());
    let response = next.run(request).await;
    let status = response.status();
    let bare = match response.headers().get(header::CONTENT_TYPE) {
        None => true,
        Some(media_type) => media_type.as_bytes().starts_with(b"text/plain"),
    };
    if !wants_html || !bare || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut page = match of_a_town {
        Some(uri) => resident::instead(&site, locale, &uri, Failure::of_status(status), &id),
        None => app::error_pages::of_status(&site, locale, &id, words_of(status)),
    };
    *page.status_mut() = status;
    // RFC 9110, sections 15.5.6 and 10.2.3: whoever may not do this hears what may be done, or when.
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

/// Whether it is a person's browser that asks for a page.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The status whose words fit. What is refused without words is the request itself: its method, its media type, a form that
/// another site sent; not what somebody's role permits, which has a page of its own.
fn words_of(status: StatusCode) -> StatusCode {
    match status {
        StatusCode::NOT_FOUND | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => status,
        status if status.is_client_error() => StatusCode::BAD_REQUEST,
        status => status,
    }
}

/// An address that no route has.
pub(crate) async fn no_such_page() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// What is answered in place of a panic.
pub(crate) type Answer = fn(Box<dyn Any + Send>) -> Response<Body>;

/// A panic is a 500 and one line in the log, without its text, which may hold what was typed.
pub(crate) fn panics() -> CatchPanicLayer<Answer> {
    fn answer(_: Box<dyn Any + Send>) -> Response<Body> {
        tracing::error!("a handler panicked");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
    CatchPanicLayer::custom(answer as Answer)
}

/// Refuses a body that is larger than its route takes, before it is read or while it is.
pub(crate) async fn body_limit(request: Request, next: Next) -> Response {
    let mass_trial = Route::ConsoleResidencyRuleMassTrial.template();
    let most = match request.extensions().get::<MatchedPath>() {
        Some(path) if path.as_str() == mass_trial => MASS_TRIAL_BYTES,
        _ => BODY_BYTES,
    };
    // The rest of the way takes a body of any kind by axum's own.
    let rest = service_fn(move |request: http::Request<_>| {
        let next = next.clone();
        async move { Ok::<_, Infallible>(next.run(request.map(Body::new)).await) }
    });
    match RequestBodyLimitLayer::new(most).layer(rest).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

pub(crate) fn time_limit(time: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, time)
}
