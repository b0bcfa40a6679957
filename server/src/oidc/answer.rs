//! What the endpoints have in common: the town of the address, and how a refusal looks.

use app::site::Site;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use domain::names::TenantSlug;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use oidc::parameters::Parameters;
use oidc::{ErrorCode, ProtocolError};
use service::Error;
use service::federation::Headers;

use crate::callers::RETRY_SECONDS;

/// The town that the address names; whether it exists is the use-case's to say.
pub(super) struct Tenant(pub(super) TenantSlug);

impl FromRequestParts<Site> for Tenant {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, StatusCode> {
        let path = Path::<TenantSlug>::from_request_parts(parts, site).await;
        path.map(|Path(slug)| Self(slug)).map_err(|_| StatusCode::NOT_FOUND)
    }
}

/// The `Authorization` header, if it is text.
pub(super) fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()
}

/// The headers by which clients show who they are and what they hold. A proof that is given twice is none (RFC 9449, section
/// 4.3), and no text that could be one.
pub(super) fn credentials(headers: &HeaderMap) -> Headers<'_> {
    let mut proofs = headers.get_all(DPOP).iter();
    let dpop = match (proofs.next(), proofs.next()) {
        (None, _) => None,
        (Some(proof), None) => Some(proof.to_str().unwrap_or_default()),
        (Some(_), Some(_)) => Some(""),
    };
    Headers { authorization: authorization(headers), dpop }
}

/// Adds a nonce to what answers a proof: for the next one (RFC 9449, section 8.2).
pub(super) async fn with_nonce(site: &Site, slug: &TenantSlug, headers: &HeaderMap, mut answer: Response) -> Response {
    if headers.contains_key(DPOP)
        && let Ok(nonce) = site.service.dpop_nonce(slug).await
        && let Ok(nonce) = HeaderValue::from_str(&nonce)
    {
        answer.headers_mut().insert("dpop-nonce", nonce);
    }
    answer
}

const DPOP: &str = "dpop";

/// The parameters of a form. `None` for a body of another media type: what it holds are no parameters (RFC 6749, section 3.2;
/// RFC 6750, section 2.2). Bytes that are not UTF-8 match nothing later.
pub(super) fn form(headers: &HeaderMap, body: &Bytes) -> Option<Parameters> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next()?;
    let is_form = media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded");
    is_form.then(|| Parameters::parse(&String::from_utf8_lossy(body)))
}

/// What a body of another media type gets, where parameters are needed.
pub(super) fn no_form() -> Response {
    refused(&ProtocolError::invalid_request("the body must be application/x-www-form-urlencoded"), Tried::Otherwise)
}

/// How a client tried to show who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// By the `Authorization` header.
    ByHeader,
    /// In another way, or not at all.
    Otherwise,
}

impl Tried {
    /// How the one who sent these did.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(header::AUTHORIZATION) { Self::ByHeader } else { Self::Otherwise }
    }
}

/// The one place that turns an error of the protocol into an answer (RFC 6749, section 5.2; RFC 6750, section 3).
pub(crate) fn refused(error: &ProtocolError, tried: Tried) -> Response {
    let status = StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, NO_STORE, Json(error)).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    }
    if let Some(challenge) =
        error.challenge(tried == Tried::ByHeader).and_then(|text| HeaderValue::from_str(&text).ok())
    {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// The answer to a client: what it asked for, why it does not get it, or that nobody can say now.
pub(super) fn answered<T>(
    headers: &HeaderMap,
    outcome: Result<Result<T, ProtocolError>, Error>,
    granted: impl FnOnce(T) -> Response,
) -> Response {
    match outcome {
        Ok(Ok(value)) => granted(value),
        Ok(Err(refusal)) => refused(&refusal, Tried::of(headers)),
        Err(error) => failed(&error),
    }
}

/// Whatever names a person or gives a right is kept by no cache.
pub(super) const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// Why a use-case did not happen, for a program; a fault is logged here, once.
pub(super) fn failed(error: &Error) -> Response {
    match error {
        Error::NotFound | Error::Denied | Error::Unauthenticated => StatusCode::NOT_FOUND.into_response(),
        Error::Unavailable => refused(
            &ProtocolError::new(ErrorCode::TemporarilyUnavailable, "please try again in a moment"),
            Tried::Otherwise,
        ),
        Error::Internal(fault) => {
            tracing::error!(%fault, "an endpoint failed");
            refused(
                &ProtocolError::new(ErrorCode::ServerError, "a fault of the authorization server"),
                Tried::Otherwise,
            )
        }
        Error::Invalid(_) | Error::Conflict(_) => refused(
            &ProtocolError::new(ErrorCode::ServerError, "a conflict at the authorization server"),
            Tried::Otherwise,
        ),
    }
}

/// A public document, which scripts of any site may read.
pub(super) fn public<T: serde::Serialize>(document: Result<T, Error>) -> Response {
    match document {
        Ok(document) => {
            let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "public, max-age=300")];
            (headers, Json(document)).into_response()
        }
        Err(error) => failed(&error),
    }
}
