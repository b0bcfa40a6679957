//! The one table of everything that is not a page of the console: endpoints of the protocol, pages of residents, the sandbox
//! card, probes. The router is built of it and the guard table tests every line of it.

use std::sync::Arc;

use app::site::Site;
use axum::routing::MethodRouter;
use domain::paths::Route;

use crate::sandbox_card::{self, SandboxCard};
use crate::{oidc, probes, resident, schema, theme};

/// What stands around an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Spoken to by programs, or posted to across sites by the protocol: no CSRF check, no session of staff.
    Protocol,
    /// A page of residents or of the sandbox card: a CSRF check and the switch of language.
    Resident,
    /// For the machine's supervisor.
    Probe,
}

/// One line of the table.
pub struct Endpoint {
    /// Its name and address.
    pub route: Route,
    /// What stands around it.
    pub kind: Kind,
    /// The handler.
    pub handler: MethodRouter<Site>,
}

impl Endpoint {
    /// An endpoint of the protocol.
    pub fn protocol(route: Route, handler: MethodRouter<Site>) -> Self {
        Self { route, kind: Kind::Protocol, handler }
    }

    /// A page of residents or of the sandbox card.
    pub fn resident(route: Route, handler: MethodRouter<Site>) -> Self {
        Self { route, kind: Kind::Resident, handler }
    }

    /// A probe.
    pub fn probe(route: Route, handler: MethodRouter<Site>) -> Self {
        Self { route, kind: Kind::Probe, handler }
    }
}

/// Every endpoint. The sandbox card reader is there only where it is switched on.
pub fn table(card: Option<&Arc<SandboxCard>>) -> Vec<Endpoint> {
    let card = card.map(sandbox_card::endpoints).unwrap_or_default();
    [probes::endpoints(), theme::endpoints(), schema::endpoints(), oidc::endpoints(), resident::endpoints(), card]
        .into_iter()
        .flatten()
        .collect()
}
