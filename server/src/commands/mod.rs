//! What `machikagi` can be told to do: one file per command.

pub(crate) mod migrate;
pub(crate) mod seed_demo;
pub(crate) mod serve;
