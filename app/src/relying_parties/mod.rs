//! 連携サービス: the services that are connected to a municipality.

mod client_facts;
mod client_fields;
mod detail_page;
mod edit_page;
mod explained;
mod fields;
mod list_page;
mod secrets_page;
mod suspension_page;
mod test_page;
mod text;

use domain::configuration::Icon as Symbol;
use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::components::icon::Drawing;
use crate::configuration::life;
use crate::console::AnyOf;
use crate::pages::{PageRoute, editor, form, page};

const CREATE: AnyOf = &[(Act::Create, Resource::RelyingParty)];
const UPDATE: AnyOf = &[(Act::Update, Resource::Configuration)];
const SUSPEND: AnyOf = &[(Act::Create, Resource::Suspension)];
const RESUME: AnyOf = &[(Act::Remove, Resource::Suspension)];
const ISSUE: AnyOf = &[(Act::Create, Resource::ClientSecret)];
const REVOKE: AnyOf = &[(Act::Remove, Resource::ClientSecret)];
const TEST: AnyOf = &[(Act::Create, Resource::TestSignIn)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleRelyingParties, list_page::show),
        editor(Route::ConsoleRelyingPartyNew, CREATE, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleRelyingParty, life::NEEDS, detail_page::show, detail_page::submit),
        editor(Route::ConsoleRelyingPartyEdit, UPDATE, edit_page::show, edit_page::submit),
        editor(Route::ConsoleRelyingPartySuspend, SUSPEND, suspension_page::show_suspend, suspension_page::suspend),
        editor(Route::ConsoleRelyingPartyResume, RESUME, suspension_page::show_resume, suspension_page::resume),
        editor(Route::ConsoleRelyingPartySecrets, ISSUE, secrets_page::show, secrets_page::issue),
        editor(Route::ConsoleRelyingPartySecretRevoke, REVOKE, secrets_page::show_end, secrets_page::end),
        editor(Route::ConsoleRelyingPartyTest, TEST, test_page::show, test_page::begin),
    ]
}

/// The drawing of a service's symbol.
fn drawing(symbol: Option<Symbol>) -> Drawing {
    match symbol {
        Some(Symbol::Book) => Drawing::Book,
        Some(Symbol::Health) => Drawing::Coins,
        Some(Symbol::Application) => Drawing::Paper,
        Some(Symbol::Facility) => Drawing::Hall,
        Some(Symbol::Childcare) => Drawing::People,
        Some(Symbol::Transport) => Drawing::Pin,
        Some(Symbol::Disaster) => Drawing::Warning,
        Some(Symbol::Other) | None => Drawing::Key,
    }
}
