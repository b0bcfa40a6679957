//! The published schema of residency rules as JSON.

use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::paths::Route;
use domain::residency::RULE_SCHEMA;
use http::{HeaderValue, header};

use crate::endpoints::Endpoint;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::protocol(Route::ResidencyRuleSchema, get(residency_rule))]
}

async fn residency_rule() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, RULE_SCHEMA).into_response()
}
