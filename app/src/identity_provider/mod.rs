//! 本人確認サービス: the connections to the providers that attest who residents are: which there are, how each is set up, and
//! how what it says is read.

mod detail_page;
mod edit_page;
mod facts;
mod fields;
mod keys_panel;
mod list_page;
mod stop_page;
mod text;
mod try_out_page;

use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::console::AnyOf;
use crate::pages::{PageRoute, editor, form};

const CREATE: AnyOf = &[(Act::Create, Resource::IdentityProvider)];
const UPDATE: AnyOf = &[(Act::Update, Resource::IdentityProvider)];
const CHANGE: AnyOf = &[(Act::Update, Resource::IdentityProvider), (Act::Decide, Resource::IdentityProvider)];
const TRY: AnyOf = &[(Act::Create, Resource::TestSignIn)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        form(Route::ConsoleIdentityProviders, CHANGE, list_page::show, list_page::submit),
        editor(Route::ConsoleIdentityProviderNew, CREATE, edit_page::show_new, edit_page::submit_new),
        form(Route::ConsoleIdentityProvider, CHANGE, detail_page::show, detail_page::submit),
        editor(Route::ConsoleIdentityProviderEdit, UPDATE, edit_page::show, edit_page::submit),
        editor(Route::ConsoleIdentityProviderTryOut, TRY, try_out_page::show, try_out_page::begin),
        editor(Route::ConsoleIdentityProviderStop, UPDATE, stop_page::show, stop_page::submit),
    ]
}
