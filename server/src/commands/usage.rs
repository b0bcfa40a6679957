//! `machikagi usage …`.

use clap::{Args, Subcommand};
use domain::calendar::Month;
use domain::names::TenantSlug;
use service::usage::Closed;
use service::{Conflict, Error, Service};

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Usage statistics.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Close a month and publish its figures, for good; the server does so by itself from the 5th on
    CloseMonth(CloseMonth),
}

/// Close a month and publish its figures, for good.
///
/// From the 5th of the next month on (in Japan), once. Figures below the municipality's threshold are not kept, nor who the people
/// were; raw counters go 35 days later. After a March, a municipality under 2,000 inhabitants that switched it on gets its band.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  machikagi usage close-month --month 2026-10\n  machikagi usage close-month --month 2026-10 --tenant seki\n\nExit code 1: the month cannot be closed (yet, or any more) in the municipality, or in none of them."
)]
pub(crate) struct CloseMonth {
    /// The month, YYYY-MM
    #[arg(long)]
    month: Month,
    /// Only this municipality
    #[arg(long, value_name = "SLUG")]
    tenant: Option<TenantSlug>,
}

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    let Command::CloseMonth(close) = command;
    let service = startup::connect(configuration).await?;
    match &close.tenant {
        Some(tenant) => {
            let closed = service.close_month(tenant, close.month).await.map_err(|error| why_not(error, close.month))?;
            say(&told(&closed));
            Ok(())
        }
        None => everywhere(&service, close.month).await,
    }
}

async fn everywhere(service: &Service, month: Month) -> Result<(), Failure> {
    let (mut any, mut refused) = (false, None);
    for (tenant, done) in service.close_month_everywhere(month).await? {
        match done {
            Ok(closed) => {
                any = true;
                say(&format!("{tenant}: {}", told(&closed)));
            }
            Err(error) => {
                let failure = why_not(error, month);
                say(&format!("{tenant}: {failure}"));
                refused = Some(failure);
            }
        }
    }
    // A month that is closed here and there already is what a second run finds.
    refused.filter(|_| !any).map_or(Ok(()), Err)
}

fn told(closed: &Closed) -> String {
    let band = closed.year.map(|year| format!(" The band of {} is published.", year.text(domain::locale::Locale::En)));
    format!(
        "closed {}: {} services are shown, {} hidden.{}",
        closed.month,
        closed.shown,
        closed.hidden,
        band.unwrap_or_default()
    )
}

fn why_not(error: Error, month: Month) -> Failure {
    match error {
        Error::Conflict(Conflict::Closed) => Failure::Environment(format!("{month} is closed already")),
        Error::Conflict(Conflict::TooEarly) => {
            let day = domain::calendar::iso_date(service::usage::closes_on(month));
            Failure::Environment(format!("{month} can be closed from {day} on (in Japan)"))
        }
        Error::NotFound => Failure::Environment("there is no such municipality".to_owned()),
        other => Failure::Service(other),
    }
}
