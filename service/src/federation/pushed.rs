//! Pushed authorization requests (RFC 9126): read and judged when they are pushed, sealed into their own reference, and spent
//! with the code. Until then nothing of them rests here.

use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use entity::spent_id::{ActiveModel, Column, Entity};
use oidc::jose::Thumbprint;
use oidc::parameters::Parameters;
use oidc::provider::authorize::Addressee;
use oidc::provider::dpop::Proven;
use oidc::provider::pushed::{PushedResponse, REFERENCE_SECONDS};
use oidc::sealed::{Context, Purpose};
use oidc::{ErrorCode, ProtocolError};
use sea_orm::{ColumnTrait, Set};

use super::authorize::{find_redirect, read_request};
use super::client::{Authenticated, Known, PublicClients};
use super::dpop::Headers;
use super::flow::{Asked, FLOW_SECONDS};
use super::packing::{Malformed, Packer, Unpacker};
use super::published::{Party, Published};
use super::spent::Proofs;
use crate::Service;
use crate::error::Error;
use crate::gate::{Scope, WriteScope};

const VERSION: u8 = 3;

/// What a request asks for, and the language in which its pages are to be.
type Judged = (Asked, Option<Locale>);

/// A request that was pushed.
pub(super) struct Pushed {
    pub(super) asked: Asked,
    pub(super) locale: Option<Locale>,
    /// Until when the browser may present it first.
    pub(super) present_until: i64,
}

impl Pushed {
    fn pack(&self) -> Packer {
        let mut packer = Packer::new();
        packer.byte(VERSION);
        packer.seconds(self.present_until);
        packer.locale(self.locale);
        self.asked.pack(&mut packer);
        packer
    }

    fn unpack(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut unpacker = Unpacker::new(bytes);
        if unpacker.byte()? != VERSION {
            return Err(Malformed);
        }
        let present_until = unpacker.seconds()?;
        let locale = unpacker.locale()?;
        let asked = Asked::unpack(&mut unpacker)?;
        unpacker.finish()?;
        Ok(Self { asked, locale, present_until })
    }
}

impl Service {
    /// Takes a request from a client that authenticates as at the token endpoint (RFC 9126, section 2.1), where one that keeps
    /// no secret says its id; what would be an error on the way back to the client is one here.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what is wrong with the request is the inner error.
    pub async fn push_request(
        &self,
        slug: &TenantSlug,
        headers: Headers<'_>,
        body: &Parameters,
    ) -> Result<Result<PushedResponse, ProtocolError>, Error> {
        let published = self.published(slug).await?;
        let public = PublicClients::Admitted(Known::Pushing);
        let Authenticated { party, known, proof } =
            match self.authenticated(&published, public, headers.authorization, body).await {
                Ok(client) => client,
                Err(refusal) => return Ok(Err(refusal)),
            };
        let judged = match self.counting_parameters(&published, party, body).await {
            Ok(asked) => pushed_request(&published, party, &asked),
            Err(refusal) => Err(refusal),
        };
        let url = self.base_url.join(&paths::par(slug));
        let request = Proven { method: "POST", url: &url, access_token: None };
        let (possession, judged) = match self.possession(&published, Some(party), headers, request).await? {
            Ok(None) => (None, judged),
            Ok(Some(possession)) => {
                let judged = judged.and_then(|judged| bound(judged, possession.key));
                (Some(possession), judged)
            }
            Err(refusal) => (None, Err(refusal)),
        };
        let proofs = Proofs { client: proof.as_ref(), possession: possession.as_ref() }.without_grant(known);
        let judged = self.answer_once(&published, proofs, judged).await?;
        let (asked, locale) = match judged {
            Ok(judged) => judged,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let pushed = Pushed {
            asked: Asked { pushed: Some(self.rng.bytes()?), ..asked },
            locale,
            present_until: self.clock.seconds() + i64::from(REFERENCE_SECONDS),
        };
        let sealed = self.epochs.seal(context(&published, party), &pushed.pack().finish()).await?;
        Ok(Ok(PushedResponse::of(&sealed)))
    }

    /// The request behind a reference of this client; `None` for any other.
    pub(super) async fn open_pushed(
        &self,
        published: &Published,
        party: &Party,
        sealed: &str,
    ) -> Result<Option<Pushed>, Error> {
        let bytes = self.epochs.open(context(published, party), sealed).await?;
        Ok(bytes.and_then(|bytes| Pushed::unpack(&bytes).ok()))
    }

    /// Spends a pushed request together with the code that it leads to. Says whether it was unspent; of two at the same moment
    /// the database refuses one.
    pub(super) async fn spend(&self, scope: &WriteScope, id: &[u8; 16]) -> Result<bool, Error> {
        if is_spent(scope, id).await? {
            return Ok(false);
        }
        scope.insert_soon::<Entity, _>(ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            digest: Set(digest(id)),
            // Whoever follows it in time has a flow that lives so long.
            expires_at: Set(self.clock.seconds() + i64::from(REFERENCE_SECONDS) + FLOW_SECONDS),
        })?;
        Ok(true)
    }
}

/// Whether a pushed request led to a code already.
pub(super) async fn is_spent<S: Scope>(scope: &S, id: &[u8; 16]) -> Result<bool, Error> {
    Ok(scope.find::<Entity>().filter(Column::Digest.eq(digest(id))).one().await?.is_some())
}

fn digest(id: &[u8; 16]) -> Vec<u8> {
    super::sha256(id).to_vec()
}

fn context<'a>(published: &Published, party: &'a Party) -> Context<'a> {
    Context::of_tenant(published.id(), Purpose::PushedRequest, party.client_id.as_bytes())
}

/// The request of a client that showed its key already: its code is bound to that one (RFC 9449, section 10.1).
fn bound((asked, locale): Judged, key: Thumbprint) -> Result<Judged, ProtocolError> {
    match asked.key {
        Some(named) if named != key => Err(ProtocolError::invalid_request("dpop_jkt is not the key of the DPoP proof")),
        _ => Ok((Asked { key: Some(key), ..asked }, locale)),
    }
}

fn pushed_request(published: &Published, party: &Party, body: &Parameters) -> Result<Judged, ProtocolError> {
    let unknown = ProtocolError::invalid_request("redirect_uri is missing, repeated or not registered");
    let named = Addressee::of_client(&party.client_id, body).map_err(|_| unknown)?;
    let redirect = find_redirect(party, &named).map_err(|_| unknown)?;
    if party.suspended {
        return Err(ProtocolError::new(ErrorCode::UnauthorizedClient, "the municipality suspended this client"));
    }
    read_request(published, party, body, named, redirect)
}
