//! The command line. Each command is a file in `commands/`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::Failure;
use crate::commands;
use crate::configuration::Configuration;

/// 街鍵 Machikagi: between the My Number card and a town's services.
#[derive(Debug, Parser)]
#[command(name = "machikagi", version, propagate_version = true, after_help = EXAMPLES)]
struct Cli {
    /// The configuration file; without it ./machikagi.toml is read if it is there
    #[arg(long, env = "MACHIKAGI_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Configuration comes from the file, then from the environment: MACHIKAGI_PUBLIC_BASE_URL, MACHIKAGI_SANDBOX__CARD and so on
(two underscores between a section and its key); DATABASE_URL chooses SQLite or PostgreSQL. Unknown keys are refused.

Examples:
  machikagi serve
        SQLite in ./data, http://localhost:3000: enough to look around
  DATABASE_OWNER_URL=postgres://machikagi_owner@db/machikagi machikagi migrate
        brings PostgreSQL up to date, before the new version serves
  DATABASE_URL=postgres://machikagi_app@db/machikagi machikagi --config /etc/machikagi.toml serve";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and endpoints until Ctrl-C or SIGTERM; open requests are finished first
    Serve,
    /// Make the demo: five sandbox towns with staff, services and a year of figures; sign-ins go to demo.json
    SeedDemo,
    /// Make sandbox towns in any number, up to all of Japan's, for measurements; sign-ins go to towns.json
    SeedTowns(commands::seed_towns::Arguments),
    /// Bring the database up to date (SQLite does so by itself when it serves)
    Migrate(commands::migrate::Arguments),
    /// Municipalities
    #[command(subcommand)]
    Tenant(commands::tenant::Command),
    /// Accounts of staff
    #[command(subcommand)]
    Account(commands::account::Command),
    /// Usage statistics
    #[command(subcommand)]
    Usage(commands::usage::Command),
    /// The audit trail
    #[command(subcommand)]
    Audit(commands::audit::Command),
    /// Relying parties
    #[command(subcommand)]
    RelyingParty(commands::relying_party::Command),
    /// Signing keys and the master key
    #[command(subcommand)]
    Keys(commands::keys::Command),
    /// Addresses and the table of towns
    #[command(subcommand)]
    Address(commands::address::Command),
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Environment(format!("no threads to run on: {error}")))
        .and_then(|runtime| runtime.block_on(dispatch(cli)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_failure(&failure);
            failure.exit_code()
        }
    }
}

async fn dispatch(cli: Cli) -> Result<(), Failure> {
    // The one command that needs no configuration: it also runs where there is none, or a broken one.
    if let Command::Address(command) = &cli.command
        && !command.reads_database()
    {
        return commands::address::run(command, None).await;
    }
    let configuration = Configuration::read(cli.config.as_deref())?;
    match cli.command {
        Command::Serve => commands::serve::run(configuration).await,
        Command::SeedDemo => commands::seed_demo::run(&configuration).await,
        Command::SeedTowns(arguments) => commands::seed_towns::run(&configuration, &arguments).await,
        Command::Migrate(arguments) => commands::migrate::run(&configuration, &arguments).await,
        Command::Tenant(command) => commands::tenant::run(&configuration, command).await,
        Command::Account(command) => commands::account::run(&configuration, command).await,
        Command::Usage(command) => commands::usage::run(&configuration, command).await,
        Command::Audit(command) => commands::audit::run(&configuration, command).await,
        Command::RelyingParty(command) => commands::relying_party::run(&configuration, command).await,
        Command::Keys(command) => commands::keys::run(&configuration, command).await,
        Command::Address(command) => commands::address::run(&command, Some(&configuration)).await,
    }
}

#[expect(clippy::print_stderr, reason = "a person at a terminal reads it")]
fn say_failure(failure: &Failure) {
    eprintln!("machikagi: {failure}");
}
