//! Who may ask the sandbox card reader: the sandbox municipalities of the gateway, each under its own client id, with the
//! public half of the key that signs its assertions.

use std::pin::Pin;

use domain::locale::Localized;
use domain::municipality::MunicipalityCode;
use domain::names::ClientId;
use oidc::jose::JwkSet;
use service::{Error, Service};

/// The answer of [`Clients::find`].
pub type Found<'a> = Pin<Box<dyn Future<Output = Result<Option<CardClient>, Error>> + Send + 'a>>;

/// A registered client.
#[derive(Clone)]
pub struct CardClient {
    /// Its id here.
    pub client_id: ClientId,
    /// Its name, for the page.
    pub name: Localized,
    /// The municipality that it stands for: its test residents come first on the page.
    pub municipality: MunicipalityCode,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// The keys of its assertions.
    pub keys: JwkSet,
}

/// Knows the clients.
pub trait Clients: Send + Sync {
    /// The client of an id; `None` when there is none.
    fn find<'a>(&'a self, client_id: &'a ClientId) -> Found<'a>;
}

impl Clients for Service {
    fn find<'a>(&'a self, client_id: &'a ClientId) -> Found<'a> {
        Box::pin(async move {
            let found = self.sandbox_client(client_id).await?;
            Ok(found.map(|client| CardClient {
                client_id: client_id.clone(),
                name: client.name,
                municipality: client.municipality,
                redirect_uris: vec![client.callback],
                keys: client.keys,
            }))
        })
    }
}
