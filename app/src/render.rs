//! From a view to a document. Data was awaited before; a view is rendered synchronously, so that an aborted request can
//! leave nothing reactive behind.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::locale::Locale;
use http::{HeaderName, HeaderValue, StatusCode, header};
use hydration_context::SsrSharedContext;
use leptos::nonce::Nonce;
use leptos::prelude::*;

use crate::components::error_summary::Labels;
use crate::forms::Submitted;
use crate::site::Site;
use crate::text::Shared;

/// A part of a page, rendered later, where the language and the refused form are known to components.
pub type Piece = Box<dyn FnOnce() -> AnyView + Send>;

/// Makes a [`Piece`] of a closure that returns any view.
pub fn piece<V: IntoAny>(view: impl FnOnce() -> V + Send + 'static) -> Piece {
    Box::new(move || view().into_any())
}

/// Renders a view. Components below it read the language with [`locale`] and the refused form with [`submitted`].
pub fn to_html(locale: Locale, submitted: Option<Submitted>, view: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        provide_context(locale);
        provide_context(Labels::default());
        if let Some(submitted) = submitted {
            provide_context(submitted);
        }
        view().to_html()
    });
    owner.unset_with_forced_cleanup();
    html
}

/// The language of the page that is being rendered.
pub fn locale() -> Locale {
    use_context().unwrap_or_default()
}

/// The refused form, if the page is rendered again because of one.
pub fn submitted() -> Option<Submitted> {
    use_context()
}

/// Which of the product's stylesheets a document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Console, portal and account pages.
    Console,
    /// Pages of residents.
    Resident,
    /// The sandbox card reader.
    Sandbox,
}

/// A whole document, ready to be sent.
pub struct Document {
    /// The title; the product's name is added.
    pub title: String,
    /// The stylesheet.
    pub look: Look,
    /// The address of a municipality's accent stylesheet.
    pub accent: Option<String>,
    /// The content of `body`, rendered.
    pub body: String,
    /// Origins, beside our own, at which a form of the page may end.
    pub form_origins: Vec<String>,
    /// The status of the answer.
    pub status: StatusCode,
}

impl Document {
    /// The answer: HTML that no cache keeps, with a content security policy of its own. The islands' script is there only
    /// if the page holds an island.
    pub fn respond(self, site: &Site, locale: Locale) -> Response {
        let has_islands = self.body.contains("<leptos-island");
        let nonce = has_islands.then(|| Nonce::new().to_string());
        let scripts = nonce.as_deref().map(|nonce| site.assets.islands.with_nonce(nonce)).unwrap_or_default();
        let css = match self.look {
            Look::Console => &site.assets.console_css,
            Look::Resident => &site.assets.resident_css,
            Look::Sandbox => &site.assets.sandbox_css,
        };
        let html = html(locale, &self.title, css, self.accent.as_deref(), &site.assets.favicon, &scripts, self.body);
        let mut response = (self.status, Body::from(html)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.as_str()));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(nonce.as_deref(), &self.form_origins)) {
            headers.insert(HeaderName::from_static("content-security-policy"), policy);
        }
        response
    }
}

/// Own origin only; scripts by nonce, and none at all on a page without islands; no inline style; never in a frame.
pub fn content_security_policy(nonce: Option<&str>, form_origins: &[String]) -> String {
    let scripts = match nonce {
        Some(nonce) => format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src 'self'"),
        None => "script-src 'none'; connect-src 'none'".to_owned(),
    };
    let forms = form_action(form_origins);
    format!(
        "default-src 'none'; {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; {forms}; \
         frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )
}

/// `form-action`: our own origin and those that are named. Chromium holds it against every redirect that follows a form, so the
/// way to the provider and the way back to a service are named by the pages that lead there.
pub fn form_action(origins: &[String]) -> String {
    let mut forms = String::from("form-action 'self'");
    // An origin is ASCII without spaces and semicolons; whatever else came here would be a directive of its own.
    for origin in origins.iter().filter(|origin| origin.bytes().all(|b| b.is_ascii_graphic() && b != b';' && b != b','))
    {
        forms.push(' ');
        forms.push_str(origin);
    }
    forms
}

fn html(
    locale: Locale,
    title: &str,
    css: &str,
    accent: Option<&str>,
    favicon: &str,
    scripts: &str,
    body: String,
) -> String {
    let title = escape_text(&format!("{title} - {}", Shared::of(locale).product));
    let head = to_html(locale, None, || {
        view! {
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title inner_html=title></title>
            <link rel="icon" type="image/svg+xml" href=favicon.to_owned()/>
            <link rel="stylesheet" href=css.to_owned()/>
            {accent.map(|accent| view! { <link rel="stylesheet" href=accent.to_owned()/> })}
        }
        .into_any()
    });
    let mut html = String::with_capacity(head.len() + scripts.len() + body.len() + 100);
    html.push_str("<!doctype html><html lang=\"");
    html.push_str(locale.as_str());
    html.push_str("\"><head>");
    html.push_str(&head);
    html.push_str(scripts);
    html.push_str("</head><body>");
    html.push_str(&body);
    html.push_str("</body></html>");
    html
}

/// Text as the whole content of an element in which a browser reads no markup: `title`, and `textarea`, whose children Leptos
/// does not even escape. Its marks between children (`<!>`) would be read as text there, so the text goes in as `inner_html`.
pub fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_escaped() {
        let html = html(Locale::En, "</title><script>", "/c.css", None, "/f.svg", "", String::new());
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;script&gt; - Machikagi</title>"), "{html}");
    }

    #[test]
    fn forms_end_where_the_page_says_and_nowhere_else() {
        let forms =
            |origins: &[&str]| form_action(&origins.iter().map(|origin| (*origin).to_owned()).collect::<Vec<_>>());
        assert_eq!(forms(&["https://library.example"]), "form-action 'self' https://library.example");
        assert_eq!(forms(&["x; script-src *"]), "form-action 'self'");
        assert!(content_security_policy(None, &[]).contains("; form-action 'self'; frame-ancestors 'none'"));
    }

    #[test]
    fn scripts_run_by_nonce_or_not_at_all() {
        assert!(content_security_policy(None, &[]).contains("script-src 'none'"));
        let policy = content_security_policy(Some("abc"), &[]);
        assert!(policy.contains("'nonce-abc'") && !policy.contains("unsafe-inline"));
    }
}
