//! `machikagi account …`.

use clap::{Args, Subcommand};
use domain::access::Role;
use domain::names::{DisplayName, MailAddress, Reason, TenantSlug};
use domain::paths;
use secrecy::SecretString;
use service::Rng;
use service::provisioning::{AccountDeletion, NewMembership, NewStaffAccount, Provisioned};

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Accounts of staff.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create somebody's account and let them into a municipality; colleagues are managed in the console afterwards
    Create(Create),
    /// Delete the account of somebody who works nowhere any more
    Delete(Delete),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  machikagi account create --tenant tsuno --mail sato.misaki@town.tsuno.example.jp --name '佐藤 美咲' \\\n        --department 総合政策課 --role admin\n\nThe password is printed once. At the first sign-in an authenticator app is enrolled."
)]
pub(crate) struct Create {
    /// The municipality
    #[arg(long)]
    tenant: TenantSlug,
    /// The address that the person signs in with
    #[arg(long)]
    mail: MailAddress,
    /// The name that colleagues see
    #[arg(long)]
    name: DisplayName,
    /// Department (課・係)
    #[arg(long, default_value = "")]
    department: String,
    /// admin, drafter, approver, analyst or auditor; several: --role drafter --role analyst
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
}

/// Delete the account of somebody who works nowhere any more.
///
/// Access is ended in the console first, by every organisation that gave it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  machikagi account delete --mail sato.misaki@town.tsuno.example.jp --reason '退職のため'\n\nMail address, password, second factor, recovery codes and sessions are gone for good. The organisations that the person\nbelonged to have an entry in their audit trails, and keep the name that these need."
)]
pub(crate) struct Delete {
    /// The address that the person signs in with
    #[arg(long)]
    mail: MailAddress,
    /// Why; it is kept in the audit trail, so name nobody in it
    #[arg(long)]
    reason: Reason,
}

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(new) => create(configuration, new).await,
        Command::Delete(gone) => delete(configuration, &gone).await,
    }
}

async fn delete(configuration: &Configuration, Delete { mail, reason }: &Delete) -> Result<(), Failure> {
    match startup::connect(configuration).await?.delete_account(mail, reason).await {
        Ok(AccountDeletion::Done) => say(&format!("Deleted the account of {mail}.")),
        Ok(AccountDeletion::StillBelongs(slugs)) => {
            let why = format!("{mail} still has access to {}: end it in the console first", slugs.join(", "));
            return Err(Failure::Environment(why));
        }
        Err(service::Error::NotFound) => return Err(Failure::Environment(format!("{mail} has no account"))),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn create(configuration: &Configuration, create: Create) -> Result<(), Failure> {
    let service = startup::connect(configuration).await?;
    let password = Rng::system().token::<15>()?;
    let new = NewStaffAccount {
        mail: create.mail.clone(),
        password: SecretString::from(password.clone()),
        totp_secret: None,
    };
    let created = service.create_account(&new).await?;
    let membership = NewMembership {
        account: created.value(),
        mail: create.mail.clone(),
        display_name: create.name,
        department: create.department,
        roles: create.roles,
    };
    let joined = service.create_membership(&create.tenant, &membership).await?;
    let base = configuration.base_url()?;
    match created {
        Provisioned::Created(_) => {
            say(&format!("Created {}. Password, shown once: {password}", create.mail));
            say(&format!("Sign in at {}", base.join(&paths::account_sign_in())));
        }
        Provisioned::Existed(_) => say(&format!("{} has an account already; its password stays.", create.mail)),
    }
    if matches!(joined, Provisioned::Existed(_)) {
        say("They belong to the municipality already; their roles stay. Change them in the console.");
    }
    Ok(())
}
