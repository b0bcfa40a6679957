//! The console: who is there, for which organisation, and the frame that every page of it stands in.

mod area;
mod error;
mod frame;
pub mod overview;
pub(crate) mod words;

use std::ops::Deref;
use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};
use domain::access::Role;
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::names::TenantSlug;
use domain::paths;
use http::StatusCode;
use service::Error;
use service::decisions::QueueFilter;
use service::gate::{Act, Belonging, Caller, Organisation, Resource};
use service::provisioning::TenantMode;
use service::tenants::TenantView;

pub use self::area::Area;
pub(crate) use self::area::Group;
use self::words::Words;
use crate::components::breadcrumb::Crumb;
use crate::error_pages;
use crate::forms::Submitted;
use crate::pages::{Access, Visit};
use crate::render::{Piece, piece};
use crate::request::PageContext;

/// A visit to one organisation's console; cheap to clone.
#[derive(Clone)]
pub struct Console {
    context: PageContext,
    town: Arc<Town>,
}

/// Who is there, and where.
pub struct Town {
    /// The member of staff, for use-cases.
    pub caller: Caller,
    /// The organisation.
    pub organisation: Organisation,
    /// Its name in addresses.
    pub tenant: TenantSlug,
    /// Every organisation of the person, for the switch.
    pub belongings: Vec<Belonging>,
    /// The municipality's settings.
    pub settings: TenantView,
    /// Requests that wait for this very person.
    pub waiting: u64,
}

impl Deref for Console {
    type Target = PageContext;

    fn deref(&self) -> &PageContext {
        &self.context
    }
}

impl Console {
    /// Who is there, and where.
    pub fn town(&self) -> &Town {
        &self.town
    }

    /// The organisation's name in the reader's language.
    pub fn organisation_name(&self) -> &str {
        name_of(&self.town.organisation, self.locale)
    }

    /// Where the municipality is, as under its name in the header: `宮崎県・454061`.
    pub(crate) fn place(&self) -> String {
        let code = self.town.settings.code.as_str();
        let municipality = MunicipalityCode::parse(code).ok().and_then(|code| MunicipalityTable::japan().find(code));
        match municipality {
            Some(municipality) if self.locale == Locale::Ja => {
                format!("{}・{code}", municipality.prefecture_name(self.locale))
            }
            Some(municipality) => format!("{}, {code}", municipality.prefecture_name(self.locale)),
            None => code.to_owned(),
        }
    }

    /// Whether the municipality is a test.
    pub fn is_sandbox(&self) -> bool {
        self.town.settings.mode == TenantMode::Sandbox
    }

    /// Whether the policy lets the person do this: for a button and its reason.
    pub fn may(&self, act: Act, on: Resource) -> bool {
        self.town.caller.may(act, on)
    }
}

/// An organisation's name in one language.
pub(crate) fn name_of(organisation: &Organisation, locale: Locale) -> &str {
    match locale {
        Locale::Ja => &organisation.name_ja,
        Locale::En => &organisation.name_en,
    }
}

/// One of these is what somebody must be permitted who sends a form; a page whose form does several things names them all,
/// and each use-case asks for its own again.
pub type AnyOf = &'static [(Act, Resource)];

impl Visit for Console {
    type Page = ConsolePage;
    type Needs = AnyOf;
    const ACCESS: Access = Access::Member;

    async fn arrive(context: PageContext) -> Result<Self, Response> {
        let Some(account) = context.account else {
            return Err(Redirect::to(&sign_in_then(&context)).into_response());
        };
        let town = async {
            let tenant: TenantSlug = context.param("tenant")?;
            let (caller, organisation) = context.service().staff(account, &tenant).await?;
            let belongings = context.service().belongings(account).await?;
            let settings = context.service().tenant(&caller).await?;
            let waiting = if caller.may(Act::Read, Resource::ChangeRequest) {
                context.service().list_decisions(&caller, &QueueFilter::default()).await?.for_me
            } else {
                0
            };
            Ok::<Town, Error>(Town { caller, organisation, tenant, belongings, settings, waiting })
        };
        match town.await {
            Ok(town) => Ok(Self { context, town: Arc::new(town) }),
            Err(error) => Err(error_pages::of_error(&context.site, context.locale, &context.request_id, &error)),
        }
    }

    fn admit(&self, needs: AnyOf) -> Result<(), Error> {
        let mut answer = Err(Error::NotFound);
        for (act, on) in needs {
            match self.town.caller.require(*act, *on) {
                Ok(()) => return Ok(()),
                Err(Error::Denied) => answer = Err(Error::Denied),
                Err(_) => {}
            }
        }
        answer
    }

    fn refused(&self, submitted: Submitted) -> Self {
        Self { context: self.context.refused(submitted), town: Arc::clone(&self.town) }
    }

    fn respond(&self, page: ConsolePage, status: StatusCode) -> Response {
        frame::respond(self, page, status)
    }

    fn respond_error(&self, error: &Error) -> Response {
        error_pages::log(&self.request_id, error);
        if matches!(error, Error::Unauthenticated) {
            return Redirect::to(&sign_in_then(self)).into_response();
        }
        let status = error_pages::status(error);
        frame::respond(self, error::page(self, status), status)
    }
}

/// Sign-in, and back to the page that was asked for; a form that was posted begins again at its page.
fn sign_in_then(context: &PageContext) -> String {
    let next = context.uri.path_and_query().map_or("/", |path| path.as_str());
    let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
    format!("{}?next={next}", paths::account_sign_in())
}

/// A page of the console, described: the frame is the same for all.
pub struct ConsolePage {
    pub(crate) area: Option<Area>,
    pub(crate) title: String,
    pub(crate) trail: Vec<Crumb>,
    pub(crate) lead: Option<Piece>,
    pub(crate) mark: Option<Piece>,
    pub(crate) actions: Option<Piece>,
    pub(crate) form_origins: Vec<String>,
    pub(crate) body: Piece,
}

impl ConsolePage {
    /// A page with its `h1` and what follows below.
    pub fn new<V: leptos::prelude::IntoAny>(
        area: Area,
        title: impl Into<String>,
        body: impl FnOnce() -> V + Send + 'static,
    ) -> Self {
        Self {
            area: Some(area),
            title: title.into(),
            trail: Vec::new(),
            lead: None,
            mark: None,
            actions: None,
            form_origins: Vec::new(),
            body: piece(body),
        }
    }

    /// A step between the organisation and this page.
    #[must_use]
    pub fn below(mut self, word: impl Into<String>, href: impl Into<String>) -> Self {
        self.trail.push(Crumb { word: word.into(), href: href.into() });
        self
    }

    /// A sentence under the title.
    #[must_use]
    pub fn lead(self, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { lead: Some(piece(move || text)), ..self }
    }

    /// What stands under the title in place of a sentence: a date, facts in a line.
    #[must_use]
    pub fn lead_view<V: leptos::prelude::IntoAny>(self, view: impl FnOnce() -> V + Send + 'static) -> Self {
        Self { lead: Some(piece(view)), ..self }
    }

    /// Origins, beside our own, at which a form of the page may end.
    #[must_use]
    pub fn form_origins(self, origins: Vec<String>) -> Self {
        Self { form_origins: origins, ..self }
    }

    /// A badge beside the title.
    #[must_use]
    pub fn mark<V: leptos::prelude::IntoAny>(self, view: impl FnOnce() -> V + Send + 'static) -> Self {
        Self { mark: Some(piece(view)), ..self }
    }

    /// The buttons at the top right.
    #[must_use]
    pub fn actions<V: leptos::prelude::IntoAny>(self, view: impl FnOnce() -> V + Send + 'static) -> Self {
        Self { actions: Some(piece(view)), ..self }
    }
}

/// A role's name.
pub(crate) const fn role_word(role: Role, locale: Locale) -> &'static str {
    let words = Words::of(locale);
    match role {
        Role::Admin => words.admin,
        Role::Drafter => words.drafter,
        Role::Approver => words.approver,
        Role::Analyst => words.analyst,
        Role::Auditor => words.auditor,
        Role::VendorAdmin => words.vendor_admin,
        Role::VendorDeveloper => words.vendor_developer,
        Role::Operator => words.operator,
        Role::Support => words.support,
    }
}
