//! Pages as a browser without JavaScript sees them, over the real use-cases on SQLite.
//!
//! The world is that of `service/tests`: the same towns, the same people.

// `cfg(test)` is always on here; clippy reads it to know that these modules may unwrap.
#[cfg(test)]
#[path = "../../../service/tests/it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "pages need less of the world than use-cases do")]
mod harness;

#[cfg(test)]
mod audit;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod rule_proof;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod usage;
