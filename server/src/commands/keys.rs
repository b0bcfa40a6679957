//! `machikagi keys …`.

use clap::{Args, Subcommand};
use domain::names::{Reason, TenantSlug};
use service::keys::{Resealing, Rotated, Urgency};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Signing keys and the master key.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Change the keys that sign a municipality's tokens, before their time
    Rotate(Rotate),
    /// Seal everything under the current master key that is still sealed under another one
    Reseal(Reseal),
}

/// Change the keys that sign a municipality's tokens, before their time.
///
/// Without --emergency the new key is announced first, as on schedule, and nobody notices.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  machikagi keys rotate --tenant tsuno\n  machikagi keys rotate --tenant tsuno --emergency --reason 'a backup with the master key was lost'\n\n--emergency: the new key signs at once; the old ones leave the JWKS and are destroyed, so that nobody can use them. Tokens\nthat they signed no longer verify. Services that kept the JWKS refuse sign-ins until they fetch it anew, which most do when\nthey meet an unknown key."
)]
pub(crate) struct Rotate {
    /// The municipality
    #[arg(long)]
    tenant: TenantSlug,
    /// Somebody else may have a key: replace all at once
    #[arg(long)]
    emergency: bool,
    /// Why; it is kept in the audit trail, so name nobody in it
    #[arg(long, requires = "emergency")]
    reason: Option<Reason>,
}

/// Seal everything under the current master key that is still sealed under another one.
///
/// May be ended at any moment and run again: it goes on where it was.
#[derive(Debug, Args)]
#[command(
    after_help = "Before: make a key (openssl rand -base64 32), name its file in master_key_file and the old one's in other_master_key_files,\nstart every server anew. Afterwards the old file may go.\n\nExit code 0: nothing is left. Exit code 1: something is left; the sentence says how much."
)]
pub(crate) struct Reseal {}

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    let service = startup::connect(configuration).await?;
    match command {
        Command::Rotate(rotate) => {
            let urgency = if rotate.emergency { Urgency::Emergency } else { Urgency::Announced };
            let rotated = service.rotate_signing_keys(&rotate.tenant, urgency, rotate.reason.as_ref()).await?;
            for key in &rotated {
                say(&sentence(key, urgency));
            }
            if rotate.emergency {
                say(
                    "Services that kept the old JWKS refuse sign-ins until they fetch it anew: tell those that do not do so by \
                     themselves.",
                );
            }
        }
        Command::Reseal(Reseal {}) => {
            let far = service.reseal(|far| say(&progress(far))).await?;
            if far.left > 0 {
                return Err(Failure::Environment(format!(
                    "{} secrets are sealed under another master key again: a server still runs with the old configuration; \
                     start it anew, and run this once more",
                    far.left
                )));
            }
            say(
                "Everything is sealed under the current master key. The files in other_master_key_files are needed no more.",
            );
        }
    }
    Ok(())
}

fn progress(far: Resealing) -> String {
    format!("{} sealed again, {} left", far.done, far.left)
}

fn sentence(key: &Rotated, urgency: Urgency) -> String {
    let algorithm = key.algorithm.as_str();
    let from = OffsetDateTime::from_unix_timestamp(key.signs_from).ok().and_then(|at| at.format(&Rfc3339).ok());
    let from = from.unwrap_or_default();
    match (urgency, key.known) {
        (Urgency::Emergency, _) => format!(
            "{algorithm}: {} signs from now on. {} removed from the JWKS and destroyed; tokens that they signed no longer verify.",
            key.key_id,
            if key.removed == 1 { "1 old key was".to_owned() } else { format!("{} old keys were", key.removed) },
        ),
        (Urgency::Announced, false) => format!("{algorithm}: {} is published, and signs from {from}.", key.key_id),
        (Urgency::Announced, true) => {
            format!("{algorithm}: {} was announced already, and signs from {from}; nothing was changed.", key.key_id)
        }
    }
}
