//! 監査記録: what staff did, by day, with what was before and after; and whether the chain still holds.

mod entries;
mod page;
mod sentence;
mod text;

use domain::paths::Route;

use crate::pages::{PageRoute, form};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![form(Route::ConsoleAudit, page::show, page::submit)]
}
