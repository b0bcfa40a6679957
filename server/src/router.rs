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

use crate::callers::{self, Callers};
use crate::configuration::Configuration;
use crate::endpoints::{self, Kind};
use crate::sandbox_card::{Clients, SandboxCard};
use crate::{Failure, assets, layers};

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
    let proxies = configuration.trusted_proxies.iter().map(|network| network.0).collect();
    let callers = Callers::new(proxies, configuration.limits.of_requests());
    let sessions = SessionManagerLayer::new(Store::new(service))
        .with_name(session_keys::cookie_name(base.is_https()))
        .with_secure(base.is_https())
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/");
    let pages = app::routes::router().layer(sessions).layer(switch()).layer(csrf.clone());
    let (mut residents, mut programs, mut probes) = (Router::new(), Router::new(), Router::new());
    for endpoint in endpoints::table(card.as_ref()) {
        let router = match endpoint.kind {
            Kind::Resident => &mut residents,
            Kind::Protocol => &mut programs,
            Kind::Probe => &mut probes,
        };
        *router = std::mem::take(router).route(endpoint.route.template(), endpoint.handler);
    }
    let residents = residents.layer(switch()).layer(csrf);
    // Files are cheap and a page needs many; a supervisor is answered under any load.
    let limited = pages
        .merge(residents)
        .merge(programs)
        .route_layer(from_fn_with_state(callers.clone(), callers::limit))
        .route_layer(from_fn_with_state(callers, callers::network));
    let router = limited.merge(probes).merge(assets::router(&options));
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
