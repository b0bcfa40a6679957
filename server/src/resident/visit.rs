//! One request of a resident's browser to one town.

use std::str::FromStr;

use app::resident::browser::browser;
use app::resident::failure::Failure;
use app::site::Site;
use app::{error_pages, language};
use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::Response;
use domain::locale::Locale;
use domain::names::TenantSlug;
use http::request::Parts;
use http::{StatusCode, Uri};
use service::federation::Browser;
use service::{Error, Service};

use super::{page, presenter};

/// What is known about the request.
pub(crate) struct Visit {
    /// The site.
    pub(crate) site: Site,
    /// The town that the address names; whether it exists is the use-case's to say.
    pub(crate) slug: TenantSlug,
    /// Its cookies.
    pub(crate) browser: Browser,
    /// The address as it was asked for.
    pub(crate) uri: Uri,
    /// What an error page names.
    request_id: String,
    /// The language that the reader chose with the switch.
    chosen: Option<Locale>,
    params: Vec<(String, String)>,
}

impl Visit {
    /// The use-cases.
    pub(crate) fn service(&self) -> &Service {
        &self.site.service
    }

    /// The language of a page of no flow.
    pub(crate) fn locale(&self) -> Locale {
        self.browser.locale
    }

    /// The language of a page of a flow: the reader's choice, else what the service asked for.
    pub(crate) fn locale_of_flow(&self, asked: Locale) -> Locale {
        self.chosen.unwrap_or(asked)
    }

    /// A part of the path, parsed.
    pub(crate) fn param<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        let text = self.params.iter().find_map(|(key, value)| (key == name).then_some(value)).ok_or(Error::NotFound)?;
        text.parse().map_err(|_| Error::NotFound)
    }

    /// The page for what went wrong, in the town's frame if there is such a town.
    pub(crate) async fn fail(&self, failure: Failure) -> Response {
        let locale = self.locale();
        // Only the frame is wanted: nobody is looked up for it, and a database that is away is not waited for once more.
        let nobody = Browser { locale, ..Browser::default() };
        let town = match failure {
            Failure::Unavailable => None,
            _ => self.service().town_page(&self.slug, &nobody).await.ok(),
        };
        let origins = town.as_ref().map(|town| town.form_origins.clone()).unwrap_or_default();
        let town = town.map(|page| presenter::town(&page.town, locale));
        let signed_in = self.browser.session.is_some() && failure != Failure::SignedOut;
        let frame = page::Frame { visit: self, locale, town: town.as_ref(), signed_in };
        frame.answer(failure.status(), &origins, |setting| {
            app::resident::failure::failure_page(setting, failure, &self.request_id)
        })
    }

    /// The page that leads into an app by a link.
    pub(crate) async fn open_app(&self, address: &str) -> Response {
        let locale = self.locale();
        let nobody = Browser { locale, ..Browser::default() };
        let town = self.service().town_page(&self.slug, &nobody).await.ok();
        let town = town.map(|page| presenter::town(&page.town, locale));
        let signed_in = self.browser.session.is_some();
        let frame = page::Frame { visit: self, locale, town: town.as_ref(), signed_in };
        frame.answer(StatusCode::OK, &[], |setting| app::resident::app_link::app_link_page(setting, address))
    }

    /// The page for an error of a use-case; a fault is logged here, once.
    pub(crate) async fn refuse(&self, error: &Error) -> Response {
        if let Error::Internal(fault) = error {
            tracing::error!(request_id = self.request_id, %fault, "a request failed");
        }
        self.fail(match error {
            Error::NotFound | Error::Denied => Failure::NotFound,
            Error::Unauthenticated => Failure::SignedOut,
            Error::Invalid(_) | Error::Conflict(_) => Failure::AlreadyDone,
            Error::Unavailable => Failure::Unavailable,
            Error::Internal(_) => Failure::Internal,
        })
        .await
    }
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let locale = language::of(&parts.headers);
        let request_id = error_pages::request_id(&parts.headers);
        let nowhere = || page::instead(site, locale, &parts.uri, Failure::NotFound, &request_id);
        let Ok(params) = parts.clone().extract::<RawPathParams>().await else { return Err(nowhere()) };
        let params: Vec<(String, String)> =
            params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let tenant = params.iter().find_map(|(key, value)| (key == "tenant").then_some(value.as_str()));
        let Some(slug) = tenant.and_then(|slug| TenantSlug::parse(slug).ok()) else { return Err(nowhere()) };
        Ok(Self {
            site: site.clone(),
            browser: browser(&parts.headers, site.is_https(), &slug),
            slug,
            uri: parts.uri.clone(),
            request_id,
            chosen: language::cookie(&parts.headers, "locale").and_then(|value| value.parse().ok()),
            params,
        })
    }
}
