//! Pages of residents over HTTP: what the browser sent becomes a use-case, its view becomes a page. Rendered in one go, with
//! a status and a content security policy of their own.

mod flow;
mod me;
mod page;
mod passkeys;
mod presenter;
mod renewed_card;
mod step;
mod town;
mod visit;

use axum::routing::{get, post};
use domain::paths::Route;

pub(crate) use self::page::instead;
pub(crate) use self::step::follow;
pub(crate) use self::visit::Visit;
use crate::endpoints::Endpoint;

/// Every page of residents.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::resident(Route::Town, get(town::show)),
        Endpoint::resident(Route::TownPrivacy, get(town::privacy)),
        Endpoint::resident(Route::TownHelp, get(town::help)),
        Endpoint::resident(Route::TownAccessibility, get(town::accessibility)),
        Endpoint::resident(Route::TownSignIn, get(town::sign_in_elsewhere).post(town::sign_in)),
        Endpoint::resident(Route::FlowSignIn, get(flow::show).post(passkeys::choose)),
        Endpoint::resident(Route::FlowPasskey, get(flow::show).post(passkeys::answer_offer)),
        Endpoint::resident(Route::FlowConsent, get(flow::show).post(flow::answer)),
        Endpoint::resident(Route::FlowOutcome, get(flow::show).post(flow::go_on)),
        Endpoint::resident(Route::FlowReturn, post(flow::leave)),
        Endpoint::resident(Route::Me, get(me::show)),
        Endpoint::resident(Route::MeWithdraw, get(me::ask_to_withdraw).post(me::withdraw)),
        Endpoint::resident(Route::MePasskeys, get(passkeys::show).post(passkeys::add)),
        Endpoint::resident(Route::MePasskeyRemove, get(passkeys::ask_to_remove).post(passkeys::remove)),
        Endpoint::resident(Route::MeDelete, get(me::ask_to_delete).post(me::delete)),
        Endpoint::resident(Route::MeMerge, get(me::about_merging).post(me::begin_merge)),
        Endpoint::resident(Route::MeRenewedCard, get(renewed_card::show).post(renewed_card::ask)),
        Endpoint::resident(Route::FlowMerge, get(me::ask_to_merge).post(me::merge)),
        Endpoint::resident(Route::MeSignOut, get(me::signed_out).post(me::sign_out)),
    ]
}

#[cfg(test)]
pub(crate) mod tests;
