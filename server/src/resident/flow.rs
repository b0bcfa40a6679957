//! Pages of a flow: consent, outcome, and the ways on from them.

use app::forms::Form;
use app::resident::consent::{ConsentForm, consent_page};
use app::resident::desk::DeskSaid;
use app::resident::frame::Setting;
use app::resident::outcome::{CodeRefused, ends_soon_page, outcome_page};
use axum::body::Bytes;
use axum::response::Response;
use domain::ids::FlowId;
use domain::paths;
use http::StatusCode;
use secrecy::SecretString;
use service::federation::{
    ConsentAnswer, ConsentView, DeskNotice, EndedView, EndsSoonView, FlowPage, NEW_WORDS, Passkeys, ShownText,
    TieAnswer,
};

use super::page::Frame;
use super::presenter::Said;
use super::step::{see_other, stopped};
use super::{Visit, follow, passkeys, presenter};

/// `GET`: the page on which the flow stands, whichever of its addresses was asked for.
pub(super) async fn show(visit: Visit) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&service::Error::NotFound).await };
    match visit.service().flow_page(&visit.slug, id, &visit.browser).await {
        Ok(FlowPage::Consent(view)) => consent(&visit, &view),
        Ok(FlowPage::Ended(view)) => ended(&visit, id, &view, Said { desk: notice(&visit), refused: None }),
        Ok(FlowPage::EndsSoon(view)) => ends_soon(&visit, &view),
        Ok(FlowPage::SignIn(view)) => passkeys::sign_in(&visit, id, &view, None),
        Ok(FlowPage::PasskeyOffer(view)) => passkeys::offer(&visit, &view, None),
        Ok(FlowPage::Stop(why)) => visit.fail(stopped(why)).await,
        Ok(FlowPage::To(path)) => see_other(&path),
        Err(error) => visit.refuse(&error).await,
    }
}

fn consent(visit: &Visit, view: &ConsentView) -> Response {
    let locale = visit.locale_of_flow(view.locale);
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit, locale, town: Some(&town), signed_in: visit.browser.session.is_some() };
    let page = presenter::consent(view, locale);
    // Where a passkey was offered before, nobody asks whether this device could.
    let probes = visit.browser.passkeys == Passkeys::Unknown && view.service.is_some();
    let form = ConsentForm {
        shown: view.shown.to_string(),
        new_words: visit.uri.query() == Some(NEW_WORDS),
        may_keep_session: view.may_keep_session,
        probe: probes.then(|| visit.site.assets.passkey_js.clone()),
    };
    let draw = |setting: &Setting<'_>| consent_page(setting, &page, &form);
    if probes {
        return frame.answer_with_script(StatusCode::OK, &view.form_origins, draw);
    }
    frame.answer(StatusCode::OK, &view.form_origins, draw)
}

/// What the address says of a form that was sent before; only words of ours are read.
fn notice(visit: &Visit) -> Option<DeskSaid> {
    DeskNotice::of_query(visit.uri.query()).map(|notice| match notice {
        DeskNotice::NotYet => DeskSaid::NotYet,
        DeskNotice::Full => DeskSaid::Full,
    })
}

fn ended(visit: &Visit, id: FlowId, view: &EndedView, said: Said) -> Response {
    let locale = visit.locale_of_flow(view.locale);
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit, locale, town: Some(&town), signed_in: visit.browser.session.is_some() };
    let status = match said.refused {
        // Nothing failed: somebody asked and got an answer.
        None => StatusCode::OK,
        Some(CodeRefused::Unusable) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(CodeRefused::Wait) => StatusCode::TOO_MANY_REQUESTS,
    };
    frame
        .answer(status, &view.form_origins, |setting| outcome_page(setting, presenter::outcome(view, id, said, locale)))
}

fn ends_soon(visit: &Visit, view: &EndsSoonView) -> Response {
    let locale = visit.locale_of_flow(view.locale);
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit, locale, town: Some(&town), signed_in: visit.browser.session.is_some() };
    frame.answer(StatusCode::OK, &view.form_origins, |setting| {
        ends_soon_page(setting, presenter::ends_soon(view, locale))
    })
}

/// `POST` of the consent page.
pub(super) async fn answer(mut visit: Visit, body: Bytes) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&service::Error::NotFound).await };
    let form = Form::parse(&body);
    if visit.browser.passkeys == Passkeys::Unknown && form.get("passkeys") == "possible" {
        visit.browser.passkeys = Passkeys::Possible;
    }
    let mut decisions = form.all("decision");
    // Two answers are none.
    let answer = match (decisions.next(), decisions.next()) {
        (Some("accept"), None) => ConsentAnswer::Agree {
            shown: ShownText::parse(form.get("text")),
            shared_computer: form.has("shared_computer"),
        },
        (Some("refuse"), None) => ConsentAnswer::Refuse,
        (Some("continue"), None) => ConsentAnswer::GoOn,
        _ => return visit.fail(app::resident::failure::Failure::BadRequest).await,
    };
    let step = visit.service().answer_consent(&visit.slug, id, &visit.browser, answer).await;
    follow(&visit, step).await
}

/// `POST` of the outcome page: on with a one-time code, to the desk and back, or to the provider once more.
pub(super) async fn go_on(visit: Visit, body: Bytes) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&service::Error::NotFound).await };
    let form = Form::parse(&body);
    if form.has("tie_code") {
        let typed = SecretString::from(form.get("tie_code").to_owned());
        let refused = match visit.service().answer_with_code(&visit.slug, id, &visit.browser, &typed).await {
            Ok(TieAnswer::Step(step)) => return follow(&visit, Ok(*step)).await,
            Ok(TieAnswer::Refused) => CodeRefused::Unusable,
            Ok(TieAnswer::Wait) => CodeRefused::Wait,
            Err(error) => return visit.refuse(&error).await,
        };
        return match visit.service().flow_page(&visit.slug, id, &visit.browser).await {
            Ok(FlowPage::Ended(view)) => ended(&visit, id, &view, Said { refused: Some(refused), desk: None }),
            Ok(_) => see_other(&paths::flow_outcome(&visit.slug, id)),
            Err(error) => visit.refuse(&error).await,
        };
    }
    let (service, slug, browser) = (visit.service(), &visit.slug, &visit.browser);
    let step = match form.get("desk") {
        _ if form.get("with") == "passkey" => service.choose_passkey(slug, id, browser).await,
        "code" => service.ask_desk_code(slug, id, browser).await,
        "done" => service.go_on_after_desk(slug, id, browser).await,
        _ => service.retry_flow(slug, id, browser).await,
    };
    follow(&visit, step).await
}

/// `POST`: back to the service without a code.
pub(super) async fn leave(visit: Visit) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&service::Error::NotFound).await };
    let step = visit.service().leave_flow(&visit.slug, id, &visit.browser).await;
    follow(&visit, step).await
}
