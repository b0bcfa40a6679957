//! `machikagi migrate`.

use clap::Args;
use secrecy::ExposeSecret;

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Brings the database up to date.
///
/// On PostgreSQL the owner does it (`DATABASE_OWNER_URL`), because the role that serves owns nothing. Migrations only add; the
/// version that is still running beside them goes on working.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  machikagi migrate --check\n  DATABASE_OWNER_URL=postgres://machikagi_owner@db/machikagi machikagi migrate"
)]
pub(crate) struct Arguments {
    /// Only list what is missing
    #[arg(long)]
    check: bool,
}

pub(crate) async fn run(configuration: &Configuration, arguments: &Arguments) -> Result<(), Failure> {
    let database = &configuration.database;
    let url = match &database.owner_url {
        Some(url) => url,
        None if database.is_sqlite() => &database.url,
        None => {
            let problem = "PostgreSQL is migrated by its owner: set DATABASE_OWNER_URL";
            return Err(Failure::Environment(problem.to_owned()));
        }
    };
    if !arguments.check {
        startup::prepare_files(&database.settings())?;
    }
    let url = url.expose_secret();
    let pending = migration::pending(url).await.map_err(unreachable_database)?;
    if !arguments.check && !pending.is_empty() {
        migration::up(url).await.map_err(unreachable_database)?;
    }
    report(arguments.check, &pending);
    Ok(())
}

fn unreachable_database<E>(_: E) -> Failure {
    // The driver's text holds the address and sometimes the user.
    Failure::Environment("the database does not answer, or refused a migration; its own log says which".to_owned())
}

fn report(check: bool, pending: &[String]) {
    let verb = if check { "missing" } else { "applied" };
    if pending.is_empty() {
        say("The database is up to date.");
    }
    for name in pending {
        say(&format!("{verb} {name}"));
    }
}
