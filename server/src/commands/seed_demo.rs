//! `machikagi seed-demo`.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use service::demo::Demo;
use service::{Clock, Service};

use crate::configuration::Configuration;
use crate::{Failure, startup};

/// The file with every address and sign-in, beside the master key.
const FILE: &str = "demo.json";

pub(crate) async fn run(configuration: &Configuration) -> Result<(), Failure> {
    prepare(configuration).await?;
    let now = configuration.clock(Clock::system().now())?.now();
    let service = startup::connect_with(configuration, Clock::fixed(Service::demo_begins(now))).await?;
    let file = configuration.master_key_file.with_file_name(FILE);
    let mut demo = match read(&file)? {
        Some(demo) => demo,
        None => {
            // Written before it is made: a seed that is cut off goes on with the same sign-ins.
            let planned = service.plan_demo()?;
            write(&file, &planned)?;
            planned
        }
    };
    let before = demo.clone();
    service.seed_demo(now, &mut demo).await?;
    if demo != before {
        write(&file, &demo)?;
    }
    report(&file, &demo);
    Ok(())
}

/// Invented people and open sign-ins belong on a developer's machine only; there the owner's address is at hand as well.
pub(super) async fn prepare(configuration: &Configuration) -> Result<(), Failure> {
    if !configuration.base_url()?.is_loopback() || !configuration.sandbox.card {
        let problem = "the demo is for this machine: public_base_url must be a loopback address and sandbox.card true";
        return Err(Failure::Configuration(problem.to_owned()));
    }
    if let Some(owner) = configuration.database.owner_url.as_ref().filter(|_| !configuration.database.is_sqlite()) {
        let failed = |_| Failure::Environment("the database could not be brought up to date".to_owned());
        migration::up(owner.expose_secret()).await.map_err(failed)?;
    }
    Ok(())
}

pub(super) fn read(file: &Path) -> Result<Option<Demo>, Failure> {
    let Ok(text) = std::fs::read_to_string(file) else { return Ok(None) };
    let broken =
        |_| Failure::Environment(format!("{} is not the file that seed-demo wrote; move it away", file.display()));
    serde_json::from_str(&text).map(Some).map_err(broken)
}

/// Written beside and moved, so that a reader never sees half of it. It holds working sign-ins: for the owner's eyes.
pub(super) fn write(file: &Path, demo: &Demo) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Environment(format!("{} cannot be written: {error}", file.display()));
    let text = serde_json::to_string_pretty(demo)
        .map_err(|_| Failure::Environment(format!("{} cannot be written", file.display())))?;
    let beside: PathBuf = file.with_extension("json.new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&beside).map_err(failed)?;
    std::io::Write::write_all(&mut open, text.as_bytes()).map_err(failed)?;
    std::fs::rename(&beside, file).map_err(failed)
}

#[expect(clippy::print_stdout, reason = "a person at a terminal reads it")]
pub(super) fn report(file: &Path, demo: &Demo) {
    for town in &demo.towns {
        println!("{}: {}, {} services", town.name, town.issuer, town.relying_parties.len());
    }
    println!("Sign-ins are in {}.", file.display());
}
