//! Measures a running Machikagi on this machine. It plays the residents' browsers and the services, or a clerk; it reads
//! what the processes used. README.md beside this crate says how to use it and what the figures mean.

mod addresses;
mod ambient;
mod browser;
mod connection;
mod cookies;
mod failure;
mod latency;
mod load;
mod markup;
mod pages;
mod process;
mod proof;
mod relying_party;
mod report;
mod sign_in;
mod start_up;
mod towns;
mod usage;
mod wasm;

#[cfg(test)]
mod counterfeit;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;

use crate::connection::Origin;
use crate::failure::Failure;
use crate::load::{Kind, Plan};
use crate::report::Report;
use crate::towns::Towns;
use crate::usage::Meter;

/// Measures a Machikagi that runs on this machine.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
struct Cli {
    /// Print JSON instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign-ins, or requests of services, many at once
    SignIns(SignIns),
    /// Clients that differ in how they prove who they are and in their algorithm, to be imported and compared
    Clients(Clients),
    /// From the server's start to its first answer
    StartUp(StartUp),
    /// Console pages, one after the other
    Pages(Pages),
    /// Addresses to town level, in this process
    Addresses {
        /// How many
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        count: u32,
    },
    /// The size of what browsers download
    Wasm {
        /// The directory of the built site's code
        #[arg(default_value = "target/site/pkg")]
        directory: PathBuf,
    },
}

#[derive(Debug, Args)]
struct SignIns {
    /// What is done
    #[arg(value_enum)]
    kind: Kind,
    /// The towns and their services, as `machikagi seed-demo` writes them
    #[arg(long, value_name = "FILE", default_value = "data/demo.json")]
    file: PathBuf,
    /// How many towns of the file
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    towns: u16,
    /// At which of their services
    #[arg(long, value_name = "KEY", default_value = "library")]
    service: String,
    /// How many people at once
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// Seconds before anything is counted
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=30))]
    warm_up: u64,
    /// Seconds that are counted
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// Sign-ins after which it ends earlier
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    most: u64,
    /// The server's process, where the one that listens at the address is not it
    #[arg(long)]
    pid: Option<u32>,
    /// The data directory of the PostgreSQL cluster, to count its work
    #[arg(long, value_name = "DIRECTORY")]
    postgres: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Clients {
    /// The towns and their services, as `machikagi seed-demo` writes them
    #[arg(long, value_name = "FILE", default_value = "data/demo.json")]
    file: PathBuf,
    /// Where their metadata goes, for `machikagi relying-party import`
    #[arg(long, value_name = "FILE", default_value = "data/bench-clients.json")]
    metadata: PathBuf,
    /// Where a file of towns with only them goes, for `bench sign-ins --file`
    #[arg(long, value_name = "FILE", default_value = "data/bench-towns.json")]
    towns: PathBuf,
}

#[derive(Debug, Args)]
struct StartUp {
    /// Where it will answer
    #[arg(long, default_value = "http://localhost:3000")]
    url: String,
    /// How often
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    runs: u32,
    /// The command that serves, after `--`
    #[arg(last = true, required = true)]
    server: Vec<String>,
}

#[derive(Debug, Args)]
struct Pages {
    /// The towns and their staff, as `machikagi seed-demo` writes them
    #[arg(long, value_name = "FILE", default_value = "data/demo.json")]
    file: PathBuf,
    /// Whose console
    #[arg(long, default_value = "showa")]
    town: String,
    /// Who looks
    #[arg(long, default_value = "admin")]
    role: String,
    /// How often each
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    count: u32,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match measure(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell where even this cannot be written.
            let _ = writeln!(io::stderr(), "bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(cli: &Cli) -> Result<(), Failure> {
    // One thread: the load takes no more of the shared cores than it must.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("no runtime: {error}")))?;
    match &cli.command {
        Command::SignIns(arguments) => say(cli.json, &[runtime.block_on(sign_ins(arguments))?]),
        Command::Clients(arguments) => clients(arguments),
        Command::StartUp(arguments) => {
            let origin = Origin::parse(&arguments.url)?;
            say(cli.json, &[runtime.block_on(start_up::measure(&origin, &arguments.server, arguments.runs))?])
        }
        Command::Pages(arguments) => {
            let towns = Towns::read(&arguments.file)?;
            let measured = pages::measure(&towns, &arguments.town, &arguments.role, arguments.count);
            say(cli.json, &runtime.block_on(measured)?)
        }
        Command::Addresses { count } => {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            say(cli.json, &[addresses::measure(count)?])
        }
        Command::Wasm { directory } => say(cli.json, &wasm::sizes(directory)?),
    }
}

async fn sign_ins(arguments: &SignIns) -> Result<Report, Failure> {
    let towns = Towns::read(&arguments.file)?;
    let meter = Meter::new(towns.origin()?.address().port(), arguments.pid, arguments.postgres.as_deref())?;
    let plan = Plan {
        kind: arguments.kind,
        concurrency: arguments.concurrency.into(),
        towns: arguments.towns.into(),
        service: arguments.service.clone(),
        warm_up: Duration::from_secs(arguments.warm_up),
        window: Duration::from_secs(arguments.seconds),
        most: arguments.most,
    };
    let outcome = load::run(&towns, &plan, &meter).await?;
    Ok(Report::new(&plan, outcome))
}

/// Writes the files of clients for the first town that has a library.
fn clients(arguments: &Clients) -> Result<(), Failure> {
    let towns = Towns::read(&arguments.file)?;
    let (town, library) = *towns.with_service(1, "library")?.first().ok_or_else(|| Failure::new("no town"))?;
    let made = proof::Clients::make(&towns.base_url, town, library)?;
    for (file, json) in [(&arguments.metadata, made.metadata), (&arguments.towns, made.towns)] {
        let unwritable = |_| Failure::new(format!("{} cannot be written", file.display()));
        std::fs::write(file, json.to_string()).map_err(unwritable)?;
    }
    Ok(())
}

/// One line of JSON, or a paragraph of text, for each.
fn say<T: Display + Serialize>(json: bool, measured: &[T]) -> Result<(), Failure> {
    let unwritable = |_| Failure::new("nowhere to write to");
    let mut out = io::stdout().lock();
    for one in measured {
        if json {
            let line = serde_json::to_string(one).map_err(|_| Failure::new("a figure that is none"))?;
            writeln!(out, "{line}").map_err(unwritable)?;
        } else {
            writeln!(out, "{one}").map_err(unwritable)?;
        }
    }
    Ok(())
}
