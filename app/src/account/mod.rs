//! Pages of a staff account before and beside the console: sign-in, second factor, enrolment, organisations.

mod enrol;
mod organisations;
mod profile;
pub mod second_factor;
mod session;
mod sign_in;
mod words;

use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;

use crate::components::banner::FlashBanner;
use crate::components::frame::CardFrame;
use crate::language;
use crate::pages::{PageRoute, Visitor};
use crate::render::{Document, Look, Piece, piece, to_html};

/// A page of one card, described.
pub struct CardPage {
    title: String,
    wide: bool,
    body: Piece,
    after: Option<Piece>,
}

impl CardPage {
    /// A card with its `h1` and what follows.
    pub fn new<V: IntoAny>(title: impl Into<String>, body: impl FnOnce() -> V + Send + 'static) -> Self {
        Self { title: title.into(), wide: false, body: piece(body), after: None }
    }

    /// For a picture, codes or a list.
    #[must_use]
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    /// What stands below the card.
    #[must_use]
    pub fn after<V: IntoAny>(self, view: impl FnOnce() -> V + Send + 'static) -> Self {
        Self { after: Some(piece(view)), ..self }
    }

    pub(crate) fn respond(self, visitor: &Visitor, status: StatusCode) -> Response {
        let title = self.title.clone();
        let switch = language::switch_link(&visitor.uri, visitor.locale.other());
        let flash = visitor.flash.clone();
        let body = to_html(visitor.locale, visitor.submitted.clone(), move || {
            let class = if self.wide { "auth__card auth__card--wide" } else { "auth__card" };
            view! {
                <CardFrame switch>
                    {flash.map(|flash| view! { <FlashBanner flash/> })}
                    <section class=class aria-labelledby="card-title">
                        <h1 id="card-title">{self.title}</h1>
                        {(self.body)()}
                    </section>
                    {self.after.map(|after| after())}
                </CardFrame>
            }
            .into_any()
        });
        let form_origins = Vec::new();
        Document { title, look: Look::Console, accent: None, body, form_origins, status }
            .respond(&visitor.site, visitor.locale)
    }
}

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    [sign_in::routes(), second_factor::routes(), enrol::routes(), organisations::routes(), profile::routes()]
        .into_iter()
        .flatten()
        .collect()
}
