//! 本人確認サービス: the connection to the provider that reads the card, and a test of it.

mod page;
mod text;

use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::console::AnyOf;
use crate::pages::{PageRoute, form};

const PROBE: AnyOf = &[(Act::Update, Resource::IdentityProvider)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![form(Route::ConsoleIdentityProvider, PROBE, page::show, page::submit)]
}
