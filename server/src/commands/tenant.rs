//! `machikagi tenant …`.

use clap::{Args, Subcommand};
use domain::municipality::MunicipalityCode;
use domain::names::TenantSlug;
use domain::{locale::Locale, paths};
use service::provisioning::{NewTenant, Population, Provisioned, TenantMode};

use super::say;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Municipalities.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a municipality with its keys; said twice, it changes nothing
    Create(Create),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  machikagi tenant create --slug tsuno --code 454061 --population 9700\n  machikagi tenant create --slug tsuno-sandbox --code 454061 --sandbox\n\nTexts, colours and services are set in the console afterwards."
)]
pub(crate) struct Create {
    /// Its name in addresses, for good: a–z, 0–9 and hyphens
    #[arg(long)]
    slug: TenantSlug,
    /// Its local government code, six digits (全国地方公共団体コード)
    #[arg(long, value_parser = MunicipalityCode::parse)]
    code: MunicipalityCode,
    /// A test: the sandbox card attaches to it; cannot be changed later
    #[arg(long)]
    sandbox: bool,
    /// People living there; decides which figures may be published. Without it the strictest rule holds
    #[arg(long, requires = "population_on")]
    population: Option<u32>,
    /// As of which day they were counted, YYYY-MM-DD
    #[arg(long)]
    population_on: Option<String>,
    /// Who counted them
    #[arg(long, default_value = "住民基本台帳")]
    population_source: String,
}

pub(crate) async fn run(configuration: &Configuration, command: Command) -> Result<(), Failure> {
    let Command::Create(create) = command;
    let mode = if create.sandbox { TenantMode::Sandbox } else { TenantMode::Production };
    let mut new = NewTenant::with_defaults(create.slug.clone(), create.code, mode)?;
    new.population = create.population.zip(create.population_on).map(|(people, on)| Population {
        people,
        source: create.population_source,
        on,
    });
    let name = new.name.get(Locale::Ja).to_owned();
    let service = startup::connect(configuration).await?;
    let base = configuration.base_url()?;
    match service.create_tenant(&new).await? {
        Provisioned::Created(_) => {
            say(&format!("Created {name}. Issuer: {}", paths::issuer(&base, &create.slug)));
            say("Next: machikagi account create --tenant … --role admin, so that somebody can sign in.");
        }
        Provisioned::Existed(_) => say(&format!("{name} is there already; nothing was changed.")),
    }
    Ok(())
}
