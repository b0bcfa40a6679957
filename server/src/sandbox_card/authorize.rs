//! The authorization endpoint: who asks, what for, and then the form.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::configuration::Pkce;
use domain::locale::Locale;
use oidc::parameters::Parameters;
use oidc::provider::authorize::{Addressee, AuthorizationRequest, state_to_return};
use oidc::provider::authorize_response::AuthorizationResponse;
use oidc::{ErrorCode, ProtocolError};

use super::SandboxCard;
use super::attempts::{ATTEMPT_SECONDS, Attempt};
use super::read::{self, Refusal};

/// The request in the query.
pub(super) async fn by_query(
    State(card): State<Arc<SandboxCard>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    authorize(&card, &headers, &Parameters::parse(&query.unwrap_or_default())).await
}

/// The request in a form (OpenID Connect Core section 3.1.2.1).
pub(super) async fn by_form(State(card): State<Arc<SandboxCard>>, headers: HeaderMap, body: String) -> Response {
    authorize(&card, &headers, &Parameters::parse(&body)).await
}

async fn authorize(card: &SandboxCard, headers: &HeaderMap, parameters: &Parameters) -> Response {
    let asked_locale = parameters.get("ui_locales").ok().flatten().and_then(Locale::of_ui_locales);
    let locale = asked_locale.unwrap_or_else(|| app::language::of(headers));
    let refuse = |refusal| read::refusal_page(card, locale, refusal);
    let Ok(addressee) = Addressee::read(parameters) else { return refuse(Refusal::UnknownClient) };
    let client = match card.clients.find(&addressee.client_id).await {
        Ok(Some(client)) => client,
        Ok(None) => return refuse(Refusal::UnknownClient),
        Err(_) => return refuse(Refusal::Unavailable),
    };
    let Ok(place) = addressee.find_redirect_uri(client.redirect_uris.iter().map(String::as_str)) else {
        return refuse(Refusal::UnknownRedirectUri);
    };
    let redirect_uri = addressee.redirect_uri.clone();
    let request = match AuthorizationRequest::read(parameters, addressee, place, Pkce::Required) {
        Ok((request, _)) => profile(request),
        Err(error) => Err(error),
    };
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            let state = state_to_return(parameters);
            let back =
                AuthorizationResponse { redirect_uri: redirect_uri.as_str().into(), issuer: &card.issuer, state };
            return read::see_other(&back.error(&error));
        }
    };
    let Ok(id) = card.rng.token::<16>() else { return refuse(Refusal::Unavailable) };
    let attempt = Attempt { client, redirect_uri, request, locale, wrong_pins: 0 };
    let now = card.clock.seconds();
    let page = read::first_page(card, &id, &attempt);
    card.memory().attempts.insert(id, attempt, now, now + ATTEMPT_SECONDS);
    page
}

/// What the profile asks for beyond OpenID Connect. A card is never read silently.
fn profile(request: AuthorizationRequest) -> Result<AuthorizationRequest, ProtocolError> {
    if request.state.is_none() {
        return Err(ProtocolError::invalid_request("state is missing"));
    }
    if request.nonce.is_none() {
        return Err(ProtocolError::invalid_request("nonce is missing"));
    }
    if request.is_silent() {
        return Err(ProtocolError::new(ErrorCode::LoginRequired, "the card must be presented every time"));
    }
    Ok(request)
}
