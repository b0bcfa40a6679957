//! What the sandbox card reader knows of us: the sandbox municipalities that are its clients. A provider outside is told the
//! same once, when a connection is set up.

use domain::locale::Localized;
use domain::municipality::MunicipalityCode;
use domain::names::{ClientId, TenantSlug};
use domain::paths;
use oidc::jose::JwkSet;

use crate::Service;
use crate::error::Error;

const CLIENT_PREFIX: &str = "machikagi-";

/// The client id of a municipality at the sandbox card reader: the shortest slug is shorter than a client id may be, and a
/// provider outside would not call us by the bare slug either.
pub fn sandbox_card_client_id(slug: &TenantSlug) -> String {
    format!("{CLIENT_PREFIX}{slug}")
}

/// A municipality as a client of the sandbox card reader.
pub struct SandboxClient {
    /// The municipality's name.
    pub name: Localized,
    /// Its local government code.
    pub municipality: MunicipalityCode,
    /// Where the reader sends people back to.
    pub callback: String,
    /// The keys under which its gateway signs assertions.
    pub keys: JwkSet,
}

impl Service {
    /// The sandbox municipality of a client id; `None` unless it uses the sandbox card reader under this very id.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without a database.
    pub async fn sandbox_client(&self, client_id: &ClientId) -> Result<Option<SandboxClient>, Error> {
        let slug = client_id.as_str().strip_prefix(CLIENT_PREFIX).and_then(|slug| TenantSlug::parse(slug).ok());
        let Some(slug) = slug else { return Ok(None) };
        let published = match self.published(&slug).await {
            Ok(published) => published,
            Err(Error::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let issuer = paths::sandbox_card_issuer(&self.base_url);
        let registered = published
            .providers
            .iter()
            .find(|provider| provider.issuer == issuer && provider.client_id == client_id.as_str());
        let Some(registered) = registered.filter(|_| published.sandbox()) else { return Ok(None) };
        Ok(Some(SandboxClient {
            name: published.town_view().name,
            municipality: published.code,
            callback: self.callback_url(&published, registered),
            keys: published.keys.upstream_key_set.clone(),
        }))
    }
}
