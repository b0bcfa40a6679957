//! Where a service hands in what people were called before, and asks for it.

use app::site::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use service::federation::FormerIds;

use super::answer::{NO_STORE, Tenant, answered, authorization, form, no_form};

/// `POST` of lines, or of an access token.
pub(super) async fn answer(
    State(site): State<Site>,
    Tenant(slug): Tenant,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(parameters) = form(&headers, &body) else { return no_form() };
    let outcome = site.service.former_ids(&slug, authorization(&headers), &parameters).await;
    answered(&headers, outcome, |answer| {
        let (status, body) = match answer {
            FormerIds::Kept(lines) => (StatusCode::OK, json!({ "kept": lines })),
            FormerIds::Found(Some(handle)) => (StatusCode::OK, json!({ "former_id": handle })),
            FormerIds::Found(None) => (StatusCode::OK, json!({})),
            FormerIds::Refused(lines) => {
                let why = "lines are wrong, and none was taken";
                (
                    StatusCode::BAD_REQUEST,
                    json!({ "error": "invalid_request", "error_description": why, "lines": lines }),
                )
            }
        };
        (status, NO_STORE, Json(body)).into_response()
    })
}
