//! The town's OpenID provider over HTTP: one file per endpoint. The protocol is `oidc`'s, the decisions are the use-cases';
//! here a request becomes parameters and an outcome becomes an answer.

mod about_tokens;
mod answer;
mod authorize;
mod callback;
mod discovery;
mod events;
mod former_ids;
mod jwks;
mod logout;
mod pushed;
mod register;
mod token;
mod userinfo;

use axum::routing::{get, post};
use domain::paths::Route;

use crate::endpoints::Endpoint;

pub(crate) use self::answer::{Tried, refused};

/// Every endpoint of the provider. `/authorize` also comes as a POST from other sites, so none of them stands behind the
/// CSRF check; what they do depends on no cookie that such a POST would bring along.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    let discovery = || get(discovery::document);
    vec![
        Endpoint::protocol(Route::OpenidConfiguration, discovery()),
        Endpoint::protocol(Route::OpenidConfigurationAtRoot, discovery()),
        Endpoint::protocol(Route::OauthAuthorizationServer, discovery()),
        Endpoint::protocol(Route::Jwks, get(jwks::keys)),
        Endpoint::protocol(Route::ClientJwks, get(jwks::client_keys)),
        Endpoint::protocol(Route::Authorize, get(authorize::by_get).post(authorize::by_post)),
        Endpoint::protocol(Route::Callback, get(callback::back)),
        Endpoint::protocol(Route::ProviderCallback, get(callback::back_from)),
        Endpoint::protocol(Route::Token, post(token::exchange)),
        Endpoint::protocol(Route::Par, post(pushed::push)),
        Endpoint::protocol(Route::EndSession, get(logout::by_get).post(logout::by_post)),
        Endpoint::protocol(Route::Register, post(register::register)),
        Endpoint::protocol(Route::Introspect, post(about_tokens::introspect)),
        Endpoint::protocol(Route::Revoke, post(about_tokens::revoke)),
        Endpoint::protocol(Route::Events, post(events::poll)),
        Endpoint::protocol(Route::FormerIds, post(former_ids::answer)),
        Endpoint::protocol(Route::Userinfo, get(userinfo::by_get).post(userinfo::by_post)),
    ]
}
