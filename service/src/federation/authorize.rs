//! The authorization endpoint: who asks, what for, and which way the sign-in goes from here.

use domain::ids::FlowId;
use domain::locale::Locale;
use domain::names::{ClientId, TenantSlug};
use domain::paths;
use oidc::parameters::Parameters;
use oidc::provider::authorize::{Addressee, AuthorizationRequest, Hints, NoAddressee, Redirect, state_to_return};
use oidc::provider::authorize_response::AuthorizationResponse;
use oidc::provider::dpop::key_asked_for;
use oidc::provider::id_token_hint::subject_of_hint;
use oidc::provider::pushed::referred_to;
use oidc::{ErrorCode, ProtocolError};

use super::client::Known;
use super::finish::response;
use super::flow::{Asked, Flow, Kind, LevelAsked, Stage};
use super::published::{Party, Published};
use super::pushed::is_spent;
use super::send::place;
use super::{Browser, Cookies, Go, Step, Stop};
use crate::Service;
use crate::error::Error;
use crate::gate::Resource;

/// How the request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// By GET: the browser's own cookies of this town came along.
    Get,
    /// By POST, perhaps from another site: cookies that are `SameSite=Lax` did not, so a GET of ours follows.
    Post,
}

/// A request that came in, under one configuration.
struct Arrival<'a> {
    published: &'a Published,
    /// That one is known to be the latest.
    latest: bool,
    sent: Sent,
    browser: &'a Browser,
}

impl Arrival<'_> {
    /// Refuses, unless a later configuration might not.
    fn refuse(&self, step: Step) -> Option<Step> {
        self.latest.then_some(step)
    }
}

impl Service {
    /// Answers an authorization request (OpenID Connect Core, section 3.1.2). A GET that names only `flow` goes on with a
    /// request that came by POST.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; whatever is wrong with the request is in the step.
    pub async fn authorize(
        &self,
        slug: &TenantSlug,
        parameters: &Parameters,
        sent: Sent,
        browser: &Browser,
    ) -> Result<Step, Error> {
        // Where a session is looked for, the reading says whether the configuration is the latest.
        let mut latest = browser.session.is_none();
        let mut published = if latest { self.published(slug).await? } else { self.presumed(slug).await? };
        loop {
            let at = Arrival { published: &published, latest, sent, browser };
            if let Some(step) = self.authorize_under(&at, parameters).await? {
                return Ok(step);
            }
            published = self.published(slug).await?;
            latest = true;
        }
    }

    /// Answers as a configuration has it; `None` where that one is not the latest, or nobody knows whether it is.
    async fn authorize_under(&self, at: &Arrival<'_>, parameters: &Parameters) -> Result<Option<Step>, Error> {
        if at.sent == Sent::Get
            && let (Ok(None), Ok(Some(flow))) = (parameters.get("client_id"), parameters.get("flow"))
        {
            return if at.latest { self.resume(at.published, flow.parse().ok(), at.browser).await } else { Ok(None) };
        }
        if let Some((client, sealed)) = referred_to(parameters) {
            return self.authorize_pushed(at, &client, sealed).await;
        }
        let published = at.published;
        let client = parameters.get("client_id").ok().flatten();
        let Some(party) = client.and_then(|client| published.client(client)) else {
            return Ok(at.refuse(Step::stop(Stop::UnknownClient)));
        };
        let asked = match self.counting_parameters(published, party, parameters).await {
            Ok(asked) => asked,
            Err(error) => return Ok(at.refuse(unread(published, party, parameters, &error))),
        };
        let (addressee, redirect_uri) = match addressee(party, &asked) {
            Ok(found) => found,
            Err(stop) => return Ok(at.refuse(Step::stop(stop))),
        };
        let registered = addressee.redirect_uri.clone();
        let back = AuthorizationResponse {
            redirect_uri: registered.as_str().into(),
            issuer: &published.issuer,
            state: state_to_return(&asked),
        };
        let judged = if published.requires_pushed(party) {
            Err(ProtocolError::invalid_request("requests must be pushed first"))
        } else {
            read_request(published, party, &asked, addressee, redirect_uri)
        };
        match judged {
            Ok((asked, locale)) => self.start(at, party, &back, asked, locale).await,
            Err(error) => Ok(at.refuse(Step::away(back.error(&error)))),
        }
    }

    /// Goes on with a request that the client pushed before. Whoever reloads the page presents it again: it is spent with the
    /// code, and what comes afterwards is an error. Its time is for presenting it first: afterwards the browser that did goes on
    /// with the flow that began then (RFC 9126, section 4), and no other does.
    async fn authorize_pushed(&self, at: &Arrival<'_>, client: &ClientId, sealed: &str) -> Result<Option<Step>, Error> {
        let published = at.published;
        let Some(party) = published.client(client.as_str()) else {
            return Ok(at.refuse(Step::stop(Stop::UnknownClient)));
        };
        let Some(pushed) = self.open_pushed(published, party, sealed).await? else {
            return Ok(at.refuse(Step::stop(Stop::FlowGone)));
        };
        let Some(back) = response(published, party, &pushed.asked) else {
            return Ok(at.refuse(Step::stop(Stop::FlowGone)));
        };
        let refusal = ProtocolError::new(ErrorCode::InvalidRequestUri, "the request was used, or has waited too long");
        let refused = || Ok(at.refuse(Step::away(back.error(&refusal))));
        let Some(id) = pushed.asked.pushed else { return refused() };
        let in_time = pushed.present_until > self.clock.seconds();
        let begun = if in_time { None } else { self.flow_of_pushed(published, at.browser, &id).await? };
        if !in_time && begun.is_none() {
            return refused();
        }
        let caller = self.sign_in(published);
        let scope = self.gate.glance(&caller, Resource::TokenFamily).await?;
        let spent = is_spent(&scope, &id).await?;
        drop(scope);
        match begun {
            _ if spent => refused(),
            Some(flow) => self.go_on_with(at, flow).await,
            // The answer borrows what it returns, and the flow takes the rest.
            None => self.start(at, party, &back, pushed.asked.clone(), pushed.locale).await,
        }
    }

    /// A reload of the request that began a flow: on to where that one stands. Who is on the way to a provider is sent there
    /// anew.
    async fn go_on_with(&self, at: &Arrival<'_>, mut flow: Flow) -> Result<Option<Step>, Error> {
        if !matches!(flow.stage, Stage::Arrived | Stage::Away { .. }) {
            return Ok(Some(Step { go: Go::To(place(at.published, &flow)), cookies: Cookies::default() }));
        }
        flow.stage = Stage::Arrived;
        self.decide(at.published, at.latest, flow, at.browser).await
    }

    async fn start(
        &self,
        at: &Arrival<'_>,
        party: &Party,
        back: &AuthorizationResponse<'_>,
        asked: Asked,
        locale: Option<Locale>,
    ) -> Result<Option<Step>, Error> {
        if let Err(refusal) = self.admit(party, Known::Named) {
            return Ok(Some(Step::away(back.error(&refusal))));
        }
        if party.suspended {
            let silent = asked.is_silent();
            return Ok(at.refuse(if silent {
                Step::away(back.error(&suspended()))
            } else {
                Step::stop(Stop::Suspended)
            }));
        }
        let flow = self.new_flow(Kind::Service(Box::new(asked)), at.browser, locale)?;
        match at.sent {
            Sent::Get => self.decide(at.published, at.latest, flow, at.browser).await,
            Sent::Post if at.latest => {
                let resumed = format!("{}?flow={}", paths::authorize(&at.published.slug), flow.id);
                self.go_on(at.published, &flow, at.browser, resumed).await.map(Some)
            }
            Sent::Post => Ok(None),
        }
    }

    async fn resume(
        &self,
        published: &Published,
        flow: Option<FlowId>,
        browser: &Browser,
    ) -> Result<Option<Step>, Error> {
        let Some(id) = flow else { return Ok(Some(Step::stop(Stop::FlowGone))) };
        Ok(Some(match self.open_flow(published, browser, id).await? {
            Some(flow) if matches!(flow.stage, Stage::Arrived) => {
                return self.decide(published, true, flow, browser).await;
            }
            Some(flow) => Step { go: Go::To(place(published, &flow)), cookies: Cookies::default() },
            None => Step::stop(Stop::FlowGone),
        }))
    }

    /// Begins a sign-in from the button of the town's own page.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn begin_town_sign_in(&self, slug: &TenantSlug, browser: &Browser) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        if published.town_page().is_none() {
            return Ok(Step::stop(Stop::NotSetUp));
        }
        let flow = self.new_flow(Kind::TownPage, browser, None)?;
        self.send_to_sign_in(&published, flow, browser).await
    }

    pub(super) fn new_flow(&self, kind: Kind, browser: &Browser, locale: Option<Locale>) -> Result<Flow, Error> {
        Ok(Flow {
            id: FlowId::from_bytes(self.rng.bytes()?),
            started_at: self.clock.seconds(),
            locale: locale.unwrap_or(browser.locale),
            answered: false,
            tie: None,
            desk: None,
            offers_passkey: false,
            kind,
            stage: Stage::Arrived,
        })
    }
}

/// Reads and judges what a client asks for, apart from who it is and where the answer goes.
pub(super) fn read_request(
    published: &Published,
    party: &Party,
    parameters: &Parameters,
    addressee: Addressee,
    redirect: Redirect,
) -> Result<(Asked, Option<Locale>), ProtocolError> {
    let (request, hints) = AuthorizationRequest::read(parameters, addressee, redirect.place, party.content.pkce)?;
    let level = level_asked(&request, party)?;
    let subject = expected_subject(published, party, &hints)?;
    let locale = request.ui_locale;
    let key = key_asked_for(parameters)?;
    Ok((Asked::of(request, party, level, subject.as_deref(), key, redirect.port), locale))
}

fn addressee(party: &Party, parameters: &Parameters) -> Result<(Addressee, Redirect), Stop> {
    let stop = |refused| match refused {
        NoAddressee::Client => Stop::UnknownClient,
        NoAddressee::RedirectUri | NoAddressee::RedirectUriNotRegistered => Stop::UnknownRedirectUri,
    };
    let addressee = Addressee::of_client(&party.client_id, parameters).map_err(stop)?;
    let redirect = find_redirect(party, &addressee).map_err(stop)?;
    Ok((addressee, redirect))
}

/// The registered address that a request names.
pub(super) fn find_redirect(party: &Party, addressee: &Addressee) -> Result<Redirect, NoAddressee> {
    Redirect::find(addressee, &party.content.redirect_uris, party.content.client.is_native())
}

/// A signed request that is not accepted: nothing in it counts, so the answer goes to a registered address beside it or nowhere.
fn unread(published: &Published, party: &Party, beside: &Parameters, error: &ProtocolError) -> Step {
    match addressee(party, beside) {
        Ok((Addressee { redirect_uri, .. }, _)) => {
            let state = state_to_return(beside);
            let back = AuthorizationResponse { redirect_uri: redirect_uri.into(), issuer: &published.issuer, state };
            Step::away(back.error(error))
        }
        Err(_) => Step::stop(Stop::UnreadableRequest),
    }
}

/// The level that is asked for: any of the words will do, so the weakest. Words that are neither the service's nor ours cannot be
/// reached: where the level is essential such a request fails (OpenID Connect Core, section 5.5.1.1), elsewhere they are passed
/// over (section 3.1.2.1).
fn level_asked(request: &AuthorizationRequest, party: &Party) -> Result<LevelAsked, ProtocolError> {
    let levels = request.acr_values.iter().filter_map(|value| party.content.client.acr_words.level(value));
    let weakest = levels.min_by_key(|level| (level.ial, level.aal));
    if !request.acr_is_essential {
        return Ok(weakest.map_or(LevelAsked::None, LevelAsked::Wanted));
    }
    let description = "none of the essential acr values can be reached";
    let unreachable = ProtocolError::new(ErrorCode::UnmetAuthenticationRequirements, description);
    weakest.map(LevelAsked::Essential).ok_or(unreachable)
}

/// The only `sub` that will do, if the request names one.
fn expected_subject(published: &Published, party: &Party, hints: &Hints) -> Result<Option<String>, ProtocolError> {
    let hinted = match &hints.id_token_hint {
        None => None,
        Some(hint) => {
            let keys = published.keys.signing.hint_key_set();
            let subject = subject_of_hint(hint, &published.issuer, &party.client_id, &keys);
            let foreign = ProtocolError::invalid_request("id_token_hint is not an ID token of ours for this client");
            Some(subject.ok_or(foreign)?)
        }
    };
    match (&hints.subject, hinted) {
        (Some(one), Some(other)) if *one != other => {
            Err(ProtocolError::new(ErrorCode::LoginRequired, "two different subjects are asked for"))
        }
        (one, other) => Ok(one.clone().or(other)),
    }
}

fn suspended() -> ProtocolError {
    ProtocolError::new(ErrorCode::UnauthorizedClient, "the municipality suspended this client")
}
