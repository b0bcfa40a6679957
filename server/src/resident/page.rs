//! A page as an answer: HTML that no cache keeps, with its own content security policy.

use app::language::switch_link;
use app::render::form_action;
use app::resident::document::Sheets;
use app::resident::failure::{Failure, failure_page};
use app::resident::frame::{Setting, Town};
use app::site::Site;
use axum::response::{Html, IntoResponse, Response};
use domain::locale::Locale;
use http::{HeaderValue, StatusCode, Uri, header};

use super::Visit;

/// What the page stands in.
pub(super) struct Frame<'a> {
    pub(super) visit: &'a Visit,
    pub(super) locale: Locale,
    pub(super) town: Option<&'a Town>,
    pub(super) signed_in: bool,
}

impl Frame<'_> {
    /// Renders and answers. `origins` are those, beside our own, at which a form of the page may end.
    pub(super) fn answer(
        &self,
        status: StatusCode,
        origins: &[String],
        page: impl FnOnce(&Setting<'_>) -> String,
    ) -> Response {
        self.answer_under(status, &policy(origins, false), page)
    }

    /// The same for a page that loads a script of ours.
    pub(super) fn answer_with_script(
        &self,
        status: StatusCode,
        origins: &[String],
        page: impl FnOnce(&Setting<'_>) -> String,
    ) -> Response {
        self.answer_under(status, &policy(origins, true), page)
    }

    fn answer_under(&self, status: StatusCode, policy: &str, page: impl FnOnce(&Setting<'_>) -> String) -> Response {
        let sheets = sheets(&self.visit.site);
        let html = page(&Setting {
            locale: self.locale,
            town: self.town,
            sheets: &sheets,
            switch: switch_link(&self.visit.uri, self.locale.other()),
            signed_in: self.signed_in,
        });
        answer(status, self.locale, policy, html)
    }
}

fn sheets(site: &Site) -> Sheets {
    Sheets { css: site.assets.resident_css.clone(), favicon: site.assets.favicon.clone() }
}

fn answer(status: StatusCode, locale: Locale, policy: &str, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.as_str()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Own files only, and no script at all; where passkeys are, files of ours alone.
fn policy(origins: &[String], script: bool) -> String {
    let forms = form_action(origins);
    let scripts = if script { " script-src 'self';" } else { "" };
    format!(
        "default-src 'none';{scripts} style-src 'self'; img-src 'self' data:; {forms}; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// The page for what no town's page answers: an address that cannot be, a request that was not let through to one.
pub(crate) fn instead(site: &Site, locale: Locale, uri: &Uri, failure: Failure, request_id: &str) -> Response {
    let sheets = sheets(site);
    let switch = switch_link(uri, locale.other());
    let setting = Setting { locale, town: None, sheets: &sheets, switch, signed_in: false };
    let html = failure_page(&setting, failure, request_id);
    answer(failure.status(), locale, &policy(&[], false), html)
}
