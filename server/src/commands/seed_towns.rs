//! `machikagi seed-towns`.

use super::seed_demo::{prepare, read, report, write};
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// The file with every address and sign-in, beside the master key.
const FILE: &str = "towns.json";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many; there are 1,741 municipalities in Japan
    #[arg(long, default_value_t = 1_741, value_parser = clap::value_parser!(u16).range(1..=1_741))]
    count: u16,
}

pub(crate) async fn run(configuration: &Configuration, arguments: &Arguments) -> Result<(), Failure> {
    prepare(configuration).await?;
    let service = startup::connect(configuration).await?;
    let file = configuration.master_key_file.with_file_name(FILE);
    let mut towns = read(&file)?.unwrap_or_default();
    service.plan_towns(arguments.count.into(), &mut towns)?;
    // Written before they are made: a seed that is cut off goes on with the same sign-ins.
    write(&file, &towns)?;
    let seeded = service.seed_towns(&mut towns).await;
    write(&file, &towns)?;
    seeded?;
    report(&file, &towns);
    Ok(())
}
