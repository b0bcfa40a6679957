//! What `machikagi` can be told to do: one file per command.

pub(crate) mod account;
pub(crate) mod address;
pub(crate) mod audit;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod relying_party;
pub(crate) mod seed_demo;
pub(crate) mod seed_towns;
pub(crate) mod serve;
pub(crate) mod tenant;
pub(crate) mod usage;

/// Prints a line for the person, or the script, at the terminal.
#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn say(line: &str) {
    println!("{line}");
}
