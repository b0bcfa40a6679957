//! Pages of passkeys: the choice in a flow, the offer at its end, and the resident's own.

use app::forms::Form;
use app::resident::browser::set_cookies;
use app::resident::passkey::{AddPage, Ceremony, OfferPage, Passkey, Refused, add_page, offer_page, remove_page};
use app::resident::sign_in::{Provider, SignInPage, sign_in_page};
use axum::body::Bytes;
use axum::response::Response;
use domain::ids::{FlowId, IdentityProviderId, PasskeyId};
use domain::locale::Locale;
use domain::paths;
use http::StatusCode;
use service::Error;
use service::federation::{
    Added, Cookies, FlowPage, PasskeyAnswer, PasskeyOfferView, PasskeyRefusal, PasskeyView, Passkeys, PasskeysPage,
    ProviderChoice, SignInView,
};

use super::page::Frame;
use super::step::see_other;
use super::{Visit, flow, follow, presenter};

pub(super) const fn refused(refusal: PasskeyRefusal) -> Refused {
    match refusal {
        PasskeyRefusal::Again => Refused::Again,
        PasskeyRefusal::Unknown => Refused::Unknown,
        PasskeyRefusal::Unusable => Refused::Unusable,
        PasskeyRefusal::Full => Refused::Full,
        PasskeyRefusal::CardFirst => Refused::CardFirst,
    }
}

pub(super) const fn passkey(view: &PasskeyView) -> Passkey {
    Passkey { id: view.id, number: view.number, added: view.added, synced: view.synced }
}

const fn status(refused: Option<Refused>) -> StatusCode {
    match refused {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl Visit {
    fn ceremony(&self, options: &str) -> Ceremony {
        Ceremony { options: options.to_owned(), script: self.site.assets.passkey_js.clone() }
    }
}

fn choice(view: &ProviderChoice, locale: Locale) -> Provider {
    Provider {
        id: view.id,
        name: view.name.get(locale).to_owned(),
        button: view.button.as_ref().map(|text| text.get(locale).to_owned()),
        silent: view.silent,
    }
}

/// The choice between a passkey and the ways to show the card.
pub(super) fn sign_in(visit: &Visit, id: FlowId, view: &SignInView, refused: Option<Refused>) -> Response {
    let locale = visit.locale_of_flow(view.locale);
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit, locale, town: Some(&town), signed_in: visit.browser.session.is_some() };
    let page = SignInPage {
        service: view.service.as_ref().map(|service| service.name.get(locale).to_owned()),
        ceremony: view.options.as_deref().map(|options| visit.ceremony(options)),
        providers: view.providers.iter().map(|provider| choice(provider, locale)).collect(),
        refused,
        leave: Some(paths::flow_return(&visit.slug, id)),
    };
    match page.ceremony {
        Some(_) => frame.answer_with_script(status(refused), &view.form_origins, |setting| sign_in_page(setting, page)),
        None => frame.answer(status(refused), &view.form_origins, |setting| sign_in_page(setting, page)),
    }
}

/// The offer for the next time.
pub(super) fn offer(visit: &Visit, view: &PasskeyOfferView, refused: Option<Refused>) -> Response {
    let locale = visit.locale_of_flow(view.locale);
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit, locale, town: Some(&town), signed_in: visit.browser.session.is_some() };
    let page = OfferPage {
        service: view.service.as_ref().map(|service| service.name.get(locale).to_owned()),
        ceremony: visit.ceremony(&view.options),
        refused,
    };
    frame.answer_with_script(status(refused), &view.form_origins, |setting| offer_page(setting, page))
}

/// `POST` of the choice: the device's answer, or to the card.
pub(super) async fn choose(visit: Visit, body: Bytes) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&Error::NotFound).await };
    let form = Form::parse(&body);
    // Every way but the device's answer names a provider, or the card where there is one.
    let with = form.get("with");
    if !with.is_empty() {
        let chosen = with.parse::<IdentityProviderId>().ok();
        let step = visit.service().choose_provider(&visit.slug, id, chosen, &visit.browser).await;
        return follow(&visit, step).await;
    }
    let answer = visit.service().answer_with_passkey(&visit.slug, id, &visit.browser, form.get("credential")).await;
    answered(visit, id, answer).await
}

/// `POST` of the offer: what the device made, or on without it.
pub(super) async fn answer_offer(visit: Visit, body: Bytes) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&Error::NotFound).await };
    let form = Form::parse(&body);
    let sent = (form.get("with") != "nothing").then(|| form.get("credential"));
    let answer = visit.service().answer_passkey_offer(&visit.slug, id, &visit.browser, sent).await;
    answered(visit, id, answer).await
}

/// On, or the page once more with what is to be said.
async fn answered(visit: Visit, id: FlowId, answer: Result<PasskeyAnswer, Error>) -> Response {
    let refusal = match answer {
        Ok(PasskeyAnswer::Step(step)) => return follow(&visit, Ok(*step)).await,
        Ok(PasskeyAnswer::Refused(refusal)) => refused(refusal),
        Err(error) => return visit.refuse(&error).await,
    };
    match visit.service().flow_page(&visit.slug, id, &visit.browser).await {
        Ok(FlowPage::SignIn(view)) => sign_in(&visit, id, &view, Some(refusal)),
        Ok(FlowPage::PasskeyOffer(view)) => offer(&visit, &view, Some(refusal)),
        Ok(_) => flow::show(visit).await,
        Err(error) => visit.refuse(&error).await,
    }
}

/// `GET`: the page on which one is added.
pub(super) async fn show(visit: Visit) -> Response {
    match visit.service().passkeys_page(&visit.slug, &visit.browser).await {
        Ok(view) => own_page(&visit, &view, None),
        Err(error) => visit.refuse(&error).await,
    }
}

fn own_page(visit: &Visit, view: &PasskeysPage, refused: Option<Refused>) -> Response {
    let locale = visit.locale();
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit, locale, town: Some(&town), signed_in: true };
    let ceremony = view.options.as_deref().map(|options| visit.ceremony(options));
    let page = AddPage { ceremony, full: view.full, refused };
    frame.answer_with_script(status(refused), &view.form_origins, |setting| add_page(setting, page))
}

/// `POST`: what the device made.
pub(super) async fn add(visit: Visit, body: Bytes) -> Response {
    let form = Form::parse(&body);
    let refusal = match visit.service().add_passkey(&visit.slug, &visit.browser, form.get("credential")).await {
        Ok(Added::Done) => return remember(&visit, "added", Passkeys::Used),
        Ok(Added::Refused(refusal)) => refused(refusal),
        Err(error) => return visit.refuse(&error).await,
    };
    match visit.service().passkeys_page(&visit.slug, &visit.browser).await {
        Ok(view) => own_page(&visit, &view, Some(refusal)),
        Err(error) => visit.refuse(&error).await,
    }
}

/// `GET`: what removing one means.
pub(super) async fn ask_to_remove(visit: Visit) -> Response {
    let wanted = visit.param::<PasskeyId>("passkey").ok();
    let view = match visit.service().passkeys_page(&visit.slug, &visit.browser).await {
        Ok(view) => view,
        Err(error) => return visit.refuse(&error).await,
    };
    let Some(found) = view.passkeys.iter().find(|view| Some(view.id) == wanted) else {
        return visit.refuse(&Error::NotFound).await;
    };
    let locale = visit.locale();
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: true };
    frame.answer(StatusCode::OK, &[], |setting| remove_page(setting, &passkey(found)))
}

/// `POST`
pub(super) async fn remove(visit: Visit) -> Response {
    let Ok(wanted) = visit.param::<PasskeyId>("passkey") else { return visit.refuse(&Error::NotFound).await };
    match visit.service().remove_passkey(&visit.slug, &visit.browser, wanted).await {
        Ok(0) => remember(&visit, "removed", Passkeys::Offered),
        // A second press finds it gone: that is what was asked for.
        Ok(_) | Err(Error::NotFound) => see_other(&format!("{}?done=passkey-removed", paths::me(&visit.slug))),
        Err(error) => visit.refuse(&error).await,
    }
}

/// On to the own page; the browser remembers whether it has a passkey.
fn remember(visit: &Visit, done: &str, passkeys: Passkeys) -> Response {
    let mut response = see_other(&format!("{}?done=passkey-{done}", paths::me(&visit.slug)));
    let cookies = Cookies { passkeys: Some(passkeys), ..Cookies::default() };
    set_cookies(response.headers_mut(), visit.site.is_https(), &visit.slug, &cookies);
    response
}
