//! A municipality's two colours as a stylesheet of its own: the content security policy allows no inline style.

use app::site::Site;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::names::TenantSlug;
use domain::paths::Route;
use http::{HeaderValue, StatusCode, header};
use service::tenants::Theme;

use crate::endpoints::Endpoint;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::protocol(Route::TownTheme, get(theme))]
}

async fn theme(State(site): State<Site>, tenant: Result<Path<TenantSlug>, PathRejection>) -> Response {
    let Ok(Path(tenant)) = tenant else { return StatusCode::NOT_FOUND.into_response() };
    match site.service.theme(&tenant).await {
        Ok(theme) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
                (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
            ];
            (headers, sheet(&theme)).into_response()
        }
        Err(error) => app::error_pages::status(&error).into_response(),
    }
}

fn sheet(theme: &Theme) -> String {
    let rule = |fill: &str| format!(":root{{--accent:{fill};--on-accent:{}}}", ink(fill));
    format!("{}@media screen and (prefers-color-scheme:dark){{{}}}", rule(&theme.light), rule(&theme.dark))
}

/// Black or white, whichever stands out more on the fill (WCAG 2.2, relative luminance).
fn ink(fill: &str) -> &'static str {
    let number = u32::from_str_radix(fill.trim_start_matches('#'), 16).unwrap_or_default();
    let [_, red, green, blue] = number.to_be_bytes().map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    // The luminance at which both have the same contrast.
    if luminance > 0.179 { "#000000" } else { "#ffffff" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_out_on_both_colours() {
        let theme = Theme { light: "#6a2a7c".to_owned(), dark: "#dcaee9".to_owned() };
        assert_eq!(
            sheet(&theme),
            ":root{--accent:#6a2a7c;--on-accent:#ffffff}@media screen and (prefers-color-scheme:dark)\
             {:root{--accent:#dcaee9;--on-accent:#000000}}"
        );
    }
}
