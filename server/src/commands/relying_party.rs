//! `machikagi relying-party …`.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::names::TenantSlug;
use oidc::provider::client_metadata::ClientMetadata;
use secrecy::ExposeSecret;
use service::relying_parties::{Imported, NotImported};
use service::{Conflict, Error};

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Relying parties.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take clients in from a file of client metadata (RFC 7591): in force at once in a sandbox, drafts elsewhere
    Import(Import),
    /// Make a token with which clients can be registered at a sandbox's registration endpoint; it is shown this once
    RegistrationToken(RegistrationToken),
}

#[derive(Debug, Args)]
pub(crate) struct RegistrationToken {
    /// The sandbox
    #[arg(long)]
    tenant: TenantSlug,
    /// For how many clients it is good
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    uses: u32,
    /// For how many days it is good
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=365))]
    days: i64,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The file holds one JSON object or an array of them; all of them are taken in, or none. In a sandbox the answer is an array of what was registered, with
the secrets that were made: they are shown this once.

Example:
  echo '[{\"client_name\":\"Test\",\"redirect_uris\":[\"https://localhost/cb\"]}]' | machikagi relying-party import - --tenant tsuno-sandbox"
)]
pub(crate) struct Import {
    /// The file; - reads standard input
    file: PathBuf,
    /// The municipality that connects them
    #[arg(long)]
    tenant: TenantSlug,
}

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    let import = match command {
        Command::Import(import) => import,
        Command::RegistrationToken(wanted) => return registration_token(configuration, &wanted).await,
    };
    let text = read(&import.file)?;
    let clients = ClientMetadata::read_file(&text)
        .map_err(|error| Failure::Environment(format!("{}: {error}", import.file.display())))?;
    let service = startup::connect(configuration).await?;
    let mut registered = Vec::new();
    for client in service.import_clients(&import.tenant, &clients).await.map_err(refusal)? {
        match client {
            Imported::Published(client) => registered.push(client),
            Imported::Drafted(client_id) => {
                say(&format!("{client_id}: drafted. Choose its rule and consent text in the console, and submit it."));
            }
        }
    }
    if !registered.is_empty() {
        say(&serde_json::to_string_pretty(&registered).map_err(|_| Error::internal("an answer"))?);
    }
    Ok(())
}

async fn registration_token(configuration: &Configuration, wanted: &RegistrationToken) -> Result<(), Failure> {
    let service = startup::connect(configuration).await?;
    let expires_at = service.clock().seconds() + wanted.days * 24 * 3_600;
    let token = service.issue_registration_token(&wanted.tenant, wanted.uses, expires_at).await?;
    say(token.expose_secret());
    Ok(())
}

fn refusal(refused: NotImported) -> Failure {
    let Some(number) = refused.number else { return refused.error.into() };
    let why = match refused.error {
        Error::Invalid(wrong) => {
            let reasons: Vec<String> = wrong.iter().map(|(member, why)| format!("{member}: {why}")).collect();
            reasons.join(", ")
        }
        Error::Conflict(Conflict::Exists) => "client_id: there is one already".to_owned(),
        error => error.to_string(),
    };
    Failure::Environment(format!("client {number} of the file is refused, and none of the file was taken in: {why}"))
}

fn read(file: &Path) -> Result<String, Failure> {
    let text = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|error| Failure::Environment(format!("{}: {error}", file.display())))
}
