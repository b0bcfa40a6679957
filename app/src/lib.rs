//! Pages and components. Built twice: for the server (`ssr`) with every page, and for the browser (`hydrate`) with the
//! islands only. Pages are plain functions behind axum routes (`routes`): their data is awaited first, then they are
//! rendered in one go, so that a status code is known before the first byte and nothing reactive outlives a request.
// A page is one type, as deep as its markup.
#![recursion_limit = "512"]
#![cfg_attr(
    feature = "ssr",
    expect(clippy::needless_pass_by_value, reason = "a component owns its properties; `view!` hands them over")
)]

pub mod components;

#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod attestations;
#[cfg(feature = "ssr")]
pub mod audit;
#[cfg(feature = "ssr")]
pub(crate) mod configuration;
#[cfg(feature = "ssr")]
pub mod consent_texts;
#[cfg(feature = "ssr")]
pub mod console;
#[cfg(feature = "ssr")]
pub mod decisions;
#[cfg(feature = "ssr")]
pub mod desk;
#[cfg(feature = "ssr")]
mod error_code;
#[cfg(feature = "ssr")]
pub mod error_pages;
#[cfg(feature = "ssr")]
pub mod forms;
#[cfg(feature = "ssr")]
pub mod identity_provider;
#[cfg(feature = "ssr")]
pub mod language;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod relying_parties;
#[cfg(feature = "ssr")]
pub mod render;
#[cfg(feature = "ssr")]
pub mod request;
pub mod residency_rules;
#[cfg(feature = "ssr")]
pub mod resident;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod sandbox_card;
#[cfg(feature = "ssr")]
pub mod settings;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(feature = "ssr")]
pub mod staff;
#[cfg(feature = "ssr")]
pub mod text;
#[cfg(feature = "ssr")]
pub mod usage;

/// Brings the islands of the page to life; everything else stays as the server sent it.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
