//! `machikagi account …`.

use clap::{Args, Subcommand};
use domain::access::Role;
use domain::names::{DisplayName, MailAddress, TenantSlug};
use domain::paths;
use secrecy::SecretString;
use service::Rng;
use service::provisioning::{NewMembership, NewStaffAccount, Provisioned};

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Accounts of staff.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create somebody's account and let them into a municipality; colleagues are managed in the console afterwards
    Create(Create),
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

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    let Command::Create(create) = command;
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
