//! 監査記録: what staff did, by day, with what was before and after; and whether the chain still holds.

mod entries;
mod page;
mod sentence;
mod text;

use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::console::AnyOf;
use crate::pages::{PageRoute, form};

const VERIFY: AnyOf = &[(Act::Read, Resource::AuditTrail)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![form(Route::ConsoleAudit, VERIFY, page::show, page::submit)]
}
