//! 職員と役割: who may enter the console, with which roles.

mod list_page;
mod member_page;
mod text;

use domain::paths::Route;
use service::gate::{Act, Resource};

use crate::console::AnyOf;
use crate::pages::{PageRoute, form, page};

const CHANGE: AnyOf =
    &[(Act::Update, Resource::Membership), (Act::Remove, Resource::Membership), (Act::Remove, Resource::SecondFactor)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleStaff, list_page::show),
        form(Route::ConsoleStaffMember, CHANGE, member_page::show, member_page::submit),
    ]
}
