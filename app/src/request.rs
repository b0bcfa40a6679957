//! What a page knows about the request: who reads it, in which language, and what the address says.

use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::Response;
use domain::ids::AccountId;
use domain::locale::Locale;
use domain::names::TenantSlug;
use http::request::Parts;
use http::{HeaderMap, Uri};
use service::federation::Browser;
use service::{Error, Service};
use tower_sessions::Session;
use url::form_urlencoded;

use crate::error_pages;
use crate::forms::{Flash, Submitted};
use crate::language;
use crate::site::Site;

/// Keys of the staff session.
pub mod session_keys {
    pub use service::staff_sessions::{ACCOUNT, PENDING_ACCOUNT};

    /// When the account signed in, epoch seconds.
    pub const AUTH_TIME: &str = "auth_time";
    /// What to say on the next page.
    pub const FLASH: &str = "flash";

    /// The cookie's name: with the prefix that browsers keep to https and this host, or plain on a developer's machine.
    pub const fn cookie_name(https: bool) -> &'static str {
        if https { "__Host-session" } else { "session" }
    }
}

/// From where a request comes, as coarse as throttling can use it; put into the request by the server.
#[derive(Debug, Clone, Default)]
pub struct Network(pub String);

/// A request for a page; cheap to clone.
#[derive(Clone)]
pub struct PageContext(Arc<Facts>);

/// What is known about a request.
#[derive(Clone)]
pub struct Facts {
    /// The site.
    pub site: Site,
    /// The language to answer in.
    pub locale: Locale,
    /// The address as it was asked for.
    pub uri: Uri,
    /// The parameters of the query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// What an error page names, and the log.
    pub request_id: String,
    /// The staff session.
    pub session: Session,
    /// From where, for throttling.
    pub network: Network,
    /// Who is signed in.
    pub account: Option<AccountId>,
    /// The refused form, when its page is shown again.
    pub submitted: Option<Submitted>,
    /// What the last page wants said.
    pub flash: Option<Flash>,
    headers: HeaderMap,
    params: Vec<(String, String)>,
}

impl Deref for PageContext {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl PageContext {
    /// The use-cases.
    pub fn service(&self) -> &Service {
        &self.site.service
    }

    /// A part of the path by its name in the route, parsed.
    ///
    /// # Errors
    /// [`Error::NotFound`]: an address that cannot be.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        let text = self.params.iter().find_map(|(key, value)| (key == name).then_some(value)).ok_or(Error::NotFound)?;
        text.parse().map_err(|_| Error::NotFound)
    }

    /// The first value of a parameter of the query; empty if it is not there.
    pub fn query(&self, name: &str) -> &str {
        self.query.iter().find_map(|(key, value)| (key == name).then_some(value.as_str())).unwrap_or_default()
    }

    /// The flows and the resident's session of this town that the browser sent along: a clerk's test is a sign-in too.
    pub(crate) fn browser(&self, tenant: &TenantSlug) -> Browser {
        crate::resident::browser::browser(&self.headers, self.site.is_https(), tenant)
    }

    /// The media type of what was sent along.
    pub(crate) fn content_type(&self) -> &str {
        let media_type = self.headers.get(http::header::CONTENT_TYPE);
        media_type.and_then(|media_type| media_type.to_str().ok()).unwrap_or_default()
    }

    /// The address of the page without its query: where its own form posts to.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The same request with its form refused.
    #[must_use]
    pub fn refused(&self, submitted: Submitted) -> Self {
        Self(Arc::new(Facts { submitted: Some(submitted), ..Facts::clone(self) }))
    }
}

impl FromRequestParts<Site> for PageContext {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let locale = language::of(&parts.headers);
        let request_id = error_pages::request_id(&parts.headers);
        let refuse = |error: &Error| error_pages::of_error(site, locale, &request_id, error);
        let session: Session = parts.extract().await.map_err(|_| refuse(&Error::internal("no session layer")))?;
        let params = parts.extract::<RawPathParams>().await.map_err(|_| refuse(&Error::NotFound))?;
        let params = params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let account = session.get(session_keys::ACCOUNT).await.map_err(|_| refuse(&Error::Unavailable))?;
        // Only read, and thereby forgotten, by a page: a form's answer leaves it for the page that follows. Forgetting what
        // is not there would write the session at every look at a page.
        let flash: Option<Flash> = if parts.method == http::Method::GET {
            session.get(session_keys::FLASH).await.map_err(|_| refuse(&Error::Unavailable))?
        } else {
            None
        };
        if flash.is_some() {
            session.remove_value(session_keys::FLASH).await.map_err(|_| refuse(&Error::Unavailable))?;
        }
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Arc::new(Facts {
            site: site.clone(),
            locale,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            uri: parts.uri.clone(),
            request_id,
            session,
            network: parts.extensions.get().cloned().unwrap_or_default(),
            account,
            submitted: None,
            flash,
            headers: parts.headers.clone(),
            params,
        })))
    }
}

/// A path of this site to go on to after signing in; anything that could lead elsewhere is `None`.
pub fn local_path(text: &str) -> Option<&str> {
    let local = text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 2000
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    local.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn next_stays_on_this_site() {
        assert_eq!(local_path("/console/showa?q=%E4%BD%90"), Some("/console/showa?q=%E4%BD%90"));
        for text in
            ["", "console", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/昭和", "/a b"]
        {
            assert_eq!(local_path(text), None, "{text}");
        }
    }
}
