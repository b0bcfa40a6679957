//! Proofs of possession at the endpoints that take them (RFC 9449): judged, held against a nonce of ours, and spent once.
//!
//! Every proof needs a nonce, whoever the client is: so a proof that was made ahead, or taken from a log, is worth nothing
//! after minutes, however wrong the clock of a person's device is. The nonce is a sealed moment; nothing is kept of it.

use domain::names::TenantSlug;
use domain::paths;
use oidc::jose::{Algorithm, Thumbprint};
use oidc::provider::dpop::{Proof, Proven};
use oidc::sealed::{Context, Purpose};
use oidc::{ErrorCode, ProtocolError};

use super::client::algorithms;
use super::packing::{Packer, Unpacker};
use super::published::{Party, Published};
use super::spent::SingleUse;
use crate::Service;
use crate::error::Error;
use crate::gate::WriteScope;

/// How long a nonce may be used, in seconds.
const NONCE_SECONDS: i64 = 5 * 60;

/// What a client's request says beside its form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// `DPoP`; text that is no proof where it was given more than once.
    pub dpop: Option<&'a str>,
}

/// A client showed that it holds a key.
pub(super) struct Possession {
    pub(super) key: Thumbprint,
    algorithm: Algorithm,
    single_use: SingleUse,
}

impl Possession {
    /// Spends the proof. Says whether it was unspent: of two at the same moment one is.
    pub(super) async fn spend(&self, scope: &WriteScope) -> Result<bool, Error> {
        self.single_use.spend(scope).await
    }

    /// Whether it is signed as the profile of a relying party asks, where that is known after the proof only.
    pub(super) fn suits(&self, party: &Party) -> bool {
        algorithms(party.content.client.profile).contains(&self.algorithm)
    }
}

impl Service {
    /// A nonce for the next proof at a town's endpoints.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn dpop_nonce(&self, slug: &TenantSlug) -> Result<String, Error> {
        let published = self.presumed(slug).await?;
        let mut packer = Packer::new();
        packer.seconds(self.clock.seconds());
        self.epochs.seal(nonce_context(&published), &packer.finish()).await
    }

    /// Judges the proof of a request to the token endpoint; `None` where there is none.
    pub(super) async fn possession_at_token(
        &self,
        published: &Published,
        party: &Party,
        headers: Headers<'_>,
    ) -> Result<Result<Option<Possession>, ProtocolError>, Error> {
        let url = self.base_url.join(&paths::token(&published.slug));
        let request = Proven { method: "POST", url: &url, access_token: None };
        self.possession(published, Some(party), headers, request).await
    }

    /// Judges the proof of a request; `None` where there is none. Where the client is not known yet the proof is by the key of a
    /// token that it got before.
    pub(super) async fn possession(
        &self,
        published: &Published,
        party: Option<&Party>,
        headers: Headers<'_>,
        request: Proven<'_>,
    ) -> Result<Result<Option<Possession>, ProtocolError>, Error> {
        let Some(text) = headers.dpop else { return Ok(Ok(None)) };
        let proof = match Proof::read(
            text,
            request,
            party.map_or(&Algorithm::ALL, |party| algorithms(party.content.client.profile)),
            self.clock.now(),
        ) {
            Ok(proof) => proof,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if !self.is_fresh(published, proof.nonce.as_deref()).await? {
            let again = "the DPoP proof must hold the nonce of the DPoP-Nonce header";
            return Ok(Err(ProtocolError::new(ErrorCode::UseDpopNonce, again)));
        }
        // The nonce in it is no use for longer, so neither is the proof.
        let until = self.clock.seconds() + NONCE_SECONDS;
        let single_use = SingleUse::of("DPoP proof", &proof.key.to_text(), &proof.jti, until);
        Ok(Ok(Some(Possession { key: proof.key, algorithm: proof.algorithm, single_use })))
    }

    async fn is_fresh(&self, published: &Published, nonce: Option<&str>) -> Result<bool, Error> {
        let Some(nonce) = nonce else { return Ok(false) };
        let bytes = self.epochs.open(nonce_context(published), nonce).await?;
        let given_at = bytes.and_then(|bytes| Unpacker::new(&bytes).seconds().ok());
        Ok(given_at.is_some_and(|given_at| self.clock.seconds() - given_at < NONCE_SECONDS))
    }
}

/// The refusal of a proof that was used before.
pub(super) const fn used_proof() -> ProtocolError {
    ProtocolError::new(ErrorCode::InvalidDpopProof, "the DPoP proof was used before")
}

fn nonce_context(published: &Published) -> Context<'static> {
    Context::of_tenant(published.id(), Purpose::DpopNonce, b"")
}
