//! What is written down of the demo before it is made: the sign-ins, and where everything is. The file `demo.json`.

use domain::paths;
use serde::{Deserialize, Serialize};

use super::forms;
use super::towns::{Product, TOWNS, Town};
use crate::Service;
use crate::error::Error;

/// What scripts and the sample services read: every address and demo sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demo {
    /// The public base URL, without a slash at its end.
    pub base_url: String,
    /// The municipalities.
    pub towns: Vec<DemoTown>,
}

/// One municipality of the demo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoTown {
    /// As in `/t/showa`.
    pub slug: String,
    /// In Japanese.
    pub name: String,
    /// Exactly as in the discovery document.
    pub issuer: String,
    /// One person of each role.
    pub staff: Vec<DemoStaff>,
    /// The connected services.
    pub relying_parties: Vec<DemoRelyingParty>,
}

/// A sign-in of a member of staff.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoStaff {
    /// The role.
    pub role: String,
    /// The name that colleagues see.
    pub name: String,
    /// The sign-in name.
    pub mail: String,
    /// The password.
    pub password: String,
    /// The authenticator's secret, base32 (RFC 4648), SHA-1, 6 digits, 30 seconds.
    pub totp_secret: String,
}

/// A connected service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoRelyingParty {
    /// Which sample service it is.
    pub key: String,
    /// In Japanese.
    pub name: String,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret; empty until it was issued.
    pub client_secret: String,
    /// Where it takes people back to.
    pub redirect_uri: String,
    /// Where it begins.
    pub start_url: String,
    /// What it asks for.
    pub scopes: String,
    /// What it asks for by the `claims` parameter; empty if nothing.
    #[serde(default)]
    pub claims: String,
}

/// RFC 4226, section 4: 160 bits.
pub(super) const SECRET_BYTES: usize = 20;

impl Service {
    /// The sign-ins of the demo, to be written down before [`Service::seed_demo`] creates them.
    ///
    /// # Errors
    /// [`Error::Internal`] without randomness.
    pub fn plan_demo(&self) -> Result<Demo, Error> {
        let base_url = self.base_url.as_str().to_owned();
        let mut towns = Vec::with_capacity(TOWNS.len());
        for town in &TOWNS {
            let mut staff = Vec::with_capacity(town.staff.len());
            for person in town.staff {
                staff.push(DemoStaff {
                    role: person.role.to_owned(),
                    name: person.name.to_owned(),
                    mail: format!("{}@{}.example", person.role, town.slug),
                    password: self.rng.token::<12>()?,
                    totp_secret: base32(self.rng.bytes::<SECRET_BYTES>()?),
                });
            }
            let parties = town.services.iter().map(|product| {
                let addresses = forms::addresses(town, product);
                DemoRelyingParty {
                    key: product.key.to_owned(),
                    name: product.name[0].to_owned(),
                    client_id: client_id(town, product),
                    client_secret: String::new(),
                    redirect_uri: addresses.redirect,
                    start_url: addresses.home,
                    scopes: product.scopes.to_owned(),
                    claims: product.claims(),
                }
            });
            towns.push(DemoTown {
                slug: town.slug.to_owned(),
                name: town.name[0].to_owned(),
                issuer: paths::issuer(&self.base_url, &super::slug(town)?),
                relying_parties: parties.collect(),
                staff,
            });
        }
        Ok(Demo { base_url, towns })
    }
}

pub(super) fn client_id(town: &Town<'_>, product: &Product) -> String {
    format!("{}-{}", town.slug, product.key)
}

pub(super) fn base32(secret: [u8; SECRET_BYTES]) -> String {
    totp_rs::Secret::new(Box::new(secret)).to_base32()
}

pub(super) fn from_base32(text: &str) -> Option<[u8; SECRET_BYTES]> {
    totp_rs::Secret::try_from_base32(text).ok()?.as_bytes().try_into().ok()
}
