//! 設定 and 町のページ: what a municipality sets about itself.

mod settings_page;
mod text;
mod town_page;

use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::console::AnyOf;
use crate::pages::{PageRoute, form};

const UPDATE: AnyOf = &[(Act::Update, Resource::Tenant)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        form(Route::ConsoleSettings, UPDATE, settings_page::show, settings_page::submit),
        form(Route::ConsoleTownPage, UPDATE, town_page::show, town_page::submit),
    ]
}
