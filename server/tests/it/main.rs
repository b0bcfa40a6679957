//! The server as it is reached from outside: every route, every layer, over the real use-cases on both databases.
//!
//! The world is that of `service/tests`: the same towns, the same people.

// `cfg(test)` is always on here; clippy reads it to know that these modules may unwrap.
#[cfg(test)]
#[path = "../../../service/tests/it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the router needs less of the world than use-cases do")]
mod harness;

#[cfg(test)]
mod answers;
#[cfg(test)]
mod arrows;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod client;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod error_codes;
#[cfg(test)]
mod guard_table;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod markers;
#[cfg(test)]
mod mass_trial;
#[cfg(test)]
mod program;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod test_sign_in;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod two_processes;
