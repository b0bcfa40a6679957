//! Use-cases as the people who use them see them, on SQLite always and on PostgreSQL where `TEST_DATABASE_URL` and
//! `TEST_DATABASE_OWNER_URL` name one. One binary, because each one links everything.

// `cfg(test)` is always on here; clippy reads it to know that these modules may unwrap.
#[cfg(test)]
mod harness;

#[cfg(test)]
mod attestations;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod data_at_rest;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod federation;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod linkage;
#[cfg(test)]
mod mails;
#[cfg(test)]
mod memberships;
#[cfg(test)]
mod overview;
#[cfg(test)]
mod provisioning;
#[cfg(test)]
mod relying_parties;
#[cfg(test)]
mod rule_proof;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod usage;
