//! The resident's own page and its forms.

use app::forms::Form;
use app::resident::browser::set_cookies;
use app::resident::failure::Failure;
use app::resident::me::{Done, Leaving, delete_page, gone_page, my_page, sign_out_page, withdraw_page};
use app::resident::merge::{Merging, merge_page, merge_start_page};
use axum::body::Bytes;
use axum::response::Response;
use domain::ids::{ConsentGrantId, FlowId};
use domain::paths;
use http::StatusCode;
use service::federation::{Cookies, MergeNotice, MergePage, MyPage, SessionCookie};
use service::{Conflict, Error};

use super::page::Frame;
use super::step::{see_other, stopped};
use super::{Visit, follow, presenter};

impl Visit {
    async fn mine(&self) -> Result<MyPage, Error> {
        self.service().my_page(&self.slug, &self.browser).await
    }

    /// What the form before this page did. The word in the address decides only about a sentence.
    fn done(&self) -> Option<Done> {
        match self.uri.query().unwrap_or_default() {
            "done=withdrawn" => Some(Done::Withdrawn),
            "done=session" => Some(Done::SessionEnded),
            "done=passkey-added" => Some(Done::PasskeyAdded),
            "done=passkey-removed" => Some(Done::PasskeyRemoved),
            query => MergeNotice::of_query(query).map(|notice| Done::Merging(merging(notice))),
        }
    }

    /// On to a page, without the session.
    fn without_session(&self, to: &str) -> Response {
        let mut response = see_other(to);
        let forget = self.browser.flows.iter().map(|(id, _)| *id).collect();
        let cookies = Cookies { session: SessionCookie::Remove, forget, ..Cookies::default() };
        set_cookies(response.headers_mut(), self.site.is_https(), &self.slug, &cookies);
        response
    }
}

const fn merging(notice: MergeNotice) -> Merging {
    match notice {
        MergeNotice::Merged => Merging::Merged,
        MergeNotice::NoOther => Merging::NoOther,
        MergeNotice::Same => Merging::Same,
        MergeNotice::AtDesk => Merging::AtDesk,
    }
}

/// `GET`
pub(super) async fn show(visit: Visit) -> Response {
    let locale = visit.locale();
    match visit.mine().await {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let now = visit.service().clock().now();
            let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: true };
            frame.answer(StatusCode::OK, &[], |setting| {
                my_page(setting, presenter::my_page(&view, locale, now, visit.done()))
            })
        }
        Err(error) => visit.refuse(&error).await,
    }
}

/// `GET`: what ending a consent means.
pub(super) async fn ask_to_withdraw(visit: Visit) -> Response {
    let locale = visit.locale();
    let view = match visit.mine().await {
        Ok(view) => view,
        Err(error) => return visit.refuse(&error).await,
    };
    let wanted = visit.param::<ConsentGrantId>("grant").ok();
    let grant = view.grants.iter().find(|grant| Some(grant.id) == wanted && grant.state.permits() && !grant.of_town);
    let Some(grant) = grant else { return visit.refuse(&Error::NotFound).await };
    let town = presenter::town(&view.town, locale);
    let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: true };
    frame.answer(StatusCode::OK, &[], |setting| withdraw_page(setting, &presenter::grant(grant, &town, locale)))
}

/// `POST`
pub(super) async fn withdraw(visit: Visit) -> Response {
    let grant = match visit.param::<ConsentGrantId>("grant") {
        Ok(grant) => grant,
        Err(error) => return visit.refuse(&error).await,
    };
    match visit.service().withdraw_consent(&visit.slug, &visit.browser, grant).await {
        // A second press finds it ended: that is what was asked for.
        Ok(()) | Err(Error::Conflict(Conflict::State)) => {
            see_other(&format!("{}?done=withdrawn", paths::me(&visit.slug)))
        }
        Err(error) => visit.refuse(&error).await,
    }
}

/// `GET`: what deleting the town ID means; after it, that it is gone.
pub(super) async fn ask_to_delete(visit: Visit) -> Response {
    let locale = visit.locale();
    match visit.mine().await {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: true };
            frame.answer(StatusCode::OK, &[], delete_page)
        }
        Err(Error::Unauthenticated) if visit.uri.query() == Some("done") => gone(&visit, true).await,
        Err(error) => visit.refuse(&error).await,
    }
}

/// `POST`
pub(super) async fn delete(visit: Visit) -> Response {
    match visit.service().delete_town_id(&visit.slug, &visit.browser).await {
        Ok(()) => visit.without_session(&format!("{}?done", paths::me_delete(&visit.slug))),
        Err(error) => visit.refuse(&error).await,
    }
}

/// `GET`: how another town ID is merged into this one.
pub(super) async fn about_merging(visit: Visit) -> Response {
    let locale = visit.locale();
    match visit.service().merge_start(&visit.slug, &visit.browser).await {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: true };
            frame.answer(StatusCode::OK, &view.form_origins, |setting| merge_start_page(setting, view.fresh))
        }
        Err(error) => visit.refuse(&error).await,
    }
}

/// `POST`: to the other sign-in.
pub(super) async fn begin_merge(visit: Visit) -> Response {
    let step = visit.service().begin_merge(&visit.slug, &visit.browser).await;
    follow(&visit, step).await
}

/// `GET`: what merging does, once the other sign-in is there.
pub(super) async fn ask_to_merge(visit: Visit) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&Error::NotFound).await };
    match visit.service().merge_page(&visit.slug, id, &visit.browser).await {
        Ok(MergePage::Ask(view)) => {
            let locale = visit.locale_of_flow(view.locale);
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: true };
            frame.answer(StatusCode::OK, &[], |setting| merge_page(setting, presenter::merge(&view, locale)))
        }
        Ok(MergePage::Stop(why)) => visit.fail(stopped(why)).await,
        Ok(MergePage::To(path)) => see_other(&path),
        Err(error) => visit.refuse(&error).await,
    }
}

/// `POST`
pub(super) async fn merge(visit: Visit, body: Bytes) -> Response {
    let Ok(id) = visit.param::<FlowId>("flow") else { return visit.refuse(&Error::NotFound).await };
    let form = Form::parse(&body);
    let agreed = match form.get("decision") {
        "merge" => true,
        "keep" => false,
        _ => return visit.fail(Failure::BadRequest).await,
    };
    let step = visit.service().answer_merge(&visit.slug, id, &visit.browser, agreed).await;
    follow(&visit, step).await
}

/// The request of a service that the address of the question carries, sealed.
fn asked_by(query: &str) -> Option<&str> {
    query.strip_prefix("request=")
}

/// `GET`: that nobody is signed in here any more, or the question whether to sign out.
pub(super) async fn signed_out(visit: Visit) -> Response {
    let sealed = visit.uri.query().and_then(asked_by);
    let leaving = match sealed {
        Some(sealed) => match visit.service().leaving_view(&visit.slug, sealed).await {
            Ok(leaving) => leaving,
            Err(error) => return visit.refuse(&error).await,
        },
        None => None,
    };
    let locale = visit.locale_of_flow(leaving.as_ref().and_then(|leaving| leaving.locale).unwrap_or(visit.locale()));
    match visit.mine().await {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit: &visit, locale, town: Some(&town), signed_in: true };
            let origins = leaving.as_ref().map(|leaving| leaving.form_origins.clone()).unwrap_or_default();
            let question = Leaving {
                request: sealed.filter(|_| leaving.is_some()).map(str::to_owned),
                service: leaving
                    .as_ref()
                    .and_then(|leaving| leaving.service.as_ref())
                    .map(|name| name.get(locale).to_owned()),
                back: leaving.as_ref().and_then(|leaving| leaving.back.clone()),
            };
            frame.answer(StatusCode::OK, &origins, |setting| sign_out_page(setting, &question))
        }
        Err(Error::Unauthenticated) => gone(&visit, false).await,
        Err(error) => visit.refuse(&error).await,
    }
}

/// `POST`: ends the session of this browser, or the one that the form names.
pub(super) async fn sign_out(visit: Visit, body: Bytes) -> Response {
    let form = Form::parse(&body);
    if form.has("session") {
        let ended = match form.get("session").parse() {
            Ok(session) => visit.service().end_session(&visit.slug, &visit.browser, session).await,
            Err(_) => Err(Error::NotFound),
        };
        return match ended {
            // It may have ended by itself meanwhile.
            Ok(()) | Err(Error::NotFound) => see_other(&format!("{}?done=session", paths::me(&visit.slug))),
            Err(error) => visit.refuse(&error).await,
        };
    }
    let asked = Some(form.get("request")).filter(|sealed| !sealed.is_empty());
    let step = visit.service().sign_out_and_leave(&visit.slug, &visit.browser, asked).await;
    follow(&visit, step).await
}

async fn gone(visit: &Visit, deleted: bool) -> Response {
    let locale = visit.locale();
    match visit.service().town_page(&visit.slug, &visit.browser).await {
        Ok(view) => {
            let town = presenter::town(&view.town, locale);
            let frame = Frame { visit, locale, town: Some(&town), signed_in: false };
            frame.answer(StatusCode::OK, &[], |setting| gone_page(setting, deleted))
        }
        Err(error) => visit.refuse(&error).await,
    }
}
