//! `machikagi usage …`.

use clap::{Args, Subcommand};
use domain::calendar::Month;
use domain::names::TenantSlug;
use service::{Conflict, Error};

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Usage statistics.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Close a month and publish its figures, for good; the server does so by itself from the 5th on
    CloseMonth(CloseMonth),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  machikagi usage close-month --tenant seki --month 2026-10")]
pub(crate) struct CloseMonth {
    /// The municipality
    #[arg(long)]
    tenant: TenantSlug,
    /// The month, YYYY-MM
    #[arg(long)]
    month: Month,
}

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    let Command::CloseMonth(close) = command;
    let service = startup::connect(configuration).await?;
    let closed = service.close_month(&close.tenant, close.month).await.map_err(|error| match error {
        Error::Conflict(Conflict::Closed) => Failure::Environment(format!("{} is closed already", close.month)),
        Error::Conflict(Conflict::TooEarly) => {
            Failure::Environment(format!("{} can be closed from the 5th of the next month on", close.month))
        }
        other => Failure::Service(other),
    })?;
    say(&format!("Closed {}: {} services are shown, {} hidden.", closed.month, closed.shown, closed.hidden));
    Ok(())
}
