//! The authorization request (OpenID Connect Core section 3.1.2.1), read in two steps.
//!
//! First who asks and where the answer would go: while that is in doubt, an error is a page of ours, never a redirect
//! (RFC 9700 section 4.11.2). Then the rest, whose errors go back to the client. The result is canonical and small.

use domain::attributes::Items;
use domain::configuration::Pkce;
use domain::locale::Locale;
use domain::names::ClientId;
use domain::web_address::RedirectUri;
use time::{Duration, OffsetDateTime};

use super::claims_request::{ClaimsRequest, ParsedClaims, Scope, Scopes, parse_claims};
use crate::error::{ErrorCode, ProtocolError};
use crate::named_set::named_set;
use crate::parameters::Parameters;
use crate::pkce::CodeChallenge;

/// The longest `state`, in bytes: it travels in the cookie of the flow.
pub const MAX_STATE_BYTES: usize = 1024;
/// The longest `nonce`, in bytes.
pub const MAX_NONCE_BYTES: usize = 256;
/// The longest redirect URI, in bytes.
const MAX_REDIRECT_URI_BYTES: usize = 2048;
/// The longest `claims` parameter, in bytes.
const MAX_CLAIMS_BYTES: usize = 4096;
/// The longest hint, in bytes; an ID token of ours with attributes stays well below.
const MAX_HINT_BYTES: usize = 4096;
/// Levels asked for beyond these are not looked at; no service has longer words for them.
const MAX_ACR_VALUES: usize = 16;
const MAX_ACR_BYTES: usize = 48;

/// Every parameter with a meaning, none of which may occur twice.
pub(super) const KNOWN: [&str; 20] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "acr_values",
    "ui_locales",
    "login_hint",
    "id_token_hint",
    "claims",
    "request",
    "request_uri",
    "registration",
    "dpop_jkt",
];

/// Why an authorization request cannot be answered to anybody; becomes a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoAddressee {
    /// `client_id` is absent, repeated or cannot be one.
    #[error("client_id is absent, repeated or malformed")]
    Client,
    /// `redirect_uri` is absent, repeated or too long to be registered.
    #[error("redirect_uri is absent or repeated")]
    RedirectUri,
    /// `redirect_uri` is not, character by character, a registered one.
    #[error("redirect_uri is not registered")]
    RedirectUriNotRegistered,
}

/// Step one: who asks, and where the answer is to go, both as claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The `client_id` as given; to be looked up in the tenant whose issuer was called.
    pub client_id: ClientId,
    /// The `redirect_uri` as given.
    pub redirect_uri: String,
}

/// Where the answer goes, once that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redirect {
    /// The place in the client's list.
    pub place: u8,
    /// The port that an app has on its own device, where it is not the one that was registered.
    pub port: Option<u16>,
}

impl Addressee {
    /// Reads the two parameters.
    ///
    /// # Errors
    /// [`NoAddressee`] when one is absent or repeated.
    pub fn read(parameters: &Parameters) -> Result<Self, NoAddressee> {
        let client_id = parameters.get("client_id").ok().flatten().unwrap_or_default();
        Self::of_client(client_id, parameters)
    }

    /// Reads where the answer is to go, for a client that is known already.
    ///
    /// # Errors
    /// [`NoAddressee`] when it is absent or repeated.
    pub fn of_client(client_id: &str, parameters: &Parameters) -> Result<Self, NoAddressee> {
        let client_id = ClientId::parse(client_id).map_err(|_| NoAddressee::Client)?;
        let redirect_uri = parameters.get("redirect_uri").ok().flatten();
        let redirect_uri = redirect_uri.filter(|uri| uri.len() <= MAX_REDIRECT_URI_BYTES);
        Ok(Self { client_id, redirect_uri: redirect_uri.ok_or(NoAddressee::RedirectUri)?.to_owned() })
    }

    /// The place of the redirect URI in the client's list. Strings are compared, not URIs (RFC 9700 section 2.1): an added
    /// query, a slash, another case or a `..` is another string.
    ///
    /// # Errors
    /// [`NoAddressee::RedirectUriNotRegistered`].
    pub fn find_redirect_uri<'u>(&self, registered: impl IntoIterator<Item = &'u str>) -> Result<u8, NoAddressee> {
        registered
            .into_iter()
            .position(|uri| uri == self.redirect_uri)
            .and_then(|place| u8::try_from(place).ok())
            .ok_or(NoAddressee::RedirectUriNotRegistered)
    }
}

impl Redirect {
    /// The address of this request among those of a client (RFC 9700 section 2.1): the same string, or for an app the same but
    /// for the port on the device itself (RFC 8252 section 7.3).
    ///
    /// # Errors
    /// [`NoAddressee::RedirectUriNotRegistered`].
    pub fn find<'u>(
        addressee: &Addressee,
        registered: impl IntoIterator<Item = &'u RedirectUri>,
        native: bool,
    ) -> Result<Self, NoAddressee> {
        let given = addressee.redirect_uri.as_str();
        let port_at =
            |uri: &RedirectUri| if native { uri.port_of(given) } else { (uri.as_str() == given).then_some(None) };
        let found = registered
            .into_iter()
            .enumerate()
            .find_map(|(place, uri)| Some(Self { place: u8::try_from(place).ok()?, port: port_at(uri)? }));
        found.ok_or(NoAddressee::RedirectUriNotRegistered)
    }
}

named_set! {
    /// A value of `prompt`.
    Prompt,
    /// The values of `prompt`.
    Prompts {
        /// No page may be shown.
        None = "none",
        /// Authenticate again, whatever session there is.
        Login = "login",
        /// Ask for consent again.
        Consent = "consent",
    }
}

/// A value of `prompt` that is another word for `login`: whoever signs in chooses the account by the card or the passkey, so
/// asking for it again is the choice.
pub(super) const SELECT_ACCOUNT: &str = "select_account";

/// Step two: a valid request, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The client.
    pub client_id: ClientId,
    /// The place of the redirect URI in the list of the client's published version.
    pub redirect_uri: u8,
    /// The scopes that have an effect, as asked for; what is granted is decided later.
    pub scopes: Scopes,
    /// Opaque to us, at most [`MAX_STATE_BYTES`].
    pub state: Option<String>,
    /// Opaque to us, at most [`MAX_NONCE_BYTES`].
    pub nonce: Option<String>,
    /// The S256 challenge; once here it must be answered at the token endpoint.
    pub code_challenge: Option<CodeChallenge>,
    /// `prompt`; `max_age=0` was turned into `login`.
    pub prompt: Prompts,
    /// The greatest age of an authentication, in seconds.
    pub max_age_seconds: Option<u32>,
    /// Levels asked for, best liked first, from `acr_values` or else `claims`.
    pub acr_values: Vec<String>,
    /// Whether one of `acr_values` must be reached.
    pub acr_is_essential: bool,
    /// The `claims` parameter.
    pub claims: ClaimsRequest,
    /// The first of our languages in `ui_locales`, for every page of the flow.
    pub ui_locale: Option<Locale>,
}

/// What is judged once, on arrival, and does not travel on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// `id_token_hint`, unverified.
    pub id_token_hint: Option<String>,
    /// `login_hint`. We keep no name by which a resident could be meant, so it is not passed on either.
    pub login_hint: Option<String>,
    /// The `sub` that `claims` insists on.
    pub subject: Option<String>,
}

/// The `state` to send back with an error, as far as it can be told: RFC 6749 section 4.1.2.1 wants it whenever the request
/// had one, also when something else is wrong with the request.
pub fn state_to_return(parameters: &Parameters) -> Option<&str> {
    parameters.get("state").ok().flatten().filter(|state| is_text_of(state, MAX_STATE_BYTES))
}

impl AuthorizationRequest {
    /// Reads the whole request, after the client and its redirect URI are known.
    ///
    /// # Errors
    /// A [`ProtocolError`] for the redirect URI. `prompt=none` and the like are judged later, against a session.
    pub fn read(
        parameters: &Parameters,
        addressee: Addressee,
        redirect_uri: u8,
        pkce: Pkce,
    ) -> Result<(Self, Hints), ProtocolError> {
        parameters.refuse_repeated(&KNOWN)?;
        refuse_unsupported(parameters)?;
        let scopes = Scopes::parse(parameters.require("scope", "scope is missing")?);
        if !scopes.contains(Scope::Openid) {
            return Err(ProtocolError::new(ErrorCode::InvalidScope, "scope must contain openid"));
        }
        let claims = match limited(parameters, "claims", MAX_CLAIMS_BYTES, "claims is too long")? {
            Some(json) => parse_claims(json)?,
            None => ParsedClaims::default(),
        };
        let max_age_seconds = max_age(parameters)?;
        let mut prompt = prompts(parameters)?;
        if max_age_seconds == Some(0) && !prompt.contains(Prompt::None) {
            prompt = prompt.with(Prompt::Login);
        }
        let mut acr_values: Vec<String> = match parameters.get("acr_values")? {
            Some(values) if !claims.acr_is_essential => values.split(' ').map(str::to_owned).collect(),
            _ => claims.acr_values,
        };
        acr_values.retain(|value| !value.is_empty() && value.len() <= MAX_ACR_BYTES);
        acr_values.truncate(MAX_ACR_VALUES);
        let hint = |name| limited(parameters, name, MAX_HINT_BYTES, "a hint is too long");
        let hints = Hints {
            id_token_hint: hint("id_token_hint")?.map(str::to_owned),
            login_hint: hint("login_hint")?.map(str::to_owned),
            subject: claims.subject,
        };
        let request = Self {
            client_id: addressee.client_id,
            redirect_uri,
            scopes,
            state: opaque(parameters, "state", MAX_STATE_BYTES, "state is too long or not printable ASCII")?,
            nonce: opaque(parameters, "nonce", MAX_NONCE_BYTES, "nonce is too long or not printable ASCII")?,
            code_challenge: code_challenge(parameters, pkce)?,
            prompt,
            max_age_seconds,
            acr_values,
            acr_is_essential: claims.acr_is_essential,
            claims: claims.request,
            ui_locale: parameters.get("ui_locales")?.and_then(Locale::of_ui_locales),
        };
        Ok((request, hints))
    }

    /// Everything about the person that is asked for, wherever it is to appear.
    pub fn items_asked_for(&self) -> Items {
        self.scopes.items().union(self.claims.items())
    }

    /// Whether no page may be shown.
    pub const fn is_silent(&self) -> bool {
        self.prompt.contains(Prompt::None)
    }

    /// Whether an authentication at `auth_time`, from before this flow, is not good enough. One within the flow always is.
    pub fn asks_to_authenticate_again(&self, auth_time: OffsetDateTime, now: OffsetDateTime) -> bool {
        self.prompt.contains(Prompt::Login)
            || self.max_age_seconds.is_some_and(|seconds| {
                let age = now - auth_time;
                seconds == 0 || age > Duration::seconds(i64::from(seconds))
            })
    }
}

fn refuse_unsupported(parameters: &Parameters) -> Result<(), ProtocolError> {
    for (name, code) in [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ] {
        if parameters.get(name)?.is_some() {
            return Err(ProtocolError::new(code, "this parameter is not supported"));
        }
    }
    match parameters.require("response_type", "response_type is missing")? {
        "code" => {}
        _ => return Err(ProtocolError::new(ErrorCode::UnsupportedResponseType, "response_type must be code")),
    }
    match parameters.get("response_mode")? {
        None | Some("query") => Ok(()),
        Some(_) => Err(ProtocolError::invalid_request("response_mode must be query")),
    }
}

fn prompts(parameters: &Parameters) -> Result<Prompts, ProtocolError> {
    let words = parameters.get("prompt")?.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let mut prompts = Prompts::EMPTY;
    for word in words {
        let known = if word == SELECT_ACCOUNT { Some(Prompt::Login) } else { Prompt::from_name(word) };
        let prompt = known.ok_or(ProtocolError::invalid_request("prompt has an unknown value"))?;
        prompts = prompts.with(prompt);
    }
    if prompts.contains(Prompt::None) && prompts != Prompts::of(&[Prompt::None]) {
        return Err(ProtocolError::invalid_request("prompt=none stands alone"));
    }
    Ok(prompts)
}

fn max_age(parameters: &Parameters) -> Result<Option<u32>, ProtocolError> {
    let Some(text) = parameters.get("max_age")? else { return Ok(None) };
    // `u32::from_str` would take a plus sign.
    let seconds = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    seconds.map(Some).ok_or(ProtocolError::invalid_request("max_age is not a number of seconds"))
}

fn code_challenge(parameters: &Parameters, policy: Pkce) -> Result<Option<CodeChallenge>, ProtocolError> {
    match (parameters.get("code_challenge")?, parameters.get("code_challenge_method")?) {
        (Some(challenge), Some("S256")) => CodeChallenge::parse(challenge)
            .map(Some)
            .ok_or(ProtocolError::invalid_request("code_challenge is not the base64url of a SHA-256")),
        // RFC 7636 section 4.3: without a method it is `plain`.
        (Some(_), _) | (None, Some(_)) => Err(ProtocolError::invalid_request("code_challenge_method must be S256")),
        (None, None) if policy == Pkce::Required => Err(ProtocolError::invalid_request("code_challenge is missing")),
        (None, None) => Ok(None),
    }
}

pub(super) fn opaque(
    parameters: &Parameters,
    name: &str,
    max: usize,
    refusal: &'static str,
) -> Result<Option<String>, ProtocolError> {
    match parameters.get(name)? {
        Some(text) if !is_text_of(text, max) => Err(ProtocolError::invalid_request(refusal)),
        text => Ok(text.map(str::to_owned)),
    }
}

/// Printable ASCII (RFC 6749 appendix A.5) of at most `max` bytes. It keeps the size of a cookie predictable, too.
fn is_text_of(text: &str, max: usize) -> bool {
    text.len() <= max && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

fn limited<'p>(
    parameters: &'p Parameters,
    name: &str,
    max: usize,
    refusal: &'static str,
) -> Result<Option<&'p str>, ProtocolError> {
    match parameters.get(name)? {
        Some(text) if text.len() > max => Err(ProtocolError::invalid_request(refusal)),
        text => Ok(text),
    }
}

#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;
