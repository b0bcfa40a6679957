//! A whole sign-in, from the service's button to its userinfo. The browser fills whichever form stands in the way: the
//! card's, then the one that asks for consent.

use http::StatusCode;

use crate::Failure;
use crate::browser::{Arrived, Browser, Page, Timing};
use crate::connection::{Connection, Origin};
use crate::cookies::Jar;
use crate::markup::{self, Form};
use crate::relying_party::RelyingParty;

/// The PIN that the sandbox card shows on its page.
const PIN: &str = "1234";
/// Card and consent are two.
const MAX_PAGES: usize = 4;

/// The two connections of a sign-in: the resident's browser and the service's server.
pub(crate) struct Wires {
    browser: Connection,
    service: Connection,
}

impl Wires {
    /// Not yet open.
    pub(crate) fn new(origin: &Origin) -> Self {
        Self { browser: Connection::new(origin), service: Connection::new(origin) }
    }

    /// The service's.
    pub(crate) fn service(&mut self) -> &mut Connection {
        &mut self.service
    }
}

/// Who signs in.
pub(crate) enum Who<'a> {
    /// Somebody with a session here and a consent to this service: no page may stand in the way.
    Returning,
    /// Somebody of this name, whom the gateway has never seen; lives in the town.
    Newcomer(&'a str),
}

/// A sign-in that ended well.
pub(crate) struct SignedIn {
    /// Its requests, in order.
    pub(crate) timings: Vec<Timing>,
    /// What the service got.
    pub(crate) access_token: String,
}

/// Begins a sign-in that nobody will finish: the answer leads to the card, and its cookie is thrown away.
///
/// # Errors
/// If it leads nowhere.
pub(crate) async fn begin(origin: &Origin, wires: &mut Wires, service: &RelyingParty) -> Result<(), Failure> {
    let (_, path) = service.ask()?;
    let mut jar = Jar::default();
    let status = Browser::new(origin, &mut wires.browser, &mut jar).ask_once(&path).await?;
    if status.is_redirection() { Ok(()) } else { Err(Failure::new(format!("authorize answered {}", status.as_u16()))) }
}

/// Signs in.
///
/// # Errors
/// If it does not end with the userinfo of the person who began.
pub(crate) async fn sign_in(
    origin: &Origin,
    wires: &mut Wires,
    jar: &mut Jar,
    service: &RelyingParty,
    who: &Who<'_>,
) -> Result<SignedIn, Failure> {
    let (question, path) = service.ask()?;
    let mut browser = Browser::new(origin, &mut wires.browser, jar);
    let mut arrived = browser.open(&path).await?;
    for _ in 0..MAX_PAGES {
        let page = match arrived {
            Arrived::Page(page) => page,
            Arrived::Away(url) => {
                let mut timings = browser.timings;
                let finished = service.finish(&mut wires.service, &question, &url).await?;
                timings.extend(finished.timings);
                return Ok(SignedIn { timings, access_token: finished.access_token });
            }
        };
        arrived = answer(&mut browser, &page, who).await?;
    }
    Err(Failure::new("more pages than a sign-in has"))
}

async fn answer(browser: &mut Browser<'_>, page: &Page, who: &Who<'_>) -> Result<Arrived, Failure> {
    let unexpected = || Failure::new(format!("stopped at {}", page.name()));
    let Who::Newcomer(name) = who else { return Err(unexpected()) };
    if page.status != StatusCode::OK {
        return Err(unexpected());
    }
    let forms = Form::all(&page.html);
    if let Some(card) = forms.iter().find(|form| form.field("pin").is_some()) {
        let address = markup::first_address(&page.html).ok_or_else(unexpected)?;
        let typed = [
            ("person", "typed"),
            ("name", name),
            ("address", &address),
            ("birthdate", "1980-04-01"),
            ("gender", "2"),
            ("pin", PIN),
            ("action", "read"),
        ];
        return browser.submit(page, card, &typed).await;
    }
    let consent = forms.iter().find(|form| form.field("decision").is_some()).ok_or_else(unexpected)?;
    browser.submit(page, consent, &[("decision", "accept")]).await
}
