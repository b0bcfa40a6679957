//! Whether the server lives, and whether it can serve: for load balancers and process supervisors.

use app::site::Site;
use axum::extract::State;
use axum::routing::get;
use domain::paths::Route;
use http::StatusCode;

use crate::endpoints::Endpoint;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::probe(Route::Healthz, get(async || "ok")), Endpoint::probe(Route::Readyz, get(ready))]
}

async fn ready(State(site): State<Site>) -> (StatusCode, &'static str) {
    match site.service.ready().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
