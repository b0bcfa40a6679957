//! 同意文: what residents read before attributes are handed over, beside the very page that they see.

mod detail_page;
mod edit_page;
mod fields;
mod list_page;
mod preview;
mod text;

use domain::paths::Route;

use crate::pages::{PageRoute, form, page};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleConsentTexts, list_page::show),
        form(Route::ConsoleConsentTextNew, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleConsentText, detail_page::show, detail_page::submit),
        form(Route::ConsoleConsentTextEdit, edit_page::show, edit_page::submit),
    ]
}
