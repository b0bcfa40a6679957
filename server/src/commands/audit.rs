//! `machikagi audit …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::names::{Reason, TenantSlug};
use service::Error;
use service::audit::{Broken, Verdict};

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// The tamper-evident chain of what staff did.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the signed head of the chain, to be kept where nobody of the installation can reach it
    Head(Head),
    /// Recompute the chain; with a head that was kept, find any change up to it, a cut tail included
    Verify(Verify),
    /// Erase the text beside one entry, where somebody wrote into it what must not be kept
    EraseText(EraseText),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  machikagi audit head --tenant tsuno > tsuno-2026-11.head")]
pub(crate) struct Head {
    /// The municipality
    #[arg(long)]
    tenant: TenantSlug,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  machikagi audit verify --tenant tsuno --head tsuno-2026-11.head\n\nWhoever holds database and keys can write a new chain after the last head that was kept: keep heads often, elsewhere.\n\nExit code 0: whole. Exit code 1: broken, or the head is not one of this municipality; the sentence says which."
)]
pub(crate) struct Verify {
    /// The municipality
    #[arg(long)]
    tenant: TenantSlug,
    /// A head that `audit head` printed
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
}

/// Erase the text beside one entry.
///
/// The entry stays, the chain stays whole, and a further entry says that the text was erased, and why.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  machikagi audit erase-text --tenant tsuno --number 182 --reason 'a resident was named in it'"
)]
pub(crate) struct EraseText {
    /// The municipality
    #[arg(long)]
    tenant: TenantSlug,
    /// The entry's number
    #[arg(long)]
    number: i64,
    /// Why; it is kept, so name nobody in it
    #[arg(long)]
    reason: Reason,
}

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    let service = startup::connect(configuration).await?;
    match command {
        Command::Head(head) => say(&service.audit_head(&head.tenant).await?),
        Command::Verify(verify) => {
            let kept = verify.head.map(std::fs::read_to_string).transpose();
            let kept = kept.map_err(|error| Failure::Environment(format!("the head cannot be read: {error}")))?;
            let verdict = service.audit_verify(&verify.tenant, kept.as_deref()).await.map_err(|error| match error {
                Error::Invalid(_) => Failure::Environment("the head was not signed by this municipality".to_owned()),
                other => Failure::Service(other),
            })?;
            say(&judge(verdict)?);
        }
        Command::EraseText(erase) => {
            service.erase_audit_text(&erase.tenant, erase.number, &erase.reason).await.map_err(
                |error| match error {
                    Error::NotFound => {
                        Failure::Environment("there is no such entry, or its text is erased already".to_owned())
                    }
                    other => Failure::Service(other),
                },
            )?;
            say(&format!("Erased the text of entry {}. The chain says so.", erase.number));
        }
    }
    Ok(())
}

/// A whole chain as a sentence; a broken one as a failure, so that a script notices.
fn judge(verdict: Verdict) -> Result<String, Failure> {
    let problem = match verdict {
        Verdict::Whole(head) => {
            return Ok(format!("Whole: {} entries, each following from the one before.", head.entries));
        }
        Verdict::Broken(Broken::Missing(number)) => format!("entry {number} is not there, or stands elsewhere"),
        Verdict::Broken(Broken::Altered(number)) => format!("entry {number}, or one before it, was altered"),
        Verdict::Broken(Broken::TextAltered(number)) => format!("the text of entry {number} was altered"),
        Verdict::Broken(Broken::TextMissing(number)) => {
            format!("the text of entry {number} is gone, and no entry says that it was erased")
        }
        Verdict::Broken(Broken::Head) => "the stored head is not the head of these entries".to_owned(),
        Verdict::Broken(Broken::Kept) => {
            "the chain does not lead to the head that was kept: its tail was cut, or it was \
                                          written anew"
                .to_owned()
        }
    };
    Err(Failure::Environment(format!("the audit chain is BROKEN: {problem}")))
}
