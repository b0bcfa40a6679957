//! The page about renewing the card: a recovery number before, a code for the desk afterwards.

use app::forms::Form;
use app::resident::failure::Failure;
use app::resident::renewed_card::renewed_card_page;
use axum::body::Bytes;
use axum::response::Response;
use http::StatusCode;
use service::Error;
use service::federation::RenewedCardPage;

use super::page::Frame;
use super::{Visit, presenter};

/// `GET`
pub(super) async fn show(visit: Visit) -> Response {
    let page = visit.service().renewed_card_page(&visit.slug, &visit.browser).await;
    answer(&visit, page).await
}

/// `POST`: what was asked for is on the answer, and nowhere else.
pub(super) async fn ask(visit: Visit, body: Bytes) -> Response {
    let (service, slug, browser) = (visit.service(), &visit.slug, &visit.browser);
    let page = match Form::parse(&body).get("want") {
        "number" => service.make_recovery_number(slug, browser).await,
        "code" => service.ask_relink_code(slug, browser).await,
        _ => return visit.fail(Failure::BadRequest).await,
    };
    answer(&visit, page).await
}

async fn answer(visit: &Visit, page: Result<RenewedCardPage, Error>) -> Response {
    let locale = visit.locale();
    match page {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit, locale, town: Some(&town), signed_in: true };
            let page = presenter::renewed_card(&view);
            frame.answer(StatusCode::OK, &view.form_origins, |setting| renewed_card_page(setting, &page))
        }
        Err(error) => visit.refuse(&error).await,
    }
}
