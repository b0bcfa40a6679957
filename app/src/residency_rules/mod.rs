//! 利用資格ルール: who is eligible, built from clauses, told as a sentence, tried with people who do not exist.

mod builder;
mod detail_page;
mod edit_page;
mod list_page;
mod text;
mod trying;

use domain::paths::Route;

use crate::pages::{PageRoute, form, page};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleResidencyRules, list_page::show),
        form(Route::ConsoleResidencyRuleNew, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleResidencyRule, detail_page::show, detail_page::submit),
        form(Route::ConsoleResidencyRuleEdit, edit_page::show, edit_page::submit),
    ]
}
