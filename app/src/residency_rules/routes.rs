//! The routes of this area.

use domain::paths::Route;
use service::gate::{Act, Resource};

use super::{cases_page, compare_page, detail_page, edit_page, exchange_page, list_page, mass_page};
use crate::configuration::life;
use crate::console::AnyOf;
use crate::pages::{PageRoute, action, editor, form, page};

const CREATE: AnyOf = &[(Act::Create, Resource::Configuration)];
const BUILD: AnyOf = &[(Act::Create, Resource::Configuration), (Act::Update, Resource::Configuration)];
const READ: AnyOf = &[(Act::Read, Resource::Configuration)];
const UPDATE: AnyOf = &[(Act::Update, Resource::Configuration)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleResidencyRules, list_page::show),
        action(Route::ConsoleResidencyRuleBuilder, BUILD, edit_page::submit_parts),
        editor(Route::ConsoleResidencyRuleNew, CREATE, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleResidencyRule, life::NEEDS, detail_page::show, detail_page::submit),
        editor(Route::ConsoleResidencyRuleEdit, UPDATE, edit_page::show, edit_page::submit),
        form(Route::ConsoleResidencyRuleCases, UPDATE, cases_page::show, cases_page::submit),
        form(Route::ConsoleResidencyRuleMassTrial, READ, mass_page::show, mass_page::submit),
        page(Route::ConsoleResidencyRuleComparison, compare_page::show),
        page(Route::ConsoleResidencyRuleJson, exchange_page::export),
        editor(Route::ConsoleResidencyRuleImport, CREATE, exchange_page::show_new, exchange_page::submit_new),
        editor(Route::ConsoleResidencyRuleImportNext, UPDATE, exchange_page::show, exchange_page::submit),
    ]
}
