//! 利用資格ルール: who is eligible, built from clauses, told as a sentence, tried with people who do not exist.

mod builder;
mod detail_page;
mod edit_page;
mod list_page;
mod text;
mod trying;

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
        page(Route::ConsoleResidencyRules, list_page::show),
        editor(Route::ConsoleResidencyRuleNew, CREATE, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleResidencyRule, life::NEEDS, detail_page::show, detail_page::submit),
        editor(Route::ConsoleResidencyRuleEdit, UPDATE, edit_page::show, edit_page::submit),
    ]
}
