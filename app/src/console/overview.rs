//! The first page of the console.

use domain::calendar::{long_date, tokyo_date};
use domain::paths::Route;
use leptos::prelude::*;
use service::Error;

use super::words::Words;
use super::{Area, Console, ConsolePage};
use crate::components::side_nav::MenuPage;
use crate::pages::{PageRoute, page};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![page(Route::ConsoleOverview, show), page(Route::ConsoleMenu, menu)]
}

async fn show(console: Console) -> Result<ConsolePage, Error> {
    let today = tokyo_date(console.service().clock().now());
    let words = Words::of(console.locale);
    Ok(ConsolePage::new(Area::Overview, words.overview, || ()).lead(long_date(today, console.locale)))
}

/// The navigation as a page, where the drawer does not open.
async fn menu(console: Console) -> Result<ConsolePage, Error> {
    let title = Words::of(console.locale).menu;
    Ok(ConsolePage::new(Area::Overview, title, move || view! { <MenuPage console/> }))
}
