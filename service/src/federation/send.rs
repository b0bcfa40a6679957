//! On the way: to the provider, and to the pages of a flow.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::FlowId;
use domain::paths;
use oidc::pkce::CodeVerifier;
use oidc::provider::authorize::Prompt;
use oidc::upstream::authorize::UpstreamRequest;
use zeroize::Zeroizing;

use super::choose::sought;
use super::flow::{Flow, Kind, Stage};
use super::provider::{Provider, callback_path};
use super::published::Published;
use super::{Browser, Go, Step, test_sign_in, try_out};
use crate::Service;
use crate::error::Error;

impl Service {
    /// Sends the browser to a provider, and keeps the flow until it comes back.
    pub(super) async fn send_to_provider(
        &self,
        published: &Published,
        provider: &Provider,
        mut flow: Flow,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let metadata = match self.provider_metadata(provider).await {
            Ok(metadata) => metadata,
            Err(failure) => {
                return self.fail(published, flow, browser, failure).await;
            }
        };
        let seed = Zeroizing::new(self.rng.bytes::<32>()?);
        let sent = SentUpstream::of(flow.id, &seed);
        let (fresh, max_age_seconds) = match &flow.kind {
            Kind::Service(asked) => {
                (asked.prompt.contains(Prompt::Login), asked.max_age_seconds.filter(|age| *age > 0))
            }
            // A sign-in that the provider remembers could be the same one again.
            Kind::Merge(_) => (true, None),
            Kind::TownPage | Kind::Test(_) | Kind::TryOut(_) => (false, None),
        };
        // The own page is where passkeys are made and town IDs merged: nobody comes there because a provider remembers somebody.
        // One that does not say when somebody signed in there is believed that it asked.
        let asked_to_be_fresh = fresh || matches!(flow.kind, Kind::TownPage);
        let acr_values = provider.settings.acr_values(sought(published, &flow.kind));
        let request = UpstreamRequest {
            client_id: &provider.client_id,
            redirect_uri: &self.callback_url(published, provider),
            scope: &provider.settings.scopes,
            state: &sent.state,
            nonce: &sent.nonce,
            code_challenge: sent.verifier.challenge(),
            fresh: asked_to_be_fresh,
            acr_values: &acr_values,
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
    pub(super) fn callback_url(&self, published: &Published, provider: &Provider) -> String {
        self.base_url.join(&callback_path(&published.slug, provider.own_callback()))
    }

    /// Keeps the flow and goes to the page of its stage.
    pub(super) async fn show(&self, published: &Published, flow: &Flow, browser: &Browser) -> Result<Step, Error> {
        self.go_on(published, flow, browser, place(published, flow)).await
    }

    pub(super) async fn go_on(
        &self,
        published: &Published,
        flow: &Flow,
        browser: &Browser,
        to: String,
    ) -> Result<Step, Error> {
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
        _ if flow.offers_passkey => paths::flow_passkey(&published.slug, flow.id),
        (Stage::Choosing { .. }, _) => paths::flow_sign_in(&published.slug, flow.id),
        (_, Kind::Test(party)) => test_sign_in::place(&published.slug, *party, flow.id),
        (_, Kind::TryOut(provider)) => try_out::place(&published.slug, *provider, flow.id),
        (Stage::Other(..), Kind::Merge(_)) => paths::flow_merge(&published.slug, flow.id),
        (Stage::Known(_) | Stage::Other(..) | Stage::Carded(_), _) => paths::flow_consent(&published.slug, flow.id),
        _ => paths::flow_outcome(&published.slug, flow.id),
    }
}
