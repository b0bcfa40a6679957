//! 連携サービス: the services that are connected to a municipality.

mod detail_page;
mod edit_page;
mod fields;
mod list_page;
mod secrets_page;
mod suspension_page;
mod text;

use domain::configuration::Icon as Symbol;
use domain::paths::Route;

use crate::components::icon::Drawing;
use crate::pages::{PageRoute, form, page};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleRelyingParties, list_page::show),
        form(Route::ConsoleRelyingPartyNew, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleRelyingParty, detail_page::show, detail_page::submit),
        form(Route::ConsoleRelyingPartyEdit, edit_page::show, edit_page::submit),
        form(Route::ConsoleRelyingPartySuspend, suspension_page::show_suspend, suspension_page::suspend),
        form(Route::ConsoleRelyingPartyResume, suspension_page::show_resume, suspension_page::resume),
        form(Route::ConsoleRelyingPartySecrets, secrets_page::show, secrets_page::issue),
        form(Route::ConsoleRelyingPartySecretRevoke, secrets_page::show_end, secrets_page::end),
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
