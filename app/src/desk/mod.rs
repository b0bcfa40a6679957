//! 窓口: a clerk types a desk code in, looks at the card or a document, and records what was seen; or lets a renewed card take the
//! place of the former one.

mod code_page;
mod confirmation;
mod renewed_card_page;
mod renewed_card_words;
mod request_page;
mod text;

use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::console::AnyOf;
use crate::pages::{PageRoute, editor};

const DEAL: AnyOf = &[(Act::Update, Resource::DeskRequest)];
const RELINK: AnyOf = &[(Act::Update, Resource::RelinkRequest)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        editor(Route::ConsoleDesk, DEAL, code_page::show, code_page::submit),
        editor(Route::ConsoleDeskRequest, DEAL, request_page::show, request_page::submit),
        editor(Route::ConsoleDeskRenewedCard, RELINK, renewed_card_page::show, renewed_card_page::submit),
    ]
}
