//! What every page needs of the server that it runs in: the use-cases, where the files are, and the public address.

use std::sync::Arc;

use leptos::nonce::{provide_nonce, use_nonce};
use leptos::prelude::*;
use service::Service;

/// The server's side of all pages; cheap to clone, the state of every router.
#[derive(Clone)]
pub struct Site(Arc<Parts>);

/// What a [`Site`] is made of.
pub struct Parts {
    /// The use-cases.
    pub service: Arc<Service>,
    /// Where stylesheets and scripts are.
    pub assets: Assets,
    /// `https://host`, without a path: links that leave the browser are made from it.
    pub public_base_url: url::Url,
}

/// Addresses of the files that pages name; each holds a hash of its content, so that it can be cached for good.
#[derive(Debug, Clone)]
pub struct Assets {
    /// The console's and the account pages' stylesheet.
    pub console_css: String,
    /// The resident pages' stylesheet.
    pub resident_css: String,
    /// The sandbox card reader's stylesheet.
    pub sandbox_css: String,
    /// The script of passkeys on residents' pages.
    pub passkey_js: String,
    /// The drawing in the browser's tab.
    pub favicon: String,
    /// The script that wakes islands.
    pub islands: IslandScript,
}

/// The markup that loads the islands' WASM, made once: Leptos reads the file of hashes whenever it renders it.
#[derive(Debug, Clone)]
pub struct IslandScript {
    markup: String,
    nonce: String,
}

impl IslandScript {
    /// Renders the markup for the files that `options` name.
    pub fn of(options: LeptosOptions) -> Self {
        let mut nonce = String::new();
        let markup = crate::render::to_html(domain::locale::Locale::Ja, None, || {
            provide_nonce();
            nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
            view! { <HydrationScripts options islands=true/> }.into_any()
        });
        Self { markup, nonce }
    }

    /// The markup with the nonce of one answer.
    pub fn with_nonce(&self, nonce: &str) -> String {
        self.markup.replace(&self.nonce, nonce)
    }
}

impl Site {
    /// Puts a site together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Whether browsers reach the site over https: cookies are then `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.public_base_url.scheme() == "https"
    }
}

impl std::ops::Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
