//! Why a page of the console cannot be shown, inside the console's frame.

use http::StatusCode;
use leptos::prelude::*;

use super::words::Words;
use super::{Console, ConsolePage};
use crate::error_pages::ErrorView;
use crate::render::piece;

/// The page for a status.
pub(super) fn page(console: &Console, status: StatusCode) -> ConsolePage {
    let request_id = console.request_id.clone();
    ConsolePage {
        area: None,
        title: Words::of(console.locale).error_title.to_owned(),
        trail: Vec::new(),
        lead: None,
        mark: None,
        actions: None,
        form_origins: Vec::new(),
        body: piece(move || view! { <ErrorView status request_id/> }),
    }
}
