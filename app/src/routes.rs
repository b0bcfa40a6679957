//! The one table of pages; the router is built of it, and the guard table tests every line of it.

use axum::Router;

use crate::pages::PageRoute;
use crate::site::Site;
use crate::{
    account, attestations, audit, consent_texts, console, decisions, desk, identity_provider, relying_parties,
    residency_rules, settings, staff, usage,
};

/// Every page of the console and of staff accounts.
pub fn table() -> Vec<PageRoute> {
    let mut table = account::routes();
    table.extend(console::overview::routes());
    table.extend(relying_parties::routes());
    table.extend(residency_rules::routes());
    table.extend(consent_texts::routes());
    table.extend(decisions::routes());
    table.extend(desk::routes());
    table.extend(attestations::routes());
    table.extend(staff::routes());
    table.extend(identity_provider::routes());
    table.extend(settings::routes());
    table.extend(usage::routes());
    table.extend(audit::routes());
    table
}

/// The router of all pages. The session layer and the layers around pages are the server's.
pub fn router() -> Router<Site> {
    table().into_iter().fold(Router::new(), |router, page| router.route(page.route.template(), page.handler))
}
