//! Sign-ins from the service's request to its tokens: the usual way, and every way that goes wrong.

mod addresses;
mod clients;
mod coarse_claims;
mod consents;
mod events;
mod exchanges;
mod fapi;
mod former_ids;
mod imports;
mod logout;
mod native;
mod passkeys;
mod possession;
mod provider_moods;
mod providers;
mod refresh;
mod register;
mod requests;
mod same_person;
mod sectors;
mod signed_requests;
mod suspension;
mod terms;
mod ties;
mod tokens;
mod town_page;
