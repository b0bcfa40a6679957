//! The router: pages and endpoints from their tables, files, and the layers around them.

use std::sync::Arc;

use app::request::session_keys;
use app::resident::document::Sheets;
use app::site::{Parts, Site};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use service::Service;
use service::staff_sessions::Store;
use tower_http::csrf::CsrfLayer;
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::SameSite;

use crate::configuration::Configuration;
use crate::endpoints::{self, Kind};
use crate::layers::{self, Proxies};
use crate::sandbox_card::{Clients, SandboxCard};
use crate::{Failure, assets};

/// Everything that the public address answers.
///
/// # Errors
/// [`Failure`] if the built files are not there, or a setting is not valid.
pub fn build(configuration: &Configuration, service: Arc<Service>) -> Result<Router, Failure> {
    let base = configuration.base_url()?;
    let options = assets::leptos_options()?;
    let site = Site::new(Parts {
        service: Arc::clone(&service),
        assets: assets::addresses(options.clone()),
        public_base_url: url::Url::parse(base.as_str())
            .map_err(|_| Failure::Configuration("public_base_url: not a URL".to_owned()))?,
    });
    let csrf = CsrfLayer::new()
        .add_trusted_origin(base.as_str())
        .map_err(|_| Failure::Configuration("public_base_url: not an origin".to_owned()))?;
    let card = if configuration.sandbox.card {
        let sheets = Sheets { css: site.assets.sandbox_css.clone(), favicon: site.assets.favicon.clone() };
        let clients: Arc<dyn Clients> = Arc::<Service>::clone(&service);
        Some(Arc::new(SandboxCard::new(&base, sheets, clients, service.clock().clone())?))
    } else {
        None
    };
    let switch = || from_fn_with_state(site.clone(), app::language::switch);
    let proxies = Proxies::new(configuration.trusted_proxies.clone());
    let sessions = SessionManagerLayer::new(Store::new(service))
        .with_name(session_keys::cookie_name(base.is_https()))
        .with_secure(base.is_https())
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/");
    let pages = app::routes::router()
        .layer(sessions)
        .layer(from_fn_with_state(proxies, layers::network))
        .layer(switch())
        .layer(csrf.clone());
    let (mut residents, mut others) = (Router::new(), Router::new());
    for endpoint in endpoints::table(card.as_ref()) {
        let router = if endpoint.kind == Kind::Resident { &mut residents } else { &mut others };
        *router = std::mem::take(router).route(endpoint.route.template(), endpoint.handler);
    }
    let residents = residents.layer(switch()).layer(csrf);
    let router = pages.merge(residents).merge(others).merge(assets::router(&options));
    let router = router.fallback(layers::no_such_page).with_state(site.clone());
    Ok(router
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(layers::body_limit))
        .layer(layers::time_limit())
        .layer(layers::panics())
        .layer(from_fn_with_state(site.clone(), layers::error_pages))
        .layer(from_fn_with_state(site, layers::security_headers))
        .layer(from_fn(layers::observe)))
}
