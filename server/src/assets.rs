//! Files that pages name: stylesheets, the favicon and the script of passkeys from the binary, the islands' script and WASM from cargo-leptos's
//! directory. Every address holds a hash of the content, so that a browser never asks for it twice.

use std::convert::Infallible;

use app::site::{Assets, IslandScript};
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{HeaderValue, header};
use leptos::config::LeptosOptions;
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::Failure;

/// A file inside the binary.
pub(crate) struct Asset {
    pub(crate) path: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) content: &'static str,
}

mod sheets {
    use super::Asset;

    include!(concat!(env!("OUT_DIR"), "/sheets.rs"));
}

const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Where cargo-leptos put the islands. `LEPTOS_*` in the environment says so; without it there are none to load, and pages
/// work as they do without JavaScript.
pub(crate) fn leptos_options() -> Result<LeptosOptions, Failure> {
    // Without the variable Leptos prints advice for developers of Leptos sites.
    let configured = std::env::var_os("LEPTOS_OUTPUT_NAME").and_then(|_| leptos::config::get_configuration(None).ok());
    let options = match configured {
        Some(file) => file.leptos_options,
        None => LeptosOptions::builder().output_name("machikagi").build(),
    };
    if options.hash_files {
        // Leptos would only write a line into the log, and every link to a script would be dead.
        let hashes = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(options.hash_file.as_ref())));
        if !hashes.is_some_and(|file| file.is_file()) {
            let problem = "LEPTOS_HASH_FILES is set, but hash.txt is not beside the binary: copy both from the build";
            return Err(Failure::Environment(problem.to_owned()));
        }
    }
    Ok(options)
}

/// The addresses that pages name.
pub(crate) fn addresses(options: LeptosOptions) -> Assets {
    Assets {
        console_css: sheets::CONSOLE.path.to_owned(),
        resident_css: sheets::RESIDENT.path.to_owned(),
        sandbox_css: sheets::SANDBOX.path.to_owned(),
        passkey_js: sheets::PASSKEY.path.to_owned(),
        favicon: sheets::FAVICON.path.to_owned(),
        islands: IslandScript::of(options),
    }
}

/// The routes of all files.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(options: &LeptosOptions) -> Router<S> {
    let caching = if options.hash_files { FOR_GOOD } else { ASK_AGAIN };
    let package = ServeDir::new(format!("{}/{}", options.site_root, options.site_pkg_dir));
    let package = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, caching))
        .service(package);
    let embedded = [sheets::CONSOLE, sheets::RESIDENT, sheets::SANDBOX, sheets::FAVICON, sheets::PASSKEY];
    embedded
        .into_iter()
        .fold(Router::new(), |router, asset| {
            let answer = move || async move {
                let headers = [
                    (header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
                    (header::CACHE_CONTROL, FOR_GOOD),
                ];
                Ok::<_, Infallible>((headers, asset.content).into_response())
            };
            router.route(asset.path, get(answer))
        })
        .nest_service(&format!("/{}", options.site_pkg_dir), package)
        .layer(tower_http::compression::CompressionLayer::new())
}
