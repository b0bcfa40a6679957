//! 職員と役割: who may enter the console, with which roles.

mod list_page;
mod member_page;
mod text;

use domain::paths::Route;

use crate::pages::{PageRoute, form, page};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleStaff, list_page::show),
        form(Route::ConsoleStaffMember, member_page::show, member_page::submit),
    ]
}
