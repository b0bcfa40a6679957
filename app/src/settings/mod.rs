//! 設定 and 町のページ: what a municipality sets about itself.

mod settings_page;
mod text;
mod town_page;

use domain::paths::Route;

use crate::pages::{PageRoute, form};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        form(Route::ConsoleSettings, settings_page::show, settings_page::submit),
        form(Route::ConsoleTownPage, town_page::show, town_page::submit),
    ]
}
