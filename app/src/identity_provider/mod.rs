//! 本人確認サービス: the connection to the provider that reads the card, and a test of it.

mod page;
mod text;

use domain::paths::Route;

use crate::pages::{PageRoute, form};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![form(Route::ConsoleIdentityProvider, page::show, page::submit)]
}
