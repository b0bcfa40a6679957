//! The server: configuration, start-up, router, layers and the commands of `machikagi`. Wiring, no rules.

mod assets;
mod background;
mod callers;
mod cli;
mod commands;
pub mod configuration;
pub mod endpoints;
mod layers;
mod observability;
mod oidc;
mod probes;
mod resident;
pub mod router;
pub mod sandbox_card;
mod schema;
pub mod startup;
mod theme;

use std::process::ExitCode;

pub use cli::run;

/// Why the program ends. The sentence is for the person at the terminal: what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration is wrong.
    #[error("the configuration is not valid: {0}")]
    Configuration(String),
    /// Something outside is not as it has to be.
    #[error("{0}")]
    Environment(String),
    /// A use-case said no.
    #[error("{0}")]
    Service(#[from] service::Error),
}

impl Failure {
    /// 78 (`EX_CONFIG`) for a wrong configuration, else 1.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) => ExitCode::from(78),
            Self::Environment(_) | Self::Service(_) => ExitCode::FAILURE,
        }
    }
}
