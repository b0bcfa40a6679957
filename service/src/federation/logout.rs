//! Sign-out that a service asks for (OpenID Connect RP-Initiated Logout 1.0).
//!
//! With a hint that fits the open session it happens at once; without one the person is asked. What was asked for waits
//! sealed in the address of the question, so that a request that nobody answers leaves nothing behind.

use domain::ids::RelyingPartyId;
use domain::locale::{Locale, Localized};
use domain::names::TenantSlug;
use domain::paths;
use domain::web_address::RedirectUri;
use oidc::parameters::Parameters;
use oidc::provider::authorize_response::with_parameters;
use oidc::provider::id_token_hint::Hint;
use oidc::provider::logout::LogoutRequest;
use oidc::sealed::{Context, Purpose};
use oidc::subject::SessionSeed;

use super::packing::{Malformed, Packer, Unpacker};
use super::published::{Party, Published};
use super::sessions::Session;
use super::{Browser, Cookies, Go, Sent, SessionCookie, Step, Stop};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, action};

const VERSION: u8 = 1;
/// How long the question may be answered, in seconds.
const ASKED_SECONDS: i64 = 30 * 60;

/// A request to sign out that was judged: who asks, whom they mean, and where the browser goes afterwards.
struct Leaving {
    party: Option<RelyingPartyId>,
    /// The place among the client's post-logout redirect URIs, in the version that was published then.
    back: Option<(u32, u8)>,
    state: Option<String>,
    subject: Option<String>,
    sid: Option<String>,
    locale: Option<Locale>,
    until: i64,
}

/// What the question says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeavingView {
    /// The service that asks, if it said who it is.
    pub service: Option<Localized>,
    /// The way back to it, whatever the answer.
    pub back: Option<String>,
    /// Origins that the answer may lead to, for the content security policy.
    pub form_origins: Vec<String>,
    /// The language that the service asked for.
    pub locale: Option<Locale>,
}

impl Leaving {
    fn pack(&self) -> Packer {
        let mut packer = Packer::new();
        packer.byte(VERSION);
        packer.seconds(self.until);
        packer.byte(u8::from(self.party.is_some()));
        packer.uuid(self.party.map(RelyingPartyId::uuid).unwrap_or_default());
        let (number, place) = self.back.unwrap_or_default();
        packer.byte(u8::from(self.back.is_some()));
        packer.number(number.into());
        packer.byte(place);
        packer.ascii(self.state.as_deref());
        packer.ascii(self.subject.as_deref());
        packer.ascii(self.sid.as_deref());
        packer.locale(self.locale);
        packer
    }

    fn unpack(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut unpacker = Unpacker::new(bytes);
        if unpacker.byte()? != VERSION {
            return Err(Malformed);
        }
        let until = unpacker.seconds()?;
        let named = unpacker.byte()? == 1;
        let party = RelyingPartyId::from_uuid(unpacker.uuid()?);
        let returns = unpacker.byte()? == 1;
        let number = u32::try_from(unpacker.number()?).map_err(|_| Malformed)?;
        let place = unpacker.byte()?;
        let leaving = Self {
            party: named.then_some(party),
            back: returns.then_some((number, place)),
            state: unpacker.ascii()?,
            subject: unpacker.ascii()?,
            sid: unpacker.ascii()?,
            locale: unpacker.locale()?,
            until,
        };
        unpacker.finish()?;
        Ok(leaving)
    }

    /// The registered address to go back to, if the version that it was checked against is still the published one.
    fn registered<'p>(&self, published: &'p Published) -> Option<&'p RedirectUri> {
        let (number, place) = self.back?;
        let party = published.party(self.party?).filter(|party| party.number == number)?;
        party.content.client.post_logout_redirect_uris.get(usize::from(place))
    }

    /// The same with the `state` of the request.
    fn way_back(&self, published: &Published) -> Option<String> {
        let uri = self.registered(published)?.as_str();
        Some(match &self.state {
            Some(state) => with_parameters(uri, [("state", state.as_str())]),
            None => uri.to_owned(),
        })
    }

    /// Whether the open session is the one that is meant.
    fn means(&self, published: &Published, session: &Session) -> bool {
        let Some(party) = self.party.and_then(|party| published.party(party)) else { return false };
        let same_session = self
            .sid
            .as_ref()
            .is_none_or(|sid| *sid == published.keys.subject.sid(SessionSeed(*session.id.as_bytes()), party.id));
        let same_person = self.subject.as_deref() == Some(&party.subject(&published.keys, session.resident));
        same_person && same_session
    }
}

impl Service {
    /// The end-session endpoint. A request by POST comes from another site and without the session's cookie, so it goes on by
    /// GET.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn leave(
        &self,
        slug: &TenantSlug,
        parameters: &Parameters,
        sent: Sent,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let sealed = parameters.get("request").ok().flatten();
        let leaving = match (sealed, sent) {
            (Some(sealed), Sent::Get) => match self.open_leaving(&published, sealed).await? {
                Some(leaving) => leaving,
                None => return Ok(Step::stop(Stop::FlowGone)),
            },
            _ => match self.judge_leaving(&published, parameters) {
                Ok(leaving) => leaving,
                Err(stop) => return Ok(Step::stop(stop)),
            },
        };
        if sent == Sent::Post {
            let sealed = self.seal_leaving(&published, &leaving).await?;
            return Ok(to(format!("{}?request={sealed}", paths::end_session(slug))));
        }
        let out = || match leaving.way_back(&published) {
            Some(url) => Step::away(url),
            None => to(paths::me_sign_out(slug)),
        };
        let Some(session) = self.session(&published, browser).await? else { return Ok(out()) };
        if leaving.means(&published, &session) {
            self.sign_out(slug, browser).await?;
            return Ok(Step { cookies: without_session(browser), ..out() });
        }
        let sealed = self.seal_leaving(&published, &leaving).await?;
        Ok(to(format!("{}?request={sealed}", paths::me_sign_out(slug))))
    }

    /// Who asks, and where the browser would go: what the question is about. `None` for a request that is too old.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn leaving_view(&self, slug: &TenantSlug, sealed: &str) -> Result<Option<LeavingView>, Error> {
        let published = self.published(slug).await?;
        let leaving = self.open_leaving(&published, sealed).await?;
        Ok(leaving.map(|leaving| LeavingView {
            form_origins: leaving.registered(&published).and_then(|uri| uri.form_origin(None)).into_iter().collect(),
            service: leaving.party.and_then(|party| published.party(party)).map(|party| party.content.name.clone()),
            back: leaving.way_back(&published),
            locale: leaving.locale,
        }))
    }

    /// Who is meant by a request, and where it may go back to. Nobody is sent to an address that is not, character by
    /// character, a registered one of the client that asks.
    fn judge_leaving(&self, published: &Published, parameters: &Parameters) -> Result<Leaving, Stop> {
        let keys = published.keys.signing.hint_key_set();
        let asked = LogoutRequest::read(parameters, &published.issuer, &keys).map_err(|_| Stop::UnknownClient)?;
        let party = match &asked.client_id {
            Some(client_id) => Some(published.client(client_id.as_str()).ok_or(Stop::UnknownClient)?),
            None => None,
        };
        let back = match (&asked.post_logout_redirect_uri, party) {
            (None, _) => None,
            // Without a client nobody knows whether the address is one to go to.
            (Some(_), None) => return Err(Stop::UnknownClient),
            (Some(uri), Some(party)) => Some((party.number, place_of(party, uri).ok_or(Stop::UnknownRedirectUri)?)),
        };
        let (subject, sid) = match asked.hint {
            Some(Hint { sub, sid, .. }) => (Some(sub), sid),
            None => (None, None),
        };
        let until = self.clock.seconds() + ASKED_SECONDS;
        let (party, locale) = (party.map(|party| party.id), asked.locale);
        Ok(Leaving { party, back, state: asked.state, subject, sid, locale, until })
    }

    async fn seal_leaving(&self, published: &Published, leaving: &Leaving) -> Result<String, Error> {
        let context = Context::of_tenant(published.id(), Purpose::Leaving, b"");
        self.epochs.seal(context, &leaving.pack().finish()).await
    }

    async fn open_leaving(&self, published: &Published, sealed: &str) -> Result<Option<Leaving>, Error> {
        let context = Context::of_tenant(published.id(), Purpose::Leaving, b"");
        let bytes = self.epochs.open(context, sealed).await?;
        let leaving = bytes.and_then(|bytes| Leaving::unpack(&bytes).ok());
        Ok(leaving.filter(|leaving| leaving.until > self.clock.seconds()))
    }

    /// The answer of the page that asks: signs out, and goes back to the service that asked for it, if one did.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn sign_out_and_leave(
        &self,
        slug: &TenantSlug,
        browser: &Browser,
        sealed: Option<&str>,
    ) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let leaving = match sealed {
            Some(sealed) => self.open_leaving(&published, sealed).await?,
            None => None,
        };
        self.sign_out(slug, browser).await?;
        let out = match leaving.and_then(|leaving| leaving.way_back(&published)) {
            Some(url) => Step::away(url),
            None => to(paths::me_sign_out(slug)),
        };
        Ok(Step { cookies: without_session(browser), ..out })
    }

    /// Ends the session of this browser and tells the services that it reached; one that ended already is no fault.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn sign_out(&self, slug: &TenantSlug, browser: &Browser) -> Result<(), Error> {
        let published = self.published(slug).await?;
        let caller = self.sign_in(&published);
        let scope = self.gate.open(&caller, action::Remove, Resource::ResidentSession).await?;
        let told = self.close_session(&scope, &published, browser).await?;
        scope.commit().await?;
        if told {
            self.ring();
        }
        Ok(())
    }
}

fn place_of(party: &Party, uri: &str) -> Option<u8> {
    let registered = &party.content.client.post_logout_redirect_uris;
    let place = registered.iter().position(|registered| registered.as_str() == uri)?;
    u8::try_from(place).ok()
}

fn to(path: String) -> Step {
    Step { go: Go::To(path), cookies: Cookies::default() }
}

/// Neither the session nor a sign-in that was begun is left to whoever uses the browser next.
fn without_session(browser: &Browser) -> Cookies {
    let forget = browser.flows.iter().map(|(id, _)| *id).collect();
    Cookies { session: SessionCookie::Remove, forget, ..Cookies::default() }
}
