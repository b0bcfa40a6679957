//! The canonical request as bytes, for sealing into the cookie of a flow. Not JSON: `state` may be a kilobyte of quotation
//! marks, and the cookie has to fit all the same.
//!
//! Seven bytes (version, redirect URI, scopes, prompt, claims of the ID token, claims of userinfo, flags), then the client,
//! then what the flags announce, in their order; texts are preceded by their length.

use domain::locale::Locale;
use domain::names::ClientId;

use super::authorize::{AuthorizationRequest, MAX_NONCE_BYTES, MAX_STATE_BYTES, Prompts};
use super::claims_request::{ClaimSet, ClaimsRequest, Scopes};
use crate::pkce::CodeChallenge;

const VERSION: u8 = 1;

const STATE: u8 = 1;
const NONCE: u8 = 1 << 1;
const CHALLENGE: u8 = 1 << 2;
const MAX_AGE: u8 = 1 << 3;
const ACR: u8 = 1 << 4;
const ACR_ESSENTIAL: u8 = 1 << 5;
const JA: u8 = 1 << 6;
const EN: u8 = 1 << 7;

/// The longest encoding: a client of 64 characters, the longest state and nonce, a challenge, three levels of 48 bytes.
pub const MAX_ENCODED_BYTES: usize = 7 + 66 + 2 + MAX_STATE_BYTES + 2 + MAX_NONCE_BYTES + 32 + 4 + 1 + 3 * 50;

/// The bytes are no encoded request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an encoded authorization request")]
pub struct InvalidEncoding;

impl AuthorizationRequest {
    /// The request as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = flag(self.state.is_some(), STATE)
            | flag(self.nonce.is_some(), NONCE)
            | flag(self.code_challenge.is_some(), CHALLENGE)
            | flag(self.max_age_seconds.is_some(), MAX_AGE)
            | flag(!self.acr_values.is_empty(), ACR)
            | flag(self.acr_is_essential, ACR_ESSENTIAL)
            | flag(self.ui_locale == Some(Locale::Ja), JA)
            | flag(self.ui_locale == Some(Locale::En), EN);
        let claims = self.claims;
        let sets = [self.scopes.bits(), self.prompt.bits(), claims.id_token.bits(), claims.userinfo.bits()];
        let mut bytes = vec![VERSION, self.redirect_uri];
        bytes.extend(sets);
        bytes.push(flags);
        put(&mut bytes, self.client_id.as_str());
        self.state.iter().chain(&self.nonce).for_each(|text| put(&mut bytes, text));
        self.code_challenge.iter().for_each(|challenge| bytes.extend(challenge.bytes()));
        self.max_age_seconds.iter().for_each(|seconds| bytes.extend(seconds.to_be_bytes()));
        if !self.acr_values.is_empty() {
            bytes.push(u8::try_from(self.acr_values.len()).unwrap_or(u8::MAX));
            self.acr_values.iter().for_each(|value| put(&mut bytes, value));
        }
        bytes
    }

    /// Reads what [`AuthorizationRequest::encode`] wrote, all of it and nothing after it.
    ///
    /// # Errors
    /// Any other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidEncoding> {
        let mut rest = Rest(bytes);
        rest.request().filter(|_| rest.0.is_empty()).ok_or(InvalidEncoding)
    }
}

/// Two bytes of length, big-endian, and the text; every text here was limited when the request was read.
fn put(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(text.as_bytes());
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::from(u16::from_be_bytes(self.take()?));
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        std::str::from_utf8(head).ok().map(str::to_owned)
    }

    fn request(&mut self) -> Option<AuthorizationRequest> {
        let [version, redirect_uri, scopes, prompt, id_token, userinfo, flags] = self.take()?;
        if version != VERSION {
            return None;
        }
        let has = |flag| flags & flag != 0;
        Some(AuthorizationRequest {
            client_id: ClientId::parse(&self.text()?).ok()?,
            redirect_uri,
            scopes: Scopes::from_bits(scopes)?,
            prompt: Prompts::from_bits(prompt)?,
            claims: ClaimsRequest {
                id_token: ClaimSet::from_bits(id_token)?,
                userinfo: ClaimSet::from_bits(userinfo)?,
            },
            state: if has(STATE) { Some(self.text()?) } else { None },
            nonce: if has(NONCE) { Some(self.text()?) } else { None },
            code_challenge: if has(CHALLENGE) { Some(CodeChallenge::from_bytes(self.take()?)) } else { None },
            max_age_seconds: if has(MAX_AGE) { Some(u32::from_be_bytes(self.take()?)) } else { None },
            acr_values: if has(ACR) { self.levels()? } else { Vec::new() },
            acr_is_essential: has(ACR_ESSENTIAL),
            ui_locale: match (has(JA), has(EN)) {
                (false, false) => None,
                (true, false) => Some(Locale::Ja),
                (false, true) => Some(Locale::En),
                (true, true) => return None,
            },
        })
    }

    fn levels(&mut self) -> Option<Vec<String>> {
        let [count] = self.take()?;
        if count == 0 {
            return None;
        }
        (0..count).map(|_| self.text()).collect()
    }
}
