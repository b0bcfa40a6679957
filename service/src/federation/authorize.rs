//! The authorization endpoint: who asks, what for, and which way the sign-in goes from here.

use domain::assurance::Assurance;
use domain::calendar::Month;
use domain::consent::{self, ConsentDue, ExistingGrant};
use domain::ids::{FlowId, RelyingPartyId};
use domain::names::TenantSlug;
use domain::paths;
use oidc::jose::JwkSet;
use oidc::parameters::Parameters;
use oidc::pkce::CodeVerifier;
use oidc::provider::authorize::{Addressee, AuthorizationRequest, Hints, NoAddressee, Prompt, state_to_return};
use oidc::provider::authorize_response::AuthorizationResponse;
use oidc::provider::id_token_hint::subject_of_hint;
use oidc::upstream::authorize::UpstreamRequest;
use oidc::{ErrorCode, ProtocolError};
use zeroize::Zeroizing;

use super::finish::{Finished, Finishing, Who, items_asked, response};
use super::flow::{Asked, Ending, Flow, Kind, Stage};
use super::published::{Party, Published, Rule, Text};
use super::sessions::Session;
use super::{Browser, Cookies, Go, Step, Stop, store};
use crate::Service;
use crate::error::Error;
use crate::gate::{Caller, Resource, action};

/// What the register says about the person of a session, as one service needs it.
struct Standing {
    session: Session,
    eligible: bool,
    grant: Option<ExistingGrant>,
}

/// How the request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// By GET: the browser's own cookies of this town came along.
    Get,
    /// By POST, perhaps from another site: cookies that are `SameSite=Lax` did not, so a GET of ours follows.
    Post,
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
        let published = self.published(slug).await?;
        if sent == Sent::Get
            && let (Ok(None), Ok(Some(flow))) = (parameters.get("client_id"), parameters.get("flow"))
        {
            return self.resume(&published, flow.parse().ok(), browser).await;
        }
        let (party, addressee, redirect_uri) = match addressee(&published, parameters) {
            Ok(found) => found,
            Err(stop) => return Ok(Step::stop(stop)),
        };
        let registered = addressee.redirect_uri.clone();
        let back = AuthorizationResponse {
            redirect_uri: &registered,
            issuer: &published.issuer,
            state: state_to_return(parameters),
        };
        let request = AuthorizationRequest::read(parameters, addressee, redirect_uri, party.content.pkce);
        let asked = request.and_then(|(request, hints)| {
            let essential = essential_level(&request)?;
            let subject = expected_subject(&published, party, &hints)?;
            let locale = request.ui_locale;
            Ok((Asked::of(request, party, essential, subject.as_deref()), locale))
        });
        let (asked, locale) = match asked {
            Ok(asked) => asked,
            Err(error) => return Ok(Step::away(back.error(&error))),
        };
        if party.suspended {
            return Ok(if asked.is_silent() {
                Step::away(back.error(&suspended()))
            } else {
                Step::stop(Stop::Suspended)
            });
        }
        let flow = self.new_flow(Kind::Service(Box::new(asked)), browser, locale)?;
        match sent {
            Sent::Get => self.decide(&published, flow, browser).await,
            Sent::Post => {
                let resumed = format!("{}?flow={}", paths::authorize(slug), flow.id);
                self.go_on(&published, &flow, browser, resumed).await
            }
        }
    }

    async fn resume(&self, published: &Published, flow: Option<FlowId>, browser: &Browser) -> Result<Step, Error> {
        let Some(id) = flow else { return Ok(Step::stop(Stop::FlowGone)) };
        match self.open_flow(published, browser, id).await? {
            Some(flow) if matches!(flow.stage, Stage::Arrived) => self.decide(published, flow, browser).await,
            Some(flow) => Ok(Step { go: Go::To(place(published, &flow)), cookies: Cookies::default() }),
            None => Ok(Step::stop(Stop::FlowGone)),
        }
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
        self.send_to_provider(&published, flow, browser).await
    }

    /// Begins a sign-in that shows a clerk what a service would be told. It writes nothing and counts nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the relying party is not published, or the caller may not try it.
    pub async fn begin_test_sign_in(
        &self,
        caller: &Caller,
        slug: &TenantSlug,
        party: RelyingPartyId,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        if published.id() != caller.organisation() {
            return Err(Error::NotFound);
        }
        // The decision alone is needed here: the scope closes again at once.
        drop(self.gate.open(caller, action::Create, Resource::TestSignIn).await?);
        published.party(party).ok_or(Error::NotFound)?;
        let flow = self.new_flow(Kind::Test(party), browser, None)?;
        self.send_to_provider(&published, flow, browser).await
    }

    fn new_flow(&self, kind: Kind, browser: &Browser, locale: Option<domain::locale::Locale>) -> Result<Flow, Error> {
        Ok(Flow {
            id: FlowId::from_bytes(self.rng.bytes()?),
            started_at: self.clock.seconds(),
            locale: locale.unwrap_or(browser.locale),
            kind,
            stage: Stage::Arrived,
        })
    }

    /// Session, card, consent or code: what the request needs and what is there already.
    async fn decide(&self, published: &Published, mut flow: Flow, browser: &Browser) -> Result<Step, Error> {
        let Kind::Service(asked) = &flow.kind else { return Ok(Step::stop(Stop::FlowGone)) };
        let Some((party, rule, text)) = parts(published, asked) else {
            return Ok(Step::stop(Stop::NotSetUp));
        };
        let Some(back) = response(published, party, asked) else {
            flow.stage = Stage::Ended(Ending::Changed);
            return self.show(published, &flow, browser).await;
        };
        let now = self.clock.seconds();
        let standing = self.standing(published, browser, party, rule).await?;
        let silent = asked.is_silent();
        let refuse = |code, description| Ok(Step::away(back.error(&ProtocolError::new(code, description))));
        let usable = standing.filter(|standing| {
            let subject = party.subject(&published.keys, standing.session.resident);
            !asked.asks_to_authenticate_again(standing.session.auth_time, now) && asked.accepts_subject(&subject)
        });
        let Some(standing) = usable else {
            if silent {
                return refuse(ErrorCode::LoginRequired, "nobody is signed in here who would do");
            }
            return self.send_to_provider(published, flow, browser).await;
        };
        let prompt_consent = asked.prompt.contains(Prompt::Consent);
        let items = items_asked(party, asked);
        let due = consent::consent_due(standing.grant.as_ref(), text.version(), items, prompt_consent);
        let card = !standing.eligible
            || !reaches(standing.session.assurance, party, asked)
            || consent::needs_card(&party.content.items, items, standing.grant.as_ref(), prompt_consent);
        match (silent, due, card) {
            (true, ConsentDue::None, true) => refuse(ErrorCode::InteractionRequired, "the card is due"),
            (true, ConsentDue::None, false) | (false, ConsentDue::None, false) => {
                self.answer_from_session(published, &flow, asked, party, &standing.session, browser).await
            }
            (true, _, _) => refuse(ErrorCode::ConsentRequired, "a consent is due"),
            (false, _, true) => self.send_to_provider(published, flow, browser).await,
            (false, _, false) => {
                flow.stage = Stage::Known(standing.session.resident);
                self.show(published, &flow, browser).await
            }
        }
    }

    /// Session, eligibility and consent in one reading.
    async fn standing(
        &self,
        published: &Published,
        browser: &Browser,
        party: &Party,
        rule: &Rule,
    ) -> Result<Option<Standing>, Error> {
        let Some(hash) = browser.session_hash() else { return Ok(None) };
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Read, Resource::ResidentSession).await?;
        let Some(row) = store::find_session(&scope, &hash, self.clock.seconds()).await? else { return Ok(None) };
        let session = Session::of(&row)?;
        let eligibility = store::find_eligibility(&scope, session.resident, rule.id).await?;
        let grant = store::find_grant(&scope, session.resident, Some(party.id)).await?;
        let month = Month::at(self.clock.now());
        Ok(Some(Standing {
            eligible: eligibility.is_some_and(|row| store::holds_under(&row, rule, month).is_some()),
            grant: grant.as_ref().map(store::existing).transpose()?,
            session,
        }))
    }

    async fn answer_from_session(
        &self,
        published: &Published,
        flow: &Flow,
        asked: &Asked,
        party: &Party,
        session: &Session,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Create, Resource::TokenFamily).await?;
        let finishing = Finishing {
            published,
            browser,
            flow: flow.id,
            party,
            asked,
            who: Who::Session(session),
            consent: None,
            keep_session: true,
        };
        match self.finish(&scope, &finishing).await? {
            Finished::Code(code, _) => {
                scope.commit().await?;
                Ok(Step::away(self.hand_over(published, party, asked, &code).await?))
            }
            // The session ended, or the consent was withdrawn, between reading and writing.
            Finished::AlreadyDone | Finished::Gone => Ok(Step::stop(Stop::FlowGone)),
        }
    }

    /// Sends the browser to the provider, and keeps the flow until it comes back.
    pub(super) async fn send_to_provider(
        &self,
        published: &Published,
        mut flow: Flow,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let Some(provider) = &published.provider else { return Ok(Step::stop(Stop::NotSetUp)) };
        let metadata = match self.provider_metadata(&provider.issuer).await {
            Ok(metadata) => metadata,
            Err(failure) => {
                tracing::warn!(%failure, "the identity provider cannot be used");
                return self.end(published, flow, browser, Ending::ProviderFailed).await;
            }
        };
        let seed = Zeroizing::new(self.rng.bytes::<32>()?);
        let sent = SentUpstream::of(flow.id, &seed);
        let (fresh, max_age_seconds) = match &flow.kind {
            Kind::Service(asked) => {
                (asked.prompt.contains(Prompt::Login), asked.max_age_seconds.filter(|age| *age > 0))
            }
            Kind::TownPage | Kind::Test(_) => (false, None),
        };
        let levels: Vec<&str> = provider.settings.levels.iter().map(|level| level.acr.as_str()).collect();
        let request = UpstreamRequest {
            client_id: &provider.client_id,
            redirect_uri: &self.callback_url(published),
            scope: &provider.settings.scopes,
            state: &sent.state,
            nonce: &sent.nonce,
            code_challenge: sent.verifier.challenge(),
            fresh,
            acr_values: &levels.join(" "),
            max_age_seconds,
            ui_locales: Some(flow.locale.as_str()),
        };
        let url = request.url(&metadata.authorization_endpoint);
        flow.stage = Stage::Away { provider: provider.id, seed, sent_at: self.clock.seconds(), fresh };
        match self.keep_flow(published, browser, &flow).await? {
            Ok(cookies) => Ok(Step { go: Go::Away(url.into()), cookies }),
            Err(_) => Err(Error::internal("a request that does not fit its cookie")),
        }
    }

    /// Our callback, as the provider knows it.
    pub(super) fn callback_url(&self, published: &Published) -> String {
        self.base_url.join(&paths::callback(&published.slug))
    }

    /// Keeps the flow and goes to the page of its stage.
    pub(super) async fn show(&self, published: &Published, flow: &Flow, browser: &Browser) -> Result<Step, Error> {
        self.go_on(published, flow, browser, place(published, flow)).await
    }

    async fn go_on(&self, published: &Published, flow: &Flow, browser: &Browser, to: String) -> Result<Step, Error> {
        match self.keep_flow(published, browser, flow).await? {
            Ok(cookies) => Ok(Step { go: Go::To(to), cookies }),
            Err(_) => Err(Error::internal("a request that does not fit its cookie")),
        }
    }
}

/// What we send upstream; all of it follows from the flow's seed.
pub(super) struct SentUpstream {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: CodeVerifier,
}

impl SentUpstream {
    pub(super) fn of(flow: FlowId, seed: &[u8; 32]) -> Self {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, seed);
        let derived = |label: &[u8]| -> [u8; 32] {
            aws_lc_rs::hmac::sign(&key, label).as_ref().first_chunk().copied().unwrap_or_default()
        };
        let state = derived(b"state");
        Self {
            state: format!("{flow}{}", URL_SAFE_NO_PAD.encode(state)),
            nonce: URL_SAFE_NO_PAD.encode(derived(b"nonce")),
            verifier: CodeVerifier::from_random(&derived(b"verifier")),
        }
    }
}

/// The page on which a flow stands.
pub(super) fn place(published: &Published, flow: &Flow) -> String {
    match (&flow.stage, &flow.kind) {
        (Stage::Known(_), _) | (Stage::Carded(_), Kind::Service(_) | Kind::TownPage) => {
            paths::flow_consent(&published.slug, flow.id)
        }
        _ => paths::flow_outcome(&published.slug, flow.id),
    }
}

/// The relying party, its rule and its text, if all three are published.
pub(super) fn parts<'p>(published: &'p Published, asked: &Asked) -> Option<(&'p Party, &'p Rule, &'p Text)> {
    let party = published.party(asked.party)?;
    let (_, rule) = published.rule(party.content.rule)?;
    Some((party, rule, published.text(party.content.consent_text)?))
}

/// Whether a level is enough for the relying party and the request.
pub(super) fn reaches(level: Assurance, party: &Party, asked: &Asked) -> bool {
    level.meets(party.content.minimum) && asked.essential.is_none_or(|essential| level.meets(essential))
}

fn addressee<'p>(published: &'p Published, parameters: &Parameters) -> Result<(&'p Party, Addressee, u8), Stop> {
    let stop = |refused| match refused {
        NoAddressee::Client => Stop::UnknownClient,
        NoAddressee::RedirectUri | NoAddressee::RedirectUriNotRegistered => Stop::UnknownRedirectUri,
    };
    let addressee = Addressee::read(parameters).map_err(stop)?;
    let party = published.client(addressee.client_id.as_str()).ok_or(Stop::UnknownClient)?;
    let registered = party.content.redirect_uris.iter().map(|uri| uri.as_str());
    let redirect_uri = addressee.find_redirect_uri(registered).map_err(stop)?;
    Ok((party, addressee, redirect_uri))
}

/// The level that must be reached: any of those asked for will do, so the weakest. Words that are not ours cannot be reached
/// (OpenID Connect Core, section 5.5.1.1: such a request fails).
fn essential_level(request: &AuthorizationRequest) -> Result<Option<Assurance>, ProtocolError> {
    if !request.acr_is_essential {
        return Ok(None);
    }
    let levels = request.acr_values.iter().filter_map(|value| Assurance::of_acr(value));
    let weakest = levels.min_by_key(|level| (level.ial, level.aal));
    let unreachable = ProtocolError::new(ErrorCode::AccessDenied, "none of the essential acr values can be reached");
    weakest.map(Some).ok_or(unreachable)
}

/// The only `sub` that will do, if the request names one.
fn expected_subject(published: &Published, party: &Party, hints: &Hints) -> Result<Option<String>, ProtocolError> {
    let keys = JwkSet::of(published.keys.signing.iter().map(|key| key.public_jwk()));
    let hinted = match &hints.id_token_hint {
        None => None,
        Some(hint) => Some(
            subject_of_hint(hint, &published.issuer, &party.client_id, &keys)
                .ok_or(ProtocolError::invalid_request("id_token_hint is not an ID token of ours for this client"))?,
        ),
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
