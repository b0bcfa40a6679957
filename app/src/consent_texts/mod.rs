//! 同意文: what residents read before attributes are handed over, beside the very page that they see.

mod detail_page;
mod edit_page;
mod fields;
mod list_page;
mod preview;
mod text;

use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::configuration::life;
use crate::console::AnyOf;
use crate::pages::{PageRoute, editor, form, page};

const CREATE: AnyOf = &[(Act::Create, Resource::Configuration)];
const UPDATE: AnyOf = &[(Act::Update, Resource::Configuration)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleConsentTexts, list_page::show),
        editor(Route::ConsoleConsentTextNew, CREATE, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleConsentText, life::NEEDS, detail_page::show, detail_page::submit),
        editor(Route::ConsoleConsentTextEdit, UPDATE, edit_page::show, edit_page::submit),
    ]
}
