//! Sign-ins from the service's request to its tokens: the usual way, and every way that goes wrong.

mod addresses;
mod consents;
mod exchanges;
mod provider_moods;
mod register;
mod requests;
mod suspension;
mod terms;
mod ties;
mod tokens;
mod town_page;
