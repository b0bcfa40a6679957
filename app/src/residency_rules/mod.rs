//! 利用資格ルール: who is eligible, built from clauses, told as a sentence, tried with people who do not exist, proved by
//! saved cases, compared, carried to and fro as JSON. The browser build has the islands only.

#[cfg(feature = "ssr")]
mod builder;
#[cfg(feature = "ssr")]
mod cases_page;
#[cfg(feature = "ssr")]
mod compare_page;
#[cfg(feature = "ssr")]
mod detail_page;
#[cfg(feature = "ssr")]
mod edit_page;
#[cfg(feature = "ssr")]
mod exchange_page;
#[cfg(feature = "ssr")]
mod findings;
#[cfg(feature = "ssr")]
mod list_page;
pub mod living;
pub mod mass_island;
#[cfg(feature = "ssr")]
mod mass_page;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod proof_text;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
mod reading;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod text;
mod told;
#[cfg(feature = "ssr")]
mod trying;

#[cfg(feature = "ssr")]
pub(crate) use cases_page::refusal;
#[cfg(feature = "ssr")]
pub(crate) use compare_page::effects;
#[cfg(feature = "ssr")]
pub use routes::routes;
