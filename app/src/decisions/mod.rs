//! 決裁: what waits for whom, and deciding.

mod detail_page;
mod queue_page;
mod text;

use domain::configuration::ChangeRequestState;
use domain::locale::Locale;
use domain::paths::Route;
use leptos::prelude::*;
use service::gate::{Act, Resource};

use crate::components::badge::{Badge, Mark};
use crate::console::AnyOf;
use crate::pages::{PageRoute, form, page};

const DECIDE: AnyOf = &[(Act::Decide, Resource::ChangeRequest)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleDecisions, queue_page::show),
        form(Route::ConsoleDecision, DECIDE, detail_page::show, detail_page::submit),
    ]
}

/// Where a request stands, as a badge.
fn state_badge(state: ChangeRequestState, locale: Locale) -> AnyView {
    let mark = match state {
        ChangeRequestState::Submitted => Mark::Waiting,
        ChangeRequestState::SentBack => Mark::SentBack,
        ChangeRequestState::Approved => Mark::Due,
        ChangeRequestState::Published => Mark::Live,
        ChangeRequestState::Withdrawn => Mark::Over,
    };
    view! { <Badge mark word=state.words().get(locale)/> }.into_any()
}
