//! How a route becomes a page: the context is made, the page's own function is awaited, its view is rendered inside the
//! frame of its kind. With the islands router off a router of Leptos would only be a second router behind axum's, so axum's
//! is the one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use domain::paths;
use domain::violations::Violations;
use http::{HeaderValue, StatusCode, header};
use service::Error;

use crate::error_pages;
use crate::forms::{Answer, File, Flash, Form, Refusal, Submitted};
use crate::render::{Piece, to_html};
use crate::request::{PageContext, session_keys};
use crate::site::Site;

/// A kind of page: who may arrive, and the frame that its pages stand in.
pub trait Visit: Clone + Send + Sync + 'static + std::ops::Deref<Target = PageContext> {
    /// What a page's function describes.
    type Page: Send + 'static;
    /// What somebody must be permitted who sends a form of such a page.
    type Needs: Copy + Send + Sync + 'static;
    /// Who the guard table expects to be let in.
    const ACCESS: Access;

    /// Makes the context, or says where to go instead.
    fn arrive(context: PageContext) -> impl Future<Output = Result<Self, Response>> + Send;

    /// Asks whether a form may be sent, before anything of it is read.
    ///
    /// # Errors
    /// [`Error::Denied`], or [`Error::NotFound`] for what may not even be looked at.
    fn admit(&self, needs: Self::Needs) -> Result<(), Error>;

    /// The same visit with its form refused.
    fn refused(&self, submitted: Submitted) -> Self;

    /// The whole document around a page.
    fn respond(&self, page: Self::Page, status: StatusCode) -> Response;

    /// The page that says why there is none.
    fn respond_error(&self, error: &Error) -> Response;
}

/// Who may see a route; the guard table tests what each says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Somebody who belongs to the organisation that the path names; nobody else learns that it is there.
    Member,
}

/// What a page's function gives back.
pub enum Shown<P> {
    /// A page.
    Page(P),
    /// Another address, by 303.
    Elsewhere(String),
    /// A file.
    File(File),
}

impl<P> From<P> for Shown<P> {
    fn from(page: P) -> Self {
        Self::Page(page)
    }
}

type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;
type Show<V> = Arc<dyn Fn(V) -> Work<Shown<<V as Visit>::Page>> + Send + Sync>;
type Submit<V> = Arc<dyn Fn(V, Form) -> Work<Answer<<V as Visit>::Page>> + Send + Sync>;

/// One route of pages.
pub struct PageRoute {
    /// Its name and address.
    pub route: paths::Route,
    /// Who may see it.
    pub access: Access,
    /// Whether it answers GET.
    pub shows: bool,
    /// Whether it answers POST.
    pub submits: bool,
    /// The handler.
    pub handler: MethodRouter<Site>,
}

/// A page without a form of its own.
pub fn page<V, S, F, P>(route: paths::Route, show: S) -> PageRoute
where
    V: Visit,
    S: Fn(V) -> F + Send + Sync + 'static,
    F: Future<Output = Result<P, Error>> + Send + 'static,
    P: Into<Shown<V::Page>>,
{
    let show = boxed_show(show);
    let handler = get(move |visit: Arrived<V>| answer_get(visit.0, show));
    PageRoute { route, access: V::ACCESS, shows: true, submits: false, handler }
}

/// A page with a form that posts to it. Everybody who arrives may look at the page; the form is read only when it comes from
/// somebody who may send it.
pub fn form<V, S, F, P, T, G>(route: paths::Route, needs: V::Needs, show: S, submit: T) -> PageRoute
where
    V: Visit,
    S: Fn(V) -> F + Send + Sync + 'static,
    F: Future<Output = Result<P, Error>> + Send + 'static,
    P: Into<Shown<V::Page>>,
    T: Fn(V, Form) -> G + Send + Sync + 'static,
    G: Future<Output = Result<Answer<V::Page>, Error>> + Send + 'static,
{
    with_form(route, needs, boxed_show(show), boxed_submit(submit))
}

/// A page that is nothing but its form: who may not send it does not see it either.
pub fn editor<V, S, F, P, T, G>(route: paths::Route, needs: V::Needs, show: S, submit: T) -> PageRoute
where
    V: Visit,
    S: Fn(V) -> F + Send + Sync + 'static,
    F: Future<Output = Result<P, Error>> + Send + 'static,
    P: Into<Shown<V::Page>>,
    T: Fn(V, Form) -> G + Send + Sync + 'static,
    G: Future<Output = Result<Answer<V::Page>, Error>> + Send + 'static,
{
    let show = boxed_show(show);
    let guarded: Show<V> = Arc::new(move |visit: V| match visit.admit(needs) {
        Ok(()) => show(visit),
        Err(refused) => Box::pin(async move { Err(refused) }),
    });
    with_form(route, needs, guarded, boxed_submit(submit))
}

fn with_form<V: Visit>(route: paths::Route, needs: V::Needs, show: Show<V>, submit: Submit<V>) -> PageRoute {
    let again = Arc::clone(&show);
    let handler = get(move |visit: Arrived<V>| answer_get(visit.0, show))
        .post(move |visit: Arrived<V>, body: Bytes| answer_post(visit.0, needs, body, submit, Some(again)));
    PageRoute { route, access: V::ACCESS, shows: true, submits: true, handler }
}

/// An address that is only posted to, from another page; what is refused says so there.
pub fn action<V, T, G>(route: paths::Route, needs: V::Needs, submit: T) -> PageRoute
where
    V: Visit,
    T: Fn(V, Form) -> G + Send + Sync + 'static,
    G: Future<Output = Result<Answer<V::Page>, Error>> + Send + 'static,
{
    let submit = boxed_submit(submit);
    let handler = post(move |visit: Arrived<V>, body: Bytes| answer_post(visit.0, needs, body, submit, None));
    PageRoute { route, access: V::ACCESS, shows: false, submits: true, handler }
}

fn boxed_show<V, S, F, P>(show: S) -> Show<V>
where
    V: Visit,
    S: Fn(V) -> F + Send + Sync + 'static,
    F: Future<Output = Result<P, Error>> + Send + 'static,
    P: Into<Shown<V::Page>>,
{
    Arc::new(move |visit| {
        let shown = show(visit);
        Box::pin(async move { shown.await.map(Into::into) })
    })
}

fn boxed_submit<V, T, G>(submit: T) -> Submit<V>
where
    V: Visit,
    T: Fn(V, Form) -> G + Send + Sync + 'static,
    G: Future<Output = Result<Answer<V::Page>, Error>> + Send + 'static,
{
    Arc::new(move |visit, form| Box::pin(submit(visit, form)))
}

/// A visit as an extractor.
struct Arrived<V>(V);

impl<V: Visit> FromRequestParts<Site> for Arrived<V> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut http::request::Parts, site: &Site) -> Result<Self, Response> {
        let context = PageContext::from_request_parts(parts, site).await?;
        V::arrive(context).await.map(Arrived)
    }
}

async fn answer_get<V: Visit>(visit: V, show: Show<V>) -> Response {
    match show(visit.clone()).await {
        Ok(shown) => shown_response(&visit, shown, StatusCode::OK),
        Err(error) => visit.respond_error(&error),
    }
}

async fn answer_post<V: Visit>(
    visit: V,
    needs: V::Needs,
    body: Bytes,
    submit: Submit<V>,
    again: Option<Show<V>>,
) -> Response {
    if let Err(refused) = visit.admit(needs) {
        return visit.respond_error(&refused);
    }
    let form = Form::read(visit.content_type(), body).await;
    let (refusal, conflict, status) = match submit(visit.clone(), form.clone()).await {
        Ok(Answer::To(path, flash)) => return redirect(&visit, &path, flash).await,
        Ok(Answer::Away(to, cookies)) => {
            let mut response = Redirect::to(&to).into_response();
            response.headers_mut().extend(cookies);
            return response;
        }
        Ok(Answer::Once(page)) => return visit.respond(page, StatusCode::OK),
        Ok(Answer::File(file)) => return file_response(file),
        Ok(Answer::Parts(parts)) => return parts_response(&visit, parts),
        Ok(Answer::Refused(refusal)) => (refusal, None, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Error::Invalid(violations)) => (violations.into(), None, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Error::Conflict(conflict)) => (Refusal::default(), Some(conflict), StatusCode::CONFLICT),
        Err(error) => return visit.respond_error(&error),
    };
    let Some(again) = again else {
        return visit.respond_error(&conflict.map_or_else(|| Error::Invalid(Violations::default()), Error::Conflict));
    };
    let visit = visit.refused(Submitted::new(form, refusal, conflict));
    match again(visit.clone()).await {
        Ok(shown) => shown_response(&visit, shown, status),
        Err(error) => visit.respond_error(&error),
    }
}

fn shown_response<V: Visit>(visit: &V, shown: Shown<V::Page>, status: StatusCode) -> Response {
    match shown {
        Shown::Page(page) => visit.respond(page, status),
        Shown::Elsewhere(path) => Redirect::to(&path).into_response(),
        Shown::File(file) => file_response(file),
    }
}

async fn redirect<V: Visit>(visit: &V, path: &str, flash: Option<Flash>) -> Response {
    if let Some(flash) = flash
        && visit.session.insert(session_keys::FLASH, flash).await.is_err()
    {
        // What was asked for is done; only the sentence about it is lost.
        tracing::warn!(request_id = visit.request_id, "a message for the next page could not be kept");
    }
    Redirect::to(path).into_response()
}

/// HTML without a document around it, which no cache keeps.
fn parts_response<V: Visit>(visit: &V, parts: Piece) -> Response {
    let html = to_html(visit.locale, None, parts);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, html).into_response()
}

fn file_response(file: File) -> Response {
    let mut response = (StatusCode::OK, file.content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name: String = file.name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// A visit that needs nobody signed in: account pages. Its frame is one card.
#[derive(Clone)]
pub struct Visitor(pub(crate) PageContext);

impl std::ops::Deref for Visitor {
    type Target = PageContext;

    fn deref(&self) -> &PageContext {
        &self.0
    }
}

impl Visit for Visitor {
    type Page = crate::account::CardPage;
    type Needs = ();
    const ACCESS: Access = Access::Public;

    async fn arrive(context: PageContext) -> Result<Self, Response> {
        Ok(Self(context))
    }

    fn admit(&self, (): ()) -> Result<(), Error> {
        Ok(())
    }

    fn refused(&self, submitted: Submitted) -> Self {
        Self(self.0.refused(submitted))
    }

    fn respond(&self, page: Self::Page, status: StatusCode) -> Response {
        page.respond(self, status)
    }

    fn respond_error(&self, error: &Error) -> Response {
        error_pages::of_error(&self.site, self.locale, &self.request_id, error)
    }
}
