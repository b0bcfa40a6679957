//! The town page, its button, and what its foot links to.

use app::forms::Form;
use app::resident::information::{Information, information_page};
use app::resident::town::town_page;
use axum::body::Bytes;
use axum::response::Response;
use domain::paths;
use http::StatusCode;

use super::page::Frame;
use super::step::see_other;
use super::{Visit, follow, presenter};

/// `GET`: the town page.
pub(super) async fn show(visit: Visit) -> Response {
    let locale = visit.locale();
    match visit.service().town_page(&visit.slug, &visit.browser).await {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: view.signed_in };
            frame.answer(StatusCode::OK, &view.form_origins, |setting| {
                town_page(setting, presenter::town_page(&view, locale))
            })
        }
        Err(error) => visit.refuse(&error).await,
    }
}

/// `POST`: to the identity provider, or to the page that asks for a passkey.
pub(super) async fn sign_in(visit: Visit, body: Bytes) -> Response {
    let (service, slug, browser) = (visit.service(), &visit.slug, &visit.browser);
    let step = match Form::parse(&body).get("with") {
        "passkey" => service.begin_town_passkey_sign_in(slug, browser).await,
        "card" => service.begin_town_card_sign_in(slug, browser).await,
        _ => service.begin_town_sign_in(slug, browser).await,
    };
    follow(&visit, step).await
}

/// `GET` of the button's address, as after a reload: the page with the button.
pub(super) async fn sign_in_elsewhere(visit: Visit) -> Response {
    see_other(&paths::town(&visit.slug))
}

/// `GET`
pub(super) async fn privacy(visit: Visit) -> Response {
    information(visit, Information::Privacy).await
}

/// `GET`
pub(super) async fn help(visit: Visit) -> Response {
    information(visit, Information::Help).await
}

/// `GET`
pub(super) async fn accessibility(visit: Visit) -> Response {
    information(visit, Information::Accessibility).await
}

async fn information(visit: Visit, which: Information) -> Response {
    let locale = visit.locale();
    match visit.service().town_page(&visit.slug, &visit.browser).await {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: view.signed_in };
            frame.answer(StatusCode::OK, &[], |setting| information_page(setting, which))
        }
        Err(error) => visit.refuse(&error).await,
    }
}
