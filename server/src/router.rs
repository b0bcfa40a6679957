//! The router: pages and endpoints from their tables, files, and the layers around them.

use std::sync::Arc;
use std::time::Duration;

use app::request::session_keys;
use app::resident::document::Sheets;
use app::site::{Parts, Site};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use leptos::config::LeptosOptions;
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
    let site = site(configuration, Arc::clone(&service), &options)?;
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
    Ok(around(router.fallback(layers::no_such_page), site, layers::TIME))
}

fn site(configuration: &Configuration, service: Arc<Service>, options: &LeptosOptions) -> Result<Site, Failure> {
    Ok(Site::new(Parts {
        service,
        assets: assets::addresses(options.clone()),
        public_base_url: url::Url::parse(configuration.base_url()?.as_str())
            .map_err(|_| Failure::Configuration("public_base_url: not a URL".to_owned()))?,
    }))
}

/// What stands around every answer, which may take so long.
fn around(router: Router<Site>, site: Site, time: Duration) -> Router {
    router
        .with_state(site.clone())
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(layers::body_limit))
        .layer(layers::time_limit(time))
        .layer(layers::panics())
        .layer(from_fn_with_state(site.clone(), layers::error_pages))
        .layer(from_fn_with_state(site, layers::security_headers))
        .layer(from_fn(layers::observe))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use http::{Request, StatusCode, header};
    use service::Clock;
    use time::macros::datetime;
    use tower::ServiceExt;

    use super::*;
    use crate::resident::tests::configuration;
    use crate::startup;

    async fn panics() -> StatusCode {
        panic!("what was typed")
    }

    async fn never() -> StatusCode {
        std::future::pending().await
    }

    #[tokio::test]
    async fn a_panic_and_a_request_that_takes_too_long_are_pages_with_their_words() {
        let files = tempfile::tempdir().unwrap();
        let configuration = configuration(files.path());
        let clock = Clock::fixed(datetime!(2026-11-21 03:00 UTC));
        let service = startup::connect_with(&configuration, clock).await.unwrap();
        let site = site(&configuration, service, &assets::leptos_options().unwrap()).unwrap();
        let routes = Router::new().route("/panics", get(panics)).route("/never", get(never));
        let router = around(routes, site, Duration::from_millis(50));
        for (path, status, word) in [("/panics", 500, "internal"), ("/never", 503, "unavailable")] {
            for accept in ["text/html", "application/json"] {
                let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
                let answer = router.clone().oneshot(request).await.unwrap();
                assert_eq!(answer.status().as_u16(), status, "{path}");
                let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
                let body = String::from_utf8(body.to_vec()).unwrap();
                let said = format!("<span id=\"error-code\">{word}<");
                assert_eq!((body.contains(&said), body.is_empty()), (accept == "text/html", accept != "text/html"));
                assert!(!body.contains("what was typed"), "{body}");
            }
        }
    }
}
